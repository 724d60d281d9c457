//! Fields of RADIUS.

use super::attributes::{CODES, NAMES};
use weir_model::{Field, Holds, Kind};

pub(super) static REQ: Field = Field::new("radius.req", Kind::Bool, "Request");
pub(super) static RSP: Field = Field::new("radius.rsp", Kind::Bool, "Response");
pub(super) static REQ_FRAME: Field = Field::new("radius.reqframe", Kind::Packet, "Request Frame");
pub(super) static RSP_FRAME: Field = Field::new("radius.rspframe", Kind::Packet, "Response Frame");
pub(super) static TIME: Field = Field::new("radius.time", Kind::Duration, "Time from request");
pub(super) static CODE: Field = Field::new("radius.code", Kind::Uint(8), "Code").values(CODES);
pub(super) static ID: Field = Field::new("radius.id", Kind::Uint(8), "Identifier");
pub(super) static LENGTH: Field = Field::new("radius.length", Kind::Uint(16), "Length");
pub(super) static AUTHENTICATOR: Field =
    Field::new("radius.authenticator", Kind::Bytes, "Authenticator");
pub(super) static AVP: Field = Field::new("radius.avp", Kind::Bytes, "AVP");
pub(super) static AVP_TYPE: Field =
    Field::new("radius.avp.type", Kind::Uint(8), "Type").values(NAMES);
pub(super) static AVP_LENGTH: Field = Field::new("radius.avp.length", Kind::Uint(8), "Length");
pub(super) static VENDOR: Field = Field::new("radius.avp.vendor_id", Kind::Uint(32), "Vendor ID");
pub(super) static VENDOR_TYPE: Field = Field::new("radius.avp.vendor_type", Kind::Uint(8), "Type");
pub(super) static VENDOR_LENGTH: Field =
    Field::new("radius.avp.vendor_len", Kind::Uint(8), "Length");
pub(super) static PASSWORD: Field = Field::new(
    "radius.User_Password_encrypted",
    Kind::Bytes,
    "User-Password (encrypted)",
)
.holds(Holds::Secret);
pub(super) static EAP: Field = Field::new("radius.eap_fragment", Kind::Bytes, "EAP fragment");
pub(super) static USER_NAME: Field =
    Field::new("radius.User_Name", Kind::Text, "User-Name").holds(Holds::Name);
pub(super) static CHAP_PASSWORD: Field =
    Field::new("radius.CHAP_Password", Kind::Bytes, "CHAP-Password").holds(Holds::Secret);
pub(super) static NAS_IP_ADDRESS: Field =
    Field::new("radius.NAS_IP_Address", Kind::Ipv4, "NAS-IP-Address").holds(Holds::Address);
pub(super) static NAS_PORT: Field = Field::new("radius.NAS_Port", Kind::Uint(32), "NAS-Port");
pub(super) static SERVICE_TYPE: Field =
    Field::new("radius.Service_Type", Kind::Uint(32), "Service-Type").values(&[
        (1, "Login-User"),
        (2, "Framed-User"),
        (3, "Callback-Login-User"),
        (4, "Callback-Framed-User"),
        (5, "Outbound-User"),
        (6, "Administrative-User"),
        (7, "NAS-Prompt-User"),
        (8, "Authenticate-Only"),
        (9, "Callback-NAS-Prompt"),
        (10, "Call-Check"),
        (11, "Callback-Administrative"),
        (17, "Authorize-Only"),
    ]);
pub(super) static FRAMED_PROTOCOL: Field =
    Field::new("radius.Framed_Protocol", Kind::Uint(32), "Framed-Protocol").values(&[
        (1, "PPP"),
        (2, "SLIP"),
        (3, "ARAP"),
        (4, "Gandalf-SLML"),
        (5, "Xylogics-IPX-SLIP"),
        (6, "X.75-Synchronous"),
    ]);
pub(super) static FRAMED_IP_ADDRESS: Field =
    Field::new("radius.Framed_IP_Address", Kind::Ipv4, "Framed-IP-Address").holds(Holds::Address);
pub(super) static FRAMED_IP_NETMASK: Field =
    Field::new("radius.Framed_IP_Netmask", Kind::Ipv4, "Framed-IP-Netmask");
pub(super) static FRAMED_ROUTING: Field =
    Field::new("radius.Framed_Routing", Kind::Uint(32), "Framed-Routing");
