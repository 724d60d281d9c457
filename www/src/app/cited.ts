/** What of a case cites packets: for slices that go out with it. */

import { doc, type Item } from "../base/case.ts";
import { pieces, printRef } from "../base/evidence.ts";
import type { Evidence } from "../engine/contract.ts";

export interface Said {
	id: string;
	text: string;
	refs: Evidence[];
}

export const refsIn = (text: string): Evidence[] => pieces(text).flatMap((p) => ("ref" in p ? [printRef(p.ref)] : []));

/** Pins and notes, each with what it cites. */
export function said(pins: Item<"pin">[], notes: Item<"note">[]): Said[] {
	return [
		...pins.map((p) => ({
			id: p.id,
			text: [p.body.evidence, p.body.snapshot, p.body.comment].filter((t) => t !== "").join(" "),
			refs: refsIn(p.body.evidence),
		})),
		...notes.filter((n) => n.body.text.trim() !== "").map((n) => ({ id: n.id, text: n.body.text, refs: refsIn(n.body.text) })),
	];
}

/** As comments on the packets that they cite. */
export const asComments = (chosen: Said[]): { packet: Evidence; text: string }[] =>
	chosen.flatMap((s) => s.refs.map((packet) => ({ packet, text: s.text })));

/** What is said of the captures and of the work, and cites nothing. */
const UNCITING = new Set(["capture", "log"]);

/** Every reference in the case, each once. */
export function cited(): Evidence[] {
	const live = doc.value.items.filter((i) => !i.deleted && !UNCITING.has(i.kind));
	return [...new Set(live.flatMap((i) => refsIn(JSON.stringify(i.body))))];
}
