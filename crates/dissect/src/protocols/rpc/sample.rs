//! A port is asked for and told over both transports, a call is denied.

use crate::golden::Sample;
use crate::synth::{End, Synth};

pub(crate) const SAMPLE: Sample = Sample::new(file!(), capture);

const CLIENT: End = ([10, 0, 0, 1], 40000);
const SERVER: End = ([10, 0, 0, 2], 111);

fn capture() -> Synth {
    let mut s = Synth::default();

    let words = |list: &[u32]| {
        list.iter()
            .flat_map(|n| n.to_be_bytes())
            .collect::<Vec<u8>>()
    };
    let call = |xid: u32| words(&[xid, 0, 2, 100_000, 2, 3, 0, 0, 0, 0, 100_003, 3, 17, 0]);
    s.udp(CLIENT, SERVER, &call(1));
    s.udp(SERVER, CLIENT, &words(&[1, 1, 0, 0, 0, 0, 2049]));
    let mut c = s.connect(CLIENT, SERVER);
    let record = |m: Vec<u8>| {
        [
            (u32::try_from(m.len()).unwrap() | 0x8000_0000)
                .to_be_bytes()
                .to_vec(),
            m,
        ]
        .concat()
    };
    c.client(&mut s, record(call(2)));
    // Denied: its version is not spoken.
    c.server(&mut s, record(words(&[2, 1, 1, 0, 2, 2])));
    c.finish(&mut s, 0);
    s
}
