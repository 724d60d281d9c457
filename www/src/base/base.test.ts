import assert from "node:assert/strict";
import { test } from "node:test";
import { parseRef, pieces, printRef } from "./evidence.ts";
import { adoptScope, guessIndicator, isIpv6, normalNetwork, parseTargets, scope } from "./scope.ts";
import { csv, defang, parseCsv, quoted, refang, safeName, visible } from "./text.ts";
import { dateTime, epoch, parseEpoch, parseLocal, parseRelative, rfc3339, shortTimes } from "./time.ts";
import { didWhat, ruleOf, rungWords } from "./words.ts";

test("references survive print and parse, and nothing else is one", () => {
	for (const t of ["[[p12]]", "[[B:p12]]", "[[B:r12]]", "[[p12-40]]", "[[AA:p3:http.host]]", "[[p12@66+14]]", "[[tcp:17]]", "[[C:udp:0]]"])
		assert.equal(printRef(parseRef(t) ?? { kind: "filter", filter: "" }), t);
	for (const t of ["[[h:192.0.2.1]]", "[[h:2001:db8::1]]", "[[file:9c1f]]", "[[F-03]]", '[[q:`http.host contains "a"`]]'])
		assert.equal(printRef(parseRef(t) ?? { kind: "filter", filter: "" }), t);
	for (const t of ["[[]]", "[[12]]", "[[p]]", "[[file:xyz]]", "[[A:]]", "[[p0]]", "[[javascript:alert(1)]]"])
		assert.equal(parseRef(t), null, t);
});

test("a sentence is cut at its references only", () => {
	const got = pieces("see [[p3]] and [[nonsense]] then [[q:`a[0] == 1`]].");
	assert.equal(got.length, 5);
	assert.deepEqual(
		got.map((p) => ("text" in p ? p.text : p.written)),
		["see ", "[[p3]]", " and [[nonsense]] then ", "[[q:`a[0] == 1`]]", "."],
	);
});

test("a name out of a capture is no reference, however it is written", () => {
	for (const name of ["[[p1]]", "[[[p1]]]", "a[[p1]](javascript:x).exe", "[[F-03]]\u202e"]) {
		const line = `PC-1 received ${quoted(name)} [[p7]]`;
		const refs = pieces(line).filter((p) => !("text" in p));
		assert.equal(refs.length, 1, name);
		assert.ok(!line.includes("\u202e"));
	}
	assert.equal(quoted("a[1].exe"), "a[1].exe");
});

test("nanoseconds survive", () => {
	assert.equal(epoch(parseEpoch("1772625600.123456789") ?? 0n), "1772625600.123456789");
	assert.equal(epoch(parseEpoch("-1.5") ?? 0n), "-1.500000000");
	assert.equal(rfc3339(parseEpoch("1772625600.5") ?? 0n), "2026-03-04T12:00:00.500000000Z");
	assert.equal(dateTime(parseEpoch("1772625600") ?? 0n, "Asia/Kolkata", 0), "2026-03-04 17:30:00");
});

test("a fraction of zeros is left out, any other fraction stays", () => {
	assert.equal(shortTimes('frame.time >= "2026-03-08T04:43:00.000000000Z"'), 'frame.time >= "2026-03-08T04:43:00Z"');
	assert.equal(shortTimes('frame.time <= "2026-03-08T04:43:00.000000001Z"'), 'frame.time <= "2026-03-08T04:43:00.000000001Z"');
});

test("local times that do not exist or exist twice are asked about", () => {
	assert.equal(rfc3339(parseLocal("2026-03-04 12:00", "Asia/Kolkata").instant ?? 0n), "2026-03-04T06:30:00Z");
	assert.match(parseLocal("2026-03-29 02:30", "Europe/Berlin").error ?? "", /does not exist/);
	const twice = parseLocal("2026-10-25 02:30", "Europe/Berlin");
	assert.equal(twice.ambiguous?.map(rfc3339).join(), "2026-10-25T00:30:00Z,2026-10-25T01:30:00Z");
	assert.ok(parseLocal("2026-02-30 10:00", "UTC").error);
	assert.equal(parseRelative("now − 48 h"), -172_800);
	assert.equal(parseRelative("now+2h"), 7200);
	assert.equal(parseRelative("then"), null);
});

test("hostile text shows its control characters", () => {
	assert.equal(visible("a\u202egpj.exe\u0000\n"), "a⟨U+202E⟩gpj.exe\\x00\\n");
	assert.equal(safeName("../../etc/passwd", "x"), "passwd");
	assert.equal(safeName("con.txt", "file-1"), "file-1");
	assert.equal(safeName("...", "file-1"), "file-1");
});

