//! Multicast DNS (RFC 6762): DNS messages on port 5353, and the names hosts give themselves there.

#[cfg(test)]
mod sample;

use crate::context::Ctx;
use crate::data::Data;
use crate::facts::row::row;
use crate::facts::{Cell, Column, Message, MessageMeta};
use crate::protocol::{Log, Over, Protocol};
use crate::protocols::dns::{self, Flavour};
use std::net::IpAddr;

/// See the module.
pub static PROTOCOL: Protocol = Protocol {
    spec: "RFC 6762",
    over: &[Over::UdpPort(5353)],
    fields: dns::FIELDS,
    datagram: Some(dissect),
    logs: &[Log::of::<Announced>(), Log::of::<Asked>()],
    #[cfg(test)]
    sample: Some(sample::SAMPLE),
    ..Protocol::new("mdns", "Multicast Domain Name System", "MDNS")
};

fn dissect(ctx: &mut Ctx<'_>, data: Data<'_>) {
    dns::message(ctx, &PROTOCOL, Flavour::Multicast, data, None);
}

row! {
    /// A question to everybody. Who answers announces himself; questions and answers do not name each other.
    pub struct Asked of PROTOCOL {
        sender: IpAddr = "Who asks",
        query: Box<str> = "Name asked for",
        qtype_name: Box<str> = "Type asked for",
        unicast: bool = "Asks to be answered alone?",
    }
    |a| format!("{} asks for {} {}", a.sender, a.qtype_name, a.query)
}

/// A name with the address it stands for, as a host announced it.
#[derive(Clone, Debug)]
pub struct Announced {
    /// Where it was said.
    pub meta: MessageMeta,
    /// Who said it.
    pub sender: IpAddr,
    /// `printer.local`. Hostile text.
    pub name: Box<str>,
    /// The address it stands for.
    pub address: IpAddr,
    /// How long it holds, in seconds; 0 takes it back.
    pub ttl: u32,
}

impl Message for Announced {
    fn protocol() -> &'static Protocol {
        &PROTOCOL
    }
    fn columns() -> &'static [Column] {
        &[
            Column {
                name: "sender",
                title: "Who said it",
            },
            Column {
                name: "name",
                title: "Name",
            },
            Column {
                name: "address",
                title: "Address it stands for",
            },
            Column {
                name: "ttl",
                title: "How long it holds, in seconds",
            },
        ]
    }
    fn meta(&self) -> &MessageMeta {
        &self.meta
    }
    fn cell(&self, n: usize) -> Cell {
        match n {
            0 => Cell::Address(self.sender),
            1 => Cell::text(Some(&self.name)),
            2 => Cell::Address(self.address),
            3 => Cell::Uint(u64::from(self.ttl)),
            _ => Cell::Absent,
        }
    }
    fn summary(&self) -> String {
        format!("{} is {}", self.name, self.address)
    }
    fn heap(&self) -> usize {
        self.name.len()
    }
}
