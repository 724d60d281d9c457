/** Protocol hierarchy: what the packets are made of, each layer below the ones that carry it. */

import { bytes, percent } from "../../base/text.ts";
import { type HierarchyRow, PRIORITY } from "../../engine/contract.ts";
import { shown } from "../../engine/narrowing.ts";
import { useResult } from "../../engine/results.ts";
import { Around } from "../../widgets/states.tsx";
import { type StatColumn, StatTable } from "./table.tsx";
import { hasPackets } from "./within.ts";

export function Hierarchy() {
	const r = useResult("statistics.hierarchy", () => (hasPackets() ? { narrowing: shown.value } : null), PRIORITY.analysis, [], 200);
	return (
		<Around of={r} what="Counting protocols">
			{(v) => {
				const all = v.rows.reduce((n, h) => (h.depth === 0 ? n + h.packets : n), 0);
				const columns: StatColumn<HierarchyRow>[] = [
					{ id: "depth", value: (h) => h.depth },
					{
						id: "name",
						title: "Protocol",
						value: (h) => h.name,
						cell: (h) => (
							<>
								<span style={{ display: "inline-block", width: `${Math.min(h.depth, 20) * 14}px` }} />
								{h.title} <code class="muted">{h.name}</code>
							</>
						),
					},
					{
						id: "share",
						title: "Share of packets",
						value: (h) => (all === 0 ? 0 : h.packets / all),
						cell: (h) => (
							<>
								<div class="bar" aria-hidden="true">
									<i style={{ left: "0", width: `${(100 * h.packets) / Math.max(1, all)}%` }} />
								</div>
								<span class="small muted">{percent(h.packets, all)}</span>
							</>
						),
					},
					{ id: "packets", title: "Packets", figure: true, value: (h) => h.packets },
					{ id: "bytes", title: "Bytes", figure: true, value: (h) => h.bytes, cell: (h) => bytes(h.bytes) },
					{ id: "end_packets", title: "End here", figure: true, value: (h) => h.end_packets },
					{ id: "end_bytes", title: "Their bytes", figure: true, value: (h) => h.end_bytes, cell: (h) => bytes(h.end_bytes) },
				];
				return (
					<StatTable
						columns={columns}
						rows={v.rows}
						of={v.of}
						limits={v.limits}
						one="layer"
						sortable={false}
						file="weir-protocols"
						command="weir stats phs"
						limit={(h) => ({ filter: h.filter })}
						name={(h) => h.name}
						none="No packet is within the limits"
					/>
				);
			}}
		</Around>
	);
}
