//! A response policy zone: a resolver that loads it answers that these names do not exist.

use super::{Check, Format, Lists};
use crate::exports::{Cx, Listed, value};
use ipnet::IpNet;
use std::net::IpAddr;
use weir_model::IndicatorKind;

/// Longest owner name before the zone's own: names have 255 bytes on the wire.
const OWNER: usize = 190;

/// The format.
pub static FORMAT: Format = Format {
    id: "rpz",
    title: "DNS response policy zone",
    purpose: "A resolver (BIND, Unbound, PowerDNS, Knot) that loads this zone answers \u{201c}no such name\u{201d} for these names and all below them, and for answers that hold these addresses.",
    ending: "rpz",
    mime: "text/plain",
    check: Check::Product("named-checkzone and a grammar of our own"),
    lists: Lists::Acting,
    texts: false,
    takes,
    notes: |_, _| {
        vec!["Who asks another resolver, or by DNS over HTTPS, is not stopped by it.".to_owned()]
    },
    write,
};

fn takes(_: &Cx<'_>, r: &Listed) -> Result<(), &'static str> {
    match r.kind {
        IndicatorKind::Domain if r.value.len() > OWNER => Err("too long for a name within a zone"),
        IndicatorKind::Domain | IndicatorKind::Address => Ok(()),
        IndicatorKind::Url => Err("a zone blocks names as a whole, not single pages"),
        _ => Err("DNS knows names and addresses only"),
    }
}

/// `32.9.113.0.203.rpz-ip`, `128.35.zz.117a.db8.2001.rpz-ip`.
fn trigger(net: IpNet) -> String {
    let parts: Vec<String> = match net.addr() {
        IpAddr::V4(ip) => ip.octets().iter().map(u8::to_string).collect(),
        IpAddr::V6(ip) => {
            let all = ip.segments();
            // The longest run of zeros, two at least, is written `zz`.
            let run = |at: usize| all.iter().skip(at).take_while(|s| **s == 0).count();
            let best = (0..8)
                .max_by_key(|n| (run(*n), 8 - n))
                .filter(|n| run(*n) > 1);
            let mut out = Vec::new();
            let mut at = 0;
            while let Some(s) = all.get(at) {
                if Some(at) == best {
                    out.push("zz".to_owned());
                    at += run(at);
                } else {
                    out.push(format!("{s:x}"));
                    at += 1;
                }
            }
            out
        }
    };
    let back: Vec<String> = parts.into_iter().rev().collect();
    format!("{}.{}.rpz-ip", net.prefix_len(), back.join("."))
}

fn write(cx: &Cx<'_>, rows: &[&Listed]) -> String {
    let serial = cx
        .options
        .at
        .0
        .div_euclid(1_000_000_000)
        .rem_euclid(1 << 32);
    let mut out = format!(
        "; {}\n$TTL 300\n@ IN SOA localhost. hostmaster.localhost. ( {serial} 3600 600 86400 300 )\n@ IN NS localhost.\n",
        cx.made()
    );
    for r in rows {
        out += &format!("; {}\n", value::plain(&r.why, 100));
        match (r.kind, value::network(&r.value)) {
            (IndicatorKind::Domain, _) => {
                out += &format!("{0} IN CNAME .\n*.{0} IN CNAME .\n", r.value)
            }
            (_, Some(net)) => out += &format!("{} IN CNAME .\n", trigger(net)),
            _ => {}
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_written_backwards() {
        for (from, to) in [
            ("203.0.113.9", "32.9.113.0.203.rpz-ip"),
            ("203.0.113.0/24", "24.0.113.0.203.rpz-ip"),
            ("2001:db8:117a::35", "128.35.zz.117a.db8.2001.rpz-ip"),
            ("2001:db8:0:1:1:1:1:1", "128.1.1.1.1.1.0.db8.2001.rpz-ip"),
            ("2001:db8::", "128.zz.db8.2001.rpz-ip"),
        ] {
            assert_eq!(value::network(from).map(trigger).as_deref(), Some(to));
        }
    }
}
