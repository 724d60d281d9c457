//! Fields of HTTP/2, named as Wireshark names them.

use weir_model::{Field, Holds, Kind};

pub(super) static STREAM: Field = Field::new("http2.stream", Kind::None, "Stream");
pub(super) static MAGIC: Field = Field::new("http2.magic", Kind::Text, "Magic");
pub(super) static LENGTH: Field = Field::new("http2.length", Kind::Uint(24), "Length");
pub(super) static TYPE: Field = Field::new("http2.type", Kind::Uint(8), "Type").values(&[
    (0, "DATA"),
    (1, "HEADERS"),
    (2, "PRIORITY"),
    (3, "RST_STREAM"),
    (4, "SETTINGS"),
    (5, "PUSH_PROMISE"),
    (6, "PING"),
    (7, "GOAWAY"),
    (8, "WINDOW_UPDATE"),
    (9, "CONTINUATION"),
    (10, "ALTSVC"),
    (11, "BLOCKED"),
    (12, "ORIGIN"),
    (16, "PRIORITY_UPDATE"),
]);
pub(super) static FLAGS: Field = Field::new("http2.flags", Kind::Uint(8), "Flags").hex();
pub(super) static END_STREAM: Field =
    Field::new("http2.flags.end_stream", Kind::Bool, "End Stream");
pub(super) static END_HEADERS: Field = Field::new("http2.flags.eh", Kind::Bool, "End Headers");
pub(super) static PADDED: Field = Field::new("http2.flags.padded", Kind::Bool, "Padded");
pub(super) static PRIORITY: Field = Field::new("http2.flags.priority", Kind::Bool, "Priority");
pub(super) static ACK_PING: Field = Field::new("http2.flags.ack.ping", Kind::Bool, "ACK");
pub(super) static ACK_SETTINGS: Field = Field::new("http2.flags.ack.settings", Kind::Bool, "ACK");
pub(super) static R: Field = Field::new("http2.r", Kind::Uint(32), "Reserved").hex();
pub(super) static STREAMID: Field =
    Field::new("http2.streamid", Kind::Uint(32), "Stream Identifier");
pub(super) static PAD_LENGTH: Field = Field::new("http2.pad_length", Kind::Uint(16), "Pad Length");
pub(super) static EXCLUSIVE: Field = Field::new("http2.exclusive", Kind::Bool, "Exclusive");
pub(super) static DEPENDENCY: Field = Field::new(
    "http2.stream_dependency",
    Kind::Uint(32),
    "Stream Dependency",
);
pub(super) static WEIGHT: Field = Field::new("http2.headers.weight", Kind::Uint(8), "Weight");
pub(super) static WEIGHT_REAL: Field =
    Field::new("http2.headers.weight_real", Kind::Uint(8), "Weight real");
pub(super) static DATA: Field =
    Field::new("http2.data.data", Kind::Bytes, "Data").holds(Holds::Content);
pub(super) static HEADERS: Field =
    Field::new("http2.headers", Kind::Bytes, "Header Block Fragment");
pub(super) static HEADER_LENGTH: Field =
    Field::new("http2.header.length", Kind::Uint(32), "Header Length");
pub(super) static HEADER_COUNT: Field =
    Field::new("http2.header.count", Kind::Uint(32), "Header Count");
pub(super) static HEADER: Field = Field::new("http2.header", Kind::None, "Header");
pub(super) static NAME_LENGTH: Field =
    Field::new("http2.header.name.length", Kind::Uint(32), "Name Length");
pub(super) static NAME: Field = Field::new("http2.header.name", Kind::Text, "Name");
pub(super) static VALUE_LENGTH: Field =
    Field::new("http2.header.value.length", Kind::Uint(32), "Value Length");
pub(super) static VALUE: Field =
    Field::new("http2.header.value", Kind::Text, "Value").holds(Holds::Content);
pub(super) static REPR: Field = Field::new("http2.header.repr", Kind::Text, "Representation");
pub(super) static INDEX: Field = Field::new("http2.header.index", Kind::Uint(32), "Index");
pub(super) static SIZE_UPDATE: Field = Field::new(
    "http2.header_table_size_update",
    Kind::None,
    "Header table size update",
);
pub(super) static SIZE_UPDATE_SIZE: Field = Field::new(
    "http2.header_table_size_update.header_table_size",
    Kind::Uint(32),
    "Header table size",
);
pub(super) static FULL_URI: Field =
    Field::new("http2.request.full_uri", Kind::Text, "Full request URI").holds(Holds::Name);
