//! What the order of a connection's segments tells: sent again, lost, acknowledged, window shut.
//! The names and rules are those of Wireshark 4.0, so that its filters find the same packets.
//! Knows sequence numbers and times, nothing of content.

use crate::flow::FlowState;
use crate::protocol::Direction;
use std::any::Any;
use weir_model::{Duration, PacketRef, Timestamp};

/// Unacknowledged segments remembered in one direction; acknowledgement times beyond are not told.
const UNACKED: usize = 1000;
/// A retransmission this soon after the duplicate acknowledgement is a fast one.
const FAST: i64 = 20_000_000;
/// What comes this soon after the highest byte is out of order, where no round trip was measured.
const SOON: i64 = 3_000_000;

/// The flags of one segment, a bit each.
pub(super) mod flag {
    pub(crate) const RETRANSMISSION: u16 = 1;
    pub(crate) const LOST: u16 = 1 << 1;
    pub(crate) const ACK_LOST: u16 = 1 << 2;
    pub(crate) const KEEP_ALIVE: u16 = 1 << 3;
    pub(crate) const DUPLICATE_ACK: u16 = 1 << 4;
    pub(crate) const ZERO_WINDOW: u16 = 1 << 5;
    pub(crate) const ZERO_WINDOW_PROBE: u16 = 1 << 6;
    pub(crate) const ZERO_WINDOW_PROBE_ACK: u16 = 1 << 7;
    pub(crate) const KEEP_ALIVE_ACK: u16 = 1 << 8;
    pub(crate) const OUT_OF_ORDER: u16 = 1 << 9;
    pub(crate) const FAST_RETRANSMISSION: u16 = 1 << 10;
    pub(crate) const WINDOW_UPDATE: u16 = 1 << 11;
    pub(crate) const WINDOW_FULL: u16 = 1 << 12;
    pub(crate) const REUSED_PORTS: u16 = 1 << 13;
    pub(crate) const SPURIOUS: u16 = 1 << 14;
}
use flag::*;

/// A segment as the analysis needs it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Segment {
    pub(super) seq: u32,
    pub(super) ack: u32,
    /// Payload bytes on the wire.
    pub(super) len: u32,
    pub(super) window: u32,
    pub(super) is_ack: bool,
    pub(super) syn: bool,
    pub(super) fin: bool,
    pub(super) rst: bool,
    /// From the SYN's option.
    pub(super) shift: Option<u8>,
    /// Somebody looks: the bytes in flight are counted.
    pub(super) counts: bool,
    pub(super) packet: PacketRef,
    pub(super) time: Timestamp,
}

/// What a segment turned out to be.
#[derive(Clone, Copy, Default, Debug, PartialEq)]
pub(super) struct Verdict {
    pub(super) flags: u16,
    pub(super) duplicate: Option<(u32, PacketRef)>,
    pub(super) acks: Option<(PacketRef, Duration)>,
    pub(super) in_flight: Option<u32>,
    pub(super) rto: Option<(Duration, PacketRef)>,
    /// Its bytes that stand before the furthest this side had sent.
    pub(super) again: u32,
    /// It acknowledges what was told to be lost before.
    pub(super) told: bool,
    /// Relative numbers' origins: of this direction and of the other.
    pub(super) origins: (Option<u32>, Option<u32>),
    /// The window in bytes and its factor: -1 not known, -2 not used.
    pub(super) window: u32,
    pub(super) factor: i32,
    /// It ends its direction, and the other side did not begin to end the connection.
    pub(super) ends_first: bool,
    /// The handshake is complete with this segment.
    pub(super) rtt: Option<Duration>,
    /// Of a SYN-ACK: time since the SYN.
    pub(super) met: Option<Duration>,
    /// Time for which this side's window has been shut since it was last told.
    pub(super) shut: Option<Duration>,
    /// The server's first bytes after something of the client: the client's packet, and how long it waited.
    pub(super) turn: Option<(PacketRef, Duration)>,
}

#[derive(Clone, Copy)]
struct Sent {
    seq: u32,
    next: u32,
    packet: PacketRef,
    time: Timestamp,
}

/// What the other side did not acknowledge yet and how the window stands.
#[derive(Clone)]
struct Side {
    origin: Option<u32>,
    next: u32,
    next_packet: PacketRef,
    next_time: Timestamp,
    contiguous: u32,
    window: u32,
    factor: Factor,
    last_ack: u32,
    last_ack_time: Timestamp,
    last_new_ack: PacketRef,
    duplicates: u32,
    /// An acknowledgement of this side's lost bytes was noted, and no other of the same is.
    lost_told: bool,
    last_flags: u16,
    /// Bytes are missing before what was sent: those in flight cannot be told till the next answer.
    holed: bool,
    /// It said that it sends no more.
    ended: bool,
    /// It did so before the other side.
    ended_first: bool,
    sent: Vec<Sent>,
    /// Its window is shut, and this is when that was last told.
    shut: Option<Timestamp>,
}

