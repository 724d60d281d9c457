//! The next packet of a list that matches a filter or holds some bytes, once around. Reads packets as they were
//! captured: what only reassembly or decompression shows is found by a filter.

use super::view::{Narrowing, Rows, View, packet_of};
use crate::error::{ErrorKind, SessionError};
use crate::input::{Input, Need};
use crate::ops::filters::Narrowed;
use crate::ops::{Cx, Op, Out, ProgressRow, analysing, names, parse};
use crate::session::Session;
use memchr::memmem::Finder;
use serde::Deserialize;
use serde_json::{Value, json as object};
use weir_model::PacketRef;

/// Bytes of a needle at most.
const NEEDLE: usize = 4096;
/// Bytes of captures asked for at a time.
const WINDOW: u64 = 4 << 20;
/// Ranges asked for at a time.
const RANGES: usize = 256;
/// Ranges closer than this are read as one.
const JOIN: u64 = 64 << 10;

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum Kind {
    Filter,
    Text,
    Bytes,
}

#[derive(Deserialize)]
struct FindArgs {
    view: u32,
    /// The row before the first that is looked at; negative for none.
    from: i64,
    #[serde(default)]
    backwards: bool,
    kind: Kind,
    needle: String,
}

/// What is looked for.
enum Needle {
    Filter(Box<Narrowed>),
    /// Letters of either case, in UTF-8 and in the UTF-16 of Windows.
    Text(Box<[Finder<'static>; 2]>),
    Bytes(Box<Finder<'static>>),
}

impl Needle {
    fn new(kind: &Kind, text: &str) -> Result<Self, SessionError> {
        let refuse = |why: String| Err(SessionError::new(ErrorKind::Request, why));
        if text.trim().is_empty() {
            return refuse("nothing to find was given".to_owned());
        }
        if text.len() > NEEDLE {
            return refuse(format!(
                "what to find has {} bytes, at most {NEEDLE} are looked for",
                text.len()
            ));
        }
        Ok(match kind {
            Kind::Filter => Self::Filter(Box::new(Narrowed::new(&Narrowing {
                filter: text.to_owned(),
                ..Narrowing::default()
            })?)),
            Kind::Text => {
                let lower = text.to_ascii_lowercase();
                let wide: Vec<u8> = lower.encode_utf16().flat_map(u16::to_le_bytes).collect();
                Self::Text(Box::new(
                    [lower.as_bytes(), &wide].map(|n| Finder::new(n).into_owned()),
                ))
            }
            Kind::Bytes => match bytes(text) {
                Ok(bytes) => Self::Bytes(Box::new(Finder::new(&bytes).into_owned())),
                Err(why) => return refuse(why),
            },
        })
    }

    fn within(&self, packet: &[u8]) -> bool {
        match self {
            Self::Filter(_) => false,
            Self::Bytes(finder) => finder.find(packet).is_some(),
            Self::Text(finders) => {
                let lower = packet.to_ascii_lowercase();
                finders.iter().any(|f| f.find(&lower).is_some())
            }
        }
    }
}

/// `4d 5a`, `4d:5a`, `0x4d5a`: pairs of hex digits with what people write between them.
fn bytes(text: &str) -> Result<Vec<u8>, String> {
    let text = text.trim();
    let digits = text.strip_prefix("0x").unwrap_or(text);
    let between = |c: &char| c.is_whitespace() || matches!(c, ':' | '-' | '.' | ',');
    let mut nibbles = Vec::new();
    for c in digits.chars().filter(|c| !between(c)) {
        match c.to_digit(16).and_then(|d| u8::try_from(d).ok()) {
            Some(d) => nibbles.push(d),
            None => return Err(format!("\u{201c}{c}\u{201d} is no hex digit")),
        }
    }
    match nibbles.as_chunks::<2>() {
        ([], _) => Err("bytes are two hex digits each".to_owned()),
        (pairs, []) => Ok(pairs.iter().map(|[a, b]| a << 4 | b).collect()),
        (_, _) => Err(format!(
            "bytes are two hex digits each; these are {} digits",
            nibbles.len()
        )),
    }
}

struct FindOp {
    args: FindArgs,
    needle: Needle,
    /// Rows looked at.
    tried: u64,
    /// Rows of the list.
    rows: u64,
}

pub(crate) fn find(args: Value) -> Result<Box<dyn Op>, SessionError> {
    let args: FindArgs = parse(args)?;
    let needle = Needle::new(&args.kind, &args.needle)?;
    Ok(Box::new(FindOp {
        args,
        needle,
        tried: 0,
        rows: 0,
    }))
}

impl FindOp {
    /// The row that is looked at after `tried` others, and whether it lies beyond the list's end.
    fn place(&self, len: u64, tried: u64) -> Option<(u64, bool)> {
        if tried >= len {
            return None;
        }
        let from = u64::try_from(self.args.from).ok().filter(|n| *n < len);
        Some(match (from, self.args.backwards) {
            (None, false) => (tried, false),
            (None, true) => (len - 1 - tried, false),
            (Some(n), false) => ((n + 1 + tried) % len, n + 1 + tried >= len),
            (Some(n), true) => ((n + len - 1 - tried) % len, tried >= n),
        })
    }

    /// What is to be read for the rows from `tried` on.
    fn needs(&self, session: &Session, view: &View, len: u64) -> Vec<Need> {
        let mut needs: Vec<Need> = Vec::new();
        let mut total = 0;
        for tried in self.tried.. {
            let Some((row, _)) = self.place(len, tried) else {
                break;
            };
            let Some(need) = packet_of(view, row).and_then(|p| range(session, p)) else {
                continue;
            };
            let near = needs.iter_mut().next_back().filter(|last| {
                last.source == need.source
                    && need.start <= last.end.saturating_add(JOIN)
                    && last.start <= need.end.saturating_add(JOIN)
            });
            let before = near.as_ref().map_or(0, |last| last.end - last.start);
            match near {
                Some(last) => {
                    last.start = last.start.min(need.start);
                    last.end = last.end.max(need.end);
                    total += last.end - last.start - before;
                }
                None => {
                    total += need.end - need.start;
                    needs.push(need);
                }
            }
            if total > WINDOW || needs.len() >= RANGES {
                break;
            }
        }
        needs
    }

    fn go(&mut self, cx: &mut Cx<'_>, input: &mut Input, fuel: u32) -> Result<Out, SessionError> {
        if let Needle::Filter(narrowed) = &mut self.needle
            && let Some(out) = narrowed.step(cx, input, fuel)
        {
            return Ok(out);
        }
        let view = cx.views.get(self.args.view)?;
        let Rows::Packets(rows) = &view.rows else {
            return Err(SessionError::new(
                ErrorKind::Request,
                "only lists of packets are searched",
            ));
        };
        let len = rows.len();
        self.rows = len;
        for _ in 0..fuel.max(1) {
            let Some((row, wrapped)) = self.place(len, self.tried) else {
                return Ok(Out::Done(
                    object!({"row": null, "packet": null, "wrapped": true}).into(),
                ));
            };
            let Some(packet) = rows.get(row) else {
                self.tried += 1;
                continue;
            };
            let found = match &self.needle {
                Needle::Filter(narrowed) => narrowed.takes(cx.session, packet),
                needle => match range(cx.session, packet) {
                    None => false,
                    Some(need) => match input.get(need.source, need.start, need.end) {
                        Some(bytes) => needle.within(bytes),
                        None => {
                            for capture in cx.session.loaded() {
                                input.forget(capture.source, u64::MAX);
                            }
                            return Ok(Out::Need(self.needs(cx.session, view, len)));
                        }
                    },
                },
            };
            if found {
                return Ok(Out::Done(
                    object!({"row": row, "packet": names::packet(packet), "wrapped": wrapped})
                        .into(),
                ));
            }
            self.tried += 1;
        }
        Ok(Out::More)
    }
}

/// Where a packet's bytes stand; `None` for one without bytes.
fn range(session: &Session, packet: PacketRef) -> Option<Need> {
    let source = session.capture(packet.capture)?.source;
    let entry = session.entry(packet)?;
    (entry.captured > 0).then(|| Need {
        source,
        start: entry.offset,
        end: entry.offset + u64::from(entry.captured),
        sequential: false,
    })
}

impl Op for FindOp {
    fn step(&mut self, cx: &mut Cx<'_>, input: &mut Input, fuel: u32) -> Out {
        self.go(cx, input, fuel).unwrap_or_else(Out::Failed)
    }

    fn progress(&self, _: &Session) -> Option<ProgressRow> {
        Some(analysing((self.tried, self.rows), "packets"))
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a failure here is the test's failure")]
mod tests {
    use super::*;

    fn rows(from: i64, backwards: bool, len: u64) -> Vec<(u64, bool)> {
        let op = FindOp {
            args: FindArgs {
                view: 1,
                from,
                backwards,
                kind: Kind::Text,
                needle: "x".to_owned(),
            },
            needle: Needle::new(&Kind::Text, "x").unwrap(),
            tried: 0,
            rows: 0,
        };
        (0..).map_while(|n| op.place(len, n)).collect()
    }

    #[test]
    fn every_row_is_looked_at_once_and_the_one_begun_at_last() {
        let (here, there) = (false, true);
        assert_eq!(rows(1, false, 3), [(2, here), (0, there), (1, there)]);
        assert_eq!(rows(1, true, 3), [(0, here), (2, there), (1, there)]);
        assert_eq!(rows(2, false, 3), [(0, there), (1, there), (2, there)]);
        assert_eq!(rows(0, true, 3), [(2, there), (1, there), (0, there)]);
        assert_eq!(rows(-1, false, 2), [(0, here), (1, here)]);
        assert_eq!(rows(-1, true, 2), [(1, here), (0, here)]);
        assert_eq!(rows(7, false, 2), [(0, here), (1, here)]);
        assert_eq!(rows(0, false, 0), []);
    }

    #[test]
    fn bytes_as_people_write_them() {
        for text in ["4d5a90", "4D 5A 90", "4d:5a:90", "0x4d5a90", " 4d-5a-90 "] {
            assert_eq!(bytes(text), Ok(vec![0x4d, 0x5a, 0x90]), "{text}");
        }
        assert!(bytes("4d5").unwrap_err().contains("3 digits"));
        assert!(bytes("4g").unwrap_err().contains('g'));
        assert!(bytes("0x").is_err());
        assert!(Needle::new(&Kind::Bytes, &"00".repeat(NEEDLE)).is_err());
        assert!(Needle::new(&Kind::Text, " ").is_err());
    }

    #[test]
    fn text_in_either_case_and_width() {
        let needle = Needle::new(&Kind::Text, "SuperBad").unwrap();
        assert!(needle.within(b"GET /superBAD.exe"));
        assert!(needle.within(b"\x01s\0u\0p\0e\0r\0b\0a\0d\0"));
        assert!(!needle.within(b"super bad"));
    }
}
