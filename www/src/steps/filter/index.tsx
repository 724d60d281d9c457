/** Step 5: narrow to the components that matter: a filter, the funnel with counts, proposals, exclusions. */

import { useEffect, useState } from "preact/hooks";
import { alarm } from "../../base/announce.ts";
import { add, edit, items, log, remove } from "../../base/case.ts";
import { saveBlob } from "../../base/download.ts";
import { go, replaceQuery, route } from "../../base/routes.ts";
import { scope } from "../../base/scope.ts";
import type { StepDef } from "../../base/step.ts";
import { bytes, count, percent, plural } from "../../base/text.ts";
import { shortTimes } from "../../base/time.ts";
import { ask, captures } from "../../engine/client.ts";
import { type FilterCount, PRIORITY } from "../../engine/contract.ts";
import { combine, narrow, narrowed, narrowing, removeAllLimits, shown, withExclusions } from "../../engine/narrowing.ts";
import { toError, useResult } from "../../engine/results.ts";
import { CopyButton } from "../../widgets/chips.tsx";
import { FilterBox } from "../../widgets/filterbox.tsx";
import { Icon } from "../../widgets/icons.tsx";
import { PlainTable } from "../../widgets/plaintable.tsx";
import { Around, NoCapture } from "../../widgets/states.tsx";
import { complain, toast } from "../../widgets/toast.tsx";
import { Writing } from "../../widgets/writing.tsx";

function Box() {
	const [text, setText] = useState(narrowing.value.filter);
	const [caret, setCaret] = useState(text.length);
	useEffect(() => setText(narrowing.value.filter), [narrowing.value.filter]);
	const prepared = route.value.query.prepare;
	useEffect(() => {
		if (prepared === undefined) return;
		setText(prepared);
		setCaret(prepared.length);
		replaceQuery({});
	}, [prepared]);
	const check = useResult("filter.check", () => ({ text, caret }), PRIORITY.visible, [text, caret], 0);
	const counted = useResult(
		"filter.counts",
		() =>
			text.trim() !== "" && check.value?.ok && captures.value.length > 0
				? { filters: [{ id: "typed", text }], narrowing: { ...narrowing.value, filter: withExclusions("") } }
				: null,
		PRIORITY.filter,
		[text, check.value?.ok],
		300,
	);
	const n = counted.value?.counts[0];
	const total = captures.value.reduce((s, c) => s + c.packets, 0);
	const apply = (t: string): void => {
		if (check.value && !check.value.ok && t.trim() !== "") {
			alarm(`Not a filter: ${check.value.error?.message ?? ""}`);
			return;
		}
		narrow({ filter: t.trim() });
	};
	const x = check.value?.explain;
	return (
		<div class="stack tight">
			<div class="row top nowrap">
				<FilterBox
					value={text}
					check={check.value}
					status={n && text.trim() !== "" && check.value?.ok ? `✓ ${count(n.packets)} of ${count(total)}` : ""}
					label="Display filter"
					placeholder='Filter, for example http.request.method == "GET"'
					onInput={(t, c) => {
						setText(t);
						setCaret(c);
					}}
					onApply={apply}
					onExplain={(name) => go(`#/reference?name=${encodeURIComponent(name)}`)}
				/>
				<button type="button" class="button" disabled={check.value?.ok === false && text.trim() !== ""} onClick={() => apply(text)}>
					Apply ⏎
				</button>
			</div>
			{x && (
				<p class="hint">
					<a href={`#/reference?name=${encodeURIComponent(x.name)}`}>
						<code>{x.name}</code>
					</a>{" "}
					{x.title}, {x.type}
					{x.spec && `, ${x.spec}`}. Example: <code>{x.example}</code>
				</p>
			)}
		</div>
	);
}

function Uses({ filter, title }: { filter: string; title: string }) {
	const use = (how: "only" | "and" | "and_not"): void => narrow({ filter: combine(filter, how) });
	return (
		<span class="row nowrap">
			<button type="button" class="button small" aria-label={`Use: ${title}`} onClick={() => use("only")}>
				Use
			</button>
			<button type="button" class="button small" aria-label={`And: ${title}`} onClick={() => use("and")}>
				And
			</button>
			<button type="button" class="button small" aria-label={`Not: ${title}`} onClick={() => use("and_not")}>
				Not
			</button>
		</span>
	);
}

function CountText({ c, wide }: { c: FilterCount | undefined; wide?: boolean }) {
	if (!c) return <span class="muted">counting…</span>;
	if (c.error) return <span class="error">{c.error}</span>;
	return (
		<span class="num">
			<strong>{count(c.packets)}</strong>{" "}
			<span class="muted" title={`${bytes(c.bytes)}, ${plural(c.hosts, "host")}`}>
				{wide ? `packets, ${bytes(c.bytes)}, ${plural(c.hosts, "host")}` : c.packets === 1 ? "packet" : "packets"}
			</span>
		</span>
	);
}

