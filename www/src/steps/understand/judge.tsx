/** Answers, Findings, Protocols, Timeline: what the engine concludes, with its evidence. */

import { useEffect, useState } from "preact/hooks";
import { add, edit, items, log, newPass, pass } from "../../base/case.ts";

import { saveText } from "../../base/download.ts";
import { parseRef, routeOf } from "../../base/evidence.ts";

import { focused } from "../../base/focus.ts";
import { route } from "../../base/routes.ts";
import { INDICATOR_WORDS, scope, scopeBefore } from "../../base/scope.ts";
import { settings } from "../../base/settings.ts";
import { bytes, count, percent } from "../../base/text.ts";
import { dateTime, duration, epoch, parseEpoch, parseLocal } from "../../base/time.ts";
import { ANSWER_WORDS, RUNG_WORDS, RUNGS } from "../../base/words.ts";
import { captures } from "../../engine/client.ts";
import { type Answer, type Answers as AnswersOf, type Derived, type Finding, PRIORITY, type Rung } from "../../engine/contract.ts";
import { keepPreview, narrow, preview } from "../../engine/narrowing.ts";
import { useResult } from "../../engine/results.ts";
import { Lane, type LaneMark } from "../../widgets/lane.tsx";
import { Around, Empty } from "../../widgets/states.tsx";
import { Captured, Refs } from "../../widgets/text.tsx";

const GLYPH: Record<Rung, string> = { delivered: "▲", partial: "▲", hidden: "?", refused: "◆", contacted: "◆", looked_up: "●", none: "○" };
const CLASS: Record<Rung, string> = {
	delivered: "high",
	partial: "high",
	hidden: "medium",
	refused: "medium",
	contacted: "medium",
	looked_up: "info",
	none: "muted",
};

const at = (t: string | null): string => {
	const n = parseEpoch(t);
	return n === null ? "" : `${dateTime(n, settings.value.zone, 3)} ${settings.value.zone}`;
};

function AnswerRow({ a }: { a: Answer }) {
	const touch = (): void => {
		const first = a.evidence[0];
		focused.value = first ? { evidence: first, snapshot: `${a.host} ${RUNG_WORDS[a.rung]} ${a.indicator.value}` } : null;
	};
	return (
		<tr onFocusIn={touch} onMouseDown={touch}>
			<td>
				<bdi class="mono">{a.host}</bdi>
				{a.name && (
					<div>
						<Captured text={a.name} />
					</div>
				)}
				{a.mac && <div class="mono muted small">{a.mac}</div>}
			</td>
			<td>
				<bdi class="mono break">{a.indicator.value}</bdi>
				<div class="muted">{INDICATOR_WORDS[a.indicator.kind]}</div>
			</td>
			<td>
				<strong class={CLASS[a.rung]}>
					{GLYPH[a.rung]} {ANSWER_WORDS[a.answer]}
				</strong>
				<div>
					{RUNG_WORDS[a.rung]}
					{a.rung !== "none" && a.direction === "sent" && ", sent"}
				</div>
				{!a.in_scope && <div class="badge medium">outside your scope</div>}
				{!a.in_window && a.rung !== "none" && <div class="badge medium">outside the window</div>}
			</td>
			<td class="break">
				{a.reason}
				{a.match && <div class="muted">matched by {a.match}</div>}
				{a.files.map((f) => (
					<div key={f.id} class="small">
						<Captured text={f.name} /> {bytes(f.size)} {f.complete ? "complete" : "not complete"}{" "}
						{f.sha256 && (
							<a class="ref" href={`#/understand/files?hash=${f.sha256}`}>
								file:{f.sha256.slice(0, 12)}
							</a>
						)}
					</div>
				))}
				<details class="muted small" open={a.answer !== "seen"}>
					<summary>Checked</summary>
					{a.checked}
					{a.window_s > 0 && ` · ${duration(a.covered_s)} of ${duration(a.window_s)} captured`}
				</details>
			</td>
			<td class="num small">
				{at(a.first)}
				{a.last && a.last !== a.first && <div>{at(a.last)}</div>}
			</td>
			<td>
				<Refs list={a.evidence} most={3} />
			</td>
		</tr>
	);
}

