/** Times: epoch nanoseconds as BigInt, written and shown in one zone at a time. Knows no clock. */

import type { Time } from "../engine/contract.ts";

export type Nanos = bigint;
const SECOND = 1_000_000_000n;

/** "1772625600.5" to nanoseconds; null when it is no time. */
export function parseEpoch(text: string | null | undefined): Nanos | null {
	const m = /^(-?)(\d+)(?:\.(\d{1,9}))?$/.exec(text ?? "");
	if (!m) return null;
	const n = BigInt(m[2] ?? "0") * SECOND + BigInt((m[3] ?? "").padEnd(9, "0") || "0");
	return m[1] ? -n : n;
}

/** Nanoseconds to epoch seconds with nine fraction digits. */
export function epoch(n: Nanos): Time {
	const a = n < 0n ? -n : n;
	return `${n < 0n ? "-" : ""}${a / SECOND}.${(a % SECOND).toString().padStart(9, "0")}`;
}

export function fromMillis(ms: number): Nanos {
	return BigInt(Math.round(ms)) * 1_000_000n;
}

/** Floor to milliseconds, for Date. */
export function toMillis(n: Nanos): number {
	const q = n / 1_000_000n;
	return Number(n < 0n && q * 1_000_000n !== n ? q - 1n : q);
}

export function seconds(n: Nanos): number {
	return Number(n) / 1e9;
}

export function rfc3339(n: Nanos): string {
	const ms = toMillis(n);
	const frac = (((n % SECOND) + SECOND) % SECOND).toString().padStart(9, "0");
	const d = new Date(ms);
	if (Number.isNaN(d.getTime())) return epoch(n);
	return `${d.toISOString().slice(0, 19)}.${frac}Z`.replace(/\.0+Z$/, "Z");
}

/** Times of the engine's text without a fraction that is all zeros; a filter means the same with them. */
export function shortTimes(text: string): string {
	return text.replace(/(\dT\d{2}:\d{2}:\d{2})\.0{9}(?=Z)/g, "$1");
}

interface Parts {
	year: number;
	month: number;
	day: number;
	hour: number;
	minute: number;
	second: number;
}

const formats = new Map<string, Intl.DateTimeFormat>();
function formatFor(zone: string): Intl.DateTimeFormat {
	let f = formats.get(zone);
	if (!f) {
		f = new Intl.DateTimeFormat("en-GB", {
			timeZone: zone,
			hourCycle: "h23",
			year: "numeric",
			month: "2-digit",
			day: "2-digit",
			hour: "2-digit",
			minute: "2-digit",
			second: "2-digit",
		});
		formats.set(zone, f);
	}
	return f;
}

export function validZone(zone: string): boolean {
	try {
		formatFor(zone);
		return true;
	} catch {
		return false;
	}
}

function partsIn(ms: number, zone: string): Parts {
	const out: Parts = { year: 0, month: 0, day: 0, hour: 0, minute: 0, second: 0 };
	for (const p of formatFor(zone).formatToParts(new Date(ms))) {
		if (p.type in out) out[p.type as keyof Parts] = Number(p.value);
	}
	return out;
}

const two = (n: number): string => String(n).padStart(2, "0");

/** Offset of `zone` at that instant, in minutes. */
export function offsetMinutes(ms: number, zone: string): number {
	const p = partsIn(ms, zone);
	return Math.round((Date.UTC(p.year, p.month - 1, p.day, p.hour, p.minute, p.second) - Math.floor(ms / 1000) * 1000) / 60_000);
}

/** "2026-03-04 12:00:00.123456" in the zone, with `digits` of the fraction. The zone is not part of it. */
export function dateTime(n: Nanos, zone: string, digits = 6): string {
	const ms = toMillis(n);
	if (Math.abs(ms) > 8.64e15) return epoch(n);
	const frac = (((n % SECOND) + SECOND) % SECOND).toString().padStart(9, "0").slice(0, digits);
	const tail = digits > 0 ? `.${frac}` : "";
	if (zone === "UTC") return new Date(ms).toISOString().slice(0, 19).replace("T", " ") + tail;
	const p = partsIn(ms, zone);
	return `${String(p.year).padStart(4, "0")}-${two(p.month)}-${two(p.day)} ${two(p.hour)}:${two(p.minute)}:${two(p.second)}${tail}`;
}

/** "UTC", or "Asia/Kolkata (UTC+05:30)" at that instant. */
export function zoneName(zone: string, at: Nanos | null): string {
	if (zone === "UTC") return "UTC";
	const o = offsetMinutes(at === null ? 0 : toMillis(at), zone);
	const a = Math.abs(o);
	return `${zone} (UTC${o < 0 ? "−" : "+"}${two(Math.floor(a / 60))}:${two(a % 60)})`;
}

export type TimeFormat = "datetime" | "time" | "first" | "previous" | "epoch";

