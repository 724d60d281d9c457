//! A share is connected, a file opened, read and written, another not found; a command that is cut.

use super::tests::{answer, ask, close, closed, create, data, one, opened, put, read};
use crate::golden::Sample;
use crate::synth::Synth;

pub(crate) const SAMPLE: Sample = Sample::new(file!(), capture);

fn capture() -> Synth {
    let mut s = Synth::default();

    let mut c = opened(&mut s, 1, "dir\\a.txt", 8);
    c.client(&mut s, one(&read(3, 0, 8)));
    c.server(&mut s, one(&data(3, b"contents")));
    c.client(&mut s, one(&put(4, 0, b"CONTENTS")));
    let mut written = vec![17, 0, 0, 0, 8, 0, 0, 0];
    written.resize(17, 0);
    c.server(&mut s, one(&answer(9, 4, 0, written)));
    c.client(&mut s, one(&close(5)));
    c.server(&mut s, one(&closed(5)));
    c.client(&mut s, one(&create(6, "gone.txt")));
    // STATUS_OBJECT_NAME_NOT_FOUND, with an empty error.
    c.server(
        &mut s,
        one(&answer(5, 6, 0xc000_0034, vec![9, 0, 0, 0, 0, 0, 0, 0, 0])),
    );
    c.client(&mut s, one(&ask(3, 7, vec![9, 0, 0, 0])));
    c.finish(&mut s, 0);
    s
}
