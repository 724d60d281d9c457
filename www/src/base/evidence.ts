/** Evidence references: read, written, found in text, and turned into routes of this page. */

import type { Evidence } from "../engine/contract.ts";
import { parseEpoch, parseLocal } from "./time.ts";

export type Ref =
	| { kind: "packets"; capture: string; first: number; last: number }
	| { kind: "field"; capture: string; packet: number; field: string }
	| { kind: "bytes"; capture: string; packet: number; start: number; length: number }
	| { kind: "row"; capture: string; row: number }
	| { kind: "stream"; capture: string; transport: "tcp" | "udp"; stream: number }
	| { kind: "host"; host: string }
	| { kind: "file"; hash: string }
	| { kind: "finding"; id: string }
	| { kind: "time"; from: string; to: string }
	| { kind: "filter"; filter: string };

const LETTER = "(?:([A-Z]{1,3}):)?";
const PACKETS = new RegExp(`^${LETTER}p(\\d{1,9})(?:-(\\d{1,9}))?$`);
const FIELD = new RegExp(`^${LETTER}p(\\d{1,9}):([a-z][a-z0-9_.-]*)$`);
const BYTES = new RegExp(`^${LETTER}p(\\d{1,9})@(\\d{1,9})\\+(\\d{1,9})$`);
const ROW = new RegExp(`^${LETTER}r(\\d{1,9})$`);
const STREAM = new RegExp(`^${LETTER}(tcp|udp):(\\d{1,9})$`);

/** With or without the brackets; null when it is no reference. */
export function parseRef(text: string): Ref | null {
	const t = text.startsWith("[[") && text.endsWith("]]") ? text.slice(2, -2) : text;
	let m = PACKETS.exec(t);
	if (m) {
		const first = Number(m[2]);
		const last = Number(m[3] ?? m[2]);
		return first > 0 && last >= first ? { kind: "packets", capture: m[1] ?? "A", first, last } : null;
	}
	m = FIELD.exec(t);
	if (m) return { kind: "field", capture: m[1] ?? "A", packet: Number(m[2]), field: m[3] ?? "" };
	m = BYTES.exec(t);
	if (m) return { kind: "bytes", capture: m[1] ?? "A", packet: Number(m[2]), start: Number(m[3]), length: Number(m[4]) };
	m = ROW.exec(t);
	if (m) return { kind: "row", capture: m[1] ?? "A", row: Number(m[2]) };
	m = STREAM.exec(t);
	if (m) return { kind: "stream", capture: m[1] ?? "A", transport: m[2] as "tcp" | "udp", stream: Number(m[3]) };
	m = /^h:([0-9a-fA-F.:]{2,45})$/.exec(t);
	if (m) return { kind: "host", host: m[1] ?? "" };
	m = /^file:([0-9a-fA-F]{1,64})$/.exec(t);
	if (m) return { kind: "file", hash: (m[1] ?? "").toLowerCase() };
	m = /^(F-[0-9a-zA-Z]{1,40})$/.exec(t);
	if (m) return { kind: "finding", id: m[1] ?? "" };
	m = /^t:(.+?)\.\.(.+)$/.exec(t);
	if (m) {
		const ok = (s: string): boolean => parseEpoch(s) !== null || parseLocal(s, "UTC").instant !== null || /^\d{2}:\d{2}(:\d{2})?$/.test(s);
		return ok(m[1] ?? "") && ok(m[2] ?? "") ? { kind: "time", from: m[1] ?? "", to: m[2] ?? "" } : null;
	}
	m = /^q:`([^`]{1,2000})`$/.exec(t);
	if (m) return { kind: "filter", filter: m[1] ?? "" };
	return null;
}

const letter = (capture: string): string => (capture === "A" ? "" : `${capture}:`);

export function printRef(r: Ref): Evidence {
	switch (r.kind) {
		case "packets":
			return `[[${letter(r.capture)}p${r.first}${r.last === r.first ? "" : `-${r.last}`}]]`;
		case "field":
			return `[[${letter(r.capture)}p${r.packet}:${r.field}]]`;
		case "bytes":
			return `[[${letter(r.capture)}p${r.packet}@${r.start}+${r.length}]]`;
		case "row":
			return `[[${letter(r.capture)}r${r.row}]]`;
		case "stream":
			return `[[${letter(r.capture)}${r.transport}:${r.stream}]]`;
		case "host":
			return `[[h:${r.host}]]`;
		case "file":
			return `[[file:${r.hash}]]`;
		case "finding":
			return `[[${r.id}]]`;
		case "time":
			return `[[t:${r.from}..${r.to}]]`;
		case "filter":
			return `[[q:\`${r.filter}\`]]`;
	}
}

/** "A:12" to a reference. */
export function packetRef(packet: string): Evidence {
	const [capture, number] = packet.split(":");
	return printRef({ kind: "packets", capture: capture ?? "A", first: Number(number), last: Number(number) });
}

/** "A:tcp:17" to a reference. */
export function flowRef(flow: string): Evidence {
	const [capture, transport, n] = flow.split(":");
	return printRef({ kind: "stream", capture: capture ?? "A", transport: transport === "udp" ? "udp" : "tcp", stream: Number(n) });
}

/** "B:r12" to a reference. */
export function rowRef(row: string): Evidence {
	const [capture, number] = row.split(":r");
	return printRef({ kind: "row", capture: capture ?? "A", row: Number(number) });
}

/** Where a reference leads inside this page. */
export function routeOf(r: Ref): string {
	const q = encodeURIComponent;
	switch (r.kind) {
		case "packets":
			return `#/understand/packets?p=${r.capture}:${r.first}${r.last === r.first ? "" : `&to=${r.last}`}`;
		case "field":
			return `#/understand/packets?p=${r.capture}:${r.packet}&field=${q(r.field)}`;
		case "bytes":
			return `#/understand/packets?p=${r.capture}:${r.packet}&at=${r.start}&len=${r.length}`;
		case "row":
			return `#/understand/conversations?row=${r.capture}:r${r.row}`;
		case "stream":
			return `#/understand/follow?flow=${r.capture}:${r.transport}:${r.stream}`;
		case "host":
			return `#/understand/hosts?host=${q(r.host)}`;
		case "file":
			return `#/understand/files?hash=${r.hash}`;
		case "finding":
			return findingRoute(r.id);
		case "time":
			return `#/understand/timeline?from=${q(r.from)}&to=${q(r.to)}`;
		case "filter":
			return `#/understand/packets?q=${q(r.filter)}`;
	}
}

export type Piece = { text: string } | { ref: Ref; written: string };

/** Splits a sentence into text and references; what is no reference stays text. */
export function pieces(text: string): Piece[] {
	const out: Piece[] = [];
	let at = 0;
	for (const m of text.matchAll(/\[\[(?:q:`[^`]*`|[^[\]]{1,200})\]\]/g)) {
		const ref = parseRef(m[0]);
		if (!ref) continue;
		if (m.index > at) out.push({ text: text.slice(at, m.index) });
		out.push({ ref, written: m[0] });
		at = m.index + m[0].length;
	}
	if (at < text.length) out.push({ text: text.slice(at) });
	return out;
}

/** The capture letter a reference needs, or null. */
export function captureOf(r: Ref): string | null {
	return "capture" in r ? r.capture : null;
}

/** Where a finding's card stands. */
export function findingRoute(id: string): string {
	return `#/understand/findings?id=${encodeURIComponent(id)}`;
}
