import assert from "node:assert/strict";
import { test } from "node:test";
import { capturesMarkdown, kept, remarksOn } from "./captures.ts";
import { add, type Bodies, emptyCase, replaceCase } from "./case.ts";
import { defang } from "./text.ts";

const of = (more: Partial<Bodies["capture"]>): Bodies["capture"] => ({
	capture: "A",
	name: "a.pcapng",
	sha256: "",
	bytes: 10,
	packets: 1,
	first: "1772500000.000000000",
	last: "1772500001.000000000",
	offset: "0.000000000",
	placement: "",
	...more,
});

test("captured text goes into the notes as code, whatever it holds", () => {
	replaceCase(emptyCase());
	const about = {
		format: "pcapng",
		application: "![x](https://evil.test/a.png)",
		os: null,
		hardware: null,
		comments: ["<img src=https://evil.test/x.png>", "a ``fence`` of `ticks`", "two\nlines <b>"],
		interfaces: [{ name: "<script>", link: "Ethernet", packets: 1, snap_length: 0, drops: null, filter: null }],
		gaps: [],
		more_gaps: 0,
	};
	add("capture", of({ capture: "<b>A</b>", name: "a`b<i>.pcapng", sha256: "<u>", placement: "<tap>", offset: "<s>", about }));
	const text = capturesMarkdown(defang);
	// What stands outside of code, as CommonMark reads it: a run of ticks ends with a run of the same length.
	const outside = text.replace(/(?<!`)(`+)(?!`)[\s\S]*?(?<!`)\1(?!`)/g, "");
	assert.doesNotMatch(outside, /[<>![]/, text);
	assert.match(text, /Comment: `<img src=hXXps:\/\/evil\[\.\]test/);
	assert.match(text, /Comment: ``` a ``fence`` of `ticks` ```/);
	assert.match(text, /Comment: `two lines <b>`/);
});

test("a capture is listed once by its hash, else by name and size", () => {
	replaceCase(emptyCase());
	const one = "1".repeat(64);
	const two = "2".repeat(64);
	add("capture", of({}));
	add("capture", of({ sha256: one }));
	add("capture", of({ sha256: two }));
	add("capture", of({ sha256: one, name: "other name" }));
	add("capture", of({ name: "third", bytes: 3 }));
	assert.deepEqual(
		kept().map((c) => [c.body.name, c.body.sha256]),
		[
			["other name", one],
			["a.pcapng", two],
			["third", ""],
		],
	);
	add("remark", { sha12: one.slice(0, 12), name: "a.pcapng", bytes: 10, text: "by hash" });
	add("remark", { sha12: "", name: "a.pcapng", bytes: 10, text: "by name" });
	const said = (c: Partial<Bodies["capture"]>): string[] => remarksOn(of(c)).map((r) => r.body.text);
	assert.deepEqual(said({ sha256: one }), ["by hash", "by name"]);
	assert.deepEqual(said({ sha256: two }), ["by name"]);
	assert.deepEqual(said({}), ["by hash", "by name"]);
	assert.deepEqual(said({ name: "else" }), []);
});

test("a case with very many captures and remarks is listed without comparing each with each, and says what is left out", () => {
	const stamp = { author: "b".repeat(32), at: "2026-03-04T12:00:00.000Z" };
	const body = (n: number) => of({ name: `c${n}`, sha256: n.toString(16).padStart(64, "0") });
	const remark = (n: number) => ({ sha12: "", name: `c${n}`, bytes: 10, text: "said" });
	const items = Array.from({ length: 150_000 }, (_, n) => ({
		id: n.toString(16).padStart(32, "0"),
		kind: n % 2 ? ("remark" as const) : ("capture" as const),
		stamp: { ...stamp, counter: n + 1 },
		pass: 1,
		step: "capture",
		body: n % 2 ? remark(n - 1) : body(n),
	}));
	replaceCase({ ...emptyCase(), items } as never);
	const before = performance.now();
	const text = capturesMarkdown(defang);
	assert.ok(performance.now() - before < 5000);
	assert.match(text, /- and 74,800 more captures\n$/);
});
