/**
 * A copy that somebody sent is read first: the bar that says so and continues it, and the guard that keeps its fields
 * from taking anything until then.
 */

import { effect } from "@preact/signals";
import { useState } from "preact/hooks";
import { announce } from "../base/announce.ts";
import { authorName, continueCase, doc, items, joining, openKept, ownName, readOnly, refusal, sign } from "../base/case.ts";
import { type KeptCase, keptCases } from "../base/keep.ts";
import { plural, visible } from "../base/text.ts";
import { ask } from "../engine/client.ts";
import { PRIORITY } from "../engine/contract.ts";
import { toError } from "../engine/results.ts";
import { complain, toast } from "../widgets/toast.tsx";
import { overlay } from "./state.ts";
import { arrived } from "./together.ts";

/** Fields of the steps that write the case. Filters, tables and settings work while a copy is read. */
const STEPS = ["issue", "scope", "targets", "notes", "report", "actions"].map((s) => `.step-${s}`).join(", ");
const FIELDS = "input, textarea, select";
const FROZEN = "data-frozen";

function freeze(root: HTMLElement): void {
	for (const e of root.querySelectorAll<HTMLInputElement | HTMLTextAreaElement | HTMLSelectElement>(FIELDS)) {
		if (e.hasAttribute(FROZEN) || !(e.closest(STEPS) || e.matches(".case-name"))) continue;
		// What is frozen already is not ours to thaw.
		const text = e instanceof HTMLTextAreaElement || (e instanceof HTMLInputElement && e.type === "text");
		if (text ? e.readOnly : e.disabled) continue;
		if (text) e.readOnly = true;
		else e.disabled = true;
		e.setAttribute(FROZEN, text ? "text" : "control");
	}
}

function thaw(root: HTMLElement): void {
	for (const e of root.querySelectorAll<HTMLInputElement>(`[${FROZEN}]`)) {
		if (e.getAttribute(FROZEN) === "text") e.readOnly = false;
		else e.disabled = false;
		e.removeAttribute(FROZEN);
	}
}

/** Merges, refusals and frozen fields: once for the page. */
export function startTogether(root: HTMLElement | null): void {
	joining.merge = (mine, theirs) => ask("case.merge", { mine, theirs }, { priority: PRIORITY.selection });
	refusal.say = () => {
		// After whatever the press says of itself: it did nothing.
		setTimeout(() => {
			announce("");
			complain("This copy is read only. “Continue this case” lets you write in it.");
		});
	};
	if (!root) return;
	const watch = new MutationObserver(() => freeze(root));
	effect(() => {
		if (readOnly.value) {
			freeze(root);
			watch.observe(root, { childList: true, subtree: true });
		} else {
			watch.disconnect();
			thaw(root);
		}
	});
}

export function NameField() {
	const [name, setName] = useState(ownName());
	return (
		<label class="field">
			Your name in this case (others see it beside your changes)
			<input type="text" maxLength={80} value={name} onInput={(e) => setName(e.currentTarget.value)} onChange={() => sign(name.trim())} />
		</label>
	);
}

/** Who saved it last, and when: the newest stamp in it. */
function lastSaved(): { by: string; at: string } {
	let last = { by: "", at: "" };
	for (const i of doc.value.items) if (i.stamp.at > last.at) last = { by: authorName(i.stamp.author), at: i.stamp.at };
	return last;
}

async function go_on(name: string, open: KeptCase | undefined): Promise<void> {
	try {
		const came = await continueCase(name);
		if (came && !came.nothing) {
			arrived.value = { name: "the notes kept in this browser", came, parts: [], says: [], saved: null };
			overlay.value = "came";
		} else
			toast(open ? `You write in this case now. “${open.title || "Unnamed"}” stays kept in this browser.` : "You write in this case now.");
	} catch (e) {
		complain(`The case was not continued: ${toError(e).message}`);
	}
}

export function ReadingBar() {
	const [name, setName] = useState("");
	const [kept, setKept] = useState<KeptCase[] | null>(null);
	if (!readOnly.value) return null;
	if (kept === null) {
		setKept([]);
		keptCases()
			.then(setKept)
			.catch(() => {});
	}
	const d = doc.value;
	const same = kept?.find((k) => k.id === d.id);
	const other = kept?.find((k) => k.id !== d.id);
	const stored = same ?? other;
	const by = lastSaved();
	const captures = items("capture");
	return (
		<section class="reading" aria-label="A copy to be read">
			<p>
				<strong>You are reading a copy</strong> of the case <bdi>“{visible(d.title) || "unnamed"}”</bdi>
				{by.at && (
					<>
						, saved {by.by && <bdi>by {visible(by.by)} </bdi>}
						{by.at.slice(0, 16).replace("T", " ")} UTC
					</>
				)}
				. Nothing gets into it, and nothing of it is kept, before you continue it.
			</p>
			{captures.length > 0 && (
				<details>
					<summary>
						It speaks of {plural(captures.length, "capture")}, not inside this file: drop the same files here to see their packets
					</summary>
					<ul>
						{captures.map((c) => (
							<li key={c.id}>
								<bdi>
									{c.body.capture} {visible(c.body.name)}
								</bdi>
								{c.body.sha256 ? <span class="mono small"> SHA-256 {c.body.sha256}</span> : " (its hash was not known yet)"}
							</li>
						))}
					</ul>
				</details>
			)}
			<form
				class="row"
				onSubmit={(e) => {
					e.preventDefault();
					void go_on(name.trim(), other);
				}}
			>
				<input
					type="text"
					maxLength={80}
					aria-label="Your name, for others to see beside your changes"
					placeholder="Your name (optional)"
					value={name}
					onInput={(e) => setName(e.currentTarget.value)}
				/>
				<button type="submit" class="button primary">
					{same ? "Continue this case and merge the kept notes" : "Continue this case"}
				</button>
				{stored && (
					<button
						type="button"
						class="button"
						onClick={() =>
							void openKept(stored.id).then((ok) =>
								ok
									? toast("These are the notes kept in this browser; the copy in this file was left as it is.")
									: complain("The kept notes could not be read."),
							)
						}
					>
						{same ? "Open the notes kept in this browser as they are" : "Open the case kept in this browser instead"}
					</button>
				)}
			</form>
			{stored && (
				<p class="small muted">
					This browser keeps {same ? "notes of this very case" : <bdi>another case, “{visible(stored.title) || "unnamed"}”</bdi>}
					{stored.at && `, written ${stored.at.slice(0, 16).replace("T", " ")} UTC`}.{" "}
					{same ? "Merging loses nothing of either." : "It stays kept whatever you choose."}
				</p>
			)}
		</section>
	);
}
