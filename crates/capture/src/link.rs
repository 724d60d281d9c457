//! Names of link types (the LINKTYPE_ registry). Dissects none of them.

/// Stands for "no link type is known": a packet whose interface was never described.
/// The number is not assigned.
pub const LINK_UNKNOWN: u16 = u16::MAX;

/// Number, Wireshark's short name, title.
const LINKS: &[(u16, &str, &str)] = &[
    (0, "null", "BSD loopback"),
    (1, "ether", "Ethernet"),
    (3, "ax25", "AX.25"),
    (6, "tr", "Token Ring"),
    (7, "arcnet", "ARCNET"),
    (8, "slip", "SLIP"),
    (9, "ppp", "PPP"),
    (10, "fddi-swapped", "FDDI"),
    (12, "rawip", "Raw IP"),
    (14, "rawip", "Raw IP"),
    (50, "ppp", "PPP in HDLC framing"),
    (51, "pppoes", "PPP over Ethernet"),
    (99, "symantec", "Symantec Enterprise Firewall"),
    (100, "atm-rfc1483", "ATM (RFC 1483)"),
    (101, "rawip", "Raw IP"),
    (104, "chdlc", "Cisco HDLC"),
    (105, "ieee-802-11", "IEEE 802.11"),
    (106, "linux-atm-clip", "Linux ATM Classical IP"),
    (107, "frelay", "Frame Relay"),
    (108, "loop", "OpenBSD loopback"),
    (109, "enc", "OpenBSD encapsulated IP"),
    (113, "linux-sll", "Linux cooked"),
    (114, "ltalk", "LocalTalk"),
    (117, "pflog", "OpenBSD packet filter log"),
    (119, "ieee-802-11-prism", "IEEE 802.11 with Prism header"),
    (122, "ip-over-fc", "IP over Fibre Channel"),
    (123, "atm-pdus", "ATM (SunATM)"),
    (
        127,
        "ieee-802-11-radiotap",
        "IEEE 802.11 with radiotap header",
    ),
    (128, "tzsp", "TZSP"),
    (129, "arcnet_linux", "ARCNET (Linux)"),
    (130, "juniper-mlppp", "Juniper MLPPP"),
    (131, "juniper-mlfr", "Juniper MLFR"),
    (133, "juniper-ggsn", "Juniper GGSN"),
    (135, "juniper-atm2", "Juniper ATM2"),
    (136, "juniper-svcs", "Juniper services"),
    (137, "juniper-atm1", "Juniper ATM1"),
    (138, "ap1394", "IP over IEEE 1394 (Apple)"),
    (139, "mtp2-with-phdr", "SS7 MTP2 with pseudo-header"),
    (140, "mtp2", "SS7 MTP2"),
    (141, "mtp3", "SS7 MTP3"),
    (142, "sccp", "SS7 SCCP"),
    (143, "docsis", "DOCSIS"),
    (144, "irda", "IrDA"),
    (147, "user0", "User 0"),
    (148, "user1", "User 1"),
    (149, "user2", "User 2"),
    (150, "user3", "User 3"),
    (151, "user4", "User 4"),
    (152, "user5", "User 5"),
    (153, "user6", "User 6"),
    (154, "user7", "User 7"),
    (155, "user8", "User 8"),
    (156, "user9", "User 9"),
    (157, "user10", "User 10"),
    (158, "user11", "User 11"),
    (159, "user12", "User 12"),
    (160, "user13", "User 13"),
    (161, "user14", "User 14"),
    (162, "user15", "User 15"),
    (163, "ieee-802-11-avs", "IEEE 802.11 with AVS header"),
    (165, "bacnet-ms-tp", "BACnet MS/TP"),
    (166, "ppp-with-direction", "PPP with direction"),
    (177, "linux-lapd", "Linux LAPD"),
    (178, "juniper-ether", "Juniper Ethernet"),
    (179, "juniper-ppp", "Juniper PPP"),
    (180, "juniper-frelay", "Juniper Frame Relay"),
    (181, "juniper-chdlc", "Juniper C-HDLC"),
    (187, "bluetooth-h4", "Bluetooth H4"),
    (189, "usb-linux", "USB with Linux header"),
    (192, "ppi", "Per-Packet Information"),
    (195, "wpan", "IEEE 802.15.4"),
    (197, "erf", "Endace ERF"),
    (201, "bluetooth-h4-linux", "Bluetooth H4 with Linux header"),
    (202, "ax25-kiss", "AX.25 with KISS header"),
    (203, "lapd", "LAPD"),
    (204, "ppp-with-direction", "PPP with direction"),
    (205, "chdlc-with-direction", "Cisco HDLC with direction"),
    (206, "frelay-with-direction", "Frame Relay with direction"),
    (209, "i2c-linux", "I2C with Linux header"),
    (210, "flexray", "FlexRay"),
    (212, "lin", "LIN"),
    (215, "wpan-nonask-phy", "IEEE 802.15.4 non-ASK PHY"),
    (220, "usb-linux-mmap", "USB with Linux header, padded"),
    (224, "fc2", "Fibre Channel FC-2"),
    (225, "fc2sof", "Fibre Channel FC-2 with delimiters"),
    (226, "ipnet", "Solaris IPNET"),
    (227, "socketcan", "SocketCAN"),
    (228, "rawip4", "Raw IPv4"),
    (229, "rawip6", "Raw IPv6"),
    (230, "wpan-nofcs", "IEEE 802.15.4 without FCS"),
    (231, "dbus", "D-Bus"),
    (235, "dvbci", "DVB-CI"),
    (236, "mux27010", "3GPP TS 27.010 multiplexing"),
    (239, "nflog", "Linux Netfilter log"),
    (240, "netanalyzer", "Hilscher netANALYZER"),
    (
        241,
        "netanalyzer-transparent",
        "Hilscher netANALYZER, transparent",
    ),
    (242, "ip-ib", "IP over InfiniBand"),
    (243, "mp2ts", "MPEG-2 transport stream"),
    (245, "nfc-llcp", "NFC LLCP"),
    (247, "infiniband", "InfiniBand"),
    (248, "sctp", "SCTP"),
    (249, "usb-usbpcap", "USB (USBPcap)"),
    (250, "rtac-serial", "Serial line (RTAC)"),
    (251, "bluetooth-le-ll", "Bluetooth Low Energy"),
    (252, "wireshark-upper-pdu", "Wireshark upper PDU"),
    (253, "netlink", "Linux netlink"),
    (254, "bluetooth-linux-monitor", "Bluetooth Linux monitor"),
    (255, "bluetooth-bredr-bb-rf", "Bluetooth BR/EDR baseband"),
    (
        256,
        "bluetooth-le-ll-rf",
        "Bluetooth Low Energy with radio header",
    ),
    (258, "pktap", "Apple PKTAP"),
    (259, "epon", "Ethernet passive optical network"),
    (260, "ipmi-trace", "IPMI trace"),
    (264, "iso14443", "ISO 14443"),
    (266, "usb-darwin", "USB (macOS)"),
    (270, "loratap", "LoRaTap"),
    (271, "vsock", "Linux vsock"),
    (272, "nordic_ble", "Nordic BLE sniffer"),
    (273, "docsis31_xra31", "DOCSIS with XRA-31 header"),
    (274, "ether-mpacket", "Ethernet mPackets"),
    (276, "linux-sll2", "Linux cooked v2"),
    (278, "ebhscr", "Elektrobit high-speed capture"),
    (279, "vpp", "VPP graph trace"),
    (280, "dpauxmon", "DisplayPort AUX monitor"),
    (283, "wpan-tap", "IEEE 802.15.4 with TAP header"),
    (288, "usb-20", "USB 2.0"),
    (293, "usb-20-low", "USB 2.0 low speed"),
    (294, "usb-20-full", "USB 2.0 full speed"),
    (295, "usb-20-high", "USB 2.0 high speed"),
];

fn row(link: u16) -> Option<&'static (u16, &'static str, &'static str)> {
    LINKS
        .binary_search_by_key(&link, |l| l.0)
        .ok()
        .and_then(|i| LINKS.get(i))
}

/// Wireshark's short name: `ether`, `linux-sll`; `unknown` when it has none.
#[must_use]
pub fn link_type_name(link: u16) -> &'static str {
    row(link).map_or("unknown", |l| l.1)
}

/// For people: `Ethernet`; `None` when it has no name here.
#[must_use]
pub fn link_type_title(link: u16) -> Option<&'static str> {
    row(link).map(|l| l.2)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sorted_and_found() {
        assert!(LINKS.windows(2).all(|w| w[0].0 < w[1].0));
        assert_eq!(
            (link_type_name(1), link_type_title(276)),
            ("ether", Some("Linux cooked v2"))
        );
        assert_eq!(
            (link_type_name(LINK_UNKNOWN), link_type_title(LINK_UNKNOWN)),
            ("unknown", None)
        );
    }
}
