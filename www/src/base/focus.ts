/** The thing under focus or selection, whatever the screen: what E pins and N writes about. */

import { signal } from "@preact/signals";
import type { Evidence } from "../engine/contract.ts";

export interface Thing {
	evidence: Evidence;
	/** One line that survives without the capture. */
	snapshot: string;
}

export const focused = signal<Thing | null>(null);

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
