//! Which packets of a stream carry one message: where it lies in several, and which of them completes it.

use crate::protocol::Direction;
use weir_model::{FlowId, PacketRef};

/// A message that several packets of one direction carry.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Span {
    /// Its flow.
    pub flow: FlowId,
    /// Which way it goes.
    pub direction: Direction,
    /// The packet that completes it; of an unfinished one the flow's last.
    pub last: PacketRef,
    /// The first packet with bytes of it.
    pub first: PacketRef,
    /// Was it completed?
    pub whole: bool,
    /// The end of the stream completed it: `last` is where that was said, and shows the message, no piece of it.
    pub to_end: bool,
}

/// Every span of a chain.
#[derive(Default)]
pub struct Spans {
    rows: Vec<Span>,
    /// Rows up to here are in order.
    sorted: usize,
}

impl Spans {
    /// Most spans kept.
    pub const ROWS: usize = 4_000_000;

    pub(crate) fn push(&mut self, span: Span) -> bool {
        let room = self.rows.len() < Self::ROWS;
        if room {
            self.rows.push(span);
        }
        room
    }

    /// Sorts for look-up; spans pushed later are found only after the next call.
    pub(crate) fn seal(&mut self) {
        self.rows.sort_unstable();
        self.sorted = self.rows.len();
    }

    /// Takes back what the end of capture told: unfinished ones, which only that tells.
    pub(crate) fn take_back(&mut self, provisional: &[Span]) {
        let mut gone: Vec<Span> = provisional.to_vec();
        gone.sort_unstable();
        self.rows.retain(|r| gone.binary_search(r).is_err());
        self.sorted = 0;
    }

    /// In the order of flow, direction and completing packet once the end was told.
    #[must_use]
    pub fn all(&self) -> &[Span] {
        &self.rows
    }

    /// The spans of a direction that hold `packet`, in order of completion.
    pub fn of(
        &self,
        flow: FlowId,
        direction: Direction,
        packet: PacketRef,
    ) -> impl Iterator<Item = Span> + '_ {
        let rows = self.rows.get(..self.sorted).unwrap_or_default();
        let at =
            rows.partition_point(|r| (r.flow, r.direction, r.last) < (flow, direction, packet));
        rows.get(at..)
            .unwrap_or_default()
            .iter()
            .take_while(move |r| (r.flow, r.direction) == (flow, direction))
            // A packet begins one message at most after the one that it completes.
            .take(3)
            .filter(move |r| r.first <= packet)
            .copied()
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::indexing_slicing)]
mod tests {
    use crate::synth::Synth;
    use crate::{Dissector, Options};

    const CLIENT: ([u8; 4], u16) = ([10, 0, 0, 1], 40000);
    const SERVER: ([u8; 4], u16) = ([10, 0, 0, 2], 80);

    fn ask(s: &mut Synth, c: &mut crate::synth::Connection) {
        c.client(s, "GET /a HTTP/1.1\r\nHost: h\r\n\r\n");
    }

    #[test]
    fn every_piece_of_a_message_names_the_packet_that_completes_it() {
        let mut s = Synth::default();
        let mut c = s.connect(CLIENT, SERVER);
        ask(&mut s, &mut c);
        let body = format!(
            "HTTP/1.1 200 OK\r\nContent-Length: 3000\r\n\r\n{}",
            "x".repeat(3000)
        );
        c.server(&mut s, body);
        let trees = s.trees(s.load().facts());
        let of = |n: usize, field: &str| -> Vec<String> {
            trees[n - 1].values(field).map(str::to_owned).collect()
        };
        assert_eq!(of(5, "tcp.reassembled_in"), ["7"]);
        assert_eq!(of(6, "tcp.reassembled_in"), ["7"]);
        assert!(of(7, "tcp.reassembled_in").is_empty());
        for n in 5..=7 {
            assert_eq!(of(n, "tcp.segment_data").len(), 1, "packet {n}");
        }
        assert!(of(4, "tcp.segment_data").is_empty());
    }

    /// Missing stream bytes known before the end of the capture.
    fn missed(segments: usize, acknowledged: bool) -> u64 {
        let mut s = Synth::default();
        let mut c = s.connect(CLIENT, SERVER);
        ask(&mut s, &mut c);
        c.server(&mut s, "HTTP/1.1 200 OK\r\nContent-Length: 90000\r\n\r\n");
        c.lose(1, 1000);
        c.piece = 100;
        c.server(&mut s, [b'x'; 100]);
        if acknowledged {
            ask(&mut s, &mut c);
        }
        c.server(&mut s, vec![b'x'; 100 * segments]);
        let mut d = Dissector::new(Options::default());
        for (n, bytes) in s.packets.iter().enumerate() {
            d.packet(&s.meta(n), bytes);
        }
        d.facts().flows[0].seldom().missed[1]
    }