/** From when to when there are packets or rows, in words. */
function captured(): string {
	const times = captures.value.flatMap((c) => [c.first, c.last]).flatMap((t) => parseEpoch(t) ?? []);
	if (times.length === 0) return "the captures hold no packet";
	const [first, last] = [times.reduce((a, b) => (b < a ? b : a)), times.reduce((a, b) => (b > a ? b : a))];
	return `the captures run from ${dateTime(first, settings.value.zone, 0)} to ${dateTime(last, settings.value.zone, 0)}`;
}

/** What is decided on first stands first: hosts of the scope by what they reached; then the rest. */
function worstFirst(rows: Answer[]): Answer[] {
	const worst = new Map<string, number>();
	for (const a of rows) worst.set(a.host, Math.min(RUNGS.indexOf(a.rung), worst.get(a.host) ?? RUNGS.length));
	return rows.toSorted(
		(a, b) =>
			Number(b.in_scope) - Number(a.in_scope) ||
			(worst.get(a.host) ?? 0) - (worst.get(b.host) ?? 0) ||
			(a.host === b.host ? RUNGS.indexOf(a.rung) - RUNGS.indexOf(b.rung) : a.host < b.host ? -1 : 1),
	);
}

/** What `weir answer --json` prints: an answer a line, and at last the derived indicators. */
function lines(v: AnswersOf): string {
	const rows = v.answers.map(({ evidence: _, ...a }) => JSON.stringify({ ...a, files: a.files.map(({ id: _, ...f }) => f) }));
	return `${[...rows, JSON.stringify({ derived: v.derived.map((d) => d.indicator) })].join("\n")}\n`;
}

export function Answers() {
	const [all, setAll] = useState(false);
	const r = useResult(
		"answers",
		() => (captures.value.length && scope.value.indicators.length ? { scope: scope.value, narrowing: null } : null),
		PRIORITY.analysis,
		[],
		150,
	);
	if (scope.value.indicators.length === 0)
		return (
			<Empty title="The scope names nothing to look for yet">
				<span>Add a domain, a file name or a hash; the answers come at once.</span>
				<a class="button primary" href="#/scope">
					Go to step 2
				</a>
			</Empty>
		);
	if (captures.value.length === 0)
		return (
			<Empty title="No capture yet">
				<a class="button primary" href="#/capture">
					Bring in a capture
				</a>
			</Empty>
		);
	return (
		<div class="scroller" data-state={r.stale ? "stale" : r.state}>
			<Around of={r} what="Answering the scope’s questions">
				{(v) => {
					const quiet = v.answers.filter((a) => a.rung === "none");
					const shown = worstFirst(all ? v.answers : v.answers.filter((a) => a.rung !== "none"));
					return (
						<>
							<div class="card stats">
								{RUNGS.map((k) => (
									<div class="stat" key={k}>
										<b class={v.counts[k] ? CLASS[k] : "muted"}>{count(v.counts[k] ?? 0)}</b>
										<span class="muted small">
											{GLYPH[k]} {RUNG_WORDS[k]}
										</span>
									</div>
								))}
							</div>
							<p class="small muted">
								Answers use all packets, whatever the limits above show. {v.beside.join(" ")}
								{v.coverage.wanted_s > 0 && ` Covered: ${percent(v.coverage.covered_s, v.coverage.wanted_s)} of the wanted window.`}
							</p>
							{v.coverage.wanted_s > 0 && v.coverage.covered_s === 0 && (
								<div class="state failed" role="status">
									<strong>No capture touches the window of your scope.</strong>
									<span>
										The window is {at(v.coverage.from)} to {at(v.coverage.to)}; {captured()}.
									</span>
									<a class="button" href="#/scope">
										Change the window
									</a>
								</div>
							)}
							<p class="row">
								<button
									type="button"
									class="button small"
									title="One JSON object a line, with the keys of weir answer --json"
									onClick={() => saveText(lines(v), "answers.jsonl", "application/x-ndjson")}
								>
									Save JSON
								</button>
							</p>
							<Difference now={v} />
							{shown.length === 0 && <Empty title={`Checked ${quiet.length} host and indicator pairs: none was seen.`} />}
							{shown.length > 0 && (
								<div class="scroll-x">
									<table class="plain answer-table">
										<thead>
											<tr>
												<th>Host</th>
												<th>Indicator</th>
												<th>Answer</th>
												<th>Because</th>
												<th>First and last</th>
												<th>Evidence</th>
											</tr>
										</thead>
										<tbody>
											{shown.map((a, i) => (
												<AnswerRow key={`${i}${a.host}${a.indicator.kind}${a.indicator.value}${a.direction}`} a={a} />
											))}
										</tbody>
									</table>
								</div>
							)}
							{quiet.length > 0 && (
								<p>
									<button type="button" class="button small" aria-expanded={all} onClick={() => setAll(!all)}>
										{all ? "Hide" : "Show"} {count(quiet.length)} pairs with nothing
									</button>
								</p>
							)}
							<DerivedCard list={v.derived} />
						</>
					);
				}}
			</Around>
		</div>
	);
}