/** What a stage asks for beyond the one before it; the whole filter where that cannot be told. */
function added(before: string, filter: string): string {
	if (before === "") return filter;
	for (const start of [`(${before}) and `, `${before} and `])
		if (filter.startsWith(start))
			return filter.slice(start.length).replace(/^\((.*)\)$/, (whole, inner: string) => (balanced(inner) ? inner : whole));
	return filter;
}

/** Its parentheses close only what it opened. */
function balanced(text: string): boolean {
	let depth = 0;
	for (const c of text) {
		if (c === "(") depth++;
		else if (c === ")" && --depth < 0) return false;
	}
	return depth === 0;
}

function Funnel() {
	const exclusions = items("exclusion").filter((e) => e.body.on);
	const stages = useResult(
		"funnel",
		() => ({ scope: scope.value, exclusions: exclusions.map((e) => e.body.filter) }),
		PRIORITY.filter,
		[exclusions.map((e) => e.id + e.body.filter).join()],
		150,
	);
	const filters = stages.value?.stages.map((s) => ({ id: s.id, text: s.filter })) ?? [];
	const counts = useResult(
		"filter.counts",
		() => (filters.length && captures.value.length ? { filters, narrowing: null } : null),
		PRIORITY.filter,
		[JSON.stringify(filters)],
		0,
	);
	const by = new Map(counts.value?.counts.map((c) => [c.id, c]));
	const all = by.get("all")?.packets ?? captures.value.reduce((n, c) => n + c.packets, 0);
	return (
		<div class="card stack">
			<h2>From your scope</h2>
			<p class="hint">
				Each stage keeps what the one before it kept. Narrowing decides what lists show; the answers always use all packets.
			</p>
			<Around of={stages} what="Turning the scope into filters">
				{(v) => (
					<ol class="funnel">
						{v.stages.map((s, n) => {
							const c = by.get(s.id);
							const adds = added(v.stages[n - 1]?.filter ?? "", s.filter);
							return (
								<li key={s.id}>
									<strong>{s.title}</strong>
									<div class="bar" aria-hidden="true">
										<i style={{ left: "0", width: `${c && all ? Math.max(c.packets ? 0.5 : 0, (100 * c.packets) / all) : 0}%` }} />
									</div>
									<CountText c={c} wide />
									<span class="row nowrap">
										<button
											type="button"
											class="button small"
											disabled={s.filter === ""}
											onClick={() => narrow({ filter: s.filter })}
											aria-label={`Use stage ${s.title}`}
										>
											Use
										</button>
										{s.filter !== "" && <CopyButton text={s.filter} what={`the filter of “${s.title}”`} />}
									</span>
									{s.filter !== "" && (
										<div class="small muted across">
											<code class="break">
												{adds !== s.filter && "… and "}
												{shortTimes(adds)}
											</code>
											{adds !== s.filter && (
												<details>
													<summary>The whole expression</summary>
													<code class="break">{shortTimes(s.filter)}</code>
												</details>
											)}
										</div>
									)}
								</li>
							);
						})}
					</ol>
				)}
			</Around>
		</div>
	);
}

const GROUPS: Record<string, string> = {
	scope: "From your scope",
	standard: "Start with standard protocols",
	patterns: "Then patterns",
	host_to_host: "Then host to host",
	unique: "Then what is unique",
	noise: "Often not needed",
};

function Proposals() {
	const r = useResult("proposals", () => (captures.value.length ? { scope: scope.value } : null), PRIORITY.analysis, [], 200);
	// Those of the scope are the stages of the funnel above.
	const list = r.value?.proposals.filter((p) => p.group !== "scope") ?? [];
	const counts = useResult(
		"filter.counts",
		() =>
			list.length && captures.value.length ? { filters: list.map((p, i) => ({ id: String(i), text: p.filter })), narrowing: null } : null,
		PRIORITY.analysis,
		[JSON.stringify(list)],
		0,
	);
	const by = new Map(counts.value?.counts.map((c) => [c.id, c]));
	const groups = [...new Set(list.map((p) => p.group))];
	return (
		<div class="card stack">
			<h2>Proposed filters</h2>
			<Around of={r} what="Looking for useful filters" idle={<p class="muted">They come with the first capture.</p>}>
				{() =>
					groups.map((g) => (
						<div key={g}>
							<h3>{GROUPS[g] ?? g}</h3>
							<PlainTable>
								{list.map((p, i) =>
									p.group !== g ? null : (
										<tr key={p.filter + p.title}>
											<td>
												{p.title}
												<div class="muted">
													<code>{shortTimes(p.filter)}</code> {p.why}
												</div>
											</td>
											<td class="n tight">
												<CountText c={by.get(String(i))} />
											</td>
											<td>
												{g === "noise" ? (
													<button type="button" class="button small" onClick={() => exclude(p.title, p.filter, p.why)}>
														Take out
													</button>
												) : (
													<Uses filter={p.filter} title={p.title} />
												)}
											</td>
										</tr>
									),
								)}
							</PlainTable>
						</div>
					))
				}
			</Around>
		</div>
	);
}

