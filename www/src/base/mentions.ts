/** What a sentence can refer to, as the completion offers it: what was selected, pins, and what the engine found. */

import { signal } from "@preact/signals";
import { items } from "./case.ts";
import { parseRef } from "./evidence.ts";
import { lately } from "./focus.ts";
import { asItWas } from "./origins.ts";

export interface Mention {
	/** "[[p12]]" or "#tag". */
	written: string;
	/** Captured text; one line. */
	title: string;
	/** Why it is offered: "selected", "pin", "finding". */
	sort: string;
}

/** What the engine found; it is asked when the first list opens. */
export const found = signal<Mention[]>([]);
/** Asks the engine anew where its inputs changed; the app fills it in. */
export const looked: { ask: () => void } = { ask: () => {} };
/** Tags of the case with how often each stands there; the app fills it in. */
export const knownTags: { value: () => { tag: string; count: number }[] } = { value: () => [] };

/** Offered at once; more letters find the others. */
const MOST = 30;
/** Of one kind, before others are offered. */
const EACH = 3;

function all(): Mention[] {
	const [last, ...before] = lately.value;
	return [
		...(last ? [{ written: last.evidence, title: last.snapshot, sort: "selected last" }] : []),
		...items("pin").map((p) => ({ written: p.body.evidence, title: p.body.comment || p.body.snapshot, sort: "pin" })),
		...found.value.flatMap((m) => {
			const written = asItWas(m.written);
			return written === null ? [] : [{ ...m, written }];
		}),
		...before.map((t) => ({ written: t.evidence, title: t.snapshot, sort: "opened" })),
	];
}

const TYPED: Record<string, string> = {
	packets: "packet",
	field: "field of a packet",
	bytes: "bytes of a packet",
	row: "row of a flow log",
	stream: "stream",
	host: "host",
	file: "file",
	finding: "finding",
	time: "time range",
	filter: "filter",
};

/** References that fit what was typed, each once, what was selected first; last what was typed itself, where it is a reference. */
export function mentions(query: string): Mention[] {
	const q = query.trim().toLowerCase();
	const out = new Map<string, Mention>();
	const list = all();
	const take = (most: number, fits: (m: Mention, inner: string) => boolean): void => {
		const taken = new Map<string, number>();
		for (const m of list) {
			const n = taken.get(m.sort) ?? 0;
			if (out.size >= MOST || n >= most || out.has(m.written) || !fits(m, m.written.slice(2, -2).toLowerCase())) continue;
			out.set(m.written, m);
			taken.set(m.sort, n + 1);
		}
	};
	const typed = parseRef(query.trim());
	const written = `[[${query.trim()}]]`;
	if (typed && !list.some((m) => m.written === written)) out.set(written, { written, title: "", sort: `${TYPED[typed.kind]}, as typed` });
	const fits = (m: Mention, inner: string): boolean => inner.includes(q) || m.title.toLowerCase().includes(q) || m.sort.startsWith(q);
	if (q !== "") take(MOST, (_, inner) => inner.startsWith(q));
	// Many answers leave room for a file.
	take(EACH, fits);
	take(MOST, fits);
	return [...out.values()];
}

/** Tags that begin so, then those that hold it; the one that is there already is not offered. */
export function tagMentions(query: string): Mention[] {
	const q = query.toLowerCase();
	const fits = knownTags.value().filter((t) => t.tag.includes(q) && t.tag !== q);
	fits.sort((a, b) => Number(b.tag.startsWith(q)) - Number(a.tag.startsWith(q)) || b.count - a.count);
	return fits.slice(0, MOST).map((t) => ({ written: `#${t.tag}`, title: "", sort: t.count === 1 ? "1 entry" : `${t.count} entries` }));
}
