//! The fields of HTTP/1, named and typed as Wireshark's.

use weir_model::{Field, Holds, Kind};

macro_rules! fields {
    ($($id:ident $name:literal $kind:ident $title:literal $($holds:ident)?;)*) => {
        $(pub(super) static $id: Field =
            Field::new($name, kind!($kind), $title)$(.holds(Holds::$holds))?;)*
        /// Every field.
        pub(crate) static ALL: &[&Field] = &[$(&$id),*];
    };
}

macro_rules! kind {
    (U16) => {
        Kind::Uint(16)
    };
    (U32) => {
        Kind::Uint(32)
    };
    (U64) => {
        Kind::Uint(64)
    };
    ($kind:ident) => {
        Kind::$kind
    };
}

fields! {
    REQUEST "http.request" Bool "Request";
    RESPONSE "http.response" Bool "Response";
    NOTIFICATION "http.notification" Bool "Notification";
    REQUEST_NUMBER "http.request_number" U32 "Request number";
    RESPONSE_NUMBER "http.response_number" U32 "Response number";
    REQUEST_METHOD "http.request.method" Text "Request Method";
    REQUEST_URI "http.request.uri" Text "Request URI" Content;
    REQUEST_PATH "http.request.uri.path" Text "Request URI Path" Content;
    REQUEST_QUERY "http.request.uri.query" Text "Request URI Query" Content;
    REQUEST_PARAMETER "http.request.uri.query.parameter" Text "Request URI Query Parameter" Content;
    REQUEST_VERSION "http.request.version" Text "Request Version";
    REQUEST_LINE "http.request.line" Text "Request line" Content;
    FULL_URI "http.request.full_uri" Text "Full request URI" Content;
    RESPONSE_VERSION "http.response.version" Text "Response Version";
    RESPONSE_CODE "http.response.code" U16 "Status Code";
    RESPONSE_DESC "http.response.code.desc" Text "Status Code Description";
    RESPONSE_PHRASE "http.response.phrase" Text "Response Phrase";
    RESPONSE_LINE "http.response.line" Text "Response line" Content;
    RESPONSE_FOR "http.response_for.uri" Text "Request URI" Content;
    AUTHORIZATION "http.authorization" Text "Authorization" Secret;
    AUTH_BASIC "http.authbasic" Text "Credentials" Secret;
    PROXY_AUTHENTICATE "http.proxy_authenticate" Text "Proxy-Authenticate";
    PROXY_AUTHORIZATION "http.proxy_authorization" Text "Proxy-Authorization" Secret;
    WWW_AUTHENTICATE "http.www_authenticate" Text "WWW-Authenticate";
    CONTENT_TYPE "http.content_type" Text "Content-Type";
    CONTENT_LENGTH_HEADER "http.content_length_header" Text "Content-Length";
    CONTENT_LENGTH "http.content_length" U64 "Content length";
    CONTENT_ENCODING "http.content_encoding" Text "Content-Encoding";
    TRANSFER_ENCODING "http.transfer_encoding" Text "Transfer-Encoding";
    UPGRADE "http.upgrade" Text "Upgrade";
    USER_AGENT "http.user_agent" Text "User-Agent";
    HOST "http.host" Text "Host" Name;
    CONNECTION "http.connection" Text "Connection";
    COOKIE "http.cookie" Text "Cookie" Secret;
    COOKIE_PAIR "http.cookie_pair" Text "Cookie pair" Secret;
    ACCEPT "http.accept" Text "Accept";
    REFERER "http.referer" Text "Referer" Content;
    ACCEPT_LANGUAGE "http.accept_language" Text "Accept-Language";
    ACCEPT_ENCODING "http.accept_encoding" Text "Accept Encoding";
    DATE "http.date" Text "Date";
    CACHE_CONTROL "http.cache_control" Text "Cache-Control";
    SERVER "http.server" Text "Server";
    LOCATION "http.location" Text "Location" Content;
    WEBSOCKET_ACCEPT "http.sec_websocket_accept" Text "Sec-WebSocket-Accept";
    WEBSOCKET_EXTENSIONS "http.sec_websocket_extensions" Text "Sec-WebSocket-Extensions";
    WEBSOCKET_KEY "http.sec_websocket_key" Text "Sec-WebSocket-Key";
    WEBSOCKET_PROTOCOL "http.sec_websocket_protocol" Text "Sec-WebSocket-Protocol";
    WEBSOCKET_VERSION "http.sec_websocket_version" Text "Sec-WebSocket-Version";
    SET_COOKIE "http.set_cookie" Text "Set-Cookie" Secret;
    LAST_MODIFIED "http.last_modified" Text "Last-Modified";
    X_FORWARDED_FOR "http.x_forwarded_for" Text "X-Forwarded-For" Address;
    HTTP2_SETTINGS "http.http2_settings" Text "HTTP2-Settings";
    UNKNOWN_HEADER "http.unknown_header" Text "Unknown header" Content;
    REQUEST_IN "http.request_in" Packet "Request in frame";
    RESPONSE_IN "http.response_in" Packet "Response in frame";
    NEXT_REQUEST_IN "http.next_request_in" Packet "Next request in frame";
    NEXT_RESPONSE_IN "http.next_response_in" Packet "Next response in frame";
    PREV_REQUEST_IN "http.prev_request_in" Packet "Prev request in frame";
    PREV_RESPONSE_IN "http.prev_response_in" Packet "Prev response in frame";
    TIME "http.time" Duration "Time since request";
    TRAILER "http.chunked_trailer_part" Text "trailer-part" Content;
    CHUNK_SIZE "http.chunk_size" U32 "Chunk size";
    FILE_DATA "http.file_data" Text "File Data" Content;
    CHAT "http.chat" None "Formatted text";
    LEADING_CRLF "http.leading_crlf" None "Leading CRLF previous message in the stream may have extra CRLF";
    TE_AND_LENGTH "http.te_and_length" None "The Content-Length and Transfer-Encoding header must not be set together";
    TE_UNKNOWN "http.te_unknown" None "Unknown transfer coding name in Transfer-Encoding header";
    BAD_HEADER_NAME "http.bad_header_name" None "Illegal characters found in header name";
}

