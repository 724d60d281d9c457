//! The reference asked for: every protocol, or one with its fields.

use crate::error::SessionError;
use crate::ops::{Op, json, once, parse};
use crate::reference::{FieldEntry, ProtocolEntry, protocol, protocols};
use serde::{Deserialize, Serialize};
use serde_json::Value;

#[derive(Deserialize)]
struct Args {
    /// A protocol's name or a field's; nothing for the list.
    #[serde(default)]
    name: Option<String>,
}

#[derive(Serialize)]
struct Page {
    /// All of them, by name; empty where one was asked for.
    protocols: Vec<ProtocolEntry>,
    /// The one that was asked for; `None` where no protocol or field has that name.
    protocol: Option<ProtocolEntry>,
    fields: Vec<FieldEntry>,
}

pub(crate) fn reference(args: Value) -> Result<Box<dyn Op>, SessionError> {
    let args: Args = parse(args)?;
    Ok(once(move |_| {
        let page = match &args.name {
            None => Page {
                protocols: protocols(),
                protocol: None,
                fields: Vec::new(),
            },
            Some(name) => {
                let (protocol, fields) =
                    protocol(name).map_or_else(Default::default, |(p, f)| (Some(p), f));
                Page {
                    protocols: Vec::new(),
                    protocol,
                    fields,
                }
            }
        };
        json(&page).into()
    }))
}
