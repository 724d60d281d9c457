//! A question and what became of it. Knows no zone: what the answers mean together is for others.

use super::PROTOCOL;
use super::wire::{self, Header, Record, Sections};
use crate::context::Ctx;
use crate::facts::{Cell, Column, LinkKind, Message, MessageMeta};
use crate::protocol::{Protocol, Transport};
use std::collections::VecDeque;
use std::net::IpAddr;
use weir_model::{Duration, LimitKind, PacketRef, Timestamp};

/// Questions of one flow that wait for an answer.
const WAITING: usize = 256;
/// Answers kept of one message.
const ANSWERS: usize = 64;
/// A question asked again within this time is the same one (Wireshark's default).
const AGAIN: i64 = 5_000_000_000;

static MANY_WAITING: LimitKind = LimitKind {
    id: "dns.waiting",
    says: "more questions of one flow waited for an answer than are kept; the oldest count as unanswered",
    bound: WAITING as u64,
    unit: "questions",
};
static MANY_ANSWERS: LimitKind = LimitKind {
    id: "dns.answers",
    says: "a message had more answers than are listed",
    bound: ANSWERS as u64,
    unit: "answers",
};

/// What a record of the answer section says.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum AnswerData {
    /// A, AAAA.
    Address(IpAddr),
    /// CNAME, DNAME, NS, PTR, and the target of MX, SRV, SVCB and HTTPS.
    Name(Box<str>),
    /// TXT, and whatever else is text.
    Text(Box<str>),
    /// Of a type that is not looked into: its length.
    Other(u16),
}

/// A record of the answer section.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Answer {
    /// Whose it is: the name asked for, or one a CNAME led to. Hostile text.
    pub name: Box<str>,
    /// Record type (A is 1).
    pub kind: u16,
    /// Seconds it may be kept.
    pub ttl: u32,
    /// What it says.
    pub data: AnswerData,
}

/// A question with its answer, or one of the two alone.
#[derive(Clone, Debug)]
pub struct Query {
    /// First packet: the question's, last: the answer's.
    pub meta: MessageMeta,
    /// Who asked.
    pub client: (IpAddr, u16),
    /// Who was asked.
    pub server: (IpAddr, u16),
    /// Over UDP or TCP.
    pub transport: Transport,
    /// Link-local multicast name resolution, not DNS.
    pub local: bool,
    /// Transaction id.
    pub id: u16,
    /// 0 is a plain question (RFC 1035 section 4.1.1).
    pub opcode: u8,
    /// The name asked for, as written; without a last dot, `<Root>` for the root. Hostile text.
    pub query: Box<str>,
    /// Type asked for; 0 where there was no question.
    pub qtype: u16,
    /// Class asked for.
    pub qclass: u16,
    /// Recursion desired.
    pub rd: bool,
    /// Packet and time of the question.
    pub asked: Option<(PacketRef, Timestamp)>,
    /// Times the question was asked again before an answer came.
    pub again: u16,
    /// Packet and time of the answer.
    pub answered: Option<(PacketRef, Timestamp)>,
    /// 0 no error, 3 no such name …; `None` without an answer.
    pub rcode: Option<u16>,
    /// The server is an authority.
    pub aa: bool,
    /// The answer was cut.
    pub tc: bool,
    /// The server recurses.
    pub ra: bool,
    /// The answer section in its order, at most 64.
    pub answers: Vec<Answer>,
}

impl Query {
    /// Time from question to answer.
    #[must_use]
    pub fn rtt(&self) -> Option<Duration> {
        Some(self.answered?.1.since(self.asked?.1))
    }

    /// The addresses the answer gives, whatever CNAMEs stand before them.
    pub fn addresses(&self) -> impl Iterator<Item = (IpAddr, u32)> + '_ {
        self.answers.iter().filter_map(|a| match a.data {
            AnswerData::Address(ip) => Some((ip, a.ttl)),
            _ => None,
        })
    }

    fn answer(&mut self, header: Header, answers: Vec<Answer>, at: (PacketRef, Timestamp)) {
        (self.meta.last, self.meta.end) = at;
        self.answered = Some(at);
        self.rcode = Some(header.rcode());
        self.aa = header.flags & 0x400 != 0;
        self.tc = header.flags & 0x200 != 0;
        self.ra = header.flags & 0x80 != 0;
        self.answers = answers;
    }
}

/// Zeek's dns.log.
static COLUMNS: &[Column] = &[
    Column::new("proto", "UDP or TCP"),
    Column::new("trans_id", "Transaction id"),
    Column::new("rtt", "Time from question to answer"),
    Column::new("query", "Name asked for"),
    Column::new("qclass", "Class asked for"),
    Column::new("qtype_name", "Type asked for"),
    Column::new("rcode", "Answer code"),
    Column::new("AA", "The server is an authority"),
    Column::new("TC", "The answer was cut"),
    Column::new("RD", "Recursion desired"),
    Column::new("RA", "The server recurses"),
    Column::new("answers", "What the answer says"),
    Column::new("TTLs", "Seconds each answer may be kept"),
    Column::new("rejected", "The server refused"),
];

