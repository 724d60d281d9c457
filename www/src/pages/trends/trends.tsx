/** Trends: how much of what goes where by day and hour, which way, and from which packet on. */

import { Fragment } from "preact";
import { useState } from "preact/hooks";
import { settings } from "../../base/settings.ts";
import { bytes, count, plural } from "../../base/text.ts";
import { captures } from "../../engine/client.ts";
import { type Plot, PRIORITY, type TrendRow } from "../../engine/contract.ts";
import { useResult } from "../../engine/results.ts";
import { Bars } from "../../widgets/bars.tsx";
import { PlainTable } from "../../widgets/plaintable.tsx";
import { Around, Empty, NoCapture } from "../../widgets/states.tsx";
import { Captured, Refs } from "../../widgets/text.tsx";
import { when } from "./changes.tsx";

const percent = (x: number): string => `${x < 0 ? "−" : "+"}${(Math.abs(x) * 100).toFixed(1)} %`;
const much = (r: TrendRow, n: number): string => (r.measure === "sent" ? bytes(n) : count(Math.round(n)));

function plots(r: TrendRow): Plot[] {
	const what = r.measure === "sent" ? "Bytes sent" : "Connections";
	const out: Plot[] = [{ title: `${what} by day`, unit: "day", bars: r.days.map((n, i) => [i + 1, n]) }];
	if (r.hours) out.push({ title: `${what} by hour`, unit: "hours", bars: r.hours.map((n, i) => [i, n ?? 0]) });
	return out;
}

/** The same days as a line of bars, told in words beside it. */
function Days({ days }: { days: number[] }) {
	const most = Math.max(1, ...days);
	const width = 96 / Math.max(1, days.length);
	return (
		<svg class="days" viewBox="0 0 96 20" width="96" height="20" aria-hidden="true">
			{days.map((n, i) => (
				<rect
					key={`${i}d`}
					x={i * width}
					y={20 - (20 * n) / most}
					width={Math.max(0.5, width - 1)}
					height={(20 * n) / most}
					fill="currentColor"
				/>
			))}
		</svg>
	);
}

export function TrendTable() {
	const r = useResult("trends", () => (captures.value.length > 0 ? {} : null), PRIORITY.analysis, [], 100);
	const [open, setOpen] = useState("");
	if (captures.value.length === 0) return <NoCapture />;
	return (
		<Around of={r} what="Counting by hour and day">
			{(v) =>
				v.refused ? (
					<Empty title="No trend can be told">
						<span>{v.refused}.</span>
					</Empty>
				) : (
					<>
						<p class="muted">
							{plural(v.days, "whole day")}; {plural(v.of, "series", "series")}, a way is told of {v.told}.
							{v.days < v.way_days && ` Fewer than ${v.way_days} days: numbers alone, for any two days differ.`}
							{v.seldom > 0 && ` ${count(v.seldom)} come too seldom to say anything.`}
							{v.without_slope > 0 && ` Of ${count(v.without_slope)} no slope is worked out: too many series for that.`}
							{v.rows.length < v.of && ` The first ${count(v.rows.length)} are shown; weir trends prints all.`}
						</p>
						<PlainTable
							head={[
								"Way",
								"Host",
								"To",
								"By day",
								{ title: "A day", as: "end" },
								{ title: "q", as: "end" },
								`Departs (${settings.value.zone})`,
								{ title: "Plot", as: "offscreen" },
							]}
						>
							{v.rows.map((t) => {
								const key = `${t.host}|${t.peer}|${t.measure}`;
								const shown = open === key;
								return (
									<Fragment key={key}>
										<tr class={t.way ? undefined : "muted"}>
											<td>{t.way ? <strong>{t.way}</strong> : "none told"}</td>
											<td>{t.host}</td>
											<td class="break">{t.peer === null ? <em>everybody</em> : <Captured text={t.peer} />}</td>
											<td class="small">
												<Days days={t.days} /> {t.measure === "sent" ? "bytes sent" : "connections"}
												<div class="muted num">
													{much(t, t.days[0] ?? 0)} to {much(t, t.days.at(-1) ?? 0)}
												</div>
											</td>
											<td class="n">
												{t.growth !== null && percent(t.growth)}
												{t.interval && (
													<div class="small muted">
														{percent(t.interval[0])} to {percent(t.interval[1])}
													</div>
												)}
											</td>
											<td class="n">{t.q < 0.0001 ? "< 0.0001" : t.q.toFixed(4)}</td>
											<td class="small num">
												{t.departs && (
													<>
														{when(t.departs.time)} <Refs list={[t.departs.evidence]} />
														<div class="muted">
															{much(t, t.departs.before)} a day before, {much(t, t.departs.after)} from then on
														</div>
													</>
												)}
											</td>
											<td>
												<button
													type="button"
													class="button small"
													aria-expanded={shown}
													aria-label={`Plot of ${t.host} to ${t.peer ?? "everybody"}, ${t.measure}`}
													onClick={() => setOpen(shown ? "" : key)}
												>
													Plot
												</button>
											</td>
										</tr>
										{shown && (
											<tr>
												<td colSpan={8}>
													{plots(t).map((p) => (
														<Bars key={p.title} plot={p} />
													))}
												</td>
											</tr>
										)}
									</Fragment>
								);
							})}
						</PlainTable>
					</>
				)
			}
		</Around>
	);
}