impl Default for Side {
    fn default() -> Self {
        Self {
            origin: None,
            next: 0,
            next_packet: PacketRef::default(),
            next_time: Timestamp::default(),
            contiguous: 0,
            // Not shut before it is announced.
            window: u32::MAX,
            factor: Factor::Unknown,
            last_ack: 0,
            last_ack_time: Timestamp::default(),
            last_new_ack: PacketRef::default(),
            duplicates: 0,
            lost_told: false,
            last_flags: 0,
            holed: false,
            ended: false,
            ended_first: false,
            sent: Vec::new(),
            shut: None,
        }
    }
}

#[derive(Clone, Copy, Default, PartialEq)]
enum Factor {
    #[default]
    Unknown,
    Off,
    Shift(u8),
}

/// One connection.
#[derive(Clone, Default)]
pub(super) struct Analysis {
    sides: [Side; 2],
    syn_time: Option<Timestamp>,
    rtt: Option<Duration>,
    /// What the client sent last, while the server has not answered.
    asked: Option<(PacketRef, Timestamp)>,
}

impl FlowState for Analysis {
    fn box_clone(&self) -> Box<dyn FlowState> {
        Box::new(self.clone())
    }
    fn as_any_mut(&mut self) -> &mut dyn Any {
        self
    }
}

fn after(a: u32, b: u32) -> bool {
    a.wrapping_sub(b).cast_signed() > 0
}

fn not_after(a: u32, b: u32) -> bool {
    !after(a, b)
}

impl Analysis {
    /// Judges the next segment of the connection.
    pub(super) fn segment(&mut self, direction: Direction, s: &Segment, reused: bool) -> Verdict {
        let [a, b] = &mut self.sides;
        let (fwd, rev) = match direction {
            Direction::Forward => (a, b),
            Direction::Backward => (b, a),
        };
        let mut v = Verdict::default();
        if reused {
            v.flags |= REUSED_PORTS;
        }
        origins(fwd, rev, s, &mut v);
        if s.syn {
            fwd.factor = s.shift.map_or(Factor::Off, Factor::Shift);
            if !s.is_ack {
                self.syn_time = Some(s.time);
            }
        }
        handshake(s, self.syn_time, &mut self.rtt, &mut v);
        if s.syn && s.is_ack && direction == Direction::Backward {
            v.met = self.syn_time.map(|t| s.time.since(t));
        }
        window(fwd, rev, s, &mut v);
        judge_ack(fwd, rev, s, &mut v);
        judge_data(fwd, rev, s, self.rtt, &mut v);
        if fwd.next != 0 && after(fwd.next, s.seq) {
            v.again = fwd.next.wrapping_sub(s.seq).min(s.len);
        }
        advance(fwd, s, &mut v);
        settle(rev, s, &mut v);
        shut(fwd, s, &mut v);
        if s.len > 0 && v.flags & (KEEP_ALIVE | ZERO_WINDOW_PROBE) == 0 {
            turn(&mut self.asked, direction, s, &mut v);
        }
        if s.fin {
            fwd.ended_first |= !rev.ended_first;
            v.ends_first = fwd.ended_first;
        }
        if s.counts && s.len > 0 && !fwd.holed {
            v.in_flight = in_flight(fwd);
        }
        v.origins = (fwd.origin, rev.origin);
        v
    }
}

/// Where relative numbers begin.
fn origins(fwd: &mut Side, rev: &mut Side, s: &Segment, v: &mut Verdict) {
    if s.syn && s.is_ack && fwd.origin.is_some_and(|o| o != s.seq) {
        v.flags |= REUSED_PORTS;
        fwd.origin = Some(s.seq);
    }
    if s.syn && !s.is_ack && fwd.origin == Some(s.seq) {
        // The SYN again: a reset may have carried the number of a stray acknowledgement meanwhile.
        fwd.next = fwd.contiguous;
    }
    if fwd.origin.is_none() {
        let before = s.seq.wrapping_sub(1);
        fwd.origin = Some(if s.syn { s.seq } else { before });
    }
    if rev.origin.is_none() && s.is_ack {
        rev.origin = Some(s.ack.wrapping_sub(1));
    }
    if s.is_ack {
        rev.holed = false;
    }
}

/// For how long a side could take nothing: counted whenever it speaks.
fn shut(fwd: &mut Side, s: &Segment, v: &mut Verdict) {
    if s.window != 0 && fwd.shut.is_none() || s.syn || s.rst {
        return;
    }
    if let Some(since) = fwd.shut.take() {
        v.shut = Some(s.time.since(since)).filter(|d| d.0 > 0);
    }
    if s.window == 0 && !s.fin {
        fwd.shut = Some(s.time);
    }
}

