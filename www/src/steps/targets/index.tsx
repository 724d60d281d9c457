/** Step 3: the targets: networks, hosts, protocols; typed, pasted, from an inventory, or suggested by the capture. */

import { useRef, useState } from "preact/hooks";
import { announce } from "../../base/announce.ts";
import { add, edit, items, remove, scopeEntries } from "../../base/case.ts";
import { parseTargets, scope } from "../../base/scope.ts";
import type { StepDef } from "../../base/step.ts";
import { count, parseCsv, plural } from "../../base/text.ts";
import { shortTimes } from "../../base/time.ts";
import { ask, captures } from "../../engine/client.ts";
import { PRIORITY, type Suggestion } from "../../engine/contract.ts";
import { toError, useResult } from "../../engine/results.ts";
import { CopyButton } from "../../widgets/chips.tsx";
import { Icon } from "../../widgets/icons.tsx";
import { PlainTable } from "../../widgets/plaintable.tsx";
import { Around, Empty } from "../../widgets/states.tsx";
import { Refs } from "../../widgets/text.tsx";
import { complain, toast } from "../../widgets/toast.tsx";

const ROLES = ["", "suspect", "victim", "server", "known good"];
const PROTOCOLS = ["http", "ftp", "tls", "dns", "smtp", "smb", "ssh", "rdp"];

function addTarget(entry: "network" | "host" | "exclude", value: string, source: string, role = ""): boolean {
	if (items("scope").some((i) => i.body.entry === entry && i.body.value === value)) return false;
	add("scope", { entry, value, role, source }, "targets");
	return true;
}

function Paste() {
	const [text, setText] = useState("");
	const [as, setAs] = useState<"target" | "exclude">("target");
	const parsed = parseTargets(text);
	const good = parsed.filter((p) => p.entry !== null);
	const bad = parsed.filter((p) => p.entry === null);
	// Half a line is no mistake yet: judged when the field is left, and when it is added.
	const [judged, setJudged] = useState(false);
	return (
		<div class="card stack">
			<h2>Networks and hosts</h2>
			<label class="field">
				One a line, or separated by commas
				<textarea
					rows={3}
					value={text}
					placeholder={"192.168.100.0/24\n10.0.5.9"}
					onInput={(e) => {
						setText(e.currentTarget.value);
						setJudged(false);
					}}
					onBlur={() => setJudged(true)}
					aria-invalid={judged && bad.length > 0}
					aria-describedby={judged && bad.length > 0 ? "targets-why" : undefined}
				/>
			</label>
			<div role="alert" id="targets-why">
				{judged && bad.length > 0 && (
					<ul class="error">
						{bad.map((b) => (
							<li key={b.line}>
								<bdi class="mono">{b.line}</bdi>: {b.error}
							</li>
						))}
					</ul>
				)}
			</div>
			<div class="row">
				<button
					type="button"
					class="button"
					disabled={good.length === 0}
					onClick={() => {
						for (const g of good) if (g.entry) addTarget(as === "exclude" ? "exclude" : g.entry, g.value, "typed");
						setText(bad.map((b) => b.line).join("\n"));
						setJudged(true);
						announce(`${plural(good.length, "line")} added`);
					}}
				>
					<Icon name="plus" /> Add {good.length > 0 ? plural(good.length, "line") : ""}
				</button>
				<select aria-label="Add as" value={as} onChange={(e) => setAs(e.currentTarget.value as "target" | "exclude")}>
					<option value="target">as targets</option>
					<option value="exclude">as exceptions from the targets</option>
				</select>
				<Inventory />
			</div>
		</div>
	);
}

