//! How much goes where by the hour and by the day, and which way that goes.

use crate::error::SessionError;
use crate::ops::{Op, names, once, parse};
use serde::Deserialize;
use serde_json::{Value, json as object};
use weir_analyze::activity::Activity;
use weir_analyze::environment::{Environment, Host};
use weir_analyze::trends::{Calendar, Departure, Measure, Trend, WAY_DAYS, refusal, trends};

/// Rows given where nobody says how many.
const ROWS: usize = 200;
/// Hours that are given one by one.
const HOURS: usize = 24 * 31;

#[derive(Deserialize)]
struct Args {
    /// Rows at most.
    #[serde(default)]
    limit: Option<usize>,
}

pub(crate) fn open(args: Value) -> Result<Box<dyn Op>, SessionError> {
    let args: Args = parse(args)?;
    Ok(once(move |cx| {
        let people = cx.session.people();
        let env = &people.environment;
        Ok(cx.session.conclude(|input| {
            let calendar = Calendar::new(input);
            let refused = refusal(input, &calendar);
            if refused.is_some() {
                return object!({ "refused": refused, "days": calendar.days(), "rows": [], "of": 0 });
            }
            let all = trends(&Activity::new(input, env), env, &calendar);
            let rows = all.rows.iter().take(args.limit.unwrap_or(ROWS));
            object!({
                "refused": null,
                "days": all.days,
                "way_days": WAY_DAYS,
                "begins": all.begins.iter().map(|t| t.epoch()).collect::<Vec<_>>(),
                "hours": all.hours,
                "tested": all.tested,
                "told": all.rows.iter().filter(|r| r.way().is_some()).count(),
                "seldom": all.seldom,
                "beyond": all.beyond,
                "without_slope": all.untold,
                "of": all.rows.len(),
                "rows": rows.map(|r| row(r, env, &calendar)).collect::<Vec<_>>(),
            })
        }))
        .into()
    }))
}

fn row(t: &Trend, env: &Environment, calendar: &Calendar) -> Value {
    let host = env.host(t.host);
    let hours: Option<Vec<Option<u64>>> = (calendar.hours() <= HOURS).then(|| {
        let value = |h: usize| t.hours.get(&h).copied().unwrap_or(0);
        let all = 0..calendar.hours();
        all.map(|h| calendar.covers(h).then(|| value(h))).collect()
    });
    object!({
        "host": host.and_then(Host::address).map(|ip| ip.to_string()),
        "name": host.and_then(Host::name).map(|n| n.text.clone()),
        "peer": t.peer,
        "measure": match t.measure { Measure::Times => "times", Measure::Sent => "sent" },
        "way": t.way().map(|up| if up { "up" } else { "down" }),
        "growth": t.slope.map(|s| libm::expm1(s.slope)),
        "interval": t.slope.and_then(|s| s.interval).map(|(a, b)| [libm::expm1(a), libm::expm1(b)]),
        "p": t.goes.map(|g| g.p),
        "q": t.q,
        "hourly": t.hourly,
        "days": t.days,
        "hours": hours,
        "departs": t.departs.map(|d| departure(&d)),
        "evidence": names::evidence(t.first),
    })
}

fn departure(d: &Departure) -> Value {
    object!({
        "day": d.day,
        "time": d.time.epoch(),
        "evidence": names::evidence(d.packet),
        "before": d.before,
        "after": d.after,
    })
}
