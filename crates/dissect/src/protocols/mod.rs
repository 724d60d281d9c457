//! Every protocol, one folder each. A new one is a folder, its `mod` line and its registry line.

pub mod ah;
pub mod arcnet;
pub mod arp;
pub mod atmarp;
pub mod ayiya;
pub mod bgp;
pub mod bittorrent;
pub mod cdp;
pub mod cfp;
pub mod chdlc;
pub mod data;
pub mod dcerpc;
pub mod dhcp;
pub mod dhcpv6;
pub mod dns;
pub mod eap;
pub mod eapol;
pub mod erspan;
pub mod esp;
pub mod eth;
pub mod ethertype;
pub mod expert;
pub mod fddi;
pub mod finger;
pub mod fr;
pub mod frame;
pub mod ftp;
pub mod ftp_data;
pub mod geneve;
pub mod git;
pub mod gre;
pub mod gss_api;
pub mod gtp;
pub mod hsrp;
pub mod http;
pub mod http2;
pub mod icmp;
pub mod icmpv6;
pub mod ieee8021ah;
pub mod igmp;
pub mod imap;
pub mod imf;
pub mod ip;
pub mod ipnet;
pub mod ipoib;
pub mod ipv6;
pub mod irc;
pub mod irc_data;
pub mod isakmp;
pub mod juniper;
pub mod kerberos;
pub mod ldap;
pub mod llc;
pub mod lldp;
pub mod llmnr;
pub mod macsec;
pub mod mbtcp;
pub mod mdns;
pub mod mime_multipart;
pub mod modbus;
pub mod mpls;
pub mod mqtt;
pub mod mysql;
pub mod nbdgm;
pub mod nbns;
pub mod nbss;
pub mod nflog;
pub mod nfs;
pub mod ntlmssp;
pub mod ntp;
pub mod null;
pub mod openvpn;
pub mod pgsql;
pub mod pim;
pub mod pktap;
pub mod pop;
pub mod ppi;
pub mod ppp;
pub mod pppoes;
pub mod quic;
pub mod radiotap;
pub mod radius;
pub mod raw;
pub mod resp;
pub mod rpc;
pub mod rtsp;
pub mod sctp;
pub mod sflow;
pub mod sip;
pub mod sll;
pub mod smb;
pub mod smb2;
pub mod smtp;
pub mod snmp;
pub mod socks;
pub mod ssdp;
pub mod ssh;
pub mod stp;
pub mod stun;
pub mod syslog;
pub mod tcp;
pub mod tds;
pub mod telnet;
pub mod teredo;
pub mod tftp;
pub mod tls;
pub mod tpkt;
pub mod tr;
pub mod udp;
pub mod udpencap;
pub mod vlan;
pub mod vntag;
pub mod vrrp;
pub mod vxlan;
pub mod websocket;
pub mod wg;
pub mod whois;
pub mod wlan;
pub mod xmpp;

use crate::protocol::Protocol;

