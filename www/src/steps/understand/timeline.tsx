/** Timeline: traffic over time, with answers and findings where they happened. */

import { useEffect, useState } from "preact/hooks";
import { parseRef, routeOf } from "../../base/evidence.ts";
import { route } from "../../base/routes.ts";
import { scope } from "../../base/scope.ts";
import { settings } from "../../base/settings.ts";
import { dateTime, duration, epoch, parseEpoch, parseLocal } from "../../base/time.ts";
import { didWhat, findingName } from "../../base/words.ts";
import { captures } from "../../engine/client.ts";
import { useAnswers, useFindings } from "../../engine/conclusions.ts";
import { PRIORITY, type Time } from "../../engine/contract.ts";
import { keepPreview, preview } from "../../engine/narrowing.ts";
import { useResult } from "../../engine/results.ts";
import { Lane, type LaneMark } from "../../widgets/lane.tsx";
import { PlainTable } from "../../widgets/plaintable.tsx";
import { Around, NoCapture, Refusal } from "../../widgets/states.tsx";
import { AllPackets } from "./allpackets.tsx";
import { at } from "./format.ts";

/** Where an answer's first evidence leads: a packet, or a row of a flow log. */
function whereOf(evidence: string | undefined): string {
	const ref = evidence ? parseRef(evidence) : null;
	return ref ? routeOf(ref) : "#/understand/answers";
}

/** As it would be typed into the fields of the range. */
const written = (t: Time): string => dateTime(parseEpoch(t) ?? 0n, settings.value.zone, 0);

/** An end of the scope's window as the engine writes times; null where it is open. */
function instantOf(text: string | undefined): Time | null {
	const n = text ? parseLocal(text, "UTC").instant : null;
	return n === null ? null : epoch(n);
}

const ALL = { filter: "", from: null, to: null, captures: null, unique: false };

export function Timeline() {
	const [chosen, setMeasure] = useState<"packets" | "bytes" | "rows" | null>(null);
	const [zoom, setZoom] = useState<{ from: string; to: string } | null>(null);
	const r = useResult(
		"timeline",
		() => (captures.value.length ? { narrowing: { ...ALL }, from: zoom?.from ?? null, to: zoom?.to ?? null, buckets: 480 } : null),
		PRIORITY.analysis,
		[zoom],
		100,
	);
	const answers = useAnswers(300);
	const findings = useFindings(300);
	const q = route.value.query;
	useEffect(() => {
		if (!q.from || !q.to) return;
		const one = (t: string): string | null => {
			const n = parseEpoch(t) ?? parseLocal(t, "UTC").instant;
			return n === null ? null : epoch(n);
		};
		const from = one(q.from);
		const to = one(q.to);
		if (from && to) preview.value = { from, to };
	}, [q.from, q.to]);
	const marks: (LaneMark & { group: string })[] = [];
	for (const a of answers.value?.answers ?? [])
		if (a.first && a.rung !== "none")
			marks.push({
				at: a.first,
				kind: "answer",
				title: `${a.host} ${didWhat(a)}`,
				href: whereOf(a.evidence[0]),
				group: "answer",
			});
	for (const f of findings.value?.findings ?? [])
		marks.push({
			at: f.first,
			kind: f.severity === "critical" ? "high" : f.severity === "low" ? "info" : f.severity,
			title: `${findingName(f)} ${f.title}`,
			href: `#/understand/findings?id=${findingName(f)}`,
			group: "finding",
		});
	marks.sort((a, b) => Number((parseEpoch(a.at) ?? 0n) - (parseEpoch(b.at) ?? 0n)));
	const p = preview.value;
	const measure = chosen ?? (captures.value.every((c) => c.kind === "flow_log") ? "rows" : "packets");
	const [typedFrom, setFrom] = useState<string | null>(null);
	const [typedTo, setTo] = useState<string | null>(null);
	const from = typedFrom ?? (r.value ? written(p?.from ?? r.value.from) : "");
	const to = typedTo ?? (r.value ? written(p?.to ?? r.value.to) : "");
	const [error, setError] = useState("");
	return (
		<div class="scroller">
			<AllPackets />
			<Around of={r} what="Counting over time" idle={<NoCapture />}>
				{(v) => (
					<>
						<div class="toolbar">
							<button type="button" class="button small" aria-pressed={measure === "packets"} onClick={() => setMeasure("packets")}>
								Packets
							</button>
							<button type="button" class="button small" aria-pressed={measure === "bytes"} onClick={() => setMeasure("bytes")}>
								Bytes
							</button>
							{v.rows.length > 0 && (
								<button type="button" class="button small" aria-pressed={measure === "rows"} onClick={() => setMeasure("rows")}>
									Flow records
								</button>
							)}
							<span class="muted">one bar is {duration(v.bucket_s)}</span>
							<button type="button" class="button small" disabled={!p} onClick={() => p && setZoom(p)}>
								Zoom to the selection
							</button>
							<button type="button" class="button small" disabled={!zoom} onClick={() => setZoom(null)}>
								Show all
							</button>
							<button type="button" class="button small" disabled={!p} onClick={keepPreview}>
								Keep as limit ⏎
							</button>
							<form
								class="row"
								onSubmit={(e) => {
									e.preventDefault();
									const a = parseLocal(from, settings.value.zone);
									const b = parseLocal(to, settings.value.zone);
									setError(a.error ?? b.error ?? "");
									if (a.instant !== null && b.instant !== null && !a.error && !b.error)
										preview.value = { from: epoch(a.instant), to: epoch(b.instant) };
								}}
							>
								<input
									type="text"
									size={19}
									aria-label={`From (${settings.value.zone})`}
									aria-describedby={error ? "range-why" : undefined}
									value={from}
									onInput={(e) => setFrom(e.currentTarget.value)}
								/>
								<input
									type="text"
									size={19}
									aria-label={`To (${settings.value.zone})`}
									aria-describedby={error ? "range-why" : undefined}
									value={to}
									onInput={(e) => setTo(e.currentTarget.value)}
								/>
								<button type="submit" class="button small">
									Select
								</button>
								<Refusal id="range-why" text={error} />
							</form>
						</div>
						<Lane
							data={v}
							marks={marks}
							zone={settings.value.zone}
							height={150}
							brush={p}
							wanted={{ from: instantOf(scope.value.window.from), to: instantOf(scope.value.window.to) }}
							measure={measure}
							label="Traffic over time with answers and findings"
							onBrush={(b) => (preview.value = b)}
							onKeep={keepPreview}
						/>
						<h2>Answers and findings in time order</h2>
						{marks.length === 0 ? (
							<p class="muted">None yet.</p>
						) : (
							<PlainTable>
								{marks.map((m, i) => (
									<tr key={`${i}${m.title}`}>
										<td class="num">{at(m.at)}</td>
										<td>{m.group}</td>
										<td>
											<a href={m.href}>
												<bdi>{m.title}</bdi>
											</a>
										</td>
									</tr>
								))}
							</PlainTable>
						)}
					</>
				)}
			</Around>
		</div>
	);
}
