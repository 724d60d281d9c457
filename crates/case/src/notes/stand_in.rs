//! Pieces of a text that Markdown must not take apart (references, tags, signs that it would swallow), each put
//! behind one character that means nothing to it, and put back afterwards.

use weir_model::EvidenceRef;

/// Characters of the two private planes; what a text has of them itself is put behind one as well.
const FIRST: [u32; 2] = [0xF_0000, 0x10_0000];
/// Characters of one such plane; its last two are no characters.
const PLANE: u32 = 0xFFFE;
/// Bytes of the longest reference: a filter of 2,000 characters.
const REFERENCE: usize = 8 * 1024;

/// What becomes of `&amp;`.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Entities {
    /// It is what was typed.
    Typed,
    /// It was written for a sign, and is one again.
    Read,
}

/// What a character stands for.
#[derive(Clone, PartialEq, Debug)]
pub(super) enum Piece {
    /// As it was typed, with its brackets.
    Reference(String),
    /// Without its sign.
    Tag(String),
    /// A sign that stays one.
    Sign(char),
}

impl Piece {
    /// As it was typed.
    pub(super) fn typed(&self) -> String {
        match self {
            Self::Reference(written) => written.clone(),
            Self::Tag(tag) => format!("#{tag}"),
            Self::Sign(c) => c.to_string(),
        }
    }
}

/// The pieces of one text.
#[derive(Default)]
pub(super) struct Pieces(Vec<Piece>);

impl Pieces {
    /// The character that stands for a piece; none when there are no more.
    pub(super) fn put(&mut self, piece: Piece) -> Option<char> {
        let n = u32::try_from(self.0.len()).ok()?;
        let plane = FIRST.get(usize::try_from(n / PLANE).ok()?)?;
        let c = char::from_u32(plane + n % PLANE)?;
        self.0.push(piece);
        Some(c)
    }

    /// What a character stands for.
    pub(super) fn of(&self, c: char) -> Option<&Piece> {
        let [low, high] = FIRST;
        let n = match u32::from(c) {
            c if c < low => return None,
            c if c < high => c - low,
            c => c - high + PLANE,
        };
        self.0.get(usize::try_from(n).ok()?)
    }

    /// A text as it was typed.
    pub(super) fn back(&self, text: &str) -> String {
        let mut out = String::with_capacity(text.len());
        for c in text.chars() {
            match self.of(c) {
                Some(piece) => out.push_str(&piece.typed()),
                None => out.push(c),
            }
        }
        out
    }
}

/// Finds references from the beginning of a text to its end, each byte looked at a bounded number of times.
struct Search<'a> {
    text: &'a str,
    /// Where the brackets close next; everything before was searched.
    close: Option<usize>,
}

impl Search<'_> {
    /// The bytes of a reference at `at`, which never goes back.
    fn at(&mut self, at: usize) -> Option<usize> {
        let begin = at + 2;
        if !self.text.get(at..)?.starts_with("[[") {
            return None;
        }
        if self.close? < begin {
            let rest = self.text.get(begin..)?;
            self.close = rest.find("]]").map(|n| begin + n);
        }
        let close = self.close.filter(|c| c - begin <= REFERENCE)?;
        self.text.get(begin..close)?.parse::<EvidenceRef>().ok()?;
        Some(close + 2 - at)
    }
}

/// A text without the pieces that Markdown would take apart. Entities and definitions of links are none here: a note
/// says what was typed.
pub(super) fn hide(text: &str, pieces: &mut Pieces, entities: Entities) -> String {
    let mut out = String::with_capacity(text.len());
    let mut search = Search {
        text,
        close: Some(0),
    };
    let mut before = '\n';
    let mut at = 0;
    while let Some(c) = text.get(at..).and_then(|t| t.chars().next()) {
        let rest = text.get(at..).unwrap_or_default();
        let found = (c == '[').then(|| search.at(at)).flatten();
        let (piece, len) = match found.and_then(|len| Some((rest.get(..len)?, len))) {
            // With escapes in it, it becomes one where they are undone: the page finds it in the text.
            Some((written, _)) if entities == Entities::Read && written.contains(['\\', '&']) => {
                (None, c.len_utf8())
            }
            Some((written, len)) => (Some(Piece::Reference(written.to_owned())), len),
            None => {
                let swallowed = c == '&' && entities == Entities::Typed
                    || c == ':' && before == ']'
                    || u32::from(c) >= FIRST[0];
                (swallowed.then_some(Piece::Sign(c)), c.len_utf8())
            }
        };
        match piece.and_then(|p| pieces.put(p)) {
            Some(stands) => out.push(stands),
            None => out.push_str(text.get(at..at + len).unwrap_or_default()),
        }
        before = c;
        at += len;
    }
    out
}
