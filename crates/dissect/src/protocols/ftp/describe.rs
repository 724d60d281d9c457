//! The fields of a segment of a control connection: its first line, as Wireshark reads it. Reports nothing.

use super::rows::Transfer;
use super::{PROTOCOL, fields as f, wire};
use crate::context::Ctx;
use crate::data::Data;
use crate::protocol::Direction;
use std::net::IpAddr;
use weir_model::{ByteRange, PacketRef, Value};

pub(super) fn chunk(ctx: &mut Ctx<'_>, direction: Direction, data: Data<'_>, cwd: Option<&str>) {
    if !ctx.layer(&PROTOCOL, data.all()) {
        return;
    }
    let end = memchr::memchr(b'\n', data.bytes).unwrap_or(data.len());
    let line = data.bytes.get(..end).unwrap_or_default();
    let line = line.strip_suffix(b"\r").unwrap_or(line);
    let text = String::from_utf8_lossy(line);
    let request = direction == Direction::Forward;
    ctx.field(&f::REQUEST, Value::Bool(request), ByteRange::GENERATED);
    ctx.field(&f::RESPONSE, Value::Bool(!request), ByteRange::GENERATED);
    ctx.info(format_args!(
        "{}: {text}",
        if request { "Request" } else { "Response" }
    ));
    if request {
        command(ctx, &text, data);
    } else {
        reply(ctx, &text, data);
    }
    if let Some(cwd) = cwd {
        ctx.field(
            &f::CURRENT_WORKING_DIRECTORY,
            Value::Text(cwd),
            ByteRange::GENERATED,
        );
    }
    related(ctx);
    ctx.close();
}

fn command(ctx: &mut Ctx<'_>, text: &str, data: Data<'_>) {
    let (word, arg) = wire::command(text);
    let arg = arg.trim_start();
    if !word.is_empty() {
        ctx.field(
            &f::REQUEST_COMMAND,
            Value::Text(word),
            data.range(0, word.len()),
        );
    }
    let range = data.range(word.len() + 1, text.len());
    if !arg.is_empty() {
        let secret = ["PASS", "ACCT"]
            .iter()
            .any(|w| word.eq_ignore_ascii_case(w));
        let field = if secret {
            &f::REQUEST_SECRET
        } else {
            &f::REQUEST_ARG
        };
        ctx.field(field, Value::Text(arg), range);
    }
    if word.eq_ignore_ascii_case("PORT")
        && let Some((ip, port)) = wire::host_port(arg)
    {
        ctx.field(&f::ACTIVE_CIP, Value::Ipv4(ip), range);
        ctx.field(&f::ACTIVE_PORT, Value::Uint(u64::from(port)), range);
        nat(ctx, ip.into(), true);
    }
    if word.eq_ignore_ascii_case("EPRT")
        && let Some((family, ip, port)) = wire::extended(arg)
    {
        ctx.field(&f::EPRT_AF, Value::Uint(u64::from(family)), range);
        match ip {
            Some(IpAddr::V4(ip)) => ctx.field(&f::EPRT_IP, Value::Ipv4(ip), range),
            Some(IpAddr::V6(ip)) => ctx.field(&f::EPRT_IPV6, Value::Ipv6(ip), range),
            None => {}
        }
        ctx.field(&f::EPRT_PORT, Value::Uint(u64::from(port)), range);
    }
}

/// The announced address is not the sender's.
fn nat(ctx: &mut Ctx<'_>, ip: IpAddr, active: bool) {
    if ctx.packet.addresses.is_some_and(|a| a.src != ip) {
        let field = if active {
            &f::ACTIVE_NAT
        } else {
            &f::PASSIVE_NAT
        };
        ctx.field(field, Value::Bool(true), ByteRange::GENERATED);
    }
}

fn reply(ctx: &mut Ctx<'_>, text: &str, data: Data<'_>) {
    let Some((code, _, _)) = wire::reply(text) else {
        if !text.is_empty() {
            ctx.field(
                &f::RESPONSE_ARG,
                Value::Text(text),
                data.range(0, text.len()),
            );
        }
        return;
    };
    ctx.field(
        &f::RESPONSE_CODE,
        Value::Uint(u64::from(code)),
        data.range(0, 3),
    );
    let range = data.range(4, text.len());
    let arg = text.get(4..).unwrap_or_default();
    if !arg.is_empty() {
        ctx.field(&f::RESPONSE_ARG, Value::Text(arg), range);
    }
    if code == 227
        && let Some((ip, port)) = wire::host_port(arg)
    {
        ctx.field(&f::PASSIVE_IP, Value::Ipv4(ip), range);
        ctx.field(&f::PASSIVE_PORT, Value::Uint(u64::from(port)), range);
        nat(ctx, ip.into(), false);
    }
    if code == 229
        && let Some((_, ip, port)) = wire::extended(arg)
    {
        match ip {
            Some(IpAddr::V4(ip)) => ctx.field(&f::EPSV_IP, Value::Ipv4(ip), range),
            Some(IpAddr::V6(ip)) => ctx.field(&f::EPSV_IPV6, Value::Ipv6(ip), range),
            None => {}
        }
        ctx.field(&f::EPSV_PORT, Value::Uint(u64::from(port)), range);
    }
}

/// The transfer this packet announces or commands, once the whole capture is known.
fn related(ctx: &mut Ctx<'_>) {
    let packet = ctx.meta.packet;
    let number = |p: PacketRef| Value::Uint(u64::from(p.number));
    let none = ByteRange::GENERATED;
    let rows = ctx.facts().messages.all::<Transfer>();
    let announced = rows
        .iter()
        .find(|t| t.announced == packet && t.packets.is_some());
    let announced = announced.and_then(|t| Some((t.asked?.0, t.line())));
    let asked = rows.iter().find(|t| t.asked.is_some_and(|a| a.0 == packet));
    let asked = asked.and_then(|t| Some((t.announced, t.packets?, t.frames, t.bytes)));
    if let Some((command, line)) = announced
        && command != packet
    {
        ctx.field(&f::COMMAND_FRAME, number(command), none);
        ctx.field(&f::COMMAND, Value::Text(&line), none);
    }
    if let Some((setup, (first, last), frames, bytes)) = asked
        && setup != packet
    {
        ctx.field(&f::SETUP_FRAME, number(setup), none);
        ctx.field(&f::COMMAND_RESPONSE_FIRST_FRAME_NUM, number(first), none);
        ctx.field(&f::COMMAND_RESPONSE_LAST_FRAME_NUM, number(last), none);
        ctx.field(
            &f::COMMAND_RESPONSE_FRAMES,
            Value::Uint(u64::from(frames)),
            none,
        );
        ctx.field(&f::COMMAND_RESPONSE_BYTES, Value::Uint(bytes), none);
    }
}
