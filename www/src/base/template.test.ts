import assert from "node:assert/strict";
import { test } from "node:test";
import { fillIn, isTemplate, readTemplate } from "./template.ts";

const TEXT = JSON.stringify({
	schema: 1,
	template: "weir",
	placeholders: [
		{ mark: "‹address 1›", kind: "address", uses: 2 },
		{ mark: "‹name 1›", kind: "name", uses: 1 },
		{ mark: "‹time 1›", kind: "time", uses: 1 },
	],
	items: [
		{ kind: "filter", step: "filter", body: { name: "to it", filter: 'ip.addr == ‹address 1› && http.host contains "‹name 1›"' } },
		{ kind: "scope", step: "targets", body: { entry: "host", value: "‹address 1›", role: "", source: "template" } },
		{ kind: "scope", step: "scope", body: { entry: "window", from: "‹time 1›", to: "", zone: "UTC" } },
		{ kind: "done_when", step: "scope", body: { text: "‹name 1› is told", done: false } },
	],
});

test("a template is known by its head and filled in; what waits is left out and counted", () => {
	assert.ok(isTemplate(TEXT));
	assert.ok(!isTemplate('{"schema":1,"id":"x","items":[]}'));
	const t = readTemplate(TEXT);
	const none = fillIn(t, {});
	assert.equal(none.waiting, 3);
	assert.deepEqual(
		none.items.map((i) => i.kind),
		["done_when"],
	);
	const all = fillIn(t, { "‹address 1›": " 192.0.2.7 ", "‹name 1›": 'a"$&b', "‹time 1›": "2026-03-04T12:00:00Z" });
	assert.equal(all.waiting, 0);
	assert.equal(all.items[0]?.body.filter, 'ip.addr == 192.0.2.7 && http.host contains "a\\"$&b"');
	assert.deepEqual(all.items[2]?.body, { entry: "window", from: "2026-03-04T12:00:00Z", to: "", zone: "UTC" });
});

test("a template brings no evidence and nothing that it should not", () => {
	const bad = (items: unknown): string =>
		JSON.stringify({ schema: 1, template: "weir", placeholders: [{ mark: 5 }, null, { mark: "" }], items });
	for (const kind of ["pin", "log", "decision", "pass", "__proto__", 7])
		assert.throws(() => readTemplate(bad([{ kind, step: "", body: {} }])), /item 1 is nothing/);
	assert.throws(() => readTemplate(bad(Array.from({ length: 2001 }, () => ({})))), /at most 2000/);
	assert.throws(() => readTemplate('{"schema":2,"template":"weir"}'), /schema 2/);
	assert.throws(() => readTemplate("[]"), /no template/);
	const t = readTemplate(bad([{ kind: "allow", step: "x", body: { on: true, deep: { a: 1 }, reason: "y".repeat(9999) } }]));
	assert.deepEqual(Object.keys(t.items[0]?.body ?? {}), ["on", "reason"]);
	assert.equal(String(t.items[0]?.body.reason).length, 4000);
	assert.equal(t.placeholders.length, 0);
});
