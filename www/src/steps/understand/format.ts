/** Cells by their column's kind, in the one zone and number form of the page. */

import { bytes, count } from "../../base/text.ts";
import { dateTime, duration, parseEpoch, seconds } from "../../base/time.ts";
import type { Column } from "../../engine/contract.ts";

export function cellText(raw: string, kind: Column["kind"], zone: string): string {
	if (raw === "") return "";
	switch (kind) {
		case "number":
			return /^\d{1,15}$/.test(raw) ? count(Number(raw)) : raw;
		case "bytes":
			return /^\d{1,15}$/.test(raw) ? bytes(Number(raw)) : raw;
		case "time": {
			const t = parseEpoch(raw);
			return t === null ? raw : dateTime(t, zone, 3);
		}
		case "duration": {
			const t = parseEpoch(raw);
			return t === null ? raw : duration(seconds(t));
		}
		case "hash":
			return raw.slice(0, 16);
		default:
			return raw;
	}
}

export const END_ALIGNED: ReadonlySet<Column["kind"]> = new Set(["number", "bytes", "duration"]);
export const MONO: ReadonlySet<Column["kind"]> = new Set(["address", "hash", "packet", "flow", "artifact"]);

/** A filter for a value: `ip.src == 192.0.2.1`, text in quotes. */
export function valueFilter(field: string, raw: string, kind: Column["kind"]): string {
	const bare = kind === "number" || kind === "bytes" || kind === "address" || /^(ip|ipv6|eth|arp)\./.test(field);
	return `${field} == ${bare && /^[0-9a-fA-F.:x/-]+$/.test(raw) ? raw : `"${raw.replaceAll("\\", "\\\\").replaceAll('"', '\\"')}"`}`;
}
