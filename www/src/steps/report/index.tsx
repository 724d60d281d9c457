/** Step 8: the report on which somebody decides. The engine writes it; here it is decided, checked and saved. */

import { useEffect, useState } from "preact/hooks";
import { doc, edit, items, log, saveNow } from "../../base/case.ts";
import { saveBlob } from "../../base/download.ts";
import { scope } from "../../base/scope.ts";
import type { StepDef } from "../../base/step.ts";
import { plural } from "../../base/text.ts";
import { ask, fingerprint } from "../../engine/client.ts";
import { type CaseDocument, PRIORITY } from "../../engine/contract.ts";
import { toError, useResult } from "../../engine/results.ts";
import { BUILD } from "../../engine/start.ts";
import { Marking, marking } from "../../widgets/marking.tsx";
import { PlainTable } from "../../widgets/plaintable.tsx";
import { Around } from "../../widgets/states.tsx";
import { Captured, EvidenceText } from "../../widgets/text.tsx";
import { complain, toast } from "../../widgets/toast.tsx";
import { Citations } from "./citations.tsx";
import { Conclusion } from "./conclusion.tsx";
import { Decisions } from "./decisions.tsx";
import { Layout } from "./layout.tsx";

/** A case without a name is called by its question in the report. */
function titled(): CaseDocument {
	const title = doc.value.title.trim() || scope.value.question.trim().split("\n")[0] || "";
	return { ...doc.value, title };
}

async function save(format: "html" | "md" | "json"): Promise<void> {
	try {
		await saveNow();
		const r = await ask("report", { document: titled(), scope: scope.value, format, build: BUILD() }, { priority: PRIORITY.analysis });
		saveBlob(r.blob, r.name);
		log(`exported the report as ${r.name}`, "export");
		toast(`Saved ${r.name}.`);
	} catch (e) {
		complain(`The report was not made: ${toError(e).message}`);
	}
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
							<li key={l.says + (l.item ?? "")}>
								<span class={l.state === "ok" ? "ok" : "medium"} aria-hidden="true">
									{glyph[l.state]}
								</span>
								<span>
									<span class="offscreen">{l.state === "ok" ? "done: " : "open: "}</span>
									{l.says} {l.step && <a href={`#/${l.step}${l.item && l.step === "notes" ? `?item=${l.item}` : ""}`}>go there</a>}
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
	let level = 0;
	const lines = text.split("\n");
	for (let i = 0; i < lines.length; i++) {
		const l = lines[i] ?? "";
		const h = /^(#{1,4})\s+(.*)$/.exec(l);
		if (h) {
			const t = <Inlines text={h[2] ?? ""} />;
			// Below the page's own heading, and never more than one level deeper than the heading before.
			level = Math.min(level + 1, (h[1] ?? "#").length);
			const H = (["h2", "h3", "h4", "h5"] as const)[level - 1] ?? "h5";
			out.push(<H key={i}>{t}</H>);
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
				<PlainTable key={`${i}t`} head={head.some((c) => c !== "") && head.map((c) => ({ title: <Inlines text={c} /> }))}>
					{rows.map((r, n) => (
						<tr key={`${n}r`}>
							{r.map((c, m) => (
								<td key={`${m}c`}>
									<Inlines text={c} />
								</td>
							))}
						</tr>
					))}
				</PlainTable>,
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
				{ document: titled(), scope: scope.value, format: "md", build: BUILD() },
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
		<section class={`report-frame stack tight${marking() ? ` tlp-${marking()}` : ""}`} aria-label="The report as it stands">
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
				<Marking />
				<a class="button plain link" href="#/actions">
					Actions and lessons
				</a>
				<span class="muted small">“Export report” saves one HTML file without script that opens anywhere.</span>
			</div>
			<Conclusion />
			<div class="card no-print stack">
				<h2>Decide per host</h2>
				<Decisions />
			</div>
			<div class="columns wide-first">
				<Preview />
				<div class="no-print stack">
					<Layout />
					<Checks />
					<Citations />
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
		const n = items("decision").filter((d) => d.body.decision !== "").length;
		return n > 0 ? { state: "done", words: plural(n, "decision") } : { state: "none", words: "not begun" };
	},
	next: () => "Then go on to actions and lessons.",
	primary: { title: "Export report", run: () => void save("html") },
	View,
};
