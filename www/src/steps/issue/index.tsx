/** Step 1: what is the issue? */

import { add, type Bodies, edit, single } from "../../base/case.ts";
import type { StepDef } from "../../base/step.ts";

const NONE: Bodies["issue"] = { issue: "", sentence: "", reported_by: "", noticed: "", severity: "" };

const KINDS: { value: Bodies["issue"]["issue"]; title: string; says: string }[] = [
	{ value: "breach", title: "Suspected breach", says: "Shows leads of a breach first." },
	{ value: "fault", title: "Networking issue", says: "Shows faults of network and capture first." },
	{ value: "policy", title: "Policy or audit", says: "Shows hosts and what they talk to first." },
	{ value: "learning", title: "Learning or exercise", says: "Shows the packets first." },
];

function change(part: Partial<Bodies["issue"]>, merge: string): void {
	const now = single("issue", NONE);
	if (now.id) edit<"issue">(now.id, part, merge);
	else add("issue", { ...NONE, ...part }, "issue");
}

function View() {
	const b = single("issue", NONE).body;
	return (
		<div class="form">
			<fieldset>
				<legend class="offscreen">Kind of issue</legend>
				<div class="radio-cards">
					{KINDS.map((k) => (
						<label key={k.value}>
							<input
								type="radio"
								name="issue"
								value={k.value}
								checked={b.issue === k.value}
								onChange={() => change({ issue: k.value }, "")}
							/>
							<span>
								<strong>{k.title}</strong>
								<span class="muted small">{k.says}</span>
							</span>
						</label>
					))}
				</div>
				<p class="hint">The kind decides what is shown first, never what is checked.</p>
			</fieldset>
			<div class="stack tight">
				<label class="field">
					The issue in one sentence
					<textarea
						rows={2}
						aria-describedby="issue-hint"
						value={b.sentence}
						placeholder="Several hosts may have downloaded a malicious file from files.example.net."
						onInput={(e) => change({ sentence: e.currentTarget.value }, "sentence")}
					/>
				</label>
				<span class="hint" id="issue-hint">
					This is the question on page one of the report. It may stay empty; the report then marks it as missing.
				</span>
			</div>
			<div class="form-row">
				<label class="field">
					Reported by
					<input type="text" value={b.reported_by} onInput={(e) => change({ reported_by: e.currentTarget.value }, "by")} />
				</label>
				<label class="field">
					First noticed
					<input
						type="text"
						value={b.noticed}
						placeholder="2026-03-04 09:30 UTC"
						onInput={(e) => change({ noticed: e.currentTarget.value }, "noticed")}
					/>
				</label>
				<label class="field">
					Severity, as a first guess
					<select value={b.severity} onChange={(e) => change({ severity: e.currentTarget.value }, "")}>
						<option value="">not judged</option>
						<option value="low">low</option>
						<option value="medium">medium</option>
						<option value="high">high</option>
						<option value="critical">critical</option>
					</select>
				</label>
			</div>
		</div>
	);
}

export const issue: StepDef = {
	id: "issue",
	name: "Issue",
	title: "What is the issue?",
	lead: "One kind and one sentence are enough to begin.",
	number: 1,
	phase: "Describe",
	icon: "issue",
	state: () => {
		const b = single("issue", NONE).body;
		return b.issue && b.sentence
			? { state: "done", words: "filled in" }
			: b.issue || b.sentence
				? { state: "done", words: "begun" }
				: { state: "none", words: "not begun" };
	},
	primary: { title: "Set the scope", to: "#/scope" },
	View,
};
