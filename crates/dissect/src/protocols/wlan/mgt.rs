//! Bodies of 802.11 management frames (IEEE 802.11-2020 sections 9.3.3 and 9.4): which networks are there, who joins and
//! who is thrown out. Knows the fixed parts, names, channels, countries and what RSN offers.

use super::little;
use crate::context::{Ctx, MALFORMED};
use crate::data::Data;
use crate::facts::row::row;
use crate::flow::FlowState;
use crate::protocol::{Log, Protocol};
use std::any::Any;
use std::collections::BTreeSet;
use weir_model::{Field, Holds, Kind, Mac, Value};

static TIMESTAMP: Field = Field::new("wlan.fixed.timestamp", Kind::Uint(64), "Timestamp");
static INTERVAL: Field = Field::new("wlan.fixed.beacon", Kind::Uint(32), "Beacon Interval");
static CAPABILITIES: Field = Field::new(
    "wlan.fixed.capabilities",
    Kind::Uint(16),
    "Capabilities Information",
)
.hex();
static ESS: Field = Field::new(
    "wlan.fixed.capabilities.ess",
    Kind::Bool,
    "ESS capabilities",
);
static IBSS: Field = Field::new("wlan.fixed.capabilities.ibss", Kind::Bool, "IBSS status");
static PRIVACY: Field = Field::new("wlan.fixed.capabilities.privacy", Kind::Bool, "Privacy");
static LISTEN: Field =
    Field::new("wlan.fixed.listen_ival", Kind::Uint(16), "Listen Interval").hex();
static ALGORITHM: Field = Field::new(
    "wlan.fixed.auth.alg",
    Kind::Uint(16),
    "Authentication Algorithm",
)
.values(&[
    (0, "Open System"),
    (1, "Shared key"),
    (2, "Fast BSS Transition"),
    (3, "Simultaneous Authentication of Equals (SAE)"),
]);
static STEP: Field = Field::new("wlan.fixed.auth_seq", Kind::Uint(16), "Authentication SEQ").hex();
static STATUS: Field = Field::new("wlan.fixed.status_code", Kind::Uint(16), "Status code").hex();
static REASON: Field = Field::new("wlan.fixed.reason_code", Kind::Uint(16), "Reason code")
    .hex()
    .values(&[
        (1, "Unspecified reason"),
        (2, "Previous authentication no longer valid"),
        (
            3,
            "Deauthenticated because sending STA is leaving (or has left) the BSS",
        ),
        (4, "Disassociated due to inactivity"),
        (
            5,
            "Disassociated because AP is unable to handle all currently associated STAs",
        ),
        (6, "Class 2 frame received from nonauthenticated STA"),
        (7, "Class 3 frame received from nonassociated STA"),
        (
            8,
            "Disassociated because sending STA is leaving (or has left) BSS",
        ),
        (15, "4-way handshake timeout"),
    ]);
static AID: Field = Field::new("wlan.fixed.aid", Kind::Uint(16), "Association ID").hex();
static TAG: Field = Field::new("wlan.tag", Kind::None, "Tag");
static NUMBER: Field = Field::new("wlan.tag.number", Kind::Uint(8), "Tag Number").values(&[
    (0, "SSID parameter set"),
    (1, "Supported Rates"),
    (3, "DS Parameter set"),
    (5, "Traffic Indication Map (TIM)"),
    (7, "Country Information"),
    (45, "HT Capabilities"),
    (48, "RSN Information"),
    (50, "Extended Supported Rates"),
    (61, "HT Information"),
    (127, "Extended Capabilities"),
    (191, "VHT Capabilities"),
    (221, "Vendor Specific"),
]);
static LENGTH: Field = Field::new("wlan.tag.length", Kind::Uint(32), "Tag length");
static SSID: Field = Field::new("wlan.ssid", Kind::Bytes, "SSID").holds(Holds::Name);
static RATES: Field = Field::new("wlan.supported_rates", Kind::Uint(8), "Supported Rates").hex();
static MORE_RATES: Field = Field::new(
    "wlan.extended_supported_rates",
    Kind::Uint(8),
    "Extended Supported Rates",
)
.hex();
static CHANNEL: Field = Field::new("wlan.ds.current_channel", Kind::Uint(8), "Current Channel");
static COUNTRY: Field = Field::new("wlan.country_info.code", Kind::Text, "Code");
static RSN_VERSION: Field = Field::new("wlan.rsn.version", Kind::Uint(16), "RSN Version");
const CIPHERS: &[(u64, &str)] = &[
    (0, "Group cipher suite"),
    (1, "WEP (40-bit)"),
    (2, "TKIP"),
    (4, "AES (CCM)"),
    (5, "WEP (104-bit)"),
    (6, "BIP (128)"),
    (8, "GCMP (128)"),
    (9, "GCMP (256)"),
    (10, "CCMP (256)"),
];
static GROUP: Field = Field::new(
    "wlan.rsn.gcs.type",
    Kind::Uint(8),
    "Group Cipher Suite type",
)
.values(CIPHERS);
static PAIRWISE: Field = Field::new(
    "wlan.rsn.pcs.type",
    Kind::Uint(8),
    "Pairwise Cipher Suite type",
)
.values(CIPHERS);
static AKM: Field = Field::new(
    "wlan.rsn.akms.type",
    Kind::Uint(8),
    "Auth Key Management (AKM) type",
)
.values(&[
    (1, "WPA"),
    (2, "PSK"),
    (3, "FT over IEEE 802.1X"),
    (4, "FT using PSK"),
    (5, "WPA (SHA256)"),
    (6, "PSK (SHA256)"),
    (8, "SAE (SHA256)"),
    (9, "FT using SAE (SHA256)"),
    (18, "Opportunistic Wireless Encryption"),
]);
static DATA: Field = Field::new("wlan.tag.data", Kind::Bytes, "Tag Data");

