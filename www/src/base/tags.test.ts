/** Tags as the page finds them: the same cases that the engine is held to. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { tagRoute, tagSpans, tagsIn } from "./tags.ts";

test("tags are words outside code, as the engine finds them", () => {
	// Tests are run from the page's folder.
	const cases: { text: string; tags: string[] }[] = JSON.parse(readFileSync("../crates/case/tests/notes/tags.json", "utf8"));
	assert.ok(cases.length > 10);
	for (const c of cases) assert.deepEqual(tagsIn(c.text), c.tags, c.text);
});

test("a span covers the tag as it was typed", () => {
	const text = "[[p1]] `#no` see #Größe.";
	const [one, ...others] = tagSpans(text);
	assert.deepEqual(others, []);
	assert.equal(text.slice(one?.start, one?.end), "#Größe");
	assert.equal(one?.tag, "größe");
});

test("tags in the address can be read again", () => {
	const route = tagRoute(["c2/dns", "größe"]);
	assert.equal(new URLSearchParams(route.split("?")[1]).get("tag"), "c2/dns,größe");
	assert.equal(tagRoute([]), "#/notes/outline");
});

test("a text of nothing but signs is looked through in bounded time", () => {
	for (const unit of ["#", "`", "#a`", "[[", "``` ", "\\`", "#a "]) {
		const begin = performance.now();
		tagsIn(`${unit.repeat(1_000_000 / unit.length)} #end`);
		assert.ok(performance.now() - begin < 4000, `${unit} took ${performance.now() - begin} ms`);
	}
});
