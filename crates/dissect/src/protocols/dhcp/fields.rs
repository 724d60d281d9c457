//! Fields of DHCP and BOOTP.

use weir_model::{Field, Holds, Kind};

pub(crate) static TYPE: Field = Field::new("dhcp.type", Kind::Uint(8), "Message type");
pub(crate) static HW_TYPE: Field = Field::new("dhcp.hw.type", Kind::Uint(8), "Hardware type").hex();
pub(crate) static HW_LEN: Field =
    Field::new("dhcp.hw.len", Kind::Uint(8), "Hardware address length");
pub(crate) static HOPS: Field = Field::new("dhcp.hops", Kind::Uint(8), "Hops");
pub(crate) static ID: Field = Field::new("dhcp.id", Kind::Uint(32), "Transaction ID").hex();
pub(crate) static SECS: Field = Field::new("dhcp.secs", Kind::Uint(16), "Seconds elapsed");
pub(crate) static FLAGS: Field = Field::new("dhcp.flags", Kind::Uint(16), "Bootp flags").hex();
pub(crate) static FLAGS_BC: Field = Field::new("dhcp.flags.bc", Kind::Bool, "Broadcast flag");
pub(crate) static FLAGS_RESERVED: Field =
    Field::new("dhcp.flags.reserved", Kind::Uint(16), "Reserved flags").hex();
pub(crate) static IP_CLIENT: Field =
    Field::new("dhcp.ip.client", Kind::Ipv4, "Client IP address").holds(Holds::Address);
pub(crate) static IP_YOUR: Field =
    Field::new("dhcp.ip.your", Kind::Ipv4, "Your (client) IP address").holds(Holds::Address);
pub(crate) static IP_SERVER: Field =
    Field::new("dhcp.ip.server", Kind::Ipv4, "Next server IP address").holds(Holds::Address);
pub(crate) static IP_RELAY: Field =
    Field::new("dhcp.ip.relay", Kind::Ipv4, "Relay agent IP address").holds(Holds::Address);
pub(crate) static HW_MAC_ADDR: Field =
    Field::new("dhcp.hw.mac_addr", Kind::Mac, "Client MAC address").holds(Holds::Address);
pub(crate) static HW_ADDR: Field =
    Field::new("dhcp.hw.addr", Kind::Bytes, "Client hardware address");
pub(crate) static HW_ADDR_PADDING: Field = Field::new(
    "dhcp.hw.addr_padding",
    Kind::Bytes,
    "Client hardware address padding",
);
pub(crate) static SERVER: Field =
    Field::new("dhcp.server", Kind::Text, "Server host name").holds(Holds::Name);
pub(crate) static FILE: Field = Field::new("dhcp.file", Kind::Text, "Boot file name");
pub(crate) static COOKIE: Field = Field::new("dhcp.cookie", Kind::Ipv4, "Magic cookie");
pub(crate) static OPTION_TYPE: Field =
    Field::new("dhcp.option.type", Kind::Uint(8), "Option").values(&[]);
pub(crate) static OPTION_LENGTH: Field = Field::new("dhcp.option.length", Kind::Uint(8), "Length");
pub(crate) static OPTION_VALUE: Field = Field::new("dhcp.option.value", Kind::Bytes, "Value");
pub(crate) static OPTION_END: Field = Field::new("dhcp.option.end", Kind::Uint(8), "Option End");
pub(crate) static OPTION_PADDING: Field = Field::new("dhcp.option.padding", Kind::Bytes, "Padding");
pub(crate) static OPTION_SUBNET_MASK: Field =
    Field::new("dhcp.option.subnet_mask", Kind::Ipv4, "Subnet Mask");
pub(crate) static OPTION_ROUTER: Field =
    Field::new("dhcp.option.router", Kind::Ipv4, "Router").holds(Holds::Address);
pub(crate) static OPTION_DOMAIN_NAME_SERVER: Field = Field::new(
    "dhcp.option.domain_name_server",
    Kind::Ipv4,
    "Domain Name Server",
)
.holds(Holds::Address);
pub(crate) static OPTION_HOSTNAME: Field =
    Field::new("dhcp.option.hostname", Kind::Text, "Host Name").holds(Holds::Name);
pub(crate) static OPTION_DOMAIN_NAME: Field =
    Field::new("dhcp.option.domain_name", Kind::Text, "Domain Name").holds(Holds::Name);