/// Error codes (RFC 9113 section 7).
const ERRORS: &[(u64, &str)] = &[
    (0, "NO_ERROR"),
    (1, "PROTOCOL_ERROR"),
    (2, "INTERNAL_ERROR"),
    (3, "FLOW_CONTROL_ERROR"),
    (4, "SETTINGS_TIMEOUT"),
    (5, "STREAM_CLOSED"),
    (6, "FRAME_SIZE_ERROR"),
    (7, "REFUSED_STREAM"),
    (8, "CANCEL"),
    (9, "COMPRESSION_ERROR"),
    (10, "CONNECT_ERROR"),
    (11, "ENHANCE_YOUR_CALM"),
    (12, "INADEQUATE_SECURITY"),
    (13, "HTTP_1_1_REQUIRED"),
];
pub(super) static RST_ERROR: Field =
    Field::new("http2.rst_stream.error", Kind::Uint(32), "Error").values(ERRORS);
pub(super) static SETTINGS: Field = Field::new("http2.settings", Kind::None, "Settings");
pub(super) static SETTINGS_ID: Field =
    Field::new("http2.settings.id", Kind::Uint(16), "Settings Identifier").values(&[
        (1, "Header table size"),
        (2, "Enable PUSH"),
        (3, "Max concurrent streams"),
        (4, "Initial Windows size"),
        (5, "Max frame size"),
        (6, "Max header list size"),
        (8, "Extended CONNECT"),
    ]);
pub(super) static SET_TABLE: Field = Field::new(
    "http2.settings.header_table_size",
    Kind::Uint(32),
    "Header table size",
);
pub(super) static SET_PUSH: Field =
    Field::new("http2.settings.enable_push", Kind::Uint(32), "Enable PUSH");
pub(super) static SET_STREAMS: Field = Field::new(
    "http2.settings.max_concurrent_streams",
    Kind::Uint(32),
    "Max concurrent streams",
);
pub(super) static SET_WINDOW: Field = Field::new(
    "http2.settings.initial_window_size",
    Kind::Uint(32),
    "Initial Windows Size",
);
pub(super) static SET_FRAME: Field = Field::new(
    "http2.settings.max_frame_size",
    Kind::Uint(32),
    "Max frame size",
);
pub(super) static SET_LIST: Field = Field::new(
    "http2.settings.max_header_list_size",
    Kind::Uint(32),
    "Max header list size",
);
pub(super) static SET_CONNECT: Field = Field::new(
    "http2.settings.extended_connect",
    Kind::Uint(32),
    "Extended CONNECT",
);
pub(super) static SET_UNKNOWN: Field =
    Field::new("http2.settings.unknown", Kind::Uint(32), "Unknown Settings");
pub(super) static PROMISED: Field = Field::new(
    "http2.push_promise.promised_stream_id",
    Kind::Uint(32),
    "Promised-Stream-ID",
);
pub(super) static PUSH_HEADER: Field = Field::new(
    "http2.push_promise.header",
    Kind::Bytes,
    "Header Block Fragment",
);
pub(super) static PING: Field = Field::new("http2.ping", Kind::Bytes, "Ping");
pub(super) static PONG: Field = Field::new("http2.pong", Kind::Bytes, "Pong");
pub(super) static GOAWAY_LAST: Field = Field::new(
    "http2.goaway.last_stream_id",
    Kind::Uint(32),
    "Last-Stream-ID",
);
pub(super) static GOAWAY_ERROR: Field =
    Field::new("http2.goaway.error", Kind::Uint(32), "Error").values(ERRORS);
pub(super) static GOAWAY_DATA: Field =
    Field::new("http2.goaway.addata", Kind::Bytes, "Additional Debug Data");
pub(super) static WINDOW: Field = Field::new(
    "http2.window_update.window_size_increment",
    Kind::Uint(32),
    "Window Size Increment",
);
pub(super) static CONTINUATION: Field = Field::new(
    "http2.continuation.header",
    Kind::Text,
    "Continuation Header",
);
pub(super) static UNKNOWN: Field = Field::new("http2.unknown", Kind::Bytes, "Unknown");
pub(super) static H_AUTHORITY: Field =
    Field::new("http2.headers.authority", Kind::Text, ":authority").holds(Holds::Name);
