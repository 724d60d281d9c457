/** Step 4: bring captures in; what they are, how healthy, what they cover, and how to take more. */

import { useId, useState } from "preact/hooks";
import { announce } from "../../base/announce.ts";
import { edit, items, log, scopeEntries } from "../../base/case.ts";
import { decodeAsked, decodeWords } from "../../base/decodeas.ts";
import { packetRef } from "../../base/evidence.ts";
import { scope } from "../../base/scope.ts";
import { settings } from "../../base/settings.ts";
import type { StepDef } from "../../base/step.ts";
import { bytes, count, percent, plural } from "../../base/text.ts";
import { dateTime, duration, parseEpoch, seconds } from "../../base/time.ts";
import { ask, captures } from "../../engine/client.ts";
import { useFindings } from "../../engine/conclusions.ts";
import { type CaptureFacts, type Coverage, PRIORITY, type Summary } from "../../engine/contract.ts";
import { cancelLoad, dropped, type Load, loading, loads, pauseLoad, resumeLoad, shifted } from "../../engine/loads.ts";
import { toError, useResult } from "../../engine/results.ts";
import { Icon } from "../../widgets/icons.tsx";
import { LeadList } from "../../widgets/leads.tsx";
import { PlainTable } from "../../widgets/plaintable.tsx";
import { Around, Empty, Failed, Refusal } from "../../widgets/states.tsx";
import { Captured, Refs } from "../../widgets/text.tsx";
import { Comments } from "./comments.tsx";
import { KeysCard } from "./keys.tsx";
import { Recipe } from "./recipe.tsx";

const PHASE = { unpacking: "Unpacking", reading: "Reading", analysing: "Judging", hashing: "Hashing", writing: "Writing" } as const;

function LoadCard({ load }: { load: Load }) {
	const p = load.progress;
	const packets = p?.captures.reduce((n, c) => n + c.packets, 0) ?? 0;
	const left = p && load.rate > 0 ? (p.of - p.done) / load.rate : 0;
	const old = performance.now() - load.started > 1000;
	const name = load.names.length === 1 ? load.names[0] : plural(load.names.length, "file");
	return (
		<div class="card stack tight">
			<div class="row between">
				<h2>
					<bdi>{name}</bdi>
				</h2>
				<span class="muted num">{bytes(load.bytes)}</span>
			</div>
			<progress max={1} value={p ? p.done / Math.max(1, p.of) : 0} aria-label={`Reading ${name}`} />
			<div class="row between">
				<span class="num small">
					{load.paused ? "Paused" : p ? PHASE[p.phase] : "Starting"}: {p ? `${bytes(p.done)} of ${bytes(p.of)}` : ""}
					{load.rate > 0 && !load.paused && ` · ${bytes(load.rate)}/s`} · {plural(packets, "packet")} so far
					{old && left > 1 && !load.paused && ` · about ${duration(Math.ceil(left))} left`}
				</span>
				<span class="row">
					<button type="button" class="button small" onClick={() => (load.paused ? resumeLoad(load.id) : pauseLoad(load.id))}>
						<Icon name={load.paused ? "play" : "pause"} /> {load.paused ? "Go on" : "Pause"}
					</button>
					<button type="button" class="button small" onClick={() => cancelLoad(load.id)}>
						<Icon name="stop" /> Stop and keep what was read
					</button>
				</span>
			</div>
			{packets > 0 && (
				<p class="small">
					Rows are usable now: <a href="#/understand/packets">open Packets</a>
				</p>
			)}
			{p && p.captures.length > 1 && (
				<details>
					<summary>Each file</summary>
					<PlainTable>
						{p.captures.map((c) => (
							<tr key={c.name}>
								<td>
									{c.capture} <bdi>{c.name}</bdi>
								</td>
								<td>{c.error ? c.error.message : c.phase}</td>
								<td class="n">{percent(c.bytes, c.of_bytes)}</td>
								<td class="n">{count(c.packets)}</td>
							</tr>
						))}
					</PlainTable>
				</details>
			)}
		</div>
	);
}

