//! Spanning tree (IEEE 802.1D-2004 section 9, with the VLAN that Cisco's form appends). Knows configuration and
//! topology messages, not the instances of MSTP.

#[cfg(test)]
mod sample;

use crate::context::{Ctx, MALFORMED};
use crate::data::Data;
use crate::protocol::{Over, Protocol};
use weir_model::{Field, Kind, Mac, Value};

static IDENTIFIER: Field = Field::new("stp.protocol", Kind::Uint(16), "Protocol Identifier").hex();
static VERSION: Field = Field::new("stp.version", Kind::Uint(8), "Protocol Version Identifier")
    .values(&[
        (0, "Spanning Tree"),
        (2, "Rapid Spanning Tree"),
        (3, "Multiple Spanning Tree"),
        (4, "Shortest Path Tree"),
    ]);
static TYPE: Field = Field::new("stp.type", Kind::Uint(8), "BPDU Type")
    .hex()
    .values(&[
        (0x00, "Configuration"),
        (0x02, "Rapid/Multiple Spanning Tree"),
        (0x80, "Topology Change Notification"),
    ]);
static FLAGS: Field = Field::new("stp.flags", Kind::Uint(8), "BPDU flags").hex();
static ROLE: Field = Field::new("stp.flags.port_role", Kind::Uint(8), "Port Role").values(&[
    (1, "Alternate or Backup"),
    (2, "Root"),
    (3, "Designated"),
]);
static ACKNOWLEDGED: Field = Field::new(
    "stp.flags.tcack",
    Kind::Bool,
    "Topology Change Acknowledgment",
);
static AGREEMENT: Field = Field::new("stp.flags.agreement", Kind::Bool, "Agreement");
static FORWARDING: Field = Field::new("stp.flags.forwarding", Kind::Bool, "Forwarding");
static LEARNING: Field = Field::new("stp.flags.learning", Kind::Bool, "Learning");
static PROPOSAL: Field = Field::new("stp.flags.proposal", Kind::Bool, "Proposal");
static CHANGE: Field = Field::new("stp.flags.tc", Kind::Bool, "Topology Change");
static ROOT_PRIO: Field = Field::new("stp.root.prio", Kind::Uint(16), "Root Bridge Priority");
static ROOT_EXT: Field = Field::new(
    "stp.root.ext",
    Kind::Uint(16),
    "Root Bridge System ID Extension",
);
static ROOT_HW: Field = Field::new("stp.root.hw", Kind::Mac, "Root Bridge System ID");
static COST: Field = Field::new("stp.root.cost", Kind::Uint(32), "Root Path Cost");
static BRIDGE_PRIO: Field = Field::new("stp.bridge.prio", Kind::Uint(16), "Bridge Priority");
static BRIDGE_EXT: Field = Field::new(
    "stp.bridge.ext",
    Kind::Uint(16),
    "Bridge System ID Extension",
);
static BRIDGE_HW: Field = Field::new("stp.bridge.hw", Kind::Mac, "Bridge System ID");
static PORT: Field = Field::new("stp.port", Kind::Uint(16), "Port identifier").hex();
static AGE: Field = Field::new("stp.msg_age", Kind::Float, "Message Age");
static MAX_AGE: Field = Field::new("stp.max_age", Kind::Float, "Max Age");
static HELLO: Field = Field::new("stp.hello", Kind::Float, "Hello Time");
static FORWARD: Field = Field::new("stp.forward", Kind::Float, "Forward Delay");
static LENGTH_1: Field = Field::new("stp.version_1_length", Kind::Uint(8), "Version 1 Length");
static VLAN: Field = Field::new("stp.pvst.origvlan", Kind::Uint(16), "Originating VLAN");

