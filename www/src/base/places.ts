/** Where the analyst was on a page: kept for each entry of the browser's history, so that Back finds row, scroll and focus. */

import { land, takeFocus } from "./focus.ts";

export interface TablePlace {
	row: number;
	order: { column: string; descending: boolean } | null;
}

interface Place {
	/** By the name of the table. */
	tables: Map<string, TablePlace>;
	/** Ways from `main` down to what was scrolled, and how far. */
	scrolled: [number[], number][];
	focus: { way: number[]; called: string } | null;
}

/** Entries that are remembered; the oldest is forgotten first. */
const MOST = 60;
/** How long a page may take until what is remembered of it is there again. */
const PATIENCE_MS = 4000;
const LOOK_MS = 60;

const places = new Map<number, Place>();
/** Not from 1: entries of the same tab outlive a reload, what was remembered does not. */
let next = Date.now();
let entry = 0;
let back = false;

/** What is remembered of the page that is shown. */
export function here(): Place {
	let p = places.get(entry);
	if (!p) {
		p = { tables: new Map(), scrolled: [], focus: null };
		places.set(entry, p);
		for (const old of places.keys()) if (places.size > MOST) places.delete(old);
	}
	return p;
}

/** The browser shows another entry of its history, or the first one. */
export function enter(): void {
	const known = (history.state as { entry?: number } | null)?.entry;
	back = known !== undefined && places.has(known);
	entry = known ?? next++;
	if (known === undefined) history.replaceState({ entry }, "");
}

/** Remembers what is still drawn, before another page takes its place. */
export function leave(): void {
	const main = document.querySelector("main");
	if (!main) return;
	const p = here();
	p.scrolled = [...main.querySelectorAll(".step, .scroller, aside, .stream")]
		.filter((e) => e.scrollTop > 0)
		.map((e) => [wayTo(e, main), e.scrollTop]);
	const at = document.activeElement;
	p.focus = at && main.contains(at) ? { way: wayTo(at, main), called: called(at) } : null;
}

function wayTo(e: Element, from: Element): number[] {
	const way: number[] = [];
	for (let at = e; at !== from && at.parentElement; at = at.parentElement) way.unshift([...at.parentElement.children].indexOf(at));
	return way;
}

function follow(way: number[]): Element | null {
	let at = document.querySelector("main") as Element | null;
	for (const n of way) at = at?.children[n] ?? null;
	return at;
}

function called(e: Element): string {
	return `${e.tagName} ${e.getAttribute("role") ?? ""} ${e.getAttribute("aria-label") ?? (e.children.length < 4 ? e.textContent : "")}`;
}

/** A page was drawn: the focus goes to its heading, or to where it was when the analyst comes back. */
export function arrive(heading: HTMLElement | null): void {
	if (heading) land(heading);
	if (!back) return;
	back = false;
	const { scrolled, focus } = here();
	const started = performance.now();
	let open = true;
	const stop = (): void => {
		open = false;
	};
	// Whoever moves on by himself is not pulled back.
	for (const e of ["keydown", "pointerdown", "wheel"]) addEventListener(e, stop, { once: true, capture: true });
	const left = new Set(scrolled);
	const look = (): void => {
		if (!open) return;
		for (const s of left) {
			const e = follow(s[0]);
			if (!e) continue;
			e.scrollTop = s[1];
			if (Math.abs(e.scrollTop - s[1]) < 2) left.delete(s);
		}
		const e = focus && follow(focus.way);
		const found = e instanceof HTMLElement && called(e) === focus?.called;
		if (found) takeFocus(e);
		if ((left.size > 0 || (focus && !found)) && performance.now() - started < PATIENCE_MS) setTimeout(look, LOOK_MS);
	};
	look();
}