/** Address column of a CSV: the first whose cells are mostly addresses or networks; a role column by its name. */
function Inventory() {
	const input = useRef<HTMLInputElement>(null);
	const read = async (f: File): Promise<void> => {
		const rows = parseCsv(await f.text());
		const width = rows.reduce((n, r) => Math.max(n, r.length), 0);
		let best = -1;
		let hits = 0;
		for (let c = 0; c < width; c++) {
			const n = rows.filter((r) => parseTargets(r[c] ?? "").some((p) => p.entry !== null)).length;
			if (n > hits) {
				hits = n;
				best = c;
			}
		}
		if (best < 0) {
			complain(`${f.name} has no column of addresses or networks.`);
			return;
		}
		const role = (rows[0] ?? []).findIndex((h) => /^role$/i.test(h.trim()));
		let added = 0;
		for (const r of rows)
			for (const p of parseTargets(r[best] ?? ""))
				if (p.entry && addTarget(p.entry, p.value, "inventory", role >= 0 ? (r[role] ?? "").trim().toLowerCase() : "")) added++;
		toast(
			`${f.name}: ${plural(added, "target")} added from ${plural(rows.length, "row")}, ${count(rows.length - hits)} without an address.`,
		);
	};
	return (
		<>
			<button type="button" class="button" onClick={() => input.current?.click()}>
				Inventory CSV…
			</button>
			<input
				ref={input}
				type="file"
				accept=".csv,.tsv,.txt"
				hidden
				aria-label="Inventory CSV"
				onChange={(e) => {
					const f = e.currentTarget.files?.[0];
					if (f) void read(f);
					e.currentTarget.value = "";
				}}
			/>
		</>
	);
}

function Suggest() {
	const [on, setOn] = useState(false);
	const r = useResult("suggest", () => (on && captures.value.length > 0 ? {} : null), PRIORITY.analysis, [on]);
	if (captures.value.length === 0)
		return (
			<div class="card stack">
				<h2>Suggest from the capture</h2>
				<p class="muted">No capture is loaded yet. Drop one on this window, or write the targets down now.</p>
			</div>
		);
	const take = (s: Suggestion): void => {
		if (s.kind === "protocol") add("scope", { entry: "protocol", value: s.value }, "targets");
		else addTarget(s.kind === "network" ? "network" : "host", s.value, "found", s.kind === "server" ? "server" : "");
		announce(`Added ${s.value}`);
	};
	const has = (s: Suggestion): boolean => items("scope").some((i) => "value" in i.body && i.body.value === s.value);
	return (
		<div class="card stack">
			<h2>Suggest from the capture</h2>
			{!on && (
				<p>
					<button type="button" class="button" onClick={() => setOn(true)}>
						Suggest targets
					</button>
				</p>
			)}
			{on && (
				<Around of={r} what="Looking for networks, hosts and protocols">
					{(v) =>
						v.suggestions.length === 0 ? (
							<Empty title="The capture names no network of its own." />
						) : (
							<PlainTable head={["Found", "Why", { title: "Packets", as: "end" }, { title: "Add", as: "offscreen" }]}>
								{v.suggestions.map((s) => (
									<tr key={`${s.kind}${s.value}`}>
										<td>
											<bdi class="mono">{s.value}</bdi> <span class="muted">{s.kind}</span>
										</td>
										<td>
											{s.why} <Refs list={s.evidence} most={2} />
										</td>
										<td class="n">{count(s.packets)}</td>
										<td>
											<button type="button" class="button small" disabled={has(s)} onClick={() => take(s)}>
												{has(s) ? "added" : "Add"}
											</button>
										</td>
									</tr>
								))}
							</PlainTable>
						)
					}
				</Around>
			)}
		</div>
	);
}

function Becomes() {
	const r = useResult("funnel", () => ({ scope: scope.value, exclusions: [] }), PRIORITY.filter, [], 200);
	const last = r.value?.stages.filter((s) => s.id !== "indicators").at(-1);
	return (
		<div class="card stack">
			<h2>This becomes</h2>
			{last?.filter ? (
				<>
					<pre class="block">{shortTimes(last.filter)}</pre>
					<CopyButton text={last.filter} what="the filter" />
				</>
			) : (
				<p class="muted">No targets named: every internal address is one.</p>
			)}
		</div>
	);
}