function CaptureCard({ c }: { c: CaptureFacts }) {
	const zone = settings.value.zone;
	const t = (x: string | null): string => {
		const n = parseEpoch(x);
		return n === null ? "none" : `${dateTime(n, zone)} ${zone}`;
	};
	const first = parseEpoch(c.first);
	const last = parseEpoch(c.last);
	const remove = async (): Promise<void> => {
		await ask("captures.remove", { capture: c.capture }, { priority: PRIORITY.selection });
		dropped(c.capture);
		announce(`Capture ${c.capture} was taken out`);
	};
	return (
		<div class="card stack tight">
			<div class="row between nowrap">
				<h2 class="break">
					{c.capture} <Captured text={c.name} />
				</h2>
				<button
					type="button"
					class="button plain small"
					aria-label={`Take capture ${c.capture} out`}
					title="Take this capture out"
					onClick={() => void remove()}
				>
					<Icon name="trash" />
				</button>
			</div>
			{c.stopped && (
				<p class="high">
					! {c.stopped.message} {c.stopped.where && `(${c.stopped.where})`} {c.stopped.kept}
				</p>
			)}
			{c.same_as && <p class="medium">! The same bytes as capture {c.same_as}: dropped twice.</p>}
			<dl class="facts">
				<dt>Packets</dt>
				<dd class="num">{c.kind === "flow_log" ? "none: flow records only" : count(c.packets)}</dd>
				{c.kind === "flow_log" && (
					<>
						<dt>Rows</dt>
						<dd class="num">
							{count(c.packets)} <a href="#/understand/conversations">open them</a>
						</dd>
					</>
				)}
				<dt>Size</dt>
				<dd class="num">
					{bytes(c.bytes)}
					{c.compression && ` ${c.compression}, ${bytes(c.plain_bytes)} unpacked`}
				</dd>
				<dt>Format</dt>
				<dd>{c.format}</dd>
				<dt>First</dt>
				<dd class="num">{t(c.first)}</dd>
				<dt>Last</dt>
				<dd class="num">
					{t(c.last)}
					{first !== null && last !== null && ` (${duration(seconds(last - first))})`}
				</dd>
				<dt>Interfaces</dt>
				<dd>
					{c.interfaces.length === 0 && (c.kind === "flow_log" ? "not in a flow log" : "none stated")}
					{c.interfaces.map((i, n) => (
						<div key={`${n}i`}>
							{i.name && <Captured text={i.name} />} {i.link}, {plural(i.packets, "packet")}, {i.resolution}
							{i.snap_length !== null && i.snap_length > 0 && `, at most ${count(i.snap_length)} bytes each`}
							{i.drops !== null && i.drops > 0 && <span class="medium">, {count(i.drops)} dropped while capturing</span>}
						</div>
					))}
				</dd>
				{(c.application || c.os || c.hardware) && (
					<>
						<dt>Taken with</dt>
						<dd>
							<Captured text={[c.application, c.os, c.hardware].filter(Boolean).join(", ")} />
						</dd>
					</>
				)}
				{c.comments.length > 0 && (
					<>
						<dt>Comments</dt>
						<dd>
							{c.comments.map((x) => (
								<div key={x}>
									<Captured text={x} />
								</div>
							))}
						</dd>
					</>
				)}
				<dt>SHA-256</dt>
				<dd class="mono small">{c.sha256 ?? "being computed"}</dd>
			</dl>
			<Known c={c} />
		</div>
	);
}

const PLACES = ["unknown", "same segment as the target", "uplink to the outside", "at a server", "mirror port of a switch"];

