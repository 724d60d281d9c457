/** The analyst's verdicts on hosts, by address: every table and the map mark what they name. */

import { computed } from "@preact/signals";
import { items } from "./case.ts";

export const VERDICTS = ["unknown", "clean", "suspicious", "compromised", "rogue"] as const;

/** Address to verdict; what is not known is not marked. */
export const verdicts = computed<ReadonlyMap<string, string>>(() => {
	const out = new Map<string, string>();
	for (const { body } of items("verdict")) {
		if (body.verdict === "unknown") out.delete(body.host);
		else out.set(body.host, body.verdict);
	}
	return out;
});

const PORT = /^(?:\[(.+)\]|([^:]+)):\d+$/;

/** The verdict on the host that a cell names, with or without a port; "" for none. */
export function verdictOf(cell: string): string {
	const known = verdicts.value;
	if (known.size === 0 || cell.length > 50) return "";
	const m = PORT.exec(cell);
	return known.get(cell) ?? known.get(m?.[1] ?? m?.[2] ?? "") ?? "";
}
