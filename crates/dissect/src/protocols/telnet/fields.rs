//! Fields of Telnet.

use weir_model::{Field, Holds, Kind};

pub(super) static CMD: Field = Field::new("telnet.cmd", Kind::Uint(8), "Command").values(COMMANDS);
pub(super) static SUBCMD: Field =
    Field::new("telnet.subcmd", Kind::Uint(8), "Subcommand").values(OPTIONS);
pub(super) static DATA: Field = Field::new("telnet.data", Kind::Text, "Data").holds(Holds::Content);
pub(super) static STRING: Field =
    Field::new("telnet.string_subopt.value", Kind::Text, "Value").holds(Holds::Name);
pub(super) static WIDTH: Field = Field::new("telnet.naws_subopt.width", Kind::Uint(16), "Width");
pub(super) static HEIGHT: Field = Field::new("telnet.naws_subopt.height", Kind::Uint(16), "Height");
pub(super) static AUTH_CMD: Field = Field::new("telnet.auth.cmd", Kind::Uint(8), "Auth Cmd")
    .values(&[(0, "IS"), (1, "SEND"), (2, "REPLY"), (3, "NAME")]);
pub(super) static AUTH_TYPE: Field = Field::new("telnet.auth.type", Kind::Uint(8), "Auth Type")
    .values(&[
        (0, "NULL"),
        (1, "Kerberos v4"),
        (2, "Kerberos v5"),
        (3, "SPX"),
        (5, "MINK"),
        (6, "SRP"),
        (10, "LOKI"),
        (13, "SSA"),
        (14, "KEA SJ"),
        (15, "NTLM"),
    ]);
pub(super) static AUTH_NAME: Field =
    Field::new("telnet.auth.name", Kind::Text, "Name").holds(Holds::Name);
pub(super) static ENC_CMD: Field =
    Field::new("telnet.enc.cmd", Kind::Uint(8), "Enc Cmd").values(&[
        (0, "IS"),
        (1, "SUPPORT"),
        (2, "REPLY"),
        (3, "START"),
        (4, "END"),
        (5, "REQUEST_START"),
        (6, "REQUEST_END"),
        (7, "ENC_KEYID"),
        (8, "DEC_KEYID"),
    ]);
pub(super) static ENC_TYPE: Field = Field::new("telnet.enc.type", Kind::Uint(8), "Enc Type")
    .values(&[
        (0, "NULL"),
        (1, "DES_CFB64"),
        (2, "DES_OFB64"),
        (3, "DES3_CFB64"),
        (4, "DES3_OFB64"),
        (8, "CAST5_40_CFB64"),
        (9, "CAST5_40_OFB64"),
        (10, "CAST128_CFB64"),
        (11, "CAST128_OFB64"),
    ]);
pub(super) static RFC_CMD: Field = Field::new("telnet.rfc_subopt.cmd", Kind::Uint(8), "Command")
    .values(&[
        (0, "OFF"),
        (1, "ON"),
        (2, "RESTART-ANY"),
        (3, "RESTART-XON"),
    ]);
pub(super) static STARTTLS: Field =
    Field::new("telnet.starttls", Kind::Uint(8), "Follows").values(&[(1, "FOLLOWS")]);
pub(super) static OPTION_DATA: Field = Field::new("telnet.option_data", Kind::Bytes, "Option data");
pub(super) static SUBCOMMAND_DATA: Field =
    Field::new("telnet.subcommand_data", Kind::Bytes, "Subcommand data");

pub(super) static ALL: &[&Field] = &[
    &CMD,
    &SUBCMD,
    &DATA,
    &STRING,
    &WIDTH,
    &HEIGHT,
    &AUTH_CMD,
    &AUTH_TYPE,
    &AUTH_NAME,
    &ENC_CMD,
    &ENC_TYPE,
    &RFC_CMD,
    &STARTTLS,
    &OPTION_DATA,
    &SUBCOMMAND_DATA,
];

/// RFC 854 page 14.
pub(super) static COMMANDS: &[(u64, &str)] = &[
    (236, "End of File"),
    (237, "Suspend Process"),
    (238, "Abort"),
    (239, "End of Record"),
    (240, "Suboption End"),
    (241, "No Operation"),
    (242, "Data Mark"),
    (243, "Break"),
    (244, "Interrupt Process"),
    (245, "Abort Output"),
    (246, "Are You There?"),
    (247, "Escape Character"),
    (248, "Erase Line"),
    (249, "Go Ahead"),
    (250, "Suboption"),
    (251, "Will"),
    (252, "Won't"),
    (253, "Do"),
    (254, "Don't"),
];

/// IANA's list of Telnet options.
pub(super) static OPTIONS: &[(u64, &str)] = &[
    (0, "Binary Transmission"),
    (1, "Echo"),
    (2, "Reconnection"),
    (3, "Suppress Go Ahead"),
    (4, "Approx Message Size Negotiation"),
    (5, "Status"),
    (6, "Timing Mark"),
    (7, "Remote Controlled Trans and Echo"),
    (8, "Output Line Width"),
    (9, "Output Page Size"),
    (10, "Output Carriage-Return Disposition"),
    (11, "Output Horizontal Tab Stops"),
    (12, "Output Horizontal Tab Disposition"),
    (13, "Output Formfeed Disposition"),
    (14, "Output Vertical Tabstops"),
    (15, "Output Vertical Tab Disposition"),
    (16, "Output Linefeed Disposition"),
    (17, "Extended ASCII"),
    (18, "Logout"),
    (19, "Byte Macro"),
    (20, "Data Entry Terminal"),
    (21, "SUPDUP"),
    (22, "SUPDUP Output"),
    (23, "Send Location"),
    (24, "Terminal Type"),
    (25, "End of Record"),
    (26, "TACACS User Identification"),
    (27, "Output Marking"),
    (28, "Terminal Location Number"),
    (29, "Telnet 3270 Regime"),
    (30, "X.3 PAD"),
    (31, "Negotiate About Window Size"),
    (32, "Terminal Speed"),
    (33, "Remote Flow Control"),
    (34, "Linemode"),
    (35, "X Display Location"),
    (36, "Environment Option"),
    (37, "Authentication Option"),
    (38, "Encryption Option"),
    (39, "New Environment Option"),
    (40, "TN3270E"),
    (41, "XAUTH"),
    (42, "CHARSET"),
    (43, "Remote Serial Port"),
    (44, "COM Port Control"),
    (45, "Suppress Local Echo"),
    (46, "Start TLS"),
    (47, "KERMIT"),
    (48, "SEND-URL"),
    (49, "FORWARD_X"),
];
