//! What can stand at the caret, and what a name means.

use crate::Span;
use crate::error::floor;
use crate::lex::{Lexed, Token, is_word, lex};
use crate::parse::comparison_of;
use crate::schema::{Declared, Name, Schema};
use weir_model::{Field, Kind};

/// Offers of one completion; more are not listed.
const MAX_ITEMS: usize = 200;

/// What may replace `span` at the caret.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Completion {
    /// The part of the text that an item replaces.
    pub span: Span,
    /// Best first.
    pub items: Vec<Item>,
}

/// One thing that may be written.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Item {
    /// The text to insert.
    pub text: String,
    /// What it is, in words.
    pub title: String,
    /// What kind of thing it is.
    pub kind: ItemKind,
}

/// The kinds of [`Item`].
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ItemKind {
    /// A protocol.
    Protocol,
    /// A field or a group of fields.
    Field,
    /// A comparison.
    Operator,
    /// A value of the field before the comparison.
    Value,
    /// `and`, `or`, `not` and their like.
    Word,
    /// A function.
    Function,
}

/// What a name means: the help for one field or protocol.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct About {
    /// The name itself.
    pub name: String,
    /// What people call it.
    pub title: &'static str,
    /// The type of its values, in words.
    pub kind: String,
    /// Where it is defined; may be empty.
    pub spec: &'static str,
    /// Words for its values.
    pub values: Vec<(u64, &'static str)>,
    /// The fields a group stands for; empty for a field or protocol.
    pub members: Vec<&'static str>,
}

/// Explains `name`; `None` when the schema does not have it.
#[must_use]
pub fn about(schema: &dyn Schema, name: &str) -> Option<About> {
    let fields = schema.fields(name);
    if let Some(layer) = schema.protocol(name) {
        let kind = "protocol".to_owned();
        return Some(About {
            name: name.to_owned(),
            title: layer.title,
            kind,
            spec: "",
            values: Vec::new(),
            members: Vec::new(),
        });
    }
    let first = fields.first()?.field;
    let group = first.name != name || fields.len() > 1;
    Some(About {
        name: name.to_owned(),
        title: first.title,
        kind: kind_title(first.kind),
        spec: first.spec,
        values: first.values.to_vec(),
        members: if group {
            fields.iter().map(|d| d.field.name).collect()
        } else {
            Vec::new()
        },
    })
}

/// The name under the caret, for help on it.
#[must_use]
pub fn name_at(text: &str, caret: usize) -> Option<&str> {
    let (start, end) = word_around(text, caret);
    text.get(start..end).filter(|w| !w.is_empty())
}

/// What can stand at byte `caret` of `text`.
#[must_use]
pub fn complete(schema: &dyn Schema, text: &str, caret: usize) -> Completion {
    let caret = floor(text, caret);
    let (start, end) = word_around(text, caret);
    let prefix = text.get(start..caret).unwrap_or_default();
    let before = text.get(..start).unwrap_or_default();
    let span = Span::new(start, end);
    let Ok(tokens) = lex(before) else {
        // Inside a string: its value may still be one of the field's.
        return in_string(schema, before, prefix, end);
    };
    let mut items = Vec::new();
    match place(schema, &tokens) {
        Place::Test => tests(schema, prefix, &mut items),
        Place::Operator(field) => operators(field, prefix, &mut items),
        Place::Value(fields) => {
            values(&fields, prefix, false, &mut items);
            names(schema, prefix, 1, &mut items);
        }
        Place::Joint => words(&["and", "or", "xor"], prefix, &mut items),
    }
    items.truncate(MAX_ITEMS);
    Completion { span, items }
}

