//! IPsec in UDP (RFC 3948): a keepalive, IKE behind four zeros, or ESP.

use crate::context::Ctx;
use crate::data::Data;
use crate::protocol::{Over, Protocol};
use weir_model::{Field, Kind, Value};

static KEEPALIVE: Field = Field::new("udpencap.nat_keepalive", Kind::None, "NAT-keepalive packet");
static MARKER: Field = Field::new("udpencap.non_esp_marker", Kind::None, "Non-ESP Marker");

/// See the module.
pub static PROTOCOL: Protocol = Protocol {
    spec: "RFC 3948",
    over: &[Over::UdpPort(4500)],
    fields: &[&KEEPALIVE, &MARKER],
    datagram: Some(dissect),
    #[cfg(test)]
    sample: Some(super::isakmp::sample::SAMPLE),
    ..Protocol::new("udpencap", "UDP Encapsulation of IPsec Packets", "UDPENCAP")
};

fn dissect(ctx: &mut Ctx<'_>, data: Data<'_>) {
    let marker = data.bytes.starts_with(&[0; 4]);
    let keepalive = data.bytes == [0xff];
    let head = data.sub(0, if marker { 4 } else { usize::from(keepalive) });
    if ctx.layer(&PROTOCOL, head.all()) {
        if keepalive {
            ctx.info(format_args!("NAT-keepalive"));
            ctx.field(&KEEPALIVE, Value::None, head.all());
        } else if marker {
            ctx.field(&MARKER, Value::None, head.all());
        }
        ctx.close();
    }
    if marker {
        super::isakmp::dissect(ctx, data.rest(4));
    } else if !keepalive && !data.is_empty() {
        super::esp::dissect(ctx, data);
    }
}