/** What the analyst knows and the capture cannot say: where it was taken, and how far its clock was off. */
function Known({ c }: { c: CaptureFacts }) {
	const item = items("capture").find(
		(i) => (c.sha256 && i.body.sha256 === c.sha256) || (i.body.name === c.name && i.body.bytes === c.bytes),
	);
	const plain = (span: string): string => (/^[+-]?0*(\.0*)?$/.test(span) ? "" : span.replace(/(\.\d*?)0+$/, "$1").replace(/\.$/, ""));
	const [text, setText] = useState(plain(c.offset));
	const [error, setError] = useState("");
	const why = useId();
	const set = async (): Promise<void> => {
		const m = /^([-+−]?)(\d{1,9})(?:[.,](\d{1,9}))?$/.exec(text.trim() === "" ? "0" : text.trim());
		if (!m) {
			setError("Write seconds, such as 3.2 or -120.");
			return;
		}
		setError("");
		const span = `${m[1] === "-" || m[1] === "−" ? "-" : ""}${m[2]}.${(m[3] ?? "").padEnd(9, "0")}`;
		if (plain(span) === plain(c.offset)) return;
		try {
			await ask("captures.offset", { capture: c.capture, seconds: span }, { priority: PRIORITY.selection });
			shifted(c.capture, span);
			announce(`Clock of capture ${c.capture} shifted by ${span.replace(/\.?0+$/, "") || 0} s`);
			log(`clock of capture ${c.capture} shifted by ${span} s`, "offset", { capture: c.capture, seconds: span });
		} catch (e) {
			setError(toError(e).message);
		}
	};
	return (
		<form
			class="row top small known"
			onSubmit={(e) => {
				e.preventDefault();
				void set();
			}}
		>
			<label class="field">
				Taken where, as you know it
				<select
					value={item?.body.placement || "unknown"}
					disabled={!item}
					onChange={(e) =>
						item && edit<"capture">(item.id, { placement: e.currentTarget.value === "unknown" ? "" : e.currentTarget.value })
					}
				>
					{PLACES.map((p) => (
						<option key={p}>{p}</option>
					))}
				</select>
			</label>
			<label class="field">
				Seconds to add to its clock
				<span class="row nowrap">
					<input
						type="text"
						inputMode="decimal"
						size={10}
						placeholder="0"
						aria-invalid={error !== ""}
						aria-describedby={error ? why : undefined}
						value={text}
						onInput={(e) => setText(e.currentTarget.value)}
					/>
					<button type="submit" class="button small">
						Set
					</button>
				</span>
			</label>
			<Refusal id={why} text={error} />
		</form>
	);
}

const GLYPH = { ok: "✓", note: "●", warn: "!" } as const;
const CLASS = { ok: "ok", note: "info", warn: "medium" } as const;

function Health({ summary }: { summary: Summary }) {
	// Limits come with their bound as figures; the health line of each would say the same again.
	const lines = summary.health
		.filter((l) => l.issue !== "limit")
		.sort((a, b) => "wno".indexOf(a.state[0] ?? "") - "wno".indexOf(b.state[0] ?? ""));
	// The sentence names most of its reasons itself.
	// With several captures a reason begins with the letters of its own, which the sentence has said once.
	const told = (says: string): boolean => summary.placement?.says.includes(says.replace(/^[A-Z]+(?:, [A-Z]+)*: /, "")) ?? false;
	const reasons = summary.placement?.because.filter((b) => b.evidence.length > 0 || !told(b.says)) ?? [];
	return (
		<div class="card">
			<h2>Capture health</h2>
			{lines.length + summary.limits.length === 0 && (
				<p class="small">The capture itself has no fault that was noticed and weakens an answer.</p>
			)}
			{lines.length + summary.limits.length > 0 && (
				<ul class="health">
					{lines.map((l) => (
						<li key={l.says}>
							<span class={CLASS[l.state]} aria-hidden="true">
								{GLYPH[l.state]}
							</span>
							<span>
								<span class="offscreen">{l.state === "ok" ? "fine: " : l.state === "warn" ? "attention: " : "note: "}</span>
								{l.says} <Refs list={l.examples.map(packetRef)} most={3} />
								{l.weakens && <span class="muted"> {l.weakens}</span>}
							</span>
						</li>
					))}
					{summary.limits.map((l) => (
						<li key={l.id}>
							<span class="medium" aria-hidden="true">
								!
							</span>
							<span>
								{l.says} (bound: {count(l.bound)} {l.unit}), {l.count === 1 ? "once" : `${count(l.count)} times`}.{" "}
								{l.first && <Refs list={[packetRef(l.first)]} />}
							</span>
						</li>
					))}
				</ul>
			)}
			{summary.placement && (
				<>
					<h3>Where it was taken</h3>
					<p class="small">{summary.placement.says}</p>
					<ul class="small muted">
						{reasons.map((b, i) => (
							<li key={`${i}${b.says}`}>
								{b.says} <Refs list={b.evidence} most={2} />
							</li>
						))}
					</ul>
				</>
			)}
		</div>
	);
}

