/** Step 9: actions that solve or prevent, and lessons. */

import { add, type Bodies, edit, items, newPass, remove } from "../../base/case.ts";
import { saveText } from "../../base/download.ts";
import { go } from "../../base/routes.ts";
import type { StepDef } from "../../base/step.ts";
import { csv, plural } from "../../base/text.ts";
import { useDecisions } from "../../engine/conclusions.ts";
import type { ProposedDecision } from "../../engine/contract.ts";
import { Icon } from "../../widgets/icons.tsx";
import { PlainTable } from "../../widgets/plaintable.tsx";
import { Empty } from "../../widgets/states.tsx";
import { Artefacts } from "./artefacts.tsx";

const WORDS: Record<ProposedDecision["decision"], string> = {
	isolate_now: "Isolate the host now",
	isolate_and_examine: "Isolate the host and examine it",
	examine: "Examine the host: the network cannot clear it",
	find_out: "Find out what asked for it",
	watch: "Watch the host",
	none: "",
};

function row(part: Partial<Bodies["action"]>): void {
	add("action", { action: "", host: "", owner: "", due: "", status: "open", aim: "solve", ...part }, "actions");
}

/** Decided work, and apart from it what is only proposed so far. */
function FromDecisions() {
	const r = useDecisions(200);
	const have = new Set(items("action").map((a) => a.body.host));
	const mine = new Map(items("decision").map((d) => [d.body.host, d.body.decision as ProposedDecision["decision"] | ""]));
	const free = (r.value?.decisions ?? []).filter((d) => !have.has(d.host));
	const decided = free.flatMap((d) => ({ host: d.host, action: WORDS[mine.get(d.host) || "none"] })).filter((d) => d.action !== "");
	const proposed = free.filter((d) => !mine.get(d.host) && d.decision !== "none");
	return (
		<>
			{decided.length > 0 && (
				<button
					type="button"
					class="button"
					onClick={() => {
						for (const d of decided) row(d);
					}}
				>
					<Icon name="plus" /> Add {plural(decided.length, "action")} from the decisions
				</button>
			)}
			{proposed.length > 0 && (
				<span class="row">
					<span class="muted small">
						{plural(proposed.length, "host is", "hosts are")} undecided: <a href="#/report">decide in step 8</a>, or
					</span>
					<button
						type="button"
						class="button small"
						onClick={() => {
							for (const d of proposed) row({ host: d.host, action: `Proposed: ${WORDS[d.decision]}` });
						}}
					>
						Add {plural(proposed.length, "proposal")}
					</button>
				</span>
			)}
		</>
	);
}

const LESSONS = ["What went well", "What to do better", "What was missing in the captures"];

function Lessons() {
	const list = items("lesson");
	return (
		<div class="card stack">
			<h2>Lessons</h2>
			{LESSONS.map((heading) => {
				const l = list.find((x) => x.body.heading === heading);
				return (
					<label class="field" key={heading}>
						{heading}
						<textarea
							rows={3}
							value={l?.body.text ?? ""}
							onInput={(e) => {
								const text = e.currentTarget.value;
								if (l) edit<"lesson">(l.id, { text }, "text");
								else add("lesson", { heading, text }, "actions");
							}}
						/>
					</label>
				);
			})}
		</div>
	);
}

function View() {
	const list = items("action");
	return (
		<>
			<div class="row">
				<button type="button" class="button" onClick={() => row({})}>
					<Icon name="plus" /> Add an action
				</button>
				<FromDecisions />
				<button
					type="button"
					class="button"
					disabled={list.length === 0}
					onClick={() =>
						saveText(
							csv([
								["action", "host", "owner", "due", "status", "aim"],
								...list.map((a) => [a.body.action, a.body.host, a.body.owner, a.body.due, a.body.status, a.body.aim]),
							]),
							"actions.csv",
							"text/csv",
						)
					}
				>
					<Icon name="download" /> CSV
				</button>
			</div>
			{list.length === 0 ? (
				<Empty title="No actions yet">
					<span>Actions solve the issue or prevent the next one. They go into the report.</span>
				</Empty>
			) : (
				<PlainTable head={["Action", "Host", "Owner", "Due", "Status", "Aim", { title: "Remove", as: "offscreen" }]}>
					{list.map((a, n) => (
						<tr key={a.id}>
							<td style={{ minWidth: "260px" }}>
								<input
									type="text"
									aria-label={`Action ${n + 1}`}
									value={a.body.action}
									onInput={(e) => edit<"action">(a.id, { action: e.currentTarget.value }, "action")}
								/>
							</td>
							<td>
								<input
									type="text"
									aria-label={`Host of action ${n + 1}`}
									value={a.body.host}
									onInput={(e) => edit<"action">(a.id, { host: e.currentTarget.value }, "host")}
								/>
							</td>
							<td>
								<input
									type="text"
									aria-label={`Owner of action ${n + 1}`}
									value={a.body.owner}
									onInput={(e) => edit<"action">(a.id, { owner: e.currentTarget.value }, "owner")}
								/>
							</td>
							<td>
								<input
									type="date"
									aria-label={`Due date of action ${n + 1}`}
									value={a.body.due}
									onInput={(e) => edit<"action">(a.id, { due: e.currentTarget.value }, "due")}
								/>
							</td>
							<td>
								<select
									aria-label={`Status of action ${n + 1}`}
									value={a.body.status}
									onChange={(e) => edit<"action">(a.id, { status: e.currentTarget.value as "open" })}
								>
									<option value="open">open</option>
									<option value="doing">in work</option>
									<option value="done">done</option>
								</select>
							</td>
							<td>
								<select
									aria-label={`Aim of action ${n + 1}`}
									value={a.body.aim}
									onChange={(e) => edit<"action">(a.id, { aim: e.currentTarget.value as "solve" })}
								>
									<option value="solve">solve</option>
									<option value="prevent">prevent</option>
								</select>
							</td>
							<td>
								<button type="button" class="button plain small" aria-label={`Remove action ${n + 1}`} onClick={() => remove(a.id)}>
									<Icon name="trash" />
								</button>
							</td>
						</tr>
					))}
				</PlainTable>
			)}
			<Artefacts />
			<Lessons />
		</>
	);
}

export const actions: StepDef = {
	id: "actions",
	name: "Actions & lessons",
	title: "Actions and lessons",
	lead: "What solves the issue, what prevents the next one, and what was learnt.",
	number: 9,
	phase: "Prescribe",
	icon: "actions",
	state: () => {
		const n = items("action").length;
		return n > 0 ? { state: "done", words: plural(n, "action") } : { state: "none", words: "not begun" };
	},
	next: () => "The method is a cycle: a new pass keeps everything and stamps what you add.",
	primary: {
		title: "Start another pass",
		run: () => {
			newPass();
			go("#/issue");
		},
	},
	View,
};
