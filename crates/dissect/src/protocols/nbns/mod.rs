//! NetBIOS name service (RFC 1002 section 4.2): DNS's layout with encoded names, and who says they are whose.

mod fields;
mod name;
#[cfg(test)]
mod sample;
#[cfg(test)]
mod tests;

use crate::context::Ctx;
use crate::data::Data;
use crate::facts::{Cell, Column, Message, MessageMeta};
use crate::protocol::{Log, Over, Protocol};
use crate::protocols::dns::wire::{Header, Record, skip_name};
use fields as f;
use std::net::{IpAddr, Ipv4Addr};
use weir_model::{Cursor, Mac, Short, Value};

/// See the module.
pub static PROTOCOL: Protocol = Protocol {
    spec: "RFC 1002 section 4.2",
    over: &[Over::UdpPort(137)],
    fields: f::ALL,
    anomalies: &[&crate::context::MALFORMED],
    datagram: Some(dissect),
    logs: &[Log::of::<Name>()],
    #[cfg(test)]
    sample: Some(sample::SAMPLE),
    ..Protocol::new("nbns", "NetBIOS Name Service", "NBNS")
};

/// Address record (RFC 1002 section 4.2.1.3).
const NB: u16 = 32;
/// Node status.
const NBSTAT: u16 = 33;

/// A NetBIOS name with the address it stands for, as its owner registered or as somebody answered.
#[derive(Clone, Debug)]
pub struct Name {
    /// Where it was said.
    pub meta: MessageMeta,
    /// Who said it.
    pub sender: IpAddr,
    /// Without its suffix and padding. Hostile text.
    pub name: Box<str>,
    /// The sixteenth byte: 0x00 workstation, 0x20 server, 0x1d master browser …
    pub suffix: u8,
    /// A group's name (a workgroup, a domain), not a host's.
    pub group: bool,
    /// The address it stands for.
    pub address: Ipv4Addr,
    /// An answer, rather than a registration or a release.
    pub answer: bool,
    /// Taken back (RFC 1002 section 4.2.9).
    pub released: bool,
}

impl Message for Name {
    fn protocol() -> &'static Protocol {
        &PROTOCOL
    }
    fn columns() -> &'static [Column] {
        static COLUMNS: &[Column] = &[
            Column::new("sender", "Who said it"),
            Column::new("name", "Name"),
            Column::new("suffix", "What the name is for"),
            Column::new("group", "A group's name"),
            Column::new("address", "Address it stands for"),
            Column::new("answer", "Said as an answer"),
            Column::new("released", "Taken back"),
        ];
        COLUMNS
    }
    fn meta(&self) -> &MessageMeta {
        &self.meta
    }
    fn cell(&self, n: usize) -> Cell {
        match n {
            0 => Cell::Address(self.sender),
            1 => Cell::text(Some(&self.name)),
            2 => Cell::Uint(u64::from(self.suffix)),
            3 => Cell::Bool(self.group),
            4 => Cell::Address(self.address.into()),
            5 => Cell::Bool(self.answer),
            6 => Cell::Bool(self.released),
            _ => Cell::Absent,
        }
    }
    fn summary(&self) -> String {
        format!("{}<{:02x}> is {}", self.name, self.suffix, self.address)
    }
    fn heap(&self) -> usize {
        self.name.len()
    }
}

fn dissect(ctx: &mut Ctx<'_>, data: Data<'_>) {
    let wanted = ctx.layer(&PROTOCOL, data.all());
    let Ok(header) = Header::read(data.bytes) else {
        if wanted {
            ctx.close();
        }
        return ctx.short();
    };
    if wanted {
        head(ctx, header, data);
    }
    let done = sections(ctx, wanted, header, data);
    if wanted {
        ctx.close();
    }
    if done.is_err() {
        ctx.short();
    }
}

