//! What other tools act on: the case's indicators as block lists, rules and documents of other programs. Draws no
//! conclusion of its own, and knows no clock: when it is made is said by the door.

mod facts;
pub mod formats;
mod list;
pub mod value;

pub use facts::{Facts, Gather};
pub use formats::{ALL, Check, Format, Lists};
pub use list::{Content, Listed, State, list, unjudged};

use crate::Document;
use crate::report::{Marking, Material};
use serde::Serialize;
use sha1::{Digest, Sha1};
use weir_model::Timestamp;

/// Most indicators that one file takes in; the rest are counted.
pub const MAX_LISTED: usize = 10_000;

/// How exports are made.
#[derive(Clone, Copy, Debug)]
pub struct Options {
    /// When, as the door says.
    pub at: Timestamp,
    /// With whom they may be shared; none where nobody chose.
    pub marking: Option<Marking>,
    /// Take in what findings name that nobody judged, marked so.
    pub unconfirmed: bool,
}

/// What every format is written from.
pub struct Cx<'a> {
    /// The case.
    pub case: &'a Document,
    /// Answers, findings, captures.
    pub m: &'a Material,
    /// Where indicators were seen.
    pub facts: &'a Facts,
    /// Of this export.
    pub options: Options,
    /// All of the list, left ones too.
    pub listed: &'a [Listed],
}

impl Cx<'_> {
    /// `TLP:AMBER+STRICT`; empty where no marking is chosen.
    fn label(&self) -> &'static str {
        self.options.marking.map_or("", |m| m.label)
    }

    /// "Weir 0.1.0, case 0000ca5e, 2026-03-04T12:00:00.000Z, TLP:AMBER": nothing of it is captured text.
    fn made(&self) -> String {
        let id: String = self
            .case
            .id
            .chars()
            .filter(char::is_ascii_hexdigit)
            .take(8)
            .collect();
        let case = if id.is_empty() {
            String::new()
        } else {
            format!(", case {id}")
        };
        let version = value::plain(&self.m.version, 32);
        let at = value::millis(self.options.at);
        let marking = match self.label() {
            "" => "no TLP marking chosen",
            label => label,
        };
        format!("Weir {version}{case}, {at}, {marking}")
    }
}

/// An indicator that a file does not take in.
#[derive(Clone, Debug, Serialize)]
pub struct Left {
    /// Its place in the list.
    pub indicator: usize,
    /// Why.
    pub reason: String,
}

/// A file for another program.
#[derive(Clone, Debug, Serialize)]
pub struct Artefact {
    /// Of its format.
    pub id: &'static str,
    /// In words.
    pub title: &'static str,
    /// What it is for and how it is put to use.
    pub purpose: &'static str,
    /// What it was checked by, in words.
    pub checked: &'static str,
    /// Is the product itself among those?
    pub by_product: bool,
    /// Neutral file name.
    pub name: String,
    /// Media type.
    pub mime: &'static str,
    /// Places in the list of what it takes in.
    pub taken: Vec<usize>,
    /// What it does not take in.
    pub left: Vec<Left>,
    /// What else is to be known of it.
    pub notes: Vec<String>,
    /// The file.
    pub text: String,
}

/// Everything that is exported.
#[derive(Clone, Debug, Serialize)]
pub struct Exports {
    /// All indicators, acted on or left.
    pub indicators: Vec<Listed>,
    /// Files, in the order of the formats.
    pub artefacts: Vec<Artefact>,
    /// Findings whose names and addresses are not listed because nobody judged them; 0 where they were asked for.
    pub unjudged: usize,
    /// Indicators beyond [`MAX_LISTED`].
    pub beyond: usize,
    /// What could not be had.
    pub troubles: Vec<String>,
}