pub(super) static FILTER_ID: Field = Field::new("radius.Filter_Id", Kind::Text, "Filter-Id");
pub(super) static FRAMED_MTU: Field = Field::new("radius.Framed_MTU", Kind::Uint(32), "Framed-MTU");
pub(super) static FRAMED_COMPRESSION: Field = Field::new(
    "radius.Framed_Compression",
    Kind::Uint(32),
    "Framed-Compression",
);
pub(super) static LOGIN_IP_HOST: Field =
    Field::new("radius.Login_IP_Host", Kind::Ipv4, "Login-IP-Host").holds(Holds::Address);
pub(super) static LOGIN_SERVICE: Field =
    Field::new("radius.Login_Service", Kind::Uint(32), "Login-Service").values(&[
        (0, "Telnet"),
        (1, "Rlogin"),
        (2, "TCP-Clear"),
        (3, "PortMaster"),
        (4, "LAT"),
        (5, "X25-PAD"),
        (6, "X25-T3POS"),
        (8, "TCP-Clear-Quiet"),
    ]);
pub(super) static LOGIN_TCP_PORT: Field =
    Field::new("radius.Login_TCP_Port", Kind::Uint(32), "Login-TCP-Port");
pub(super) static REPLY_MESSAGE: Field =
    Field::new("radius.Reply_Message", Kind::Text, "Reply-Message");
pub(super) static CALLBACK_NUMBER: Field =
    Field::new("radius.Callback_Number", Kind::Text, "Callback-Number").holds(Holds::Name);
pub(super) static CALLBACK_ID: Field =
    Field::new("radius.Callback_Id", Kind::Text, "Callback-Id").holds(Holds::Name);
pub(super) static FRAMED_ROUTE: Field =
    Field::new("radius.Framed_Route", Kind::Text, "Framed-Route");
pub(super) static FRAMED_IPX_NETWORK: Field = Field::new(
    "radius.Framed_IPX_Network",
    Kind::Ipv4,
    "Framed-IPX-Network",
)
.holds(Holds::Address);
pub(super) static STATE: Field = Field::new("radius.State", Kind::Bytes, "State");
pub(super) static CLASS: Field = Field::new("radius.Class", Kind::Bytes, "Class");
pub(super) static SESSION_TIMEOUT: Field =
    Field::new("radius.Session_Timeout", Kind::Uint(32), "Session-Timeout");
pub(super) static IDLE_TIMEOUT: Field =
    Field::new("radius.Idle_Timeout", Kind::Uint(32), "Idle-Timeout");
pub(super) static TERMINATION_ACTION: Field = Field::new(
    "radius.Termination_Action",
    Kind::Uint(32),
    "Termination-Action",
)
.values(&[(0, "Default"), (1, "RADIUS-Request")]);
pub(super) static CALLED_STATION_ID: Field =
    Field::new("radius.Called_Station_Id", Kind::Text, "Called-Station-Id").holds(Holds::Name);
pub(super) static CALLING_STATION_ID: Field = Field::new(
    "radius.Calling_Station_Id",
    Kind::Text,
    "Calling-Station-Id",
)
.holds(Holds::Name);
pub(super) static NAS_IDENTIFIER: Field =
    Field::new("radius.NAS_Identifier", Kind::Text, "NAS-Identifier").holds(Holds::Name);
pub(super) static PROXY_STATE: Field = Field::new("radius.Proxy_State", Kind::Bytes, "Proxy-State");
pub(super) static LOGIN_LAT_SERVICE: Field =
    Field::new("radius.Login_LAT_Service", Kind::Text, "Login-LAT-Service").holds(Holds::Name);
pub(super) static LOGIN_LAT_NODE: Field =
    Field::new("radius.Login_LAT_Node", Kind::Text, "Login-LAT-Node");
pub(super) static LOGIN_LAT_GROUP: Field =
    Field::new("radius.Login_LAT_Group", Kind::Bytes, "Login-LAT-Group");
pub(super) static FRAMED_APPLETALK_LINK: Field = Field::new(
    "radius.Framed_AppleTalk_Link",
    Kind::Uint(32),
    "Framed-AppleTalk-Link",
);
pub(super) static FRAMED_APPLETALK_NETWORK: Field = Field::new(
    "radius.Framed_AppleTalk_Network",
    Kind::Uint(32),
    "Framed-AppleTalk-Network",
);
pub(super) static FRAMED_APPLETALK_ZONE: Field = Field::new(
    "radius.Framed_AppleTalk_Zone",
    Kind::Text,
    "Framed-AppleTalk-Zone",
);
pub(super) static ACCT_STATUS_TYPE: Field = Field::new(
    "radius.Acct_Status_Type",
    Kind::Uint(32),
    "Acct-Status-Type",
)
.values(&[
    (1, "Start"),
    (2, "Stop"),
    (3, "Interim-Update"),
    (7, "Accounting-On"),
    (8, "Accounting-Off"),
    (9, "Tunnel-Start"),
    (10, "Tunnel-Stop"),
    (11, "Tunnel-Reject"),
    (12, "Tunnel-Link-Start"),
    (13, "Tunnel-Link-Stop"),
    (14, "Tunnel-Link-Reject"),
    (15, "Failed"),
]);
pub(super) static ACCT_DELAY_TIME: Field =
    Field::new("radius.Acct_Delay_Time", Kind::Uint(32), "Acct-Delay-Time");
