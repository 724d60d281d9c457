import assert from "node:assert/strict";
import { test } from "node:test";
import type { CaseDocument, CaseItem } from "../engine/contract.ts";
import { add, disputes, doc, edit, items, readOnly, refusal, remove, rename, replaceCase, settle, undo } from "./case.ts";
import { counterOf, holdsAll, isCase } from "./keep.ts";

const item = (id: string, author: string, counter: number, more: Partial<CaseItem> = {}): CaseItem => ({
	id,
	kind: "note",
	stamp: { author, counter, at: "" },
	pass: 1,
	step: "",
	body: { text: id },
	...more,
});
const of = (...all: CaseItem[]): CaseDocument => ({ schema: 1, id: "c", title: "", items: all });

test("a counter that was lost or replaced is never used again", () => {
	const lost = { stamp: { author: "a", counter: 9, at: "" }, body: {} };
	assert.equal(counterOf(of(item("1", "a", 3), item("2", "b", 5, { over: { a: 7 } })), "a"), 7);
	assert.equal(counterOf(of(item("1", "b", 3, { conflicts: [lost] })), "a"), 9);
	assert.equal(counterOf(of(item("1", "b", 3)), "a"), 0);
});

test("a copy holds another where it has seen every edit of it", () => {
	const base = of(item("1", "a", 1));
	const after = of(item("1", "b", 1, { over: { a: 1 } }));
	assert.ok(holdsAll(after, base));
	assert.ok(!holdsAll(base, after));
	assert.ok(!holdsAll(base, of(item("1", "a", 1), item("2", "a", 2))));
	assert.ok(holdsAll(base, of()));
});

test("what the storage holds is a case or nothing", () => {
	assert.ok(isCase(of(item("1", "a", 1))));
	for (const v of [null, undefined, 1, {}, { schema: 2, items: [] }, { schema: 1, items: [null] }, { schema: 1, items: [{}] }])
		assert.equal(isCase(v), false);
});

test("an edit that changes nothing is none, and two who did the same are of one mind", () => {
	const same = { stamp: { author: "b", counter: 2, at: "" }, body: { text: "1" } };
	const other = { stamp: { author: "c", counter: 2, at: "" }, body: { text: "other" } };
	replaceCase(of(item("1", "a", 1, { conflicts: [same, other] })));
	const before = doc.value.items[0];
	edit<"note">("1", { text: "1" });
	assert.equal(doc.value.items[0], before);
	assert.deepEqual(disputes(before as CaseItem), [other]);
	settle("1", other);
	assert.deepEqual([doc.value.items[0]?.body.text, doc.value.items[0]?.conflicts], ["other", undefined]);
	undo();
	assert.equal(doc.value.items[0]?.body.text, "1");
	assert.equal(doc.value.items[0]?.conflicts?.length, 2);
});

test("nothing gets into a copy that is read", () => {
	let said = 0;
	refusal.say = () => said++;
	replaceCase(of(item("1", "a", 1)));
	readOnly.value = true;
	const before = doc.value;
	add("note", { text: "x", parent: "", order: 1 });
	edit<"note">("1", { text: "x" });
	remove("1");
	rename("x");
	undo();
	assert.equal(doc.value, before);
	assert.equal(said, 4);
	// What Weir writes of itself is left out without a word.
	add("capture", { capture: "A", name: "x", sha256: "", bytes: 1, packets: 1, first: "", last: "", offset: "", placement: "" });
	assert.equal(items("capture").length, 0);
	assert.equal(said, 4);
	readOnly.value = false;
});