function known(d: Derived): boolean {
	return scope.value.indicators.some((i) => i.kind === d.indicator.kind && i.value === d.indicator.value);
}

const keyOf = (d: Derived): string => `${d.indicator.kind} ${d.indicator.value}`;

/** What the evidence gives to look for next; one press adds what is ticked and begins the next pass. */
function DerivedCard({ list }: { list: Derived[] }) {
	const [off, setOff] = useState<ReadonlySet<string>>(new Set());
	const fresh = list.filter((d) => !known(d));
	if (fresh.length === 0) return null;
	const chosen = fresh.filter((d) => !off.has(keyOf(d)));
	const start = (): void => {
		newPass();
		for (const d of chosen)
			add("scope", { entry: "indicator", kind: d.indicator.kind, value: d.indicator.value, because: d.because }, "understand");
		log(`pass ${pass.value}: added ${chosen.length} derived indicators`);
	};
	return (
		<div class="card stack">
			<div class="row between">
				<h2>Derived indicators</h2>
				<button type="button" class="button primary" disabled={chosen.length === 0} onClick={start}>
					Start pass {pass.value + 1} with {chosen.length === 1 ? "this one" : `these ${chosen.length}`}
				</button>
			</div>
			<p class="hint">What the evidence itself gives to look for next. The answers of this pass stay, and what changes is shown.</p>
			<div class="scroll-x">
				<table class="plain">
					<thead>
						<tr>
							<th>Indicator</th>
							<th>Because</th>
						</tr>
					</thead>
					<tbody>
						{fresh.map((d) => (
							<tr key={keyOf(d)}>
								<td class="break">
									<label class="check">
										<input
											type="checkbox"
											checked={!off.has(keyOf(d))}
											onChange={() => {
												const next = new Set(off);
												if (!next.delete(keyOf(d))) next.add(keyOf(d));
												setOff(next);
											}}
										/>
										<span>
											<bdi class="mono">{d.indicator.value}</bdi> <span class="muted">{INDICATOR_WORDS[d.indicator.kind]}</span>
										</span>
									</label>
								</td>
								<td>
									{d.because} <Refs list={d.evidence} most={2} />
								</td>
							</tr>
						))}
					</tbody>
				</table>
			</div>
		</div>
	);
}

