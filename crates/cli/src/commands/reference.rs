//! `weir reference [NAME]`: the protocols that are read, or one with its fields. Reads no file.

use super::Done;
use crate::args::{Args, Usage};
use crate::out::Out;
use serde_json::{Value, json};
use std::process::ExitCode;
use weir_session::reference::{protocol, protocols};

pub(crate) fn run(args: &Args) -> Done {
    let mut out = Out::new(args.json);
    let Some(name) = args.words.first() else {
        out.head(&[
            "name",
            "title",
            "level",
            "carried",
            "by_content",
            "fields",
            "spec",
        ]);
        for p in protocols() {
            out.row(&serde_json::to_value(p).unwrap_or_default());
        }
        return Ok(ExitCode::SUCCESS);
    };
    let Some((p, fields)) = protocol(name) else {
        return Err(Usage(format!("there is no protocol or field {name:?}")));
    };
    if args.json {
        out.row(&json!({ "protocol": p, "fields": fields }));
        return Ok(ExitCode::SUCCESS);
    }
    let spec = if p.spec.is_empty() { "" } else { ", " };
    out.line(&format!(
        "{}: {}{spec}{}; {}",
        p.name, p.title, p.spec, p.level
    ));
    out.head(&["field", "title", "type", "spec", "part_of"]);
    for f in fields
        .iter()
        .filter(|f| p.name == *name || f.name == name || f.part_of.contains(&name.as_str()))
    {
        let mut row = serde_json::to_value(f).unwrap_or_default();
        if let Some(members) = row.as_object_mut() {
            members.insert("field".to_owned(), Value::from(f.name));
        }
        out.row(&row);
    }
    if p.name == *name {
        for log in &p.logs {
            out.line("");
            out.head(&["column", "title"]);
            for c in log {
                out.row(&json!({ "column": c.name, "title": c.title }));
            }
        }
        if !p.anomalies.is_empty() {
            out.line("");
            out.head(&["anomaly", "severity", "group", "says"]);
            for a in &p.anomalies {
                out.row(&json!({ "anomaly": a.id, "severity": a.severity, "group": a.group, "says": a.says }));
            }
        }
    }
    Ok(ExitCode::SUCCESS)
}
