//! The syntax tree and its canonical text. Knows no field: names and literals are both words.

use crate::{Range, Span};
use std::fmt;

/// A filter as it was written.
#[derive(Clone, PartialEq, Debug)]
pub enum Expr {
    /// Any of them; at least two.
    Or(Vec<Expr>),
    /// An odd number of them; at least two.
    Xor(Vec<Expr>),
    /// All of them; at least two.
    And(Vec<Expr>),
    /// Not this.
    Not(Box<Expr>),
    /// One test.
    Test(Test, Span),
}

/// How many of a field's values a test must hold for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Quantifier {
    /// At least one.
    Any,
    /// Every one, and there is one.
    All,
}

/// A comparison, before its quantifier.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Compare {
    /// `==`: any value equal.
    Eq,
    /// `!=`: no value equal.
    Ne,
    /// `===`: all values equal.
    AllEq,
    /// `!==`: some value differs.
    AnyNe,
    /// `<`
    Lt,
    /// `<=`
    Le,
    /// `>`
    Gt,
    /// `>=`
    Ge,
}

/// Something that is true or false of a packet.
#[derive(Clone, PartialEq, Debug)]
pub enum Test {
    /// The field or protocol is there; of `a & b`: a bit is set.
    Exists(Operand),
    /// `a == b`, and chains `a < b < c`.
    Compare(Option<Quantifier>, Operand, Vec<(Compare, Operand)>),
    /// `a in {b, c..d}`; with `true` for `not in`.
    In(
        Option<Quantifier>,
        Operand,
        bool,
        Vec<(Operand, Option<Operand>)>,
    ),
    /// `a contains b`.
    Contains(Option<Quantifier>, Operand, Operand),
    /// `a matches "regex"`.
    Matches(Option<Quantifier>, Operand, Operand),
}

/// Something that has values.
#[derive(Clone, PartialEq, Debug)]
pub struct Operand {
    /// What it is.
    pub kind: OperandKind,
    /// Where it stands.
    pub span: Span,
}

/// The kinds of [`Operand`].
#[derive(Clone, PartialEq, Debug)]
pub enum OperandKind {
    /// A name or an unquoted literal.
    Word(String),
    /// A name with `@` before it (its bytes) or `#n` behind it.
    Name {
        /// The name.
        name: String,
        /// Was there an `@`?
        raw: bool,
        /// The layers asked for; empty for all.
        layers: Vec<Range>,
    },
    /// A quoted string, its escapes resolved.
    Text(Vec<u8>),
    /// A character.
    Char(u8),
    /// `name(arguments)`.
    Call(String, Vec<Operand>),
    /// `a + b`.
    Binary(Arithmetic, Box<Operand>, Box<Operand>),
    /// `-a`.
    Negative(Box<Operand>),
    /// `a[ranges]`.
    Slice(Box<Operand>, Vec<Range>),
}

/// Operators on values.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Arithmetic {
    /// `&`
    And,
    /// `+`
    Add,
    /// `-`
    Sub,
    /// `*`
    Mul,
    /// `/`
    Div,
    /// `%`
    Rem,
}

impl Compare {
    /// The canonical symbol.
    #[must_use]
    pub fn symbol(self) -> &'static str {
        match self {
            Self::Eq => "==",
            Self::Ne => "!=",
            Self::AllEq => "===",
            Self::AnyNe => "!==",
            Self::Lt => "<",
            Self::Le => "<=",
            Self::Gt => ">",
            Self::Ge => ">=",
        }
    }
}

impl Arithmetic {
    /// Its symbol.
    #[must_use]
    pub fn symbol(self) -> &'static str {
        match self {
            Self::And => "&",
            Self::Add => "+",
            Self::Sub => "-",
            Self::Mul => "*",
            Self::Div => "/",
            Self::Rem => "%",
        }
    }
}

impl fmt::Display for Expr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Or(parts) => join(f, parts, " or ", 0),
            Self::Xor(parts) => join(f, parts, " xor ", 1),
            Self::And(parts) => join(f, parts, " and ", 2),
            Self::Not(inner) => {
                f.write_str("not ")?;
                grouped(f, inner, 3)
            }
            Self::Test(test, _) => write!(f, "{test}"),
        }
    }
}

/// How tightly it binds; a part is put in parentheses unless it binds tighter than the whole.
fn level(expr: &Expr) -> u8 {
    match expr {
        Expr::Or(_) => 0,
        Expr::Xor(_) => 1,
        Expr::And(_) => 2,
        Expr::Not(_) => 3,
        Expr::Test(..) => 4,
    }
}

fn grouped(f: &mut fmt::Formatter<'_>, part: &Expr, outer: u8) -> fmt::Result {
    if level(part) > outer {
        write!(f, "{part}")
    } else {
        write!(f, "({part})")
    }
}

fn join(f: &mut fmt::Formatter<'_>, parts: &[Expr], word: &str, outer: u8) -> fmt::Result {
    for (n, part) in parts.iter().enumerate() {
        if n > 0 {
            f.write_str(word)?;
        }
        grouped(f, part, outer)?;
    }
    Ok(())
}

