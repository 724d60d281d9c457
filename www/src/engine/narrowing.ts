/** What narrows every list, in one place: committed limits and the preview of a brush. Never feeds answers. */

import { computed, signal } from "@preact/signals";
import { log } from "../base/case.ts";
import type { Narrowing, Time } from "./contract.ts";

export const EMPTY: Narrowing = { filter: "", from: null, to: null, captures: null, unique: false };

export const narrowing = signal<Narrowing>(EMPTY);
/** A time range that is looked at but not kept. */
export const preview = signal<{ from: Time; to: Time } | null>(null);

/** What lists show: the committed limits, or the preview while there is one. */
export const shown = computed<Narrowing>(() => (preview.value ? { ...narrowing.value, ...preview.value } : narrowing.value));

export const narrowed = computed(() => {
	const n = narrowing.value;
	return n.filter !== "" || n.from !== null || n.to !== null || n.captures !== null || n.unique;
});

export function narrow(change: Partial<Narrowing>): void {
	narrowing.value = { ...narrowing.value, ...change };
	preview.value = null;
	if (change.filter !== undefined) log(change.filter ? `filtered to ${change.filter}` : "removed the filter");
}

export function keepPreview(): void {
	if (preview.value) narrow({ ...preview.value });
}

/** Joins a filter to the one in force. */
export function combine(filter: string, how: "only" | "and" | "or" | "not" | "and_not"): string {
	const old = narrowing.value.filter.trim();
	const wrap = (t: string): string => (/\s(and|or)\s|&&|\|\||^\s*(not\b|!)/.test(t) ? `(${t})` : t);
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