/// See the module.
pub static PROTOCOL: Protocol = Protocol {
    spec: "IEEE 802.11-2020 section 9.3.3",
    fields: &[
        &TIMESTAMP,
        &INTERVAL,
        &CAPABILITIES,
        &ESS,
        &IBSS,
        &PRIVACY,
        &LISTEN,
        &ALGORITHM,
        &STEP,
        &STATUS,
        &REASON,
        &AID,
        &TAG,
        &NUMBER,
        &LENGTH,
        &SSID,
        &RATES,
        &MORE_RATES,
        &CHANNEL,
        &COUNTRY,
        &RSN_VERSION,
        &GROUP,
        &PAIRWISE,
        &AKM,
        &DATA,
    ],
    anomalies: &[&MALFORMED],
    logs: &[Log::of::<Network>()],
    #[cfg(test)]
    sample: Some(super::sample::SAMPLE),
    ..Protocol::new("wlan.mgt", "IEEE 802.11 Wireless Management", "802.11 MGT")
};

row! {
    /// A network that a beacon or an answer to a probe told of, once for each that its sender changes.
    pub struct Network of PROTOCOL {
        ssid: Box<str> = "Its name; empty where it is hidden",
        bssid: Box<str> = "Address of the access point",
        channel: Option<u8> = "Channel",
        privacy: bool = "Is it encrypted?",
        management: Box<str> = "How stations log in, by RSN",
    }
    |n| format!("{} at {}", n.ssid, n.bssid)
}

/// Networks remembered, so that each is told once.
const NETWORKS: usize = 4096;
/// Bytes of the check sequence.
const CHECK_SEQUENCE: usize = 4;
/// Tags of one frame.
const TAGS: usize = 256;

/// Access points with the names they were told with.
#[derive(Clone, Default)]
struct Seen(BTreeSet<(Mac, Box<str>)>);

impl FlowState for Seen {
    fn box_clone(&self) -> Box<dyn FlowState> {
        Box::new(self.clone())
    }
    fn as_any_mut(&mut self) -> &mut dyn Any {
        self
    }
}

/// What the fixed part of a subtype is made of, in its order.
fn fixed(subtype: u8) -> &'static [(&'static Field, usize)] {
    match subtype {
        0 => const { &[(&CAPABILITIES, 2), (&LISTEN, 2)] },
        1 | 3 => const { &[(&CAPABILITIES, 2), (&STATUS, 2), (&AID, 2)] },
        // The third is the access point's address, passed over.
        2 => const { &[(&CAPABILITIES, 2), (&LISTEN, 2), (&TAG, 6)] },
        5 | 8 => const { &[(&TIMESTAMP, 8), (&INTERVAL, 2), (&CAPABILITIES, 2)] },
        10 | 12 => const { &[(&REASON, 2)] },
        11 => const { &[(&ALGORITHM, 2), (&STEP, 2), (&STATUS, 2)] },
        _ => &[],
    }
}

/// Subtypes whose body is tags behind the fixed part: not those of action frames.
fn tagged(subtype: u8) -> bool {
    matches!(subtype, 0..=5 | 8 | 10..=12)
}

