//! Unit tests of FTP-DATA: bytes built in code, cut and bent.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]
use super::*;
use crate::synth::Synth;

#[test]
fn a_data_connection_nobody_announced_is_still_a_file() {
    let mut s = Synth::default();
    let mut c = s.connect(([10, 0, 0, 2], 20), ([10, 0, 0, 1], 40_000));
    c.client(&mut s, b"%PDF-1.4 and more");
    c.lose(0, 5);
    c.client(&mut s, b"the end");
    c.finish(&mut s, 0);
    let d = s.load();
    let [a] = d.facts().artifacts.iter().collect::<Vec<_>>()[..] else {
        panic!()
    };
    assert!(a.names.is_empty() && a.message.is_none());
    assert_eq!(a.wire_size, 24);
    assert_eq!(a.missing.len(), 1);
    assert_eq!(a.missing.first(), Some(&(17..22)));
    assert_eq!(a.state, Completeness::Lost);
    assert_eq!(&*a.found_type.as_ref().unwrap().extension, "pdf");
}