impl Message for Query {
    fn protocol() -> &'static Protocol {
        &PROTOCOL
    }
    fn columns() -> &'static [Column] {
        COLUMNS
    }
    fn meta(&self) -> &MessageMeta {
        &self.meta
    }
    fn cell(&self, n: usize) -> Cell {
        match n {
            0 => Cell::text(Some(self.transport.name())),
            1 => Cell::Uint(u64::from(self.id)),
            2 => self.rtt().map_or(Cell::Absent, Cell::Duration),
            3 => Cell::text(Some(&self.query)),
            4 => Cell::Uint(u64::from(self.qclass)),
            5 => Cell::Text(kind_text(self.qtype)),
            6 => Cell::uint(self.rcode),
            7 => Cell::Bool(self.aa),
            8 => Cell::Bool(self.tc),
            9 => Cell::Bool(self.rd),
            10 => Cell::Bool(self.ra),
            11 => Cell::List(
                self.answers
                    .iter()
                    .map(|a| match &a.data {
                        AnswerData::Address(ip) => Cell::Address(*ip),
                        AnswerData::Name(t) | AnswerData::Text(t) => Cell::text(Some(t)),
                        AnswerData::Other(_) => Cell::Text(kind_text(a.kind)),
                    })
                    .collect(),
            ),
            12 => Cell::List(
                self.answers
                    .iter()
                    .map(|a| Cell::Uint(u64::from(a.ttl)))
                    .collect(),
            ),
            13 => Cell::Bool(self.rcode == Some(5)),
            _ => Cell::Absent,
        }
    }
    fn summary(&self) -> String {
        let answers = self.cell(11).show();
        let outcome = match self.rcode {
            None => "no answer",
            Some(0) if answers.is_empty() => "no records",
            Some(0) => answers.as_str(),
            Some(n) => super::fields::FLAGS_RCODE
                .word(u64::from(n))
                .unwrap_or("error"),
        };
        format!("{} {} → {outcome}", kind_text(self.qtype), self.query)
    }
    fn heap(&self) -> usize {
        let text = |a: &Answer| match &a.data {
            AnswerData::Name(t) | AnswerData::Text(t) => t.len(),
            _ => 0,
        };
        self.query.len()
            + self
                .answers
                .iter()
                .map(|a| size_of::<Answer>() + a.name.len() + text(a))
                .sum::<usize>()
    }
}

/// A record type's short name, or `TYPE123` (RFC 3597 section 5).
pub(super) fn kind_text(kind: u16) -> String {
    wire::type_name(kind).map_or_else(|| format!("TYPE{kind}"), str::to_owned)
}

/// A question that was asked.
#[derive(Clone, Copy, Debug)]
struct Open {
    id: u16,
    asked: (PacketRef, Timestamp),
    answered: Option<PacketRef>,
    row: Option<u32>,
}

/// The latest questions of a flow.
#[derive(Clone, Default, Debug)]
pub(crate) struct Transactions {
    open: VecDeque<Open>,
    /// Packet and time of the first byte of the message being read, over a stream.
    pub(super) first: Option<(PacketRef, Timestamp)>,
}

/// What a message is to those before it.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Seen {
    /// Not looked at.
    Untracked,
    /// A new question.
    Asked,
    /// The question of that packet once more.
    AskedAgain(PacketRef),
    /// The answer to the question of that packet.
    Answered((PacketRef, Timestamp)),
    /// Another answer to an answered question: the packet of the first answer.
    AnsweredAgain(PacketRef),
    /// An answer nobody asked for, as far as is known.
    Unsolicited,
}

impl Transactions {
    /// Finds out what the message is; remembers and links it.
    pub(super) fn see(&mut self, ctx: &mut Ctx<'_>, header: Header) -> Seen {
        let now = (ctx.meta.packet, ctx.meta.time);
        let known = self.open.iter_mut().rev().find(|o| o.id == header.id);
        if !header.is_response() {
            if let Some(o) = known
                && o.answered.is_none()
                && now.1.since(o.asked.1).0 < AGAIN
            {
                return Seen::AskedAgain(o.asked.0);
            }
            if self.open.len() >= WAITING {
                if self.open.front().is_some_and(|o| o.answered.is_none()) {
                    ctx.limit(&MANY_WAITING);
                }
                self.open.pop_front();
            }
            // Most flows ask once.
            if self.open.capacity() == 0 {
                self.open = VecDeque::with_capacity(1);
            }
            self.open.push_back(Open {
                id: header.id,
                asked: now,
                answered: None,
                row: None,
            });
            return Seen::Asked;
        }
        match known {
            None => Seen::Unsolicited,
            Some(Open {
                answered: Some(first),
                ..
            }) => Seen::AnsweredAgain(*first),
            Some(o) => {
                o.answered = Some(now.0);
                ctx.link(LinkKind::Answer, o.asked.0, now.0, u32::from(header.id));
                Seen::Answered(o.asked)
            }
        }
    }

