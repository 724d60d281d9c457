/** Step 2: scope and goal: when, what to look for, and when it is done. */

import { useEffect, useState } from "preact/hooks";
import { add, edit, items, remove, scopeEntries } from "../../base/case.ts";
import { guessIndicator, INDICATOR_WORDS } from "../../base/scope.ts";
import { settings } from "../../base/settings.ts";
import type { StepDef } from "../../base/step.ts";
import {
	duration,
	fromMillis,
	type Nanos,
	parseEpoch,
	parseLocal,
	parseRelative,
	rfc3339,
	seconds,
	validZone,
	zoneName,
} from "../../base/time.ts";
import { captures } from "../../engine/client.ts";
import type { Indicator } from "../../engine/contract.ts";
import { AddField, Chip } from "../../widgets/chips.tsx";
import { Icon } from "../../widgets/icons.tsx";
import { PlainTable } from "../../widgets/plaintable.tsx";
import { Refusal } from "../../widgets/states.tsx";

function setNow(value: string): void {
	const old = scopeEntries("now").at(-1);
	if (old) edit<"scope">(old.id, { entry: "now", value });
	else add("scope", { entry: "now", value }, "scope");
}

interface End {
	at: string;
	error: string | null;
	ask: [Nanos, Nanos] | null;
}

/** One end of the window: relative to the case's now, or absolute in the zone. */
function resolve(text: string, zone: string, now: string | undefined): End {
	if (text.trim() === "") return { at: "", error: null, ask: null };
	const relative = parseRelative(text);
	if (relative !== null) {
		const n = now ? parseLocal(now, "UTC").instant : null;
		if (n === null) return { at: "", error: "Set “now” first: relative times need it.", ask: null };
		return { at: rfc3339(n + BigInt(Math.round(relative * 1e9))), error: null, ask: null };
	}
	const l = parseLocal(text, zone);
	if (l.ambiguous) return { at: "", error: null, ask: l.ambiguous };
	return { at: l.instant === null ? "" : rfc3339(l.instant), error: l.error, ask: null };
}

