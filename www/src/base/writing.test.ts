/** What keys do to a text that is being written. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { type Change, continued, marked, naming } from "./writing.ts";

/** `|` is the caret, two of them a selection. */
function at(text: string): { text: string; from: number; to: number } {
	const from = text.indexOf("|");
	const bare = text.replaceAll("|", "");
	const to = text.lastIndexOf("|");
	return { text: bare, from, to: to === from ? from : to - 1 };
}

function after(text: string, c: Change | null): string {
	if (!c) return "nothing";
	const t = text.slice(0, c.start) + c.text + text.slice(c.end);
	return c.from === c.to ? `${t.slice(0, c.from)}|${t.slice(c.from)}` : `${t.slice(0, c.from)}|${t.slice(c.from, c.to)}|${t.slice(c.to)}`;
}

test("what is being named is found behind brackets and behind the sign of a tag", () => {
	const of = (text: string): string => {
		const a = at(text);
		const n = naming(a.text, a.from);
		return n ? `${n.kind} ${n.query} ${n.start}-${n.end}` : "nothing";
	};
	assert.equal(of("see [[p1|"), "reference p1 4-8");
	assert.equal(of("[[|"), "reference  0-2");
	assert.equal(of("[[p1|]] x"), "reference p1 0-6");
	assert.equal(of("[[p1]]|"), "nothing");
	assert.equal(of("[[p1\n|"), "nothing");
	assert.equal(of("[[p1]] [[h:|"), "reference h: 7-11");
	assert.equal(of("a #be|"), "tag be 2-5");
	assert.equal(of("#|"), "nothing");
	assert.equal(of("# h|"), "nothing");
	assert.equal(of("a#b|"), "nothing");
	assert.equal(of("(#größe/x|"), "tag größe/x 1-9");
});

test("a sign is put around a selection and taken away again, with spaces outside", () => {
	const key = (text: string, sign: string): string => {
		const a = at(text);
		return after(a.text, marked(a.text, a.from, a.to, sign));
	};
	assert.equal(key("a |b| c", "**"), "a **|b|** c");
	assert.equal(key("a **|b|** c", "**"), "a |b| c");
	assert.equal(key("a |b |c", "*"), "a *|b|* c");
	assert.equal(key("|", "`"), "`|`");
	assert.equal(key("**|b|**", "*"), "***|b|***");
	assert.equal(key("*|b|*", "*"), "|b|");
	assert.equal(key("a| |b", "**"), "a **|**b");
});

test("lists and quotations go on at Enter, and an empty item ends them", () => {
	const enter = (text: string): string => {
		const a = at(text);
		return after(a.text, continued(a.text, a.from));
	};
	assert.equal(enter("- a|"), "- a\n- |");
	assert.equal(enter("  * a|b"), "  * a\n  * |b");
	assert.equal(enter("9. a|"), "9. a\n10. |");
	assert.equal(enter("1) a|"), "1) a\n2) |");
	assert.equal(enter("> a|"), "> a\n> |");
	assert.equal(enter("> - a|"), "> - a\n> - |");
	assert.equal(enter("- a\n- |"), "- a\n|");
	assert.equal(enter("- a\n- |\nnext"), "- a\n|\nnext");
	assert.equal(enter("plain|"), "nothing");
	assert.equal(enter("-a|"), "nothing");
	assert.equal(enter("|- a"), "nothing");
});
