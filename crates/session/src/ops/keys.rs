//! Where keys came from and what they open. Never a key.

use crate::error::SessionError;
use crate::ops::json;
use crate::session::Session;
use serde::Serialize;
use serde_json::{Value, json as object};
use weir_dissect::secrets::{Origin, Source};

/// A source of keys.
#[derive(Serialize)]
struct SourceRow {
    /// A key log's name; hostile text.
    name: Option<String>,
    /// A capture's letter.
    capture: Option<String>,
    used: usize,
    unused: usize,
    unreadable: usize,
    /// The first lines that could not be read.
    refused: Vec<RefusedRow>,
}

#[derive(Serialize)]
struct RefusedRow {
    line: u32,
    why: &'static str,
}

fn row(source: &Source) -> SourceRow {
    let (name, capture) = match &source.origin {
        Origin::File(name) => (Some(name.clone()), None),
        Origin::Capture(id) => (None, Some(id.to_string())),
    };
    let refused = source.refused.iter();
    SourceRow {
        name,
        capture,
        used: source.used,
        unused: source.unused,
        unreadable: source.unreadable,
        refused: refused
            .map(|(line, why)| RefusedRow { line: *line, why })
            .collect(),
    }
}

/// What `says` of them, where there are any or they would help.
pub(crate) fn says(session: &Session) -> Option<String> {
    let opened = session.opened();
    let sources = session.secrets().sources();
    if opened.conversations == 0 && sources.is_empty() {
        return None;
    }
    let plural = |n: u64| if n == 1 { "" } else { "s" };
    let mut text = format!(
        "{} of {} TLS conversation{} decrypted",
        opened.opened,
        opened.conversations,
        plural(opened.conversations)
    );
    let names: Vec<String> = sources
        .iter()
        .map(|s| match &s.origin {
            Origin::File(name) => name.clone(),
            Origin::Capture(id) => match session.capture(*id) {
                Some(c) => format!("{} itself", c.name),
                None => format!("capture {id}"),
            },
        })
        .collect();
    if !names.is_empty() {
        text += &format!(", keys from {}", names.join(", "));
    }
    if opened.partly > 0 {
        text += &format!("; {} of them not to the end", opened.partly);
    }
    if opened.refused > 0 {
        text += &format!("; the keys of {} do not fit", opened.refused);
    }
    if session.secrets().is_full() {
        text += "; more keys came than are kept";
    }
    Some(text)
}

/// Sources and figures.
pub(crate) fn keys(session: &Session) -> Result<Value, SessionError> {
    let opened = session.opened();
    let rows: Vec<SourceRow> = session.secrets().sources().iter().map(row).collect();
    Ok(object!({
        "sources": json(&rows)?,
        "conversations": opened.conversations,
        "opened": opened.opened,
        "partly": opened.partly,
        "unfit": opened.refused,
        "says": says(session),
    }))
}