fn head(ctx: &mut Ctx<'_>, header: Header, data: Data<'_>) {
    let range = data.range(2, 4);
    let bit = |n: u16| Value::Bool(header.flags & n != 0);
    ctx.field(&f::ID, Value::Uint(u64::from(header.id)), data.range(0, 2));
    ctx.open(&f::FLAGS, Value::Uint(u64::from(header.flags)), range);
    ctx.field(&f::FLAGS_RESPONSE, bit(0x8000), range);
    ctx.field(
        &f::FLAGS_OPCODE,
        Value::Uint(u64::from(header.opcode())),
        range,
    );
    if header.is_response() {
        ctx.field(&f::FLAGS_AUTHORITATIVE, bit(0x400), range);
    }
    ctx.field(&f::FLAGS_TRUNCATED, bit(0x200), range);
    ctx.field(&f::FLAGS_RECDESIRED, bit(0x100), range);
    if header.is_response() {
        ctx.field(&f::FLAGS_RECAVAIL, bit(0x80), range);
    }
    ctx.field(&f::FLAGS_BROADCAST, bit(0x10), range);
    if header.is_response() {
        ctx.field(
            &f::FLAGS_RCODE,
            Value::Uint(u64::from(header.rcode())),
            range,
        );
    }
    ctx.close();
    let counts = [
        &f::COUNT_QUERIES,
        &f::COUNT_ANSWERS,
        &f::COUNT_AUTH_RR,
        &f::COUNT_ADD_RR,
    ];
    for (n, (field, count)) in counts.into_iter().zip(header.counts).enumerate() {
        ctx.field(
            field,
            Value::Uint(u64::from(count)),
            data.range(4 + n * 2, 6 + n * 2),
        );
    }
}

fn sections(ctx: &mut Ctx<'_>, wanted: bool, header: Header, data: Data<'_>) -> Result<(), Short> {
    let [questions, records @ ..] = header.counts;
    let mut at = Header::LEN;
    for _ in 0..questions {
        let end = skip_name(data.bytes, at)?;
        let mut c = Cursor::new(data.bytes.get(end..).unwrap_or_default());
        let (kind, class) = (c.u16()?, c.u16()?);
        if wanted {
            let name = name::decode(data.bytes, at)?;
            let op = f::FLAGS_OPCODE
                .word(u64::from(header.opcode()))
                .unwrap_or("Unknown");
            ctx.info(format_args!(
                "{op} {} {}",
                f::TYPE.word(u64::from(kind)).unwrap_or("?"),
                name.shown()
            ));
            ctx.field(&f::NAME, Value::Text(&name.shown()), data.range(at, end));
            ctx.field(
                &f::TYPE,
                Value::Uint(u64::from(kind)),
                data.range(end, end + 2),
            );
            ctx.field(
                &f::CLASS,
                Value::Uint(u64::from(class)),
                data.range(end + 2, end + 4),
            );
        }
        at = end + 4;
    }
    for _ in 0..records.iter().map(|n| u32::from(*n)).sum::<u32>() {
        let r = Record::read(data.bytes, at)?;
        record(ctx, wanted, header, &r, data)?;
        at = r.data.1;
    }
    Ok(())
}

fn record(
    ctx: &mut Ctx<'_>,
    wanted: bool,
    header: Header,
    r: &Record,
    data: Data<'_>,
) -> Result<(), Short> {
    let name = name::decode(data.bytes, r.at)?;
    if wanted {
        let (at, len) = (r.fixed, r.data.1 - r.data.0);
        ctx.field(
            &f::NAME,
            // The name of a status is only repeated, so its use is not told.
            Value::Text(&if r.kind == NBSTAT {
                name.shown()
            } else {
                name.shown_with_use()
            }),
            data.range(r.at, r.fixed),
        );
        ctx.field(
            &f::TYPE,
            Value::Uint(u64::from(r.kind)),
            data.range(at, at + 2),
        );
        ctx.field(
            &f::CLASS,
            Value::Uint(u64::from(r.class)),
            data.range(at + 2, at + 4),
        );
        ctx.field(
            &f::TTL,
            Value::Uint(u64::from(r.ttl)),
            data.range(at + 4, at + 8),
        );
        ctx.field(
            &f::DATA_LENGTH,
            Value::Uint(len as u64),
            data.range(at + 8, at + 10),
        );
    }
    match r.kind {
        NB => addresses(ctx, wanted, header, r, &name, data),
        NBSTAT => status(ctx, wanted, r, data),
        _ => {
            if wanted && r.data.1 > r.data.0 {
                ctx.field(
                    &f::DATA,
                    Value::Bytes(r.bytes(data.bytes)),
                    data.range(r.data.0, r.data.1),
                );
            }
            Ok(())
        }
    }
}