fn quantifier(f: &mut fmt::Formatter<'_>, which: Option<Quantifier>) -> fmt::Result {
    match which {
        None => Ok(()),
        Some(Quantifier::Any) => f.write_str("any "),
        Some(Quantifier::All) => f.write_str("all "),
    }
}

impl fmt::Display for Test {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Exists(operand) => write!(f, "{operand}"),
            Self::Compare(which, left, chain) => {
                quantifier(f, *which)?;
                write!(f, "{left}")?;
                chain
                    .iter()
                    .try_for_each(|(op, right)| write!(f, " {} {right}", op.symbol()))
            }
            Self::In(which, left, negated, set) => {
                quantifier(f, *which)?;
                write!(f, "{left} {}in {{", if *negated { "not " } else { "" })?;
                for (n, (low, high)) in set.iter().enumerate() {
                    write!(f, "{}{low}", if n == 0 { "" } else { ", " })?;
                    if let Some(high) = high {
                        write!(f, " .. {high}")?;
                    }
                }
                f.write_str("}")
            }
            Self::Contains(which, left, right) => {
                quantifier(f, *which)?;
                write!(f, "{left} contains {right}")
            }
            Self::Matches(which, left, right) => {
                quantifier(f, *which)?;
                write!(f, "{left} matches {right}")
            }
        }
    }
}

impl fmt::Display for Operand {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.kind {
            OperandKind::Word(word) => f.write_str(word),
            OperandKind::Name { name, raw, layers } => {
                write!(f, "{}{name}", if *raw { "@" } else { "" })?;
                match layers.as_slice() {
                    [] => Ok(()),
                    [Range::Length(n @ 0.., 1)] => write!(f, "#{n}"),
                    _ => {
                        f.write_str("#")?;
                        ranges(f, layers)
                    }
                }
            }
            OperandKind::Text(bytes) => f.write_str(&quote(bytes)),
            OperandKind::Char(byte) => match byte {
                b'\'' | b'\\' => write!(f, "'\\{}'", char::from(*byte)),
                b' '..=b'~' => write!(f, "'{}'", char::from(*byte)),
                _ => write!(f, "'\\x{byte:02x}'"),
            },
            OperandKind::Call(name, arguments) => {
                write!(f, "{name}(")?;
                for (n, argument) in arguments.iter().enumerate() {
                    write!(f, "{}{argument}", if n == 0 { "" } else { ", " })?;
                }
                f.write_str(")")
            }
            OperandKind::Binary(op, left, right) => {
                braced(f, left)?;
                write!(f, " {} ", op.symbol())?;
                braced(f, right)
            }
            OperandKind::Negative(inner) => {
                f.write_str("-")?;
                braced(f, inner)
            }
            OperandKind::Slice(inner, parts) => {
                // `-a[0]` is the negative of a slice.
                if matches!(inner.kind, OperandKind::Negative(_)) {
                    write!(f, "{{{inner}}}")?;
                } else {
                    braced(f, inner)?;
                }
                ranges(f, parts)
            }
        }
    }
}

fn braced(f: &mut fmt::Formatter<'_>, operand: &Operand) -> fmt::Result {
    if matches!(operand.kind, OperandKind::Binary(..)) {
        write!(f, "{{{operand}}}")
    } else {
        write!(f, "{operand}")
    }
}

fn ranges(f: &mut fmt::Formatter<'_>, parts: &[Range]) -> fmt::Result {
    for (n, part) in parts.iter().enumerate() {
        f.write_str(if n == 0 { "[" } else { "," })?;
        match part {
            Range::Length(start, 1) => write!(f, "{start}")?,
            Range::Length(start, length) => write!(f, "{start}:{length}")?,
            Range::Until(start, end) => write!(f, "{start}-{end}")?,
            Range::Rest(start) => write!(f, "{start}:")?,
        }
    }
    f.write_str("]")
}

/// `bytes` as a string literal. Text stays readable; what is no text or could mislead is escaped.
#[must_use]
pub fn quote(bytes: &[u8]) -> String {
    use fmt::Write;
    let mut out = String::from("\"");
    for chunk in bytes.utf8_chunks() {
        for c in chunk.valid().chars() {
            match c {
                '"' | '\\' => out.extend(['\\', c]),
                '\n' => out.push_str("\\n"),
                '\r' => out.push_str("\\r"),
                '\t' => out.push_str("\\t"),
                // Controls, and the marks that reorder text on the screen.
                '\0'..='\x1f' | '\x7f' => {
                    let _ = write!(out, "\\x{:02x}", u32::from(c));
                }
                '\u{80}'..='\u{9f}'
                | '\u{200b}'..='\u{200f}'
                | '\u{2028}'..='\u{202e}'
                | '\u{2066}'..='\u{2069}'
                | '\u{feff}' => {
                    let _ = write!(out, "\\u{:04x}", u32::from(c));
                }
                _ => out.push(c),
            }
        }
        for byte in chunk.invalid() {
            let _ = write!(out, "\\x{byte:02x}");
        }
    }
    out.push('"');
    out
}
