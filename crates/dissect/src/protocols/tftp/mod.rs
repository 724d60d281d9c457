//! TFTP (RFC 1350, options of RFC 2347): what is asked for on port 69 and carried in a flow of its own, and the files.

mod fields;
#[cfg(test)]
mod sample;
#[cfg(test)]
mod tests;
mod transfer;

use crate::context::{Ctx, MALFORMED};
use crate::data::Data;
use crate::facts::row::row;
use crate::flow::Expectation;
use crate::protocol::{Log, Over, Protocol, Transport};
use fields as f;
use transfer::State;
use weir_model::{ByteRange, Field, PacketRef, Value};

/// See the module.
pub static PROTOCOL: Protocol = Protocol {
    spec: "RFC 1350",
    over: &[Over::UdpPort(69)],
    fields: f::ALL,
    anomalies: &[&MALFORMED],
    datagram: Some(dissect),
    logs: &[Log::of::<Transfer>()],
    files: true,
    #[cfg(test)]
    sample: Some(sample::SAMPLE),
    ..Protocol::new("tftp", "Trivial File Transfer Protocol", "TFTP")
};

row! {
    /// A file that was asked for. First: the request; last: the latest packet of its transfer.
    pub struct Transfer of PROTOCOL {
        write: bool = "Sent to the server, not fetched from it",
        fname: Box<str> = "Its name",
        mode: Box<str> = "octet, netascii …",
        uid_data: Option<u64> = "Number of the flow that carried it",
        size: u64 = "Bytes of it that are in the capture",
        block_sent: u64 = "Blocks that were carried, repeated ones left out",
        block_acked: u64 = "The highest block that was acknowledged",
        error_code: Option<u16> = "Why it failed",
        error_msg: Box<str> = "What was said about it",
    }
    |t| {
        let way = if t.write { "put" } else { "get" };
        format!("{way} {}: {} bytes {}", t.fname, t.size, t.error_msg)
    }
}

/// Bytes of a name that are kept.
const NAME: usize = 512;
/// Options that are read.
const OPTIONS: usize = 16;
/// Bytes of a block where no option says otherwise.
const BLOCK: u64 = 512;

/// A text up to its zero: where it ends, and where the next begins.
fn text(data: Data<'_>, at: usize) -> Option<(Data<'_>, usize)> {
    let rest = data.rest(at);
    if rest.is_empty() {
        return None;
    }
    let end = memchr::memchr(0, rest.bytes)?;
    Some((rest.sub(0, end), at + end + 1))
}

fn shown(data: Data<'_>) -> String {
    String::from_utf8_lossy(data.bytes.get(..NAME).unwrap_or(data.bytes)).into_owned()
}

fn text_field(ctx: &mut Ctx<'_>, field: &'static Field, data: Data<'_>) {
    ctx.field(field, Value::Text(&shown(data)), data.all());
}

/// The transfer's row by the announcement that its flow fulfils, or by the request in this flow.
fn row_of(ctx: &mut Ctx<'_>) -> Option<u32> {
    let token = ctx.flow().map_or(0, |f| f.seldom().token);
    match token.checked_sub(1) {
        Some(n) => u32::try_from(n).ok(),
        None => ctx.flow_state::<State, _>(|s| s.row)?,
    }
}

fn dissect(ctx: &mut Ctx<'_>, data: Data<'_>) {
    let wanted = ctx.layer(&PROTOCOL, data.all());
    let Some(opcode) = data.u16(0) else {
        if wanted {
            ctx.close();
        }
        return ctx.short();
    };
    let row = row_of(ctx);
    if wanted {
        ctx.number(&f::OPCODE, data, 0, 2);
        if !matches!(opcode, 1 | 2) {
            named(ctx, row);
        }
    }
    let fine = match opcode {
        1 | 2 => request(ctx, wanted, data, opcode == 2),
        3 => block(ctx, wanted, data, row),
        4 => acknowledged(ctx, wanted, data, row),
        5 => failed(ctx, wanted, data, row),
        6 => options(ctx, wanted, data, 2),
        _ => {
            ctx.info(format_args!("Unknown ({opcode})"));
            true
        }
    };
    if wanted {
        ctx.close();
    }
    if !fine {
        return ctx.short();
    }
    if opcode == 3 {
        ctx.unknown(data.rest(4));
    }
}

/// What the request said, on the packets that follow it.
fn named(ctx: &mut Ctx<'_>, row: Option<u32>) {
    let told = row.and_then(|n| {
        let t = ctx.facts().messages.all::<Transfer>().get(n as usize)?;
        Some((t.fname.clone(), t.meta.first))
    });
    if let Some((name, request)) = told {
        let none = ByteRange::GENERATED;
        ctx.field(&f::DESTINATION_FILE, Value::Text(&name), none);
        ctx.field(
            &f::REQUEST_FRAME,
            Value::Uint(u64::from(request.number)),
            none,
        );
    }
}

