//! Header compression of HTTP/2 (RFC 7541): integers, strings, and the table both sides keep. Knows no frame.

use httlib_huffman::{DecoderSpeed, decode};
use std::collections::VecDeque;
use std::sync::Arc;
use weir_model::{Cursor, LimitKind, Short};

/// Largest table kept of a direction, as RFC 7541 section 4.1 counts.
const TABLE: usize = 256 << 10;
/// Bytes of names and values of one header list.
const LIST: usize = 256 << 10;
/// Lines of one header list.
const LINES: usize = 2000;
/// What an entry counts beside its bytes (RFC 7541 section 4.1).
const ENTRY: usize = 32;
/// Table of a direction until its reader asks for another (RFC 9113 section 6.5.2).
const FIRST_TABLE: usize = 4096;

pub(super) static LARGE_TABLE: LimitKind = LimitKind {
    id: "http2.table",
    says: "an HTTP/2 connection asked for a larger header table than is kept; its later headers were not read",
    bound: TABLE as u64,
    unit: "bytes",
};
pub(super) static LONG_LIST: LimitKind = LimitKind {
    id: "http2.headers",
    says: "an HTTP/2 message had more headers than are listed",
    bound: LIST as u64,
    unit: "bytes",
};

/// RFC 7541 appendix A.
static STATIC: &[(&str, &str)] = &[
    (":authority", ""),
    (":method", "GET"),
    (":method", "POST"),
    (":path", "/"),
    (":path", "/index.html"),
    (":scheme", "http"),
    (":scheme", "https"),
    (":status", "200"),
    (":status", "204"),
    (":status", "206"),
    (":status", "304"),
    (":status", "400"),
    (":status", "404"),
    (":status", "500"),
    ("accept-charset", ""),
    ("accept-encoding", "gzip, deflate"),
    ("accept-language", ""),
    ("accept-ranges", ""),
    ("accept", ""),
    ("access-control-allow-origin", ""),
    ("age", ""),
    ("allow", ""),
    ("authorization", ""),
    ("cache-control", ""),
    ("content-disposition", ""),
    ("content-encoding", ""),
    ("content-language", ""),
    ("content-length", ""),
    ("content-location", ""),
    ("content-range", ""),
    ("content-type", ""),
    ("cookie", ""),
    ("date", ""),
    ("etag", ""),
    ("expect", ""),
    ("expires", ""),
    ("from", ""),
    ("host", ""),
    ("if-match", ""),
    ("if-modified-since", ""),
    ("if-none-match", ""),
    ("if-range", ""),
    ("if-unmodified-since", ""),
    ("last-modified", ""),
    ("link", ""),
    ("location", ""),
    ("max-forwards", ""),
    ("proxy-authenticate", ""),
    ("proxy-authorization", ""),
    ("range", ""),
    ("referer", ""),
    ("refresh", ""),
    ("retry-after", ""),
    ("server", ""),
    ("set-cookie", ""),
    ("strict-transport-security", ""),
    ("transfer-encoding", ""),
    ("user-agent", ""),
    ("vary", ""),
    ("via", ""),
    ("www-authenticate", ""),
];

/// How a line was written (RFC 7541 section 6).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Form {
    Indexed,
    Added,
    Plain,
    Never,
}

/// Name and value, shared between the table and the lines that point into it.
type Pair = (Arc<[u8]>, Arc<[u8]>);

/// A name with its value.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Line {
    pub(super) name: Arc<[u8]>,
    pub(super) value: Arc<[u8]>,
    pub(super) form: Form,
    /// Index of the line, or of its name; 0 for neither.
    pub(super) index: u64,
    /// Where it stands in the block.
    pub(super) at: (usize, usize),
}

/// Why a block could not be read to its end: nothing more of its direction can be.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Broken {
    /// It does not follow the specification, or begins before the capture.
    Malformed,
    /// The table is larger than is kept.
    Large,
}

impl From<Short> for Broken {
    fn from(_: Short) -> Self {
        Self::Malformed
    }
}

