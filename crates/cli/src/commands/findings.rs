//! `weir findings`: what to look at first, what the detections found with its evidence, and what was checked.

use super::Done;
use super::ask::Ask;
use crate::args::{Args, Usage};
use crate::out::{Out, visible};
use serde_json::{Value, json};
use weir_analyze::allow::Rule;

/// Packets of a finding that are printed; JSON has all that it cites.
const CITED: usize = 8;

fn text(v: &Value) -> String {
    v.as_str().map_or_else(|| v.to_string(), visible)
}

fn list<'a>(of: &'a Value, name: &str) -> impl Iterator<Item = &'a Value> {
    of[name].as_array().into_iter().flatten()
}

fn joined<'a>(of: impl Iterator<Item = &'a Value>) -> String {
    of.map(text).collect::<Vec<_>>().join(" ")
}

/// What `--allow` says, as the engine takes it.
pub(super) fn rules(args: &Args) -> Result<Vec<Value>, String> {
    let one = |text: &String| {
        let rule = Rule::read(text)?;
        Ok(json!({
            "detection": rule.detection,
            "host": rule.host.unwrap_or_default(),
            "peer": rule.peer.unwrap_or_default(),
        }))
    };
    args.allow.iter().map(one).collect()
}

pub(crate) fn run(args: &Args) -> Done {
    let scope = super::earlier::scope(args)?;
    let allow = rules(args).map_err(Usage)?;
    let mut ask = Ask::new(args)?;
    super::earlier::against(&mut ask, args)?;
    let found = ask.get("findings", json!({ "scope": scope, "allow": allow }));
    let mut out = Out::new(args.json);
    if args.navigator {
        out.json(found["navigator"].to_string());
        return Ok(ask.code());
    }
    if args.json {
        let rows = if args.leads { "leads" } else { "findings" };
        list(&found, rows).for_each(|row| out.row(row));
        return Ok(ask.code());
    }
    leads(&mut out, &found);
    if !args.leads {
        list(&found, "findings").for_each(|f| finding(&mut out, f));
        out.line("");
        for checked in list(&found, "checked") {
            let (title, says) = (text(&checked["title"]), text(&checked["says"]));
            out.line(&format!("          {title}: {says}"));
        }
    }
    Ok(ask.code())
}

fn leads(out: &mut Out, found: &Value) {
    let all: Vec<&Value> = list(found, "leads").collect();
    let title = match all.len() {
        0 => "Nothing found that leads anywhere.".to_owned(),
        1 => "One lead:".to_owned(),
        n => format!("{n} leads, first things first:"),
    };
    out.line(&title);
    for (n, lead) in all.iter().enumerate() {
        let hosts: Vec<String> = list(lead, "hosts")
            .map(|h| {
                let name = h["name"]
                    .as_str()
                    .map_or_else(String::new, |n| format!(" ({})", visible(n)));
                text(&h["host"]) + &name
            })
            .collect();
        let more = lead["of_hosts"]
            .as_u64()
            .unwrap_or(0)
            .saturating_sub(hosts.len() as u64);
        let more = if more > 0 {
            format!(" and {more} more")
        } else {
            String::new()
        };
        let alarm = if lead["alarm"].as_bool() == Some(true) {
            ""
        } else {
            ", a note"
        };
        out.line(&format!(
            "{:>2}. {} severity, {} confidence{alarm}: {}",
            n + 1,
            text(&lead["severity"]),
            text(&lead["sure"]),
            text(&lead["title"]),
        ));
        out.line(&format!(
            "    {}{more} {}",
            hosts.join(", "),
            joined(list(lead, "evidence"))
        ));
        if !lead["raised_from"].is_null() {
            let tactics: Vec<String> = list(lead, "tactics").map(text).collect();
            out.line(&format!(
                "    raised from {}: {} ({})",
                text(&lead["raised_from"]),
                text(&lead["raised_by"]),
                tactics.join(", ")
            ));
        }
        out.line(&format!("    {}", text(&lead["why"])));
        if lead["next"].is_object() {
            out.line(&format!(
                "    expected next: {}, and {} % of such intervals hold",
                interval(&lead["next"]),
                (lead["next"]["level"].as_f64().unwrap_or(0.0) * 100.0).round(),
            ));
        }
        let others = list(lead, "findings").skip(1).count();
        if others > 0 {
            out.line(&format!(
                "    with it: {}",
                joined(list(lead, "findings").skip(1).take(CITED))
            ));
        }
    }
    if let Some(beyond) = found["leads_beyond"].as_u64().filter(|n| *n > 0) {
        out.line(&format!("    and {beyond} more:"));
        for one in list(found, "more_leads") {
            out.line(&format!(
                "    {:<8} {}",
                text(&one["severity"]),
                text(&one["title"])
            ));
        }
    }
    if let Some(hosts) = found["asked"]["of_hosts"].as_u64() {
        let findings = list(&found["asked"], "findings").count();
        out.line(&format!(
            "What the scope asks for: {findings} findings on {hosts} hosts, after what nobody asked for; `weir answer` tells it host by host"
        ));
    }
    for side in list(found, "sides") {
        out.line(&format!(
            "{:<7} {} alarms on {} hosts; {} critical, {} high, {} medium, {} low, {} info; {} checks, {} not made; {} allowed",
            text(&side["side"]),
            side["alarms"],
            side["hosts"],
            side["critical"],
            side["high"],
            side["medium"],
            side["low"],
            side["info"],
            side["checks"],
            side["not_checked"],
            side["allowed"],
        ));
    }
    for category in list(found, "categories").filter(|c| c["findings"] == 0) {
        out.line(&format!(
            "        {}: {}",
            text(&category["title"]),
            text(&category["says"])
        ));
    }
    for rule in list(found, "allowed") {
        out.line(&format!(
            "allowed {}: {} findings",
            text(&rule["says"]),
            rule["findings"]
        ));
    }
    out.line("");
}

