/** The mind map's words, and what a press does to its nodes and edges. */

import type { BuiltMap, CaseDocument, DrawnNode, Sort } from "../engine/contract.ts";
import { add, doc, edit, items, remove, together } from "./case.ts";

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
			const body = { text: n.text, parent: at.get(n.parent) ?? "", order: order + i, sort: n.sort, evidence: n.evidence.join(" ") };
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
