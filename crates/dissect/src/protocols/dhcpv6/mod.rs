//! DHCPv6 (RFC 8415): which host asks for addresses and prefixes, and what it is given; relayed messages with what they
//! carry.

mod fields;
mod options;
#[cfg(test)]
mod sample;
#[cfg(test)]
mod tests;

use crate::context::{Ctx, MALFORMED};
use crate::data::Data;
use crate::facts::row::row;
use crate::protocol::{Log, Over, Protocol};
use fields as f;

/// See the module.
pub static PROTOCOL: Protocol = Protocol {
    spec: "RFC 8415",
    over: &[Over::UdpPort(546), Over::UdpPort(547)],
    fields: f::ALL,
    anomalies: &[&MALFORMED, &options::CLASSES],
    datagram: Some(dissect),
    logs: &[Log::of::<Exchange>()],
    #[cfg(test)]
    sample: Some(sample::SAMPLE),
    ..Protocol::new("dhcpv6", "DHCPv6", "DHCPv6")
};

row! {
    /// A message; of a relayed one what it carries.
    pub struct Exchange of PROTOCOL {
        kind: &'static str = "Solicit, Reply …",
        xid: Option<u32> = "Transaction",
        duid: Box<str> = "The client's identifier, in hexadecimal",
        mac: Box<str> = "Hardware address in it",
        host_name: Box<str> = "Name that the client wants",
        addresses: Vec<Box<str>> = "Addresses and prefixes asked for or given",
        dns: Vec<Box<str>> = "Name servers given",
        vendor: Box<str> = "What the client says it is",
        status: &'static str = "What went wrong",
    }
    |e| format!("{} {} {}", e.kind, e.host_name, e.addresses.join(", "))
}

/// Options inside each other, those with relayed messages among them (RFC 8415 section 7.6).
const DEPTH: u8 = 8;

fn dissect(ctx: &mut Ctx<'_>, data: Data<'_>) {
    let wanted = ctx.layer(&PROTOCOL, data.all());
    let mut row = Exchange {
        meta: ctx.whole_message(),
        kind: "",
        xid: None,
        duid: Box::default(),
        mac: Box::default(),
        host_name: Box::default(),
        addresses: Vec::new(),
        dns: Vec::new(),
        vendor: Box::default(),
        status: "",
    };
    let fine = message(ctx, wanted, data, &mut row, 0);
    if wanted {
        ctx.close();
    }
    if !fine {
        ctx.short();
    }
    if !row.kind.is_empty() {
        ctx.emit(row);
    }
}

/// A message; `false` where it breaks off.
fn message(ctx: &mut Ctx<'_>, wanted: bool, data: Data<'_>, row: &mut Exchange, depth: u8) -> bool {
    let Some(kind) = data.u8(0) else {
        return false;
    };
    let word = f::MSGTYPE.word(kind.into()).unwrap_or("Unknown");
    row.kind = word;
    if wanted {
        ctx.number(&f::MSGTYPE, data, 0, 1);
        ctx.info(format_args!("{word}"));
    }
    if matches!(kind, 12 | 13) {
        if wanted {
            ctx.number(&f::HOPCOUNT, data, 1, 1);
            for (field, at) in [(&f::LINKADDR, 2), (&f::PEERADDR, 18)] {
                ctx.ipv6(field, data, at);
            }
        }
        return data.len() >= 34 && options::read(ctx, wanted, data.rest(34), row, depth);
    }
    let xid = data.number(1, 3);
    row.xid = xid.and_then(|n| u32::try_from(n).ok());
    if wanted {
        ctx.number(&f::XID, data, 1, 3);
        if let Some(xid) = xid {
            ctx.info(format_args!("{word} XID: 0x{xid:06x}"));
        }
    }
    xid.is_some() && options::read(ctx, wanted, data.rest(4), row, depth)
}
