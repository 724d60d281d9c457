//! Filters made from values: "apply as filter", "and this", "but not this".

use crate::ast::{Expr, quote};
use std::fmt::Write;
use weir_model::{Field, Value};

/// How a new test joins the filter that stands in the box.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Join {
    /// Instead of it.
    Replace,
    /// Instead of it, negated.
    Not,
    /// Both.
    And,
    /// Either.
    Or,
    /// It, but not the new one.
    AndNot,
    /// It, or not the new one.
    OrNot,
}

/// The test that `field` has exactly this value; that it is there, for a label or an empty byte string.
#[must_use]
pub fn test_of(field: &Field, value: Value<'_>) -> String {
    let name = field.name;
    let literal = match value {
        Value::None => return name.to_owned(),
        Value::Bool(b) => if b { "True" } else { "False" }.to_owned(),
        Value::Uint(n) if field.hex => format!("{n:#x}"),
        Value::Uint(n) => n.to_string(),
        Value::Int(n) => n.to_string(),
        Value::Float(x) if x.is_finite() => x.to_string(),
        Value::Float(_) => return name.to_owned(),
        Value::Bytes([]) => return name.to_owned(),
        Value::Bytes(bytes) => hex(bytes),
        Value::Text(text) => quote(text.as_bytes()),
        Value::Ipv4(a) => a.to_string(),
        Value::Ipv6(a) => a.to_string(),
        Value::Mac(mac) => mac.to_string(),
        Value::Time(t) => quote(t.rfc3339().as_bytes()),
        Value::Duration(d) => d.decimal(),
    };
    format!("{name} == {literal}")
}

/// `test` joined to `current`, in parentheses where the meaning needs them. A `current` that is no
/// filter yet is replaced.
#[must_use]
pub fn join(current: &str, test: &str, how: Join) -> String {
    let parsed = crate::parse(test);
    let negated = match &parsed {
        Ok(expr) => Expr::Not(Box::new(expr.clone())).to_string(),
        Err(_) => format!("not ({test})"),
    };
    let grouped = |text: &str, expr: &Expr| match expr {
        Expr::Or(_) | Expr::Xor(_) => format!("({text})"),
        _ => text.to_owned(),
    };
    let plain = parsed
        .as_ref()
        .map_or(test.to_owned(), |expr| grouped(test, expr));
    let (word, added) = match how {
        Join::Replace => return test.to_owned(),
        Join::Not => return negated,
        Join::And => (" and ", plain),
        Join::Or => (" or ", plain),
        Join::AndNot => (" and ", negated),
        Join::OrNot => (" or ", negated),
    };
    match crate::parse(current) {
        Err(_) if matches!(how, Join::AndNot | Join::OrNot) => added,
        Err(_) => test.to_owned(),
        Ok(expr) if word == " and " => format!("{}{word}{added}", grouped(current, &expr)),
        Ok(_) => format!("{current}{word}{added}"),
    }
}

/// `47:45:54`.
pub(crate) fn hex(bytes: &[u8]) -> String {
    let mut out = String::with_capacity(bytes.len() * 3);
    for (n, byte) in bytes.iter().enumerate() {
        let _ = write!(out, "{}{byte:02x}", if n == 0 { "" } else { ":" });
    }
    out
}
