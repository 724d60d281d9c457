/** Edits that were made at the same time, side by side: one is chosen, or both texts are kept. Every choice can be undone. */

import { useEffect, useRef, useState } from "preact/hooks";
import { announce } from "../base/announce.ts";
import { authorName, canUndo, conflicted, disputes, isOwn, remove, settle, undo } from "../base/case.ts";
import { plural, visible } from "../base/text.ts";
import type { CaseItem, CaseVersion } from "../engine/contract.ts";
import { Dialog } from "../widgets/dialog.tsx";
import { PlainTable } from "../widgets/plaintable.tsx";
import { kindWords, type Twins, twins, unsettled } from "./together.ts";

const who = (v: { stamp: CaseItem["stamp"] }): string =>
	isOwn(v.stamp.author) ? "you" : visible(authorName(v.stamp.author)) || `author ${v.stamp.author.slice(0, 8)}`;
const whose = (v: { stamp: CaseItem["stamp"] }): string => `${who(v)}${v.stamp.at && `, ${v.stamp.at.slice(0, 16).replace("T", " ")} UTC`}`;

function said(value: unknown): string {
	if (value === undefined) return "";
	return visible(typeof value === "string" ? value : JSON.stringify(value));
}

/** Members in which any of them differ; what all say alike is no conflict. */
function differing(all: (CaseVersion | CaseItem)[]): string[] {
	const live = all.filter((v) => !v.deleted);
	const names = [...new Set(live.flatMap((v) => Object.keys(v.body)))];
	return names.filter((n) => new Set(live.map((v) => JSON.stringify(v.body[n]))).size > 1);
}

/** Both texts, where text is all that differs. */
function joined(all: (CaseVersion | CaseItem)[], names: string[]): Record<string, unknown> | null {
	const [name] = names;
	if (names.length !== 1 || name === undefined || !["text", "comment", "reason", "why", "sentence"].includes(name)) return null;
	if (all.some((v) => v.deleted || typeof v.body[name] !== "string")) return null;
	const texts = [...new Set(all.map((v) => (v.body[name] as string).trim()))].filter((t) => t !== "");
	return { [name]: texts.join("\n\n") };
}

function told(): void {
	announce(unsettled.value === 0 ? "All conflicts are settled" : `Settled, ${plural(unsettled.value, "conflict")} left`);
}

function Choice({
	title,
	all,
	choices,
}: {
	title: string;
	all: (CaseVersion | CaseItem)[];
	choices: { title: string; run: () => void }[];
}) {
	const names = differing(all);
	return (
		<section class="card stack conflict" aria-label={title}>
			<h3>{title}</h3>
			<PlainTable head={["", ...all.map((v) => whose(v))]}>
				{all.some((v) => v.deleted) && (
					<tr>
						<th scope="row">state</th>
						{all.map((v, n) => (
							<td key={`${n}s`}>{v.deleted ? "taken away" : "kept"}</td>
						))}
					</tr>
				)}
				{names.map((name) => (
					<tr key={name}>
						<th scope="row">{name.replaceAll("_", " ")}</th>
						{all.map((v, n) => (
							<td key={`${n}v`} class="pre">
								<bdi>{said(v.body[name])}</bdi>
							</td>
						))}
					</tr>
				))}
			</PlainTable>
			<p class="row">
				{choices.map((c) => (
					<button key={c.title} type="button" class="button small" onClick={c.run}>
						{c.title}
					</button>
				))}
			</p>
		</section>
	);
}

function Conflict({ item }: { item: CaseItem }) {
	const others = disputes(item);
	const all = [item, ...others];
	const both = joined(all, differing(all));
	const keep = (v: CaseVersion | CaseItem): string => {
		const mine = isOwn(v.stamp.author);
		const whom = mine ? "mine" : all.filter((x) => !isOwn(x.stamp.author)).length === 1 ? "theirs" : `that of ${who(v)}`;
		return v.deleted ? `Keep ${whom}: take it away` : `Keep ${whom}`;
	};
	const choose = (run: () => void) => (): void => {
		run();
		told();
	};
	// Two by one author have one name: the time tells them apart.
	const names = all.map((v) => keep(v));
	const titles = names.map((t, n) => (names.indexOf(t) === names.lastIndexOf(t) ? t : `${t} (${n + 1} of ${all.length})`));
	return (
		<Choice
			title={`${kindWords(item.kind)}${typeof item.body.host === "string" && item.body.host !== "" ? ` on ${visible(item.body.host)}` : ""}`}
			all={all}
			choices={[
				...all.map((v, n) => ({ title: titles[n] ?? "", run: choose(() => settle(item.id, n === 0 ? null : (v as CaseVersion))) })),
				...(both ? [{ title: "Keep both texts", run: choose(() => settle(item.id, null, both)) }] : []),
			]}
		/>
	);
}

function Twin({ of }: { of: Twins }) {
	return (
		<Choice
			title={`${of.about}: made in both copies`}
			all={of.items}
			choices={of.items.map((i, n) => ({
				title: `Keep that of ${who(i)}${of.items.filter((x) => who(x) === who(i)).length > 1 ? ` (${n + 1} of ${of.items.length})` : ""}`,
				run: () => {
					for (const other of of.items) if (other.id !== i.id) remove(other.id);
					told();
				},
			}))}
		/>
	);
}

export function Conflicts({ onClose }: { onClose: () => void }) {
	const ref = useRef<HTMLDivElement>(null);
	const left = unsettled.value;
	const [begun] = useState(left);
	// The button that was pressed is gone with its conflict: the next one is at hand.
	useEffect(() => {
		ref.current?.querySelector<HTMLElement>(".conflict button, .after button")?.focus();
	}, [left]);
	return (
		<Dialog title={left === 0 ? "No conflicts" : plural(left, "conflict")} onClose={onClose} class="broad">
			<div ref={ref} class="stack">
				{left === 0 ? (
					<p>Everything is settled. What was not chosen can be brought back with undo.</p>
				) : (
					<p>
						These were changed in two copies at the same time. What stands first holds now; nothing is lost before you choose, and undo
						brings it back.
					</p>
				)}
				{conflicted.value.map((i) => (
					<Conflict key={i.id} item={i} />
				))}
				{twins.value.map((t) => (
					<Twin key={t.about} of={t} />
				))}
				<p class="row after">
					<button type="button" class="button" onClick={onClose}>
						{left === 0 ? "Go on" : "Later"}
					</button>
					{left < begun && canUndo() && (
						<button type="button" class="button plain" onClick={undo}>
							Undo the last change
						</button>
					)}
				</p>
			</div>
		</Dialog>
	);
}
