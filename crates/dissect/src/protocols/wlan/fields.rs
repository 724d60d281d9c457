//! Fields of the header of 802.11 frames, as Wireshark names them.

use weir_model::{Field, Holds, Kind};

pub(super) static TYPE_SUBTYPE: Field =
    Field::new("wlan.fc.type_subtype", Kind::Uint(16), "Type/Subtype")
        .hex()
        .values(&[
            (0x00, "Association Request"),
            (0x01, "Association Response"),
            (0x02, "Reassociation Request"),
            (0x03, "Reassociation Response"),
            (0x04, "Probe Request"),
            (0x05, "Probe Response"),
            (0x08, "Beacon frame"),
            (0x09, "ATIM"),
            (0x0a, "Disassociate"),
            (0x0b, "Authentication"),
            (0x0c, "Deauthentication"),
            (0x0d, "Action"),
            (0x18, "802.11 Block Ack Req"),
            (0x19, "802.11 Block Ack"),
            (0x1a, "Power-Save poll"),
            (0x1b, "Request-to-send"),
            (0x1c, "Clear-to-send"),
            (0x1d, "Acknowledgement"),
            (0x1e, "CF-End (Control-frame)"),
            (0x20, "Data"),
            (0x24, "Null function (No data)"),
            (0x28, "QoS Data"),
            (0x2c, "QoS Null function (No data)"),
        ]);
pub(super) static FC: Field = Field::new("wlan.fc", Kind::Uint(16), "Frame Control Field").hex();
pub(super) static VERSION: Field = Field::new("wlan.fc.version", Kind::Uint(8), "Version");
pub(super) static TYPE: Field = Field::new("wlan.fc.type", Kind::Uint(8), "Type").values(&[
    (0, "Management frame"),
    (1, "Control frame"),
    (2, "Data frame"),
    (3, "Extension frame"),
]);
pub(super) static SUBTYPE: Field = Field::new("wlan.fc.subtype", Kind::Uint(8), "Subtype");
pub(super) static FLAGS: Field = Field::new("wlan.flags", Kind::Uint(8), "Flags").hex();
pub(super) static DS: Field = Field::new("wlan.fc.ds", Kind::Uint(8), "DS status").hex();
static TODS: Field = Field::new("wlan.fc.tods", Kind::Bool, "To DS");
static FROMDS: Field = Field::new("wlan.fc.fromds", Kind::Bool, "From DS");
static FRAGMENTS: Field = Field::new("wlan.fc.frag", Kind::Bool, "More Fragments");
static RETRY: Field = Field::new("wlan.fc.retry", Kind::Bool, "Retry");
static POWER: Field = Field::new("wlan.fc.pwrmgt", Kind::Bool, "PWR MGT");
static MORE: Field = Field::new("wlan.fc.moredata", Kind::Bool, "More Data");
static PROTECTED: Field = Field::new("wlan.fc.protected", Kind::Bool, "Protected flag");
static ORDER: Field = Field::new("wlan.fc.order", Kind::Bool, "+HTC/Order flag");
pub(super) static BITS: &[(&Field, u64)] = &[
    (&TODS, 0x01),
    (&FROMDS, 0x02),
    (&FRAGMENTS, 0x04),
    (&RETRY, 0x08),
    (&POWER, 0x10),
    (&MORE, 0x20),
    (&PROTECTED, 0x40),
    (&ORDER, 0x80),
];
pub(super) static DURATION: Field = Field::new("wlan.duration", Kind::Uint(16), "Duration");

const fn address(name: &'static str, title: &'static str) -> Field {
    Field::new(name, Kind::Mac, title)
        .part_of(&["wlan.addr"])
        .holds(Holds::Address)
}
pub(super) static RA: Field = address("wlan.ra", "Receiver address");
pub(super) static TA: Field = address("wlan.ta", "Transmitter address");
pub(super) static DA: Field = address("wlan.da", "Destination address");
pub(super) static SA: Field = address("wlan.sa", "Source address");
pub(super) static BSSID: Field = address("wlan.bssid", "BSS Id");
pub(super) static STAA: Field = address("wlan.staa", "STA address");
pub(super) static FRAG: Field = Field::new("wlan.frag", Kind::Uint(16), "Fragment number");
pub(super) static SEQ: Field = Field::new("wlan.seq", Kind::Uint(16), "Sequence number");

pub(super) static ALL: &[&Field] = &[
    &TYPE_SUBTYPE,
    &FC,
    &VERSION,
    &TYPE,
    &SUBTYPE,
    &FLAGS,
    &DS,
    &TODS,
    &FROMDS,
    &FRAGMENTS,
    &RETRY,
    &POWER,
    &MORE,
    &PROTECTED,
    &ORDER,
    &DURATION,
    &RA,
    &TA,
    &DA,
    &SA,
    &BSSID,
    &STAA,
    &FRAG,
    &SEQ,
];