/// The field of a header, by its name.
pub(super) fn of_header(name: &[u8]) -> Option<&'static Field> {
    BY_HEADER
        .iter()
        .find(|(n, _)| name.eq_ignore_ascii_case(n.as_bytes()))
        .map(|(_, f)| *f)
}

static BY_HEADER: &[(&str, &Field)] = &[
    ("Authorization", &AUTHORIZATION),
    ("Proxy-Authorization", &PROXY_AUTHORIZATION),
    ("Proxy-Authenticate", &PROXY_AUTHENTICATE),
    ("WWW-Authenticate", &WWW_AUTHENTICATE),
    ("Content-Type", &CONTENT_TYPE),
    ("Content-Length", &CONTENT_LENGTH_HEADER),
    ("Content-Encoding", &CONTENT_ENCODING),
    ("Transfer-Encoding", &TRANSFER_ENCODING),
    ("Upgrade", &UPGRADE),
    ("User-Agent", &USER_AGENT),
    ("Host", &HOST),
    ("Connection", &CONNECTION),
    ("Cookie", &COOKIE),
    ("Accept", &ACCEPT),
    ("Referer", &REFERER),
    ("Accept-Language", &ACCEPT_LANGUAGE),
    ("Accept-Encoding", &ACCEPT_ENCODING),
    ("Date", &DATE),
    ("Cache-Control", &CACHE_CONTROL),
    ("Server", &SERVER),
    ("Location", &LOCATION),
    ("Sec-WebSocket-Accept", &WEBSOCKET_ACCEPT),
    ("Sec-WebSocket-Extensions", &WEBSOCKET_EXTENSIONS),
    ("Sec-WebSocket-Key", &WEBSOCKET_KEY),
    ("Sec-WebSocket-Protocol", &WEBSOCKET_PROTOCOL),
    ("Sec-WebSocket-Version", &WEBSOCKET_VERSION),
    ("Set-Cookie", &SET_COOKIE),
    ("Last-Modified", &LAST_MODIFIED),
    ("X-Forwarded-For", &X_FORWARDED_FOR),
    ("HTTP2-Settings", &HTTP2_SETTINGS),
];

/// What Wireshark says of a status code (IANA's registry).
pub(super) fn code_words(code: u16) -> &'static str {
    CODES
        .iter()
        .find(|(c, _)| *c == code)
        .map_or("Unknown", |(_, w)| w)
}

static CODES: &[(u16, &str)] = &[
    (100, "Continue"),
    (101, "Switching Protocols"),
    (102, "Processing"),
    (103, "Early Hints"),
    (199, "Informational - Others"),
    (200, "OK"),
    (201, "Created"),
    (202, "Accepted"),
    (203, "Non-authoritative Information"),
    (204, "No Content"),
    (205, "Reset Content"),
    (206, "Partial Content"),
    (207, "Multi-Status"),
    (208, "Already Reported"),
    (226, "IM Used"),
    (299, "Success - Others"),
    (300, "Multiple Choices"),
    (301, "Moved Permanently"),
    (302, "Found"),
    (303, "See Other"),
    (304, "Not Modified"),
    (305, "Use Proxy"),
    (307, "Temporary Redirect"),
    (308, "Permanent Redirect"),
    (399, "Redirection - Others"),
    (400, "Bad Request"),
    (401, "Unauthorized"),
    (402, "Payment Required"),
    (403, "Forbidden"),
    (404, "Not Found"),
    (405, "Method Not Allowed"),
    (406, "Not Acceptable"),
    (407, "Proxy Authentication Required"),
    (408, "Request Time-out"),
    (409, "Conflict"),
    (410, "Gone"),
    (411, "Length Required"),
    (412, "Precondition Failed"),
    (413, "Request Entity Too Large"),
    (414, "Request-URI Too Long"),
    (415, "Unsupported Media Type"),
    (416, "Requested Range Not Satisfiable"),
    (417, "Expectation Failed"),
    (418, "I'm a teapot"),
    (421, "Misdirected Request"),
    (422, "Unprocessable Entity"),
    (423, "Locked"),
    (424, "Failed Dependency"),
    (425, "Too Early"),
    (426, "Upgrade Required"),
    (428, "Precondition Required"),
    (429, "Too Many Requests"),
    (431, "Request Header Fields Too Large"),
    (451, "Unavailable For Legal Reasons"),
    (499, "Client Error - Others"),
    (500, "Internal Server Error"),
    (501, "Not Implemented"),
    (502, "Bad Gateway"),
    (503, "Service Unavailable"),
    (504, "Gateway Time-out"),
    (505, "HTTP Version not supported"),
    (507, "Insufficient Storage"),
    (508, "Loop Detected"),
    (511, "Network Authentication Required"),
    (599, "Server Error - Others"),
];
