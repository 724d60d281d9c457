//! What several conclusions ask of messages, protocol by protocol. Concludes nothing.

mod captured;

pub(crate) use captured::{Captured, transport};

use std::collections::BTreeMap;
use std::net::IpAddr;
use weir_dissect::Facts;
use weir_dissect::protocols::http::Transaction;
use weir_dissect::protocols::tls;
use weir_model::{FlowId, PacketRef, Timestamp};

/// What a TLS handshake shows.
#[derive(Clone, Debug, Default)]
pub(crate) struct Handshake<'a> {
    /// Server name asked for.
    pub(crate) sni: Option<&'a str>,
    /// Names in the certificate, where it is visible.
    pub(crate) certified: Vec<&'a str>,
    /// Keys opened it.
    pub(crate) opened: bool,
    /// Keys are known, and part of it stayed closed.
    pub(crate) partly: bool,
}

/// Handshakes by flow.
pub(crate) fn handshakes(facts: &Facts) -> BTreeMap<FlowId, Handshake<'_>> {
    let mut out: BTreeMap<FlowId, Handshake<'_>> = BTreeMap::new();
    for row in facts.messages.all::<tls::Handshake>() {
        let Some(flow) = row.meta.flow else { continue };
        let slot = out.entry(flow).or_default();
        slot.opened |= row.opened;
        slot.partly |= row.unopened || row.early;
        // A name inside an encrypted hello is not the outer one.
        let sni = row.server_name.as_deref().filter(|_| !row.ech);
        slot.sni = slot.sni.or(sni);
        if let Some(own) = row
            .certificates
            .first()
            .filter(|_| slot.certified.is_empty())
        {
            slot.certified = own.names.iter().map(|n| &**n).collect();
        }
    }
    out
}

/// Users who logged in, with the address they did it from.
pub(crate) fn users(facts: &Facts) -> Vec<(IpAddr, &str, (PacketRef, Timestamp))> {
    let mut out = Vec::new();
    for t in facts.messages.all::<Transaction>() {
        let Some(request) = &t.request else { continue };
        let user = request.credentials.as_ref().and_then(|c| c.user.as_deref());
        let flow = t.meta.flow.and_then(|id| facts.flow(id));
        if let Some((user, flow)) = user.zip(flow) {
            let (client, _) = flow.ends(t.meta.direction);
            out.push((client.0, user, request.first));
        }
    }
    out
}

/// Addresses that fetched for others, each with a time.
pub(crate) fn proxies(facts: &Facts) -> Vec<(IpAddr, Timestamp)> {
    let mut out: Vec<(IpAddr, Timestamp)> = Vec::new();
    for t in facts.messages.all::<Transaction>() {
        let asked = t.request.as_ref().is_some_and(|r| r.absolute);
        let answered = t.status().is_some_and(|s| s < 400);
        let Some(flow) = t.meta.flow.and_then(|id| facts.flow(id)) else {
            continue;
        };
        let (_, server) = flow.ends(t.meta.direction);
        if asked && answered && !out.iter().any(|(ip, _)| *ip == server.0) {
            out.push((server.0, t.meta.time));
        }
    }
    out
}
