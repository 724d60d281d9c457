import assert from "node:assert/strict";
import { test } from "node:test";
import type { Answer } from "../engine/contract.ts";
import { byHost, TILES } from "./hosts.ts";

const answer = (host: string, rung: Answer["rung"], more: Partial<Answer> = {}): Answer => ({
	host,
	mac: null,
	name: null,
	indicator: { kind: "filename", value: "x.exe" },
	answer: rung === "none" ? "not_seen" : "seen",
	rung,
	direction: "received",
	match: null,
	in_scope: true,
	in_window: true,
	first: null,
	last: null,
	packets: [],
	files: [],
	reason: "",
	checked: "",
	covered_s: 0,
	window_s: 0,
	evidence: [],
	...more,
});
const figures = (all: Answer[]): Record<string, number> =>
	Object.fromEntries(TILES.map((t) => [t.id, byHost(all).filter(t.counts).length]).filter(([, n]) => n !== 0));

test("a host counts once, by the highest of what it received inside the window", () => {
	assert.deepEqual(figures([answer("10.0.0.1", "contacted"), answer("10.0.0.1", "delivered"), answer("10.0.0.2", "none")]), {
		delivered: 1,
		none: 1,
	});
});

test("what was sent, lies outside the window or outside the scope is never mixed in", () => {
	assert.deepEqual(figures([answer("10.0.0.1", "contacted"), answer("10.0.0.1", "delivered", { direction: "sent" })]), {
		contacted: 1,
		sent: 1,
	});
	assert.deepEqual(figures([answer("10.0.0.1", "delivered", { in_window: false })]), { none: 1, outside: 1 });
	assert.deepEqual(figures([answer("10.0.0.1", "looked_up"), answer("10.0.0.1", "delivered", { in_window: false })]), { looked_up: 1 });
	assert.deepEqual(figures([answer("10.0.0.1", "refused", { direction: "sent" })]), { none: 1 });
	assert.deepEqual(figures([answer("10.0.0.1", "delivered", { in_scope: false })]), {});
});

test("the list has what was received first, then senders, then what lies outside, by address", () => {
	const all = [
		answer("10.0.0.3", "none"),
		answer("10.0.0.4", "delivered", { in_window: false }),
		answer("10.0.0.5", "partial", { direction: "sent" }),
		answer("10.0.0.106", "delivered"),
		answer("10.0.0.28", "delivered"),
		answer("10.0.0.1", "looked_up"),
		answer("192.0.2.1", "delivered", { in_scope: false }),
	];
	assert.deepEqual(
		byHost(all).map((h) => h.key),
		["10.0.0.28", "10.0.0.106", "10.0.0.1", "10.0.0.5", "10.0.0.4", "10.0.0.3", "192.0.2.1"],
	);
});