/// What a block says.
#[derive(Default, Debug)]
pub(super) struct Block {
    pub(super) lines: Vec<Line>,
    /// Changes of the table's size, and where they stand.
    pub(super) sizes: Vec<(u64, (usize, usize))>,
    /// Lines were left out.
    pub(super) cut: bool,
    pub(super) broken: Option<Broken>,
}

/// One direction's table.
#[derive(Clone)]
pub(super) struct Table {
    entries: VecDeque<Pair>,
    size: usize,
    most: usize,
}

impl Table {
    /// Bytes of its entries, as HPACK counts them (RFC 7541 section 4.1).
    pub(super) fn size(&self) -> usize {
        self.size
    }
}

impl Default for Table {
    fn default() -> Self {
        Self {
            entries: VecDeque::new(),
            size: 0,
            most: FIRST_TABLE,
        }
    }
}

impl Table {
    /// Reads a whole header block.
    pub(super) fn read(&mut self, bytes: &[u8]) -> Block {
        let mut block = Block::default();
        let mut c = Cursor::new(bytes);
        let mut size = 0;
        while !c.is_empty() {
            match self.line(&mut c, &mut block.sizes) {
                Ok(None) => {}
                Ok(Some(line)) => {
                    size += line.name.len() + line.value.len();
                    if size > LIST || block.lines.len() >= LINES {
                        block.cut = true;
                    } else {
                        block.lines.push(line);
                    }
                }
                Err(broken) => {
                    block.broken = Some(broken);
                    break;
                }
            }
        }
        block
    }

    fn line(
        &mut self,
        c: &mut Cursor<'_>,
        sizes: &mut Vec<(u64, (usize, usize))>,
    ) -> Result<Option<Line>, Broken> {
        let at = c.pos();
        let first = c.u8()?;
        let (form, bits) = match first {
            0x80.. => (Form::Indexed, 7),
            0x40.. => (Form::Added, 6),
            0x20.. => {
                let size = integer(c, first, 5)?;
                sizes.push((size, (at, c.pos())));
                let size = usize::try_from(size).unwrap_or(usize::MAX);
                if size > TABLE {
                    return Err(Broken::Large);
                }
                self.most = size;
                self.shrink(0);
                return Ok(None);
            }
            0x10.. => (Form::Never, 4),
            _ => (Form::Plain, 4),
        };
        let index = integer(c, first, bits)?;
        let (name, value) = match (form, index) {
            (Form::Indexed, n) => self.entry(n)?,
            (_, 0) => (string(c)?, string(c)?),
            (_, n) => (self.entry(n)?.0, string(c)?),
        };
        if form == Form::Added {
            self.add(&name, &value);
        }
        Ok(Some(Line {
            name,
            value,
            form,
            index,
            at: (at, c.pos()),
        }))
    }

    fn entry(&self, index: u64) -> Result<Pair, Broken> {
        let n = usize::try_from(index).map_err(|_| Broken::Malformed)?;
        let n = n.checked_sub(1).ok_or(Broken::Malformed)?;
        if let Some((name, value)) = STATIC.get(n) {
            return Ok((name.as_bytes().into(), value.as_bytes().into()));
        }
        let own = self.entries.get(n - STATIC.len());
        own.cloned().ok_or(Broken::Malformed)
    }

    fn add(&mut self, name: &Arc<[u8]>, value: &Arc<[u8]>) {
        let size = name.len() + value.len() + ENTRY;
        self.shrink(size);
        if size <= self.most {
            self.size += size;
            self.entries.push_front((name.clone(), value.clone()));
        }
    }

    /// Makes room for `more`.
    fn shrink(&mut self, more: usize) {
        while self.size + more > self.most {
            let Some((name, value)) = self.entries.pop_back() else {
                break;
            };
            self.size -= name.len() + value.len() + ENTRY;
        }
    }
}