/// How long the client waited for the server's word. What was sent again counts from when it came last: the way
/// lost it, not the server.
fn turn(
    asked: &mut Option<(PacketRef, Timestamp)>,
    direction: Direction,
    s: &Segment,
    v: &mut Verdict,
) {
    match direction {
        Direction::Forward => *asked = Some((s.packet, s.time)),
        Direction::Backward => {
            let took = asked
                .take()
                .map(|(packet, time)| (packet, s.time.since(time)));
            v.turn = took.filter(|t| t.1.0 >= 0);
        }
    }
}

/// The first round trip: from the SYN to the first acknowledgement that is no SYN.
fn handshake(
    s: &Segment,
    syn_time: Option<Timestamp>,
    rtt: &mut Option<Duration>,
    v: &mut Verdict,
) {
    // Zero counts as not measured.
    if rtt.is_none_or(|r| r.0 == 0)
        && s.is_ack
        && !s.syn
        && let Some(begun) = syn_time
    {
        *rtt = Some(s.time.since(begun));
        v.rtt = *rtt;
    }
}

/// The window in bytes: scaled where no side declined that, never on a SYN.
fn window(fwd: &Side, rev: &Side, s: &Segment, v: &mut Verdict) {
    v.window = s.window;
    v.factor = -1;
    if s.syn {
        return;
    }
    match (fwd.factor, rev.factor) {
        (Factor::Off, _) | (_, Factor::Off) => v.factor = -2,
        (Factor::Shift(n), _) => {
            v.factor = 1 << n.min(14);
            v.window = s.window << n.min(14);
        }
        (Factor::Unknown, _) => {}
    }
}

/// What the acknowledgement and the window say.
fn judge_ack(fwd: &mut Side, rev: &mut Side, s: &Segment, v: &mut Verdict) {
    let plain = !(s.syn || s.fin || s.rst);
    let at_next = s.seq == fwd.next;
    if s.len == 1 && at_next && rev.window == 0 {
        v.flags |= ZERO_WINDOW_PROBE;
    } else {
        if s.window == 0 && plain {
            v.flags |= ZERO_WINDOW;
        }
        if fwd.next != 0 && after(s.seq, fwd.next) && !s.rst {
            v.flags |= LOST;
            fwd.holed = true;
        }
        if s.len <= 1 && s.seq == fwd.next.wrapping_sub(1) && plain {
            v.flags |= KEEP_ALIVE;
        }
        let empty = s.len == 0 && plain && at_next;
        if empty && s.window != 0 && s.window != fwd.window && s.ack == fwd.last_ack {
            v.flags |= WINDOW_UPDATE;
        }
        if s.len > 0 && plain && rev.factor != Factor::Unknown {
            let edge = rev.last_ack.wrapping_add(scaled(rev, fwd));
            if s.seq.wrapping_add(s.len) == edge {
                v.flags |= WINDOW_FULL;
            }
        }
        let same = empty && s.window == fwd.window && s.ack == fwd.last_ack;
        if same && s.window != 0 && rev.last_flags & KEEP_ALIVE != 0 {
            v.flags |= KEEP_ALIVE_ACK;
        } else if empty
            && s.window == 0
            && fwd.window == 0
            && (s.ack == fwd.last_ack || s.ack == fwd.last_ack.wrapping_add(1))
            && rev.last_flags & ZERO_WINDOW_PROBE != 0
        {
            v.flags |= ZERO_WINDOW_PROBE_ACK;
            if rev.next == s.ack.wrapping_sub(1) {
                rev.next = s.ack;
                rev.contiguous = s.ack;
            }
        } else if same && s.window != 0 {
            fwd.duplicates += 1;
            fwd.lost_told = false;
            v.flags |= DUPLICATE_ACK;
            v.duplicate = Some((fwd.duplicates, fwd.last_new_ack));
        }
    }
    if s.ack != fwd.last_ack {
        fwd.last_new_ack = s.packet;
        fwd.duplicates = 0;
        fwd.lost_told = false;
    }
    if rev.contiguous != 0 && after(s.ack, rev.contiguous) && s.is_ack {
        v.told = true;
        // A probe into a shut window was taken after all.
        let reopened = s.ack == fwd.last_ack.wrapping_add(1)
            && at_next
            && rev.last_flags & ZERO_WINDOW_PROBE != 0;
        if reopened {
            v.flags |= WINDOW_UPDATE;
        }
        if after(rev.next, rev.contiguous) {
            // Said once of the bytes that came since.
            rev.contiguous = rev.next;
            if !reopened {
                v.flags |= ACK_LOST;
            }
        } else {
            // Nothing came: said once till the other side speaks.
            if !reopened && !rev.lost_told && rev.duplicates == 0 {
                v.flags |= ACK_LOST;
            }
            rev.lost_told = true;
            rev.duplicates = 0;
        }
    }
}

