import assert from "node:assert/strict";
import { test } from "node:test";
import { add, edit } from "./case.ts";
import { verdictOf } from "./verdicts.ts";

test("a verdict marks the host's address with and without a port, and goes when it is taken back", () => {
	assert.equal(verdictOf("192.0.2.7"), "");
	const id = add("verdict", { host: "192.0.2.7", verdict: "compromised", why: "" });
	add("verdict", { host: "2001:db8::7", verdict: "rogue", why: "" });
	assert.equal(verdictOf("192.0.2.7"), "compromised");
	assert.equal(verdictOf("192.0.2.7:443"), "compromised");
	assert.equal(verdictOf("192.0.2.70"), "");
	assert.equal(verdictOf("2001:db8::7"), "rogue");
	assert.equal(verdictOf("[2001:db8::7]:443"), "rogue");
	assert.equal(verdictOf("2001:db8::70"), "");
	edit<"verdict">(id, { verdict: "unknown" });
	assert.equal(verdictOf("192.0.2.7"), "");
});
