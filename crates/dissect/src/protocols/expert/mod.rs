//! Anomalies as fields of the packet, as Wireshark shows its expert information.

use crate::anomaly::AnomalyKind;
use crate::context::Ctx;
use crate::protocol::{Protocol, Severity};
use weir_model::{ByteRange, Field, Kind, Value};

static EXPERT: Field = Field::new("_ws.expert", Kind::None, "Expert Info");
static MESSAGE: Field = Field::new("_ws.expert.message", Kind::Text, "Message");
static SEVERITY: Field = Field::new("_ws.expert.severity", Kind::Uint(32), "Severity level")
    .values(&[
        (0x0020_0000, "Chat"),
        (0x0040_0000, "Note"),
        (0x0060_0000, "Warning"),
        (0x0080_0000, "Error"),
    ]);
static GROUP: Field = Field::new("_ws.expert.group", Kind::Text, "Group");
static MALFORMED: Field = Field::new("_ws.malformed", Kind::None, "Malformed Packet");

/// See the module.
pub static PROTOCOL: Protocol = Protocol {
    fields: &[&EXPERT, &MESSAGE, &SEVERITY, &GROUP, &MALFORMED],
    ..Protocol::new("_ws.expert", "Expert Info", "")
};

pub(crate) fn describe(ctx: &mut Ctx<'_>, kind: &'static AnomalyKind) {
    if !ctx.sink.wants(&PROTOCOL.info) {
        return;
    }
    ctx.open(&EXPERT, Value::None, ByteRange::GENERATED);
    ctx.field(&MESSAGE, Value::Text(kind.says), ByteRange::GENERATED);
    let severity = match kind.severity {
        Severity::Chat => 0x0020_0000,
        Severity::Note => 0x0040_0000,
        Severity::Warn => 0x0060_0000,
        Severity::Error => 0x0080_0000,
    };
    ctx.field(&SEVERITY, Value::Uint(severity), ByteRange::GENERATED);
    ctx.field(&GROUP, Value::Text(kind.group), ByteRange::GENERATED);
    if kind.id == MALFORMED.name {
        ctx.field(&MALFORMED, Value::None, ByteRange::GENERATED);
    }
    ctx.close();
}