/// What the grammar wants after some tokens.
enum Place {
    Test,
    Operator(Option<&'static Field>),
    Value(Vec<Declared>),
    Joint,
}

fn place(schema: &dyn Schema, tokens: &[Lexed]) -> Place {
    let token = |back: usize| {
        tokens
            .len()
            .checked_sub(back)
            .and_then(|n| tokens.get(n))
            .map(|(t, _)| t)
    };
    let is_comparison = |t: &Token| {
        comparison_of(t).is_some()
            || matches!(t, Token::Word(w) if matches!(w.as_str(), "contains" | "matches" | "in"))
    };
    match token(1) {
        None => Place::Test,
        Some(t) if is_comparison(t) => Place::Value(field_before(schema, tokens, tokens.len() - 1)),
        Some(Token::Symbol("{" | "," | "..")) => {
            // Inside a set: the field stands before `in`.
            let at = tokens
                .iter()
                .rposition(|(t, _)| matches!(t, Token::Word(w) if w == "in"));
            match at {
                Some(at) => Place::Value(field_before(schema, tokens, at)),
                None => Place::Test,
            }
        }
        Some(Token::Symbol(")" | "}")) => Place::Joint,
        Some(Token::Symbol(_)) => Place::Test,
        Some(Token::Word(w))
            if matches!(w.as_str(), "and" | "or" | "xor" | "not" | "any" | "all") =>
        {
            Place::Test
        }
        Some(Token::Word(_) | Token::Slice(_) | Token::Layer(_))
            if token(2).is_some_and(is_comparison) =>
        {
            Place::Joint
        }
        Some(Token::Word(w)) => Place::Operator(schema.fields(w).first().map(|d| d.field)),
        Some(Token::Slice(_) | Token::Layer(_)) => Place::Operator(None),
        Some(Token::Text(_) | Token::Char(_)) => Place::Joint,
    }
}

/// The fields named just before token `at`.
fn field_before(schema: &dyn Schema, tokens: &[Lexed], at: usize) -> Vec<Declared> {
    let mut before = tokens.iter().take(at).rev().map(|(t, _)| t);
    let word = before
        .find(|t| !matches!(t, Token::Layer(_)) && !matches!(t, Token::Word(w) if w == "not"));
    match word {
        Some(Token::Word(w)) => schema.fields(w),
        _ => Vec::new(),
    }
}

fn in_string(schema: &dyn Schema, before: &str, prefix: &str, end: usize) -> Completion {
    let mut items = Vec::new();
    let quote = before.rfind('"').unwrap_or(before.len());
    if let Ok(tokens) = lex(before.get(..quote).unwrap_or_default())
        && let Place::Value(fields) = place(schema, &tokens)
    {
        let typed = format!("{}{prefix}", before.get(quote + 1..).unwrap_or_default());
        values(&fields, &typed, true, &mut items);
    }
    Completion {
        span: Span::new(quote, end),
        items,
    }
}

fn word_around(text: &str, caret: usize) -> (usize, usize) {
    let caret = floor(text, caret);
    let bytes = text.as_bytes();
    let before = bytes
        .iter()
        .take(caret)
        .rev()
        .take_while(|b| is_word(**b))
        .count();
    let after = bytes
        .iter()
        .skip(caret)
        .take_while(|b| is_word(**b))
        .count();
    (caret - before, caret + after)
}

fn tests(schema: &dyn Schema, prefix: &str, items: &mut Vec<Item>) {
    names(schema, prefix, if prefix.is_empty() { 0 } else { 2 }, items);
    words(&["not", "any", "all"], prefix, items);
    const FUNCTIONS: [(&str, &str); 8] = [
        ("len", "number of bytes"),
        ("count", "number of values in the packet"),
        ("lower", "text in lower case"),
        ("upper", "text in upper case"),
        ("string", "value as text"),
        ("abs", "number without its sign"),
        ("min", "smallest of the values"),
        ("max", "largest of the values"),
    ];
    for (name, title) in FUNCTIONS
        .into_iter()
        .filter(|(name, _)| name.starts_with(prefix))
    {
        items.push(Item {
            text: format!("{name}("),
            title: title.to_owned(),
            kind: ItemKind::Function,
        });
    }
}

/// Names that begin with `prefix`; from a prefix shorter than `least` only protocols.
fn names(schema: &dyn Schema, prefix: &str, least: usize, items: &mut Vec<Item>) {
    let lower = prefix.to_ascii_lowercase();
    if prefix.is_empty() && least > 0 {
        return;
    }
    let mut last = String::new();
    let mut add = |name: Name<'_>| {
        let kind = match name {
            Name::Protocol(_) => ItemKind::Protocol,
            Name::Field(..) if prefix.len() < least.max(1) => return,
            Name::Field(..) => ItemKind::Field,
        };
        if name.text() != last && items.len() < MAX_ITEMS {
            name.text().clone_into(&mut last);
            items.push(Item {
                text: last.clone(),
                title: name.title().to_owned(),
                kind,
            });
        }
    };
    schema.names(prefix, &mut add);
    if lower != prefix {
        schema.names(&lower, &mut add);
    }
}

