//! Text to tokens. Knows no field and no type: a word may be a name, a number or an address.

use crate::Span;
use crate::error::FilterError;

/// Which bytes of a value, or which layers of a protocol. Negative numbers count from the end.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Range {
    /// `[start:length]`, `[index]`, `[:length]`.
    Length(i32, u32),
    /// `[start-end]`, both inclusive.
    Until(i32, i32),
    /// `[start:]`.
    Rest(i32),
}

/// The symbols; words that mean the same are told apart by the parser.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) enum Token {
    Word(String),
    Text(Vec<u8>),
    Char(u8),
    Slice(Vec<Range>),
    Layer(Vec<Range>),
    Symbol(&'static str),
}

pub(crate) type Lexed = (Token, Span);

/// Longest first: the first that fits is taken.
const SYMBOLS: [&str; 26] = [
    "===", "!==", "==", "!=", "~=", ">=", "<=", "&&", "||", "^^", "..", ">", "<", "~", "!", "&",
    "(", ")", "{", "}", ",", "+", "-", "*", "/", "%",
];

/// All tokens of `text`.
pub(crate) fn lex(text: &str) -> Result<Vec<Lexed>, FilterError> {
    let mut lexer = Lexer {
        text,
        bytes: text.as_bytes(),
        at: 0,
    };
    let mut out = Vec::new();
    while let Some(token) = lexer.next()? {
        out.push(token);
    }
    Ok(out)
}

/// May a word go on with this byte? Names, numbers, addresses and dates are all words.
pub(crate) fn is_word(b: u8) -> bool {
    b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b':' | b'.' | b'/')
}

struct Lexer<'a> {
    text: &'a str,
    bytes: &'a [u8],
    at: usize,
}