pub(super) static ACCT_INPUT_OCTETS: Field = Field::new(
    "radius.Acct_Input_Octets",
    Kind::Uint(32),
    "Acct-Input-Octets",
);
pub(super) static ACCT_OUTPUT_OCTETS: Field = Field::new(
    "radius.Acct_Output_Octets",
    Kind::Uint(32),
    "Acct-Output-Octets",
);
pub(super) static ACCT_SESSION_ID: Field =
    Field::new("radius.Acct_Session_Id", Kind::Text, "Acct-Session-Id");
pub(super) static ACCT_AUTHENTIC: Field =
    Field::new("radius.Acct_Authentic", Kind::Uint(32), "Acct-Authentic").values(&[
        (1, "RADIUS"),
        (2, "Local"),
        (3, "Remote"),
        (4, "Diameter"),
    ]);
pub(super) static ACCT_SESSION_TIME: Field = Field::new(
    "radius.Acct_Session_Time",
    Kind::Uint(32),
    "Acct-Session-Time",
);
pub(super) static ACCT_INPUT_PACKETS: Field = Field::new(
    "radius.Acct_Input_Packets",
    Kind::Uint(32),
    "Acct-Input-Packets",
);
pub(super) static ACCT_OUTPUT_PACKETS: Field = Field::new(
    "radius.Acct_Output_Packets",
    Kind::Uint(32),
    "Acct-Output-Packets",
);
pub(super) static ACCT_TERMINATE_CAUSE: Field = Field::new(
    "radius.Acct_Terminate_Cause",
    Kind::Uint(32),
    "Acct-Terminate-Cause",
)
.values(&[
    (1, "User-Request"),
    (2, "Lost-Carrier"),
    (3, "Lost-Service"),
    (4, "Idle-Timeout"),
    (5, "Session-Timeout"),
    (6, "Admin-Reset"),
    (7, "Admin-Reboot"),
    (8, "Port-Error"),
    (9, "NAS-Error"),
    (10, "NAS-Request"),
    (11, "NAS-Reboot"),
    (12, "Port-Unneeded"),
    (13, "Port-Preempted"),
    (14, "Port-Suspended"),
    (15, "Service-Unavailable"),
    (16, "Callback"),
    (17, "User-Error"),
    (18, "Host-Request"),
]);
pub(super) static ACCT_MULTI_SESSION_ID: Field = Field::new(
    "radius.Acct_Multi_Session_Id",
    Kind::Text,
    "Acct-Multi-Session-Id",
);
pub(super) static ACCT_LINK_COUNT: Field =
    Field::new("radius.Acct_Link_Count", Kind::Uint(32), "Acct-Link-Count");
pub(super) static ACCT_INPUT_GIGAWORDS: Field = Field::new(
    "radius.Acct_Input_Gigawords",
    Kind::Uint(32),
    "Acct-Input-Gigawords",
);
pub(super) static ACCT_OUTPUT_GIGAWORDS: Field = Field::new(
    "radius.Acct_Output_Gigawords",
    Kind::Uint(32),
    "Acct-Output-Gigawords",
);
pub(super) static EVENT_TIMESTAMP: Field =
    Field::new("radius.Event_Timestamp", Kind::Time, "Event-Timestamp");
pub(super) static EGRESS_VLANID: Field =
    Field::new("radius.Egress_VLANID", Kind::Uint(32), "Egress-VLANID");
pub(super) static INGRESS_FILTERS: Field =
    Field::new("radius.Ingress_Filters", Kind::Uint(32), "Ingress-Filters");
pub(super) static EGRESS_VLAN_NAME: Field =
    Field::new("radius.Egress_VLAN_Name", Kind::Text, "Egress-VLAN-Name");
pub(super) static USER_PRIORITY_TABLE: Field = Field::new(
    "radius.User_Priority_Table",
    Kind::Bytes,
    "User-Priority-Table",
);
pub(super) static CHAP_CHALLENGE: Field =
    Field::new("radius.CHAP_Challenge", Kind::Bytes, "CHAP-Challenge");