/** The highest rung of each host, with the address that it is called by. */
function highest(of: AnswersOf): Map<string, { host: string; name: string | null; rung: Rung }> {
	const out = new Map<string, { host: string; name: string | null; rung: Rung }>();
	for (const a of of.answers) {
		const key = a.mac ?? a.host;
		const old = out.get(key);
		if (!old || RUNGS.indexOf(a.rung) < RUNGS.indexOf(old.rung)) out.set(key, { host: a.host, name: a.name, rung: a.rung });
	}
	return out;
}

/** What the indicators of this pass changed against all passes before it. */
function Difference({ now }: { now: AnswersOf }) {
	const before = scopeBefore(pass.value);
	const earlier = useResult(
		"answers",
		() => {
			const s = scopeBefore(pass.value);
			return s && captures.value.length ? { scope: s, narrowing: null } : null;
		},
		PRIORITY.analysis,
		[],
		150,
	);
	if (!before) return null;
	const added = scope.value.indicators.length - before.indicators.length;
	return (
		<div class="card stack tight">
			<h2>
				Pass {pass.value} against pass {pass.value - 1}
			</h2>
			<Around of={earlier} what={`Answering pass ${pass.value - 1} again`}>
				{(old) => {
					const was = highest(old);
					const changed = [...highest(now)].filter(([k, h]) => (was.get(k)?.rung ?? "none") !== h.rung);
					return (
						<>
							<p class="small muted">
								{added === 1 ? "One indicator was" : `${added} indicators were`} added. The answers below are those of all indicators.
							</p>
							{changed.length === 0 ? (
								<p>No host reaches another rung than before.</p>
							) : (
								<div class="scroll-x">
									<table class="plain">
										<thead>
											<tr>
												<th>Host</th>
												<th>Pass {pass.value - 1}</th>
												<th>Pass {pass.value}</th>
											</tr>
										</thead>
										<tbody>
											{changed.map(([k, h]) => (
												<tr key={k}>
													<td>
														<bdi class="mono">{h.host}</bdi> {h.name && <Captured text={h.name} />}
													</td>
													<td class="muted">{RUNG_WORDS[was.get(k)?.rung ?? "none"]}</td>
													<td class={CLASS[h.rung]}>
														{GLYPH[h.rung]} {RUNG_WORDS[h.rung]}
													</td>
												</tr>
											))}
										</tbody>
									</table>
								</div>
							)}
						</>
					);
				}}
			</Around>
		</div>
	);
}

const SEV_GLYPH = { critical: "▲", high: "▲", medium: "◆", low: "●", info: "●" } as const;

