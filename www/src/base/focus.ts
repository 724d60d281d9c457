/** The thing under focus or selection, whatever the screen: what E pins and N writes about. */

import { signal } from "@preact/signals";
import type { Evidence } from "../engine/contract.ts";

export interface Thing {
	evidence: Evidence;
	/** One line that survives without the capture. */
	snapshot: string;
}

export const focused = signal<Thing | null>(null);