pub(super) static NAS_PORT_TYPE: Field =
    Field::new("radius.NAS_Port_Type", Kind::Uint(32), "NAS-Port-Type").values(&[
        (0, "Async"),
        (1, "Sync"),
        (2, "ISDN"),
        (3, "ISDN-V120"),
        (4, "ISDN-V110"),
        (5, "Virtual"),
        (6, "PIAFS"),
        (7, "HDLC-Clear-Channel"),
        (8, "X.25"),
        (9, "X.75"),
        (10, "G.3-Fax"),
        (11, "SDSL"),
        (12, "ADSL-CAP"),
        (13, "ADSL-DMT"),
        (14, "IDSL"),
        (15, "Ethernet"),
        (16, "xDSL"),
        (17, "Cable"),
        (18, "Wireless-Other"),
        (19, "Wireless-802.11"),
    ]);
pub(super) static PORT_LIMIT: Field = Field::new("radius.Port_Limit", Kind::Uint(32), "Port-Limit");
pub(super) static LOGIN_LAT_PORT: Field =
    Field::new("radius.Login_LAT_Port", Kind::Text, "Login-LAT-Port");
pub(super) static TUNNEL_TYPE: Field =
    Field::new("radius.Tunnel_Type", Kind::Uint(32), "Tunnel-Type").values(&[
        (1, "PPTP"),
        (2, "L2F"),
        (3, "L2TP"),
        (4, "ATMP"),
        (5, "VTP"),
        (6, "AH"),
        (7, "IP"),
        (8, "MIN-IP"),
        (9, "ESP"),
        (10, "GRE"),
        (11, "DVS"),
        (12, "IP-in-IP"),
    ]);
pub(super) static TUNNEL_MEDIUM_TYPE: Field = Field::new(
    "radius.Tunnel_Medium_Type",
    Kind::Uint(32),
    "Tunnel-Medium-Type",
)
.values(&[
    (1, "IP"),
    (2, "IPv6"),
    (3, "NSAP"),
    (4, "HDLC"),
    (5, "BBN-1822"),
    (6, "IEEE-802"),
    (7, "E.163"),
    (8, "E.164"),
    (9, "F.69"),
    (10, "X.121"),
    (11, "IPX"),
    (12, "Appletalk"),
    (13, "DecNet-IV"),
    (14, "Banyan-Vines"),
    (15, "E.164-NSAP"),
]);
pub(super) static TUNNEL_CLIENT_ENDPOINT: Field = Field::new(
    "radius.Tunnel_Client_Endpoint",
    Kind::Text,
    "Tunnel-Client-Endpoint",
)
.holds(Holds::Name);
pub(super) static TUNNEL_SERVER_ENDPOINT: Field = Field::new(
    "radius.Tunnel_Server_Endpoint",
    Kind::Text,
    "Tunnel-Server-Endpoint",
)
.holds(Holds::Name);
pub(super) static ACCT_TUNNEL_CONNECTION: Field = Field::new(
    "radius.Acct_Tunnel_Connection",
    Kind::Text,
    "Acct-Tunnel-Connection",
);
pub(super) static TUNNEL_PASSWORD: Field =
    Field::new("radius.Tunnel_Password", Kind::Text, "Tunnel-Password").holds(Holds::Secret);
pub(super) static ARAP_PASSWORD: Field =
    Field::new("radius.ARAP_Password", Kind::Bytes, "ARAP-Password").holds(Holds::Secret);
pub(super) static ARAP_FEATURES: Field =
    Field::new("radius.ARAP_Features", Kind::Bytes, "ARAP-Features");
pub(super) static ARAP_ZONE_ACCESS: Field = Field::new(
    "radius.ARAP_Zone_Access",
    Kind::Uint(32),
    "ARAP-Zone-Access",
);
pub(super) static ARAP_SECURITY: Field =
    Field::new("radius.ARAP_Security", Kind::Uint(32), "ARAP-Security");
pub(super) static ARAP_SECURITY_DATA: Field = Field::new(
    "radius.ARAP_Security_Data",
    Kind::Text,
    "ARAP-Security-Data",
);
pub(super) static PASSWORD_RETRY: Field =
    Field::new("radius.Password_Retry", Kind::Uint(32), "Password-Retry").holds(Holds::Secret);
pub(super) static PROMPT: Field = Field::new("radius.Prompt", Kind::Uint(32), "Prompt");
pub(super) static CONNECT_INFO: Field =
    Field::new("radius.Connect_Info", Kind::Text, "Connect-Info");
