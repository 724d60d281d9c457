/** Conversations: who talked to whom, and how much each way. */

import { settings } from "../../base/settings.ts";
import { bytes } from "../../base/text.ts";
import { dateTime, duration, parseEpoch } from "../../base/time.ts";
import { ask } from "../../engine/client.ts";
import { type ConversationRow, PRIORITY, type Talk } from "../../engine/contract.ts";
import { shown } from "../../engine/narrowing.ts";
import { Around } from "../../widgets/states.tsx";
import { ALL_ROWS, type StatColumn, StatTable } from "./table.tsx";
import { endText, hasPorts, TalkChoice, talkName, talkOf, useTalk } from "./talk.tsx";

function columns(talk: Talk): StatColumn<ConversationRow>[] {
	const ports = hasPorts(talk);
	return [
		{ id: "a", title: "A, who began", value: (c) => c.a, cell: (c) => endText(c.a, c.a_port), by: (c) => endText(c.a, c.a_port) },
		{ id: "a_port", value: (c) => c.a_port },
		{ id: "b", title: "B", value: (c) => c.b, cell: (c) => endText(c.b, c.b_port), by: (c) => endText(c.b, c.b_port) },
		{ id: "b_port", value: (c) => c.b_port },
		{ id: "packets", title: "Packets", figure: true, value: (c) => c.packets_ab + c.packets_ba },
		{
			id: "bytes",
			title: "Bytes",
			figure: true,
			value: (c) => c.bytes_ab + c.bytes_ba,
			cell: (c) => bytes(c.bytes_ab + c.bytes_ba),
		},
		{ id: "packets_ab", title: "Packets A to B", figure: true, value: (c) => c.packets_ab },
		{ id: "bytes_ab", title: "Bytes A to B", figure: true, value: (c) => c.bytes_ab, cell: (c) => bytes(c.bytes_ab) },
		{ id: "packets_ba", title: "Packets B to A", figure: true, value: (c) => c.packets_ba },
		{ id: "bytes_ba", title: "Bytes B to A", figure: true, value: (c) => c.bytes_ba, cell: (c) => bytes(c.bytes_ba) },
		{
			id: "begun",
			title: `Begun (${settings.value.zone})`,
			value: (c) => c.begun,
			cell: (c) => <a href={`#/understand/packets?p=${c.first}`}>{dateTime(parseEpoch(c.begun) ?? 0n, settings.value.zone, 3)}</a>,
		},
		{ id: "seconds", title: "Lasted", figure: true, value: (c) => c.seconds, cell: (c) => duration(c.seconds) },
		{
			id: "flow",
			...(ports && { title: "Stream" }),
			value: (c) => c.flow,
			cell: (c) => c.flow && <a href={`#/understand/follow?flow=${c.flow}`}>{c.flow}</a>,
		},
	];
}

export function Conversations() {
	const talk = talkOf();
	const r = useTalk(talk);
	return (
		<>
			<TalkChoice />
			<Around of={r} what="Counting conversations">
				{(v) => (
					<StatTable
						key={talk}
						columns={columns(talk)}
						rows={v.rows}
						of={v.of}
						limits={v.limits}
						one="conversation"
						first="with most bytes"
						file={`weir-conversations-${talk}`}
						command={`weir stats conv --type ${talk}`}
						all={async () =>
							(
								await ask(
									"statistics.conversations",
									{ narrowing: shown.value, type: talk, limit: ALL_ROWS },
									{ priority: PRIORITY.analysis },
								)
							).rows
						}
						limit={(c) => ({ filter: c.filter, flow: c.flow })}
						name={(c) => `${endText(c.a, c.a_port)} with ${endText(c.b, c.b_port)}${c.flow ? `, ${c.flow}` : ""}`}
						none={`No ${talkName(talk)} conversation is within the limits`}
					/>
				)}
			</Around>
		</>
	);
}
