//! Packets and bytes over time, in buckets.

use crate::error::{ErrorKind, SessionError};
use crate::input::Input;
use crate::ops::filters::Narrowed;
use crate::ops::view::{Narrowing, instant, time};
use crate::ops::{Cx, Op, Out, names, parse};
use crate::session::Session;
use serde::Deserialize;
use serde_json::{Value, json as object};
use weir_model::{Duration, PacketRef, RowRef, Timestamp};

/// Buckets of a timeline at most.
const BUCKETS: usize = 4096;

#[derive(Deserialize)]
struct Args {
    #[serde(default)]
    narrowing: Narrowing,
    #[serde(default)]
    from: Option<String>,
    #[serde(default)]
    to: Option<String>,
    buckets: usize,
}

struct TimelineOp {
    narrowed: Narrowed,
    from: Option<Timestamp>,
    to: Option<Timestamp>,
    buckets: usize,
}

pub(crate) fn timeline(args: Value) -> Result<Box<dyn Op>, SessionError> {
    let args: Args = parse(args)?;
    Ok(Box::new(TimelineOp {
        narrowed: Narrowed::new(&args.narrowing)?,
        from: instant(args.from.as_ref())?,
        to: instant(args.to.as_ref())?,
        buckets: args.buckets.clamp(1, BUCKETS),
    }))
}

impl TimelineOp {
    fn result(&self, session: &Session) -> Result<Value, SessionError> {
        let spans = session.loaded().filter_map(|c| {
            let (first, last) = c.facts.earliest.zip(c.facts.latest)?;
            Some((first.plus(c.offset), last.plus(c.offset)))
        });
        let spans: Vec<_> = spans.collect();
        let first = self
            .from
            .or(self.narrowed.from)
            .or_else(|| spans.iter().map(|s| s.0).min());
        let last = self
            .to
            .or(self.narrowed.to)
            .or_else(|| spans.iter().map(|s| s.1).max());
        let (Some(from), Some(to)) = (first, last) else {
            return Err(SessionError::new(
                ErrorKind::Request,
                "nothing with a time is loaded",
            ));
        };
        let span = i128::from(to.0) - i128::from(from.0) + 1;
        let width = (span.max(1) + self.buckets as i128 - 1) / self.buckets as i128;
        let width = width.max(1);
        let mut packets = vec![0u64; self.buckets];
        let mut bytes = vec![0u64; self.buckets];
        let mut earliest: Vec<Option<PacketRef>> = vec![None; self.buckets];
        for capture in session.loaded() {
            for entry in capture.index.iter() {
                let packet = PacketRef {
                    capture: capture.id,
                    number: entry.number,
                };
                let at = time(session, packet, &entry);
                if at < from || at > to || !self.narrowed.takes(session, packet) {
                    continue;
                }
                let n = (i128::from(at.0) - i128::from(from.0)) / width;
                let n = usize::try_from(n).unwrap_or(usize::MAX);
                if let (Some(p), Some(b), Some(e)) =
                    (packets.get_mut(n), bytes.get_mut(n), earliest.get_mut(n))
                {
                    *p += 1;
                    *b += u64::from(entry.wire);
                    e.get_or_insert(packet);
                }
            }
        }
        let first: Vec<String> = earliest
            .into_iter()
            .map(|p| p.map_or_else(String::new, names::packet))
            .collect();
        let rows = self.rows(session, from, to, width);
        let width = Duration(i64::try_from(width).unwrap_or(i64::MAX));
        Ok(object!({
            "from": from.epoch(),
            "to": to.epoch(),
            "bucket_s": width.as_secs(),
            "packets": packets,
            "bytes": bytes,
            "first": first,
            "rows": rows,
        }))
    }
}

impl TimelineOp {
    /// Flow-log rows that begin in each bucket; empty where no log is loaded.
    fn rows(&self, session: &Session, from: Timestamp, to: Timestamp, width: i128) -> Vec<u64> {
        let mut out = Vec::new();
        for (capture, log) in session.logs() {
            out.resize(self.buckets, 0);
            if !self.narrowed.in_captures(capture.id) {
                continue;
            }
            for row in &log.rows {
                let at = row.time.plus(capture.offset);
                let name = RowRef {
                    capture: capture.id,
                    row: row.row,
                };
                let ended = row.end().plus(capture.offset);
                let taken = self.narrowed.during(at, ended)
                    && self.narrowed.record_matches(session, name.into());
                if at < from || at > to || !taken {
                    continue;
                }
                let n = (i128::from(at.0) - i128::from(from.0)) / width;
                if let Some(slot) = usize::try_from(n).ok().and_then(|n| out.get_mut(n)) {
                    *slot += 1;
                }
            }
        }
        out
    }
}

impl Op for TimelineOp {
    fn step(&mut self, cx: &mut Cx<'_>, input: &mut Input, fuel: u32) -> Out {
        match self.narrowed.step(cx, input, fuel) {
            Some(out) => out,
            None => self.result(cx.session).into(),
        }
    }
}