pub(super) static CONFIGURATION_TOKEN: Field = Field::new(
    "radius.Configuration_Token",
    Kind::Text,
    "Configuration-Token",
);
pub(super) static EAP_MESSAGE: Field = Field::new("radius.EAP_Message", Kind::Bytes, "EAP-Message");
pub(super) static MESSAGE_AUTHENTICATOR: Field = Field::new(
    "radius.Message_Authenticator",
    Kind::Bytes,
    "Message-Authenticator",
);
pub(super) static TUNNEL_PRIVATE_GROUP_ID: Field = Field::new(
    "radius.Tunnel_Private_Group_Id",
    Kind::Text,
    "Tunnel-Private-Group-Id",
);
pub(super) static TUNNEL_ASSIGNMENT_ID: Field = Field::new(
    "radius.Tunnel_Assignment_Id",
    Kind::Text,
    "Tunnel-Assignment-Id",
);
pub(super) static TUNNEL_PREFERENCE: Field = Field::new(
    "radius.Tunnel_Preference",
    Kind::Uint(32),
    "Tunnel-Preference",
);
pub(super) static ARAP_CHALLENGE_RESPONSE: Field = Field::new(
    "radius.ARAP_Challenge_Response",
    Kind::Bytes,
    "ARAP-Challenge-Response",
);
pub(super) static ACCT_INTERIM_INTERVAL: Field = Field::new(
    "radius.Acct_Interim_Interval",
    Kind::Uint(32),
    "Acct-Interim-Interval",
);
pub(super) static ACCT_TUNNEL_PACKETS_LOST: Field = Field::new(
    "radius.Acct_Tunnel_Packets_Lost",
    Kind::Uint(32),
    "Acct-Tunnel-Packets-Lost",
);
pub(super) static NAS_PORT_ID: Field = Field::new("radius.NAS_Port_Id", Kind::Text, "NAS-Port-Id");
pub(super) static FRAMED_POOL: Field = Field::new("radius.Framed_Pool", Kind::Text, "Framed-Pool");
pub(super) static CHARGEABLE_USER_IDENTITY: Field = Field::new(
    "radius.Chargeable_User_Identity",
    Kind::Text,
    "Chargeable-User-Identity",
)
.holds(Holds::Name);
pub(super) static TUNNEL_CLIENT_AUTH_ID: Field = Field::new(
    "radius.Tunnel_Client_Auth_Id",
    Kind::Text,
    "Tunnel-Client-Auth-Id",
);
pub(super) static TUNNEL_SERVER_AUTH_ID: Field = Field::new(
    "radius.Tunnel_Server_Auth_Id",
    Kind::Text,
    "Tunnel-Server-Auth-Id",
);
pub(super) static NAS_FILTER_RULE: Field =
    Field::new("radius.NAS_Filter_Rule", Kind::Text, "NAS-Filter-Rule");
pub(super) static NAS_IPV6_ADDRESS: Field =
    Field::new("radius.NAS_IPv6_Address", Kind::Ipv6, "NAS-IPv6-Address").holds(Holds::Address);
pub(super) static FRAMED_INTERFACE_ID: Field = Field::new(
    "radius.Framed_Interface_Id",
    Kind::Bytes,
    "Framed-Interface-Id",
);
pub(super) static FRAMED_IPV6_PREFIX: Field = Field::new(
    "radius.Framed_IPv6_Prefix",
    Kind::Bytes,
    "Framed-IPv6-Prefix",
);
pub(super) static LOGIN_IPV6_HOST: Field =
    Field::new("radius.Login_IPv6_Host", Kind::Ipv6, "Login-IPv6-Host").holds(Holds::Address);
pub(super) static FRAMED_IPV6_ROUTE: Field =
    Field::new("radius.Framed_IPv6_Route", Kind::Text, "Framed-IPv6-Route");
pub(super) static FRAMED_IPV6_POOL: Field =
    Field::new("radius.Framed_IPv6_Pool", Kind::Text, "Framed-IPv6-Pool");
pub(super) static ERROR_CAUSE: Field =
    Field::new("radius.Error_Cause", Kind::Uint(32), "Error-Cause").values(&[
        (201, "Residual-Context-Removed"),
        (202, "Invalid-EAP-Packet"),
        (401, "Unsupported-Attribute"),
        (402, "Missing-Attribute"),
        (403, "NAS-Identification-Mismatch"),
        (404, "Invalid-Request"),
        (405, "Unsupported-Service"),
        (406, "Unsupported-Extension"),
        (407, "Invalid-Attribute-Value"),
        (501, "Administratively-Prohibited"),
        (502, "Proxy-Request-Not-Routable"),
        (503, "Session-Context-Not-Found"),
        (504, "Session-Context-Not-Removable"),
        (505, "Proxy-Processing-Error"),
        (506, "Resources-Unavailable"),
        (507, "Request-Initiated"),
        (508, "Multiple-Session-Selection-Unsupported"),
    ]);
