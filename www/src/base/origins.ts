/**
 * Packets that came with a case: where a reference to a capture that is not loaded leads among them. Knows no engine.
 */

import { computed, signal } from "@preact/signals";
import type { Evidence } from "../engine/contract.ts";
import { captureOf, parseRef, printRef, type Ref } from "./evidence.ts";

export interface SliceOrigins {
	/** Letter under which the slice is loaded. */
	capture: string;
	/** Number in the slice, and the packet that it was: "A:120". */
	packets: [number, string][];
}

export const slices = signal<SliceOrigins[]>([]);

/** "A:120" to where it stands now. */
const places = computed(() => {
	const by = new Map<string, { capture: string; packet: number }>();
	for (const s of slices.value) for (const [packet, was] of s.packets) if (!by.has(was)) by.set(was, { capture: s.capture, packet });
	return by;
});

/** "B:7" to what it was: "A:120". */
const origins = computed(
	() => new Map<string, string>(slices.value.flatMap((s) => s.packets.map(([n, was]) => [`${s.capture}:${n}`, was] as const))),
);

/** What a packet that came with the case was in its capture; null of any other. */
export const whatWas = (packet: string): string | null => origins.value.get(packet) ?? null;

/** Letters under which slices are loaded. */
export const cameAs = computed(() => new Set(slices.value.map((s) => s.capture)));

/** "B:3" to "A" and 120; null where nothing says what it was. */
function origin(capture: string, packet: number): { capture: string; packet: number } | null {
	const [was, n] = whatWas(`${capture}:${packet}`)?.split(":") ?? [];
	return was && Number(n) > 0 ? { capture: was, packet: Number(n) } : null;
}

/**
 * A reference as it may be written into a case: to what a packet was, since the letter and the numbers of a slice are
 * gone with it. Null where it is of a slice and nothing says what it was: streams and rows have no such word.
 */
export function asItWas(written: Evidence): Evidence | null {
	const r = parseRef(written);
	const letter = r && captureOf(r);
	if (!r || !letter || !cameAs.value.has(letter)) return written;
	if (r.kind === "field" || r.kind === "bytes") {
		const at = origin(r.capture, r.packet);
		return at && printRef({ ...r, ...at });
	}
	if (r.kind !== "packets") return null;
	const [first, last] = [origin(r.capture, r.first), origin(r.capture, r.last)];
	if (!first || !last || first.capture !== last.capture || last.packet < first.packet) return null;
	return printRef({ kind: "packets", capture: first.capture, first: first.packet, last: last.packet });
}

/** Packets of a range that are looked for. */
const RANGE = 10_000;

/** The same packets under the slice's letter and numbers; null where none of them came. */
export function whereCame(r: Ref): Ref | null {
	if (places.value.size === 0) return null;
	if (r.kind === "packets") {
		const found = [];
		for (let n = r.first; n <= Math.min(r.last, r.first + RANGE); n++) {
			const at = places.value.get(`${r.capture}:${n}`);
			if (at && (found[0] === undefined || at.capture === found[0].capture)) found.push(at);
		}
		const [first] = found;
		const last = found.at(-1);
		return first && last ? { kind: "packets", capture: first.capture, first: first.packet, last: last.packet } : null;
	}
	if (r.kind === "field" || r.kind === "bytes") {
		const at = places.value.get(`${r.capture}:${r.packet}`);
		return at ? { ...r, ...at } : null;
	}
	return null;
}
