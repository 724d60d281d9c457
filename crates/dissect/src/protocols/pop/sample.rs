//! A password that is refused and one that is not, a list, two mails, and the end.

use super::tests::session;
use crate::golden::Sample;
use crate::synth::Synth;

pub(crate) const SAMPLE: Sample = Sample::new(file!(), capture).decoded(&["tcp.port==1100,pop"]);

fn capture() -> Synth {
    session(1400)
}
