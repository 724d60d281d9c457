//! A share is connected, a file opened, read, written and closed; another is refused.

use super::tests::{close, data, message, opened, put, read, words};
use crate::golden::Sample;
use crate::synth::Synth;

pub(crate) const SAMPLE: Sample = Sample::new(file!(), capture);

fn capture() -> Synth {
    let mut s = Synth::default();

    let mut c = opened(&mut s, "A:", "dir\\a.txt", 8, 0);
    c.client(&mut s, read(3, 0, 5));
    c.server(&mut s, data(3, b"hello"));
    c.client(&mut s, read(4, 5, 9));
    c.server(&mut s, data(4, b"you"));
    c.client(&mut s, put(5, 0, b"HELLO"));
    close(&mut s, &mut c);
    c.client(
        &mut s,
        message(0xa2, false, 6, &words(48, &[]), b"gone.txt\0"),
    );
    // STATUS_OBJECT_NAME_NOT_FOUND.
    let mut refused = message(0xa2, true, 6, &[], b"");
    refused[9..13].copy_from_slice(&[0x34, 0, 0, 0xc0]);
    c.server(&mut s, refused);
    c.finish(&mut s, 0);
    s
}
