/** Times and cells, in the one zone and number form of the page. */

import { settings } from "../../base/settings.ts";
import { bytes, count } from "../../base/text.ts";
import { dateTime, duration, parseEpoch, seconds } from "../../base/time.ts";
import type { Column, Time } from "../../engine/contract.ts";

/** An instant with its zone, "" when there is none. */
export function at(t: Time | null): string {
	const n = parseEpoch(t);
	return n === null ? "" : `${dateTime(n, settings.value.zone, 3)} ${settings.value.zone}`;
}

/** A cell by its column's kind; a port is a name made of digits, not a number. */
export function cellText(raw: string, { id, kind }: Column, zone: string): string {
	if (raw === "") return "";
	switch (kind) {
		case "number":
			if (id.endsWith("port")) return raw;
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

/** A column that is to stand further ahead: its id, and width in characters or title where they differ. */
type Place = string | { id: string; width?: number; title?: string };

/** The columns of a view in the order of this page: those of `first`, then the engine's other standard ones. */
export function arranged(columns: Column[], first: Place[]): Column[] {
	const ahead = first.flatMap((p) => {
		const place = typeof p === "string" ? { id: p } : p;
		const column = columns.find((c) => c.id === place.id);
		return column ? [{ ...column, ...place }] : [];
	});
	return [...ahead, ...columns.filter((c) => c.standard && !ahead.some((a) => a.id === c.id))];
}

export const END_ALIGNED: ReadonlySet<Column["kind"]> = new Set(["number", "bytes", "duration"]);
export const MONO: ReadonlySet<Column["kind"]> = new Set(["address", "hash", "packet", "flow", "artifact"]);

/** A filter for a value: `ip.src == 192.0.2.1`, text in quotes. */
export function valueFilter(field: string, raw: string, kind: Column["kind"]): string {
	const bare = kind === "number" || kind === "bytes" || kind === "address" || /^(ip|ipv6|eth|arp)\./.test(field);
	return `${field} == ${bare && /^[0-9a-fA-F.:x/-]+$/.test(raw) ? raw : `"${raw.replaceAll("\\", "\\\\").replaceAll('"', '\\"')}"`}`;
}
