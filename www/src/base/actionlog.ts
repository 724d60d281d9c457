/** What an operation on the case did, as a sentence of the action log and as a part that `weir replay` reads. Asks nothing. */

import type { CaseItem } from "../engine/contract.ts";

export interface Said {
	what: string;
	op: string;
	args: Record<string, unknown>;
	result?: Record<string, unknown>;
}

/** Longest text of others within a sentence. */
const MOST = 160;

const cut = (text: string): string => {
	const one = text.replace(/\s+/g, " ").trim();
	return one.length > MOST ? `${one.slice(0, MOST)}…` : one;
};

/** Kinds whose additions are told where they are made. */
const ELSEWHERE = new Set(["decode_as", "earlier", "edge"]);

const KIND_WORDS: Record<string, string> = {
	done_when: "what has to be done",
	scope: "an entry of the scope",
	node: "from map or outline:",
	allow: "the rule",
	decode_as: "a rule of Decode As",
	earlier: "what was called earlier",
};

const ENTRY_WORDS: Record<string, string> = {
	network: "the network",
	host: "the host",
	exclude: "what is not a target:",
	protocol: "the protocol",
};

const DECISIONS: Record<string, string> = {
	isolate_now: "isolate now",
	isolate_and_examine: "isolate and examine",
	examine: "examine the host",
	find_out: "find out what asked",
	watch: "watch",
	none: "nothing in this capture",
};

const because = (why: unknown): string => (typeof why === "string" && why.trim() !== "" ? `, because ${cut(why)}` : "");

type Body = Record<string, unknown>;

/** A text member; "" where there is none. */
const of = (b: Body | null, member: string): string => {
	const v = b?.[member];
	return typeof v === "string" ? v : "";
};

function ruleOf(b: Body): string {
	const host = of(b, "host");
	const peer = of(b, "peer");
	return `${of(b, "detection") || "everything"}${host && ` of ${host}`}${peer && ` to ${peer}`}`;
}

function scopeSaid(b: Body): string {
	const value = cut(of(b, "value"));
	switch (of(b, "entry")) {
		case "goal":
			return `set the goal: ${value}`;
		case "now":
			return `set the case's now to ${value || "nothing"}`;
		case "window":
			return `set the window: ${of(b, "from") || "open"} to ${of(b, "to") || "open"}`;
		case "indicator":
			return `looks for ${of(b, "kind")} ${value}${because(of(b, "because"))}`;
		case "applications":
			return "listed the programs that are ours";
		default:
			return `put ${ENTRY_WORDS[of(b, "entry")] ?? of(b, "entry")} ${value} into the scope`;
	}
}

