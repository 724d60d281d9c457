/** Bars of a finding: a drawing that says its peak in words, and the same as a table. */

import { useState } from "preact/hooks";
import { count, plural } from "../base/text.ts";
import { duration } from "../base/time.ts";
import type { Plot } from "../engine/contract.ts";
import { PlainTable } from "./plaintable.tsx";

/** Bars drawn; beyond, neighbours are joined and that is said. */
const DRAWN = 120;
/** Rows of the table. */
const ROWS = 200;
const WIDTH = 480;
const HEIGHT = 96;

/** A bar's place in words: seconds as a duration, hours as a time of day. */
function placeOf(value: number, unit: string): string {
	if (unit.startsWith("second")) return duration(value);
	if (unit === "hour") return `${String(value).padStart(2, "0")}:00`;
	return `${unit ? `${unit} ` : ""}${count(Math.round(value * 1000) / 1000)}`;
}

/** Neighbours joined until they fit; each keeps its first place. */
function joined(bars: [number, number][]): { bars: [number, number][]; each: number } {
	const each = Math.ceil(bars.length / DRAWN) || 1;
	if (each === 1) return { bars, each };
	const out: [number, number][] = [];
	for (let i = 0; i < bars.length; i += each) {
		const group = bars.slice(i, i + each);
		out.push([group[0]?.[0] ?? 0, group.reduce((n, b) => n + b[1], 0)]);
	}
	return { bars: out, each };
}

export function Bars({ plot }: { plot: Plot }) {
	const [asTable, setTable] = useState(false);
	const { bars, each } = joined(plot.bars);
	const most = bars.reduce((m, b) => Math.max(m, b[1]), 0);
	const peak = bars.find((b) => b[1] === most);
	if (bars.length === 0 || most === 0 || !peak) return <p class="small muted">{plot.title}: nothing to draw.</p>;
	const step = WIDTH / bars.length;
	const first = bars[0]?.[0] ?? 0;
	const last = bars.at(-1)?.[0] ?? 0;
	const says = `${plot.title}: ${plural(plot.bars.length, "bar")} from ${placeOf(first, plot.unit)} to ${placeOf(last, plot.unit)}, most (${count(most)}) at ${placeOf(peak[0], plot.unit)}`;
	return (
		<figure class="bars">
			<figcaption class="row between">
				<span class="small">
					<strong>{plot.title}</strong>{" "}
					<span class="muted">
						most: {count(most)} at {placeOf(peak[0], plot.unit)}
					</span>
				</span>
				<button type="button" class="button small" aria-pressed={asTable} onClick={() => setTable(!asTable)}>
					As a table<span class="offscreen">, {plot.title}</span>
				</button>
			</figcaption>
			{asTable ? (
				<PlainTable head={[{ title: "From" }, { title: "Count", as: "end" }]}>
					{plot.bars.slice(0, ROWS).map(([from, n], i) => (
						<tr key={`${i}b`}>
							<td>{placeOf(from, plot.unit)}</td>
							<td class="n">{count(n)}</td>
						</tr>
					))}
				</PlainTable>
			) : (
				<>
					<svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} preserveAspectRatio="none" role="img" aria-label={says}>
						{bars.map(([from, n], i) => {
							const h = n === 0 ? 0 : Math.max(1.5, (n / most) * (HEIGHT - 4));
							return (
								<rect key={`${i}${from}`} x={i * step} y={HEIGHT - h} width={Math.max(0.8, step - Math.min(1, step / 4))} height={h} />
							);
						})}
					</svg>
					<div class="row between small muted num" aria-hidden="true">
						<span>{placeOf(first, plot.unit)}</span>
						<span>{placeOf(last, plot.unit)}</span>
					</div>
				</>
			)}
			{each > 1 && !asTable && <p class="small muted">{each} neighbours are drawn as one bar.</p>}
			{asTable && plot.bars.length > ROWS && (
				<p class="small muted">
					The first {ROWS} of {count(plot.bars.length)}.
				</p>
			)}
		</figure>
	);
}
