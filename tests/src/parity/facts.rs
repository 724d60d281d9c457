//! Packet count, first time and duration as capinfos recorded them.

use super::{Check, Difference, Loaded, Report};

pub(super) fn compare(loaded: &Loaded, report: &mut Report) {
    let Some(rows) = loaded.rows("facts.tsv") else {
        return;
    };
    let recorded = |key: &str| {
        rows.iter()
            .find(|r| r.first().is_some_and(|k| k == key))
            .and_then(|r| r.get(1))
            .cloned()
    };
    if let Some(error) = &loaded.error {
        let theirs = recorded("Number of packets").unwrap_or_default();
        // An oracle without a packet count is a capture that Wireshark refuses too.
        if !theirs.is_empty() {
            report.add(
                &loaded.name,
                Check::Facts,
                "opens",
                Err(Difference {
                    ours: error.clone(),
                    theirs,
                }),
            );
        }
        return;
    }
    let Some(capture) = loaded.session.loaded().next() else {
        return;
    };
    let facts = &capture.facts;
    let seconds = |ns: i64, digits: usize| {
        let text = weir_model::Duration(ns).decimal();
        let cut =
            text.find('.').map_or(
                text.len(),
                |dot| if digits == 0 { dot } else { dot + 1 + digits },
            );
        text.get(..cut).unwrap_or(&text).to_owned()
    };
    let mut check = |item: &str, ours: Option<String>, theirs: Option<String>| {
        // A capture without packets has no times.
        if let Some(theirs) = theirs.map(|t| if t == "n/a" { String::new() } else { t }) {
            let ours = ours.unwrap_or_default();
            let outcome = if ours == theirs {
                Ok(())
            } else {
                Err(Difference { ours, theirs })
            };
            report.add(&loaded.name, Check::Facts, item, outcome);
        }
    };
    check(
        "packets",
        Some(facts.packets.to_string()),
        recorded("Number of packets"),
    );
    check(
        "packets indexed",
        Some((u64::from(capture.index.len()) - facts.records).to_string()),
        recorded("Number of packets"),
    );
    let digits = |text: &Option<String>| {
        text.as_ref()
            .and_then(|t| t.split_once('.'))
            .map_or(0, |(_, f)| f.trim_end_matches(" seconds").len())
    };
    let first = recorded("First packet time");
    check(
        "first time",
        facts.earliest.map(|t| seconds(t.0, digits(&first))),
        first,
    );
    let duration = recorded("Capture duration").map(|d| d.trim_end_matches(" seconds").to_owned());
    let ours = facts
        .earliest
        .zip(facts.latest)
        .map(|(a, b)| seconds(b.since(a).0, digits(&duration)));
    check("duration", ours, duration);
}