pub(super) static DIGEST_RESPONSE: Field =
    Field::new("radius.Digest_Response", Kind::Text, "Digest-Response");
pub(super) static LOCATION_INFORMATION: Field = Field::new(
    "radius.Location_Information",
    Kind::Bytes,
    "Location-Information",
);
pub(super) static LOCATION_DATA: Field =
    Field::new("radius.Location_Data", Kind::Bytes, "Location-Data");
pub(super) static BASIC_LOCATION_POLICY_RULES: Field = Field::new(
    "radius.Basic_Location_Policy_Rules",
    Kind::Bytes,
    "Basic-Location-Policy-Rules",
);
pub(super) static EXTENDED_LOCATION_POLICY_RULES: Field = Field::new(
    "radius.Extended_Location_Policy_Rules",
    Kind::Text,
    "Extended-Location-Policy-Rules",
);
pub(super) static LOCATION_CAPABLE: Field = Field::new(
    "radius.Location_Capable",
    Kind::Uint(32),
    "Location-Capable",
);
pub(super) static REQUESTED_LOCATION_INFO: Field = Field::new(
    "radius.Requested_Location_Info",
    Kind::Uint(32),
    "Requested-Location-Info",
);
pub(super) static MOBILE_NODE_IDENTIFIER: Field = Field::new(
    "radius.Mobile_Node_Identifier",
    Kind::Bytes,
    "Mobile-Node-Identifier",
);
pub(super) static SERVICE_SELECTION: Field =
    Field::new("radius.Service_Selection", Kind::Text, "Service-Selection");