function CoverageBar({ c }: { c: Coverage }) {
	const zone = settings.value.zone;
	const from = parseEpoch(c.from ?? c.captured[0]?.from) ?? 0n;
	const to = parseEpoch(c.to ?? c.captured.at(-1)?.to) ?? from + 1n;
	const at = (t: string): number =>
		Math.max(0, Math.min(100, (Number((parseEpoch(t) ?? from) - from) / Math.max(1, Number(to - from))) * 100));
	const show = (t: string): string => `${dateTime(parseEpoch(t) ?? 0n, zone, 0)}`;
	const why = {
		before: "before the capture begins",
		between: "between captures",
		after: "after the capture ends",
		not_yet: "not captured yet",
		flow_records: "flow records only",
	} as const;
	return (
		<div class="card stack tight">
			<h2>Wanted and captured</h2>
			<p>
				{c.from || c.to ? (
					<>
						<strong class="num">{percent(c.covered_s, c.wanted_s)}</strong> of the wanted window is covered:{" "}
						{c.covered_s > 0 ? duration(c.covered_s) : "nothing"} of {duration(c.wanted_s)}.
						{c.flow_only_s > 0 && ` ${duration(c.flow_only_s)} more by flow records only: who talked with whom, not what was said.`}
					</>
				) : (
					<>The scope sets no window; the captures span {duration(c.covered_s)}.</>
				)}
			</p>
			<div
				class="bar"
				role="img"
				aria-label={`${percent(c.covered_s, c.wanted_s)} covered; gaps: ${c.gaps.map((g) => `${show(g.from)} to ${show(g.to)}`).join("; ") || "none"}`}
			>
				{c.captured
					.filter((x) => x.kind !== "flow_log")
					.map((x) => (
						<i key={`${x.capture}${x.from}`} style={{ left: `${at(x.from)}%`, width: `${Math.max(0.4, at(x.to) - at(x.from))}%` }} />
					))}
				{c.gaps.map((g) => (
					<i
						key={g.from}
						class={g.why === "not_yet" || g.why === "flow_records" ? "later" : "gap"}
						style={{ left: `${at(g.from)}%`, width: `${Math.max(0.4, at(g.to) - at(g.from))}%` }}
					/>
				))}
			</div>
			<div class="row between small muted num">
				<span>{dateTime(from, zone, 0)}</span>
				<span>
					{dateTime(to, zone, 0)} {zone}
				</span>
			</div>
			{c.gaps.length > 0 && (
				<ul class="small">
					{c.gaps.map((g) => (
						<li key={g.from} class={g.why === "not_yet" || g.why === "flow_records" ? "muted" : "medium"}>
							{show(g.from)} to {show(g.to)}: {why[g.why]} (0 of {duration(seconds((parseEpoch(g.to) ?? 0n) - (parseEpoch(g.from) ?? 0n)))})
						</li>
					))}
				</ul>
			)}
		</div>
	);
}

/** What the analyst said of ports and types: it changes what every other page says. */
function Decoded() {
	const said = items("decode_as");
	const ask = (): void => {
		decodeAsked.value = { key: "tcp.port", value: null };
	};
	return (
		<div class="row">
			<button type="button" class="button small" onClick={ask}>
				Decode as…
			</button>
			<span class="small muted">
				{said.length === 0 ? (
					"Ports and contents tell what a conversation carries."
				) : (
					<>
						By your word:{" "}
						{said.map((i, n) => (
							<span key={i.id}>
								{n > 0 && ", "}
								{decodeWords(i.body.key, i.body.value)} as <bdi>{i.body.protocol}</bdi>
							</span>
						))}
						.
					</>
				)}
			</span>
		</div>
	);
}

/** The first thing after a load: what to look at. */
function First() {
	const r = useFindings(400);
	return (
		<section class="card stack" aria-label="What to look at first">
			<div class="row between">
				<h2>What to look at first</h2>
				<a class="button small" href="#/understand/triage">
					Open the triage
				</a>
			</div>
			<Around of={r} what="Judging the facts">
				{(v) =>
					v.leads.length === 0 ? (
						<p class="muted">
							Nothing found that leads anywhere. {plural(v.categories.filter((c) => c.says.startsWith("not checked")).length, "kind")} of
							check could not be made; the triage says which and why.
						</p>
					) : (
						<LeadList of={v} brief />
					)
				}
			</Around>
		</section>
	);
}

