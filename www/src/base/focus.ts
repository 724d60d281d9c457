/** The thing under focus or selection, whatever the screen: what E pins and N writes about. */

import { effect, signal } from "@preact/signals";
import type { Evidence } from "../engine/contract.ts";
import { parseRef } from "./evidence.ts";
import { asItWas, whatWas } from "./origins.ts";

export interface Thing {
	evidence: Evidence;
	/** One line that survives without the capture. */
	snapshot: string;
}

export const focused = signal<Thing | null>(null);

/** A thing as a case may keep it, by what it was before it came with a slice; null where that is not known. */
export function citable(t: Thing): Thing | null {
	const evidence = asItWas(t.evidence);
	if (evidence === null) return null;
	if (evidence === t.evidence) return t;
	const r = parseRef(t.evidence);
	const now = r && "capture" in r ? `${r.capture}:${"packet" in r ? r.packet : "first" in r ? r.first : ""}` : "";
	const was = whatWas(now);
	return { evidence, snapshot: was && t.snapshot.startsWith(`${now} `) ? was + t.snapshot.slice(now.length) : t.snapshot };
}

/** Things that are remembered. */
const KEPT = 12;
/** Things that were under focus, the newest first: what a note that is written now is likely about. */
export const lately = signal<Thing[]>([]);
effect(() => {
	const t = focused.value && citable(focused.value);
	if (t) lately.value = [t, ...lately.peek().filter((o) => o.evidence !== t.evidence)].slice(0, KEPT);
});

/** The heading that was given the focus when a page was drawn; nobody has chosen it. */
let landing: Element | null = null;

export function land(heading: HTMLElement): void {
	landing = heading;
	heading.focus();
}

/** Focus for what a page was asked to show: unless the analyst has gone elsewhere in the meantime. */
export function takeFocus(e: HTMLElement): void {
	const at = document.activeElement;
	if (at === null || at === document.body || at === landing) e.focus({ preventScroll: true });
}
