/** What was settled before captures or scope changed: decisions, confirmed findings, the conclusion. By the action log, which knows what each was made from. */

import { computed } from "@preact/signals";
import { items, log } from "../base/case.ts";
import { scope } from "../base/scope.ts";
import { captures, fingerprint } from "./client.ts";
import { loading } from "./loads.ts";

/** A short mark of the scope, to tell two apart (FNV-1a, 32 bits). */
export const scopeMark = computed(() => {
	let h = 0x811c9dc5;
	for (const c of JSON.stringify({ ...scope.value, question: "" })) h = Math.imul(h ^ (c.codePointAt(0) ?? 0), 0x01000193) >>> 0;
	return h.toString(16).padStart(8, "0");
});

export interface Stale {
	item: string;
	what: string;
	href: string;
	/** "what is loaded", "the scope" or both. */
	why: string[];
}

/** Inputs that each item was last settled with. */
const settled = computed(() => {
	const out = new Map<string, { fingerprint: string; scope: string }>();
	for (const { body } of items("log")) {
		if (!body.args || !body.fingerprint) continue;
		const made = { fingerprint: body.fingerprint, scope: body.scope ?? "" };
		const { item, items: many } = body.args;
		if (typeof item === "string" && body.op !== "undo") out.set(item, made);
		if (Array.isArray(many)) for (const id of many) if (typeof id === "string") out.set(id, made);
	}
	return out;
});

export const stale = computed<Stale[]>(() => {
	if (captures.value.length === 0 || loading.value) return [];
	const all: Omit<Stale, "why">[] = [
		...items("decision")
			.filter((i) => i.body.decision !== "")
			.map((i) => ({ item: i.id, what: `the decision on ${i.body.host}`, href: "#/report" })),
		...items("dismissal").map((i) => ({
			item: i.id,
			what: `${i.body.state} finding ${i.body.finding.slice(0, 7)}`,
			href: `#/understand/findings?id=${encodeURIComponent(i.body.finding)}`,
		})),
		...items("note")
			.filter((i) => i.body.role === "summary" && i.body.text.trim() !== "")
			.map((i) => ({ item: i.id, what: "the conclusion", href: "#/report" })),
	];
	return all.flatMap((a) => {
		const made = settled.value.get(a.item);
		if (!made) return [];
		const why = [made.fingerprint !== fingerprint.value ? "what is loaded" : "", made.scope !== scopeMark.value ? "the scope" : ""].filter(
			(w) => w !== "",
		);
		return why.length > 0 ? [{ ...a, why }] : [];
	});
});

/** The analyst looked again: they hold with what is loaded and asked now. */
export function stands(list: Stale[]): void {
	log(
		`looked again, and left standing: ${list
			.map((s) => s.what)
			.slice(0, 6)
			.join(", ")}${list.length > 6 ? " …" : ""}`,
		"stands",
		{
			items: list.map((s) => s.item),
		},
	);
}
