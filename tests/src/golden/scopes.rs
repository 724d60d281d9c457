//! The scope documents, and local time.

use super::key::{Indicator, TypedWindow};
use super::plants::{desk, times};
use super::world::World;
use super::write::Twin;
use crate::packets::rng::Rng;
use crate::packets::{HOUR, MINUTE, Nanos, SECOND};
use serde_json::{Value, json};

/// Date and time at an offset from UTC, as `2026-03-08T02:00:00` and the offset.
#[must_use]
pub fn local(time: Nanos, offset_minutes: i64) -> (String, String) {
    let seconds = time.div_euclid(SECOND) + offset_minutes * 60;
    let (days, rest) = (seconds.div_euclid(86_400), seconds.rem_euclid(86_400));
    // Days to a civil date, counted in 400-year eras from 0000-03-01.
    let z = days + 719_468;
    let (era, doe) = (z.div_euclid(146_097), z.rem_euclid(146_097));
    let yoe = (doe - doe / 1_460 + doe / 36_524 - doe / 146_096) / 365;
    let doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
    let mp = (5 * doy + 2) / 153;
    let (day, month) = (
        doy - (153 * mp + 2) / 5 + 1,
        if mp < 10 { mp + 3 } else { mp - 9 },
    );
    let year = yoe + era * 400 + i64::from(month <= 2);
    let clock = format!(
        "{year:04}-{month:02}-{day:02}T{:02}:{:02}:{:02}",
        rest / 3600,
        rest / 60 % 60,
        rest % 60
    );
    let zone = match offset_minutes {
        0 => "Z".to_owned(),
        n => format!(
            "{}{:02}:{:02}",
            if n < 0 { '-' } else { '+' },
            n.abs() / 60,
            n.abs() % 60
        ),
    };
    (clock, zone)
}

fn rfc3339(time: Nanos, offset_minutes: i64) -> String {
    let (clock, zone) = local(time, offset_minutes);
    clock + &zone
}

fn scope_of(w: &World, twin: Twin, zone: &str, window: (String, String)) -> Value {
    let indicators: Vec<Indicator> = w.indicators().to_vec();
    let silent = w.desk(desk::SILENT).ip4.to_string();
    let hosts = if twin == Twin::None && !w.small {
        vec![silent]
    } else {
        Vec::new()
    };
    let hours = |t: Nanos| (t + HOUR / 2).div_euclid(HOUR);
    let when = match (
        hours(w.clock.now - w.clock.from),
        hours(w.clock.to - w.clock.now),
    ) {
        (ago, 0) => format!("within the last {ago} hours"),
        (ago, to_come) => format!("within the last {ago} hours, or will within the next {to_come}"),
    };
    json!({
        "schema": 1,
        "issue": if twin == Twin::Fault { "fault" } else { "breach" },
        "question": format!("Who downloaded from {} {when}?", w.names.domain),
        "now": rfc3339(w.clock.now, 0),
        "zone": zone,
        "window": {"from": window.0, "to": window.1},
        "networks": ["192.168.100.0/24"],
        "hosts": hosts,
        "exclude": [],
        "protocols": ["http", "ftp"],
        "indicators": indicators,
    })
}

pub(super) fn scopes(w: &World, twin: Twin) -> (Vec<(String, Value)>, Vec<TypedWindow>) {
    let zone = Rng::new(w.seed, "zone")
        .word(&["UTC", "Asia/Kolkata", "Europe/Berlin", "America/New_York"])
        .to_owned();
    let whole = (rfc3339(w.clock.from, 0), rfc3339(w.clock.to, 0));
    let mut out = vec![("scope.json".to_owned(), scope_of(w, twin, &zone, whole))];
    let mut typed = Vec::new();
    if twin != Twin::None || w.small {
        return (out, typed);
    }
    let (early, late) = times::instants(w);
    // In spring the misread window would be an hour wider, in autumn an hour narrower.
    let half = if w.zone.after > w.zone.before {
        30 * MINUTE
    } else {
        -30 * MINUTE
    };
    let windows = [
        (
            "kolkata",
            "Asia/Kolkata",
            (early - HOUR, 330),
            (late - HOUR, 330),
        ),
        (
            "dst",
            w.zone.name,
            (early + half, w.zone.before * 60),
            (late - half, w.zone.after * 60),
        ),
    ];
    for (run, zone, from, to) in windows {
        let name = format!("scope-{run}.json");
        let window = (rfc3339(from.0, from.1), rfc3339(to.0, to.1));
        out.push((name.clone(), scope_of(w, twin, zone, window)));
        typed.push(TypedWindow {
            run: run.to_owned(),
            scope: name,
            zone: zone.to_owned(),
            from: local(from.0, from.1).0,
            to: local(to.0, to.1).0,
        });
    }
    (out, typed)
}
