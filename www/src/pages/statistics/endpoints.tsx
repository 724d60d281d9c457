/** Endpoints: each address, or address and port, with what it sent and got. */

import { bytes } from "../../base/text.ts";
import { ask } from "../../engine/client.ts";
import { type EndpointRow, PRIORITY, type Talk } from "../../engine/contract.ts";
import { shown } from "../../engine/narrowing.ts";
import { Around } from "../../widgets/states.tsx";
import { ALL_ROWS, type StatColumn, StatTable } from "./table.tsx";
import { endText, hasPorts, TalkChoice, talkName, talkOf, useTalk } from "./talk.tsx";

function columns(talk: Talk): StatColumn<EndpointRow>[] {
	return [
		{
			id: "address",
			title: "Address",
			value: (e) => e.address,
			cell: (e) => <a href={`#/understand/packets?p=${e.first}`}>{e.address}</a>,
		},
		{ id: "port", ...(hasPorts(talk) && { title: "Port" }), figure: true, value: (e) => e.port, cell: (e) => e.port },
		{ id: "conversations", title: "Conversations", figure: true, value: (e) => e.conversations },
		{ id: "packets", title: "Packets", figure: true, value: (e) => e.packets_out + e.packets_in },
		{
			id: "bytes",
			title: "Bytes",
			figure: true,
			value: (e) => e.bytes_out + e.bytes_in,
			cell: (e) => bytes(e.bytes_out + e.bytes_in),
		},
		{ id: "packets_out", title: "Packets sent", figure: true, value: (e) => e.packets_out },
		{ id: "bytes_out", title: "Bytes sent", figure: true, value: (e) => e.bytes_out, cell: (e) => bytes(e.bytes_out) },
		{ id: "packets_in", title: "Packets received", figure: true, value: (e) => e.packets_in },
		{ id: "bytes_in", title: "Bytes received", figure: true, value: (e) => e.bytes_in, cell: (e) => bytes(e.bytes_in) },
	];
}

export function Endpoints() {
	const talk = talkOf();
	const r = useTalk(talk);
	return (
		<>
			<TalkChoice />
			<Around of={r} what="Counting endpoints">
				{(v) => (
					<StatTable
						key={talk}
						columns={columns(talk)}
						rows={v.endpoints}
						of={v.of_endpoints}
						limits={v.limits}
						one="endpoint"
						first="with most bytes"
						file={`weir-endpoints-${talk}`}
						command={`weir stats endpoints --type ${talk}`}
						all={async () =>
							(
								await ask(
									"statistics.conversations",
									{ narrowing: shown.value, type: talk, limit: ALL_ROWS },
									{ priority: PRIORITY.analysis },
								)
							).endpoints
						}
						limit={(e) => ({ filter: e.filter })}
						name={(e) => endText(e.address, e.port)}
						none={`No ${talkName(talk)} endpoint is within the limits`}
					/>
				)}
			</Around>
		</>
	);
}
