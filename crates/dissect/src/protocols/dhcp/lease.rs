//! What a DHCP message says of addresses, names and servers.

use super::PROTOCOL;
use super::wire::{Fixed, Opt};
use crate::context::Ctx;
use crate::facts::{Cell, Column, Message, MessageMeta};
use crate::protocol::Protocol;
use smallvec::SmallVec;
use std::net::{IpAddr, Ipv4Addr};
use weir_model::Mac;

/// Addresses kept of one option.
const ADDRESSES: usize = 8;

/// One DHCP message. Hostile text throughout.
#[derive(Clone, Debug)]
pub struct Lease {
    /// Its packet.
    pub meta: MessageMeta,
    /// Sender at network level: an offer's or acknowledgement's server, or a relay.
    pub from: IpAddr,
    /// Receiver at network level.
    pub to: IpAddr,
    /// Sender's hardware address, where layer 2 shows it: a rogue server's, too.
    pub sender_mac: Option<Mac>,
    /// The client's hardware address (`chaddr`).
    pub mac: Option<Mac>,
    /// Transaction id.
    pub id: u32,
    /// From a server (`BOOTREPLY`)?
    pub reply: bool,
    /// Option 53: 1 discover, 2 offer, 3 request, 4 decline, 5 ack, 6 nak, 7 release, 8 inform; 0 for BOOTP.
    pub kind: u8,
    /// The address the client says it has (`ciaddr`).
    pub client_addr: Option<Ipv4Addr>,
    /// The address it is given (`yiaddr`).
    pub assigned_addr: Option<Ipv4Addr>,
    /// Option 50.
    pub requested_addr: Option<Ipv4Addr>,
    /// Relay (`giaddr`).
    pub relay: Option<Ipv4Addr>,
    /// Option 54.
    pub server_addr: Option<Ipv4Addr>,
    /// Option 1.
    pub subnet_mask: Option<Ipv4Addr>,
    /// Option 3: gateways.
    pub routers: SmallVec<[Ipv4Addr; 1]>,
    /// Option 6: resolvers.
    pub resolvers: SmallVec<[Ipv4Addr; 2]>,
    /// Option 12.
    pub host_name: Option<Box<str>>,
    /// Option 81 (RFC 4702).
    pub client_fqdn: Option<Box<str>>,
    /// Option 15.
    pub domain: Option<Box<str>>,
    /// Option 60.
    pub vendor_class: Option<Box<str>>,
    /// Option 51, in seconds.
    pub lease_time: Option<u32>,
    /// Option 55, as sent: its order tells client systems apart.
    pub parameters: Box<[u8]>,
}

fn text(bytes: &[u8]) -> Box<str> {
    let end = bytes.iter().position(|b| *b == 0).unwrap_or(bytes.len());
    String::from_utf8_lossy(bytes.get(..end).unwrap_or_default()).into()
}

/// Option 81: ASCII, or DNS wire format when flag E is set.
pub(super) fn fqdn(value: &[u8]) -> Option<String> {
    let (flags, rest) = (value.first()?, value.get(3..)?);
    if flags & 4 == 0 {
        return Some(text(rest).into());
    }
    let mut out = String::new();
    let mut at = 0;
    while let Some(len) = rest.get(at).filter(|l| **l > 0 && **l < 64) {
        let label = rest.get(at + 1..at + 1 + usize::from(*len))?;
        if !out.is_empty() {
            out.push('.');
        }
        out.push_str(&String::from_utf8_lossy(label));
        at += 1 + usize::from(*len);
    }
    Some(out)
}

