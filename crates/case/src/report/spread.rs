//! The engine's reply to `spread`: files in question, what carried each, and everybody who had the same content; and
//! what a case asks for it.

use crate::Document;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use weir_model::Scope;

/// The reply to `spread`.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(default)]
pub struct Spread {
    /// In order of their first transfer.
    pub contents: Vec<Content>,
    /// What is not listed.
    pub left: Left,
    /// Of all files, those that are not hashed yet.
    pub pending: u64,
}

/// What is not listed.
#[derive(Clone, Copy, Debug, Default, Deserialize, Serialize)]
#[serde(default)]
pub struct Left {
    /// Contents.
    pub contents: u64,
    /// Transfers.
    pub transfers: u64,
}

/// One content.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(default)]
pub struct Content {
    /// Absent while it is pending, and where bytes are missing.
    pub sha256: Option<String>,
    /// Not hashed yet.
    pub pending: bool,
    /// Bytes.
    pub size: u64,
    /// By content.
    pub content_type: Option<String>,
    /// Hostile text.
    pub names: Vec<String>,
    /// Names beyond these.
    pub more_names: u64,
    /// Why it is in question.
    pub why: Vec<Why>,
    /// Reasons beyond these.
    pub more_why: u64,
    /// Everybody who had it.
    pub hosts: Vec<Holder>,
    /// In order of their beginning.
    pub transfers: Vec<Transfer>,
}

/// Why a content is in question.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(default)]
pub struct Why {
    /// `indicator`, `pinned`, `finding`.
    pub sort: String,
    /// Hostile text inside.
    pub says: String,
}

/// A host at an end of a transfer.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(default)]
pub struct End {
    /// Address.
    pub host: String,
    /// Hostile text.
    pub name: Option<String>,
    /// Where layer 2 shows it.
    pub mac: Option<String>,
    /// A proxy, or several hosts; empty for most.
    pub remark: String,
}

/// A host that had the content.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(default)]
pub struct Holder {
    /// Which.
    #[serde(flatten)]
    pub end: End,
    /// Transfers in which it got it.
    pub received: u64,
    /// Transfers in which it gave it.
    pub sent: u64,
    /// At least one of them whole.
    pub complete: bool,
    /// Hostile text.
    pub names: Vec<String>,
    /// Epoch seconds.
    pub first: String,
    /// Epoch seconds.
    pub last: String,
}

/// One transfer.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(default)]
pub struct Transfer {
    /// `A:120.0`.
    pub id: String,
    /// Where it is put together of several.
    pub parts: Vec<String>,
    /// Hostile text.
    pub name: Option<String>,
    /// As the client sees it.
    pub direction: String,
    /// Who gave it.
    pub from: End,
    /// Who got it.
    pub to: End,
    /// `http`, `ftp-data`.
    pub protocol: String,
    /// `A:tcp:17`.
    pub flow: Option<String>,
    /// `tcp`.
    pub transport: String,
    /// Who opened the conversation.
    pub client: String,
    /// The other end of it.
    pub server: String,
    /// Version 1, seed 0.
    pub community_id: String,
    /// `A:12`.
    pub request: Option<String>,
    /// Epoch seconds.
    pub request_time: Option<String>,
    /// `A:12`.
    pub first: String,
    /// `A:12`.
    pub last: String,
    /// Epoch seconds.
    pub first_time: String,
    /// Epoch seconds.
    pub last_time: String,
    /// Bytes.
    pub size: u64,
    /// Every byte is there.
    pub complete: bool,
    /// How much of it is there.
    pub state: String,
    /// Not hashed yet.
    pub pending: bool,
}

/// What `spread` is asked with for a case: its scope, what it pins, and what it makes of findings.
#[must_use]
pub fn question(case: &Document, scope: &Scope) -> Value {
    let pinned: Vec<&str> = case.live("pin").map(|i| i.now.text("evidence")).collect();
    let judged = |state: &str| -> Vec<&str> {
        let all = case.live("dismissal").map(|i| &i.now);
        let of = all.filter(|v| v.text("state") == state);
        of.map(|v| v.text("finding")).collect()
    };
    json!({
        "scope": scope, "pinned": pinned, "confirmed": judged("confirmed"), "dismissed": judged("dismissed"),
    })
}
