/** Notices over the page: what was done goes by itself, what went wrong stays until it is closed. Both are read out. */

import { signal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { alarm, announce } from "../base/announce.ts";
import { route } from "../base/routes.ts";

const SHOWN_MS = 4000;
const note = signal<{ text: string; wrong: boolean; step: string } | null>(null);
let timer: ReturnType<typeof setTimeout> | undefined;

function show(text: string, wrong: boolean): void {
	note.value = { text, wrong, step: route.peek().step };
	clearTimeout(timer);
	if (!wrong)
		timer = setTimeout(() => {
			note.value = null;
		}, SHOWN_MS);
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
			<button
				type="button"
				class="button plain small"
				aria-label="Close the notice"
				onClick={() => {
					note.value = null;
					document.getElementById("content")?.focus();
				}}
			>
				×
			</button>
		</section>
	);
}
