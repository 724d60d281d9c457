/** Step 8: the report on which somebody decides. The engine writes it; here it is decided, checked and saved. */

import { useEffect, useState } from "preact/hooks";
import { add, doc, edit, items, log, saveNow } from "../../base/case.ts";
import { saveBlob } from "../../base/download.ts";
import { scope } from "../../base/scope.ts";
import type { StepDef } from "../../base/step.ts";
import { plural } from "../../base/text.ts";
import { DECISION_WORDS, RUNG_WORDS } from "../../base/words.ts";
import { ask, captures, fingerprint } from "../../engine/client.ts";
import { PRIORITY, type ProposedDecision } from "../../engine/contract.ts";
import { toError, useResult } from "../../engine/results.ts";
import { BUILD } from "../../engine/start.ts";
import { toast } from "../../widgets/dialog.tsx";
import { Around, Empty } from "../../widgets/states.tsx";
import { Captured, EvidenceText, Refs } from "../../widgets/text.tsx";

async function save(format: "html" | "md" | "json"): Promise<void> {
	try {
		await saveNow();
		const r = await ask("report", { document: doc.value, scope: scope.value, format, build: BUILD() }, { priority: PRIORITY.analysis });
		saveBlob(r.blob, r.name);
		log(`exported the report as ${r.name}`);
		toast(`Saved ${r.name}.`);
	} catch (e) {
		toast(`The report was not made: ${toError(e).message}`);
	}
}

function Decisions() {
	const r = useResult(
		"answers",
		() => (captures.value.length && scope.value.indicators.length ? { scope: scope.value, narrowing: null } : null),
		PRIORITY.analysis,
		[],
		150,
	);
	if (scope.value.indicators.length === 0 || captures.value.length === 0)
		return (
			<Empty title={captures.value.length === 0 ? "No capture yet" : "The scope names nothing to look for yet"}>
				<a class="button" href={captures.value.length === 0 ? "#/capture" : "#/scope"}>
					{captures.value.length === 0 ? "Bring in a capture" : "Go to step 2"}
				</a>
			</Empty>
		);
	return (
		<Around of={r} what="Answering the scope’s questions">
			{(v) => {
				const affected = v.decisions.filter((d) => d.decision !== "none");
				if (affected.length === 0) return <Empty title="Checked: no host is affected, as far as these captures show" />;
				return (
					<div class="scroll-x">
						<table class="plain">
							<thead>
								<tr>
									<th>Host</th>
									<th>Rung</th>
									<th>Proposed</th>
									<th>Your decision</th>
									<th>Reason, when it differs</th>
								</tr>
							</thead>
							<tbody>
								{affected.map((d) => (
									<DecisionRow key={d.host} d={d} />
								))}
							</tbody>
						</table>
					</div>
				);
			}}
		</Around>
	);
}

function DecisionRow({ d }: { d: ProposedDecision }) {
	const mine = items("decision").findLast((x) => x.body.host === d.host);
	const set = (part: { decision?: string; reason?: string }): void => {
		if (mine) edit<"decision">(mine.id, part, "reason" in part ? "reason" : "");
		else add("decision", { host: d.host, decision: d.decision, reason: "", proposed: d.decision, rung: d.rung, ...part }, "report");
	};
	const differs = mine !== undefined && mine.body.decision !== d.decision;
	return (
		<tr>
			<td>
				{d.name && (
					<div>
						<Captured text={d.name} />
					</div>
				)}
				<bdi class="mono">{d.host}</bdi>
				{d.mac && <div class="mono muted small">{d.mac}</div>}
				{!d.in_scope && <div class="badge medium">outside your scope</div>}
			</td>
			<td>{RUNG_WORDS[d.rung]}</td>
			<td>
				{DECISION_WORDS[d.decision]}
				<div class="muted small">
					{d.because} <Refs list={d.evidence} most={3} />
				</div>
			</td>
			<td>
				<select
					class="decision"
					aria-label={`Decision on ${d.host}`}
					value={mine?.body.decision ?? d.decision}
					onChange={(e) => set({ decision: e.currentTarget.value })}
				>
					{Object.entries(DECISION_WORDS).map(([k, t]) => (
						<option key={k} value={k}>
							{t}
						</option>
					))}
				</select>
			</td>
			<td>
				<input
					type="text"
					aria-label={`Reason for ${d.host}`}
					aria-invalid={differs && mine.body.reason.trim() === ""}
					placeholder={differs ? "A reason is needed" : ""}
					value={mine?.body.reason ?? ""}
					onInput={(e) => set({ reason: e.currentTarget.value })}
				/>
			</td>
		</tr>
	);
}

function Checks() {
	const r = useResult("report.lint", () => ({ document: doc.value, scope: scope.value }), PRIORITY.analysis, [], 600);
	const glyph = { ok: "✓", warn: "!", missing: "!" } as const;
	return (
		<div class="card">
			<h2>Before you send it</h2>
			<Around of={r} what="Checking the report">
				{(v) => (
					<ul class="health">
						{v.lines.map((l) => (
							<li key={l.says}>
								<span class={l.state === "ok" ? "ok" : "medium"} aria-hidden="true">
									{glyph[l.state]}
								</span>
								<span>
									{l.says} {l.step && <a href={`#/${l.step}`}>go there</a>}
								</span>
							</li>
						))}
					</ul>
				)}
			</Around>
			{items("done_when").length > 0 && (
				<>
					<h3>Done when</h3>
					<ul class="stack tight">
						{items("done_when").map((d) => (
							<li key={d.id}>
								<label class="check">
									<input
										type="checkbox"
										checked={d.body.done}
										onChange={(e) => edit<"done_when">(d.id, { done: e.currentTarget.checked })}
									/>
									<bdi>{d.body.text}</bdi>
								</label>
							</li>
						))}
					</ul>
				</>
			)}
		</div>
	);
}

