/** What keys do to a text that is being written: lists go on, marks are put around, and what is being named is found. Touches no element. */

/** The text between `start` and `end` becomes `text`; the selection then is `from` to `to`. */
export interface Change {
	start: number;
	end: number;
	text: string;
	from: number;
	to: number;
}

/** What is being named at the caret: behind `[[`, or behind the sign of a tag. */
export interface Naming {
	kind: "reference" | "tag";
	/** Where the brackets or the sign begin. */
	start: number;
	/** Where what is named ends; brackets that close it already are part of it. */
	end: number;
	query: string;
}

/** Characters behind the brackets in which a name is looked for. */
const NEAR = 200;

export function naming(text: string, caret: number): Naming | null {
	const line = text.lastIndexOf("\n", caret - 1) + 1;
	const before = text.slice(Math.max(line, caret - NEAR), caret);
	const open = before.lastIndexOf("[[");
	if (open >= 0 && !before.slice(open).includes("]]")) {
		const start = caret - before.length + open;
		const end = text.startsWith("]]", caret) ? caret + 2 : caret;
		return { kind: "reference", start, end, query: before.slice(open + 2) };
	}
	const m = /(?:^|[\s([{*~|,;“„«])#([\p{Alphabetic}\p{N}_/-]*)$/u.exec(before);
	if (!m) return null;
	const query = m[1] ?? "";
	// A heading begins so, too: its sign stands alone.
	return query === "" ? null : { kind: "tag", start: caret - query.length - 1, end: caret, query };
}

/** Puts a sign around the selection, or takes it away where it is. */
export function marked(text: string, from: number, to: number, sign: string): Change {
	const n = sign.length;
	const chosen = text.slice(from, to);
	// A star of two is none of one.
	const alone = (a: number, b: number): boolean => text[a] !== sign[0] && text[b] !== sign[0];
	if (text.slice(from - n, from) === sign && text.slice(to, to + n) === sign && (n > 1 || alone(from - 2, to + 1)))
		return { start: from - n, end: to + n, text: chosen, from: from - n, to: to - n };
	// Marks hold only next to a word: spaces stay outside.
	const lead = /^\s*/.exec(chosen)?.[0] ?? "";
	const tail = chosen === lead ? "" : (/\s*$/.exec(chosen)?.[0] ?? "");
	const bare = chosen.slice(lead.length, chosen.length - tail.length);
	const begin = from + lead.length + n;
	return { start: from, end: to, text: `${lead}${sign}${bare}${sign}${tail}`, from: begin, to: begin + bare.length };
}

const ITEM = /^([ \t]*(?:>[ \t]?)*)([-*+]|(\d{1,9})([.)]))([ \t]+)/;
const QUOTE = /^([ \t]*(?:>[ \t]?)+)/;

/** What Enter does in a list or a quotation: the next item begins, and an empty one ends it. Null where it is a line's end. */
export function continued(text: string, caret: number): Change | null {
	const line = text.lastIndexOf("\n", caret - 1) + 1;
	const before = text.slice(line, caret);
	const item = ITEM.exec(before);
	const begin = item?.[0] ?? QUOTE.exec(before)?.[0];
	if (!begin) return null;
	const rest = text.slice(caret).split("\n", 1)[0] ?? "";
	if (before.length === begin.length && rest.trim() === "") return { start: line, end: caret, text: "", from: line, to: line };
	const next = item ? `${item[1]}${item[3] ? `${Number(item[3]) + 1}${item[4]}` : item[2]}${item[5]}` : begin;
	const at = caret + 1 + next.length;
	return { start: caret, end: caret, text: `\n${next}`, from: at, to: at };
}