/// A number that begins in the low `bits` of `first` (RFC 7541 section 5.1).
fn integer(c: &mut Cursor<'_>, first: u8, bits: u8) -> Result<u64, Broken> {
    let mask = (1u8 << bits) - 1;
    let mut n = u64::from(first & mask);
    if first & mask != mask {
        return Ok(n);
    }
    for shift in (0..35).step_by(7) {
        let b = c.u8()?;
        n += u64::from(b & 0x7f) << shift;
        if b & 0x80 == 0 {
            return Ok(n);
        }
    }
    Err(Broken::Malformed)
}

fn string(c: &mut Cursor<'_>) -> Result<Arc<[u8]>, Broken> {
    let first = c.u8()?;
    let len = integer(c, first, 7)?;
    let bytes = c.take(usize::try_from(len).map_err(|_| Broken::Malformed)?)?;
    if first & 0x80 == 0 {
        return Ok(bytes.into());
    }
    let mut out = Vec::new();
    decode(bytes, &mut out, DecoderSpeed::FourBits).map_err(|_| Broken::Malformed)?;
    Ok(out.into())
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn bytes(hex: &str) -> Vec<u8> {
        let digit = |c: u8| (c as char).to_digit(16).unwrap() as u8;
        let (pairs, _) = hex.as_bytes().as_chunks::<2>();
        let pairs = pairs.iter();
        pairs.map(|[a, b]| digit(*a) << 4 | digit(*b)).collect()
    }

    fn text(block: &Block) -> String {
        let line = |l: &Line| {
            let text = |b: &[u8]| String::from_utf8_lossy(b).into_owned();
            format!("{}={}", text(&l.name), text(&l.value))
        };
        block.lines.iter().map(line).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn requests_are_those_of_the_examples() {
        // RFC 7541 appendix C.4: three requests with Huffman coding over one table.
        let mut t = Table::default();
        let first = t.read(&bytes("828684418cf1e3c2e5f23a6ba0ab90f4ff"));
        let start = ":method=GET :scheme=http :path=/ :authority=www.example.com";
        assert_eq!(text(&first), start);
        let second = t.read(&bytes("828684be5886a8eb10649cbf"));
        assert_eq!(text(&second), format!("{start} cache-control=no-cache"));
        let third = t.read(&bytes("828785bf408825a849e95ba97d7f8925a849e95bb8e8b4bf"));
        assert_eq!(
            text(&third),
            ":method=GET :scheme=https :path=/index.html :authority=www.example.com custom-key=custom-value"
        );
        assert_eq!((t.entries.len(), t.size), (3, 164));
        assert!(third.broken.is_none() && !third.cut);
    }

    #[test]
    fn the_table_forgets_its_oldest_lines() {
        let mut t = Table::default();
        // Room for one entry of 1 + 1 bytes.
        let block = t.read(&bytes("3f0340016101624001630164"));
        assert_eq!(block.sizes.len(), 1);
        assert_eq!(t.entries.len(), 1);
        // Its first line is the one added last; there is no second.
        assert_eq!(text(&t.read(&[0xbe])), "c=d");
        assert_eq!(t.read(&[0xbf]).broken, Some(Broken::Malformed));
        // One that has no room empties the table.
        t.read(&bytes("40016103626262"));
        assert_eq!(t.entries.len(), 0);
    }

    #[test]
    fn bounds_are_kept() {
        let mut t = Table::default();
        assert_eq!(t.read(&bytes("3fe1ff0f")).broken, None);
        assert_eq!(t.read(&bytes("3fe2ff0f")).broken, Some(Broken::Large));
        assert_eq!(
            t.read(&[0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x0f]).broken,
            Some(Broken::Malformed)
        );
        assert_eq!(t.read(&[0x80]).broken, Some(Broken::Malformed));
        let many = t.read(&[0x82; LINES + 1]);
        assert!(many.cut && many.lines.len() == LINES);
    }

    proptest! {
        #[test]
        fn any_block_is_read(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            let mut t = Table::default();
            t.read(&bytes);
            prop_assert!(t.size <= t.most);
        }
    }
}