/// Epoch seconds as a time, to the second: an interval is not known better.
fn utc(s: f64) -> String {
    #[allow(clippy::cast_possible_truncation)]
    let whole = weir_model::Timestamp(s.round() as i64 * 1_000_000_000);
    whole.rfc3339().replace(".000000000Z", "Z")
}

/// `2026-03-04T12:00:00Z to 2026-03-04T12:20:00Z`.
fn interval(of: &Value) -> String {
    let time = |name: &str| of[name].as_f64().map_or_else(String::new, utc);
    format!("{} to {}", time("lo"), time("hi"))
}

fn finding(out: &mut Out, finding: &Value) {
    let packets: Vec<String> = list(finding, "packets").take(CITED).map(text).collect();
    out.line(&format!(
        "{:<9} {} ({}) {}",
        text(&finding["severity"]),
        text(&finding["title"]),
        text(&finding["detection"]),
        packets.join(" ")
    ));
    if let Some(status) = finding["against"].as_str() {
        let was = finding["was"].as_str();
        let was = was.map_or_else(String::new, |w| format!(", its severity was {w}"));
        out.line(&format!("          against the baseline: {status}{was}"));
    }
    if let Some(rule) = finding["allowed"].as_str() {
        out.line(&format!("          allowed: {}", visible(rule)));
    }
    for (label, key) in [
        ("why", "why"),
        ("innocent if", "innocent"),
        ("settled by", "settle"),
    ] {
        out.line(&format!("          {label}: {}", text(&finding[key])));
    }
    for score in list(finding, "scores") {
        let terms: Vec<String> = list(score, "terms")
            .map(|t| format!("{} {}", text(&t["name"]), text(&t["value"])))
            .collect();
        let (name, formula) = (text(&score["name"]), text(&score["formula"]));
        out.line(&format!(
            "          {name} {} = {formula}; {}",
            score["result"],
            terms.join(", ")
        ));
    }
    if let Some(says) = finding["rhythm"]["says"].as_str().filter(|s| !s.is_empty()) {
        out.line(&format!("          rhythm: {}", visible(says)));
    }
    let foretold = &finding["rhythm"]["foretold"];
    if let Some(state) = foretold["state"].as_str() {
        let came = foretold["came"].as_str().map_or_else(String::new, |t| {
            let packet = foretold["evidence"].as_str().unwrap_or_default();
            let time = t.parse().map_or_else(|_| t.to_owned(), utc);
            format!(", it came {time} {packet}")
        });
        let missed = foretold["missed"].as_u64().filter(|n| *n > 0);
        let missed = missed.map_or_else(String::new, |n| format!(", {n} passed"));
        out.line(&format!(
            "          foretold by {}: {}: {state}{missed}{came}; {} of {} that came out held",
            text(&foretold["by"]),
            interval(&foretold["expected"]),
            foretold["held"],
            foretold["made"],
        ));
    }
    for next in list(&finding["rhythm"], "expected") {
        out.line(&format!(
            "          next: {}, {} % of such intervals hold",
            interval(next),
            next["level"].as_f64().map_or(0.0, |l| (l * 100.0).round())
        ));
    }
    if let Some(says) = finding["benign"]["says"].as_str() {
        let class = text(&finding["benign"]["class"]);
        out.line(&format!(
            "          behaves like {class}: {}",
            visible(says)
        ));
    }
}