/// The registry: order is the order in which probes are asked.
pub static ALL: &[&Protocol] = &[
    &ah::PROTOCOL,
    &arcnet::PROTOCOL,
    &arcnet::PROTOCOL_LINUX,
    &arp::PROTOCOL,
    &atmarp::PROTOCOL,
    &ayiya::PROTOCOL,
    &bgp::PROTOCOL,
    &bittorrent::PROTOCOL,
    &cdp::PROTOCOL,
    &cfp::PROTOCOL,
    &chdlc::PROTOCOL,
    &data::PROTOCOL,
    &dcerpc::PROTOCOL,
    &dhcp::PROTOCOL,
    &dhcpv6::PROTOCOL,
    &dns::PROTOCOL,
    &eap::PROTOCOL,
    &eapol::PROTOCOL,
    &erspan::PROTOCOL,
    &esp::PROTOCOL,
    &eth::PROTOCOL,
    &ethertype::PROTOCOL,
    &expert::PROTOCOL,
    &fddi::PROTOCOL,
    &finger::PROTOCOL,
    &fr::PROTOCOL,
    &frame::PROTOCOL,
    &ftp::PROTOCOL,
    &ftp_data::PROTOCOL,
    &geneve::PROTOCOL,
    &git::PROTOCOL,
    &gre::PROTOCOL,
    &gss_api::PROTOCOL,
    &gss_api::PROTOCOL_KRB5,
    &gss_api::PROTOCOL_SPNEGO,
    &gtp::PROTOCOL,
    &hsrp::PROTOCOL,
    &http::PROTOCOL,
    &http2::PROTOCOL,
    &icmp::PROTOCOL,
    &icmpv6::PROTOCOL,
    &ieee8021ah::PROTOCOL,
    &igmp::PROTOCOL,
    &imap::PROTOCOL,
    &imf::PROTOCOL,
    &ip::PROTOCOL,
    &ipnet::PROTOCOL,
    &ipoib::PROTOCOL,
    &ipv6::PROTOCOL,
    &ipv6::PROTOCOL_DSTOPTS,
    &ipv6::PROTOCOL_FRAGHDR,
    &ipv6::PROTOCOL_HOPOPTS,
    &ipv6::PROTOCOL_ROUTING,
    &irc::PROTOCOL,
    &irc_data::PROTOCOL,
    &isakmp::PROTOCOL,
    &juniper::PROTOCOL,
    &kerberos::PROTOCOL,
    &ldap::PROTOCOL,
    &ldap::PROTOCOL_CLDAP,
    &llc::PROTOCOL,
    &lldp::PROTOCOL,
    &llmnr::PROTOCOL,
    &macsec::PROTOCOL,
    &mbtcp::PROTOCOL,
    &mdns::PROTOCOL,
    &mime_multipart::PROTOCOL,
    &modbus::PROTOCOL,
    &mpls::PROTOCOL,
    &mqtt::PROTOCOL,
    &mysql::PROTOCOL,
    &nbdgm::PROTOCOL,
    &nbns::PROTOCOL,
    &nbss::PROTOCOL,
    &nflog::PROTOCOL,
    &nfs::PROTOCOL,
    &ntlmssp::PROTOCOL,
    &ntp::PROTOCOL,
    &null::PROTOCOL,
    &openvpn::PROTOCOL,
    &pgsql::PROTOCOL,
    &pim::PROTOCOL,
    &pktap::PROTOCOL,
    &pop::PROTOCOL,
    &ppi::PROTOCOL,
    &ppp::PROTOCOL,
    &pppoes::PROTOCOL,
    &quic::PROTOCOL,
    &radiotap::PROTOCOL,
    &radiotap::PROTOCOL_PRISM,
    &radius::PROTOCOL,
    &raw::PROTOCOL,
    &resp::PROTOCOL,
    &rpc::PROTOCOL,
    &rtsp::PROTOCOL,
    &sctp::PROTOCOL,
    &sflow::PROTOCOL,
    &sip::PROTOCOL,
    &sll::PROTOCOL,
    &sll::PROTOCOL_V2,
    &smb::PROTOCOL,
    &smb2::PROTOCOL,
    &smtp::PROTOCOL,
    &snmp::PROTOCOL,
    &socks::PROTOCOL,
    &ssdp::PROTOCOL,
    &ssh::PROTOCOL,
    &stp::PROTOCOL,
    &stun::PROTOCOL,
    &syslog::PROTOCOL,
    &tcp::PROTOCOL,
    &tds::PROTOCOL,
    &telnet::PROTOCOL,
    &teredo::PROTOCOL,
    &tftp::PROTOCOL,
    &tls::PROTOCOL,
    &tls::PROTOCOL_DTLS,
    &tpkt::PROTOCOL,
    &tpkt::PROTOCOL_COTP,
    &tpkt::PROTOCOL_RDP,
    &tpkt::PROTOCOL_T124,
    &tpkt::PROTOCOL_T125,
    &tr::PROTOCOL,
    &udp::PROTOCOL,
    &udpencap::PROTOCOL,
    &vlan::PROTOCOL,
    &vlan::PROTOCOL_AD,
    &vntag::PROTOCOL,
    &vrrp::PROTOCOL,
    &vxlan::PROTOCOL,
    &websocket::PROTOCOL,
    &wg::PROTOCOL,
    &whois::PROTOCOL,
    &wlan::PROTOCOL,
    &wlan::PROTOCOL_MGT,
    &xmpp::PROTOCOL,
];
