/** The actions of the case as a table: who does what by when, and what became of it. */

import { signal } from "@preact/signals";
import { type Bodies, edit, type Item, items, remove } from "../../base/case.ts";
import { saveText } from "../../base/download.ts";
import { csv, plural } from "../../base/text.ts";
import { Icon } from "../../widgets/icons.tsx";
import { PlainTable } from "../../widgets/plaintable.tsx";
import { Empty } from "../../widgets/states.tsx";
import { EvidenceText, Refs } from "../../widgets/text.tsx";
import { Writing } from "../../widgets/writing.tsx";
import { PRIORITY_WORDS, row } from "./proposals.tsx";

type Status = Bodies["action"]["status"];

export const STATUS_WORDS: Record<Status, string> = { open: "open", doing: "in work", done: "done", dropped: "dropped" };
const STATUSES = Object.keys(STATUS_WORDS) as Status[];

const only = signal<Status | "">("");

/** "2 open, 1 done". */
export function tally(list: Item<"action">[]): string {
	return STATUSES.map((s) => [s, list.filter((a) => (a.body.status || "open") === s).length] as const)
		.filter(([, n]) => n > 0)
		.map(([s, n]) => `${n} ${STATUS_WORDS[s]}`)
		.join(", ");
}

/** Up and Down go to the same field of the next action; a list of choices keeps its own keys. */
function byRows(e: KeyboardEvent): void {
	const by = { ArrowDown: 1, ArrowUp: -1 }[e.key];
	const from = e.target;
	if (!by || !(from instanceof HTMLInputElement) || from.type !== "text" || e.ctrlKey || e.metaKey || e.altKey || e.shiftKey) return;
	const all = [...document.querySelectorAll<HTMLInputElement>(`.actions input[data-field="${from.dataset.field}"]`)];
	const to = all[all.indexOf(from) + by];
	if (!to) return;
	e.preventDefault();
	to.focus();
}

function Text({ a, n, field, name }: { a: Item<"action">; n: number; field: "action" | "host" | "owner" | "dropped"; name: string }) {
	const label = `${name} ${n}`;
	const put = (text: string): void => edit<"action">(a.id, { [field]: text }, field);
	// In words of one's own evidence can be named.
	if (field === "action") return <Writing field={field} label={label} value={a.body.action ?? ""} onInput={put} />;
	return (
		<input type="text" data-field={field} aria-label={label} value={a.body[field] ?? ""} onInput={(e) => put(e.currentTarget.value)} />
	);
}

function Row({ a, n }: { a: Item<"action">; n: number }) {
	const b = a.body;
	const dropped = b.status === "dropped";
	const lacks = dropped && !b.dropped?.trim();
	return (
		<tr>
			<td class="wide-cell">
				<Text a={a} n={n} field="action" name="Action" />
				{(b.reason || b.evidence) && (
					<div class="small muted break">
						<EvidenceText text={b.reason ?? ""} /> <Refs list={(b.evidence ?? "").split(/\s+/).filter((r) => r !== "")} most={3} />
					</div>
				)}
				{dropped && (
					<div class="field inline small">
						Dropped because
						<Writing
							label={`Why action ${n} is dropped`}
							invalid={lacks}
							placeholder={lacks ? "A reason is needed" : ""}
							value={b.dropped ?? ""}
							onInput={(dropped) => edit<"action">(a.id, { dropped }, "dropped")}
						/>
					</div>
				)}
			</td>
			<td>
				<select
					aria-label={`Priority of action ${n}`}
					value={b.priority ?? ""}
					onChange={(e) => edit<"action">(a.id, { priority: e.currentTarget.value as "now" })}
				>
					<option value="">none</option>
					{Object.entries(PRIORITY_WORDS).map(([k, t]) => (
						<option key={k} value={k}>
							{t}
						</option>
					))}
				</select>
			</td>
			<td>
				<Text a={a} n={n} field="host" name="Host of action" />
			</td>
			<td>
				<Text a={a} n={n} field="owner" name="Owner of action" />
			</td>
			<td>
				<input
					type="date"
					aria-label={`Due date of action ${n}`}
					value={b.due}
					onInput={(e) => edit<"action">(a.id, { due: e.currentTarget.value }, "due")}
				/>
			</td>
			<td>
				<select
					aria-label={`Status of action ${n}`}
					value={b.status}
					onChange={(e) => edit<"action">(a.id, { status: e.currentTarget.value as Status })}
				>
					{STATUSES.map((s) => (
						<option key={s} value={s}>
							{STATUS_WORDS[s]}
						</option>
					))}
				</select>
			</td>
			<td>
				<select
					aria-label={`Aim of action ${n}`}
					value={b.aim}
					onChange={(e) => edit<"action">(a.id, { aim: e.currentTarget.value as "solve" })}
				>
					<option value="solve">solve</option>
					<option value="prevent">prevent</option>
				</select>
			</td>
			<td>
				<button type="button" class="button plain small" aria-label={`Remove action ${n}`} onClick={() => remove(a.id)}>
					<Icon name="trash" />
				</button>
			</td>
		</tr>
	);
}

function save(list: Item<"action">[]): void {
	const head = ["priority", "action", "aim", "host", "reason", "evidence", "owner", "due", "status", "dropped because"];
	const rows = list.map(({ body: b }) => [
		b.priority ?? "",
		b.action,
		b.aim,
		b.host,
		b.reason ?? "",
		b.evidence ?? "",
		b.owner,
		b.due,
		b.status,
		b.dropped ?? "",
	]);
	saveText(csv([head, ...rows]), "actions.csv", "text/csv");
}

export function ActionTable() {
	const list = items("action");
	const shown = list.filter((a) => only.value === "" || (a.body.status || "open") === only.value);
	return (
		<>
			<div class="row">
				<button type="button" class="button" onClick={() => row({})}>
					<Icon name="plus" /> Add an action
				</button>
				<label class="field inline">
					Show
					<select
						value={only.value}
						onChange={(e) => {
							only.value = e.currentTarget.value as Status;
						}}
					>
						<option value="">all {list.length}</option>
						{STATUSES.map((s) => (
							<option key={s} value={s}>
								{STATUS_WORDS[s]} ({list.filter((a) => (a.body.status || "open") === s).length})
							</option>
						))}
					</select>
				</label>
				<button type="button" class="button" disabled={list.length === 0} onClick={() => save(list)}>
					<Icon name="download" /> CSV
				</button>
			</div>
			{list.length === 0 ? (
				<Empty title="No actions yet">
					<span>Actions solve the issue or prevent the next one. They go into the report.</span>
				</Empty>
			) : shown.length === 0 ? (
				<p class="muted">
					None of {plural(list.length, "action")} is {STATUS_WORDS[only.value as Status]}.
				</p>
			) : (
				// biome-ignore lint/a11y/noStaticElementInteractions: keys between the fields of a table; each field is reached by Tab, too
				<div onKeyDown={byRows}>
					<PlainTable
						class="actions"
						head={["Action and reason", "Priority", "Host", "Owner", "Due", "Status", "Aim", { title: "Remove", as: "offscreen" }]}
					>
						{shown.map((a, n) => (
							<Row key={a.id} a={a} n={n + 1} />
						))}
					</PlainTable>
				</div>
			)}
		</>
	);
}