/// Writes the files of these formats.
#[must_use]
pub fn export(
    case: &Document,
    m: &Material,
    facts: &Facts,
    options: Options,
    formats: &[&'static Format],
) -> Exports {
    let mut listed = list(case, m, facts, &options);
    let beyond = listed.len().saturating_sub(MAX_LISTED);
    listed.truncate(MAX_LISTED);
    let cx = Cx {
        case,
        m,
        facts,
        options,
        listed: &listed,
    };
    let artefacts = formats.iter().map(|f| artefact(&cx, f)).collect();
    Exports {
        artefacts,
        unjudged: if options.unconfirmed {
            0
        } else {
            unjudged(case, m)
        },
        beyond,
        troubles: m.troubles.clone(),
        indicators: listed,
    }
}

fn artefact(cx: &Cx<'_>, format: &'static Format) -> Artefact {
    let mut taken = Vec::new();
    let mut left = Vec::new();
    let about = if format.lists == Lists::None {
        &[]
    } else {
        cx.listed
    };
    for (n, row) in about.iter().enumerate() {
        let reason = match &row.state {
            State::Left(reason) if format.lists != Lists::All => Err(reason.clone()),
            _ => (format.takes)(cx, row).map_err(str::to_owned),
        };
        match reason {
            Ok(()) => taken.push(n),
            Err(reason) => left.push(Left {
                indicator: n,
                reason,
            }),
        }
    }
    let rows: Vec<&Listed> = taken.iter().filter_map(|n| cx.listed.get(*n)).collect();
    let text = (format.write)(cx, &rows);
    Artefact {
        id: format.id,
        title: format.title,
        purpose: format.purpose,
        checked: format.check.says(),
        by_product: format.check.by_product(),
        name: cx.case.file_name(format.ending),
        mime: format.mime,
        taken,
        left,
        notes: (format.notes)(cx, &rows),
        text,
    }
}

/// A name-based UUID (RFC 9562 section 5.5).
fn uuid5(space: [u8; 16], name: &str) -> [u8; 16] {
    let digest = Sha1::new()
        .chain_update(space)
        .chain_update(name.as_bytes())
        .finalize();
    let mut id = [0; 16];
    for (to, from) in id.iter_mut().zip(digest) {
        *to = from;
    }
    id[6] = id[6] & 0x0f | 0x50;
    id[8] = id[8] & 0x3f | 0x80;
    id
}

fn uuid_text(id: [u8; 16]) -> String {
    let mut out = String::with_capacity(36);
    for (n, b) in id.iter().enumerate() {
        if matches!(n, 4 | 6 | 8 | 10) {
            out.push('-');
        }
        out.push_str(&format!("{b:02x}"));
    }
    out
}

/// Of STIX for objects named by their values (STIX 2.1 section 2.9).
const STIX: [u8; 16] = [
    0x00, 0xab, 0xed, 0xb4, 0xaa, 0x42, 0x46, 0x6c, 0x9c, 0x01, 0xfe, 0xd2, 0x33, 0x15, 0xa9, 0xb7,
];

/// An id that the same case gives the same thing every time.
fn case_uuid(cx: &Cx<'_>, what: &str) -> String {
    let space = uuid5(STIX, &format!("weir case {}", cx.case.id));
    uuid_text(uuid5(space, what))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_those_of_the_specification() {
        // RFC 9562 appendix A.4.
        let dns = [
            0x6b, 0xa7, 0xb8, 0x10, 0x9d, 0xad, 0x11, 0xd1, 0x80, 0xb4, 0x00, 0xc0, 0x4f, 0xd4,
            0x30, 0xc8,
        ];
        assert_eq!(
            uuid_text(uuid5(dns, "www.example.com")),
            "2ed6657d-e927-568b-95e1-2665a8aea6a2"
        );
        // As Python's uuid.uuid5 has it, of the namespace and the name that STIX 2.1 section 2.9 prescribes.
        assert_eq!(
            uuid_text(uuid5(STIX, "{\"value\":\"198.51.100.3\"}")),
            "28bb3599-77cd-5a82-a950-b5bc3caf07c4"
        );
    }
}
