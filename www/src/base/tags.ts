/** Tags in what people write: the same search as the engine's (`crates/case/src/notes/tags.rs`), for while it is waited for. */

import { parseRef } from "./evidence.ts";

/** Characters of the longest tag; longer words are none. */
const LONGEST = 64;

/** Characters that are looked at. */
const LONGEST_TEXT = 64 * 1024;

const OPENS = /[\s([{*~|,;“„«]/u;
const WORD = /^[\p{Alphabetic}\p{N}_/-]+/u;

/** The tag at the beginning of a text, behind its sign; "" where there is none. */
function tagAt(text: string): string {
	const word = (WORD.exec(text)?.[0] ?? "").replace(/[-/]+$/, "");
	const fits = /^[\p{Alphabetic}\p{N}_]/u.test(word) && /\p{Alphabetic}/u.test(word);
	return fits && [...word].length <= LONGEST ? word : "";
}

/** References with as many blanks in their places: nothing in them is a tag. */
function withoutRefs(text: string): string {
	return text.replace(/\[\[(?:q:`[^`]*`|[^[\]]{1,200})\]\]/g, (m) => (parseRef(m) ? "x".repeat(m.length) : m));
}

/** What is code, with other signs in its place. */
function withoutCode(text: string): string {
	let fence: { sign: string; n: number } | null = null;
	const lines = text.split("\n").map((line) => {
		const m = /^ {0,3}(`{3,}|~{3,})(.*)$/.exec(line);
		const sign = m?.[1]?.[0] ?? "";
		const n = m?.[1]?.length ?? 0;
		if (fence) {
			if (m && sign === fence.sign && n >= fence.n && m[2]?.trim() === "") fence = null;
			return "x".repeat(line.length);
		}
		if (m && (sign === "~" || !m[2]?.includes("`"))) {
			fence = { sign, n };
			return "x".repeat(line.length);
		}
		return line;
	});
	return lines
		.join("\n")
		.replace(/(\\?)(?<!`)(`+)(?!`)(?:(?!\n\n)[\s\S])*?[^`]\2(?!`)/g, (m, escaped: string) => (escaped ? m : "x".repeat(m.length)));
}

/** Where the tags of a text stand: from its sign to its end. */
export function tagSpans(text: string): { start: number; end: number; tag: string }[] {
	if (!text.includes("#")) return [];
	// What is behind is no Markdown to the engine, and has no tags.
	const plain = withoutCode(withoutRefs(text.slice(0, LONGEST_TEXT)));
	const out: { start: number; end: number; tag: string }[] = [];
	for (let at = plain.indexOf("#"); at >= 0; at = plain.indexOf("#", at + 1)) {
		if (at > 0 && !OPENS.test(plain[at - 1] ?? "")) continue;
		const tag = tagAt(plain.slice(at + 1, at + 1 + 4 * LONGEST));
		if (tag) out.push({ start: at, end: at + 1 + tag.length, tag: tag.toLowerCase() });
	}
	return out;
}

/** The tags of a text, in small letters, each once, in the order of the alphabet. */
export function tagsIn(text: string): string[] {
	return [...new Set(tagSpans(text).map((s) => s.tag))].sort(byCodePoint);
}

/** As the engine sorts: by code point. */
function byCodePoint(a: string, b: string): number {
	const [x, y] = [[...a], [...b]];
	for (let i = 0; i < Math.min(x.length, y.length); i++) {
		const d = (x[i]?.codePointAt(0) ?? 0) - (y[i]?.codePointAt(0) ?? 0);
		if (d !== 0) return d;
	}
	return x.length - y.length;
}

/** Where the notes with a tag are. */
export const tagRoute = (tags: string[]): string =>
	tags.length > 0 ? `#/notes/outline?tag=${tags.map(encodeURIComponent).join(",")}` : "#/notes/outline";
