//! Files are looked for, renamed and linked, over both transports; one call fails, another ends in its name.

use super::tests::{CLIENT, SERVER, call, opaque, renames, reply};
use crate::golden::Sample;
use crate::synth::Synth;

pub(crate) const SAMPLE: Sample = Sample::new(file!(), capture);

fn capture() -> Synth {
    let mut s = Synth::default();
    s.udp(CLIENT, SERVER, &call(1, 3, 14, &renames()));
    // Refused; neither directory says what it looks like.
    s.udp(SERVER, CLIENT, &[reply(1, 13), vec![0; 16]].concat());
    let two = [vec![9; 32], opaque(b"file")].concat();
    s.udp(CLIENT, SERVER, &call(2, 2, 4, &two));
    s.udp(SERVER, CLIENT, &reply(2, 2));
    let linked = [opaque(&[7; 20]), opaque(&[8; 20]), opaque(b"link")].concat();
    let mut c = s.connect(CLIENT, SERVER);
    let record = |body: &[u8]| {
        let mark = u32::try_from(body.len()).unwrap() | 0x8000_0000;
        [mark.to_be_bytes().to_vec(), body.to_vec()].concat()
    };
    c.client(&mut s, record(&call(3, 3, 15, &linked)));
    c.server(&mut s, record(&[reply(3, 0), vec![0; 12]].concat()));
    c.finish(&mut s, 0);
    let whole = call(5, 3, 14, &renames());
    s.udp(CLIENT, SERVER, &whole[..68]);
    s
}
