//! HSRP (RFC 2281, and Cisco's version 2): which router forwards for a group's address, and who else would.

mod fields;
#[cfg(test)]
mod sample;
#[cfg(test)]
mod tests;
mod wire;

use crate::anomaly::AnomalyKind;
use crate::context::{Ctx, MALFORMED};
use crate::data::Data;
use crate::facts::row::row;
use crate::protocol::{Log, Over, Protocol, Severity};
use fields as f;
use std::net::{IpAddr, Ipv4Addr};
use weir_model::{Duration, Field, Value};
use wire::{Proof, Said};

/// Behind a message of version 0 stands something else than MD5 authentication.
static UNKNOWN_TLV: AnomalyKind = AnomalyKind {
    id: "hsrp.unknown_tlv",
    says: "Unknown TLV sequence (HSRPv1)",
    severity: Severity::Warn,
    group: "Undecoded",
};
/// Whoever is on the network can speak for the group.
static DEFAULT_PASSWORD: AnomalyKind = AnomalyKind {
    id: "weir.hsrp.default_password",
    says: "the group has the password that every router comes with, in clear: anybody on the network can take it over",
    severity: Severity::Warn,
    group: "Security",
};
/// As an attacker does it, and few others: with 255 even the router meant to be the first cannot take the group back.
static TAKEOVER: AnomalyKind = AnomalyKind {
    id: "weir.hsrp.takeover",
    says: "a router claims the group with the highest priority there is",
    severity: Severity::Warn,
    group: "Security",
};

/// See the module.
pub static PROTOCOL: Protocol = Protocol {
    spec: "RFC 2281",
    over: &[Over::UdpPort(PORT), Over::UdpPort(IPV6_PORT)],
    fields: f::ALL,
    anomalies: &[&MALFORMED, &UNKNOWN_TLV, &DEFAULT_PASSWORD, &TAKEOVER],
    datagram: Some(dissect),
    logs: &[Log::of::<Group>()],
    #[cfg(test)]
    sample: Some(sample::SAMPLE),
    ..Protocol::new("hsrp", "Cisco Hot Standby Router Protocol", "HSRP")
};

/// Of both versions over IPv4; of version 2 over IPv6.
const PORT: u16 = 1985;
const IPV6_PORT: u16 = 2029;
/// Where messages of version 0 are sent: all routers. Where those of version 2 are.
const TO_ROUTERS: Ipv4Addr = Ipv4Addr::new(224, 0, 0, 2);
const TO_VERSION_2: Ipv4Addr = Ipv4Addr::new(224, 0, 0, 102);

row! {
    /// What a router says of a group whose address it forwards for, or would.
    pub struct Group of PROTOCOL {
        router: IpAddr = "Who says it",
        version: u8 = "Version",
        group: u16 = "Number of the group",
        operation: &'static str = "Hello, Coup: I take over, Resign: I step back",
        state: &'static str = "What the router is in the group; Active: it forwards",
        priority: u32 = "The highest becomes active",
        virtual_address: Option<IpAddr> = "The group's address, where the router knows it",
        hello_time: Duration = "Time between its hellos",
        hold_time: Duration = "After how long it counts as gone",
        authentication: &'static str = "none, default password, password (both in clear), md5",
    }
    |g| format!(
        "{} is {} of group {} (priority {})",
        g.router, g.state, g.group, g.priority
    )
}

/// Messages tell their version by where they are sent, not by their bytes.
fn dissect(ctx: &mut Ctx<'_>, data: Data<'_>) {
    let to = ctx.packet.addresses.map(|a| a.dst);
    let port = ctx.packet.ports.map(|p| p.1);
    match (to, port) {
        (Some(IpAddr::V4(TO_ROUTERS)), Some(PORT | IPV6_PORT)) => version_0(ctx, data),
        (Some(IpAddr::V4(TO_VERSION_2)), Some(PORT | IPV6_PORT))
        | (Some(IpAddr::V6(_)), Some(IPV6_PORT)) => version_2(ctx, data),
        _ => ctx.unknown(data),
    }
}