/// A request: `false` where its texts do not end.
fn request(ctx: &mut Ctx<'_>, wanted: bool, data: Data<'_>, write: bool) -> bool {
    let Some((name, at)) = text(data, 2) else {
        return false;
    };
    let mode = text(data, at);
    if wanted {
        let field = if write {
            &f::DESTINATION_FILE
        } else {
            &f::SOURCE_FILE
        };
        text_field(ctx, field, name);
        if let Some((mode, _)) = mode {
            text_field(ctx, &f::TYPE, mode);
        }
        let word = if write { "Write" } else { "Read" };
        ctx.info(format_args!("{word} Request, File: {}", shown(name)));
    }
    let Some((mode, at)) = mode else {
        return false;
    };
    let meta = ctx.whole_message();
    let row = ctx.emit(Transfer {
        meta,
        write,
        fname: shown(name).into(),
        mode: shown(mode).to_ascii_lowercase().into(),
        uid_data: None,
        size: 0,
        block_sent: 0,
        block_acked: 0,
        error_code: None,
        error_msg: Box::default(),
    });
    let packet = ctx.meta.packet;
    let kept = row.or_else(|| of_packet(ctx, packet));
    ctx.flow_state::<State, _>(|s| s.begin(kept));
    if let (Some(a), Some(ports), Some(row)) = (ctx.packet.addresses, ctx.packet.ports, row) {
        ctx.expect(Expectation {
            transport: Transport::Udp,
            server: (a.src, ports.0),
            client: Some(a.dst),
            protocol: &PROTOCOL,
            token: u64::from(row) + 1,
            setup: packet,
        });
    }
    options(ctx, wanted, data, at)
}

/// The row of the request in a packet that is read again.
fn of_packet(ctx: &Ctx<'_>, packet: PacketRef) -> Option<u32> {
    let rows = ctx.facts().messages.all::<Transfer>();
    let at = rows.iter().position(|t| t.meta.first == packet)?;
    u32::try_from(at).ok()
}

/// Options, asked for or agreed to: only the latter count.
fn options(ctx: &mut Ctx<'_>, wanted: bool, data: Data<'_>, at: usize) -> bool {
    let agreed = at == 2;
    if agreed {
        ctx.info(format_args!("Option Acknowledgement"));
    }
    let mut at = at;
    for _ in 0..OPTIONS {
        if at >= data.len() {
            return true;
        }
        let Some((name, next)) = text(data, at) else {
            return false;
        };
        let Some((value, next)) = text(data, next) else {
            return false;
        };
        at = next;
        if wanted {
            text_field(ctx, &f::OPTION_NAME, name);
            text_field(ctx, &f::OPTION_VALUE, value);
        }
        let number = shown(value).parse::<u64>().ok();
        if let Some(n) = number.filter(|_| agreed) {
            let size = name.bytes.eq_ignore_ascii_case(b"tsize");
            if name.bytes.eq_ignore_ascii_case(b"blksize") {
                ctx.flow_state::<State, _>(|s| s.block_size(n));
            } else if size {
                ctx.flow_state::<State, _>(|s| s.expected = Some(n));
            }
        }
    }
    true
}

fn block(ctx: &mut Ctx<'_>, wanted: bool, data: Data<'_>, row: Option<u32>) -> bool {
    let Some(number) = data.u16(2) else {
        return false;
    };
    let full = transfer::block(ctx, number, data.rest(4), row);
    if wanted {
        ctx.number(&f::BLOCK, data, 2, 2);
        ctx.field(&f::BLOCK_FULL, Value::Uint(full), ByteRange::GENERATED);
        ctx.bytes(&f::DATA, data, 4, data.len());
        ctx.info(format_args!("Data Packet, Block: {number}"));
    }
    true
}

fn acknowledged(ctx: &mut Ctx<'_>, wanted: bool, data: Data<'_>, row: Option<u32>) -> bool {
    let Some(number) = data.u16(2) else {
        return false;
    };
    let full = ctx
        .flow_state::<State, _>(|s| s.full(number))
        .unwrap_or_else(|| number.into());
    if wanted {
        ctx.number(&f::BLOCK, data, 2, 2);
        ctx.field(&f::BLOCK_FULL, Value::Uint(full), ByteRange::GENERATED);
        ctx.info(format_args!("Acknowledgement, Block: {number}"));
    }
    let at = (ctx.meta.packet, ctx.meta.time);
    ctx.update::<Transfer>(row, |t| {
        t.block_acked = t.block_acked.max(full);
        (t.meta.last, t.meta.end) = at;
    });
    true
}

fn failed(ctx: &mut Ctx<'_>, wanted: bool, data: Data<'_>, row: Option<u32>) -> bool {
    let Some(code) = data.u16(2) else {
        return false;
    };
    let message = text(data, 4).map_or_else(|| data.rest(4), |(text, _)| text);
    if wanted {
        ctx.number(&f::ERROR_CODE, data, 2, 2);
        text_field(ctx, &f::ERROR_MESSAGE, message);
        ctx.info(format_args!(
            "Error Code, Code: {code}, Message: {}",
            shown(message)
        ));
    }
    let at = (ctx.meta.packet, ctx.meta.time);
    let said = shown(message);
    ctx.update::<Transfer>(row, |t| {
        t.error_code = Some(code);
        t.error_msg = said.into();
        (t.meta.last, t.meta.end) = at;
    });
    transfer::aborted(ctx);
    true
}
