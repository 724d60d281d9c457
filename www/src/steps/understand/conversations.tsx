/** Conversations: from packets, and the rows of flow logs with all their columns. */

import { Fragment } from "preact";
import { useEffect, useState } from "preact/hooks";
import { flowRef, rowRef } from "../../base/evidence.ts";
import { focused } from "../../base/focus.ts";
import { go, route } from "../../base/routes.ts";
import { count } from "../../base/text.ts";
import { captures } from "../../engine/client.ts";
import { PRIORITY, type RowCard } from "../../engine/contract.ts";
import { narrow } from "../../engine/narrowing.ts";
import { useResult } from "../../engine/results.ts";
import { Around } from "../../widgets/states.tsx";
import { Captured, EvidenceText } from "../../widgets/text.tsx";
import { Beside } from "./beside.tsx";
import { at } from "./format.ts";
import { ViewTable } from "./viewtable.tsx";

const ORDER = [
	{ id: "row", width: 9 },
	{ id: "flow", width: 9 },
	{ id: "protocol", width: 8 },
	{ id: "client", width: 15 },
	{ id: "client_port", width: 6 },
	{ id: "server", width: 15 },
	{ id: "server_port", width: 6 },
	{ id: "start", width: 23 },
	{ id: "packets", width: 8 },
	{ id: "bytes", width: 9 },
];

export function Conversations() {
	const logs = captures.value.some((c) => c.kind === "flow_log");
	const row = route.value.query.row ?? "";
	const [what, setWhat] = useState<"flows" | "rows">(
		row || (logs && captures.value.every((c) => c.kind === "flow_log")) ? "rows" : "flows",
	);
	const [selected, setSelected] = useState(row);
	useEffect(() => {
		if (!row) return;
		setWhat("rows");
		setSelected(row);
		focused.value = { evidence: rowRef(row), snapshot: `flow-log row ${row}` };
	}, [row]);
	const card = useResult(
		"row",
		() => (what === "rows" && selected && captures.value.length ? { row: selected } : null),
		PRIORITY.selection,
		[selected, what],
	);
	const list = (
		<div class="pane">
			{logs && (
				<div class="toolbar">
					<button type="button" class="button small" aria-pressed={what === "flows"} onClick={() => setWhat("flows")}>
						From packets
					</button>
					<button type="button" class="button small" aria-pressed={what === "rows"} onClick={() => setWhat("rows")}>
						From flow logs
					</button>
					{what === "rows" && <span class="muted">Flow records only: no payload, and answers stop at “contacted”.</span>}
				</div>
			)}
			<ViewTable
				key={what}
				table={what}
				label={what === "flows" ? "Conversations" : "Flow-log rows"}
				empty={what === "flows" ? "No conversations: nothing above the network layer was found." : "The flow logs hold no rows."}
				keys="table"
				first={ORDER}
				startAt={row && what === "rows" ? { key: row, stamp: row } : null}
				onActive={(c) => c.logRow && setSelected(c.logRow)}
				onEnter={(c) => c.flow && go(`#/understand/follow?flow=${c.flow}`)}
				menu={(c) =>
					c.flow
						? [
								{
									title: "Only this conversation",
									run: () => narrow({ filter: `${c.flow?.split(":")[1]}.stream == ${c.flow?.split(":")[2]}` }),
								},
							]
						: []
				}
			/>
		</div>
	);
	if (what === "flows") return list;
	return (
		<Beside label="Row" list={list}>
			<Around of={card} what="Reading the row" idle={<p class="muted">Choose a row to see every column of it.</p>}>
				{(r) => <LogRow r={r} />}
			</Around>
		</Beside>
	);
}

/** A row of a flow log with all its columns. */
function LogRow({ r }: { r: RowCard }) {
	return (
		<div class="card stack tight">
			<h2>
				Row <bdi class="mono">{r.row}</bdi>
			</h2>
			<p class="small">
				<EvidenceText text={r.evidence} /> line {count(r.line)} of <Captured text={r.log} />, {r.format}
			</p>
			<p class="small medium">! {r.unavailable}: who talked with whom and how much, not what was said.</p>
			<dl class="facts">
				<dt>Begun</dt>
				<dd class="num">{at(r.begun)}</dd>
				<dt>Ended</dt>
				<dd class="num">{at(r.ended)}</dd>
				<dt>Hosts</dt>
				<dd>
					<EvidenceText text={`[[h:${r.originator}]] asked [[h:${r.responder}]]`} />
				</dd>
				<dt>Answered</dt>
				<dd>{r.answered}</dd>
				{r.community_id && (
					<>
						<dt>Community ID</dt>
						<dd class="mono break">{r.community_id}</dd>
					</>
				)}
				<dt>In a capture</dt>
				<dd>{r.captured_as ? <EvidenceText text={flowRef(r.captured_as)} /> : "no"}</dd>
			</dl>
			<h3>Columns of the log</h3>
			<dl class="facts">
				{r.columns.map((c, i) => (
					<Fragment key={`${i}${c.name}`}>
						<dt>
							<Captured text={c.name} />
						</dt>
						<dd class="mono break">
							<Captured text={c.value} />
						</dd>
					</Fragment>
				))}
			</dl>
		</div>
	);
}