function WindowForm() {
	const kept = scopeEntries("window").at(-1);
	const now = scopeEntries("now").at(-1)?.body.value;
	const [from, setFrom] = useState(kept?.body.typed_from ?? "");
	const [to, setTo] = useState(kept?.body.typed_to ?? "");
	const [zone, setZone] = useState(kept?.body.zone || settings.value.zone);
	const [ask, setAsk] = useState<{ end: "from" | "to"; pair: [Nanos, Nanos] } | null>(null);
	const [error, setError] = useState<{ from: string | null; to: string | null }>({ from: null, to: null });
	useEffect(() => {
		if (kept && from === "" && to === "") {
			setFrom(kept.body.typed_from);
			setTo(kept.body.typed_to);
			setZone(kept.body.zone);
		}
	}, [kept?.id]);
	const keep = (ends: { from: string; to: string }, f: string, t: string, z: string): void => {
		const old = scopeEntries("window").at(-1);
		const body = { entry: "window" as const, from: ends.from, to: ends.to, typed_from: f, typed_to: t, zone: z };
		if (old) edit<"scope">(old.id, body, "window");
		else if (f || t) add("scope", body, "scope");
	};
	const commit = (f: string, t: string, z: string, atNow = now): void => {
		if (!validZone(z)) {
			setError({ from: `“${z}” is no time zone of this browser.`, to: null });
			return;
		}
		const a = resolve(f, z, atNow);
		const b = resolve(t, z, atNow);
		let toError = b.error;
		if (a.at && b.at && (parseLocal(a.at, "UTC").instant ?? 0n) >= (parseLocal(b.at, "UTC").instant ?? 0n))
			toError = "The window ends before it begins.";
		setError({ from: a.error, to: toError });
		setAsk(a.ask ? { end: "from", pair: a.ask } : b.ask ? { end: "to", pair: b.ask } : null);
		if (!a.error && !toError && !a.ask && !b.ask) keep({ from: a.at, to: b.at }, f, t, z);
	};
	const takeNow = (value: string): void => {
		setNow(value);
		commit(from, to, zone, value);
	};
	const last = captures.value.reduce<Nanos | null>((m, c) => {
		const t = parseEpoch(c.last);
		return t !== null && (m === null || t > m) ? t : m;
	}, null);
	const w = kept?.body;
	const length = w?.from && w.to ? seconds((parseLocal(w.to, "UTC").instant ?? 0n) - (parseLocal(w.from, "UTC").instant ?? 0n)) : null;
	return (
		<fieldset class="card stack">
			<legend class="offscreen">When</legend>
			<h2>When</h2>
			<div class="row">
				<span>
					Now in this case: <strong class="num">{now ? `${now.replace("T", " ").replace("Z", "")} UTC` : "not set"}</strong>
				</span>
				<button type="button" class="button small" onClick={() => takeNow(rfc3339(fromMillis(Math.floor(Date.now() / 1000) * 1000)))}>
					Set to this computer’s clock
				</button>
				<button type="button" class="button small" disabled={last === null} onClick={() => last !== null && takeNow(rfc3339(last))}>
					Set to the end of the capture
				</button>
			</div>
			<div class="form-row">
				<div class="stack tight">
					<label class="field">
						From
						<input
							type="text"
							value={from}
							placeholder="now − 48 h"
							aria-invalid={error.from !== null}
							aria-describedby={error.from ? "scope-from-why" : undefined}
							onInput={(e) => setFrom(e.currentTarget.value)}
							onChange={(e) => commit(e.currentTarget.value, to, zone)}
						/>
					</label>
					<Refusal id="scope-from-why" text={error.from} />
				</div>
				<div class="stack tight">
					<label class="field">
						To
						<input
							type="text"
							value={to}
							placeholder="now + 2 h"
							aria-invalid={error.to !== null}
							aria-describedby={error.to ? "scope-to-why" : undefined}
							onInput={(e) => setTo(e.currentTarget.value)}
							onChange={(e) => commit(from, e.currentTarget.value, zone)}
						/>
					</label>
					<Refusal id="scope-to-why" text={error.to} />
				</div>
				<label class="field">
					Typed in zone
					<input
						type="text"
						list="scope-zones"
						value={zone}
						onChange={(e) => {
							setZone(e.currentTarget.value);
							commit(from, to, e.currentTarget.value);
						}}
					/>
					<datalist id="scope-zones">
						{["UTC", ...(Intl.supportedValuesOf?.("timeZone") ?? [])].map((z) => (
							<option key={z} value={z} />
						))}
					</datalist>
				</label>
			</div>
			{ask && (
				<div class="row" role="alert">
					<span>That local time exists twice, because the clock was put back. Which one?</span>
					{ask.pair.map((n, i) => (
						<button
							type="button"
							class="button small"
							key={String(n)}
							onClick={() => {
								const text = rfc3339(n);
								if (ask.end === "from") setFrom(text);
								else setTo(text);
								commit(ask.end === "from" ? text : from, ask.end === "to" ? text : to, zone);
							}}
						>
							{i === 0 ? "the first" : "the second"}: {rfc3339(n)} ({zoneName(zone, n)})
						</button>
					))}
				</div>
			)}
			<p class="hint">
				{w?.from || w?.to ? (
					<>
						Kept as <span class="num">{w.from ? w.from.replace("T", " ").replace("Z", " UTC") : "open"}</span> to{" "}
						<span class="num">{w.to ? w.to.replace("T", " ").replace("Z", " UTC") : "open"}</span>
						{length !== null && `, ${duration(length)}`}. Relative times are elapsed hours and were fixed when they were typed.
					</>
				) : (
					"Write “now − 48 h”, or 2026-03-04 12:00. Nothing set means all of the capture."
				)}
			</p>
		</fieldset>
	);
}