/// The window that `of` announced last, in bytes.
fn scaled(of: &Side, other: &Side) -> u32 {
    match (of.factor, other.factor) {
        (Factor::Shift(_), Factor::Off) => of.window,
        (Factor::Shift(n), _) => of.window.wrapping_shl(u32::from(n.min(14))),
        _ => of.window,
    }
}

/// Whether the data was sent before.
fn judge_data(fwd: &Side, rev: &Side, s: &Segment, rtt: Option<Duration>, v: &mut Verdict) {
    if s.len == 0 && !s.syn && !s.fin || v.flags & KEEP_ALIVE != 0 {
        return;
    }
    let end = s.seq.wrapping_add(s.len);
    let mut old = fwd.next != 0 && after(fwd.next, s.seq);
    if s.len > 1 && fwd.next.wrapping_sub(1) == s.seq {
        old = false;
    }
    if s.len > 0 && rev.last_ack != 0 && not_after(end, rev.last_ack) {
        v.flags |= SPURIOUS;
        return;
    }
    if !old {
        return;
    }
    let since_ack = s.time.since(rev.last_ack_time).0;
    // An acknowledgement of lost bytes counts as many duplicates.
    let asked = rev.duplicates >= 2 || rev.lost_told;
    if asked && rev.last_ack == s.seq && (0..FAST).contains(&since_ack) {
        v.flags |= FAST_RETRANSMISSION;
        return;
    }
    let whole_end = end.wrapping_add(u32::from(s.syn || s.fin));
    let limit = rtt.map_or(SOON, |r| r.0);
    // Time that ran backwards says nothing of how soon it came.
    let soon = (0..limit).contains(&s.time.since(fwd.next_time).0);
    if soon && fwd.next != whole_end {
        v.flags |= OUT_OF_ORDER;
        return;
    }
    v.flags |= RETRANSMISSION;
    let first = fwd.sent.iter().rev().find(|u| not_after(s.seq, u.seq));
    let (time, packet) = first.map_or((fwd.next_time, fwd.next_packet), |u| (u.time, u.packet));
    v.rto = Some((s.time.since(time), packet));
}

/// Notes what was sent and where the sender stands now.
fn advance(fwd: &mut Side, s: &Segment, v: &mut Verdict) {
    let takes_one = u32::from(s.syn || s.fin);
    let next = s.seq.wrapping_add(s.len).wrapping_add(takes_one);
    if s.len + takes_one > 0 && fwd.sent.len() < UNACKED {
        fwd.sent.push(Sent {
            seq: s.seq,
            next,
            packet: s.packet,
            time: s.time,
        });
    }
    let probe = v.flags & ZERO_WINDOW_PROBE != 0;
    if (after(next, fwd.next) || fwd.next == 0) && !probe {
        fwd.next = next;
        fwd.next_packet = s.packet;
        fwd.next_time = s.time;
    }
    if (s.seq == fwd.contiguous || fwd.contiguous == 0) && !probe {
        fwd.contiguous = fwd.next;
    }
    fwd.window = s.window;
    fwd.last_ack = s.ack;
    fwd.last_ack_time = s.time;
    fwd.last_flags = v.flags;
    fwd.ended |= s.fin;
}

/// Takes from the other side's list what this segment acknowledges.
fn settle(rev: &mut Side, s: &Segment, v: &mut Verdict) {
    // The oldest match counts.
    rev.sent.retain_mut(|u| {
        if s.ack == u.next {
            v.acks.get_or_insert((u.packet, s.time.since(u.time)));
            false
        } else if after(s.ack, u.seq) && not_after(s.ack, u.next) {
            u.seq = s.ack;
            true
        } else {
            after(u.next, s.ack)
        }
    });
    // An ended side sends no more, and most flows of a capture have ended.
    if rev.sent.is_empty() && (rev.sent.capacity() > 8 || rev.ended) {
        rev.sent = Vec::new();
    }
}

fn in_flight(fwd: &Side) -> Option<u32> {
    let origin = fwd.origin?;
    let from = fwd.sent.iter().map(|u| u.seq.wrapping_sub(origin)).min()?;
    let to = fwd.sent.iter().map(|u| u.next.wrapping_sub(origin)).max()?;
    let bytes = to.wrapping_sub(from);
    (bytes > 0 && bytes < 2_000_000_000).then_some(bytes)
}
