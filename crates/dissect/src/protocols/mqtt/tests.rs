//! Who connects, what is published, heads at their bounds, cut at every length.

use super::sample::{CLIENT, SERVER, connect};
use super::{Connect, Publish, Subscription, kind, length};
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
fn topics_asked_for_have_a_row_with_the_answer() {
    let mut s = Synth::default();
    let mut c = s.connect(CLIENT, SERVER);
    c.client(&mut s, connect());
    c.server(&mut s, [0x20, 2, 0, 0]);
    c.client(&mut s, b"\x82\x0b\x00\x07\x00\x03a/#\x01\x00\x01b");
    c.client(&mut s, b"\x82\x0c\x00\x08\x00\x03c/+\x02\x00\x01d\x00");
    c.server(&mut s, [0x90, 4, 0, 8, 2, 0]);
    c.client(&mut s, b"\xa2\x07\x00\x09\x00\x03a/#");
    let loaded = s.load();
    let rows = loaded.facts().messages.all::<Subscription>();
    let told: Vec<_> = rows
        .iter()
        .map(|r| (r.summary(), &*r.qos_levels, r.granted_qos_level, r.ack))
        .collect();
    let (none, two, one): (&[u8], &[u8], &[u8]) = (&[], &[2, 0], &[1]);
    assert_eq!(
        told,
        [
            ("SUBSCRIBE a/#, b".to_owned(), one, None, false),
            ("SUBSCRIBE c/+, d".to_owned(), two, Some(2), true),
            ("UNSUBSCRIBE a/#".to_owned(), none, None, false),
        ]
    );
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
