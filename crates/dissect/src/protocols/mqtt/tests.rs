//! Who connects, what is published, heads at their bounds, cut at every length.

use super::sample::{CLIENT, SERVER, connect};
use super::{Connect, Publish, kind, length};
use crate::facts::Message;
use crate::synth::Synth;

#[test]
fn a_connection_and_a_long_message() {
    let mut s = Synth::default();
    let mut c = s.connect(CLIENT, SERVER);
    c.client(&mut s, connect());
    c.server(&mut s, [0x20, 2, 0, 5]);
    let mut publish = b"\x31\xb8\x17\x00\x01t".to_vec();
    publish.resize(3003, b'x');
    c.client(&mut s, publish);
    let loaded = s.load();
    let rows = loaded.facts().messages.all::<Connect>();
    let told: Vec<_> = rows
        .iter()
        .map(|c| (&*c.client_id, &*c.user, c.connect_status))
        .collect();
    assert_eq!(told, [("dev", "u", Some(5))]);
    let rows = loaded.facts().messages.all::<Publish>();
    assert_eq!(
        rows.iter().map(Message::summary).collect::<Vec<_>>(),
        ["t (2997 bytes)"]
    );
    let trees = s.trees(loaded.facts());
    let of = |n: usize, field: &str| trees[n - 1].values(field).next().map(str::to_owned);
    assert_eq!(of(6, "tcp.reassembled_in").as_deref(), Some("8"));
    assert_eq!(of(8, "mqtt.topic").as_deref(), Some("t"));
}

#[test]
fn heads_at_their_bounds() {
    assert_eq!(length(&[0x10, 0x7f]), Some(Some((2, 127))));
    assert_eq!(length(&[0x10, 0x80]), None);
    assert_eq!(
        length(&[0x10, 0xff, 0xff, 0xff, 0x7f]),
        Some(Some((5, 268_435_455)))
    );
    assert_eq!(length(&[0x10, 0xff, 0xff, 0xff, 0xff]), Some(None));
    assert_eq!(
        (kind(0x00), kind(0x11), kind(0x36), kind(0x82), kind(0xf0)),
        (None, None, None, Some(8), Some(15))
    );
}

#[test]
fn cut_at_every_length_nothing_is_invented() {
    let whole = connect();
    for n in 0..whole.len() {
        let mut s = Synth::default();
        let mut c = s.connect(CLIENT, SERVER);
        c.client(&mut s, &whole[..n]);
        c.finish(&mut s, 0);
        let loaded = s.load();
        let _ = s.trees(loaded.facts());
        assert!(loaded.facts().messages.all::<Connect>().is_empty());
    }
}

#[test]
fn a_long_topic_is_shown_whole() {
    let mut s = Synth::default();
    let mut c = s.connect(CLIENT, SERVER);
    c.client(&mut s, connect());
    // 602 bytes: the topic of 600 with its length.
    let mut publish = b"\x31\xda\x04\x02\x58".to_vec();
    publish.resize(5 + 600, b't');
    c.client(&mut s, publish);
    let loaded = s.load();
    let trees = s.trees(loaded.facts());
    let shown: Vec<_> = trees[4].values("mqtt.topic").map(str::len).collect();
    assert_eq!(shown, [600]);
    let kept = loaded.facts().messages.all::<Publish>();
    assert!(kept.iter().all(|p| p.topic.len() < 600) && !kept.is_empty());
}