pub(super) static H_STATUS: Field = Field::new("http2.headers.status", Kind::Uint(16), ":status");
pub(super) static H_PATH: Field =
    Field::new("http2.headers.path", Kind::Text, ":path").holds(Holds::Name);
pub(super) static H_METHOD: Field = Field::new("http2.headers.method", Kind::Text, ":method");
pub(super) static H_SCHEME: Field = Field::new("http2.headers.scheme", Kind::Text, ":scheme");
pub(super) static H_ACCEPT: Field = Field::new("http2.headers.accept", Kind::Text, "accept");
pub(super) static H_ACCEPT_CHARSET: Field =
    Field::new("http2.headers.accept_charset", Kind::Text, "accept-charset");
pub(super) static H_ACCEPT_ENCODING: Field = Field::new(
    "http2.headers.accept_encoding",
    Kind::Text,
    "accept-encoding",
);
pub(super) static H_ACCEPT_LANGUAGE: Field = Field::new(
    "http2.headers.accept_language",
    Kind::Text,
    "accept-language",
);
pub(super) static H_ACCEPT_RANGES: Field =
    Field::new("http2.headers.accept_ranges", Kind::Text, "accept-ranges");
pub(super) static H_ACCESS_CONTROL_ALLOW_ORIGIN: Field = Field::new(
    "http2.headers.access_control_allow_origin",
    Kind::Text,
    "access-control-allow-origin",
);
pub(super) static H_AGE: Field = Field::new("http2.headers.age", Kind::Uint(64), "age");
pub(super) static H_ALLOW: Field = Field::new("http2.headers.allow", Kind::Text, "allow");
pub(super) static H_AUTHORIZATION: Field =
    Field::new("http2.headers.authorization", Kind::Text, "authorization").holds(Holds::Secret);
pub(super) static H_CACHE_CONTROL: Field =
    Field::new("http2.headers.cache_control", Kind::Text, "cache-control");
pub(super) static H_CONTENT_DISPOSITION: Field = Field::new(
    "http2.headers.content_disposition",
    Kind::Text,
    "content-disposition",
);
pub(super) static H_CONTENT_ENCODING: Field = Field::new(
    "http2.headers.content_encoding",
    Kind::Text,
    "content-encoding",
);
pub(super) static H_CONTENT_LANGUAGE: Field = Field::new(
    "http2.headers.content_language",
    Kind::Text,
    "content-language",
);
pub(super) static H_CONTENT_LENGTH: Field = Field::new(
    "http2.headers.content_length",
    Kind::Uint(64),
    "content-length",
);
pub(super) static H_CONTENT_LOCATION: Field = Field::new(
    "http2.headers.content_location",
    Kind::Text,
    "content-location",
);
pub(super) static H_CONTENT_RANGE: Field =
    Field::new("http2.headers.content_range", Kind::Text, "content-range");
pub(super) static H_CONTENT_TYPE: Field =
    Field::new("http2.headers.content_type", Kind::Text, "content-type");
pub(super) static H_COOKIE: Field =
    Field::new("http2.headers.cookie", Kind::Text, "cookie").holds(Holds::Secret);
pub(super) static H_DATE: Field = Field::new("http2.headers.date", Kind::Text, "date");
pub(super) static H_ETAG: Field = Field::new("http2.headers.etag", Kind::Text, "etag");
pub(super) static H_EXPECT: Field = Field::new("http2.headers.expect", Kind::Text, "expect");
pub(super) static H_EXPIRES: Field = Field::new("http2.headers.expires", Kind::Text, "expires");
pub(super) static H_FROM: Field =
    Field::new("http2.headers.from", Kind::Text, "from").holds(Holds::Name);
pub(super) static H_IF_MATCH: Field = Field::new("http2.headers.if_match", Kind::Text, "if-match");
pub(super) static H_IF_MODIFIED_SINCE: Field = Field::new(
    "http2.headers.if_modified_since",
    Kind::Text,
    "if-modified-since",
);
pub(super) static H_IF_NONE_MATCH: Field =
    Field::new("http2.headers.if_none_match", Kind::Text, "if-none-match");
