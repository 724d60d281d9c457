//! `weir flows`: conversations as Wireshark numbers them, then rows of flow logs.

use super::Done;
use super::open::Open;
use crate::args::Args;
use crate::out::Out;
use serde_json::json;
use weir_dissect::registry;
use weir_model::RowRef;

pub(crate) fn run(args: &Args) -> Done {
    let open = Open::new(args)?;
    let mut out = Out::new(args.json);
    out.head(&[
        "flow",
        "client",
        "client_port",
        "server",
        "server_port",
        "transport",
        "protocol",
        "packets_out",
        "packets_in",
        "bytes_out",
        "bytes_in",
        "missed",
        "first",
        "last",
        "state",
        "unknown",
    ]);
    for chain in &open.session.chains {
        for flow in &chain.facts().flows {
            let (capture, stream) = flow.home();
            out.row(&json!({
                "flow": format!("{capture}:{}:{stream}", flow.transport.name()),
                "client": flow.client.0.to_string(),
                "client_port": flow.client.1,
                "server": flow.server.0.to_string(),
                "server_port": flow.server.1,
                "transport": flow.transport.name(),
                "protocol": flow.protocol.and_then(|p| registry().get(p)).map(|p| p.info.name),
                "packets_out": flow.packets[0],
                "packets_in": flow.packets[1],
                "bytes_out": flow.bytes[0],
                "bytes_in": flow.bytes[1],
                "missed": flow.seldom().missed.iter().sum::<u64>(),
                "first": flow.begun.epoch(),
                "last": flow.ended.epoch(),
                "unknown": weir_session::why(flow).map(|why| why.join("; ")),
            }));
        }
    }
    // Bytes of captures are those on the wire, of flow logs those of the payload, as each knows them.
    for (capture, log) in open.session.logs() {
        for row in &log.rows {
            let name = RowRef {
                capture: capture.id,
                row: row.row,
            };
            out.row(&json!({
                "flow": name.to_string(),
                "client": row.originator.ip.to_string(),
                "client_port": row.originator.port,
                "server": row.responder.ip.to_string(),
                "server_port": row.responder.port,
                "transport": row.transport.name(),
                "protocol": row.service,
                "packets_out": row.originator_packets,
                "packets_in": row.responder_packets,
                "bytes_out": row.originator_bytes,
                "bytes_in": row.responder_bytes,
                "missed": row.missed_bytes,
                "first": row.time.plus(capture.offset).epoch(),
                "last": row.end().plus(capture.offset).epoch(),
                "state": row.state,
            }));
        }
    }
    Ok(open.code())
}