fn version_0(ctx: &mut Ctx<'_>, data: Data<'_>) {
    let wanted = ctx.layer(&PROTOCOL, data.all());
    let opcode = data.u8(1);
    let said = (opcode < Some(wire::ADVERTISE))
        .then(|| Said::version_0(data))
        .flatten();
    let advertises = opcode == Some(wire::ADVERTISE);
    let end = if advertises { 16 } else { wire::FIXED };
    // The only thing known to follow, and told by its length.
    let more =
        opcode <= Some(wire::ADVERTISE) && data.len() == wire::FIXED + 2 + usize::from(wire::MD5);
    let md5 = more && data.array(end) == Some([4, wire::MD5]);
    if wanted {
        ctx.number(&f::VERSION, data, 0, 1);
        ctx.number(&f::OPCODE, data, 1, 1);
        match opcode {
            Some(0..wire::ADVERTISE) => describe_0(ctx, data),
            Some(wire::ADVERTISE) => describe_advertisement(ctx, data),
            _ => {}
        }
        if md5 {
            describe_md5(ctx, data.rest(end));
        }
    }
    if opcode > Some(wire::ADVERTISE) {
        ctx.unknown_inside(data.rest(2));
    }
    if wanted {
        ctx.close();
    }
    if let Some(opcode) = opcode {
        let state = match opcode {
            0..wire::ADVERTISE => (&f::STATE, data.u8(2)),
            wire::ADVERTISE => (&f::ADV_STATE, data.u8(6)),
            _ => (&f::STATE, None),
        };
        info(ctx, (&f::OPCODE, opcode), state);
    }
    if let Some(said) = said {
        let proof = if md5 { Proof::Md5 } else { said.proof };
        report(ctx, Said { proof, ..said });
    } else if opcode <= Some(wire::ADVERTISE) && data.len() < end {
        return ctx.short();
    }
    if more && !md5 {
        ctx.anomaly(&UNKNOWN_TLV);
    }
}

fn info(ctx: &mut Ctx<'_>, opcode: (&'static Field, u8), state: (&'static Field, Option<u8>)) {
    let word = |field: &'static Field, n: u8| field.word(u64::from(n)).unwrap_or("Unknown");
    let said = word(opcode.0, opcode.1);
    match state.1 {
        Some(n) => ctx.info(format_args!("{said} (state {})", word(state.0, n))),
        None => ctx.info(format_args!("{said}")),
    }
}

fn describe_0(ctx: &mut Ctx<'_>, data: Data<'_>) {
    let numbers = [
        &f::STATE,
        &f::HELLOTIME,
        &f::HOLDTIME,
        &f::PRIORITY,
        &f::GROUP,
        &f::RESERVED,
    ];
    for (n, field) in numbers.into_iter().enumerate() {
        ctx.number(field, data, 2 + n, 1);
    }
    password(ctx, &f::AUTH_DATA, data.rest(8));
    ctx.ipv4(&f::VIRT_IP, data, 16);
}

/// The password with which `data` begins, where all of it is there.
fn password(ctx: &mut Ctx<'_>, field: &'static Field, data: Data<'_>) {
    if data.len() >= wire::TEXT.into() {
        ctx.text(field, data.sub(0, wire::TEXT.into()));
    }
}

fn describe_advertisement(ctx: &mut Ctx<'_>, data: Data<'_>) {
    let numbers = [
        (&f::ADV_TYPE, 2, 2),
        (&f::ADV_LENGTH, 4, 2),
        (&f::ADV_STATE, 6, 1),
        (&f::ADV_RESERVED1, 7, 1),
        (&f::ADV_ACTIVE, 8, 2),
        (&f::ADV_PASSIVE, 10, 2),
        (&f::ADV_RESERVED2, 12, 4),
    ];
    for (field, at, len) in numbers {
        ctx.number(field, data, at, len);
    }
}

/// The MD5 authentication with which `data` begins.
fn describe_md5(ctx: &mut Ctx<'_>, data: Data<'_>) {
    let kind = Value::Uint(u64::from(data.u8(0).unwrap_or(0)));
    ctx.open(&f::MD5_AUTH_TLV, kind, data.range(0, 1));
    ctx.number(&f::MD5_ALGORITHM, data, 2, 1);
    ctx.number(&f::MD5_PADDING, data, 3, 1);
    ctx.number(&f::MD5_FLAGS, data, 4, 2);
    ctx.ipv4(&f::MD5_ADDRESS, data, 6);
    ctx.number(&f::MD5_KEY, data, 10, 4);
    if data.len() >= 30 {
        ctx.bytes(&f::MD5_DATA, data, 14, 30);
    }
    ctx.close();
}

