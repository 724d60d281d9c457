/** Step 9: actions that solve or prevent, and lessons. */

import { add, type Bodies, edit, items, newPass, remove } from "../../base/case.ts";
import { saveText } from "../../base/download.ts";
import { go } from "../../base/routes.ts";
import { scope } from "../../base/scope.ts";
import type { StepDef } from "../../base/step.ts";
import { csv, plural } from "../../base/text.ts";
import { captures } from "../../engine/client.ts";
import { PRIORITY, type ProposedDecision } from "../../engine/contract.ts";
import { useResult } from "../../engine/results.ts";
import { Icon } from "../../widgets/icons.tsx";
import { Empty } from "../../widgets/states.tsx";

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

function FromDecisions() {
	const r = useResult(
		"answers",
		() => (captures.value.length && scope.value.indicators.length ? { scope: scope.value, narrowing: null } : null),
		PRIORITY.analysis,
		[],
		200,
	);
	const have = new Set(items("action").map((a) => a.body.host));
	const mine = new Map(items("decision").map((d) => [d.body.host, d.body.decision]));
	const open = (r.value?.decisions ?? [])
		.map((d) => ({ host: d.host, text: WORDS[(mine.get(d.host) as ProposedDecision["decision"]) ?? d.decision] ?? "" }))
		.filter((d) => d.text !== "" && !have.has(d.host));
	if (open.length === 0) return null;
	return (
		<button
			type="button"
			class="button"
			onClick={() => {
				for (const d of open) row({ action: d.text, host: d.host });
			}}
		>
			<Icon name="plus" /> Add {plural(open.length, "action")} from the decisions
		</button>
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
				<div class="scroll-x">
					<table class="plain">
						<thead>
							<tr>
								<th>Action</th>
								<th>Host</th>
								<th>Owner</th>
								<th>Due</th>
								<th>Status</th>
								<th>Aim</th>
								<th>
									<span class="offscreen">Remove</span>
								</th>
							</tr>
						</thead>
						<tbody>
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
						</tbody>
					</table>
				</div>
			)}
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