type Inline = { strong: boolean; code: boolean; text: string };

function inline(text: string): Inline[] {
	return text.split(/(\*\*[^*]+\*\*|`[^`]+`)/).map((t) => ({
		strong: t.startsWith("**") && t.length > 4,
		code: t.startsWith("`") && t.length > 2,
		text: t.startsWith("**") ? t.slice(2, -2) : t.startsWith("`") ? t.slice(1, -1) : t,
	}));
}

function Inlines({ text }: { text: string }) {
	return (
		<>
			{inline(text).map((p, i) =>
				p.strong ? (
					<strong key={`${i}s`}>
						<EvidenceText text={p.text} />
					</strong>
				) : p.code ? (
					<code key={`${i}c`}>
						<Captured text={p.text} />
					</code>
				) : (
					<EvidenceText key={`${i}t`} text={p.text.replace(/\\([\\`*_[\]|<>#-])/g, "$1")} />
				),
			)}
		</>
	);
}

/** The report's Markdown as nodes: headings, lists, tables, paragraphs. No markup from strings. */
export function Markdown({ text }: { text: string }) {
	const out = [];
	const lines = text.split("\n");
	for (let i = 0; i < lines.length; i++) {
		const l = lines[i] ?? "";
		const h = /^(#{1,4})\s+(.*)$/.exec(l);
		if (h) {
			const t = <Inlines text={h[2] ?? ""} />;
			out.push((h[1] ?? "").length === 1 ? <h2 key={i}>{t}</h2> : <h3 key={i}>{t}</h3>);
		} else if (l.startsWith("|") && /^\|[\s:|-]+\|?\s*$/.test(lines[i + 1] ?? "")) {
			const cells = (s: string): string[] =>
				s
					.replace(/^\||\|\s*$/g, "")
					.split(/(?<!\\)\|/)
					.map((c) => c.trim());
			const head = cells(l);
			const rows: string[][] = [];
			i += 2;
			while ((lines[i] ?? "").startsWith("|")) rows.push(cells(lines[i++] ?? ""));
			i--;
			out.push(
				<div class="scroll-x" key={`${i}t`}>
					<table class="plain">
						{head.some((c) => c !== "") && (
							<thead>
								<tr>
									{head.map((c) => (
										<th key={c}>
											<Inlines text={c} />
										</th>
									))}
								</tr>
							</thead>
						)}
						<tbody>
							{rows.map((r, n) => (
								<tr key={`${n}r`}>
									{r.map((c, m) => (
										<td key={`${m}c`}>
											<Inlines text={c} />
										</td>
									))}
								</tr>
							))}
						</tbody>
					</table>
				</div>,
			);
		} else if (/^\s*[-*]\s+/.test(l)) {
			const list: string[] = [];
			while (/^\s*[-*]\s+/.test(lines[i] ?? "")) list.push((lines[i++] ?? "").replace(/^\s*[-*]\s+/, ""));
			i--;
			out.push(
				<ul key={`${i}l`}>
					{list.map((x, n) => (
						<li key={`${n}x`}>
							– <Inlines text={x} />
						</li>
					))}
				</ul>,
			);
		} else if (l.trim() !== "")
			out.push(
				<p key={i}>
					<Inlines text={l} />
				</p>,
			);
	}
	return <>{out}</>;
}

function Preview() {
	const [text, setText] = useState<string | null>(null);
	const [error, setError] = useState("");
	const key = `${fingerprint.value}${doc.value.items.length}${doc.value.items.reduce((n, i) => n + i.stamp.counter, 0)}${doc.value.title}`;
	useEffect(() => {
		const t = setTimeout(() => {
			ask(
				"report",
				{ document: doc.value, scope: scope.value, format: "md", build: BUILD() },
				{ priority: PRIORITY.analysis, latest: "report-preview" },
			)
				.then((r) => r.blob.text())
				.then((md) => {
					setText(md);
					setError("");
				})
				.catch((e) => setError(toError(e).message));
		}, 500);
		return () => clearTimeout(t);
	}, [key]);
	return (
		<section class="report-frame stack tight" aria-label="The report as it stands">
			{error ? <p class="error">{error}</p> : text === null ? <p class="muted">Writing the report…</p> : <Markdown text={text} />}
		</section>
	);
}

function View() {
	return (
		<>
			<div class="row no-print">
				<button type="button" class="button" onClick={() => void save("md")}>
					Markdown
				</button>
				<button type="button" class="button" onClick={() => void save("json")}>
					JSON
				</button>
				<button type="button" class="button" onClick={() => print()}>
					Print
				</button>
				<a class="button plain" href="#/actions">
					Actions and lessons
				</a>
				<span class="muted small">“Export report” saves one HTML file without script that opens anywhere.</span>
			</div>
			<div class="card no-print stack">
				<h2>Decide per host</h2>
				<Decisions />
			</div>
			<div class="columns wide-first">
				<Preview />
				<div class="no-print">
					<Checks />
				</div>
			</div>
		</>
	);
}

export const report: StepDef = {
	id: "report",
	name: "Summary",
	title: "Summary and report",
	lead: "Page one is what somebody decides on; every sentence leads to packets.",
	number: 8,
	phase: "Predict",
	icon: "report",
	state: () => {
		const n = items("decision").length;
		return n > 0 ? { state: "done", words: plural(n, "decision") } : { state: "none", words: "not begun" };
	},
	next: () => "Then go on to actions and lessons.",
	primary: { title: "Export report", run: () => void save("html") },
	View,
};
