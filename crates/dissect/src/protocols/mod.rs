//! Every protocol, one folder each. A new one is a folder, its `mod` line and its registry line.

pub mod arp;
pub mod data;
pub mod dhcp;
pub mod dns;
pub mod eth;
pub mod ethertype;
pub mod expert;
pub mod frame;
pub mod ftp;
pub mod ftp_data;
pub mod http;
pub mod icmp;
pub mod icmpv6;
pub mod igmp;
pub mod ip;
pub mod ipv6;
pub mod llc;
pub mod llmnr;
pub mod mdns;
pub mod nbns;
pub mod null;
pub mod raw;
pub mod sll;
pub mod tcp;
pub mod tls;
pub mod udp;
pub mod vlan;

use crate::protocol::Protocol;

/// The registry: order is the order in which probes are asked.
pub static ALL: &[&Protocol] = &[
    &arp::PROTOCOL,
    &data::PROTOCOL,
    &dhcp::PROTOCOL,
    &dns::PROTOCOL,
    &eth::PROTOCOL,
    &ethertype::PROTOCOL,
    &expert::PROTOCOL,
    &frame::PROTOCOL,
    &ftp::PROTOCOL,
    &ftp_data::PROTOCOL,
    &http::PROTOCOL,
    &icmp::PROTOCOL,
    &icmpv6::PROTOCOL,
    &igmp::PROTOCOL,
    &ip::PROTOCOL,
    &ipv6::PROTOCOL,
    &ipv6::PROTOCOL_DSTOPTS,
    &ipv6::PROTOCOL_FRAGHDR,
    &ipv6::PROTOCOL_HOPOPTS,
    &ipv6::PROTOCOL_ROUTING,
    &llc::PROTOCOL,
    &llmnr::PROTOCOL,
    &mdns::PROTOCOL,
    &nbns::PROTOCOL,
    &null::PROTOCOL,
    &raw::PROTOCOL,
    &sll::PROTOCOL,
    &sll::PROTOCOL_V2,
    &tcp::PROTOCOL,
    &tls::PROTOCOL,
    &udp::PROTOCOL,
    &vlan::PROTOCOL,
    &vlan::PROTOCOL_AD,
];