pub(super) static PMIP6_HOME_LMA_IPV6_ADDRESS: Field = Field::new(
    "radius.PMIP6_Home_LMA_IPv6_Address",
    Kind::Ipv6,
    "PMIP6-Home-LMA-IPv6-Address",
)
.holds(Holds::Address);
pub(super) static PMIP6_VISITED_LMA_IPV6_ADDRESS: Field = Field::new(
    "radius.PMIP6_Visited_LMA_IPv6_Address",
    Kind::Ipv6,
    "PMIP6-Visited-LMA-IPv6-Address",
)
.holds(Holds::Address);
pub(super) static PMIP6_HOME_LMA_IPV4_ADDRESS: Field = Field::new(
    "radius.PMIP6_Home_LMA_IPv4_Address",
    Kind::Ipv4,
    "PMIP6-Home-LMA-IPv4-Address",
)
.holds(Holds::Address);
pub(super) static PMIP6_VISITED_LMA_IPV4_ADDRESS: Field = Field::new(
    "radius.PMIP6_Visited_LMA_IPv4_Address",
    Kind::Ipv4,
    "PMIP6-Visited-LMA-IPv4-Address",
)
.holds(Holds::Address);
pub(super) static PMIP6_HOME_HN_PREFIX: Field = Field::new(
    "radius.PMIP6_Home_HN_Prefix",
    Kind::Bytes,
    "PMIP6-Home-HN-Prefix",
);
pub(super) static PMIP6_VISITED_HN_PREFIX: Field = Field::new(
    "radius.PMIP6_Visited_HN_Prefix",
    Kind::Bytes,
    "PMIP6-Visited-HN-Prefix",
);
pub(super) static PMIP6_HOME_INTERFACE_ID: Field = Field::new(
    "radius.PMIP6_Home_Interface_ID",
    Kind::Bytes,
    "PMIP6-Home-Interface-ID",
);
pub(super) static PMIP6_VISITED_INTERFACE_ID: Field = Field::new(
    "radius.PMIP6_Visited_Interface_ID",
    Kind::Bytes,
    "PMIP6-Visited-Interface-ID",
);
pub(super) static PMIP6_HOME_IPV4_HOA: Field = Field::new(
    "radius.PMIP6_Home_IPv4_HoA",
    Kind::Bytes,
    "PMIP6-Home-IPv4-HoA",
);
pub(super) static PMIP6_VISITED_IPV4_HOA: Field = Field::new(
    "radius.PMIP6_Visited_IPv4_HoA",
    Kind::Bytes,
    "PMIP6-Visited-IPv4-HoA",
);
pub(super) static PMIP6_HOME_DHCP4_SERVER_ADDRESS: Field = Field::new(
    "radius.PMIP6_Home_DHCP4_Server_Address",
    Kind::Ipv4,
    "PMIP6-Home-DHCP4-Server-Address",
)
.holds(Holds::Address);
pub(super) static PMIP6_VISITED_DHCP4_SERVER_ADDRESS: Field = Field::new(
    "radius.PMIP6_Visited_DHCP4_Server_Address",
    Kind::Ipv4,
    "PMIP6-Visited-DHCP4-Server-Address",
)
.holds(Holds::Address);
pub(super) static PMIP6_HOME_DHCP6_SERVER_ADDRESS: Field = Field::new(
    "radius.PMIP6_Home_DHCP6_Server_Address",
    Kind::Ipv6,
    "PMIP6-Home-DHCP6-Server-Address",
)
.holds(Holds::Address);
pub(super) static PMIP6_VISITED_DHCP6_SERVER_ADDRESS: Field = Field::new(
    "radius.PMIP6_Visited_DHCP6_Server_Address",
    Kind::Ipv6,
    "PMIP6-Visited-DHCP6-Server-Address",
)
.holds(Holds::Address);
pub(super) static PMIP6_HOME_IPV4_GATEWAY: Field = Field::new(
    "radius.PMIP6_Home_IPv4_Gateway",
    Kind::Ipv4,
    "PMIP6-Home-IPv4-Gateway",
)
.holds(Holds::Address);
pub(super) static PMIP6_VISITED_IPV4_GATEWAY: Field = Field::new(
    "radius.PMIP6_Visited_IPv4_Gateway",
    Kind::Ipv4,
    "PMIP6-Visited-IPv4-Gateway",
)
.holds(Holds::Address);
pub(super) static FRAMED_IPV6_ADDRESS: Field = Field::new(
    "radius.Framed_IPv6_Address",
    Kind::Ipv6,
    "Framed-IPv6-Address",
)
.holds(Holds::Address);
pub(super) static DNS_SERVER_IPV6_ADDRESS: Field = Field::new(
    "radius.DNS_Server_IPv6_Address",
    Kind::Ipv6,
    "DNS-Server-IPv6-Address",
)
.holds(Holds::Address);
pub(super) static ROUTE_IPV6_INFORMATION: Field = Field::new(
    "radius.Route_IPv6_Information",
    Kind::Bytes,
    "Route-IPv6-Information",
);
pub(super) static DELEGATED_IPV6_PREFIX_POOL: Field = Field::new(
    "radius.Delegated_IPv6_Prefix_Pool",
    Kind::Text,
    "Delegated-IPv6-Prefix-Pool",
);
pub(super) static STATEFUL_IPV6_ADDRESS_POOL: Field = Field::new(
    "radius.Stateful_IPv6_Address_Pool",
    Kind::Text,
    "Stateful-IPv6-Address-Pool",
);
pub(super) static ALL: &[&Field] = &[
    &REQ,
    &RSP,
    &REQ_FRAME,
    &RSP_FRAME,
    &TIME,
    &CODE,
    &ID,
    &LENGTH,
    &AUTHENTICATOR,
    &AVP,
    &AVP_TYPE,
    &AVP_LENGTH,
    &VENDOR,
    &VENDOR_TYPE,
    &VENDOR_LENGTH,
    &PASSWORD,
    &EAP,
    &USER_NAME,
    &CHAP_PASSWORD,
    &NAS_IP_ADDRESS,
    &NAS_PORT,
    &SERVICE_TYPE,
    &FRAMED_PROTOCOL,
    &FRAMED_IP_ADDRESS,
    &FRAMED_IP_NETMASK,
    &FRAMED_ROUTING,
    &FILTER_ID,
    &FRAMED_MTU,
    &FRAMED_COMPRESSION,
    &LOGIN_IP_HOST,
    &LOGIN_SERVICE,
    &LOGIN_TCP_PORT,
    &REPLY_MESSAGE,
    &CALLBACK_NUMBER,
    &CALLBACK_ID,
    &FRAMED_ROUTE,
    &FRAMED_IPX_NETWORK,
    &STATE,
    &CLASS,
    &SESSION_TIMEOUT,
    &IDLE_TIMEOUT,
    &TERMINATION_ACTION,
    &CALLED_STATION_ID,
    &CALLING_STATION_ID,
    &NAS_IDENTIFIER,
    &PROXY_STATE,
    &LOGIN_LAT_SERVICE,
    &LOGIN_LAT_NODE,
    &LOGIN_LAT_GROUP,
    &FRAMED_APPLETALK_LINK,
    &FRAMED_APPLETALK_NETWORK,
    &FRAMED_APPLETALK_ZONE,
    &ACCT_STATUS_TYPE,
    &ACCT_DELAY_TIME,
    &ACCT_INPUT_OCTETS,
    &ACCT_OUTPUT_OCTETS,
    &ACCT_SESSION_ID,
    &ACCT_AUTHENTIC,
    &ACCT_SESSION_TIME,
    &ACCT_INPUT_PACKETS,
    &ACCT_OUTPUT_PACKETS,
    &ACCT_TERMINATE_CAUSE,
    &ACCT_MULTI_SESSION_ID,
    &ACCT_LINK_COUNT,
    &ACCT_INPUT_GIGAWORDS,
    &ACCT_OUTPUT_GIGAWORDS,
    &EVENT_TIMESTAMP,
    &EGRESS_VLANID,
    &INGRESS_FILTERS,
    &EGRESS_VLAN_NAME,
    &USER_PRIORITY_TABLE,
    &CHAP_CHALLENGE,
    &NAS_PORT_TYPE,
    &PORT_LIMIT,
    &LOGIN_LAT_PORT,
    &TUNNEL_TYPE,
    &TUNNEL_MEDIUM_TYPE,
    &TUNNEL_CLIENT_ENDPOINT,
    &TUNNEL_SERVER_ENDPOINT,
    &ACCT_TUNNEL_CONNECTION,
    &TUNNEL_PASSWORD,
    &ARAP_PASSWORD,
    &ARAP_FEATURES,
    &ARAP_ZONE_ACCESS,
    &ARAP_SECURITY,
    &ARAP_SECURITY_DATA,
    &PASSWORD_RETRY,
    &PROMPT,
    &CONNECT_INFO,
    &CONFIGURATION_TOKEN,
    &EAP_MESSAGE,
    &MESSAGE_AUTHENTICATOR,
    &TUNNEL_PRIVATE_GROUP_ID,
    &TUNNEL_ASSIGNMENT_ID,
    &TUNNEL_PREFERENCE,
    &ARAP_CHALLENGE_RESPONSE,
    &ACCT_INTERIM_INTERVAL,
    &ACCT_TUNNEL_PACKETS_LOST,
    &NAS_PORT_ID,
    &FRAMED_POOL,
    &CHARGEABLE_USER_IDENTITY,
    &TUNNEL_CLIENT_AUTH_ID,
    &TUNNEL_SERVER_AUTH_ID,
    &NAS_FILTER_RULE,
    &NAS_IPV6_ADDRESS,
    &FRAMED_INTERFACE_ID,
    &FRAMED_IPV6_PREFIX,
    &LOGIN_IPV6_HOST,
    &FRAMED_IPV6_ROUTE,
    &FRAMED_IPV6_POOL,
    &ERROR_CAUSE,
    &DIGEST_RESPONSE,
    &LOCATION_INFORMATION,
    &LOCATION_DATA,
    &BASIC_LOCATION_POLICY_RULES,
    &EXTENDED_LOCATION_POLICY_RULES,
    &LOCATION_CAPABLE,
    &REQUESTED_LOCATION_INFO,
    &MOBILE_NODE_IDENTIFIER,
    &SERVICE_SELECTION,
    &PMIP6_HOME_LMA_IPV6_ADDRESS,
    &PMIP6_VISITED_LMA_IPV6_ADDRESS,
    &PMIP6_HOME_LMA_IPV4_ADDRESS,
    &PMIP6_VISITED_LMA_IPV4_ADDRESS,
    &PMIP6_HOME_HN_PREFIX,
    &PMIP6_VISITED_HN_PREFIX,
    &PMIP6_HOME_INTERFACE_ID,
    &PMIP6_VISITED_INTERFACE_ID,
    &PMIP6_HOME_IPV4_HOA,
    &PMIP6_VISITED_IPV4_HOA,
    &PMIP6_HOME_DHCP4_SERVER_ADDRESS,
    &PMIP6_VISITED_DHCP4_SERVER_ADDRESS,
    &PMIP6_HOME_DHCP6_SERVER_ADDRESS,
    &PMIP6_VISITED_DHCP6_SERVER_ADDRESS,
    &PMIP6_HOME_IPV4_GATEWAY,
    &PMIP6_VISITED_IPV4_GATEWAY,
    &FRAMED_IPV6_ADDRESS,
    &DNS_SERVER_IPV6_ADDRESS,
    &ROUTE_IPV6_INFORMATION,
    &DELEGATED_IPV6_PREFIX_POOL,
    &STATEFUL_IPV6_ADDRESS_POOL,
];
