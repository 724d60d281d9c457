/** What is carried by the pointer to the map: only what began in this page, remembered where it began. Knows no map. */

import { signal } from "@preact/signals";
import { parseRef } from "./evidence.ts";
import { citable, focused, type Thing } from "./focus.ts";

/** Marks a drag as one of this page; what it carries is never read from it. */
export const CARRIED = "application/x-weir-thing";

export const carried = signal<Thing | null>(null);

/** What stands under the pointer: a reference as it is written, or what its row or card has put under focus. */
function thingAt(target: EventTarget | null): Thing | null {
	const e = target instanceof Element ? target : target instanceof Node ? target.parentElement : null;
	const written = e?.closest<HTMLElement>("[data-evidence]");
	if (written) {
		const evidence = written.dataset.evidence ?? "";
		const snapshot = written.closest<HTMLElement>("[data-snapshot]")?.dataset.snapshot ?? written.textContent ?? "";
		return parseRef(evidence) ? { evidence, snapshot } : null;
	}
	return e?.closest("[data-carry]") ? focused.peek() : null;
}

/** A drag of this page that carries something. */
export const carries = (e: DragEvent): boolean => carried.peek() !== null && (e.dataTransfer?.types.includes(CARRIED) ?? false);

export function startDragging(): void {
	addEventListener("dragstart", (e) => {
		const under = thingAt(e.target);
		const t = under && citable(under);
		if (!t) {
			// A handle without anything to carry would carry its own markup.
			if (e.target instanceof Element && e.target.closest("[data-carry]")) e.preventDefault();
			return;
		}
		e.dataTransfer?.setData(CARRIED, "1");
		e.dataTransfer?.setData("text/plain", t.evidence);
		if (e.dataTransfer) e.dataTransfer.effectAllowed = "all";
		carried.value = t;
	});
	const over = (): void => {
		carried.value = null;
	};
	// A source that its page has taken away tells nobody that the drag is over: the next press does.
	addEventListener("dragend", over);
	addEventListener("pointerdown", over);
}