function View() {
	const summary = useResult("summary", () => (captures.value.length > 0 ? {} : null), PRIORITY.analysis, [], 200);
	const coverage = useResult("coverage", () => (captures.value.length > 0 ? { scope: scope.value } : null), PRIORITY.analysis, [], 200);
	const running = loads.value.filter((l) => l.state === "running");
	const refused = loads.value.flatMap((l) => l.refused);
	const failed = loads.value.filter((l) => l.state === "failed");
	return (
		<>
			<div class="columns wide-first">
				<div class="stack">
					<div class="start-drop">
						<p>
							<strong>Drop captures anywhere in this window.</strong> pcap, pcapng, gzip or zstd, Zeek conn logs, TLS key logs; several at
							once are one session.
						</p>
						<button
							type="button"
							class={`button${captures.value.length === 0 && running.length === 0 ? " primary" : ""}`}
							onClick={() => document.getElementById("weir-files")?.click()}
						>
							<Icon name="upload" /> Choose files…
						</button>
					</div>
					{running.map((l) => (
						<LoadCard key={l.id} load={l} />
					))}
					{failed.map((l) => l.error && <Failed key={l.id} error={l.error} />)}
					{refused.map((r) => (
						<div class="card refused" key={r.name}>
							<h2>
								<bdi>{r.name}</bdi> was not read
							</h2>
							<p>
								{r.error.message} {r.error.where && `(${r.error.where})`} {r.error.kept}
							</p>
						</div>
					))}
					{captures.value.map((c) => (
						<CaptureCard key={c.capture} c={c} />
					))}
					{(captures.value.length > 0 || items("decode_as").length > 0) && <Decoded />}
					{captures.value.length > 0 && !loading.value && <First />}
					{captures.value.length === 0 && running.length === 0 && items("capture").length > 0 && (
						<div class="card">
							<h2>Captures of this case</h2>
							<ul class="small">
								{items("capture").map((c) => (
									<li key={c.id}>
										{c.body.capture} <bdi>{c.body.name}</bdi>, {plural(c.body.packets, "packet")}: not loaded – drop it to follow its
										evidence.
									</li>
								))}
							</ul>
						</div>
					)}
				</div>
				<div class="stack">
					{captures.value.length === 0 && !loading.value ? (
						<Empty title="No capture yet">
							<span>Health, coverage and placement appear here once one is read.</span>
						</Empty>
					) : (
						<>
							<Around of={summary} what="Judging the capture">
								{(v) => (
									<>
										<div class="card stats">
											{(
												[
													["packets", count(v.packets)],
													["without duplicates", count(v.unique_packets)],
													["on the wire", bytes(v.wire_bytes)],
													["conversations", count(v.flows)],
													["hosts", count(v.hosts)],
													["files", count(v.files)],
													...(v.rows > 0 ? [["flow records", count(v.rows)] as const] : []),
												] as const
											).map(([k, n]) => (
												<div class="stat" key={k}>
													<b>{n}</b>
													<span class="muted small">{k}</span>
												</div>
											))}
										</div>
										<Health summary={v} />
										<KeysCard />
									</>
								)}
							</Around>
							<Around of={coverage} what="Comparing with the wanted window">
								{(v) => <CoverageBar c={v} />}
							</Around>
						</>
					)}
				</div>
			</div>
			<Comments />
			<Recipe />
		</>
	);
}

export const capture: StepDef = {
	id: "capture",
	name: "Capture",
	title: "Capture network traffic",
	lead: "Read captures from disk; see what they can and cannot show.",
	number: 4,
	phase: "Diagnose",
	icon: "capture",
	state: () => {
		if (loading.value) return { state: "attention", words: "reading" };
		if (captures.value.some((c) => c.stopped)) return { state: "attention", words: "a capture ended early" };
		return captures.value.length > 0
			? { state: "done", words: plural(captures.value.length, "capture") }
			: { state: "none", words: "not begun" };
	},
	next: () =>
		captures.value.length === 0
			? "Bring in a capture, or take one with the recipe below."
			: scopeEntries("indicator").length === 0
				? "Name what you look for in step 2; it is searched at once."
				: "Narrow to what matters, or go straight to the answers.",
	primary: { title: "Filter to what matters", to: "#/filter" },
	View,
};