function Indicators() {
	const list = scopeEntries("indicator");
	return (
		<div class="card stack">
			<h2>Supporting information</h2>
			<p class="hint">
				Names, domains, addresses, hashes, user agents. Defanged spellings such as files[.]example[.]net are understood. Each one is asked
				of every target host.
			</p>
			<AddField
				label="Add an indicator"
				placeholder="files[.]example[.]net, setup.exe, a hash, an address …"
				button="Add"
				onAdd={(text) => {
					for (const part of text.split(/[\n,;]+|\s{2,}/)) {
						const i = guessIndicator(part);
						if (i && !list.some((l) => l.body.kind === i.kind && l.body.value === i.value))
							add("scope", { entry: "indicator", kind: i.kind, value: i.value, because: "" }, "scope");
					}
					return null;
				}}
			/>
			{list.length > 0 && (
				<PlainTable head={["Looked for", "As", "From", { title: "Remove", as: "offscreen" }]}>
					{list.map((i) => (
						<tr key={i.id}>
							<td class="break">
								<bdi class="mono">{i.body.value}</bdi>
							</td>
							<td>
								<select
									aria-label={`Kind of ${i.body.value}`}
									value={i.body.kind}
									onChange={(e) => edit<"scope">(i.id, { ...i.body, kind: e.currentTarget.value })}
								>
									{(Object.keys(INDICATOR_WORDS) as Indicator["kind"][]).map((k) => (
										<option key={k} value={k}>
											{INDICATOR_WORDS[k]}
										</option>
									))}
								</select>
							</td>
							<td class="muted">{i.body.because || `pass ${i.pass}, typed`}</td>
							<td>
								<button type="button" class="button plain small" aria-label={`Remove ${i.body.value}`} onClick={() => remove(i.id)}>
									<Icon name="trash" />
								</button>
							</td>
						</tr>
					))}
				</PlainTable>
			)}
		</div>
	);
}

const PROPOSED_DONE = [
	"Each suspected host confirmed or cleared",
	"First and last contact known",
	"What the capture cannot show is written down",
];

function DoneWhen() {
	const list = items("done_when");
	return (
		<div class="card stack">
			<h2>Done when</h2>
			<ul class="stack tight">
				{list.map((d) => (
					<li key={d.id} class="row nowrap">
						<label class="check grow">
							<input type="checkbox" checked={d.body.done} onChange={(e) => edit<"done_when">(d.id, { done: e.currentTarget.checked })} />
							<bdi>{d.body.text}</bdi>
						</label>
						<button type="button" class="button plain small" aria-label={`Remove “${d.body.text}”`} onClick={() => remove(d.id)}>
							<Icon name="trash" />
						</button>
					</li>
				))}
			</ul>
			<AddField
				label="Add a condition"
				placeholder="What must be known at the end"
				button="Add"
				onAdd={(t) => {
					add("done_when", { text: t.trim(), done: false }, "scope");
					return null;
				}}
			/>
			<div class="row">
				{PROPOSED_DONE.filter((p) => !list.some((d) => d.body.text === p)).map((p) => (
					<button type="button" class="button small" key={p} onClick={() => add("done_when", { text: p, done: false }, "scope")}>
						<Icon name="plus" /> {p}
					</button>
				))}
			</div>
			<p class="hint">The list comes back as a checklist in the report.</p>
		</div>
	);
}

function View() {
	const goal = scopeEntries("goal").at(-1);
	return (
		<div class="form">
			<label class="field">
				Goal
				<textarea
					rows={2}
					value={goal?.body.value ?? ""}
					placeholder="Decide whether hosts fetched the file, which ones, and what they did next."
					onInput={(e) => {
						const value = e.currentTarget.value;
						if (goal) edit<"scope">(goal.id, { entry: "goal", value }, "goal");
						else add("scope", { entry: "goal", value }, "scope");
					}}
				/>
			</label>
			<WindowForm />
			<Indicators />
			<DoneWhen />
			<div class="row">
				<span class="muted">
					Networks, hosts and protocols stand in <a href="#/targets">step 3</a>
					{scopeEntries("network").length > 0 ? ":" : "; none is named yet."}
				</span>
				{scopeEntries("network").map((n) => (
					<Chip key={n.id} label={n.body.value} onRemove={() => remove(n.id)}>
						<bdi>{n.body.value}</bdi>
					</Chip>
				))}
			</div>
		</div>
	);
}

export const scopeStep: StepDef = {
	id: "scope",
	name: "Scope & goal",
	title: "Scope and goal",
	lead: "When, what to look for, and when the work is done.",
	number: 2,
	phase: "Describe",
	icon: "scope",
	state: () => {
		const n = scopeEntries("indicator").length;
		const w = scopeEntries("window").length;
		return n > 0 || w > 0 ? { state: "done", words: `${n} indicators` } : { state: "none", words: "not begun" };
	},
	primary: { title: "Define targets", to: "#/targets" },
	View,
};
