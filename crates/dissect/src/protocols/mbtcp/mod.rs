//! Modbus over TCP (MODBUS Messaging on TCP/IP V1.0b section 3.1): a head before each Modbus message.

#[cfg(test)]
pub(super) mod sample;
#[cfg(test)]
mod tests;

use crate::asked::Question;
use crate::context::Ctx;
use crate::facts::LinkKind;
use crate::framed::{At, Frame, Framed, Frames, Framing};
use crate::protocol::{Certainty, Direction, Over, Probe, Protocol, Start, StreamDissector};
use crate::protocols::modbus::{self, Asked, Carrier};
use std::collections::VecDeque;
use weir_model::{Field, Kind};

static TRANS_ID: Field = Field::new("mbtcp.trans_id", Kind::Uint(16), "Transaction Identifier");
static PROT_ID: Field = Field::new("mbtcp.prot_id", Kind::Uint(16), "Protocol Identifier");
static LEN: Field = Field::new("mbtcp.len", Kind::Uint(16), "Length");
static UNIT_ID: Field = Field::new("mbtcp.unit_id", Kind::Uint(8), "Unit Identifier");

/// See the module.
pub static PROTOCOL: Protocol = Protocol {
    spec: "MODBUS Messaging on TCP/IP V1.0b",
    over: &[Over::TcpPort(502)],
    fields: &[&TRANS_ID, &PROT_ID, &LEN, &UNIT_ID],
    probe: Some(probe),
    stream: Some(|start: Start| -> Box<dyn StreamDissector> {
        Frames::boxed(Mbtcp::default(), start.from_start)
    }),
    #[cfg(test)]
    sample: Some(sample::SAMPLE),
    ..Protocol::new("mbtcp", "Modbus/TCP", "Modbus/TCP")
};

/// Before the length is counted, and a whole head with the function.
const BEFORE: usize = 6;
const HEAD: usize = 8;
/// The longest message: 253 bytes and the unit by the specification, more by what vendors made of it.
const LONGEST: u16 = 2048;
/// Requests that wait for their answers.
const WAITING: usize = 64;

/// A head that can be one, with a function that is given out.
fn plausible(b: &[u8]) -> Option<u16> {
    let number = |n: usize| Some(u16::from(*b.get(n)?) << 8 | u16::from(*b.get(n + 1)?));
    let len = number(4)?;
    (number(2)? == 0 && (2..=LONGEST).contains(&len)).then_some(len)
}

fn probe(p: &Probe<'_>) -> Certainty {
    let whole = plausible(p.bytes).map(|len| usize::from(len) + BEFORE);
    let known = p
        .bytes
        .get(7)
        .is_some_and(|c| matches!(c & 0x7f, 1..=8 | 11 | 12 | 15..=17 | 20..=24 | 43));
    if whole == Some(p.bytes.len()) && known {
        Certainty::Unsure
    } else {
        Certainty::No
    }
}

#[derive(Clone, Default)]
struct Mbtcp {
    waiting: VecDeque<(u64, Asked)>,
}

impl Framing for Mbtcp {
    fn frame(&mut self, _: At, bytes: &[u8]) -> Frame {
        if bytes.len() < HEAD {
            return Frame::More(HEAD);
        }
        match plausible(bytes) {
            Some(len) => Frame::Whole(u64::from(len) + BEFORE as u64),
            None => Frame::Foreign,
        }
    }

    fn message(&mut self, ctx: &mut Ctx<'_>, m: &Framed<'_>) {
        let data = m.data;
        let request = m.direction == Direction::Forward;
        let (Some(transaction), Some(unit)) = (data.u16(0), data.u8(6)) else {
            return ctx.short();
        };
        if ctx.layer(&PROTOCOL, data.sub(0, 7).all()) {
            let side = if request { "Query" } else { "Response" };
            ctx.number(&TRANS_ID, data, 0, 2);
            ctx.number(&PROT_ID, data, 2, 2);
            ctx.number(&LEN, data, 4, 2);
            ctx.number(&UNIT_ID, data, 6, 1);
            ctx.info(format_args!("{side}: Trans: {transaction}; Unit: {unit}"));
            ctx.close();
        }
        let pdu = data.rest(7);
        let function = pdu.u8(0).unwrap_or(0) & 0x7f;
        let key = u64::from(transaction) << 16 | u64::from(unit) << 8 | u64::from(function);
        let asked = if request {
            None
        } else {
            self.answered(ctx, key)
        };
        let from = Carrier {
            transaction,
            unit,
            request,
        };
        let row = modbus::dissect(ctx, pdu, from, asked.as_ref());
        let row = ctx.emit(row);
        if request {
            if self.waiting.len() >= WAITING {
                self.waiting.pop_front();
            }
            let question = Question {
                key,
                packet: ctx.meta.packet,
                time: ctx.meta.time,
                row,
            };
            let reference = modbus::reference(pdu);
            self.waiting.push_back((
                key,
                Asked {
                    question,
                    reference,
                },
            ));
        }
    }
}

impl Mbtcp {
    fn answered(&mut self, ctx: &mut Ctx<'_>, key: u64) -> Option<Asked> {
        let at = self.waiting.iter().rposition(|(k, _)| *k == key)?;
        let (_, asked) = self.waiting.remove(at)?;
        let number = u32::try_from(key & 0xffff_ffff).unwrap_or(0);
        ctx.link(
            LinkKind::Answer,
            asked.question.packet,
            ctx.meta.packet,
            number,
        );
        Some(asked)
    }
}