function FindingCard({ f, here }: { f: Finding; here: boolean }) {
	const d = items("dismissal").findLast((x) => x.body.finding === f.id);
	const [reason, setReason] = useState(d?.body.reason ?? "");
	const [need, setNeed] = useState(false);
	const judge = (state: "confirmed" | "dismissed"): void => {
		if (state === "dismissed" && reason.trim() === "") {
			setNeed(true);
			return;
		}
		setNeed(false);
		if (d) edit<"dismissal">(d.id, { state, reason });
		else add("dismissal", { finding: f.id, state, reason }, "understand");
	};
	return (
		<article
			class={`finding sev-${f.severity}${d?.body.state === "dismissed" ? " dismissed" : ""}`}
			id={`finding-${f.label}`}
			aria-label={`${f.label} ${f.title}`}
			tabIndex={here ? 0 : -1}
			onFocusIn={() =>
				(focused.value = { evidence: `[[${f.label}]]`, snapshot: `${f.title}${f.src ? ` ${f.src}` : ""}${f.domain ? ` ${f.domain}` : ""}` })
			}
			onMouseDown={() => (focused.value = { evidence: `[[${f.label}]]`, snapshot: `${f.title}${f.src ? ` ${f.src}` : ""}` })}
		>
			<div class="row between">
				<h2>
					<span class={f.severity === "high" || f.severity === "critical" ? "high" : f.severity === "medium" ? "medium" : "info"}>
						{SEV_GLYPH[f.severity]} {f.severity}
					</span>{" "}
					<Captured text={f.title} />
				</h2>
				<span class="muted small num">
					{f.label} · confidence {percent(f.confidence, 1)}
					{d && ` · ${d.body.state}`}
				</span>
			</div>
			<dl class="facts">
				<dt>Who</dt>
				<dd>
					{f.src && (
						<a class="ref" href={`#/understand/hosts?host=${encodeURIComponent(f.src)}`}>
							{f.src}
						</a>
					)}{" "}
					{f.dst && (
						<>
							→ <bdi class="mono">{f.dst}</bdi>
						</>
					)}{" "}
					{f.domain && <Captured text={f.domain} />} {f.dport !== undefined && `port ${f.dport}`}
				</dd>
				<dt>When</dt>
				<dd class="num">
					{at(f.first)}
					{f.last !== f.first && ` to ${at(f.last)}`}
				</dd>
				<dt>Why</dt>
				<dd>
					<Captured text={f.why} />
				</dd>
				<dt>Harmless if</dt>
				<dd>{f.innocent}</dd>
				<dt>To settle it</dt>
				<dd>{f.settle}</dd>
				<dt>Evidence</dt>
				<dd>
					<Refs list={f.evidence} most={6} />
				</dd>
				{f.techniques.length > 0 && (
					<>
						<dt>ATT&CK</dt>
						<dd>{f.techniques.join(", ")}</dd>
					</>
				)}
			</dl>
			<div class="row">
				<button type="button" class="button small" aria-pressed={d?.body.state === "confirmed"} onClick={() => judge("confirmed")}>
					Confirm
				</button>
				<button type="button" class="button small" aria-pressed={d?.body.state === "dismissed"} onClick={() => judge("dismissed")}>
					Dismiss with reason
				</button>
				<input
					type="text"
					class="grow"
					aria-label={`Reason, ${f.label}`}
					aria-invalid={need}
					placeholder="Reason"
					value={reason}
					onInput={(e) => setReason(e.currentTarget.value)}
				/>
				{need && <span class="error">A dismissal needs a reason.</span>}
			</div>
		</article>
	);
}

export function Findings() {
	const r = useResult("findings", () => (captures.value.length ? { scope: scope.value } : null), PRIORITY.analysis, [], 200);
	const id = route.value.query.id ?? "";
	useEffect(() => {
		if (!id || !r.value) return;
		const f = r.value.findings.find((x) => x.label === id || x.id === id);
		const el = f && document.getElementById(`finding-${f.label}`);
		el?.scrollIntoView({ block: "start" });
		el?.focus();
	}, [id, r.value]);
	return (
		<div class="scroller">
			<Around of={r} what="Judging the facts" idle={<Empty title="No capture yet" />}>
				{(v) => (
					<>
						<p class="small muted">
							Findings are hypotheses with evidence, never verdicts. Each says when it is harmless and what would settle it.
						</p>
						{v.findings.length === 0 && <Empty title="Checked, nothing found" />}
						{v.findings.map((f, i) => (
							<FindingCard key={f.id} f={f} here={i === 0} />
						))}
						<div class="card">
							<h2>What was checked</h2>
							<ul class="small">
								{v.checked.map((c) => (
									<li key={c.detection}>
										<span class={c.findings ? "medium" : "ok"}>{c.findings ? `${c.findings} ` : "✓ "}</span>
										{c.title}: {c.says}
									</li>
								))}
							</ul>
						</div>
					</>
				)}
			</Around>
		</div>
	);
}

