/** The ways from a row of these pages: to its packets, and out as CSV. */

import { saveText } from "../../base/download.ts";
import { go } from "../../base/routes.ts";
import { settings } from "../../base/settings.ts";
import { csv, plural } from "../../base/text.ts";
import { dateTime, parseEpoch } from "../../base/time.ts";
import type { Time } from "../../engine/contract.ts";
import { narrow, narrowing } from "../../engine/narrowing.ts";
import { toast } from "../../widgets/toast.tsx";

/** Rows shown on the page; the terminal prints all. */
export const SHOWN = 300;

/** Shows what a filter matches, in place of the one in force: these pages count all packets. */
export function showPackets(filter: string): void {
	if (narrowing.value.filter !== filter) narrow({ filter });
	go("#/understand/packets");
}

export function at(t: Time): string {
	const n = parseEpoch(t);
	return n === null ? "" : dateTime(n, settings.value.zone, 0);
}

export function saveRows(name: string, head: string[], rows: string[][]): void {
	saveText(csv([head, ...rows]), `${name}.csv`, "text/csv");
	toast(`Saved ${plural(rows.length, "row")} as ${name}.csv.`);
}
