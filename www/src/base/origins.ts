/**
 * Packets that came with a case: where a reference to a capture that is not loaded leads among them. Knows no engine.
 */

import { computed, signal } from "@preact/signals";
import type { Ref } from "./evidence.ts";

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
