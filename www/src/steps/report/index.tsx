/** Step 8: the report on which somebody decides. The engine writes it; here it is decided, checked and saved. */

import { useEffect, useState } from "preact/hooks";
import { doc, edit, items, log, saveNow } from "../../base/case.ts";
import { saveBlob } from "../../base/download.ts";
import { scope } from "../../base/scope.ts";
import type { StepDef } from "../../base/step.ts";
import { plural } from "../../base/text.ts";
import { ask, fingerprint } from "../../engine/client.ts";
import { type CaseDocument, type NoteBlock, PRIORITY } from "../../engine/contract.ts";
import { toError, useResult } from "../../engine/results.ts";
import { BUILD } from "../../engine/start.ts";
import { Marking, marking } from "../../widgets/marking.tsx";
import { ReportBlocks } from "../../widgets/note.tsx";
import { Around } from "../../widgets/states.tsx";
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

function Preview() {
	const [blocks, setBlocks] = useState<NoteBlock[] | null>(null);
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
				.then((md) => ask("notes.read", { texts: [md], report: true }, { priority: PRIORITY.analysis, latest: "report-blocks" }))
				.then((r) => {
					setBlocks(r.notes[0]?.blocks ?? []);
					setError("");
				})
				.catch((e) => setError(toError(e).message));
		}, 500);
		return () => clearTimeout(t);
	}, [key]);
	return (
		<section class={`report-frame stack tight${marking() ? ` tlp-${marking()}` : ""}`} aria-label="The report as it stands">
			{error ? <p class="error">{error}</p> : blocks === null ? <p class="muted">Writing the report…</p> : <ReportBlocks blocks={blocks} />}
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