/// See the module.
pub static PROTOCOL: Protocol = Protocol {
    spec: "IEEE 802.1D-2004 section 9",
    // Cisco sends one tree a VLAN in SNAP.
    over: &[Over::Llc(0x42), Over::CiscoPid(0x010b)],
    fields: &[
        &IDENTIFIER,
        &VERSION,
        &TYPE,
        &FLAGS,
        &ACKNOWLEDGED,
        &AGREEMENT,
        &FORWARDING,
        &LEARNING,
        &ROLE,
        &PROPOSAL,
        &CHANGE,
        &ROOT_PRIO,
        &ROOT_EXT,
        &ROOT_HW,
        &COST,
        &BRIDGE_PRIO,
        &BRIDGE_EXT,
        &BRIDGE_HW,
        &PORT,
        &AGE,
        &MAX_AGE,
        &HELLO,
        &FORWARD,
        &LENGTH_1,
        &VLAN,
    ],
    anomalies: &[&MALFORMED],
    datagram: Some(dissect),
    #[cfg(test)]
    sample: Some(sample::SAMPLE),
    ..Protocol::new("stp", "Spanning Tree Protocol", "STP")
};

const CONFIGURATION: u8 = 0x00;
const RAPID: u8 = 0x02;
const NOTIFICATION: u8 = 0x80;
/// Bytes of a configuration message.
const CONFIGURED: usize = 35;

fn dissect(ctx: &mut Ctx<'_>, data: Data<'_>) {
    let wanted = ctx.layer(&PROTOCOL, data.all());
    let kind = data.u8(3);
    if wanted {
        ctx.number(&IDENTIFIER, data, 0, 2);
        ctx.number(&VERSION, data, 2, 1);
        ctx.number(&TYPE, data, 3, 1);
        match kind {
            Some(kind @ (CONFIGURATION | RAPID)) => configuration(ctx, data, kind == RAPID),
            Some(NOTIFICATION) => ctx.info(format_args!("Topology Change Notification")),
            _ => {}
        }
        ctx.close();
    }
    let least = match kind {
        Some(CONFIGURATION | RAPID) => CONFIGURED,
        _ => 4,
    };
    if data.len() < least {
        ctx.short();
    }
}

fn configuration(ctx: &mut Ctx<'_>, data: Data<'_>, rapid: bool) {
    if let Some(flags) = data.u8(4) {
        ctx.open(&FLAGS, Value::Uint(flags.into()), data.range(4, 5));
        ctx.flag(&ACKNOWLEDGED, data, 4, 1, 0x80);
        if rapid {
            ctx.flag(&AGREEMENT, data, 4, 1, 0x40);
            ctx.flag(&FORWARDING, data, 4, 1, 0x20);
            ctx.flag(&LEARNING, data, 4, 1, 0x10);
            ctx.bits(&ROLE, data, 4, 1, 0x0c);
            ctx.flag(&PROPOSAL, data, 4, 1, 0x02);
        }
        ctx.flag(&CHANGE, data, 4, 1, 0x01);
        ctx.close();
    }
    identifier(ctx, data, 5, [&ROOT_PRIO, &ROOT_EXT, &ROOT_HW]);
    ctx.number(&COST, data, 13, 4);
    identifier(ctx, data, 17, [&BRIDGE_PRIO, &BRIDGE_EXT, &BRIDGE_HW]);
    ctx.number(&PORT, data, 25, 2);
    for (field, at) in [(&AGE, 27), (&MAX_AGE, 29), (&HELLO, 31), (&FORWARD, 33)] {
        // In parts of 1/256 s.
        if let Some(n) = data.u16(at) {
            let seconds = f64::from(n) / 256.0;
            ctx.field(field, Value::Float(seconds), data.range(at, at + 2));
        }
    }
    let mut at = CONFIGURED;
    if rapid {
        ctx.number(&LENGTH_1, data, at, 1);
        at += 1;
    }
    // Cisco's: of type 0 and two bytes, after a byte of padding where the message has an odd length.
    for at in [at, at + 1] {
        if data.number(at, 4) == Some(2) && data.len() >= at + 6 {
            ctx.number(&VLAN, data, at + 4, 2);
            break;
        }
    }
    if let (Some(root), Some(cost), Some(port)) =
        (data.array(7).map(Mac), data.u32(13), data.u16(25))
    {
        let prio = data.u16(5).unwrap_or_default();
        let word = if rapid { "RST" } else { "Conf" };
        ctx.info(format_args!(
            "{word}. Root = {}/{}/{root}  Cost = {cost}  Port = 0x{port:04x}",
            prio & 0xf000,
            prio & 0x0fff
        ));
    }
}

