/** Expert summary: what dissection remarked, by how serious it is. */

import { visible } from "../../base/text.ts";
import { ask } from "../../engine/client.ts";
import { type ExpertRow, PRIORITY } from "../../engine/contract.ts";
import { shown } from "../../engine/narrowing.ts";
import { useResult } from "../../engine/results.ts";
import { Around } from "../../widgets/states.tsx";
import { Captured } from "../../widgets/text.tsx";
import { ALL_ROWS, type StatColumn, StatTable } from "./table.tsx";
import { hasPackets } from "./within.ts";

/** The most serious is the greatest. */
const SEVERITIES = ["Comment", "Chat", "Note", "Warning", "Error"];

const COLUMNS: StatColumn<ExpertRow>[] = [
	{ id: "severity", title: "Severity", value: (e) => e.severity, by: (e) => SEVERITIES.indexOf(e.severity) },
	{ id: "group", title: "Group", value: (e) => e.group },
	{ id: "protocol", title: "Protocol", value: (e) => e.protocol, cell: (e) => <code>{e.protocol}</code> },
	{ id: "message", title: "Remark", value: (e) => e.message, cell: (e) => <Captured text={e.message} class="break" /> },
	{ id: "count", title: "Times", figure: true, value: (e) => e.count },
	{ id: "first", title: "First in", value: (e) => e.first, cell: (e) => <a href={`#/understand/packets?p=${e.first}`}>{e.first}</a> },
];

export function Experts() {
	const r = useResult("statistics.experts", () => (hasPackets() ? { narrowing: shown.value } : null), PRIORITY.analysis, [], 200);
	return (
		<Around of={r} what="Collecting remarks">
			{(v) => (
				<StatTable
					columns={COLUMNS}
					rows={v.rows}
					of={v.of}
					limits={v.limits}
					one="remark"
					first="that are most serious"
					file="weir-expert"
					command="weir stats expert"
					all={async () =>
						(await ask("statistics.experts", { narrowing: shown.value, limit: ALL_ROWS }, { priority: PRIORITY.analysis })).rows
					}
					limit={(e) => (e.filter === "" ? null : { filter: e.filter })}
					name={(e) => `${e.protocol}: ${visible(e.message.slice(0, 120))}`}
					none="Nothing was remarked on the packets within the limits"
				/>
			)}
		</Around>
	);
}
