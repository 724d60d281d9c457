//! QUIC's transport parameters, which travel as an extension of the hellos (RFC 9000 section 18).

use crate::context::Ctx;
use crate::data::Data;
use weir_model::{Cursor, Field, Kind, Short, Value};

pub(super) static PARAMETER: Field = Field::new("tls.quic.parameter", Kind::None, "Parameter");
pub(super) static TYPE: Field = Field::new("tls.quic.parameter.type", Kind::Uint(64), "Type")
    .values(&[
        (0x0, "original_destination_connection_id"),
        (0x1, "max_idle_timeout"),
        (0x2, "stateless_reset_token"),
        (0x3, "max_udp_payload_size"),
        (0x4, "initial_max_data"),
        (0x5, "initial_max_stream_data_bidi_local"),
        (0x6, "initial_max_stream_data_bidi_remote"),
        (0x7, "initial_max_stream_data_uni"),
        (0x8, "initial_max_streams_bidi"),
        (0x9, "initial_max_streams_uni"),
        (0xa, "ack_delay_exponent"),
        (0xb, "max_ack_delay"),
        (0xc, "disable_active_migration"),
        (0xd, "preferred_address"),
        (0xe, "active_connection_id_limit"),
        (0xf, "initial_source_connection_id"),
        (0x10, "retry_source_connection_id"),
        (0x11, "version_information"),
        (0x20, "max_datagram_frame_size"),
        (0x2ab2, "grease_quic_bit"),
        (0x3127, "google_initial_rtt"),
        (0x3128, "google_connection_options"),
        (0x3129, "user_agent"),
        (0x4752, "google_quic_version"),
        (0xff73db, "version_information_draft"),
    ]);
pub(super) static LENGTH: Field = Field::new("tls.quic.parameter.length", Kind::Uint(64), "Length");
pub(super) static VALUE: Field = Field::new("tls.quic.parameter.value", Kind::Bytes, "Value");
pub(super) static ORIGINAL_DESTINATION: Field = Field::new(
    "tls.quic.parameter.original_destination_connection_id",
    Kind::Bytes,
    "original_destination_connection_id",
);
pub(super) static MAX_IDLE_TIMEOUT: Field = Field::new(
    "tls.quic.parameter.max_idle_timeout",
    Kind::Uint(64),
    "max_idle_timeout",
);
pub(super) static STATELESS_RESET_TOKEN: Field = Field::new(
    "tls.quic.parameter.stateless_reset_token",
    Kind::Bytes,
    "stateless_reset_token",
);
pub(super) static MAX_UDP_PAYLOAD_SIZE: Field = Field::new(
    "tls.quic.parameter.max_udp_payload_size",
    Kind::Uint(64),
    "max_udp_payload_size",
);
pub(super) static INITIAL_MAX_DATA: Field = Field::new(
    "tls.quic.parameter.initial_max_data",
    Kind::Uint(64),
    "initial_max_data",
);
pub(super) static MAX_BIDI_LOCAL: Field = Field::new(
    "tls.quic.parameter.initial_max_stream_data_bidi_local",
    Kind::Uint(64),
    "initial_max_stream_data_bidi_local",
);
pub(super) static MAX_BIDI_REMOTE: Field = Field::new(
    "tls.quic.parameter.initial_max_stream_data_bidi_remote",
    Kind::Uint(64),
    "initial_max_stream_data_bidi_remote",
);
pub(super) static MAX_UNI: Field = Field::new(
    "tls.quic.parameter.initial_max_stream_data_uni",
    Kind::Uint(64),
    "initial_max_stream_data_uni",
);
pub(super) static MAX_STREAMS_BIDI: Field = Field::new(
    "tls.quic.parameter.initial_max_streams_bidi",
    Kind::Uint(64),
    "initial_max_streams_bidi",
);
pub(super) static MAX_STREAMS_UNI: Field = Field::new(
    "tls.quic.parameter.initial_max_streams_uni",
    Kind::Uint(64),
    "initial_max_streams_uni",
);
pub(super) static ACK_DELAY_EXPONENT: Field = Field::new(
    "tls.quic.parameter.ack_delay_exponent",
    Kind::Uint(64),
    "ack_delay_exponent",
);
pub(super) static MAX_ACK_DELAY: Field = Field::new(
    "tls.quic.parameter.max_ack_delay",
    Kind::Uint(64),
    "max_ack_delay",
);
pub(super) static ACTIVE_ID_LIMIT: Field = Field::new(
    "tls.quic.parameter.active_connection_id_limit",
    Kind::Uint(64),
    "Active Connection ID Limit",
);
pub(super) static INITIAL_SOURCE: Field = Field::new(
    "tls.quic.parameter.initial_source_connection_id",
    Kind::Bytes,
    "Initial Source Connection ID",
);
pub(super) static RETRY_SOURCE: Field = Field::new(
    "tls.quic.parameter.retry_source_connection_id",
    Kind::Bytes,
    "Retry Source Connection ID",
);
pub(super) static MAX_DATAGRAM: Field = Field::new(
    "tls.quic.parameter.max_datagram_frame_size",
    Kind::Uint(64),
    "max_datagram_frame_size",
);
pub(super) static GOOGLE_RTT: Field = Field::new(
    "tls.quic.parameter.google.initial_rtt",
    Kind::Uint(64),
    "Google Initial RTT",
);
pub(super) static GOOGLE_OPTIONS: Field = Field::new(
    "tls.quic.parameter.google.connection_options",
    Kind::Bytes,
    "Google Connection options",
);
pub(super) static GOOGLE_USER_AGENT: Field = Field::new(
    "tls.quic.parameter.google.user_agent",
    Kind::Text,
    "Google UserAgent",
);
pub(super) static GOOGLE_VERSION: Field = Field::new(
    "tls.quic.parameter.google.quic_version",
    Kind::Uint(32),
    "Google QUIC version",
)
.hex();
pub(super) static CHOSEN_VERSION: Field = Field::new(
    "tls.quic.parameter.vi.chosen_version",
    Kind::Uint(32),
    "Chosen Version",
)
.hex();
pub(super) static OTHER_VERSION: Field = Field::new(
    "tls.quic.parameter.vi.other_version",
    Kind::Uint(32),
    "Other Version",
)
.hex();