impl Lease {
    pub(super) fn of(ctx: &Ctx<'_>, fixed: &Fixed<'_>, options: &[Opt<'_>]) -> Option<Self> {
        let ends = ctx.packet.addresses?;
        let value = |code: u8| options.iter().find(|o| o.code == code).map(|o| o.value);
        let v4 = |b: &[u8]| b.first_chunk::<4>().map(|b| Ipv4Addr::from(*b));
        let list = |code: u8| {
            let (all, _) = value(code).unwrap_or_default().as_chunks::<4>();
            all.iter()
                .take(ADDRESSES)
                .map(|b| Ipv4Addr::from(*b))
                .collect::<Vec<_>>()
        };
        let given = |n: usize| {
            let ip = fixed.addresses.get(n).map(|b| Ipv4Addr::from(*b));
            ip.filter(|ip| !ip.is_unspecified())
        };
        let hw = fixed
            .hw
            .first_chunk::<6>()
            .filter(|_| fixed.hw_type == 1 && fixed.hw_len == 6);
        Some(Self {
            meta: ctx.whole_message(),
            from: ends.src,
            to: ends.dst,
            sender_mac: ctx.packet.macs.map(|m| m.0),
            mac: hw.map(|b| Mac(*b)),
            id: fixed.id,
            reply: fixed.op == 2,
            kind: value(53).and_then(|v| v.first()).copied().unwrap_or(0),
            client_addr: given(0),
            assigned_addr: given(1),
            requested_addr: value(50).and_then(v4),
            relay: given(3),
            server_addr: value(54).and_then(v4),
            subnet_mask: value(1).and_then(v4),
            routers: list(3).into(),
            resolvers: list(6).into(),
            host_name: value(12).map(text),
            client_fqdn: value(81).and_then(fqdn).map(Into::into),
            domain: value(15).map(text),
            vendor_class: value(60).map(text),
            lease_time: value(51)
                .and_then(|v| v.first_chunk::<4>())
                .map(|b| u32::from_be_bytes(*b)),
            parameters: value(55).unwrap_or_default().into(),
        })
    }

    /// `DISCOVER`, `ACK` …
    #[must_use]
    pub fn kind_name(&self) -> &'static str {
        const NAMES: [&str; 9] = [
            "BOOTP", "DISCOVER", "OFFER", "REQUEST", "DECLINE", "ACK", "NAK", "RELEASE", "INFORM",
        ];
        NAMES
            .get(usize::from(self.kind))
            .copied()
            .unwrap_or("OTHER")
    }
}

/// Zeek's dhcp.log, one message a row, with what tells a rogue server.
static COLUMNS: &[Column] = &[
    Column::new("client_addr", "Address the client has"),
    Column::new("server_addr", "Server"),
    Column::new("mac", "Client's hardware address"),
    Column::new("host_name", "Name the client says"),
    Column::new("client_fqdn", "Full name the client says"),
    Column::new("domain", "Domain the server gives"),
    Column::new("requested_addr", "Address asked for"),
    Column::new("assigned_addr", "Address given"),
    Column::new("lease_time", "Seconds it may be kept"),
    Column::new("msg_type", "Message"),
    Column::new("routers", "Gateways the server gives"),
    Column::new("resolvers", "Resolvers the server gives"),
    Column::new("sender_mac", "Sender's hardware address"),
    Column::new("vendor_class", "What the client says it is"),
    Column::new("trans_id", "Transaction"),
];

impl Message for Lease {
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
        let v4 = |ip: Option<Ipv4Addr>| ip.map_or(Cell::Absent, |ip| Cell::Address(ip.into()));
        let mac = |m: Option<Mac>| m.map_or(Cell::Absent, |m| Cell::Text(m.to_string()));
        let list =
            |l: &[Ipv4Addr]| Cell::List(l.iter().map(|ip| Cell::Address((*ip).into())).collect());
        match n {
            0 => v4(self.client_addr),
            1 => v4(self.server_addr),
            2 => mac(self.mac),
            3 => Cell::text(self.host_name.as_deref()),
            4 => Cell::text(self.client_fqdn.as_deref()),
            5 => Cell::text(self.domain.as_deref()),
            6 => v4(self.requested_addr),
            7 => v4(self.assigned_addr),
            8 => Cell::uint(self.lease_time),
            9 => Cell::text(Some(self.kind_name())),
            10 => list(&self.routers),
            11 => list(&self.resolvers),
            12 => mac(self.sender_mac),
            13 => Cell::text(self.vendor_class.as_deref()),
            14 => Cell::Uint(self.id.into()),
            _ => Cell::Absent,
        }
    }
    fn summary(&self) -> String {
        let mac = self.mac.map_or_else(|| "?".to_owned(), |m| m.to_string());
        let ip = self
            .assigned_addr
            .or(self.requested_addr)
            .or(self.client_addr);
        let name = self.host_name.as_deref().unwrap_or_default();
        match ip {
            Some(ip) => format!("{} {mac} {name} {ip}", self.kind_name()),
            None => format!("{} {mac} {name}", self.kind_name()),
        }
    }
    fn heap(&self) -> usize {
        let texts = [
            &self.host_name,
            &self.client_fqdn,
            &self.domain,
            &self.vendor_class,
        ];
        texts.into_iter().flatten().map(|t| t.len()).sum::<usize>()
            + self.parameters.len()
            + (self.routers.len() + self.resolvers.len()) * 4
    }
}