function exclude(name: string, filter: string, reason: string): void {
	add("exclusion", { name, reason, filter, on: true }, "filter");
}

function Kept() {
	const saved = items("filter");
	const out = items("exclusion");
	const all = captures.value.reduce((n, c) => n + c.packets, 0);
	const counts = useResult(
		"filter.counts",
		() => (out.length && captures.value.length ? { filters: out.map((e) => ({ id: e.id, text: e.body.filter })), narrowing: null } : null),
		PRIORITY.analysis,
		[out.map((e) => e.body.filter).join()],
		0,
	);
	const by = new Map(counts.value?.counts.map((c) => [c.id, c]));
	return (
		<div class="card stack">
			<div class="row between">
				<h2>Kept filters</h2>
				<button
					type="button"
					class="button small"
					disabled={narrowing.value.filter === ""}
					onClick={() => add("filter", { name: narrowing.value.filter, filter: narrowing.value.filter }, "filter")}
				>
					<Icon name="plus" /> Keep the filter in force
				</button>
			</div>
			{saved.length === 0 && <p class="muted small">None kept yet.</p>}
			<ul class="stack tight">
				{saved.map((f) => (
					<li key={f.id} class="row between">
						<bdi class="mono break grow">{shortTimes(f.body.filter)}</bdi>
						<Uses filter={f.body.filter} title={f.body.name} />
						<button type="button" class="button plain small" aria-label={`Forget ${f.body.filter}`} onClick={() => remove(f.id)}>
							<Icon name="trash" />
						</button>
					</li>
				))}
			</ul>
			<h2>Taken out as not needed</h2>
			{out.length === 0 && <p class="muted small">Nothing. Everything taken out is listed here and in the report, with its reason.</p>}
			<ul class="stack tight">
				{out.map((e) => (
					<li key={e.id} class="stack tight">
						<div class="row between">
							<label class="check grow">
								<input type="checkbox" checked={e.body.on} onChange={(x) => edit<"exclusion">(e.id, { on: x.currentTarget.checked })} />
								<span>
									<bdi>{e.body.name}</bdi> <code class="muted">{shortTimes(e.body.filter)}</code>
								</span>
							</label>
							<span class="num small">
								{by.get(e.id) ? `${count(by.get(e.id)?.packets ?? 0)}, ${percent(by.get(e.id)?.packets ?? 0, all)}` : ""}
							</span>
							<button type="button" class="button plain small" aria-label={`Bring ${e.body.name} back`} onClick={() => remove(e.id)}>
								<Icon name="trash" />
							</button>
						</div>
						<Writing
							label={`Reason for taking out ${e.body.name}`}
							placeholder="Reason"
							value={e.body.reason}
							onInput={(reason) => edit<"exclusion">(e.id, { reason }, "reason")}
						/>
					</li>
				))}
			</ul>
		</div>
	);
}

async function saveSlice(): Promise<void> {
	try {
		const r = await ask("slice.save", { narrowing: shown.value, packets: null }, { priority: PRIORITY.analysis });
		saveBlob(r.blob, r.name);
		log(`saved ${r.name}: packets of ${shown.value.filter || "the whole session"}`, "export", { filter: shown.value.filter });
		toast(`Saved ${r.name}, ${bytes(r.blob.size)}.`);
	} catch (e) {
		complain(`Not saved: ${toError(e).message}`);
	}
}

function View() {
	if (captures.value.length === 0)
		return (
			<>
				<Box />
				<NoCapture>
					<span>A filter can be written now; counts need packets.</span>
				</NoCapture>
			</>
		);
	return (
		<>
			<Box />
			<div class="row">
				<button type="button" class="button" onClick={() => void saveSlice()}>
					<Icon name="download" /> Save what is shown as pcapng
				</button>
				<button type="button" class="button" disabled={!narrowed.value} onClick={removeAllLimits}>
					Remove all limits
				</button>
				<label class="check">
					<input type="checkbox" checked={narrowing.value.unique} onChange={(e) => narrow({ unique: e.currentTarget.checked })} /> Without
					duplicates of a mirror port
				</label>
				<button type="button" class="button plain link" onClick={() => go("#/understand/packets")}>
					Open Packets
				</button>
			</div>
			<Funnel />
			<div class="columns">
				<Proposals />
				<Kept />
			</div>
		</>
	);
}

export const filter: StepDef = {
	id: "filter",
	name: "Filter",
	title: "Filter to what matters",
	lead: "Counts first, then narrow. Nothing is taken out silently.",
	number: 5,
	phase: "Diagnose",
	icon: "filter",
	state: () => (narrowing.value.filter ? { state: "done", words: "a filter is in force" } : { state: "none", words: "no filter" }),
	primary: { title: "Look at the matches", to: "#/understand" },
	View,
};
