//! Fields of SSH.

use weir_model::{Field, Kind};

pub(super) static PROTOCOL: Field = Field::new("ssh.protocol", Kind::Text, "Protocol");
pub(super) static DIRECTION: Field = Field::new("ssh.direction", Kind::Bool, "Direction");
pub(super) static PACKET_LENGTH: Field =
    Field::new("ssh.packet_length", Kind::Uint(32), "Packet Length");
pub(super) static PADDING_LENGTH: Field =
    Field::new("ssh.padding_length", Kind::Uint(8), "Padding Length");
pub(super) static MESSAGE_CODE: Field =
    Field::new("ssh.message_code", Kind::Uint(8), "Message Code").values(&[
        (1, "Disconnect"),
        (2, "Ignore"),
        (3, "Unimplemented"),
        (4, "Debug"),
        (5, "Service Request"),
        (6, "Service Accept"),
        (7, "Extension Information"),
        (20, "Key Exchange Init"),
        (21, "New Keys"),
        (30, "Key Exchange Init (method)"),
        (31, "Key Exchange Reply (method)"),
        (32, "Group Exchange Init"),
        (33, "Group Exchange Reply"),
        (34, "Group Exchange Request"),
    ]);
pub(super) static ENCRYPTED: Field =
    Field::new("ssh.encrypted_packet", Kind::Bytes, "Encrypted Packet");
pub(super) static COOKIE: Field = Field::new("ssh.cookie", Kind::Bytes, "Cookie");
pub(super) static FIRST_FOLLOWS: Field = Field::new(
    "ssh.first_kex_packet_follows",
    Kind::Uint(8),
    "First KEX Packet Follows",
);
pub(super) static HASSH_ALGORITHMS: Field =
    Field::new("ssh.kex.hassh_algorithms", Kind::Text, "hasshAlgorithms");
pub(super) static HASSH: Field = Field::new("ssh.kex.hassh", Kind::Text, "hassh");
pub(super) static HASSHSERVER_ALGORITHMS: Field = Field::new(
    "ssh.kex.hasshserver_algorithms",
    Kind::Text,
    "hasshServerAlgorithms",
);
pub(super) static HASSHSERVER: Field = Field::new("ssh.kex.hasshserver", Kind::Text, "hasshServer");

const fn list(name: &'static str, title: &'static str) -> Field {
    Field::new(name, Kind::Text, title)
}

/// The name lists of a KEXINIT, in their order (RFC 4253 section 7.1).
pub(super) static LISTS: [Field; 10] = [
    list("ssh.kex_algorithms", "kex_algorithms string"),
    list(
        "ssh.server_host_key_algorithms",
        "server_host_key_algorithms string",
    ),
    list(
        "ssh.encryption_algorithms_client_to_server",
        "encryption_algorithms_client_to_server string",
    ),
    list(
        "ssh.encryption_algorithms_server_to_client",
        "encryption_algorithms_server_to_client string",
    ),
    list(
        "ssh.mac_algorithms_client_to_server",
        "mac_algorithms_client_to_server string",
    ),
    list(
        "ssh.mac_algorithms_server_to_client",
        "mac_algorithms_server_to_client string",
    ),
    list(
        "ssh.compression_algorithms_client_to_server",
        "compression_algorithms_client_to_server string",
    ),
    list(
        "ssh.compression_algorithms_server_to_client",
        "compression_algorithms_server_to_client string",
    ),
    list(
        "ssh.languages_client_to_server",
        "languages_client_to_server string",
    ),
    list(
        "ssh.languages_server_to_client",
        "languages_server_to_client string",
    ),
];

pub(super) static ALL: &[&Field] = &[
    &PROTOCOL,
    &DIRECTION,
    &PACKET_LENGTH,
    &PADDING_LENGTH,
    &MESSAGE_CODE,
    &ENCRYPTED,
    &COOKIE,
    &LISTS[0],
    &LISTS[1],
    &LISTS[2],
    &LISTS[3],
    &LISTS[4],
    &LISTS[5],
    &LISTS[6],
    &LISTS[7],
    &LISTS[8],
    &LISTS[9],
    &FIRST_FOLLOWS,
    &HASSH_ALGORITHMS,
    &HASSH,
    &HASSHSERVER_ALGORITHMS,
    &HASSHSERVER,
];
