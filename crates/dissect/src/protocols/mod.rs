//! Every protocol, one folder each. A new one is a folder, its `mod` line and its registry line.

pub mod arcnet;
pub mod arp;
pub mod ayiya;
pub mod cfp;
pub mod chdlc;
pub mod data;
pub mod dhcp;
pub mod dns;
pub mod erspan;
pub mod eth;
pub mod ethertype;
pub mod expert;
pub mod fddi;
pub mod fr;
pub mod frame;
pub mod ftp;
pub mod ftp_data;
pub mod geneve;
pub mod gre;
pub mod gtp;
pub mod http;
pub mod icmp;
pub mod icmpv6;
pub mod ieee8021ah;
pub mod igmp;
pub mod ip;
pub mod ipnet;
pub mod ipoib;
pub mod ipv6;
pub mod juniper;
pub mod llc;
pub mod llmnr;
pub mod macsec;
pub mod mdns;
pub mod mpls;
pub mod nbns;
pub mod nbss;
pub mod nflog;
pub mod null;
pub mod pim;
pub mod pktap;
pub mod ppi;
pub mod ppp;
pub mod pppoes;
pub mod radiotap;
pub mod raw;
pub mod sflow;
pub mod sll;
pub mod ssdp;
pub mod tcp;
pub mod teredo;
pub mod tls;
pub mod tr;
pub mod udp;
pub mod vlan;
pub mod vntag;
pub mod vxlan;
pub mod wlan;

use crate::protocol::Protocol;

/// The registry: order is the order in which probes are asked.
pub static ALL: &[&Protocol] = &[
    &arcnet::PROTOCOL,
    &arcnet::PROTOCOL_LINUX,
    &arp::PROTOCOL,
    &ayiya::PROTOCOL,
    &cfp::PROTOCOL,
    &chdlc::PROTOCOL,
    &data::PROTOCOL,
    &dhcp::PROTOCOL,
    &dns::PROTOCOL,
    &erspan::PROTOCOL,
    &eth::PROTOCOL,
    &ethertype::PROTOCOL,
    &expert::PROTOCOL,
    &fddi::PROTOCOL,
    &fr::PROTOCOL,
    &frame::PROTOCOL,
    &ftp::PROTOCOL,
    &ftp_data::PROTOCOL,
    &geneve::PROTOCOL,
    &gre::PROTOCOL,
    &gtp::PROTOCOL,
    &http::PROTOCOL,
    &icmp::PROTOCOL,
    &icmpv6::PROTOCOL,
    &ieee8021ah::PROTOCOL,
    &igmp::PROTOCOL,
    &ip::PROTOCOL,
    &ipnet::PROTOCOL,
    &ipoib::PROTOCOL,
    &ipv6::PROTOCOL,
    &ipv6::PROTOCOL_DSTOPTS,
    &ipv6::PROTOCOL_FRAGHDR,
    &ipv6::PROTOCOL_HOPOPTS,
    &ipv6::PROTOCOL_ROUTING,
    &juniper::PROTOCOL,
    &llc::PROTOCOL,
    &llmnr::PROTOCOL,
    &macsec::PROTOCOL,
    &mdns::PROTOCOL,
    &mpls::PROTOCOL,
    &nbns::PROTOCOL,
    &nbss::PROTOCOL,
    &nflog::PROTOCOL,
    &null::PROTOCOL,
    &pim::PROTOCOL,
    &pktap::PROTOCOL,
    &ppi::PROTOCOL,
    &ppp::PROTOCOL,
    &pppoes::PROTOCOL,
    &radiotap::PROTOCOL,
    &radiotap::PROTOCOL_PRISM,
    &raw::PROTOCOL,
    &sflow::PROTOCOL,
    &sll::PROTOCOL,
    &sll::PROTOCOL_V2,
    &ssdp::PROTOCOL,
    &tcp::PROTOCOL,
    &teredo::PROTOCOL,
    &tls::PROTOCOL,
    &tr::PROTOCOL,
    &udp::PROTOCOL,
    &vlan::PROTOCOL,
    &vlan::PROTOCOL_AD,
    &vntag::PROTOCOL,
    &vxlan::PROTOCOL,
    &wlan::PROTOCOL,
];
