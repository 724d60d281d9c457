//! What is written fires on the packets that are cited, and nowhere on the clean twin.

use crate::bundle;
use crate::ground::{AT, Ground, artefact, confirming};
use crate::readers::{self, Wanted};
use serde_json::json;
use std::collections::BTreeSet;
use weir_case::exports::{ALL, Exports, Facts, Listed, Options, State, export};
use weir_model::IndicatorKind;
use weir_tests::golden::names::Names;
use weir_tests::golden::write::Twin;

/// Every file whose entries are compared with what was seen.
pub(crate) fn entries(of: &Exports) -> Vec<(&'static str, Vec<Wanted>)> {
    let text = |id: &str| artefact(of, id).text.as_str();
    vec![
        ("nftables", readers::nftables(text("nftables"))),
        ("rpz", readers::rpz(text("rpz"))),
        ("suricata", readers::suricata(text("suricata"))),
        ("sha256", readers::digests(text("sha256"))),
        ("zeek", readers::zeek(text("zeek"))),
        ("sigma", readers::sigma(text("sigma"))),
        ("stix", bundle::stix(text("stix"))),
    ]
}

/// Formats whose files are no entries: all indicators, events, rules over contents.
const READ_OTHERWISE: [&str; 3] = ["csv", "timesketch", "yara"];

#[test]
fn every_format_has_a_reader() {
    let m = weir_case::report::Gather::new(weir_model::Scope::default()).finish(
        true,
        String::new(),
        "",
        "",
    );
    let options = Options {
        at: AT,
        marking: None,
        unconfirmed: false,
    };
    let none = export(&confirming(&[]), &m, &Facts::default(), options, ALL);
    let read: BTreeSet<&str> = entries(&none).into_iter().map(|(id, _)| id).collect();
    for f in ALL {
        let known = read.contains(f.id) || READ_OTHERWISE.contains(&f.id);
        assert!(
            known,
            "{} is written and not read back: it needs a reader and a line in `entries`",
            f.id
        );
    }
}

/// Is this entry one of this indicator's?
fn about(w: &Wanted, i: &Listed) -> bool {
    let content =
        |d: &String| i.value == *d || i.content.iter().any(|c| c.sha1 == *d || c.md5 == *d);
    match (w, i.kind) {
        (Wanted::Lookup(n, _) | Wanted::Host(n, _) | Wanted::Sni(n, _), IndicatorKind::Domain) => {
            *n == i.value || i.below.contains(n)
        }
        (Wanted::Address(ip, _), IndicatorKind::Address) => i.value == ip.to_string(),
        (Wanted::PathEnd(n), IndicatorKind::Filename) => n.strip_prefix('/') == Some(&i.value),
        (Wanted::FileName(n), IndicatorKind::Filename) => *n == i.value,
        (Wanted::Digest(d), IndicatorKind::Sha256) => content(d),
        (Wanted::Agent(a), IndicatorKind::UserAgent) => *a == i.value,
        _ => false,
    }
}

