//! DHCP and BOOTP (RFC 2131): who asks for an address and who gives which.
//! Knows no lease's life: each message is a row of its own.

mod describe;
mod fields;
mod lease;
#[cfg(test)]
mod sample;
#[cfg(test)]
mod tests;
mod wire;

pub use lease::Lease;

use crate::anomaly::AnomalyKind;
use crate::context::Ctx;
use crate::data::Data;
use crate::protocol::{Certainty, Log, Over, Probe, Protocol, Severity};
use wire::{COOKIE, Fixed, options};

/// The client writes its seconds with the low byte first.
static SWAPPED: AnomalyKind = AnomalyKind {
    id: "dhcp.secs_le",
    says: "Seconds elapsed appears to be encoded as little-endian",
    severity: Severity::Note,
    group: "Protocol",
};

/// See the module.
pub static PROTOCOL: Protocol = Protocol {
    spec: "RFC 2131",
    over: &[Over::UdpPort(67), Over::UdpPort(68), Over::UdpPort(4011)],
    fields: fields::ALL,
    anomalies: &[&crate::context::MALFORMED, &SWAPPED],
    probe: Some(probe),
    datagram: Some(dissect),
    logs: &[Log::of::<lease::Lease>()],
    #[cfg(test)]
    sample: Some(sample::SAMPLE),
    ..Protocol::new("dhcp", "Dynamic Host Configuration Protocol", "DHCP")
};

fn probe(p: &Probe<'_>) -> Certainty {
    let plausible = matches!(p.bytes, [1 | 2, 1, 6, ..]);
    if plausible && p.bytes.get(236..240) == Some(&COOKIE) {
        Certainty::Unsure
    } else {
        Certainty::No
    }
}

fn dissect(ctx: &mut Ctx<'_>, data: Data<'_>) {
    let wanted = ctx.layer(&PROTOCOL, data.all());
    let Ok(fixed) = Fixed::read(data.bytes) else {
        if wanted {
            ctx.close();
        }
        return ctx.short();
    };
    let (list, short) = if fixed.cookie == Some(COOKIE) {
        options(data.bytes)
    } else {
        (Vec::new(), false)
    };
    if fixed.whole
        && let Some(row) = Lease::of(ctx, &fixed, &list)
    {
        ctx.emit(row);
    }
    if wanted {
        describe::message(ctx, &fixed, &list, data);
        ctx.close();
    }
    if fixed.is_swapped() {
        ctx.remark(&SWAPPED, format_args!("{}", SWAPPED.says));
    }
    if short || !fixed.whole {
        ctx.short();
    }
}
