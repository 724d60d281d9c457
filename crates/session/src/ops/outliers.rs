//! Hosts that stick out of all hosts of the network, measure by measure.

use crate::error::SessionError;
use crate::ops::{Op, names, once, parse};
use serde::Deserialize;
use serde_json::{Value, json as object};
use weir_analyze::activity::Activity;
use weir_analyze::outliers::{CROWD, outliers};

#[derive(Deserialize)]
struct Args {
    /// Rows at most.
    #[serde(default)]
    limit: Option<usize>,
}

pub(crate) fn run(args: Value) -> Result<Box<dyn Op>, SessionError> {
    let args: Args = parse(args)?;
    Ok(once(move |cx| {
        let people = cx.session.people();
        let env = &people.environment;
        let all = cx.session.conclude(|input| {
            let activity = Activity::new(input, env);
            outliers(input, env, &activity)
        });
        let own = env.hosts().iter().filter(|h| h.internal).count();
        let mut says: Vec<String> = Vec::new();
        if own < CROWD {
            says.push(format!(
                "Fewer than {CROWD} hosts of the network are in the captures: nobody is told from the others."
            ));
        }
        let shown = all.iter().take(args.limit.unwrap_or(usize::MAX));
        let rows: Vec<Value> = shown
            .map(|o| {
                let host = env.host(o.host);
                object!({
                    "measure": o.measure,
                    "host": host.and_then(|h| h.address()).map(|ip| ip.to_string()),
                    "name": host.and_then(|h| h.name()).map(|n| n.text.clone()),
                    "mac": host.and_then(|h| h.mac).map(|m| m.to_string()),
                    "value": o.value,
                    "median": o.median,
                    "far": o.far,
                    "of_hosts": o.hosts,
                    "says": o.says,
                    "evidence": o.packets.iter().map(|p| names::evidence(*p)).collect::<Vec<_>>(),
                })
            })
            .collect();
        Ok(object!({"rows": rows, "of": all.len(), "says": says})).into()
    }))
}