/** A row's time in the chosen form. `first` is the first packet's time, `before` the row above's. */
export function rowTime(n: Nanos, format: TimeFormat, zone: string, first: Nanos | null, before: Nanos | null): string {
	switch (format) {
		case "datetime":
			return dateTime(n, zone);
		case "time":
			return dateTime(n, zone).slice(11);
		case "first":
			return span(n - (first ?? n), 6);
		case "previous":
			return span(before === null ? 0n : n - before, 6);
		case "epoch":
			return epoch(n);
	}
}

/** "12.884391", always seconds. */
export function span(n: Nanos, digits: number): string {
	const text = epoch(n);
	const dot = text.indexOf(".");
	return digits === 0 ? text.slice(0, dot) : text.slice(0, dot + 1 + digits);
}

/** "2 h 5 min", "3.2 s": for people. */
export function duration(totalSeconds: number): string {
	const s = Math.abs(totalSeconds);
	const sign = totalSeconds < 0 ? "−" : "";
	if (s < 1) return `${sign}${(s * 1000).toFixed(s < 0.01 ? 2 : 0)} ms`;
	if (s < 60) return `${sign}${s < 10 ? s.toFixed(1) : Math.round(s)} s`;
	const units: [number, string][] = [
		[86_400, "d"],
		[3600, "h"],
		[60, "min"],
		[1, "s"],
	];
	const at = units.findIndex(([u]) => s >= u);
	const [big, bigName] = units[at] ?? [1, "s"];
	const whole = Math.floor(s / big);
	const [small, smallName] = units[at + 1] ?? [0, ""];
	const rest = small ? Math.floor((s - whole * big) / small) : 0;
	return `${sign}${whole} ${bigName}${rest ? ` ${rest} ${smallName}` : ""}`;
}

export interface LocalTime {
	instant: Nanos | null;
	/** Two instants when the local time exists twice; the reader asks which. */
	ambiguous: [Nanos, Nanos] | null;
	error: string | null;
}

/** "2026-03-04 12:00[:30]" in a zone to an instant; says when it does not exist or exists twice. RFC 3339 is taken as it is. */
export function parseLocal(text: string, zone: string): LocalTime {
	const none = (error: string): LocalTime => ({ instant: null, ambiguous: null, error });
	const t = text.trim();
	const m = /^(\d{4})-(\d{2})-(\d{2})(?:[ T](\d{2}):(\d{2})(?::(\d{2})(?:\.(\d{1,9}))?)?)?\s*(Z|[+-]\d{2}:?\d{2})?$/i.exec(t);
	if (!m) return none("Write a time as 2026-03-04 12:00.");
	const [y, mo, d, h, mi, s] = [1, 2, 3, 4, 5, 6].map((i) => Number(m[i] ?? 0)) as [number, number, number, number, number, number];
	const wall = Date.UTC(y, mo - 1, d, h, mi, s);
	const back = new Date(wall);
	if (back.getUTCMonth() !== mo - 1 || back.getUTCDate() !== d || h > 23 || mi > 59 || s > 59) return none(`“${t}” is not a date.`);
	const frac = BigInt((m[7] ?? "").padEnd(9, "0") || "0");
	const at = (ms: number): Nanos => BigInt(ms) * 1_000_000n + frac;
	const off = m[8];
	if (off) {
		if (off.toUpperCase() === "Z") return { instant: at(wall), ambiguous: null, error: null };
		const o = (Number(off.slice(1, 3)) * 60 + Number(off.slice(-2))) * (off[0] === "-" ? -1 : 1);
		return { instant: at(wall - o * 60_000), ambiguous: null, error: null };
	}
	const found = new Set<number>();
	for (const probe of [wall - 86_400_000, wall, wall + 86_400_000]) {
		const ms = wall - offsetMinutes(probe, zone) * 60_000;
		if (wall === ms + offsetMinutes(ms, zone) * 60_000) found.add(ms);
	}
	const all = [...found].sort((a, b) => a - b);
	const [one, two2] = all;
	if (one === undefined) return none(`${t} does not exist in ${zone}: the clock was put forward over it.`);
	if (two2 !== undefined) return { instant: at(one), ambiguous: [at(one), at(two2)], error: null };
	return { instant: at(one), ambiguous: null, error: null };
}

/** "now − 48 h", "now+2h", "now": elapsed seconds relative to now; null when it is not relative. */
export function parseRelative(text: string): number | null {
	const m = /^\s*now\s*(?:([+\-−–])\s*(\d+(?:\.\d+)?)\s*(s|sec|min|m|h|hours?|d|days?|w|weeks?))?\s*$/i.exec(text);
	if (!m) return null;
	if (!m[1]) return 0;
	const unit = (m[3] ?? "s").toLowerCase();
	const size = unit.startsWith("w") ? 604_800 : unit.startsWith("d") ? 86_400 : unit.startsWith("h") ? 3600 : unit.startsWith("m") ? 60 : 1;
	return (m[1] === "+" ? 1 : -1) * Number(m[2]) * size;
}
