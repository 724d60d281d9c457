//! Vendor IDs: a vendor's or an extension's, mostly the MD5 of its name, told by how they begin.

/// What stands behind the bytes that name the vendor.
#[derive(Clone, Copy)]
pub(super) enum Extra {
    /// Version of two bytes.
    Unity,
    /// Release and build.
    Fortigate,
    /// Version of Windows.
    Microsoft,
}

/// A vendor ID that is known.
#[derive(Clone, Copy)]
pub(super) struct Vendor {
    pub(super) id: &'static [u8],
    pub(super) name: &'static str,
    pub(super) extra: Option<Extra>,
}

const fn plain(id: &'static [u8], name: &'static str) -> Vendor {
    Vendor {
        id,
        name,
        extra: None,
    }
}

static VENDORS: &[Vendor] = &[
    plain(
        b"\xaf\xca\xd7\x13\x68\xa1\xf1\xc9\x6b\x86\x96\xfc\x77\x57\x01\x00",
        "RFC 3706 DPD (Dead Peer Detection)",
    ),
    plain(
        b"\x4a\x13\x1c\x81\x07\x03\x58\x45\x5c\x57\x28\xf2\x0e\x95\x45\x2f",
        "RFC 3947 Negotiation of NAT-Traversal in the IKE",
    ),
    plain(
        b"\x4d\xf3\x79\x28\xe9\xfc\x4f\xd1\xb3\x26\x21\x70\xd5\x15\xc6\x62",
        "draft-ietf-ipsec-nat-t-ike",
    ),
    plain(
        b"\x44\x85\x15\x2d\x18\xb6\xbb\xcd\x0b\xe8\xa8\x46\x95\x79\xdd\xcc",
        "draft-ietf-ipsec-nat-t-ike-00",
    ),
    plain(
        b"\xcd\x60\x46\x43\x35\xdf\x21\xf8\x7c\xfd\xb2\xfc\x68\xb6\xa4\x48",
        "draft-ietf-ipsec-nat-t-ike-02",
    ),
    plain(
        b"\x90\xcb\x80\x91\x3e\xbb\x69\x6e\x08\x63\x81\xb5\xec\x42\x7b\x1f",
        "draft-ietf-ipsec-nat-t-ike-02\\n",
    ),
    plain(
        b"\x7d\x94\x19\xa6\x53\x10\xca\x6f\x2c\x17\x9d\x92\x15\x52\x9d\x56",
        "draft-ietf-ipsec-nat-t-ike-03",
    ),
    plain(
        b"\x99\x09\xb6\x4e\xed\x93\x7c\x65\x73\xde\x52\xac\xe9\x52\xfa\x6b",
        "draft-ietf-ipsec-nat-t-ike-04",
    ),
    plain(
        b"\x80\xd0\xbb\x3d\xef\x54\x56\x5e\xe8\x46\x45\xd4\xc8\x5c\xe3\xee",
        "draft-ietf-ipsec-nat-t-ike-05",
    ),
    plain(
        b"\x4d\x1e\x0e\x13\x6d\xea\xfa\x34\xc4\xf3\xea\x9f\x02\xec\x72\x85",
        "draft-ietf-ipsec-nat-t-ike-06",
    ),
    plain(
        b"\x43\x9b\x59\xf8\xba\x67\x6c\x4c\x77\x37\xae\x22\xea\xb8\xf5\x82",
        "draft-ietf-ipsec-nat-t-ike-07",
    ),
    plain(
        b"\x16\xf6\xca\x16\xe4\xa4\x06\x6d\x83\x82\x1a\x0f\x0a\xea\xa8\x62",
        "draft-ietf-ipsec-nat-t-ike-01",
    ),
    plain(
        b"\x8f\x8d\x83\x82\x6d\x24\x6b\x6f\xc7\xa8\xa6\xa4\x28\xc1\x1d\xe8",
        "draft-ietf-ipsec-nat-t-ike-08",
    ),
    plain(b"\x09\x00\x26\x89\xdf\xd6\xb7\x12", "XAUTH"),
    plain(
        b"\x40\x48\xb7\xd5\x6e\xbc\xe8\x85\x25\xe7\xde\x7f\x00\xd6\xc2\xd3",
        "Cisco Fragmentation",
    ),
    Vendor {
        id: b"\x12\xf5\xf2\x8c\x45\x71\x68\xa9\x70\x2d\x9f\xe2\x74\xcc",
        name: "CISCO-UNITY",
        extra: Some(Extra::Unity),
    },
    Vendor {
        id: b"\x82\x99\x03\x17\x57\xa3\x60\x82\xc6\xa6\x21\xde",
        name: "Fortigate (Fortinet)",
        extra: Some(Extra::Fortigate),
    },
    Vendor {
        id: b"\x1e\x2b\x51\x69\x05\x99\x1c\x7d\x7c\x96\xfc\xbf\xb5\x87\xe4\x61",
        name: "MS NT5 ISAKMPOAKLEY",
        extra: Some(Extra::Microsoft),
    },
    plain(
        b"\x88\x2f\xe5\x6d\x6f\xd2\x0d\xbc\x22\x51\x61\x3b\x2e\xbe\x5b\xeb",
        "strongSwan",
    ),
    plain(
        b"\xfb\x1d\xe3\xcd\xf3\x41\xb7\xea\x16\xb7\xe5\xbe\x08\x55\xf1\x20",
        "MS-Negotiation Discovery Capable",
    ),
    plain(
        b"\xe3\xa5\x96\x6a\x76\x37\x9f\xe7\x07\x22\x82\x31\xe5\xce\x86\x52",
        "IKE CGA version 1",
    ),
    plain(
        b"\x26\x24\x4d\x38\xed\xdb\x61\xb3\x17\x2a\x36\xe3\xd0\xcf\xb8\x19",
        "Vid-Initial-Contact",
    ),
    plain(
        b"\x62\x1b\x04\xbb\x09\x88\x2a\xc1\xe1\x59\x35\xfe\xfa\x24\xae\xee",
        "GSSAPI",
    ),
    plain(b"CISCO-DELETE-REASON", "CISCO-DELETE-REASON"),
    plain(b"CISCOVPN-REV-02", "CISCOVPN-REV-02"),
];

/// The vendor whose ID begins so.
pub(super) fn of(id: &[u8]) -> Option<Vendor> {
    VENDORS.iter().find(|v| id.starts_with(v.id)).copied()
}