fn confirmed(golden: &mut Ground) -> Vec<String> {
    let control = Names::new(1).control;
    let found = golden.desk.ask("findings", json!({"scope": golden.scope}));
    let rows = found["findings"].as_array().unwrap();
    let mine = rows.iter().filter(|f| {
        let domain = f["domain"].as_str().unwrap_or_default();
        !domain.is_empty() && control.ends_with(domain)
    });
    mine.map(|f| f["id"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn every_file_fires_on_what_it_cites_and_nowhere_on_the_clean_twin() {
    let mut golden = Ground::new(Twin::None);
    let clean = Ground::new(Twin::Clean);
    let ids = confirmed(&mut golden);
    assert!(!ids.is_empty(), "the check-ins are found");
    let case = confirming(&ids);
    let all = golden.exports(&case, false);
    assert_eq!(all.troubles, Vec::<String>::new());
    let acted: Vec<&Listed> = all.indicators.iter().filter(|i| i.acts()).collect();
    let sorts: BTreeSet<&str> = acted.iter().map(|i| i.origin).collect();
    assert_eq!(sorts, ["scope", "derived", "finding"].into(), "{sorts:?}");
    assert!(
        acted
            .iter()
            .all(|i| !i.evidence.is_empty() && i.first.is_some()),
        "{acted:#?}"
    );

    let mut checked = 0;
    let mut aliases = BTreeSet::new();
    for (id, wanted) in entries(&all) {
        for w in &wanted {
            let nowhere = clean.fired(w).chain(clean.led(w));
            let nowhere: Vec<_> = nowhere.flat_map(|e| &e.packets).collect();
            assert!(
                nowhere.is_empty(),
                "{id}: {w:?} fires on the clean twin: {nowhere:?}"
            );
        }
        let of = artefact(&all, id);
        for i in of.taken.iter().map(|n| &all.indicators[*n]) {
            let mine: Vec<&Wanted> = wanted.iter().filter(|w| about(w, i)).collect();
            assert!(!mine.is_empty(), "{id} takes {} in, and does not", i.value);
            let led = mine.iter().flat_map(|w| golden.led(w));
            let fired = mine.iter().flat_map(|w| golden.fired(w));
            let packets: BTreeSet<&String> = if id == "rpz" {
                fired.chain(led).flat_map(|e| &e.packets).collect()
            } else {
                fired.flat_map(|e| &e.packets).collect()
            };
            if packets.is_empty() && mine.iter().any(|w| !golden.led(w).is_empty()) {
                // A name that look-ups only led to: the zone alone sees it here.
                aliases.insert(i.value.as_str());
                continue;
            }
            assert!(
                !packets.is_empty(),
                "{id}: {} fires nowhere: {mine:?}",
                i.value
            );
            // A block list of addresses sees the conversation, not the look-up that is cited for the address; and a
            // zone sees look-ups, where a name may be cited by a request alone.
            if !matches!(i.kind, IndicatorKind::Address) && id != "rpz" {
                assert!(
                    i.evidence.iter().any(|e| packets.contains(e)),
                    "{id}: {} does not fire on {:?}",
                    i.value,
                    i.evidence
                );
            }
            checked += 1;
        }
        let taken: BTreeSet<&str> = of
            .taken
            .iter()
            .map(|n| all.indicators[*n].value.as_str())
            .collect();
        for w in &wanted {
            assert!(
                all.indicators
                    .iter()
                    .any(|i| taken.contains(i.value.as_str()) && about(w, i)),
                "{id}: {w:?} comes from nowhere"
            );
        }
    }
    println!(
        "{checked} indicators of {} files fired on what they cite",
        entries(&all).len()
    );

    assert_eq!(
        aliases,
        [Names::new(1).edge.as_str()].into(),
        "seen by the zone alone"
    );

    // Contents, by digest and by text.
    let rules = readers::yara(&artefact(&all, "yara").text);
    let by_content = rules
        .iter()
        .filter(|r| r.name.ends_with("_content"))
        .count();
    assert!(by_content >= 2, "{by_content} rules by content");
    for rule in &rules {
        let found = golden.bodies.iter().filter(|b| rule.finds(b)).count();
        // A file that came in parts is no single body.
        assert!(
            found >= 1 || !rule.name.ends_with("_content"),
            "{} finds nothing",
            rule.name
        );
        assert_eq!(
            clean.bodies.iter().filter(|b| rule.finds(b)).count(),
            0,
            "{} on the clean twin",
            rule.name
        );
    }
    assert!(
        golden.bodies.len() > 50 && clean.bodies.len() > 50,
        "{} {}",
        golden.bodies.len(),
        clean.bodies.len()
    );
}

#[test]
fn what_others_use_is_listed_and_not_blocked() {
    let mut golden = Ground::new(Twin::None);
    let names = Names::new(1);
    let all = golden.exports(&confirming(&[]), false);
    let reason = |what: &str| {
        let mut left = all
            .indicators
            .iter()
            .filter(|i| matches!(&i.state, State::Left(reason) if reason.contains(what)));
        left.next()
    };
    // The content network's address served a garden's site, the domain's old one a shop later.
    for other in [&names.benign, &names.heir] {
        let row = reason(other).unwrap_or_else(|| panic!("{other}: {:#?}", all.indicators));
        assert_eq!(row.kind, IndicatorKind::Address);
        for a in all
            .artefacts
            .iter()
            .filter(|a| !matches!(a.id, "csv" | "timesketch"))
        {
            assert!(
                !a.text.contains(&row.value),
                "{} blocks {}",
                a.id,
                row.value
            );
            assert!(
                a.left.iter().any(|l| l.reason.contains(other.as_str())),
                "{} hides it",
                a.id
            );
        }
    }
    // No host of the network is blocked, whoever names it.
    for (id, wanted) in entries(&all) {
        for w in wanted {
            if let Wanted::Address(ip, _) = w {
                assert!(!weir_model::is_internal(ip), "{id} blocks {ip}");
            }
        }
    }
    assert!(all.unjudged > 0);
    // Asked for, findings that nobody judged are taken in, and each is marked.
    let more = golden.exports(&confirming(&[]), true);
    let unsure: Vec<&Listed> = more
        .indicators
        .iter()
        .filter(|i| i.state == State::Unconfirmed)
        .collect();
    assert!(!unsure.is_empty() && unsure.iter().all(|i| i.why.contains("not judged yet")));
    assert!(artefact(&more, "csv").text.contains(",unconfirmed,"));
    assert!(artefact(&more, "suricata").text.contains("(unconfirmed)"));
    assert_eq!(more.unjudged, 0);
}

#[test]
fn the_same_case_gives_the_same_bytes_and_ids_that_last() {
    let mut golden = Ground::new(Twin::None);
    let case = confirming(&[]);
    let (a, b) = (golden.exports(&case, false), golden.exports(&case, false));
    for (a, b) in a.artefacts.iter().zip(&b.artefacts) {
        assert_eq!(a.text, b.text, "{}", a.id);
    }
    // More indicators change no id of those that were there.
    let more = golden.exports(&case, true);
    let ids = |of: &Exports| -> BTreeSet<String> {
        let v: serde_json::Value = serde_json::from_str(&artefact(of, "stix").text).unwrap();
        v["objects"]
            .as_array()
            .unwrap()
            .iter()
            .map(|o| o["id"].as_str().unwrap().to_owned())
            .collect()
    };
    assert!(ids(&a).is_subset(&ids(&more)));
    // The CSV lists everything; the timeline is in its order and Timesketch's columns are there.
    let rows = readers::csv(&artefact(&a, "csv").text);
    assert_eq!(rows.len(), a.indicators.len() + 1);
    let rows = readers::csv(&artefact(&a, "timesketch").text);
    assert_eq!(
        rows[0][..4],
        ["message", "datetime", "timestamp", "timestamp_desc"]
    );
    let times: Vec<i64> = rows[1..].iter().map(|r| r[2].parse().unwrap()).collect();
    assert!(times.is_sorted() && times.len() > 100);
    for r in &rows[1..] {
        let at: weir_model::Timestamp = r[1].parse().unwrap();
        assert_eq!(at.0 / 1000, r[2].parse::<i64>().unwrap(), "{r:?}");
    }
}
