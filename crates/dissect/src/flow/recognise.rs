//! What a flow carries: Decode As, an expectation, certain content, a registered port, likely content,
//! in this order. Knows protocols only through their registry entries.

use super::{Live, RecognisedBy};
use crate::context::Ctx;
use crate::protocol::{Certainty, Direction, Over, Probe, Protocol, Start, Transport};
use crate::registry::registry;
use weir_model::FlowId;

/// A flow undecided after so many held bytes of one direction …
pub(crate) const HELD: usize = 4096;
/// … or so many data packets is decided with what there is.
pub(crate) const PACKETS: u8 = 8;

/// A decision, or `None` to wait for more.
pub(crate) enum Decision {
    Is(&'static Protocol, RecognisedBy),
    Unknown,
    Wait,
}

/// What content tells.
#[derive(Default)]
pub(super) struct Probed {
    pub(super) certain: Option<&'static Protocol>,
    pub(super) likely: Option<&'static Protocol>,
    /// More bytes may tell more.
    pub(super) more: bool,
}

/// Asks every protocol whether a stream that begins so is its own. `ports` of client and server.
pub(super) fn probed(
    transport: Transport,
    direction: Direction,
    bytes: &[u8],
    ports: (u16, u16),
    from_start: bool,
) -> Probed {
    let ports = if direction == Direction::Forward {
        ports
    } else {
        (ports.1, ports.0)
    };
    let probe = Probe {
        bytes: bytes.get(..HELD).unwrap_or(bytes),
        direction,
        ports,
        transport,
        from_start,
    };
    #[cfg(test)]
    tests::ASKED.set(tests::ASKED.get() + 1);
    let mut found = Probed::default();
    for candidate in registry().probed(transport) {
        let Some(protocol) = registry().get(*candidate) else {
            continue;
        };
        match protocol.probe.map_or(Certainty::No, |p| p(&probe)) {
            Certainty::Certain => {
                found.certain = Some(protocol);
                return found;
            }
            Certainty::Unsure => found.likely = found.likely.or(Some(protocol)),
            Certainty::More => found.more = true,
            Certainty::No => {}
        }
    }
    found
}

/// Decides for the first bytes of one direction. `last` means that there will be no more; without `port_tells` only
/// content does, because the port's protocol has made way.
pub(crate) fn decide(
    ctx: &mut Ctx<'_>,
    id: FlowId,
    direction: Direction,
    bytes: &[u8],
    from_start: bool,
    port_tells: bool,
    last: bool,
) -> Decision {
    let Some(flow) = ctx.core.facts.flow(id) else {
        return Decision::Unknown;
    };
    let (transport, client, server) = (flow.transport, flow.client, flow.server);
    // A protocol that another handed the flow to is not there from its beginning.
    if let (Some(protocol), RecognisedBy::Expected, Some(_)) =
        (flow.protocol, flow.recognised_by, flow.seldom().setup)
    {
        return registry().get(protocol).map_or(Decision::Unknown, |p| {
            Decision::Is(p, RecognisedBy::Expected)
        });
    }
    let port = |n: u16| match transport {
        Transport::Tcp => Over::TcpPort(n),
        Transport::Udp => Over::UdpPort(n),
    };
    let ends = [server.1, client.1];
    let told = if port_tells { &ends[..] } else { &[] };
    for &n in told {
        if let Some((_, protocol)) = ctx
            .core
            .options
            .decode_as
            .iter()
            .find(|(over, _)| *over == port(n))
        {
            return Decision::Is(protocol, RecognisedBy::DecodeAs);
        }
    }
    if !ctx.core.muted
        && let Some(e) = ctx.core.expectations.take(transport, client, server)
    {
        if let Some(flow) = ctx.core.facts.flows.get_mut(id.0 as usize) {
            let seldom = flow.seldom_mut();
            seldom.token = e.token;
            seldom.setup = Some(e.setup);
        }
        return Decision::Is(e.protocol, RecognisedBy::Expected);
    }
    let ports = (client.1, server.1);
    let found = probed(transport, direction, bytes, ports, from_start);
    if let Some(protocol) = found.certain {
        return Decision::Is(protocol, RecognisedBy::Content);
    }
    for &n in told {
        let usable = |p: &&'static Protocol| match transport {
            Transport::Tcp => p.stream.is_some(),
            Transport::Udp => p.datagram.is_some(),
        };
        if let Some(protocol) = registry().over(port(n)).filter(usable) {
            return Decision::Is(protocol, RecognisedBy::Port);
        }
    }
    match found.likely {
        Some(protocol) => Decision::Is(protocol, RecognisedBy::Likely),
        None if found.more && !last => Decision::Wait,
        None => Decision::Unknown,
    }
}

/// Writes a decision into the flow record (not while replaying) and starts the dissector.
pub(crate) fn start(
    ctx: &mut Ctx<'_>,
    id: FlowId,
    live: &Live,
    protocol: &'static Protocol,
    by: RecognisedBy,
) -> Option<Start> {
    if !ctx.core.muted
        && let Some(flow) = ctx.core.facts.flows.get_mut(id.0 as usize)
    {
        flow.protocol = Some(protocol.id());
        flow.recognised_by = by;
    }
    let flow = ctx.core.facts.flow(id)?;
    Some(Start {
        token: flow.seldom().token,
        from_start: live.halves.iter().all(|h| h.from_start || !h.started()),
        server_port: flow.server.1,
        client: flow.client.0,
        server: flow.server.0,
        opened: false,
    })
}

#[cfg(test)]
mod tests {
    use crate::synth::Synth;
    use std::cell::Cell;

    thread_local! {
        /// How often protocols were asked whether content is theirs.
        pub(super) static ASKED: Cell<u32> = const { Cell::new(0) };
    }

    /// Asked by a conversation of `rounds` requests and answers, and by as many datagrams.
    fn asked(rounds: usize) -> (u32, u32) {
        let (client, server) = (([10, 0, 0, 1], 40_000), ([10, 0, 0, 2], 8099));
        let mut stream = Synth::default();
        let mut c = stream.connect(client, server);
        for _ in 0..rounds {
            c.client(&mut stream, b"GET /a HTTP/1.1\r\nHost: b.example\r\n\r\n");
            c.server(
                &mut stream,
                b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok",
            );
        }
        let count = |synth: &Synth| {
            ASKED.set(0);
            let loaded = synth.load();
            assert_eq!(loaded.facts().flows.len(), 1);
            ASKED.get()
        };
        let mut datagrams = Synth::default();
        for n in 0..rounds {
            let id = u8::try_from(n).unwrap_or_default();
            let query = [id, 1, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 1, b'a', 0, 0, 1, 0, 1];
            datagrams.udp(client, ([10, 0, 0, 2], 53), &query);
        }
        (count(&stream), count(&datagrams))
    }

    #[test]
    fn a_decided_flow_is_not_asked_about_again() {
        let (few, many) = (asked(2), asked(100));
        assert!(few.0 > 0 && few.1 > 0);
        assert_eq!(few, many);
    }
}