    #[test]
    fn a_hole_is_given_up_when_acknowledged_and_much_came_after_it() {
        assert_eq!(missed(30, true), 0);
        assert_eq!(missed(31, true), 1000);
        // An acknowledgement alone, or data alone, is not enough.
        assert_eq!(missed(0, true), 0);
        assert_eq!(missed(60, false), 0);
    }
    /// Missing bytes of the server at the end of the capture, when its last ones are, and this comes after them.
    fn short(lost: u32, after: impl Fn(&mut Synth, &mut crate::synth::Connection)) -> u64 {
        let mut s = Synth::default();
        let mut c = s.connect(CLIENT, SERVER);
        ask(&mut s, &mut c);
        c.server(&mut s, "HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n");
        c.lose(1, lost);
        after(&mut s, &mut c);
        s.load().facts().flows[0].seldom().missed[1]
    }

    /// The same of the server's packets alone.
    fn short_alone(lost: u32, after: impl Fn(&mut Synth, &mut crate::synth::Connection)) -> u64 {
        short(lost, |s, c| {
            after(s, c);
            s.packets.retain(|p| p[26..30] == SERVER.0);
        })
    }

    #[test]
    fn the_last_bytes_are_missing_where_the_receiver_acknowledged_them() {
        assert_eq!(short(1000, |s, c| c.finish(s, 0)), 1000);
        assert_eq!(short(1000, |s, c| c.finish(s, 1)), 1000);
        assert_eq!(short(1000, |s, c| c.acknowledge(s, 0)), 1000);
        assert_eq!(short(0, |s, c| c.finish(s, 1)), 0);
        // What the receiver never got, the network lost; a number from nowhere is none, and one more may be a FIN's.
        assert_eq!(short(1000, |s, c| c.acknowledge(s, 1)), 0);
        assert_eq!(short(1000, |s, c| c.server(s, "behind it")), 0);
        assert_eq!(short(1 << 25, |s, c| c.finish(s, 1)), 0);
        assert_eq!(short(1, |s, c| c.acknowledge(s, 0)), 0);
        assert_eq!(short(1, |s, c| c.finish(s, 0)), 1);
    }

    #[test]
    fn of_one_direction_alone_its_own_numbers_tell() {
        assert_eq!(short_alone(1000, |s, c| c.finish(s, 1)), 1000);
        assert_eq!(short_alone(1000, |s, c| c.acknowledge(s, 1)), 1000);
        assert_eq!(short_alone(1000, |s, c| c.server(s, "behind it")), 1000);
        assert_eq!(short_alone(0, |s, c| c.finish(s, 1)), 0);
    }

    #[test]
    fn what_the_end_told_is_missing_once_however_often_it_comes() {
        let mut s = Synth::default();
        let mut c = s.connect(CLIENT, SERVER);
        ask(&mut s, &mut c);
        c.lose(1, 1000);
        c.acknowledge(&mut s, 0);
        let (mut d, mut told) = (Dissector::new(Options::default()), Vec::new());
        for (n, bytes) in s.packets.iter().enumerate() {
            d.packet(&s.meta(n), bytes);
            d.finish(None);
            told.push(d.facts().flows[0].seldom().missed);
        }
        d.finish(None);
        assert_eq!(d.facts().flows[0].seldom().missed, [0, 1000]);
        assert_eq!(told.last(), Some(&[0, 1000]));
        d.packet(&s.meta(4), &s.packets[4]);
        d.finish(None);
        assert_eq!(d.facts().flows[0].seldom().missed, [0, 1000]);
    }
    #[test]
    fn what_is_acknowledged_of_a_connection_before_is_not_missing() {
        let mut s = Synth::default();
        s.tcp(CLIENT, SERVER, 100, 0, 2, &[]);
        s.tcp(SERVER, CLIENT, 5_000, 28_359, 0x10, &[]);
        s.tcp(CLIENT, SERVER, 28_359, 0, 4, &[]);
        assert_eq!(s.load().facts().flows[0].seldom().missed, [0, 0]);
    }
}
