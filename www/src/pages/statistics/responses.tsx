/** Response times: how long answers took, for each kind of request, or each server where requests have no kinds. */

import { visible } from "../../base/text.ts";
import { duration } from "../../base/time.ts";
import { PRIORITY, type ResponseRow } from "../../engine/contract.ts";
import { shown } from "../../engine/narrowing.ts";
import { useResult } from "../../engine/results.ts";
import { Around } from "../../widgets/states.tsx";
import { Captured } from "../../widgets/text.tsx";
import { type StatColumn, StatTable } from "./table.tsx";
import { hasPackets } from "./within.ts";

const COLUMNS: StatColumn<ResponseRow>[] = [
	{ id: "protocol", title: "Protocol", value: (s) => s.protocol, cell: (s) => <code>{s.protocol}</code> },
	{ id: "procedure", title: "Request or server", value: (s) => s.procedure, cell: (s) => <Captured text={s.procedure} class="break" /> },
	{ id: "count", title: "Answers", figure: true, value: (s) => s.count },
	{ id: "min_s", title: "Shortest", figure: true, value: (s) => s.min_s, cell: (s) => duration(s.min_s) },
	{ id: "mean_s", title: "Mean", figure: true, value: (s) => s.mean_s, cell: (s) => duration(s.mean_s) },
	{ id: "max_s", title: "Longest", figure: true, value: (s) => s.max_s, cell: (s) => duration(s.max_s) },
	{
		id: "slowest",
		title: "Slowest in",
		value: (s) => s.slowest,
		cell: (s) => <a href={`#/understand/packets?p=${s.slowest}`}>{s.slowest}</a>,
	},
];

export function Responses() {
	const r = useResult("statistics.responses", () => (hasPackets() ? { narrowing: shown.value } : null), PRIORITY.analysis, [], 200);
	return (
		<Around of={r} what="Timing answers">
			{(v) => (
				<StatTable
					columns={COLUMNS}
					rows={v.rows}
					of={v.of}
					limits={v.limits}
					one="row"
					file="weir-response-times"
					command="weir stats srt"
					limit={(s) => ({ filter: s.filter })}
					name={(s) => `timed ${s.protocol} answers, from the row ${visible(s.procedure.slice(0, 120))}`}
					none="No answer to a request is within the limits"
				/>
			)}
		</Around>
	);
}
