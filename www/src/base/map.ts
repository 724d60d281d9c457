/** The mind map's words, and what a press does to its nodes and edges. */

import { signal } from "@preact/signals";
import type { BuiltMap, CaseDocument, DrawnMap, DrawnNode, Sort } from "../engine/contract.ts";
import { add, doc, edit, items, remove, together } from "./case.ts";
import { parseRef } from "./evidence.ts";
import type { Thing } from "./focus.ts";
import { asItWas } from "./origins.ts";

export const SORT_WORDS: Record<DrawnNode["sort"], string> = {
	question: "question",
	hypothesis: "hypothesis",
	host: "host",
	file: "file",
	name: "name or address",
	event: "event",
	open: "open question",
	action: "action",
	note: "note",
	pin: "pin",
	group: "heading",
};
/** What an analyst may call a node. */
export const SORTS: Sort[] = ["question", "hypothesis", "host", "file", "name", "event", "open", "action"];
export const VERBS = ["fetched", "sent", "resolved", "contacted", "then", "same content", "contradicts", "decided"];

/** Items that change what is built: all others are left out, so that writing a note builds nothing anew. */
export function builtOf(of: CaseDocument): CaseDocument {
	const kinds = new Set(["dismissal", "allow", "decision"]);
	return { ...of, title: "", items: of.items.filter((i) => kinds.has(i.kind) && !i.deleted) };
}

/** Items that are drawn. */
export function drawnOf(of: CaseDocument): CaseDocument {
	const kinds = new Set(["note", "pin", "node", "edge"]);
	return { ...of, items: of.items.filter((i) => kinds.has(i.kind) && !i.deleted) };
}

const edgeKey = (from: string, verb: string, to: string): string => `${from}|${verb}|${to}`;

/** Of what was built, what the case never had: what was taken out by hand does not come back. */
export function missing(built: BuiltMap): BuiltMap {
	const known = new Set<unknown>();
	for (const i of doc.value.items) if (i.kind === "node" || i.kind === "edge") known.add((i.body as { origin?: string }).origin);
	return {
		nodes: built.nodes.filter((n) => !known.has(n.origin)),
		edges: built.edges.filter((e) => !known.has(edgeKey(e.from, e.verb, e.to))),
		left: built.left,
	};
}

/** Adds nodes and edges in one step of undo. */
export function take(built: BuiltMap): void {
	together(() => {
		const at = new Map(items("node").flatMap((n) => (n.body.origin ? [[n.body.origin, n.id]] : [])));
		const order = Date.now();
		built.nodes.forEach((n, i) => {
			const body = {
				text: n.text,
				parent: at.get(n.parent) ?? "",
				order: order + i,
				sort: n.sort,
				evidence: n.evidence.map(asItWas).filter(Boolean).join(" "),
			};
			at.set(n.origin, add("node", { ...body, origin: n.origin, for: n.for, against: n.against, settle: n.settle }, "notes"));
		});
		for (const e of built.edges) {
			const [from, to] = [at.get(e.from), at.get(e.to)];
			if (from && to) add("edge", { from, to, verb: e.verb, origin: edgeKey(e.from, e.verb, e.to) }, "notes");
		}
	});
}

/** Takes a node out with its edges; what stood under it moves up. */
export function removeNode(id: string): void {
	const all = [...items("note"), ...items("pin"), ...items("node")];
	const node = all.find((i) => i.id === id);
	if (!node) return;
	together(() => {
		for (const child of all) if (child.body.parent === id) edit(child.id, { parent: node.body.parent } as never);
		for (const e of items("edge")) if (e.body.from === id || e.body.to === id) remove(e.id);
		remove(id);
	});
}

/** May `id` hang under `parent`: not under itself, nor under what hangs under it. */
export function mayHang(id: string, parent: string): boolean {
	const up = new Map([...items("note"), ...items("pin"), ...items("node")].map((i) => [i.id, i.body.parent]));
	for (let at: string | undefined = parent, n = 0; at && n < 10_000; at = up.get(at), n++) if (at === id) return false;
	return true;
}

/** Everything that may hang under `id`, by ids: all but itself and what hangs under it. */
export function homes(id: string): (parent: string) => boolean {
	const down = new Map<string, string[]>();
	for (const i of [...items("note"), ...items("pin"), ...items("node")]) {
		const family = down.get(i.body.parent);
		if (family) family.push(i.id);
		else down.set(i.body.parent, [i.id]);
	}
	const below = new Set([id]);
	for (const at of below) for (const child of down.get(at) ?? []) below.add(child);
	return (parent) => !below.has(parent);
}

/** Moves a node among its siblings: before the one above it, or behind the one below. */
export function shift(map: DrawnMap, n: DrawnNode, by: 1 | -1): boolean {
	const family = map.nodes.filter((m) => m.parent === n.parent);
	const at = family.findIndex((m) => m.id === n.id);
	const order = (m: DrawnNode | undefined): number | undefined => {
		const item = [...items("note"), ...items("pin"), ...items("node")].find((i) => i.id === m?.id);
		return item?.body.order;
	};
	const next = order(family[at + by]);
	if (next === undefined) return false;
	const beyond = order(family[at + 2 * by]);
	edit(n.id, { order: beyond === undefined ? next + by : (next + beyond) / 2 } as never);
	return true;
}

/** Hangs a node one step higher, or under the one above it among its siblings. */
export function indent(map: DrawnMap, n: DrawnNode, deeper: boolean): boolean {
	const family = map.nodes.filter((m) => m.parent === n.parent);
	const above = family[family.findIndex((m) => m.id === n.id) - 1];
	const parent = map.nodes.find((m) => m.id === n.parent);
	if (deeper ? !above : !parent) return false;
	edit(n.id, { parent: deeper ? above?.id : (parent?.parent ?? ""), order: Date.now() } as never);
	return true;
}

/** What something is on the map, by the sort of its reference. */
function sortOf(evidence: string): Sort {
	switch (parseRef(evidence)?.kind) {
		case "host":
			return "host";
		case "file":
			return "file";
		case "finding":
			return "hypothesis";
		default:
			return "event";
	}
}

/** The node, or the pin, that stands on the map for this reference already. */
export function onMap(evidence: string): string | undefined {
	const pin = items("pin").find((p) => p.body.evidence === evidence);
	return pin?.id ?? items("node").find((n) => n.body.evidence?.trim() === evidence)?.id;
}

/** Something that is to come onto the map with an edge from a node; the dialog asks for its word. */
export const bringing = signal<{ thing: Thing; onto: string } | null>(null);
/** What came last: the map goes there. */
export const brought = signal("");

/** Puts something on the map, with an edge from `onto` where that is given: one item, one step of undo. Gives its id. */
export function bring(thing: Thing, onto = "", verb = ""): string {
	const held = onMap(thing.evidence);
	let id = held ?? "";
	together(() => {
		if (!held) {
			const body = { text: thing.snapshot.slice(0, 240), parent: onto, order: Date.now(), sort: sortOf(thing.evidence) };
			id = add("node", { ...body, evidence: thing.evidence }, "notes");
		}
		const known = items("edge").some((e) => e.body.from === onto && e.body.to === id && e.body.verb === verb);
		if (onto !== "" && onto !== id && !known) add("edge", { from: onto, to: id, verb: verb || "then" }, "notes");
	});
	brought.value = id;
	return id;
}