/** What one item says, by kind: after it was added or changed. Null where there is nothing to tell. */
function said(kind: string, b: Body, old: Body | null): string | null {
	const changed = (member: string): boolean => old === null || old[member] !== b[member];
	switch (kind) {
		case "issue":
			return `stated the issue: ${cut(of(b, "sentence")) || of(b, "issue") || "not said yet"}`;
		case "scope":
			return scopeSaid(b);
		case "done_when":
			return old && changed("done")
				? `${b.done ? "ticked" : "unticked"}: ${cut(of(b, "text"))}`
				: `it is done when: ${cut(of(b, "text")) || "…"}`;
		case "note":
			if (!changed("text")) return null;
			return of(b, "role") === "summary" ? `wrote the conclusion: ${cut(of(b, "text"))}` : `wrote a note: ${cut(of(b, "text")) || "empty"}`;
		case "remark":
			return changed("text") ? `remarked on capture ${cut(of(b, "name"))}: ${cut(of(b, "text")) || "nothing"}` : null;
		case "node":
			return changed("text") ? `wrote ${of(b, "sort") ? "on the map" : "a heading"}: ${cut(of(b, "text")) || "empty"}` : null;
		case "pin":
			if (old === null) return `pinned ${of(b, "evidence")} ${cut(of(b, "snapshot"))}`;
			return changed("comment") ? `commented the pin ${of(b, "evidence")}: ${cut(of(b, "comment"))}` : null;
		case "decision":
			if (of(b, "decision") === "") return `left ${of(b, "host")} undecided${because(of(b, "reason"))}`;
			return `decided on ${of(b, "host")}: ${DECISIONS[of(b, "decision")] ?? of(b, "decision")}${because(of(b, "reason"))}`;
		case "verdict":
			return `judged ${of(b, "host")}: ${of(b, "verdict")}${because(of(b, "why"))}`;
		case "action": {
			const name = cut(of(b, "action")) || "without words yet";
			if (old && changed("status")) return `set an action to ${of(b, "status")}: ${name}${because(of(b, "dropped"))}`;
			return `wrote an action: ${name}`;
		}
		case "lesson":
			return `wrote under “${of(b, "heading")}”: ${cut(of(b, "text")) || "nothing"}`;
		case "filter":
			return `kept the filter ${of(b, "filter")}${of(b, "name") && ` as ${cut(of(b, "name"))}`}`;
		case "exclusion":
			if (old && changed("on")) return `${b.on ? "took out again" : "brought back"} ${of(b, "name")}: ${of(b, "filter")}`;
			return `took out ${of(b, "name")}: ${of(b, "filter")}${because(of(b, "reason"))}`;
		case "dismissal":
			return `${of(b, "state")} finding ${of(b, "finding").slice(0, 7)}${because(of(b, "reason"))}`;
		case "allow":
			if (old && changed("on")) return `put the rule ${b.on ? "in" : "out of"} force: ${ruleOf(b)}`;
			return `allowed ${ruleOf(b)}${because(of(b, "reason"))}`;
		case "looked":
			return `looked at ${of(b, "line")} of the checklist`;
		case "watch":
			return changed("what") || changed("filter") ? `watches: ${cut(of(b, "what"))}` : null;
		default:
			return old === null ? `added ${KIND_WORDS[kind] ?? `a ${kind.replaceAll("_", " ")}`}` : null;
	}
}

function removed(item: CaseItem): string {
	const b = item.body;
	const what = of(b, "action") || of(b, "evidence") || of(b, "value") || of(b, "name") || of(b, "what") || of(b, "filter") || of(b, "text");
	const name = item.kind === "allow" ? ruleOf(b) : cut(what);
	return `${item.kind === "pin" ? "unpinned" : "removed"} ${item.kind === "pin" ? name : `${KIND_WORDS[item.kind] ?? `the ${item.kind}`} ${name}`.trim()}`;
}

const OPS: Partial<Record<CaseItem["kind"], string>> = { dismissal: "finding", looked: "checklist" };

/** Of an item, before and after; null where the log says nothing of it. */
export function sentence(before: CaseItem | null, after: CaseItem): Said | null {
	const item = after.id;
	if (after.kind === "log" || after.kind === "pass" || after.kind === "capture") return null;
	if (after.deleted) return before && !before.deleted ? { what: removed(before), op: "remove", args: { item, kind: after.kind } } : null;
	if (ELSEWHERE.has(after.kind)) return null;
	const what = said(after.kind, after.body, before && !before.deleted ? before.body : null);
	if (what === null) return null;
	const b = after.body;
	const args: Record<string, unknown> = { item };
	const op = OPS[after.kind] ?? after.kind;
	switch (after.kind) {
		case "decision":
			Object.assign(args, { host: of(b, "host"), decision: of(b, "decision") });
			return { what, op, args, result: { rung: of(b, "rung"), proposed: of(b, "proposed") } };
		case "dismissal":
			Object.assign(args, { finding: of(b, "finding"), state: of(b, "state") });
			break;
		case "allow":
			Object.assign(args, { detection: of(b, "detection"), host: of(b, "host"), peer: of(b, "peer"), on: b.on === true });
			break;
		case "exclusion":
			Object.assign(args, { filter: of(b, "filter"), on: b.on === true });
			break;
		case "scope":
			Object.assign(args, { entry: of(b, "entry"), value: of(b, "value").slice(0, 400) });
			break;
		case "pin":
			args.evidence = of(b, "evidence");
	}
	return { what, op, args };
}
