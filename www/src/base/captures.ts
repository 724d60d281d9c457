/** What the case keeps of its captures, whether they are loaded or not, and the analyst's own remark on each. */

import { computed } from "@preact/signals";
import type { CaptureFacts } from "../engine/contract.ts";
import { add, amend, type Bodies, edit, type Item, items } from "./case.ts";
import { count, inCode, plural } from "./text.ts";
import { dateTime, duration, parseEpoch, seconds } from "./time.ts";

/** Interfaces, comments and characters of each that a case keeps of one capture: files may claim any number. */
const KEPT = { interfaces: 32, comments: 16, text: 400 };

const short = (t: string | null): string | null => (t === null ? null : t.slice(0, KEPT.text));

/** What a capture says of itself, as the case keeps it. */
export function aboutOf(c: CaptureFacts): NonNullable<Bodies["capture"]["about"]> {
	return {
		format: c.format,
		application: short(c.application),
		os: short(c.os),
		hardware: short(c.hardware),
		comments: c.comments.slice(0, KEPT.comments).map((t) => t.slice(0, KEPT.text)),
		interfaces: c.interfaces.slice(0, KEPT.interfaces).map((i) => ({
			name: short(i.name),
			link: i.link,
			packets: i.packets,
			snap_length: i.snap_length,
			drops: i.drops,
			filter: short(i.filter ?? null),
		})),
		gaps: c.gaps ?? [],
		more_gaps: c.more_gaps ?? 0,
	};
}

type Capture = Item<"capture">;

/** Captures that are listed, and remarks of each: a case may hold any number. */
export const LISTED = { captures: 200, remarks: 20 };

const titled = (c: { name: string; bytes: number }): string => `${c.bytes} ${c.name}`;

/**
 * Each capture once: copies of the case that were merged may name one twice. Two are one by their hashes, and by name and
 * size where one of them has none.
 */
export function kept(): Capture[] {
	const out: Capture[] = [];
	const byHash = new Map<string, number>();
	const byTitle = new Map<string, number>();
	/** Those that are known by name and size alone. */
	const bare = new Map<string, number>();
	for (const i of items("capture")) {
		const { sha256 } = i.body;
		const title = titled(i.body);
		const found = sha256 === "" ? byTitle.get(title) : (byHash.get(sha256) ?? bare.get(title));
		const at = found ?? out.length;
		out[at] = i;
		if (!byTitle.has(title)) byTitle.set(title, at);
		if (sha256 === "") bare.set(title, at);
		else {
			byHash.set(sha256, at);
			if (bare.get(title) === at) bare.delete(title);
		}
	}
	return out;
}

/** Remarks by the beginning of a hash, and by name and size. */
const remarks = computed(() => {
	const byHash = new Map<string, Item<"remark">[]>();
	const byTitle = new Map<string, Item<"remark">[]>();
	const put = (in_: typeof byHash, key: string, r: Item<"remark">): void => {
		const held = in_.get(key);
		if (held) held.push(r);
		else in_.set(key, [r]);
	};
	for (const r of items("remark")) {
		if (r.body.sha12 !== "") put(byHash, r.body.sha12, r);
		put(byTitle, titled(r.body), r);
	}
	return { byHash, byTitle, lengths: [...new Set([...byHash.keys()].map((k) => k.length))] };
});

/** Remarks on a capture, by its hash, before it is known by name and size. */
export function remarksOn(c: Bodies["capture"]): Item<"remark">[] {
	const { byHash, byTitle, lengths } = remarks.value;
	const titledSo = byTitle.get(titled(c)) ?? [];
	if (c.sha256 === "") return titledSo;
	const hashed = lengths.filter((n) => n <= c.sha256.length).flatMap((n) => byHash.get(c.sha256.slice(0, n)) ?? []);
	return [...hashed, ...titledSo.filter((r) => r.body.sha12 === "")];
}

