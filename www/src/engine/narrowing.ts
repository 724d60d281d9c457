/** What narrows every list, in one place: committed limits and the preview of a brush. Never feeds answers. */

import { computed, signal } from "@preact/signals";
import { amend, edit, items, log } from "../base/case.ts";
import { ask, captures } from "./client.ts";
import { type Narrowing, PRIORITY, type Time } from "./contract.ts";

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
	tellQuery("removed all limits");
}

/** What was narrowed, in a sentence. */
function inWords(change: Partial<Narrowing>): string {
	if (change.filter !== undefined) return change.filter ? `filtered to ${change.filter}` : "removed the filter";
	if (change.from !== undefined || change.to !== undefined)
		return change.from || change.to
			? `looked at the time ${change.from ?? "from the start"} to ${change.to ?? "the end"}`
			: "looked at all times";
	if (change.captures !== undefined) return change.captures ? `looked at ${change.captures.join(", ")} only` : "looked at all captures";
	return change.unique ? "left out duplicates" : "took duplicates in";
}

/** Logs what is shown now; how many packets that is comes when they are counted. */
function tellQuery(what: string): void {
	const n = shown.value;
	const entry = log(what, "filter", { ...n });
	if (entry === "" || captures.value.length === 0) return;
	const asked = { filters: [{ id: "log", text: n.filter }], narrowing: { ...n, filter: "" } };
	ask("filter.counts", asked, { priority: PRIORITY.analysis, latest: "log" })
		.then((r) => {
			const c = r.counts[0];
			if (c && c.error === null) amend<"log">(entry, { result: { packets: c.packets } });
		})
		.catch(() => {});
}

export function narrow(change: Partial<Narrowing>): void {
	narrowing.value = { ...narrowing.value, ...change };
	preview.value = null;
	tellQuery(inWords(change));
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
