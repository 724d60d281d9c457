/** Notes as the engine reads them, kept by their text: whoever shows a text asks once, and shows it plain until it is read. */

import { batch, computed, effect, type Signal, signal } from "@preact/signals";
import { type Item, items } from "../base/case.ts";
import { tagsIn } from "../base/tags.ts";
import { ask, Cancelled, engine } from "./client.ts";
import { PRIORITY, type ReadNote } from "./contract.ts";

/** Texts that are kept after nobody shows them any more, and that are asked for at a time. */
const IDLE = 3000;
const ONCE = 500;
/** Characters that are read at a time; a longer text goes alone. */
const TOGETHER = 500_000;

/** Each text has a signal of its own: what was read draws those anew who show it, and nobody else. */
const kept = new Map<string, Signal<ReadNote | null>>();
/** Of these, those that nobody shows, the longest idle first. What is shown is never forgotten: it would be asked for again. */
const idle = new Set<string>();
/** Counted up when something was read: for lists that are made of what all texts say. */
const reads = signal(0);
/** Texts that are waited for; the engine said no to those with `false`. */
const wanted = new Map<string, boolean>();
let busy = false;

/** Where a text stands, whether it is read or not. */
function place(text: string): Signal<ReadNote | null> {
	let at = kept.get(text);
	if (!at) {
		at = signal<ReadNote | null>(null, { watched: () => idle.delete(text), unwatched: () => idle.add(text) });
		kept.set(text, at);
		idle.add(text);
	}
	return at;
}

function forget(): void {
	for (const old of idle) {
		if (idle.size <= IDLE) break;
		idle.delete(old);
		kept.delete(old);
	}
}

function next(): void {
	if (busy || engine.peek().state !== "ready") return;
	const texts: string[] = [];
	let size = 0;
	for (const [text, open] of wanted) {
		if (!open) continue;
		if (texts.length > 0 && (texts.length >= ONCE || size + text.length > TOGETHER)) break;
		texts.push(text);
		size += text.length;
	}
	if (texts.length === 0) return;
	busy = true;
	ask("notes.read", { texts }, { priority: PRIORITY.visible })
		.then((r) => {
			batch(() => {
				texts.forEach((text, i) => {
					const note = r.notes[i];
					if (note) place(text).value = note;
					wanted.delete(text);
				});
				reads.value++;
			});
			forget();
		})
		.catch((e: unknown) => {
			// The text stays as it was typed; a new engine is asked again.
			if (!(e instanceof Cancelled)) for (const text of texts) wanted.set(text, false);
		})
		.finally(() => {
			busy = false;
			next();
		});
}

let was = "";
effect(() => {
	const { state } = engine.value;
	if (state === was) return;
	was = state;
	if (state !== "ready") return;
	for (const text of wanted.keys()) wanted.set(text, true);
	next();
});

/** A text as it is read; null until then. */
export function noteOf(text: string): ReadNote | null {
	const note = place(text).value;
	if (note) return note;
	if (!wanted.has(text)) {
		wanted.set(text, true);
		queueMicrotask(next);
	}
	return null;
}

/** The tags of a text: the engine's where it has read it, else those that the page finds. */
export function tagsOf(text: string): string[] {
	if (!text.includes("#")) return [];
	reads.value;
	return kept.get(text)?.peek()?.tags ?? tagsIn(text);
}

/** What is written in an entry of the outline, where it can have tags. */
export function taggedText(i: Item<"note"> | Item<"pin"> | Item<"node">): string {
	return i.kind === "pin" ? i.body.comment : i.body.text;
}

/** Entries of the outline: the conclusion stands on page one of the report. */
export function entries(): (Item<"note"> | Item<"pin"> | Item<"node">)[] {
	return [...items("note").filter((n) => n.body.role !== "summary"), ...items("pin"), ...items("node")];
}

/** Every tag of the outline with the entries that have it, the most used first. */
export const tagCounts = computed(() => {
	const by = new Map<string, number>();
	for (const i of entries()) for (const tag of tagsOf(taggedText(i))) by.set(tag, (by.get(tag) ?? 0) + 1);
	return [...by].map(([tag, count]) => ({ tag, count })).sort((a, b) => b.count - a.count || (a.tag < b.tag ? -1 : 1));
});
