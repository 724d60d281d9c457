//! A fixed tenth of the corpus against what tshark recorded: packets, conversations, files, filters.

#![allow(clippy::unwrap_used, clippy::panic)]

use weir_tests::parity::{
    Check, Filters, Reasons, Report, Tables, captures, compare, corpus, in_share,
};

/// Percent that is equal or excused at least. Only ever raised, but where a protocol that is read for the first time brings rows
/// into the comparison that were not compared before.
const FLOORS: [(Check, f64); 7] = [
    (Check::Facts, 100.0),
    (Check::Conversations, 100.0),
    (Check::Statistics, 94.8),
    (Check::StatisticsRows, 97.0),
    (Check::Objects, 100.0),
    (Check::Filters, 99.9),
    (Check::Further, 91.0),
];

/// Percent of field rows that are equal or excused, at least. Only ever raised.
const ROWS: f64 = 98.5;

#[test]
fn a_fixed_tenth_is_at_least_as_equal_as_it_was() {
    let Some(dir) = corpus().unwrap() else {
        println!(
            "skipped: no corpus beside the project: packets, conversations, files, filters and field rows are not compared"
        );
        return;
    };
    let filters = Filters::of(&dir).unwrap();
    let (mut report, reasons) = (Report::default(), Reasons::read().unwrap());
    let names = captures(&dir);
    let tables = Tables::of(&dir, &names);
    for name in names.iter().filter(|n| in_share(n, 10)) {
        compare(&dir, name, &filters, &tables, &mut report);
    }
    println!("{}", report.markdown(&filters, &reasons));
    assert!(report.captures > 20, "only {} captures", report.captures);
    let rows = report.rows.agreement(&reasons);
    assert!(rows >= ROWS, "field rows: {rows:.2} % of {ROWS} %");
    for (check, floor) in FLOORS {
        let reached = report.agreement(check, &reasons);
        assert!(reached >= floor, "{check:?}: {reached:.2} % of {floor} %");
    }
}