fn words(all: &[&str], prefix: &str, items: &mut Vec<Item>) {
    for word in all.iter().filter(|w| w.starts_with(prefix)) {
        items.push(Item {
            text: (*word).to_owned(),
            title: String::new(),
            kind: ItemKind::Word,
        });
    }
}

fn operators(field: Option<&Field>, prefix: &str, items: &mut Vec<Item>) {
    let kind = field.map_or(Kind::Bytes, |f| f.kind);
    let text = matches!(kind, Kind::Text | Kind::Bytes | Kind::Mac);
    let number = matches!(kind, Kind::Uint(_) | Kind::Int(_));
    let offers = [
        ("==", "equals", kind != Kind::None),
        ("!=", "no value equals", kind != Kind::None),
        ("contains", "holds this text or these bytes", text),
        ("matches", "matches this regular expression", text),
        (
            "in",
            "is one of {a, b..c}",
            kind != Kind::None && kind != Kind::Bool,
        ),
        (">", "greater", kind != Kind::None && kind != Kind::Bool),
        ("<", "less", kind != Kind::None && kind != Kind::Bool),
        (
            ">=",
            "greater or equal",
            kind != Kind::None && kind != Kind::Bool,
        ),
        (
            "<=",
            "less or equal",
            kind != Kind::None && kind != Kind::Bool,
        ),
        ("===", "all values equal", kind != Kind::None),
        ("!==", "some value differs", kind != Kind::None),
        ("&", "has one of these bits", number),
        ("and", "and also", true),
        ("or", "or else", true),
    ];
    for (text, title, _) in offers
        .into_iter()
        .filter(|(text, _, fits)| *fits && text.starts_with(prefix))
    {
        let kind = if matches!(text, "and" | "or") {
            ItemKind::Word
        } else {
            ItemKind::Operator
        };
        items.push(Item {
            text: text.to_owned(),
            title: title.to_owned(),
            kind,
        });
    }
}

/// The field's words that begin with (or else hold) what was typed.
fn values(fields: &[Declared], typed: &str, quoted: bool, items: &mut Vec<Item>) {
    let typed = typed.to_ascii_lowercase();
    let Some(first) = fields.first().map(|d| d.field) else {
        return;
    };
    let words: Vec<(u64, &str)> = match (first.kind, first.values) {
        (Kind::Bool, []) => vec![(1, "True"), (0, "False")],
        (_, values) => values.to_vec(),
    };
    let begins = |w: &str| w.to_ascii_lowercase().starts_with(&typed);
    let holds = |w: &str| w.to_ascii_lowercase().contains(&typed);
    let numbered = |n: u64| !typed.is_empty() && n.to_string().starts_with(&typed);
    let sorted = words.iter().filter(|(n, w)| begins(w) || numbered(*n));
    let sorted = sorted.chain(
        words
            .iter()
            .filter(|(n, w)| !begins(w) && !numbered(*n) && holds(w)),
    );
    for (number, word) in sorted {
        let plain =
            word.starts_with(|c: char| c.is_ascii_alphabetic()) && word.bytes().all(is_word);
        let text = if plain && !quoted {
            (*word).to_owned()
        } else {
            crate::quote(word.as_bytes())
        };
        items.push(Item {
            text,
            title: number.to_string(),
            kind: ItemKind::Value,
        });
    }
}

/// The type of a field in words.
#[must_use]
pub fn kind_title(kind: Kind) -> String {
    match kind {
        Kind::None => "label".to_owned(),
        Kind::Bool => "truth value".to_owned(),
        Kind::Uint(bits) => format!("unsigned number of {bits} bits"),
        Kind::Int(bits) => format!("signed number of {bits} bits"),
        Kind::Float => "decimal number".to_owned(),
        Kind::Bytes => "byte string".to_owned(),
        Kind::Text => "text".to_owned(),
        Kind::Ipv4 => "IPv4 address".to_owned(),
        Kind::Ipv6 => "IPv6 address".to_owned(),
        Kind::Mac => "hardware address".to_owned(),
        Kind::Time => "time".to_owned(),
        Kind::Duration => "duration in seconds".to_owned(),
        Kind::Packet => "packet number".to_owned(),
    }
}