pub(super) static H_IF_RANGE: Field = Field::new("http2.headers.if_range", Kind::Text, "if-range");
pub(super) static H_IF_UNMODIFIED_SINCE: Field = Field::new(
    "http2.headers.if_unmodified_since",
    Kind::Text,
    "if-unmodified-since",
);
pub(super) static H_LAST_MODIFIED: Field =
    Field::new("http2.headers.last_modified", Kind::Text, "last-modified");
pub(super) static H_LINK: Field = Field::new("http2.headers.link", Kind::Text, "link");
pub(super) static H_LOCATION: Field =
    Field::new("http2.headers.location", Kind::Text, "location").holds(Holds::Name);
pub(super) static H_MAX_FORWARDS: Field =
    Field::new("http2.headers.max_forwards", Kind::Uint(64), "max-forwards");
pub(super) static H_PROXY_AUTHENTICATE: Field = Field::new(
    "http2.headers.proxy_authenticate",
    Kind::Text,
    "proxy-authenticate",
);
pub(super) static H_PROXY_AUTHORIZATION: Field = Field::new(
    "http2.headers.proxy_authorization",
    Kind::Text,
    "proxy-authorization",
)
.holds(Holds::Secret);
pub(super) static H_RANGE: Field = Field::new("http2.headers.range", Kind::Text, "range");
pub(super) static H_REFERER: Field =
    Field::new("http2.headers.referer", Kind::Text, "referer").holds(Holds::Name);
pub(super) static H_REFRESH: Field = Field::new("http2.headers.refresh", Kind::Text, "refresh");
pub(super) static H_RETRY_AFTER: Field =
    Field::new("http2.headers.retry_after", Kind::Text, "retry-after");
pub(super) static H_SERVER: Field = Field::new("http2.headers.server", Kind::Text, "server");
pub(super) static H_SET_COOKIE: Field =
    Field::new("http2.headers.set_cookie", Kind::Text, "set-cookie").holds(Holds::Secret);
pub(super) static H_STRICT_TRANSPORT_SECURITY: Field = Field::new(
    "http2.headers.strict_transport_security",
    Kind::Text,
    "strict-transport-security",
);
pub(super) static H_USER_AGENT: Field =
    Field::new("http2.headers.user_agent", Kind::Text, "user-agent");
pub(super) static H_VARY: Field = Field::new("http2.headers.vary", Kind::Text, "vary");
pub(super) static H_VIA: Field = Field::new("http2.headers.via", Kind::Text, "via");
pub(super) static H_WWW_AUTHENTICATE: Field = Field::new(
    "http2.headers.www_authenticate",
    Kind::Text,
    "www-authenticate",
);

/// Headers with a field of their own.
static OWN: &[(&str, &Field)] = &[
    (":authority", &H_AUTHORITY),
    (":status", &H_STATUS),
    (":path", &H_PATH),
    (":method", &H_METHOD),
    (":scheme", &H_SCHEME),
    ("accept", &H_ACCEPT),
    ("accept-charset", &H_ACCEPT_CHARSET),
    ("accept-encoding", &H_ACCEPT_ENCODING),
    ("accept-language", &H_ACCEPT_LANGUAGE),
    ("accept-ranges", &H_ACCEPT_RANGES),
    (
        "access-control-allow-origin",
        &H_ACCESS_CONTROL_ALLOW_ORIGIN,
    ),
    ("age", &H_AGE),
    ("allow", &H_ALLOW),
    ("authorization", &H_AUTHORIZATION),
    ("cache-control", &H_CACHE_CONTROL),
    ("content-disposition", &H_CONTENT_DISPOSITION),
    ("content-encoding", &H_CONTENT_ENCODING),
    ("content-language", &H_CONTENT_LANGUAGE),
    ("content-length", &H_CONTENT_LENGTH),
    ("content-location", &H_CONTENT_LOCATION),
    ("content-range", &H_CONTENT_RANGE),
    ("content-type", &H_CONTENT_TYPE),
    ("cookie", &H_COOKIE),
    ("date", &H_DATE),
    ("etag", &H_ETAG),
    ("expect", &H_EXPECT),
    ("expires", &H_EXPIRES),
    ("from", &H_FROM),
    ("if-match", &H_IF_MATCH),
    ("if-modified-since", &H_IF_MODIFIED_SINCE),
    ("if-none-match", &H_IF_NONE_MATCH),
    ("if-range", &H_IF_RANGE),
    ("if-unmodified-since", &H_IF_UNMODIFIED_SINCE),
    ("last-modified", &H_LAST_MODIFIED),
    ("link", &H_LINK),
    ("location", &H_LOCATION),
    ("max-forwards", &H_MAX_FORWARDS),
    ("proxy-authenticate", &H_PROXY_AUTHENTICATE),
    ("proxy-authorization", &H_PROXY_AUTHORIZATION),
    ("range", &H_RANGE),
    ("referer", &H_REFERER),
    ("refresh", &H_REFRESH),
    ("retry-after", &H_RETRY_AFTER),
    ("server", &H_SERVER),
    ("set-cookie", &H_SET_COOKIE),
    ("strict-transport-security", &H_STRICT_TRANSPORT_SECURITY),
    ("user-agent", &H_USER_AGENT),
    ("vary", &H_VARY),
    ("via", &H_VIA),
    ("www-authenticate", &H_WWW_AUTHENTICATE),
];