/** Programs that are ours: a User-Agent outside of the list is a finding. */
function Ours() {
	const kept = scopeEntries("applications").at(-1);
	const value = kept?.body.value ?? "";
	const put = (text: string): void => {
		if (kept) edit<"scope">(kept.id, { ...kept.body, value: text }, "applications");
		else add("scope", { entry: "applications", value: text }, "targets");
	};
	const learn = async (): Promise<void> => {
		try {
			const { rows } = await ask("stack", { column: "http.user_agent", limit: 500 }, { priority: PRIORITY.analysis });
			const old = new Set(value.split("\n"));
			const more = rows.map((r) => r.value).filter((v) => v.trim() !== "" && !old.has(v));
			if (more.length > 0) put([value.trim(), ...more].filter((l) => l !== "").join("\n"));
			toast(
				more.length > 0
					? `${plural(more.length, "User-Agent")} added: take out what is not yours.`
					: "Every User-Agent here is on the list.",
			);
		} catch (e) {
			complain(toError(e).message);
		}
	};
	return (
		<div class="card stack">
			<h2>Our applications</h2>
			<label class="field">
				User-Agents, one a line
				<textarea rows={4} value={value} placeholder={"curl\nMozilla/*Firefox/*"} onInput={(e) => put(e.currentTarget.value)} />
			</label>
			<p class="hint">
				A product of any version, a whole User-Agent (versions do not matter), or * for anything. What is outside of the list is then a
				finding; without a list nothing is checked. User-Agents of a baseline count as ours.
			</p>
			{captures.value.length > 0 && (
				<p>
					<button type="button" class="button" onClick={() => void learn()}>
						Learn from these captures
					</button>
				</p>
			)}
		</div>
	);
}

function View() {
	const targets = items("scope").filter((i) => i.body.entry === "network" || i.body.entry === "host" || i.body.entry === "exclude");
	const protocols = scopeEntries("protocol");
	return (
		<div class="columns wide-first">
			<div class="stack">
				<Paste />
				{targets.length > 0 && (
					<div class="card">
						<PlainTable head={["Target", "Kind", "Role", "Source", { title: "Remove", as: "offscreen" }]}>
							{targets.map((t) => {
								const b = t.body;
								if (b.entry !== "network" && b.entry !== "host" && b.entry !== "exclude") return null;
								return (
									<tr key={t.id}>
										<td>
											<bdi class="mono">{b.value}</bdi>
										</td>
										<td>{b.entry === "exclude" ? "exception" : b.entry}</td>
										<td>
											<select
												aria-label={`Role of ${b.value}`}
												value={b.role}
												onChange={(e) => edit<"scope">(t.id, { ...b, role: e.currentTarget.value })}
											>
												{[...new Set([...ROLES, b.role])].map((r) => (
													<option key={r} value={r}>
														{r || "none"}
													</option>
												))}
											</select>
										</td>
										<td class="muted">{b.source}</td>
										<td>
											<button type="button" class="button plain small" aria-label={`Remove ${b.value}`} onClick={() => remove(t.id)}>
												<Icon name="trash" />
											</button>
										</td>
									</tr>
								);
							})}
						</PlainTable>
					</div>
				)}
				<div class="card stack">
					<h2>Protocols</h2>
					<div class="row">
						{[...new Set([...PROTOCOLS, ...protocols.map((p) => p.body.value)])].map((p) => {
							const have = protocols.find((x) => x.body.value === p);
							return (
								<button
									type="button"
									class="button small"
									key={p}
									aria-pressed={have !== undefined}
									onClick={() => (have ? remove(have.id) : add("scope", { entry: "protocol", value: p }, "targets"))}
								>
									{p.toUpperCase()}
								</button>
							);
						})}
					</div>
					<p class="hint">
						Recognised by content on any port. None chosen means any. What matches outside of them is listed apart, never dropped.
					</p>
				</div>
				<Ours />
			</div>
			<div class="stack">
				<Suggest />
				<Becomes />
			</div>
		</div>
	);
}

export const targets: StepDef = {
	id: "targets",
	name: "Targets",
	title: "Targets",
	lead: "Which networks, hosts and protocols the question is about.",
	number: 3,
	phase: "Describe",
	icon: "targets",
	state: () => {
		const n = scopeEntries("network").length + scopeEntries("host").length;
		return n > 0 ? { state: "done", words: plural(n, "target") } : { state: "none", words: "not begun" };
	},
	primary: { title: "Bring in a capture", to: "#/capture" },
	View,
};
