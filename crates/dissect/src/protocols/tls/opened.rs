//! Fields that are seen only where a conversation was opened. Reports nothing.

use weir_model::{Field, Holds, Kind};

pub(super) static APP_DATA_PROTO: Field = Field::new(
    "tls.app_data_proto",
    Kind::Text,
    "Application Data Protocol",
);
pub(super) static VERIFY_DATA: Field =
    Field::new("tls.handshake.verify_data", Kind::None, "Verify Data");
pub(super) static KEY_UPDATE: Field = Field::new(
    "tls.handshake.key_update.request_update",
    Kind::Uint(8),
    "Key Update Request",
)
.values(&[(0, "update_not_requested"), (1, "update_requested")]);
pub(super) static TICKET_LIFETIME: Field = Field::new(
    "tls.handshake.session_ticket_lifetime_hint",
    Kind::Uint(32),
    "Session Ticket Lifetime Hint",
);
pub(super) static TICKET_AGE_ADD: Field = Field::new(
    "tls.handshake.session_ticket_age_add",
    Kind::Uint(32),
    "Session Ticket Age Add",
);
pub(super) static TICKET_NONCE_LENGTH: Field = Field::new(
    "tls.handshake.session_ticket_nonce_length",
    Kind::Uint(8),
    "Session Ticket Nonce Length",
);
pub(super) static TICKET_NONCE: Field = Field::new(
    "tls.handshake.session_ticket_nonce",
    Kind::Bytes,
    "Session Ticket Nonce",
)
.holds(Holds::Secret);
pub(super) static TICKET_LENGTH: Field = Field::new(
    "tls.handshake.session_ticket_length",
    Kind::Uint(16),
    "Session Ticket Length",
);
pub(super) static TICKET: Field = Field::new(
    "tls.handshake.session_ticket",
    Kind::Bytes,
    "Session Ticket",
)
.holds(Holds::Secret);
