//! Anomalies as fields of the packet, as Wireshark shows its expert information.

use crate::anomaly::AnomalyKind;
use crate::context::Ctx;
use crate::protocol::{Protocol, Severity};
use crate::registry::registry;
use std::fmt;
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
static PROTOCOL_NAME: Field = Field::new("weir.expert.protocol", Kind::Text, "Protocol");
static MALFORMED: Field = Field::new("_ws.malformed", Kind::None, "Malformed Packet");

/// See the module.
pub static PROTOCOL: Protocol = Protocol {
    fields: &[
        &EXPERT,
        &MESSAGE,
        &SEVERITY,
        &GROUP,
        &PROTOCOL_NAME,
        &MALFORMED,
    ],
    #[cfg(test)]
    sample: Some(super::tcp::sample::SAMPLE),
    ..Protocol::new("_ws.expert", "Expert Info", "")
};

/// Bytes of a message that are shown, as in Wireshark.
const SHOWN: usize = 239;

/// Wireshark takes every remark of its group for a malformed packet; what Weir alone remarks is none to it.
fn is_malformed(kind: &AnomalyKind) -> bool {
    kind.group == "Malformed" && !kind.id.starts_with("weir.")
}

/// Describes an anomaly or a remark. It belongs to the innermost layer so far where nobody is named; `text` says
/// it with figures.
pub(crate) fn describe(
    ctx: &mut Ctx<'_>,
    by: Option<&'static Protocol>,
    kind: &'static AnomalyKind,
    text: Option<fmt::Arguments<'_>>,
) {
    if !ctx.sink.wants(&PROTOCOL.info) {
        return;
    }
    let text = text.map(|t| {
        let mut text = t.to_string();
        text.truncate(text.floor_char_boundary(SHOWN));
        text
    });
    let text = text.as_deref().unwrap_or(kind.says);
    let last = ctx.packet.layers.last();
    let protocol = by.or_else(|| last.and_then(|id| registry().get(*id)));
    let protocol = protocol.map_or("frame", |p| p.info.name);
    ctx.open(&EXPERT, Value::None, ByteRange::GENERATED);
    ctx.field(&MESSAGE, Value::Text(text), ByteRange::GENERATED);
    let severity = match kind.severity {
        Severity::Chat => 0x0020_0000,
        Severity::Note => 0x0040_0000,
        Severity::Warn => 0x0060_0000,
        Severity::Error => 0x0080_0000,
    };
    ctx.field(&SEVERITY, Value::Uint(severity), ByteRange::GENERATED);
    ctx.field(&GROUP, Value::Text(kind.group), ByteRange::GENERATED);
    ctx.field(&PROTOCOL_NAME, Value::Text(protocol), ByteRange::GENERATED);
    if is_malformed(kind) {
        ctx.field(&MALFORMED, Value::None, ByteRange::GENERATED);
    }
    ctx.close();
}
