//! Link-local multicast name resolution (RFC 4795): DNS messages on port 5355.

#[cfg(test)]
mod sample;

use crate::context::Ctx;
use crate::data::Data;
use crate::protocol::{Over, Protocol};
use crate::protocols::dns::{self, Flavour};

/// See the module.
pub static PROTOCOL: Protocol = Protocol {
    spec: "RFC 4795",
    over: &[Over::UdpPort(5355)],
    fields: dns::FIELDS,
    datagram: Some(dissect),
    #[cfg(test)]
    sample: Some(sample::SAMPLE),
    ..Protocol::new("llmnr", "Link-local Multicast Name Resolution", "LLMNR")
};

fn dissect(ctx: &mut Ctx<'_>, data: Data<'_>) {
    dns::message(ctx, &PROTOCOL, Flavour::LinkLocal, data, None);
}