/// The field of a header, where it has one.
pub(super) fn of_header(name: &[u8]) -> Option<&'static Field> {
    let found = OWN.iter().find(|(own, _)| own.as_bytes() == name);
    found.map(|(_, field)| *field)
}

pub(super) static ALL: &[&Field] = &[
    &STREAM,
    &MAGIC,
    &LENGTH,
    &TYPE,
    &FLAGS,
    &END_STREAM,
    &END_HEADERS,
    &PADDED,
    &PRIORITY,
    &ACK_PING,
    &ACK_SETTINGS,
    &R,
    &STREAMID,
    &PAD_LENGTH,
    &EXCLUSIVE,
    &DEPENDENCY,
    &WEIGHT,
    &WEIGHT_REAL,
    &DATA,
    &HEADERS,
    &HEADER_LENGTH,
    &HEADER_COUNT,
    &HEADER,
    &NAME_LENGTH,
    &NAME,
    &VALUE_LENGTH,
    &VALUE,
    &REPR,
    &INDEX,
    &SIZE_UPDATE,
    &SIZE_UPDATE_SIZE,
    &FULL_URI,
    &RST_ERROR,
    &SETTINGS,
    &SETTINGS_ID,
    &SET_TABLE,
    &SET_PUSH,
    &SET_STREAMS,
    &SET_WINDOW,
    &SET_FRAME,
    &SET_LIST,
    &SET_CONNECT,
    &SET_UNKNOWN,
    &PROMISED,
    &PUSH_HEADER,
    &PING,
    &PONG,
    &GOAWAY_LAST,
    &GOAWAY_ERROR,
    &GOAWAY_DATA,
    &WINDOW,
    &CONTINUATION,
    &UNKNOWN,
    &H_AUTHORITY,
    &H_STATUS,
    &H_PATH,
    &H_METHOD,
    &H_SCHEME,
    &H_ACCEPT,
    &H_ACCEPT_CHARSET,
    &H_ACCEPT_ENCODING,
    &H_ACCEPT_LANGUAGE,
    &H_ACCEPT_RANGES,
    &H_ACCESS_CONTROL_ALLOW_ORIGIN,
    &H_AGE,
    &H_ALLOW,
    &H_AUTHORIZATION,
    &H_CACHE_CONTROL,
    &H_CONTENT_DISPOSITION,
    &H_CONTENT_ENCODING,
    &H_CONTENT_LANGUAGE,
    &H_CONTENT_LENGTH,
    &H_CONTENT_LOCATION,
    &H_CONTENT_RANGE,
    &H_CONTENT_TYPE,
    &H_COOKIE,
    &H_DATE,
    &H_ETAG,
    &H_EXPECT,
    &H_EXPIRES,
    &H_FROM,
    &H_IF_MATCH,
    &H_IF_MODIFIED_SINCE,
    &H_IF_NONE_MATCH,
    &H_IF_RANGE,
    &H_IF_UNMODIFIED_SINCE,
    &H_LAST_MODIFIED,
    &H_LINK,
    &H_LOCATION,
    &H_MAX_FORWARDS,
    &H_PROXY_AUTHENTICATE,
    &H_PROXY_AUTHORIZATION,
    &H_RANGE,
    &H_REFERER,
    &H_REFRESH,
    &H_RETRY_AFTER,
    &H_SERVER,
    &H_SET_COOKIE,
    &H_STRICT_TRANSPORT_SECURITY,
    &H_USER_AGENT,
    &H_VARY,
    &H_VIA,
    &H_WWW_AUTHENTICATE,
];