impl Lexer<'_> {
    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    fn ahead(&self, n: usize) -> Option<u8> {
        self.bytes.get(self.at.saturating_add(n)).copied()
    }

    fn rest(&self) -> &str {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn fail<T>(&self, start: usize, message: impl Into<String>) -> Result<T, FilterError> {
        Err(FilterError::new(Span::new(start, self.at), message))
    }

    fn next(&mut self) -> Result<Option<Lexed>, FilterError> {
        while self.peek().is_some_and(|b| b.is_ascii_whitespace()) {
            self.at += 1;
        }
        let start = self.at;
        let Some(byte) = self.peek() else {
            return Ok(None);
        };
        let token = match byte {
            b'"' => {
                self.at += 1;
                self.quoted(start, false)?
            }
            b'r' | b'R' if self.ahead(1) == Some(b'"') => {
                self.at += 2;
                self.quoted(start, true)?
            }
            b'\'' => self.character()?,
            b'[' => {
                self.at += 1;
                Token::Slice(self.ranges(start)?)
            }
            b'#' => self.layer()?,
            b'$' => {
                self.at = self
                    .rest()
                    .find('}')
                    .map_or(self.text.len(), |n| self.at + n + 1);
                return self.fail(
                    start,
                    "a reference to the selected packet cannot be used here",
                );
            }
            b'@' => {
                self.at += 1;
                Token::Symbol("@")
            }
            b if b.is_ascii_alphanumeric() || b == b'_' || b == b':' => self.word(),
            _ => self.symbol(start)?,
        };
        Ok(Some((token, Span::new(start, self.at))))
    }

    fn word(&mut self) -> Token {
        let start = self.at;
        while let Some(b) = self.peek() {
            // `1..5` is a range of two words.
            if !is_word(b) || (b == b'.' && self.ahead(1) == Some(b'.')) {
                break;
            }
            self.at += 1;
        }
        Token::Word(self.text.get(start..self.at).unwrap_or_default().to_owned())
    }

    fn symbol(&mut self, start: usize) -> Result<Token, FilterError> {
        if let Some(symbol) = SYMBOLS.into_iter().find(|s| self.rest().starts_with(s)) {
            self.at += symbol.len();
            return Ok(Token::Symbol(symbol));
        }
        let found = self.rest().chars().next().unwrap_or(' ');
        self.at += found.len_utf8();
        let hint = match found {
            '=' => "compare with == instead of =".to_owned(),
            '|' => "combine tests with || or the word or".to_owned(),
            '^' => "combine tests with ^^ or the word xor".to_owned(),
            _ => format!("{found:?} has no meaning here"),
        };
        self.fail(start, hint)
    }

    fn quoted(&mut self, start: usize, raw: bool) -> Result<Token, FilterError> {
        let mut out = Vec::new();
        loop {
            match self.peek() {
                None => return self.fail(start, "the closing quote is missing"),
                Some(b'"') => {
                    self.at += 1;
                    return Ok(Token::Text(out));
                }
                Some(b'\\') if raw => {
                    out.push(b'\\');
                    self.at += 1;
                    // An escaped quote does not end a raw string; the backslash stays.
                    if self.peek() == Some(b'"') {
                        out.push(b'"');
                        self.at += 1;
                    }
                }
                Some(b'\\') => self.escape(&mut out)?,
                Some(b) => {
                    out.push(b);
                    self.at += 1;
                }
            }
        }
    }

    /// One escape sequence; `at` stands on the backslash.
    fn escape(&mut self, out: &mut Vec<u8>) -> Result<(), FilterError> {
        let start = self.at;
        self.at += 1;
        let Some(kind) = self.rest().chars().next() else {
            return self.fail(start, "the closing quote is missing");
        };
        self.at += kind.len_utf8();
        let byte = match kind {
            '\'' | '"' | '\\' => kind as u8,
            'a' => 7,
            'b' => 8,
            'f' => 12,
            'n' => 10,
            'r' => 13,
            't' => 9,
            'v' => 11,
            '0'..='7' => {
                self.at -= 1;
                match u8::try_from(self.digits(8, 3).0) {
                    Ok(byte) => byte,
                    Err(_) => return self.fail(start, "an octal escape is at most \\377"),
                }
            }
            'x' => match self.digits(16, 2) {
                (_, 0) => return self.fail(start, "\\x needs one or two hexadecimal digits"),
                (value, _) => u8::try_from(value).unwrap_or(u8::MAX),
            },
            'u' | 'U' => {
                let wanted = if kind == 'u' { 4 } else { 8 };
                let (value, count) = self.digits(16, wanted);
                let point = if count == wanted {
                    char::from_u32(value)
                } else {
                    None
                };
                let Some(point) = point else {
                    return self.fail(
                        start,
                        format!(
                            "\\{kind} needs {wanted} hexadecimal digits of a Unicode character"
                        ),
                    );
                };
                out.extend_from_slice(point.encode_utf8(&mut [0; 4]).as_bytes());
                return Ok(());
            }
            _ => {
                return self.fail(
                    start,
                    format!(
                        "\\{kind} is no escape sequence; write \\\\{kind}, or a raw string r\"…\""
                    ),
                );
            }
        };
        out.push(byte);
        Ok(())
    }

    /// At most `most` digits: their value and how many there were.
    fn digits(&mut self, radix: u32, most: usize) -> (u32, usize) {
        let (mut value, mut count) = (0u32, 0);
        while count < most {
            let Some(digit) = self.peek().and_then(|b| (b as char).to_digit(radix)) else {
                break;
            };
            value = value.wrapping_mul(radix).wrapping_add(digit);
            count += 1;
            self.at += 1;
        }
        (value, count)
    }

    fn character(&mut self) -> Result<Token, FilterError> {
        let start = self.at;
        self.at += 1;
        let mut out = Vec::new();
        match self.peek() {
            Some(b'\\') => self.escape(&mut out)?,
            Some(b'\'') | None => {}
            Some(b) => {
                out.push(b);
                self.at += 1;
            }
        }
        match (out.as_slice(), self.peek()) {
            ([byte], Some(b'\'')) => {
                self.at += 1;
                Ok(Token::Char(*byte))
            }
            _ => {
                self.at = self
                    .rest()
                    .find('\'')
                    .map_or(self.text.len(), |n| self.at + n + 1);
                self.fail(start, "a character is one byte between single quotes")
            }
        }
    }

    fn layer(&mut self) -> Result<Token, FilterError> {
        let start = self.at;
        self.at += 1;
        match self.peek() {
            Some(b'[') => {
                self.at += 1;
                Ok(Token::Layer(self.ranges(start)?))
            }
            Some(b'0'..=b'9') => {
                let number = self.number(start)?;
                Ok(Token::Layer(vec![Range::Length(number, 1)]))
            }
            _ => self.fail(start, "# needs the number of a layer or a range in [ ]"),
        }
    }

    /// The inside of `[ ]`, up to and with the closing bracket.
    fn ranges(&mut self, start: usize) -> Result<Vec<Range>, FilterError> {
        let mut out = Vec::new();
        loop {
            out.push(self.range(start)?);
            self.blanks();
            match self.peek() {
                Some(b',') => self.at += 1,
                Some(b']') => {
                    self.at += 1;
                    return Ok(out);
                }
                Some(_) => {
                    self.at += self.rest().chars().next().map_or(1, char::len_utf8);
                    return self.fail(
                        start,
                        "a range is [i], [i:length], [i-j], [:length] or [i:]",
                    );
                }
                None => return self.fail(start, "the closing ] is missing"),
            }
        }
    }

    fn range(&mut self, whole: usize) -> Result<Range, FilterError> {
        self.blanks();
        let start = self.at;
        let first = if self.peek() == Some(b':') {
            0
        } else {
            self.number(whole)?
        };
        self.blanks();
        match self.peek() {
            Some(b':') => {
                self.at += 1;
                self.blanks();
                if matches!(self.peek(), Some(b']' | b',')) {
                    return Ok(Range::Rest(first));
                }
                let length = self.number(whole)?;
                match u32::try_from(length) {
                    Ok(length) if length > 0 => Ok(Range::Length(first, length)),
                    _ => self.fail(start, "the length of a range must be positive"),
                }
            }
            Some(b'-') => {
                self.at += 1;
                self.blanks();
                let last = self.number(whole)?;
                if (first < 0) == (last < 0) && last < first {
                    return self.fail(
                        start,
                        format!("the range {first}-{last} ends before it starts"),
                    );
                }
                Ok(Range::Until(first, last))
            }
            _ => Ok(Range::Length(first, 1)),
        }
    }

    fn blanks(&mut self) {
        while self.peek().is_some_and(|b| b.is_ascii_whitespace()) {
            self.at += 1;
        }
    }

    fn number(&mut self, whole: usize) -> Result<i32, FilterError> {
        let start = self.at;
        let negative = self.peek() == Some(b'-');
        if negative {
            self.at += 1;
        }
        let hex = self.peek() == Some(b'0') && matches!(self.ahead(1), Some(b'x' | b'X'));
        if hex {
            self.at += 2;
        }
        let digits = self.at;
        while self
            .peek()
            .is_some_and(|b| (b as char).is_digit(if hex { 16 } else { 10 }))
        {
            self.at += 1;
        }
        if digits == self.at {
            return self.fail(
                whole,
                "a range is [i], [i:length], [i-j], [:length] or [i:]",
            );
        }
        let text = self.text.get(digits..self.at).unwrap_or_default();
        match i32::from_str_radix(text, if hex { 16 } else { 10 }) {
            Ok(value) => Ok(if negative { -value } else { value }),
            Err(_) => self.fail(start, "a range counts at most to 2147483647"),
        }
    }
}
