//! Fields of OpenVPN.

use crate::fields::{U8, U16, U24, U32, U64, fields};
use weir_model::Kind::{Bytes, None, Packet, Time};

static OPCODES: &[(u64, &str)] = &[
    (1, "P_CONTROL_HARD_RESET_CLIENT_V1"),
    (2, "P_CONTROL_HARD_RESET_SERVER_V1"),
    (3, "P_CONTROL_SOFT_RESET_V1"),
    (4, "P_CONTROL_V1"),
    (5, "P_ACK_V1"),
    (6, "P_DATA_V1"),
    (7, "P_CONTROL_HARD_RESET_CLIENT_V2"),
    (8, "P_CONTROL_HARD_RESET_SERVER_V2"),
    (9, "P_DATA_V2"),
    (10, "P_CONTROL_HARD_RESET_CLIENT_V3"),
    (11, "P_CONTROL_WKC_V1"),
];

fields! {
    PACKET_LENGTH "openvpn.plen" U16, "Packet Length";
    TYPE "openvpn.type" U8, "Type" .hex();
    OPCODE "openvpn.opcode" U8, "Opcode" .hex() .values(OPCODES);
    KEY "openvpn.keyid" U8, "Key ID";
    PEER "openvpn.peerid" U24, "Peer ID";
    SESSION "openvpn.sessionid" U64, "Session ID";
    HMAC "openvpn.hmac" Bytes, "HMAC";
    REPLAY "openvpn.pid" U32, "Replay-Packet-ID";
    NET_TIME "openvpn.net_time" Time, "Net Time";
    REMOTE "openvpn.rsessionid" U64, "Remote Session ID";
    MESSAGE "openvpn.mpid" U32, "Message Packet-ID";
    ACKS "openvpn.mpidarraylength" U8, "Message Packet-ID Array Length";
    ACK "openvpn.mpidarrayelement" U32, "Message Packet-ID Array Element";
    DATA "openvpn.data" Bytes, "Data";
    BYTES "openvpn.fragment_bytes" Bytes, "Fragment bytes";
    FRAGMENTS "openvpn.fragments" None, "Message fragments";
    FRAGMENT "openvpn.fragment" Packet, "Message fragment";
    COUNT "openvpn.fragment.count" U32, "Message fragment count";
    LENGTH "openvpn.reassembled.length" U32, "Reassembled message length";
}