fn version_2(ctx: &mut Ctx<'_>, data: Data<'_>) {
    let wanted = ctx.layer(&PROTOCOL, data.all());
    let mut said: Option<Said> = None;
    let mut at = 0;
    let mut short = data.is_empty();
    while !short && at < data.len() {
        let (Some(kind), Some(len)) = (data.u8(at), data.u8(at + 1)) else {
            short = true;
            break;
        };
        let whole = data.rest(at);
        match (kind, len) {
            (1, wire::GROUP_STATE) => {
                if let Some(before) = said.take() {
                    report(ctx, before);
                }
                said = Said::version_2(data, at);
                let understood = group_state(ctx, wanted, whole);
                if !understood {
                    break;
                }
            }
            (2, wire::INTERFACE_STATE) => interface_state(ctx, wanted, whole),
            (3, wire::TEXT) => {
                if wanted {
                    let kind = Value::Uint(u64::from(kind));
                    ctx.open(&f::TEXT_AUTH_TLV, kind, whole.range(0, 1));
                    password(ctx, &f::AUTH_DATA_2, whole.rest(2));
                    ctx.close();
                }
                if let Some(said) = &mut said {
                    said.proof = Proof::of(whole.sub(2, 2 + usize::from(wire::TEXT)));
                }
            }
            (4, wire::MD5) => {
                if wanted {
                    describe_md5(ctx, whole);
                }
                if let Some(said) = &mut said {
                    said.proof = Proof::Md5;
                }
            }
            _ => {
                ctx.unknown_inside(whole);
                break;
            }
        }
        at += 2 + usize::from(len);
        short = at > data.len();
    }
    if wanted {
        ctx.close();
    }
    if let Some(said) = said {
        report(ctx, said);
    }
    if short {
        ctx.short();
    }
}

/// The group state with which `data` begins. `false`: its address is of no known kind, and nothing after it is read.
fn group_state(ctx: &mut Ctx<'_>, wanted: bool, data: Data<'_>) -> bool {
    if let Some(opcode) = data.u8(3) {
        info(ctx, (&f::OPCODE_2, opcode), (&f::STATE_2, data.u8(4)));
    }
    let kind = data.u8(5);
    if wanted {
        let tag = Value::Uint(u64::from(data.u8(0).unwrap_or(0)));
        ctx.open(&f::GROUP_STATE_TLV, tag, data.range(0, 2));
        ctx.number(&f::VERSION_2, data, 2, 1);
        ctx.number(&f::OPCODE_2, data, 3, 1);
        ctx.number(&f::STATE_2, data, 4, 1);
        ctx.number(&f::IP_VERSION, data, 5, 1);
        ctx.number(&f::GROUP_2, data, 6, 2);
        ctx.mac(&f::IDENTIFIER, data, 8);
        ctx.number(&f::PRIORITY_2, data, 14, 4);
        ctx.number(&f::HELLOTIME_2, data, 18, 4);
        ctx.number(&f::HOLDTIME_2, data, 22, 4);
        if kind == Some(4) {
            ctx.ipv4(&f::VIRT_IP_2, data, 26);
        } else if kind == Some(6) {
            ctx.ipv6(&f::VIRT_IP_V6, data, 26);
        }
        ctx.close();
    }
    let understood = matches!(kind, None | Some(4 | 6));
    if !understood {
        ctx.unknown_inside(data.rest(26));
    }
    understood
}

/// The interface state with which `data` begins.
fn interface_state(ctx: &mut Ctx<'_>, wanted: bool, data: Data<'_>) {
    let (Some(active), Some(passive)) = (data.u16(2), data.u16(4)) else {
        return;
    };
    ctx.info(format_args!(
        "Interface State TLV (Act={active} Pass={passive})"
    ));
    if wanted {
        let tag = Value::Uint(u64::from(data.u8(0).unwrap_or(0)));
        ctx.open(&f::INTERFACE_STATE_TLV, tag, data.range(0, 1));
        ctx.number(&f::ACTIVE_GROUPS, data, 2, 2);
        ctx.number(&f::PASSIVE_GROUPS, data, 4, 2);
        ctx.close();
    }
}

fn report(ctx: &mut Ctx<'_>, said: Said) {
    if said.proof == Proof::Default {
        ctx.anomaly(&DEFAULT_PASSWORD);
    }
    if said.takes_over() {
        ctx.anomaly(&TAKEOVER);
    }
    let Some(ends) = ctx.packet.addresses else {
        return;
    };
    let meta = ctx.whole_message();
    ctx.emit(Group {
        meta,
        router: ends.src,
        version: said.version,
        group: said.group,
        operation: said.opcode_word,
        state: said.state_word,
        priority: said.priority,
        virtual_address: said.address,
        hello_time: said.hello,
        hold_time: said.hold,
        authentication: said.proof.word(),
    });
}
