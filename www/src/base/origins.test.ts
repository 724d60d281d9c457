import assert from "node:assert/strict";
import { test } from "node:test";
import { parseRef, printRef } from "./evidence.ts";
import { citable, focused, lately } from "./focus.ts";
import { asItWas, slices, whatWas, whereCame } from "./origins.ts";

const led = (written: string): string | null => {
	const ref = parseRef(written);
	const there = ref && whereCame(ref);
	return there ? printRef(there) : null;
};

test("a citation leads to the same packet under the letter and number that it came with", () => {
	assert.equal(led("[[p7]]"), null);
	slices.value = [
		{
			capture: "C",
			packets: [
				[1, "A:2"],
				[2, "A:3"],
				[3, "B:7"],
				[4, "A:9"],
			],
		},
		{ capture: "D", packets: [[1, "A:3"]] },
	];
	for (const [from, to] of [
		["[[p2]]", "[[C:p1]]"],
		["[[B:p7]]", "[[C:p3]]"],
		["[[p3:http.host]]", "[[C:p2:http.host]]"],
		["[[p9@66+14]]", "[[C:p4@66+14]]"],
		// Of a range, from the first to the last that came.
		["[[p1-9]]", "[[C:p1-4]]"],
		["[[p4-900000000]]", "[[C:p4]]"],
	])
		assert.equal(led(from as string), to, from);
	// What is not among them leads nowhere; nor does what is no packet.
	for (const none of ["[[p4]]", "[[B:p2]]", "[[E:p1]]", "[[tcp:1]]", "[[h:192.0.2.1]]", "[[r2]]"]) assert.equal(led(none), null, none);
	assert.equal(whatWas("C:3"), "B:7");
	assert.equal(whatWas("A:3"), null);
	slices.value = [];
	assert.equal(whatWas("C:3"), null);
});

test("what is written of a packet that came with the case says what it was, and nothing where that is not known", () => {
	slices.value = [
		{
			capture: "C",
			packets: [
				[1, "A:120"],
				[2, "A:121"],
				[3, "B:7"],
			],
		},
	];
	for (const [from, to] of [
		["[[C:p1]]", "[[p120]]"],
		["[[C:p3]]", "[[B:p7]]"],
		["[[C:p1-2]]", "[[p120-121]]"],
		["[[C:p2:http.host]]", "[[p121:http.host]]"],
		["[[C:p1@66+14]]", "[[p120@66+14]]"],
		["[[p1]]", "[[p1]]"],
		["[[h:192.0.2.1]]", "[[h:192.0.2.1]]"],
		["[[F-00abc]]", "[[F-00abc]]"],
		["[[C:p1-3]]", null],
		["[[C:p9]]", null],
		["[[C:tcp:1]]", null],
		["[[C:r2]]", null],
	] as const)
		assert.equal(asItWas(from), to, from);
	assert.deepEqual(citable({ evidence: "[[C:p1]]", snapshot: "C:1 DNS" }), { evidence: "[[p120]]", snapshot: "A:120 DNS" });
	focused.value = { evidence: "[[C:p2]]", snapshot: "GET /" };
	assert.equal(lately.value[0]?.evidence, "[[p121]]");
	focused.value = { evidence: "[[C:tcp:1]]", snapshot: "a stream" };
	assert.equal(lately.value[0]?.evidence, "[[p121]]");
	focused.value = null;
	slices.value = [];
});
