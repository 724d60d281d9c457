//! Messages at their bounds. Whole log-ons are tested with what carries them.

use super::{items, pointed};
use crate::data::Data;

#[test]
fn what_is_pointed_to_is_cut_to_what_is_there() {
    let mut m = vec![4, 0, 4, 0, 8, 0, 0, 0, 1, 2, 3, 4];
    let part = |m: &[u8]| pointed(Data::packet(m), 0).map(|p| p.len());
    assert_eq!(part(&m), Some(4));
    assert_eq!(part(&m[..10]), Some(2));
    assert_eq!(part(&m[..7]), None);
    m[4..8].fill(0xff);
    assert_eq!(part(&m), Some(0));
    m[0..2].fill(0xff);
    assert_eq!(part(&m), Some(0));
}

#[test]
fn a_list_ends_with_its_last_attribute_or_its_bytes() {
    let list = [1, 0, 2, 0, b'a', 0, 2, 0, 0, 0, 0, 0, 0, 0, 3, 0, 1, 0, 9];
    let kinds = |b: &[u8]| {
        items(Data::packet(b))
            .map(|i| (i.0, i.1.len()))
            .collect::<Vec<_>>()
    };
    assert_eq!(kinds(&list), [(1, 2), (2, 0)]);
    assert_eq!(kinds(&list[..5]), [(1, 1)]);
    assert_eq!(kinds(&list[..3]), []);
    let long = [1, 0, 0, 0].repeat(100);
    assert_eq!(kinds(&long).len(), super::ITEMS);
}