/// Priority in the upper four bits, what extends it (a VLAN, often) in the others, then an address.
fn identifier(ctx: &mut Ctx<'_>, data: Data<'_>, at: usize, fields: [&'static Field; 3]) {
    let [prio, ext, hw] = fields;
    if let Some(n) = data.u16(at) {
        let range = data.range(at, at + 2);
        ctx.field(prio, Value::Uint(u64::from(n & 0xf000)), range);
        ctx.field(ext, Value::Uint(u64::from(n & 0x0fff)), range);
    }
    if let Some(mac) = data.array(at + 2) {
        ctx.field(hw, Value::Mac(Mac(mac)), data.range(at + 2, at + 8));
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use crate::synth::Synth;

    pub(super) fn frame(body: &[u8]) -> Vec<u8> {
        let mut p = vec![1, 0x80, 0xc2, 0, 0, 0, 0, 0x19, 0x69, 0xdf, 0xdc, 1, 0];
        p.push(u8::try_from(3 + body.len()).unwrap());
        p.extend([0x42, 0x42, 3]);
        p.extend(body);
        p
    }

    /// Root 32768/720/…:c0, cost 19, bridge 4096/0/…:c1, port 0x8193; 1.5 s old, 20, 2 and 15 s.
    pub(super) fn rapid() -> Vec<u8> {
        let mut b = vec![0, 0, 2, 2, 0x3c];
        b.extend([0x82, 0xd0, 0, 0x13, 0x7f, 0xbe, 0x8c, 0xc0, 0, 0, 0, 19]);
        b.extend([0x10, 0, 0, 0x13, 0x7f, 0xbe, 0x8c, 0xc1, 0x81, 0x93]);
        b.extend([1, 128, 20, 0, 2, 0, 15, 0, 0]);
        b
    }

    fn of(packet: Vec<u8>, field: &str) -> Vec<String> {
        let mut s = Synth::default();
        s.packets.push(packet);
        let trees = s.trees(s.load().facts());
        trees[0].values(field).map(str::to_owned).collect()
    }

    #[test]
    fn a_rapid_tree_names_root_bridge_and_times() {
        let p = frame(&rapid());
        for (field, value) in [
            ("stp.root.prio", "32768"),
            ("stp.root.ext", "720"),
            ("stp.root.hw", "00:13:7f:be:8c:c0"),
            ("stp.root.cost", "19"),
            ("stp.bridge.prio", "4096"),
            ("stp.bridge.hw", "00:13:7f:be:8c:c1"),
            ("stp.msg_age", "1.5"),
            ("stp.forward", "15"),
        ] {
            assert_eq!(of(p.clone(), field), [value], "{field}");
        }
        assert_eq!(of(p, "stp.flags.port_role"), ["3"]);
    }

    #[test]
    fn ciscos_form_says_its_vlan() {
        let mut b = rapid();
        b.extend([0, 0, 0, 0, 2, 0x02, 0xd0]);
        let mut p = vec![
            1, 0, 0x0c, 0xcc, 0xcc, 0xcd, 0, 0x13, 0x7f, 0xbe, 0x8c, 0xc1, 0,
        ];
        p.push(u8::try_from(8 + b.len()).unwrap());
        p.extend([0xaa, 0xaa, 3, 0, 0, 0x0c, 1, 0x0b]);
        p.extend(b);
        assert_eq!(of(p, "stp.pvst.origvlan"), ["720"]);
    }

    #[test]
    fn a_cut_message_is_read_as_far_as_it_goes() {
        let whole = rapid();
        for n in 0..whole.len() {
            let p = frame(&whole[..n]);
            let seen = of(p.clone(), "stp.root.hw");
            assert_eq!(seen.len(), usize::from(n >= 13), "{n} bytes");
            let remarks = of(p, "_ws.malformed").len();
            assert_eq!(remarks > 0, n < 35, "{n} bytes");
        }
    }
}