fn addresses(
    ctx: &mut Ctx<'_>,
    wanted: bool,
    header: Header,
    r: &Record,
    name: &name::Decoded,
    data: Data<'_>,
) -> Result<(), Short> {
    let mut c = Cursor::new(r.bytes(data.bytes));
    while c.left() >= 6 {
        let at = r.data.0 + c.pos();
        let flags = c.u16()?;
        let address = Ipv4Addr::from(c.array::<4>()?);
        let group = flags & 0x8000 != 0;
        if wanted {
            let range = data.range(at, at + 2);
            ctx.open(&f::NB_FLAGS, Value::Uint(u64::from(flags)), range);
            ctx.field(&f::NB_FLAGS_GROUP, Value::Bool(group), range);
            ctx.field(
                &f::NB_FLAGS_ONT,
                Value::Uint(u64::from(flags >> 13 & 3)),
                range,
            );
            ctx.close();
            ctx.field(&f::ADDR, Value::Ipv4(address), data.range(at + 2, at + 6));
        }
        // Opcodes: 0 query, 5 registration, 6 release, 8 and 9 refresh.
        if let Some(ends) = ctx.packet.addresses
            && header.rcode() == 0
        {
            let meta = ctx.whole_message();
            ctx.emit(Name {
                meta,
                sender: ends.src,
                name: name.text().into(),
                suffix: name.suffix,
                group,
                address,
                answer: header.is_response(),
                released: header.opcode() == 6,
            });
        }
    }
    Ok(())
}

/// The names a node has (RFC 1002 section 4.2.18).
fn status(ctx: &mut Ctx<'_>, wanted: bool, r: &Record, data: Data<'_>) -> Result<(), Short> {
    let mut c = Cursor::new(r.bytes(data.bytes));
    if c.is_empty() {
        return Ok(());
    }
    let count = c.u8()?;
    if wanted {
        let at = r.data.0;
        ctx.field(
            &f::NUMBER_OF_NAMES,
            Value::Uint(u64::from(count)),
            data.range(at, at + 1),
        );
    }
    for _ in 0..count {
        let at = r.data.0 + c.pos();
        let name = name::Decoded::plain(c.array::<16>()?);
        let flags = c.u16()?;
        let group = flags & 0x8000 != 0;
        if wanted {
            let range = data.range(at + 16, at + 18);
            ctx.field(
                &f::NETBIOS_NAME,
                Value::Text(&name.shown_with_use()),
                data.range(at, at + 16),
            );
            ctx.open(&f::NAME_FLAGS, Value::Uint(u64::from(flags)), range);
            ctx.field(&f::NAME_FLAGS_GROUP, Value::Bool(group), range);
            ctx.close();
        }
        if let Some((IpAddr::V4(address), sender)) = ctx.packet.addresses.map(|e| (e.src, e.src)) {
            let meta = ctx.whole_message();
            ctx.emit(Name {
                meta,
                sender,
                name: name.text().into(),
                suffix: name.suffix,
                group,
                address,
                answer: true,
                released: false,
            });
        }
    }
    if wanted {
        let at = r.data.0 + c.pos();
        if let Ok(mac) = c.array::<6>() {
            ctx.field(&f::UNIT_ID, Value::Mac(Mac(mac)), data.range(at, at + 6));
        }
    }
    Ok(())
}
