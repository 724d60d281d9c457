/** Notices over the page: what was done goes by itself, what went wrong stays until it is closed. Both are read out. */

import { effect, signal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { alarm, announce } from "../base/announce.ts";
import { offered, undo } from "../base/case.ts";
import { route } from "../base/routes.ts";

const SHOWN_MS = 4000;
/** A notice with a press in it stays longer, and as long as it has the focus or the pointer. */
const OFFERED_MS = 10_000;
const note = signal<{ text: string; wrong: boolean; step: string; undo: boolean } | null>(null);
let timer: ReturnType<typeof setTimeout> | undefined;

function fade(ms: number): void {
	clearTimeout(timer);
	timer = setTimeout(() => {
		note.value = null;
	}, ms);
}

function show(text: string, wrong: boolean, undo = false): void {
	note.value = { text, wrong, step: route.peek().step, undo };
	clearTimeout(timer);
	if (!wrong) fade(undo ? OFFERED_MS : SHOWN_MS);
}

/** A short confirmation; `said` where the ear needs other words than the eye. */
export function toast(text: string, said = text): void {
	show(text, false);
	announce(said);
}

/** What could not be done, and why. */
export function complain(text: string): void {
	show(text, true);
	alarm(text);
}

effect(() => {
	const o = offered.value;
	if (o) {
		show(o.text, false, true);
		announce(`${o.text}. It can be undone.`);
	} else if (note.peek()?.undo) note.value = null;
});

/** Closes the notice; the focus goes to the page, as its button is gone. */
function close(): void {
	note.value = null;
	document.getElementById("content")?.focus();
}

function Close() {
	return (
		<button type="button" class="button plain small" aria-label="Close the notice" onClick={close}>
			×
		</button>
	);
}

export function ToastHost() {
	// It belongs to the page where it was said; a step that is opened by the same press is that page.
	const here = route.value.step;
	useEffect(() => {
		const n = note.peek();
		if (!n || here === n.step) return;
		const t = setTimeout(() => {
			if (note.peek() === n) note.value = null;
		}, 1200);
		return () => clearTimeout(t);
	}, [here]);
	const n = note.value;
	if (!n) return null;
	if (n.undo)
		return (
			<section
				class="toast offer"
				aria-label="Notice"
				onFocusIn={() => clearTimeout(timer)}
				onFocusOut={() => fade(OFFERED_MS)}
				onPointerEnter={() => clearTimeout(timer)}
				onPointerLeave={() => fade(OFFERED_MS)}
			>
				<bdi>{n.text}</bdi>
				<button
					type="button"
					class="button small"
					onClick={() => {
						undo();
						close();
					}}
				>
					Undo
				</button>
				<Close />
			</section>
		);
	// The live region has it already.
	if (!n.wrong)
		return (
			<div class="toast" aria-hidden="true">
				{n.text}
			</div>
		);
	return (
		<section class="toast complaint" aria-label="Notice">
			<span>{n.text}</span>
			<Close />
		</section>
	);
}