/** Writes a remark; one that is there is changed. */
export function remarkOn(c: Bodies["capture"], text: string, id?: string): void {
	const sha12 = c.sha256.slice(0, 12);
	const held = id ? items("remark").find((r) => r.id === id) : undefined;
	if (!held) {
		if (text !== "") add("remark", { sha12, name: c.name, bytes: c.bytes, text }, "notes");
		return;
	}
	edit<"remark">(held.id, { text }, "text");
	// Written before the hash was known: from now on it is found by it.
	if (held.body.sha12 === "" && sha12 !== "") amend<"remark">(held.id, { sha12 });
}

/** What is known of a capture, as pairs of a name and a line. Text out of the file stands in `data`. */
export function factsOf(c: Bodies["capture"], zone: string): { name: string; says: string; data?: boolean }[] {
	const at = (t: string): string => {
		const n = parseEpoch(t);
		return n === null ? "none" : `${dateTime(n, zone)} ${zone}`;
	};
	const [first, last] = [parseEpoch(c.first), parseEpoch(c.last)];
	const a = c.about;
	const out: { name: string; says: string; data?: boolean }[] = [
		{ name: "SHA-256", says: c.sha256 || "being computed" },
		{ name: "Packets", says: count(c.packets) },
		{ name: "First", says: at(c.first) },
		{ name: "Last", says: at(c.last) },
	];
	if (first !== null && last !== null) out.push({ name: "Duration", says: duration(seconds(last - first)) });
	const gaps = a?.gaps ?? [];
	out.push({
		name: "Gaps",
		says: !a
			? "not known: read it again"
			: gaps.length === 0
				? "none noticed"
				: `${gaps.map((g) => `${at(g.from)} to ${at(g.to)}`).join("; ")}${(a?.more_gaps ?? 0) > 0 ? `; and ${count(a?.more_gaps ?? 0)} more` : ""}`,
	});
	const offset = c.offset.replace(/(\.\d*?)0+$/, "$1").replace(/\.$/, "");
	out.push({ name: "Clock offset", says: /^[-+]?0*$/.test(offset) ? "none" : `${offset} s added to its times` });
	if (c.placement) out.push({ name: "Taken where", says: c.placement });
	for (const i of a?.interfaces ?? []) {
		const most = i.snap_length ? `, at most ${count(i.snap_length)} bytes each` : "";
		const lost = i.drops ? `, ${count(i.drops)} dropped while capturing` : "";
		const filter = i.filter ? `, captured with the filter ${i.filter}` : "";
		const says = `${i.name ? `${i.name}, ` : ""}${i.link}, ${plural(i.packets, "packet")}${most}${lost}${filter}`;
		out.push({ name: "Interface", says, data: true });
	}
	const tool = [a?.application, a?.os, a?.hardware].filter(Boolean).join(", ");
	if (tool) out.push({ name: "Taken with", says: tool, data: true });
	for (const t of a?.comments ?? []) out.push({ name: "Comment", says: t, data: true });
	return out;
}

/** Facts that are numbers and times which we write ourselves; all others hold text of the capture, or of the case file. */
const OURS = new Set(["Packets", "First", "Last", "Duration", "Gaps"]);

/** The captures and the remarks on them, for the notes as Markdown; `safe` makes a text out of somebody else's hands harmless. */
export function capturesMarkdown(safe: (text: string) => string): string {
	const all = kept();
	if (all.length === 0) return "";
	const one = (t: string): string => safe(t.replace(/\s+/g, " ").trim());
	// As code it stays what it is: no markup, and nobody makes a link of it.
	const code = (t: string): string => inCode(one(t));
	const lines = all.slice(0, LISTED.captures).flatMap((c) => {
		const said = remarksOn(c.body).filter((r) => r.body.text.trim() !== "");
		const more = said.length - LISTED.remarks;
		return [
			`- ${code(c.body.capture)} ${inCode(c.body.name)}`,
			...factsOf(c.body, "UTC").map((f) => `  - ${f.name}: ${OURS.has(f.name) ? f.says : code(f.says)}`),
			...said.slice(0, LISTED.remarks).map((r) => `  - Remark: ${one(r.body.text)}`),
			...(more > 0 ? [`  - and ${plural(more, "more remark")}`] : []),
		];
	});
	if (all.length > LISTED.captures) lines.push(`- and ${plural(all.length - LISTED.captures, "more capture")}`);
	return `\n## Captures\n\n${lines.join("\n")}\n`;
}
