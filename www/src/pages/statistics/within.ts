/** What the figures of this page are counted within, and the way from a row to its packets. */

import { go } from "../../base/routes.ts";
import { captures } from "../../engine/client.ts";
import type { Flow, Time } from "../../engine/contract.ts";
import { combine, narrow, narrowing } from "../../engine/narrowing.ts";

/** What shows the packets of a row; `flow` where its filter means the streams of one capture. */
export interface RowLimit {
	filter?: string;
	flow?: Flow | null;
	from?: Time;
	to?: Time;
}

/** Whether a capture with packets is loaded; flow logs have none to count. */
export const hasPackets = (): boolean => captures.value.some((c) => c.kind === "packets");

/** The captures that number their streams together with the flow's own; null where all do. */
function numberedWith(flow: Flow): string[] | null {
	const packets = captures.value.filter((c) => c.kind === "packets");
	const own = packets.find((c) => c.capture === flow.split(":")[0]);
	if (!own) return null;
	const same = packets.filter((c) => c === own || (own.chain !== null && c.chain === own.chain));
	return same.length === packets.length ? null : same.map((c) => c.capture);
}

/** Shows the row's packets: its limit is added to those in force, since the row was counted within them. */
export function show({ filter = "", flow, from, to }: RowLimit): void {
	const now = narrowing.value;
	const letters = flow ? numberedWith(flow) : null;
	narrow({
		...(filter !== "" && filter !== now.filter.trim() && { filter: combine(filter, "and") }),
		...(from !== undefined && to !== undefined && { from, to }),
		...(letters && { captures: letters.filter((c) => now.captures?.includes(c) ?? true) }),
	});
	go("#/understand/packets");
}