pub(crate) static OPTION_BROADCAST_ADDRESS: Field = Field::new(
    "dhcp.option.broadcast_address",
    Kind::Ipv4,
    "Broadcast Address",
);
pub(crate) static OPTION_NTP_SERVER: Field = Field::new(
    "dhcp.option.ntp_server",
    Kind::Ipv4,
    "Network Time Protocol Server",
)
.holds(Holds::Address);
pub(crate) static OPTION_NETBIOS_OVER_TCPIP_NAME_SERVER: Field = Field::new(
    "dhcp.option.netbios_over_tcpip_name_server",
    Kind::Ipv4,
    "NetBIOS over TCP/IP Name Server",
)
.holds(Holds::Address);
pub(crate) static OPTION_REQUESTED_IP_ADDRESS: Field = Field::new(
    "dhcp.option.requested_ip_address",
    Kind::Ipv4,
    "Requested IP Address",
)
.holds(Holds::Address);
pub(crate) static OPTION_IP_ADDRESS_LEASE_TIME: Field = Field::new(
    "dhcp.option.ip_address_lease_time",
    Kind::Uint(32),
    "IP Address Lease Time",
);
pub(crate) static OPTION_DHCP: Field = Field::new("dhcp.option.dhcp", Kind::Uint(8), "DHCP")
    .values(&[
        (1, "Discover"),
        (2, "Offer"),
        (3, "Request"),
        (4, "Decline"),
        (5, "ACK"),
        (6, "NAK"),
        (7, "Release"),
        (8, "Inform"),
        (9, "Force Renew"),
        (10, "Lease query"),
        (11, "Lease Unassigned"),
        (12, "Lease Unknown"),
        (13, "Lease Active"),
        (14, "Bulk Lease Query"),
        (15, "Lease Query Done"),
        (16, "Active LeaseQuery"),
        (17, "Lease Query Status"),
        (18, "TLS"),
    ]);
pub(crate) static OPTION_DHCP_SERVER_ID: Field = Field::new(
    "dhcp.option.dhcp_server_id",
    Kind::Ipv4,
    "DHCP Server Identifier",
)
.holds(Holds::Address);
pub(crate) static OPTION_REQUEST_LIST_ITEM: Field = Field::new(
    "dhcp.option.request_list_item",
    Kind::Uint(8),
    "Parameter Request List Item",
);
pub(crate) static OPTION_MESSAGE: Field = Field::new("dhcp.option.message", Kind::Text, "Message");
pub(crate) static OPTION_DHCP_MAX_MESSAGE_SIZE: Field = Field::new(
    "dhcp.option.dhcp_max_message_size",
    Kind::Uint(16),
    "Maximum DHCP Message Size",
);
pub(crate) static OPTION_RENEWAL_TIME_VALUE: Field = Field::new(
    "dhcp.option.renewal_time_value",
    Kind::Uint(32),
    "Renewal Time Value",
);
pub(crate) static OPTION_REBINDING_TIME_VALUE: Field = Field::new(
    "dhcp.option.rebinding_time_value",
    Kind::Uint(32),
    "Rebinding Time Value",
);
pub(crate) static OPTION_VENDOR_CLASS_ID: Field = Field::new(
    "dhcp.option.vendor_class_id",
    Kind::Text,
    "Vendor class identifier",
);
pub(crate) static OPTION_TFTP_SERVER_NAME: Field = Field::new(
    "dhcp.option.tftp_server_name",
    Kind::Text,
    "TFTP Server Name",
)
.holds(Holds::Name);
pub(crate) static OPTION_BOOTFILE_NAME: Field =
    Field::new("dhcp.option.bootfile_name", Kind::Text, "Bootfile name");
pub(crate) static FQDN_FLAGS: Field = Field::new("dhcp.fqdn.flags", Kind::Uint(8), "Flags").hex();
pub(crate) static FQDN_RCODE1: Field = Field::new("dhcp.fqdn.rcode1", Kind::Uint(8), "A-RR result");
pub(crate) static FQDN_RCODE2: Field =
    Field::new("dhcp.fqdn.rcode2", Kind::Uint(8), "PTR-RR result");
pub(crate) static FQDN_NAME: Field =
    Field::new("dhcp.fqdn.name", Kind::Text, "Client name").holds(Holds::Name);
/// All of them.
pub(crate) static ALL: &[&Field] = &[
    &TYPE,
    &HW_TYPE,
    &HW_LEN,
    &HOPS,
    &ID,
    &SECS,
    &FLAGS,
    &FLAGS_BC,
    &FLAGS_RESERVED,
    &IP_CLIENT,
    &IP_YOUR,
    &IP_SERVER,
    &IP_RELAY,
    &HW_MAC_ADDR,
    &HW_ADDR,
    &HW_ADDR_PADDING,
    &SERVER,
    &FILE,
    &COOKIE,
    &OPTION_TYPE,
    &OPTION_LENGTH,
    &OPTION_VALUE,
    &OPTION_END,
    &OPTION_PADDING,
    &OPTION_SUBNET_MASK,
    &OPTION_ROUTER,
    &OPTION_DOMAIN_NAME_SERVER,
    &OPTION_HOSTNAME,
    &OPTION_DOMAIN_NAME,
    &OPTION_BROADCAST_ADDRESS,
    &OPTION_NTP_SERVER,
    &OPTION_NETBIOS_OVER_TCPIP_NAME_SERVER,
    &OPTION_REQUESTED_IP_ADDRESS,
    &OPTION_IP_ADDRESS_LEASE_TIME,
    &OPTION_DHCP,
    &OPTION_DHCP_SERVER_ID,
    &OPTION_REQUEST_LIST_ITEM,
    &OPTION_MESSAGE,
    &OPTION_DHCP_MAX_MESSAGE_SIZE,
    &OPTION_RENEWAL_TIME_VALUE,
    &OPTION_REBINDING_TIME_VALUE,
    &OPTION_VENDOR_CLASS_ID,
    &OPTION_TFTP_SERVER_NAME,
    &OPTION_BOOTFILE_NAME,
    &FQDN_FLAGS,
    &FQDN_RCODE1,
    &FQDN_RCODE2,
    &FQDN_NAME,
];