/// The body of a frame of `subtype` that an access point or a station of `bssid` sent.
pub(super) fn dissect(ctx: &mut Ctx<'_>, subtype: u8, bssid: Mac, data: Data<'_>) {
    if data.is_empty() && subtype != 4 {
        return;
    }
    let wanted = ctx.layer(&PROTOCOL, data.all());
    let (mut at, mut privacy) = (0, false);
    for (field, len) in fixed(subtype) {
        if std::ptr::eq(*field, &raw const CAPABILITIES) {
            let bits = data.array(at).map(u16::from_le_bytes);
            privacy = bits.is_some_and(|b| b & 0x10 != 0);
            if let Some(bits) = bits.filter(|_| wanted) {
                let range = data.range(at, at + 2);
                ctx.open(field, Value::Uint(bits.into()), range);
                for (flag, mask) in [(&ESS, 1), (&IBSS, 2), (&PRIVACY, 0x10)] {
                    ctx.field(flag, Value::Bool(bits & mask != 0), range);
                }
                ctx.close();
            }
        } else if std::ptr::eq(*field, &raw const AID) {
            // Its two highest bits are always set.
            if let Some(id) = data.array(at).map(u16::from_le_bytes).filter(|_| wanted) {
                ctx.field(
                    field,
                    Value::Uint((id & 0x3fff).into()),
                    data.range(at, at + 2),
                );
            }
        } else if wanted && *len != 6 {
            little(ctx, field, data, at, *len);
        }
        at += len;
    }
    let mut n = Network {
        meta: ctx.whole_message(),
        ssid: Box::default(),
        bssid: Box::default(),
        channel: None,
        privacy,
        management: Box::default(),
    };
    let mut cut = data.len() < at;
    if tagged(subtype) {
        for _ in 0..TAGS {
            let (Some(number), Some(len)) = (data.u8(at), data.u8(at + 1)) else {
                break;
            };
            let end = at + 2 + usize::from(len);
            // Cards that do not say so leave the check sequence at the end.
            if end > data.len() && data.len() - at <= CHECK_SEQUENCE {
                break;
            }
            let body = data.sub(at + 2, end);
            if wanted {
                ctx.open(&TAG, Value::None, data.range(at, end));
                ctx.number(&NUMBER, data, at, 1);
                ctx.number(&LENGTH, data, at + 1, 1);
            }
            tag(ctx, &mut n, number, body, wanted);
            if wanted {
                ctx.close();
            }
            cut |= end > data.len();
            at = end;
        }
    }
    if wanted {
        ctx.close();
    }
    if cut {
        ctx.short();
    }
    if matches!(subtype, 5 | 8) {
        n.bssid = bssid.to_string().into();
        network(ctx, bssid, n);
    }
}

/// Tells of a network once.
fn network(ctx: &mut Ctx<'_>, bssid: Mac, n: Network) {
    let key = (bssid, n.ssid.clone());
    let new =
        ctx.chain_state::<Seen, _, bool>(|seen| seen.0.len() < NETWORKS && seen.0.insert(key));
    if new == Some(true) {
        ctx.emit(n);
    }
}

fn tag(ctx: &mut Ctx<'_>, n: &mut Network, number: u8, body: Data<'_>, wanted: bool) {
    match number {
        0 => {
            n.ssid = String::from_utf8_lossy(body.bytes).into();
            if wanted {
                // Present where it is empty too: a hidden name.
                ctx.field(&SSID, Value::Bytes(body.bytes), body.all());
            }
        }
        1 | 50 if wanted => {
            let field = if number == 1 { &RATES } else { &MORE_RATES };
            for at in 0..body.len() {
                ctx.number(field, body, at, 1);
            }
        }
        3 => {
            n.channel = body.u8(0);
            if wanted {
                ctx.number(&CHANNEL, body, 0, 1);
            }
        }
        7 if wanted => {
            let code = String::from_utf8_lossy(body.sub(0, 2).bytes);
            ctx.field(&COUNTRY, Value::Text(&code), body.range(0, 2));
        }
        48 => rsn(ctx, n, body, wanted),
        1 | 50 | 7 => {}
        _ if wanted && NUMBER.word(number.into()).is_none() => {
            ctx.bytes(&DATA, body, 0, body.len());
        }
        _ => {}
    }
}

/// Section 9.4.2.24: version, the group's cipher, a list of pairwise ones, a list of ways to log in.
fn rsn(ctx: &mut Ctx<'_>, n: &mut Network, body: Data<'_>, wanted: bool) {
    let count = |at: usize| usize::from(body.array(at).map_or(0, u16::from_le_bytes));
    if wanted {
        little(ctx, &RSN_VERSION, body, 0, 2);
        ctx.number(&GROUP, body, 5, 1);
    }
    let mut at = 6;
    let mut words: Vec<&str> = Vec::new();
    for field in [&PAIRWISE, &AKM] {
        let many = count(at);
        at += 2;
        for _ in 0..many {
            let Some(kind) = body.u8(at + 3) else {
                return;
            };
            if wanted {
                ctx.number(field, body, at + 3, 1);
            }
            if std::ptr::eq(field, &raw const AKM) {
                words.push(AKM.word(kind.into()).unwrap_or("other"));
            }
            at += 4;
        }
    }
    n.management = words.join(", ").into();
}
