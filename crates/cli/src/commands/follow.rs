//! `weir follow FILE tcp:17`: both sides of a flow, in order, with what is missing.

use super::Done;
use super::ask::Ask;
use crate::args::{Args, Usage};
use crate::out::{Out, visible};
use serde_json::{Value, json};

/// Bytes asked for at a time.
const PIECE: u64 = 1 << 20;

pub(crate) fn run(args: &Args) -> Done {
    let name = args
        .words
        .first()
        .ok_or_else(|| Usage("follow needs a flow: weir follow FILE tcp:17".to_owned()))?;
    let flow = if name.matches(':').count() == 1 {
        format!("A:{name}")
    } else {
        name.clone()
    };
    let mut ask = Ask::new(args)?;
    let mut out = Out::new(args.json);
    let mut from = json!(0);
    let mut told = Value::Null;
    loop {
        let (followed, data) = ask.with_buffer(
            "follow",
            json!({ "flow": flow, "from": from, "max_bytes": PIECE }),
            "/data",
        );
        if !followed["unknown"].is_null() {
            told = followed["unknown"].clone();
            if !args.json {
                unknown(&told, &mut out);
            }
        }
        for chunk in followed["chunks"].as_array().into_iter().flatten() {
            let at = |key: &str| usize::try_from(chunk[key].as_u64().unwrap_or(0)).unwrap_or(0);
            let side = if chunk["side"] == 0 { ">" } else { "<" };
            let packet = chunk["packet"].as_str().unwrap_or_default();
            if at("gap") > 0 {
                out.line(&format!("{side} [{} bytes missing]", at("gap")));
            }
            let bytes = data.get(at("start")..at("end")).unwrap_or_default();
            let text = String::from_utf8_lossy(bytes);
            if args.json {
                out.row(&json!({ "side": chunk["side"], "packet": packet, "offset": chunk["offset"], "gap": chunk["gap"], "text": text }));
            } else {
                for line in text.lines() {
                    out.line(&format!("{side} {packet} {}", visible(line)));
                }
            }
        }
        if let Some(why) = followed["unavailable"].as_str() {
            out.line(&visible(why));
        }
        from = followed["next"].clone();
        if from.is_null() {
            // Behind the bytes: whoever reads those finds them where they always were.
            if args.json && !told.is_null() {
                out.row(&json!({ "unknown": told }));
            }
            return Ok(ask.code());
        }
    }
}

/// Why nobody reads it, and what its first bytes are.
fn unknown(told: &Value, out: &mut Out) {
    for why in told["why"].as_array().into_iter().flatten() {
        out.line(&format!("# {}", visible(why.as_str().unwrap_or_default())));
    }
    let sides = told["sides"].as_array().into_iter().flatten();
    for (side, first) in [">", "<"]
        .into_iter()
        .zip(sides)
        .filter(|(_, f)| !f.is_null())
    {
        let text = |key: &str| first[key].as_str().unwrap_or_default();
        out.line(&format!(
            "# {side} entropy {} of 8 in {} bytes: {} {}",
            first["entropy"],
            first["bytes"],
            text("hex"),
            visible(text("text"))
        ));
    }
}