test("defanged spellings are read back", () => {
	for (const t of ["dropper[.]example[.]net", "dropper(.)example.net", "dropper[dot]example dot net".replace(" dot ", "[dot]")])
		assert.equal(refang(t), "dropper.example.net");
	assert.equal(refang("hxxps://dropper[.]example[.]net/a"), "https://dropper.example.net/a");
	assert.equal(defang("http://dropper.example.net/a"), "hXXp://dropper[.]example[.]net/a");
	assert.equal(refang(defang("http://198.51.100.7/x.exe")), "http://198.51.100.7/x.exe");
});

test("CSV cells cannot run and come back", () => {
	assert.equal(csv([["=1+1", 'a"b', "-5"]]), '\'=1+1,"a""b",-5\r\n');
	assert.deepEqual(parseCsv('a,b\r\n"x,1","y ""z"""\r\n'), [
		["a", "b"],
		["x,1", 'y "z"'],
	]);
});

test("targets keep the reason of what is wrong", () => {
	const got = parseTargets("10.20.30.7/24, 10.0.5.9\n300.1.1.1\ndropper.example.net\n10.0.0.0/40");
	assert.deepEqual(
		got.map((t) => t.entry),
		["network", "host", null, null, null],
	);
	assert.equal(got[0]?.value, "10.20.30.0/24");
	assert.match(got[3]?.error ?? "", /name/);
	assert.equal(normalNetwork("10.255.255.255/8"), "10.0.0.0/8");
	for (const a of ["::1", "2001:db8::1", "::ffff:192.0.2.1", "1:2:3:4:5:6:7:8"]) assert.ok(isIpv6(a), a);
	for (const a of ["1::2::3", "12345::", "1:2:3", ":::"]) assert.ok(!isIpv6(a), a);
});

test("indicators are guessed as an analyst would", () => {
	const kinds = [
		"dropper[.]example[.]net",
		"setup.exe",
		"odd-tool.exe",
		"*.scr",
		"198.51.100.7",
		"http://x.example/a",
		"a".repeat(64),
		"Mozilla/5.0 (odd)",
	];
	assert.deepEqual(
		kinds.map((k) => guessIndicator(k)?.kind),
		["domain", "filename", "filename", "glob", "address", "url", "sha256", "user_agent"],
	);
});

test("a scope document becomes items of an empty case, once, and comes back the same", () => {
	const s = {
		schema: 1 as const,
		issue: "policy" as const,
		question: "Who fetched it?",
		zone: "Asia/Kolkata",
		now: "2026-03-04T12:00:00Z",
		window: { from: "2026-03-02T12:00:00Z", to: "2026-03-04T14:00:00Z" },
		networks: ["192.0.2.0/24"],
		hosts: ["198.51.100.7"],
		exclude: ["192.0.2.9"],
		protocols: ["http"],
		indicators: [{ kind: "filename" as const, value: "setup.exe" }],
	};
	assert.ok(adoptScope(s));
	assert.ok(!adoptScope(s));
	assert.deepEqual({ ...scope.value }, s);
});

test("a rung becomes a verb that says who received and who sent", () => {
	const a = (rung: "delivered" | "contacted" | "none", kind: "domain" | "filename", direction: "received" | "sent" = "received") => ({
		rung,
		direction,
		indicator: { kind, value: "x.test" },
	});
	assert.equal(didWhat(a("delivered", "filename")), "received x.test");
	assert.equal(didWhat(a("delivered", "filename", "sent")), "sent x.test whole");
	assert.equal(didWhat(a("delivered", "domain")), "received content of x.test");
	assert.equal(didWhat(a("delivered", "domain", "sent")), "sent a file whole to x.test");
	assert.match(didWhat(a("contacted", "filename")), /x\.test was not seen/);
	assert.match(didWhat(a("none", "domain")), /nothing of x\.test/);
	assert.equal(rungWords(a("delivered", "filename", "sent")), "sent whole");
});

test("a proposal's rule is told from what is particular to the host", () => {
	const d = (because: string) => ruleOf({ because } as Parameters<typeof ruleOf>[0]);
	assert.deepEqual(d("delivered or partial → isolate and examine"), { rule: "delivered or partial", more: "" });
	assert.deepEqual(d("delivered with later check-ins → isolate now: it came back: twice"), {
		rule: "delivered with later check-ins",
		more: "it came back: twice",
	});
});