/// What a parameter's value is, by its kind; a number is one of one to eight bytes.
static KNOWN: &[(u64, &Field)] = &[
    (0x0, &ORIGINAL_DESTINATION),
    (0x1, &MAX_IDLE_TIMEOUT),
    (0x2, &STATELESS_RESET_TOKEN),
    (0x3, &MAX_UDP_PAYLOAD_SIZE),
    (0x4, &INITIAL_MAX_DATA),
    (0x5, &MAX_BIDI_LOCAL),
    (0x6, &MAX_BIDI_REMOTE),
    (0x7, &MAX_UNI),
    (0x8, &MAX_STREAMS_BIDI),
    (0x9, &MAX_STREAMS_UNI),
    (0xa, &ACK_DELAY_EXPONENT),
    (0xb, &MAX_ACK_DELAY),
    (0xe, &ACTIVE_ID_LIMIT),
    (0xf, &INITIAL_SOURCE),
    (0x10, &RETRY_SOURCE),
    (0x20, &MAX_DATAGRAM),
    (0x3127, &GOOGLE_RTT),
    (0x3128, &GOOGLE_OPTIONS),
    (0x3129, &GOOGLE_USER_AGENT),
    (0x4752, &GOOGLE_VERSION),
];

/// Every parameter of an extension.
pub(super) fn describe(ctx: &mut Ctx<'_>, data: Data<'_>) -> Result<(), Short> {
    let mut c = Cursor::new(data.bytes);
    while !c.is_empty() {
        let at = c.pos();
        let kind = varint(&mut c)?;
        let len_at = c.pos();
        let len = varint(&mut c)?;
        let from = c.pos();
        let value = c.take(usize::try_from(len).map_err(|_| Short)?)?;
        let range = data.range(from, c.pos());
        ctx.open(&PARAMETER, Value::None, data.range(at, c.pos()));
        ctx.field(&TYPE, Value::Uint(kind), data.range(at, len_at));
        ctx.field(&LENGTH, Value::Uint(len), data.range(len_at, from));
        if !value.is_empty() {
            ctx.field(&VALUE, Value::Bytes(value), range);
        }
        if matches!(kind, 0x11 | 0xff_73db) {
            versions(ctx, data.sub(from, c.pos()));
        } else if let Some((_, field)) = KNOWN.iter().find(|(k, _)| *k == kind) {
            match field.kind {
                Kind::Uint(32) => ctx.number(field, data, from, 4),
                Kind::Uint(_) => {
                    if let Ok(n) = varint(&mut Cursor::new(value)) {
                        ctx.field(field, Value::Uint(n), range);
                    }
                }
                Kind::Text => {
                    let text = String::from_utf8_lossy(value);
                    ctx.field(field, Value::Text(&text), range);
                }
                _ => ctx.field(field, Value::Bytes(value), range),
            }
        }
        ctx.close();
    }
    Ok(())
}

/// The version in use and those that would do as well (RFC 9368 section 3).
fn versions(ctx: &mut Ctx<'_>, data: Data<'_>) {
    for at in (0..data.len()).step_by(4) {
        let field = if at == 0 {
            &CHOSEN_VERSION
        } else {
            &OTHER_VERSION
        };
        ctx.number(field, data, at, 4);
    }
}

/// A number of one to eight bytes (RFC 9000 section 16).
fn varint(c: &mut Cursor<'_>) -> Result<u64, Short> {
    let first = c.u8()?;
    let rest = c.take((1usize << (first >> 6)) - 1)?;
    let start = u64::from(first & 0x3f);
    Ok(rest.iter().fold(start, |n, b| n << 8 | u64::from(*b)))
}