export function Protocols() {
	const r = useResult("summary", () => (captures.value.length ? {} : null), PRIORITY.analysis, [], 200);
	return (
		<div class="scroller">
			<Around of={r} what="Counting protocols" idle={<Empty title="No capture yet" />}>
				{(v) => (
					<div class="scroll-x">
						<table class="plain">
							<thead>
								<tr>
									<th>Protocol</th>
									<th>Share of packets</th>
									<th class="n">Packets</th>
									<th class="n">Bytes</th>
									<th class="n">End here</th>
									<th>
										<span class="offscreen">Filter</span>
									</th>
								</tr>
							</thead>
							<tbody>
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
											<button
												type="button"
												class="button small"
												aria-label={`Filter to ${h.name}`}
												onClick={() => narrow({ filter: h.name })}
											>
												Filter
											</button>
										</td>
									</tr>
								))}
							</tbody>
						</table>
					</div>
				)}
			</Around>
		</div>
	);
}

/** Where an answer's first evidence leads: a packet, or a row of a flow log. */
function whereOf(evidence: string | undefined): string {
	const ref = evidence ? parseRef(evidence) : null;
	return ref ? routeOf(ref) : "#/understand/answers";
}

const ALL = { filter: "", from: null, to: null, captures: null, unique: false };

export function TimelineTab() {
	const [chosen, setMeasure] = useState<"packets" | "bytes" | "rows" | null>(null);
	const [zoom, setZoom] = useState<{ from: string; to: string } | null>(null);
	const r = useResult(
		"timeline",
		() => (captures.value.length ? { narrowing: { ...ALL }, from: zoom?.from ?? null, to: zoom?.to ?? null, buckets: 480 } : null),
		PRIORITY.analysis,
		[zoom],
		100,
	);
	const answers = useResult(
		"answers",
		() => (captures.value.length && scope.value.indicators.length ? { scope: scope.value, narrowing: null } : null),
		PRIORITY.analysis,
		[],
		300,
	);
	const findings = useResult("findings", () => (captures.value.length ? { scope: scope.value } : null), PRIORITY.analysis, [], 300);
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
				title: `${a.host} ${RUNG_WORDS[a.rung]} ${a.indicator.value}`,
				href: whereOf(a.evidence[0]),
				group: "answer",
			});
	for (const f of findings.value?.findings ?? [])
		marks.push({
			at: f.first,
			kind: f.severity === "critical" ? "high" : f.severity === "low" ? "info" : f.severity,
			title: `${f.label} ${f.title}`,
			href: `#/understand/findings?id=${f.label}`,
			group: "finding",
		});
	marks.sort((a, b) => Number((parseEpoch(a.at) ?? 0n) - (parseEpoch(b.at) ?? 0n)));
	const p = preview.value;
	const measure = chosen ?? (captures.value.every((c) => c.kind === "flow_log") ? "rows" : "packets");
	const [from, setFrom] = useState("");
	const [to, setTo] = useState("");
	const [error, setError] = useState("");
	return (
		<div class="scroller">
			<Around of={r} what="Counting over time" idle={<Empty title="No capture yet" />}>
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
									size={17}
									aria-label={`From (${settings.value.zone})`}
									placeholder="2026-03-04 12:00"
									value={from}
									onInput={(e) => setFrom(e.currentTarget.value)}
								/>
								<input
									type="text"
									size={17}
									aria-label={`To (${settings.value.zone})`}
									placeholder="2026-03-04 13:00"
									value={to}
									onInput={(e) => setTo(e.currentTarget.value)}
								/>
								<button type="submit" class="button small">
									Select
								</button>
								{error && <span class="error">{error}</span>}
							</form>
						</div>
						<Lane
							data={v}
							marks={marks}
							zone={settings.value.zone}
							height={150}
							brush={p}
							measure={measure}
							label="Traffic over time with answers and findings"
							onBrush={(b) => (preview.value = b)}
							onKeep={keepPreview}
						/>
						<h2>Answers and findings in time order</h2>
						{marks.length === 0 ? (
							<p class="muted">None yet.</p>
						) : (
							<div class="scroll-x">
								<table class="plain">
									<tbody>
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
									</tbody>
								</table>
							</div>
						)}
					</>
				)}
			</Around>
		</div>
	);
}
