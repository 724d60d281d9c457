//! A block list for nftables: two sets of addresses and rules that drop what goes to or comes from them.

use super::{Check, Format, Lists};
use crate::exports::{Cx, Listed, value};
use ipnet::IpNet;
use weir_model::IndicatorKind;

/// The format.
pub static FORMAT: Format = Format {
    id: "nftables",
    title: "nftables block list",
    purpose: "Drops traffic with these addresses on a Linux router or host: nft -f FILE. Loading it again replaces its own table and no other; nft delete table inet weir_block takes it back.",
    ending: "nft",
    mime: "text/plain",
    check: Check::Product("nft -c (where the kernel allows it) and a grammar of our own"),
    lists: Lists::Acting,
    texts: false,
    takes: |_, r| match r.kind {
        IndicatorKind::Address => Ok(()),
        IndicatorKind::Domain | IndicatorKind::Url => {
            Err("nftables knows no names; see the DNS zone")
        }
        _ => Err("nftables knows addresses only"),
    },
    notes,
    write,
};

fn notes(_: &Cx<'_>, rows: &[&Listed]) -> Vec<String> {
    let mut out = Vec::new();
    if rows.is_empty() {
        out.push("No address is acted on: the sets are empty.".to_owned());
    } else {
        out.push(
            "Addresses are given to others in time: take the table back when the case is closed."
                .to_owned(),
        );
    }
    out
}

fn write(cx: &Cx<'_>, rows: &[&Listed]) -> String {
    let mut nets: Vec<(IpNet, &Listed)> = rows
        .iter()
        .filter_map(|r| Some((value::network(&r.value)?, *r)))
        .collect();
    nets.sort_by_key(|n| n.0);
    let mut out = format!("#!/usr/sbin/nft -f\n# {}\n", cx.made());
    for (net, r) in &nets {
        out += &format!(
            "# {}: {}\n",
            value::written(*net),
            value::plain(&r.why, 100)
        );
    }
    // A set of intervals takes no network within another.
    let outer: Vec<IpNet> = IpNet::aggregate(&nets.iter().map(|n| n.0).collect());
    out += "\ntable inet weir_block\ndelete table inet weir_block\n\ntable inet weir_block {\n";
    for (name, kind, v4) in [
        ("addresses4", "ipv4_addr", true),
        ("addresses6", "ipv6_addr", false),
    ] {
        out += &format!("\tset {name} {{\n\t\ttype {kind}\n\t\tflags interval\n");
        let of: Vec<String> = outer
            .iter()
            .filter(|n| matches!(n, IpNet::V4(_)) == v4)
            .map(|n| value::written(*n))
            .collect();
        if !of.is_empty() {
            out += &format!(
                "\t\telements = {{\n\t\t\t{}\n\t\t}}\n",
                of.join(",\n\t\t\t")
            );
        }
        out += "\t}\n";
    }
    for (chain, from, to) in [
        ("input", true, false),
        ("output", false, true),
        ("forward", true, true),
    ] {
        out += &format!(
            "\tchain {chain} {{\n\t\ttype filter hook {chain} priority filter; policy accept;\n"
        );
        for (wanted, side) in [(to, "daddr"), (from, "saddr")] {
            if wanted {
                out += &format!(
                    "\t\tip {side} @addresses4 counter drop\n\t\tip6 {side} @addresses6 counter drop\n"
                );
            }
        }
        out += "\t}\n";
    }
    out += "}\n";
    out
}
