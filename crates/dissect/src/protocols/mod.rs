//! Every protocol, one folder each. A new one is a folder, its `mod` line and its registry line.

pub mod data;
pub mod dhcp;
pub mod dns;
pub mod eth;
pub mod expert;
pub mod frame;
pub mod ftp;
pub mod ftp_data;
pub mod http;
pub mod ip;
pub mod llmnr;
pub mod mdns;
pub mod nbns;
pub mod tcp;
pub mod udp;

use crate::protocol::Protocol;

/// The registry: order is the order in which probes are asked.
pub static ALL: &[&Protocol] = &[
    &data::PROTOCOL,
    &dhcp::PROTOCOL,
    &dns::PROTOCOL,
    &eth::PROTOCOL,
    &expert::PROTOCOL,
    &frame::PROTOCOL,
    &ftp::PROTOCOL,
    &ftp_data::PROTOCOL,
    &http::PROTOCOL,
    &ip::PROTOCOL,
    &llmnr::PROTOCOL,
    &mdns::PROTOCOL,
    &nbns::PROTOCOL,
    &tcp::PROTOCOL,
    &udp::PROTOCOL,
];