    fn latest(&mut self, id: u16) -> Option<&mut Open> {
        self.open.iter_mut().rev().find(|o| o.id == id)
    }
}

/// Writes the message's row or completes that of its question.
pub(super) fn report(
    ctx: &mut Ctx<'_>,
    transactions: &mut Transactions,
    seen: &Seen,
    header: Header,
    sections: &Sections,
    message: &[u8],
) {
    let now = (ctx.meta.packet, ctx.meta.time);
    let id = header.id;
    match seen {
        Seen::Untracked | Seen::AnsweredAgain(_) => {}
        Seen::AskedAgain(_) => {
            if !ctx.packet.duplicate {
                let row = transactions.latest(id).and_then(|o| o.row);
                ctx.update::<Query>(row, |q| q.again = q.again.saturating_add(1));
            }
        }
        Seen::Asked => {
            let first = transactions.first;
            if let Some(query) = draft(ctx, header, sections, first) {
                let row = ctx.emit(query);
                if let Some(o) = transactions.latest(id) {
                    o.row = row;
                }
            }
        }
        Seen::Answered(_) => {
            let row = transactions.latest(id).and_then(|o| o.row);
            if row.is_some() {
                let answers = answers(ctx, sections, message);
                ctx.update::<Query>(row, |q| q.answer(header, answers, now));
            }
        }
        Seen::Unsolicited => {
            let first = transactions.first;
            if let Some(mut query) = draft(ctx, header, sections, first) {
                (query.client, query.server) = (query.server, query.client);
                query.asked = None;
                query.answer(header, answers(ctx, sections, message), now);
                ctx.emit(query);
            }
        }
    }
}

fn draft(
    ctx: &Ctx<'_>,
    header: Header,
    sections: &Sections,
    first: Option<(PacketRef, Timestamp)>,
) -> Option<Query> {
    let addresses = ctx.packet.addresses?;
    let ports = ctx.packet.ports.unwrap_or_default();
    let mut meta = ctx.whole_message();
    if let Some(first) = first {
        (meta.first, meta.time) = first;
    }
    let question = sections.questions.first();
    Some(Query {
        meta,
        client: (addresses.src, ports.0),
        server: (addresses.dst, ports.1),
        transport: ctx.packet.transport.unwrap_or(Transport::Udp),
        local: ports.0 == LLMNR || ports.1 == LLMNR,
        id: header.id,
        opcode: u8::try_from(header.opcode()).unwrap_or(0),
        query: question.map_or_else(Box::default, |q| q.name.text.as_str().into()),
        qtype: question.map_or(0, |q| q.kind),
        qclass: question.map_or(0, |q| q.class),
        rd: header.flags & 0x100 != 0,
        asked: Some((meta.first, meta.time)),
        again: 0,
        answered: None,
        rcode: None,
        aa: false,
        tc: false,
        ra: false,
        answers: Vec::new(),
    })
}

/// RFC 4795 section 2.
const LLMNR: u16 = 5355;

fn answers(ctx: &mut Ctx<'_>, sections: &Sections, message: &[u8]) -> Vec<Answer> {
    let records = sections.records.first().map_or(&[][..], Vec::as_slice);
    if records.len() > ANSWERS {
        ctx.limit(&MANY_ANSWERS);
    }
    records
        .iter()
        .take(ANSWERS)
        .filter_map(|r| {
            Some(Answer {
                name: wire::name(message, r.at).ok()?.text.into(),
                kind: r.kind,
                ttl: r.ttl,
                data: data(r, message),
            })
        })
        .collect()
}

fn data(record: &Record, message: &[u8]) -> AnswerData {
    let other = AnswerData::Other(u16::try_from(record.bytes(message).len()).unwrap_or(u16::MAX));
    if let Some(ip) = super::address(record, message) {
        return AnswerData::Address(ip);
    }
    // How many bytes stand before the name.
    let before = match record.kind {
        2 | 5 | 12 | 39 => 0,
        15 | 64 | 65 => 2,
        33 => 6,
        16 | 99 => return AnswerData::Text(text(record.bytes(message)).into()),
        _ => return other,
    };
    match wire::name(message, record.data.0 + before) {
        Ok(name) => AnswerData::Name(name.text.into()),
        Err(_) => other,
    }
}

/// Character strings one after the other (RFC 1035 section 3.3.14).
fn text(mut bytes: &[u8]) -> String {
    let mut out = Vec::with_capacity(bytes.len());
    while let Some((len, rest)) = bytes.split_first() {
        let (string, rest) = rest.split_at(usize::from(*len).min(rest.len()));
        out.extend_from_slice(string);
        bytes = rest;
    }
    String::from_utf8_lossy(&out).into_owned()
}
