/** Protocols: what the packets are made of, layer by layer. */

import { bytes, count, percent } from "../../base/text.ts";
import { captures } from "../../engine/client.ts";
import { PRIORITY } from "../../engine/contract.ts";
import { narrow } from "../../engine/narrowing.ts";
import { useResult } from "../../engine/results.ts";
import { PlainTable } from "../../widgets/plaintable.tsx";
import { Around, NoCapture } from "../../widgets/states.tsx";
import { AllPackets } from "./allpackets.tsx";

export function Protocols() {
	const r = useResult("summary", () => (captures.value.length ? {} : null), PRIORITY.analysis, [], 200);
	return (
		<div class="scroller">
			<AllPackets />
			<Around of={r} what="Counting protocols" idle={<NoCapture />}>
				{(v) => (
					<PlainTable
						head={[
							"Protocol",
							"Share of packets",
							{ title: "Packets", as: "end" },
							{ title: "Bytes", as: "end" },
							{ title: "End here", as: "end" },
							{ title: "Filter", as: "offscreen" },
						]}
					>
						{v.hierarchy.map((h, i) => (
							<tr key={`${i}${h.name}`}>
								<td>
									<span style={{ display: "inline-block", width: `${h.depth * 18}px` }} />
									{h.title} <code class="muted">{h.name}</code>
								</td>
								<td style={{ width: "26%" }}>
									<div class="bar" aria-hidden="true">
										<i style={{ left: "0", width: `${(100 * h.packets) / Math.max(1, v.packets)}%` }} />
									</div>
									<span class="small muted">{percent(h.packets, v.packets)}</span>
								</td>
								<td class="n">{count(h.packets)}</td>
								<td class="n">{bytes(h.bytes)}</td>
								<td class="n">{count(h.end_packets)}</td>
								<td>
									<button type="button" class="button small" aria-label={`Filter to ${h.name}`} onClick={() => narrow({ filter: h.name })}>
										Filter
									</button>
								</td>
							</tr>
						))}
					</PlainTable>
				)}
			</Around>
		</div>
	);
}
