//! `weir summary`: captures as capinfos has them, health, protocol hierarchy.

use super::Done;
use super::ask::Ask;
use crate::args::Args;
use crate::out::{Out, visible};
use serde_json::{Value, json};

pub(crate) fn run(args: &Args) -> Done {
    let mut ask = Ask::new(args)?;
    let summary = ask.get("summary", json!({}));
    let mut out = Out::new(args.json);
    if args.json {
        out.row(&summary);
        return Ok(ask.code());
    }
    let text = |v: &Value| v.as_str().map_or_else(|| v.to_string(), visible);
    for capture in summary["captures"].as_array().into_iter().flatten() {
        out.line(&format!(
            "Capture {} {}",
            text(&capture["capture"]),
            text(&capture["name"])
        ));
        for (label, key) in [
            ("format", "format"),
            ("bytes", "bytes"),
            (
                if capture["kind"] == "flow_log" {
                    "rows"
                } else {
                    "packets"
                },
                "packets",
            ),
            ("bytes on the wire", "wire_bytes"),
            ("first", "first"),
            ("last", "last"),
            ("snap length", "snap_length"),
            ("SHA-256", "sha256"),
            ("same as", "same_as"),
        ] {
            if !capture[key].is_null() {
                out.line(&format!("  {label:<18} {}", text(&capture[key])));
            }
        }
        for interface in capture["interfaces"].as_array().into_iter().flatten() {
            out.line(&format!(
                "  interface          {} {} packets",
                text(&interface["link"]),
                text(&interface["packets"])
            ));
        }
    }
    out.line("Health");
    for line in summary["health"]
        .as_array()
        .into_iter()
        .flatten()
        .filter(|l| l["state"] != "ok")
    {
        let examples: Vec<String> = line["examples"]
            .as_array()
            .into_iter()
            .flatten()
            .map(text)
            .collect();
        out.line(&format!("  {} {}", text(&line["says"]), examples.join(" ")));
        if !line["weakens"].is_null() {
            out.line(&format!("    {}", text(&line["weakens"])));
        }
    }
    if let Some(says) = summary["placement"]["says"].as_str() {
        out.line("Placement");
        out.line(&format!("  {}", visible(says)));
    }
    if let Some(says) = summary["keys"].as_str() {
        out.line("TLS");
        out.line(&format!("  {}", visible(says)));
    }
    out.line("Protocols                                 packets        bytes");
    for node in summary["hierarchy"].as_array().into_iter().flatten() {
        let depth = usize::try_from(node["depth"].as_u64().unwrap_or(0))
            .unwrap_or(0)
            .min(30);
        let name = format!("{}{}", " ".repeat(depth * 2), text(&node["name"]));
        out.line(&format!(
            "  {name:<36} {:>10} {:>12}",
            text(&node["packets"]),
            text(&node["bytes"])
        ));
    }
    for limit in summary["limits"].as_array().into_iter().flatten() {
        out.line(&format!(
            "Limit: {} ({} times)",
            text(&limit["says"]),
            text(&limit["count"])
        ));
    }
    Ok(ask.code())
}
