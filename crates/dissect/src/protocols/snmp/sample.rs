//! Objects are asked for and told, another is not there, a trap, and a message that is cut.

use super::tests::{AGENT, MANAGER, message, pdu, tlv, values};
use crate::golden::Sample;
use crate::synth::Synth;

pub(crate) const SAMPLE: Sample = Sample::new(file!(), capture);

fn capture() -> Synth {
    let mut s = Synth::default();

    s.udp(
        MANAGER,
        AGENT,
        &message(1, &pdu(0xa0, 7, 0, &[tlv(5, &[])])),
    );
    s.udp(
        AGENT,
        MANAGER,
        &message(1, &pdu(0xa2, 7, 0, &values()[..9])),
    );
    s.udp(
        MANAGER,
        AGENT,
        &message(0, &pdu(0xa1, 8, 0, &[tlv(5, &[])])),
    );
    s.udp(
        AGENT,
        MANAGER,
        &message(0, &pdu(0xa2, 8, 2, &[tlv(5, &[])])),
    );
    s.udp(
        AGENT,
        (MANAGER.0, 162),
        &message(1, &pdu(0xa7, 9, 0, &[tlv(0x43, &[1, 0])])),
    );
    s.udp(
        MANAGER,
        AGENT,
        &message(1, &pdu(0xa0, 10, 0, &[tlv(5, &[])]))[..25],
    );
    s
}
