/** What narrows every list, in one place: committed limits and the preview of a brush. Never feeds answers. */

import { computed, signal } from "@preact/signals";
import { edit, items, log } from "../base/case.ts";
import type { Narrowing, Time } from "./contract.ts";

export const EMPTY: Narrowing = { filter: "", from: null, to: null, captures: null, unique: false };

export const narrowing = signal<Narrowing>(EMPTY);
/** A time range that is looked at but not kept. */
export const preview = signal<{ from: Time; to: Time } | null>(null);

/** What the analyst took out as not needed and has ticked: part of the narrowing as long as it is. */
export const exclusions = computed(() => items("exclusion").filter((e) => e.body.on));

/** A filter with the exclusions in force. */
export function withExclusions(filter: string): string {
	const out = exclusions.value.map((e) => `!(${e.body.filter})`);
	const own = filter.trim();
	return [...(own === "" ? [] : [out.length > 0 ? wrap(own) : own]), ...out].join(" && ");
}

/** What lists show: the committed limits and exclusions, with the preview while there is one. */
export const shown = computed<Narrowing>(() => ({
	...narrowing.value,
	...preview.value,
	filter: withExclusions(narrowing.value.filter),
}));

export const narrowed = computed(() => {
	const n = narrowing.value;
	return n.filter !== "" || n.from !== null || n.to !== null || n.captures !== null || n.unique || exclusions.value.length > 0;
});

/** Everything is shown again; exclusions stay in the list, unticked. */
export function removeAllLimits(): void {
	narrowing.value = EMPTY;
	preview.value = null;
	for (const e of exclusions.value) edit<"exclusion">(e.id, { on: false });
	log("removed all limits");
}

export function narrow(change: Partial<Narrowing>): void {
	narrowing.value = { ...narrowing.value, ...change };
	preview.value = null;
	if (change.filter !== undefined) log(change.filter ? `filtered to ${change.filter}` : "removed the filter");
}

export function keepPreview(): void {
	if (preview.value) narrow({ ...preview.value });
}

function wrap(t: string): string {
	return /\s(and|or)\s|&&|\|\||^\s*(not\b|!)/.test(t) ? `(${t})` : t;
}

/** Joins a filter to the one in force. */
export function combine(filter: string, how: "only" | "and" | "or" | "not" | "and_not"): string {
	const old = narrowing.value.filter.trim();
	switch (how) {
		case "only":
			return filter;
		case "not":
			return `!(${filter})`;
		case "and":
			return old ? `${wrap(old)} && ${wrap(filter)}` : filter;
		case "or":
			return old ? `${wrap(old)} || ${wrap(filter)}` : filter;
		case "and_not":
			return old ? `${wrap(old)} && !(${filter})` : `!(${filter})`;
	}
}
