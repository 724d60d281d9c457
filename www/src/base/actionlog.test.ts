import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { sentence } from "./actionlog.ts";
import {
	add,
	amend,
	type Bodies,
	doc,
	edit,
	emptyCase,
	inputs,
	items,
	LOG_MOST,
	log,
	offered,
	redo,
	remove,
	replaceCase,
	undo,
} from "./case.ts";

const told = (): string[] => items("log").map((l) => l.body.what);
const ops = (): string[] => items("log").map((l) => l.body.op ?? "");

beforeEach(() => replaceCase(emptyCase()));

test("an operation is a sentence, and typing in one field is one", () => {
	const id = add("note", { text: "", parent: "", order: 1 }, "notes");
	for (const text of ["I", "It", "It ran [[p12]]"]) edit<"note">(id, { text }, "text");
	assert.deepEqual(told(), ["wrote a note: It ran [[p12]]"]);
	edit<"note">(id, { order: 2 });
	assert.equal(told().length, 1, "moving says nothing");
	add("pin", { evidence: "[[p3]]", snapshot: "DNS", comment: "", sha12: "", parent: "", order: 1 }, "understand");
	edit<"note">(id, { text: "It ran twice" }, "text");
	assert.deepEqual(told(), ["wrote a note: It ran [[p12]]", "pinned [[p3]] DNS", "wrote a note: It ran twice"]);
});

test("a decision tells what the engine said then, so that it can be judged again", () => {
	inputs.of = () => ({ fingerprint: "fp", scope: "s1" });
	const body: Bodies["decision"] = { host: "192.0.2.7", decision: "watch", reason: "", proposed: "isolate_now", rung: "delivered" };
	const id = add("decision", body, "report");
	edit<"decision">(id, { reason: "a honeypot" }, "reason");
	const [l] = items("log");
	assert.equal(l?.body.what, "decided on 192.0.2.7: watch, because a honeypot");
	assert.deepEqual(l?.body.args, { item: id, host: "192.0.2.7", decision: "watch" });
	assert.deepEqual(l?.body.result, { rung: "delivered", proposed: "isolate_now" });
	assert.equal(l?.body.fingerprint, "fp");
	inputs.of = () => ({ fingerprint: "", scope: "" });
});

test("dismissing, allowing, removing and undoing are entries, and the log itself is not undone", () => {
	const d = add("dismissal", { finding: "F-0393bcc", state: "dismissed", reason: "ours" }, "understand");
	const a = add("allow", { detection: "ua.rare", host: "", peer: "x.test", reason: "ours", on: true }, "understand");
	edit<"allow">(a, { on: false });
	undo();
	remove(a);
	undo();
	redo();
	assert.deepEqual(ops(), ["finding", "allow", "undo", "remove", "undo", "remove"]);
	assert.match(told()[0] ?? "", /^dismissed finding F-0393b, because ours$/);
	assert.match(told()[2] ?? "", /^undid: put the rule out of force: ua\.rare to x\.test$/);
	assert.equal(items("dismissal")[0]?.id, d);
	for (let n = 0; n < 5; n++) undo();
	assert.equal(items("dismissal").length, 0);
	assert.ok(told().length >= 7, "undo takes nothing out of the log");
});

test("what was removed can be taken back by one press until something else is done", () => {
	const id = add("filter", { name: "", filter: "dns" }, "filter");
	remove(id);
	assert.equal(offered.value?.text, "Removed dns");
	add("filter", { name: "", filter: "http" }, "filter");
	assert.equal(offered.value, null);
	remove(items("filter")[0]?.id ?? "");
	undo();
	assert.equal(offered.value, null);
	assert.deepEqual(
		items("filter").map((f) => f.body.filter),
		["http"],
	);
});

test("an amended entry keeps its time, and a full log says so once", () => {
	const id = log("filtered to dns", "filter", { filter: "dns" });
	const at = items("log")[0]?.stamp.at;
	amend<"log">(id, { result: { packets: 4 } });
	assert.deepEqual(items("log")[0]?.body.result, { packets: 4 });
	assert.equal(items("log")[0]?.stamp.at, at);
	const one = doc.value.items[0];
	assert.ok(one);
	replaceCase({ ...emptyCase(), items: Array.from({ length: LOG_MOST - 1 }, (_, n) => ({ ...one, id: String(n) })) });
	log("a");
	log("b");
	assert.equal(items("log").length, LOG_MOST);
	assert.match(told().at(-1) ?? "", /the log is full/);
});

test("every kind of item is told or left to somebody else, and no sentence is endless", () => {
	const long = "x".repeat(9999);
	for (const kind of [
		"issue",
		"scope",
		"note",
		"pin",
		"decision",
		"verdict",
		"action",
		"lesson",
		"filter",
		"exclusion",
		"dismissal",
		"allow",
		"looked",
		"watch",
		"done_when",
		"node",
		"later",
	] as const) {
		const body = {
			text: long,
			value: long,
			action: long,
			what: long,
			sentence: long,
			reason: long,
			snapshot: long,
			filter: "dns",
			host: "h",
			decision: "watch",
			state: "confirmed",
			finding: "f",
			line: "dns",
			entry: "goal",
		};
		const s = sentence(null, { id: "1", kind: kind as "note", stamp: { author: "a", counter: 1, at: "" }, pass: 1, step: "", body });
		assert.ok(s && s.what.length > 0 && s.what.length < 700, `${kind}: ${s?.what.length}`);
	}
	for (const kind of ["log", "pass", "capture"] as const)
		assert.equal(sentence(null, { id: "1", kind, stamp: { author: "a", counter: 1, at: "" }, pass: 1, step: "", body: {} }), null);
});
