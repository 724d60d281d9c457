/** What came with a file that was opened, and what in the case waits to be settled. */

import { computed, signal } from "@preact/signals";
import { conflicted, doc } from "../base/case.ts";
import { slices } from "../base/origins.ts";
import type { Came, CaseItem, CasePart } from "../engine/contract.ts";

export type Carried = CasePart & { blob: Blob };

export interface Arrived {
	name: string;
	/** Null where another case was opened. */
	came: Came | null;
	parts: Carried[];
	/** What in the file is broken. */
	says: string[];
	/** The case that was open before and was saved first. */
	saved: string | null;
}

export const arrived = signal<Arrived | null>(null);

/** Slices and files that came with the case: they go into the next case file again. Kept in memory alone. */
export const carried = signal<Carried[]>([]);

/** Another case takes the place of this one. */
export function leaveCarried(): void {
	carried.value = [];
	slices.value = [];
}

export function carry(parts: Carried[]): void {
	const same = (a: Carried, b: Carried): boolean => a.name === b.name && a.blob.size === b.blob.size;
	carried.value = [...carried.value, ...parts.filter((p) => !carried.value.some((c) => same(c, p)))];
}

/** The thing that an item is about, where there is to be one of it: as the core tells it. */
function about(i: CaseItem): string | null {
	const of = (name: string): string => String(i.body[name] ?? "");
	switch (i.kind) {
		case "issue":
			return "the issue";
		case "scope":
			return (
				{ goal: "the goal", now: "the case’s present time", window: "the time window", applications: "our own programs" }[of("entry")] ??
				null
			);
		case "note":
			return of("role") === "summary" ? "the conclusion" : null;
		case "decision":
			return `the decision on ${of("host")}`;
		case "verdict":
			return `the verdict on ${of("host")}`;
		case "dismissal":
			return `the judgement of ${of("finding")}`;
		case "lesson":
			return `the lesson “${of("heading")}”`;
		case "layout":
			return "the parts of the report";
		case "marking":
			return "the marking";
		default:
			return null;
	}
}

export interface Twins {
	about: string;
	/** The one that counts first. */
	items: CaseItem[];
}

/** Live items of one thing: both copies made their own. */
export const twins = computed<Twins[]>(() => {
	const by = new Map<string, CaseItem[]>();
	for (const i of doc.value.items) {
		const a = i.deleted ? null : about(i);
		if (a === null) continue;
		const held = by.get(a);
		if (held) held.push(i);
		else by.set(a, [i]);
	}
	return [...by].filter(([, all]) => all.length > 1).map(([a, all]) => ({ about: a, items: all.reverse() }));
});

export const unsettled = computed(() => conflicted.value.length + twins.value.length);

const WORDS: Partial<Record<CaseItem["kind"], string>> = {
	pin: "pinned evidence",
	node: "node of the map",
	title: "name of the case",
	done_when: "condition for being done",
	decode_as: "decode-as rule",
	allow: "allow rule",
	dismissal: "judgement of a finding",
	looked: "line of the checklist",
	earlier: "what is earlier",
	scope: "scope entry",
	filter: "saved filter",
};

export const kindWords = (kind: CaseItem["kind"]): string => WORDS[kind] ?? kind;
