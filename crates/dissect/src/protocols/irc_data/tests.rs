//! Files sent past an IRC server: whole, cut short, and with a part missing.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use crate::facts::Completeness;
use crate::synth::Synth;

/// 10.0.0.2 offers twelve bytes at its port 5000; 10.0.0.3 takes them.
pub(super) fn offered(send: impl FnOnce(&mut Synth, &mut crate::synth::Connection)) -> Synth {
    let mut s = Synth::default();
    let mut irc = s.connect(([10, 0, 0, 2], 40000), ([10, 0, 0, 1], 6667));
    irc.client(&mut s, "NICK a\r\nUSER a 0 * :a\r\n");
    irc.client(
        &mut s,
        "PRIVMSG b :\x01DCC SEND tool.exe 167772162 5000 12\x01\r\n",
    );
    let mut data = s.connect(([10, 0, 0, 3], 40001), ([10, 0, 0, 2], 5000));
    send(&mut s, &mut data);
    data.finish(&mut s, 0);
    s
}

#[test]
fn a_file_that_was_offered_is_found_with_its_name() {
    let s = offered(|s, c| {
        c.server(s, b"MZ tw");
        c.client(s, [0, 0, 0, 5]);
        c.server(s, b"elve by");
        c.client(s, [0, 0, 0, 12]);
    });
    let loaded = s.load();
    let facts = loaded.facts();
    let [a] = facts.artifacts.iter().collect::<Vec<_>>()[..] else {
        panic!("one file")
    };
    assert_eq!(a.protocol.info.name, "irc-data");
    assert_eq!(&*a.names[0].text, "tool.exe");
    assert_eq!((a.wire_size, a.declared_size), (12, Some(12)));
    assert_eq!(a.state, Completeness::Complete);
    assert!(!a.sent && a.message.is_some() && a.asked.is_some());
}

#[test]
fn what_came_short_or_was_lost_is_told() {
    let short = offered(|s, c| {
        c.server(s, b"MZ tw");
    });
    let loaded = short.load();
    assert_eq!(
        loaded.facts().artifacts.first().unwrap().state,
        Completeness::Aborted
    );
    let lost = offered(|s, c| {
        c.server(s, b"MZ tw");
        c.lose(1, 3);
        c.server(s, b"yes.");
    });
    let loaded = lost.load();
    let a = loaded.facts().artifacts.first().unwrap();
    assert_eq!((a.state, a.wire_size), (Completeness::Lost, 9));
    assert_eq!(a.missing.first(), Some(&(5..8)));
}
