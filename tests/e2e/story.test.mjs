/** The analyst's story on the built page with the real engine, over file:// in Chromium. */
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { gzipSync } from "node:zlib";
import { AxeBuilder, built, drop, go, loaded, open, quiet, sample } from "./browser.mjs";

const dir = mkdtempSync(join(tmpdir(), "weir-story-"));
after(() => rmSync(dir, { recursive: true }));
const scope = JSON.parse(readFileSync(sample.replace(".pcap", "-scope.json"), "utf8"));
const key = JSON.parse(readFileSync(sample.replace(".pcap", "-key.json"), "utf8"));
const LOOKED_FOR = scope.indicators.map((i) => i.value.replaceAll(".", "[.]")).join(", ");
const NETWORK = scope.networks[0];
/** Hosts that surely received a file: what a reader of the key expects to find in answers and report. */
const GOT_IT = key.plants.filter((p) => p.row === 1 || p.row === 3).map((p) => p.host.address);
const STEPS = ["issue", "scope", "targets", "capture", "filter", "understand/triage", "understand/answers", "understand/findings", "understand/packets", "understand/conversations", "understand/hosts", "understand/requests", "understand/files", "understand/protocols", "understand/timeline", "understand/follow?flow=A:tcp:0", "notes", "report", "actions", "hunt", "hunt/ways-in", "hunt/bridges", "hunt/east-west", "hunt/seen-once", "hunt/stacking", "trends", "trends/trends", "statistics", "statistics/conversations", "statistics/endpoints?type=tcp", "statistics/experts", "statistics/responses", "statistics/time", "reference", "reference?name=http.host"];

async function answers(page) {
	await page.locator(".scroller[data-state=done] .answer-table").waitFor();
	return page.locator(".answer-table tbody tr").allInnerTexts();
}

function checkReport(path) {
	const html = readFileSync(path, "utf8");
	assert.doesNotMatch(html, /<script/i);
	assert.match(html, /Content-Security-Policy/);
	for (const host of GOT_IT) assert.ok(html.includes(host) || html.includes(host.replaceAll(".", "[.]")), `${host} is not in the report`);
	assert.ok(html.includes(key.captures.A.sha256), "the capture's hash is not in the report");
	assert.match(html, /UTC|America/);
}

async function takeSample(page) {
	await page.getByRole("button", { name: /Try the sample/ }).click();
	await loaded(page);
}

test("from drop to answers and report by mouse", async () => {
	const b = await open(built);
	const { page } = b;
	let actions = 0;
	const act = async (what) => {
		actions++;
		await what;
	};
	await act(drop(page, [sample]));
	await loaded(page);
	await act(page.getByRole("link", { name: /Scope & goal/ }).click());
	const box = page.getByRole("textbox", { name: "Add an indicator" });
	await act(box.fill(LOOKED_FOR));
	await act(page.getByRole("button", { name: "Add", exact: true }).first().click());
	await act(page.getByRole("button", { name: /Define targets/ }).click());
	await act(page.getByRole("textbox", { name: /One a line/ }).fill(NETWORK));
	await act(page.getByRole("button", { name: /Add 1 line/ }).click());
	await act(page.getByRole("link", { name: /Understand/ }).first().click());
	const rows = await answers(page);
	for (const host of GOT_IT) assert.ok(rows.some((r) => r.includes(host) && /seen\s+delivered/.test(r)), `${host} is not seen as delivered:\n${rows.join("\n")}`);
	assert.ok(actions <= 12, `${actions} actions to the answers`);
	await act(page.locator(".answer-table td:last-child .ref").first().click());
	await page.getByRole("tree").waitFor();
	await act(page.keyboard.press("e"));
	await act(page.getByRole("link", { name: /Summary/ }).first().click());
	await page.locator(".report-frame h2").first().waitFor();
	const saved = page.waitForEvent("download");
	await act(page.getByRole("button", { name: /Export report/ }).click());
	const download = await saved;
	assert.match(download.suggestedFilename(), /report\.html$/);
	checkReport(await download.path());
	assert.ok(actions <= 25, `${actions} actions to the report`);
	await quiet(b);
	await b.browser.close();
});

test("from drop to answers and report by keyboard alone", async () => {
	const b = await open(built);
	const { page } = b;
	let actions = 1;
	const key = async (k) => {
		actions++;
		await page.keyboard.press(k);
	};
	const type = async (t) => {
		actions++;
		await page.keyboard.insertText(t);
	};
	const palette = async () => {
		await key("Control+k");
		await page.locator("dialog[open] input:focus").waitFor();
	};
	const tabTo = async (locator) => {
		actions++;
		for (let i = 0; i < 60; i++) {
			if (await locator.evaluate((e) => e === document.activeElement)) return;
			await page.keyboard.press("Tab");
		}
		assert.fail("not reached with Tab");
	};
	await page.locator("#weir-files").setInputFiles(sample);
	await loaded(page);
	await key("g");
	await page.keyboard.press("2");
	await page.getByRole("heading", { name: "Scope and goal" }).waitFor();
	await tabTo(page.getByRole("textbox", { name: "Add an indicator" }));
	await type(LOOKED_FOR);
	await key("Enter");
	await palette();
	await type("understand");
	await key("Enter");
	await answers(page);
	assert.ok(actions <= 12, `${actions} actions to the answers`);
	await palette();
	await type("summary");
	await key("Enter");
	await page.locator(".report-frame h2").first().waitFor();
	const saved = page.waitForEvent("download");
	await key("Control+Enter");
	checkReport(await (await saved).path());
	assert.ok(actions <= 25, `${actions} actions to the report`);
	await quiet(b);
	await b.browser.close();
});

for (const theme of ["light", "dark"])
	test(`no step has an accessibility violation, ${theme}`, async () => {
		const b = await open(built, { theme });
		const { page } = b;
		const found = [];
		const check = async (where) => {
			const r = await new AxeBuilder({ page }).analyze();
			found.push(...r.violations.map((v) => `${where}: ${v.id}: ${v.nodes.map((n) => n.target.join(" ")).join("; ")}`));
		};
		await check("start");
		await takeSample(page);
		for (const step of STEPS) {
			await go(page, step);
			await page.waitForTimeout(300);
			if (step === "understand/packets") {
				await page.locator("[role=grid]").focus();
				await page.keyboard.press("ArrowDown");
				await page.keyboard.press("e");
				await page.getByRole("tree").waitFor();
			}
			if (step === "understand/answers") await answers(page);
			if (step === "report") await page.locator(".report-frame h2").first().waitFor();
			await check(step);
		}
		assert.deepEqual(found, []);
		await quiet(b);
		await b.browser.close();
	});

test("at 320 pixels nothing but tables scrolls sideways", async () => {
	const b = await open(built, { width: 320, height: 640 });
	await takeSample(b.page);
	const wide = [];
	for (const step of ["", ...STEPS]) {
		await go(b.page, step);
		await b.page.waitForTimeout(200);
		const width = await b.page.evaluate(() => document.documentElement.scrollWidth);
		if (width > 320) wide.push(`${step || "start"}: ${width}`);
	}
	assert.deepEqual(wide, []);
	await b.browser.close();
});

test("a row of the statistics leads to as many packets as it counts, within the limits in force", async () => {
	const b = await open(built);
	const { page } = b;
	await takeSample(page);
	const rows = page.locator(".step-statistics tbody tr");
	const follow = async (row, column) => {
		const counted = await row.locator("td").nth(column).innerText();
		await row.getByRole("button", { name: /^Filter to/ }).click();
		await page.locator(".limits .of", { hasText: new RegExp(`^${counted} of `) }).waitFor();
		return counted;
	};
	await go(page, "statistics");
	const http = await follow(rows.filter({ has: page.getByText("http", { exact: true }) }).first(), 2);
	await go(page, "statistics/conversations?type=tcp");
	await page.getByText(/^\d+ conversations\.$/).waitFor();
	await page.getByRole("button", { name: /^Packets A to B/ }).press("Enter");
	await page.locator("th[aria-sort=descending]", { hasText: "Packets A to B" }).waitFor();
	const one = await follow(rows.first(), 2);
	assert.ok(Number(one) < Number(http.replaceAll(",", "")), `${one} of ${http}`);
	await go(page, "statistics/endpoints?type=tcp");
	await page.getByText("2 endpoints.").waitFor();
	const [saved] = await Promise.all([page.waitForEvent("download"), page.getByRole("button", { name: "Save as CSV" }).click()]);
	assert.equal(saved.suggestedFilename(), "weir-endpoints-tcp.csv");
	const lines = readFileSync(await saved.path(), "utf8").trimEnd().split("\r\n");
	assert.match(lines[0], /^address,port,conversations,packets,/);
	assert.equal(lines.length, 3);
	for (const line of lines.slice(1)) assert.equal(line.split(",")[3], one);
	await quiet(b);
	await b.browser.close();
});

test("what is taken out narrows while it is ticked, and the answers do not change", async () => {
	const b = await open(built);
	const { page } = b;
	await takeSample(page);
	await go(page, "understand/answers");
	const before = await answers(page);
	await go(page, "filter");
	await page.getByRole("button", { name: "Take out" }).first().click();
	const of = page.locator(".limits .of");
	await of.filter({ hasText: /\d of \d/ }).waitFor();
	const [shown, total] = (await of.innerText()).replaceAll(/[^\d ]/g, "").trim().split(/\s+/).map(Number);
	assert.ok(shown < total, `${shown} of ${total}`);
	await page.locator(".limits .chip button").click();
	await page.getByText("No limits").waitFor();
	await page.locator("ul input[type=checkbox]").last().check();
	await of.filter({ hasText: /\d of \d/ }).waitFor();
	await go(page, "understand/answers");
	assert.deepEqual(await answers(page), before);
	await quiet(b);
	await b.browser.close();
});

test("derived indicators begin pass 2, and what changed is shown", async () => {
	const b = await open(built);
	const { page } = b;
	await takeSample(page);
	await go(page, "understand/answers");
	await answers(page);
	await page.getByRole("button", { name: /Start pass 2/ }).click();
	await page.getByRole("heading", { name: "Pass 2 against pass 1" }).waitFor();
	const late = key.plants.filter((p) => p.pass === 2).map((p) => p.host.address);
	assert.ok(late.length > 0);
	const table = page.locator(".card", { hasText: "Pass 2 against pass 1" }).locator("tbody");
	await table.waitFor();
	const text = await table.innerText();
	assert.ok(late.some((h) => text.includes(h)), `none of ${late.join(", ")} in:\n${text}`);
	await quiet(b);
	await b.browser.close();
});

test("a gzipped capture gives what the plain one gives", async () => {
	const gz = join(dir, "sample.pcap.gz");
	writeFileSync(gz, gzipSync(readFileSync(sample)));
	const got = [];
	for (const f of [sample, gz]) {
		const b = await open(built);
		await b.page.locator("#weir-files").setInputFiles([sample.replace(".pcap", "-scope.json"), f]);
		await loaded(b.page);
		await go(b.page, "understand/answers");
		got.push(await answers(b.page));
		await quiet(b);
		await b.browser.close();
	}
	assert.deepEqual(got[1], got[0]);
});

test("bad input gets its sentence, what was read is kept, and the page lives", async () => {
	const good = readFileSync(sample);
	const header = good.subarray(0, 24);
	const record = (seconds, length, wire = length) => {
		const r = Buffer.alloc(16 + Math.min(length, 64));
		r.writeUInt32LE(seconds, 0);
		r.writeUInt32LE(length, 8);
		r.writeUInt32LE(wire, 12);
		return r;
	};
	const bomb = gzipSync(Buffer.alloc(64 << 20), { level: 9 });
	/** Name, bytes, what the page must say, packets kept. */
	const cases = [
		["words.pcap", Buffer.from("these are words and no packets"), /not a capture|no capture|not recognised|neither/i, 0],
		["empty.pcap", Buffer.alloc(0), /empty|no bytes/i, 0],
		["cut.pcap", good.subarray(0, 100_001), /stopped|ended|ends|cut/i, 1],
		["huge.pcap", Buffer.concat([good.subarray(0, 50_000), record(1_772_944_200, 0xffff_fff0)]), /stopped|ended|claims|length|cut|ends/i, 1],
		["nothing.pcap", Buffer.concat([header, record(1_772_944_200, 0)]), null, 1],
		["fifty-years.pcap", Buffer.concat([header, record(200_000_000, 60), record(1_772_944_200, 60)]), null, 2],
		["future.pcap", Buffer.concat([header, record(4_102_444_800, 60)]), null, 1],
		["bomb.pcap.gz", bomb, /expand|unpack|bomb|ratio|not a capture|200/i, 0],
	];
	const b = await open(built);
	const { page } = b;
	await page.locator("#weir-files").setInputFiles(sample);
	await loaded(page);
	let captures = 1;
	for (const [name, bytes, says, packets] of cases) {
		const path = join(dir, name);
		writeFileSync(path, bytes);
		await page.locator("#weir-files").setInputFiles(path);
		const card = page.locator(".step-capture .card", { hasText: name }).first();
		await card.waitFor();
		await page.locator("progress").waitFor({ state: "detached" });
		const text = await page.locator(".step-capture .card", { hasText: name }).allInnerTexts();
		if (says) assert.match(text.join("\n"), says, name);
		if (packets > 0) captures++;
		assert.equal(await page.getByRole("button", { name: /Take capture/ }).count(), captures, `${name}: ${text.join("\n")}`);
	}
	await go(page, "understand/packets");
	await page.locator(".grid-row").first().waitFor();
	await quiet(b);
	await b.browser.close();
});

test("the page writes itself out byte for byte, and with a case that opens again", async () => {
	const b = await open(built);
	const menu = async (item) => {
		await b.page.getByRole("button", { name: "Case", exact: true }).click();
		const saved = b.page.waitForEvent("download");
		await b.page.getByRole("menuitem", { name: item }).click();
		return (await saved).path();
	};
	assert.ok(readFileSync(await menu(/empty copy/)).equals(readFileSync(built)), "the empty copy differs from the built file");
	await go(b.page, "issue");
	const hostile = "</script><img src=x onerror=alert(1)> \u202e <!-- \r\n end";
	await b.page.getByRole("textbox", { name: /one sentence/ }).fill(hostile);
	const copy = join(dir, "copy.html");
	writeFileSync(copy, readFileSync(await menu(/with this case inside/)));
	assert.ok(readFileSync(await menu(/empty copy/)).equals(readFileSync(built)), "the empty copy differs once there is a case");
	await quiet(b);
	await b.browser.close();
	const again = await open(copy);
	await go(again.page, "issue");
	assert.equal(await again.page.getByRole("textbox", { name: /one sentence/ }).inputValue(), hostile.replace("\r\n", "\n"));
	await quiet(again);
	await again.browser.close();
});

test("notes survive a killed tab with at most five seconds lost", async () => {
	const b = await open(built);
	await go(b.page, "issue");
	await b.page.getByRole("textbox", { name: /one sentence/ }).pressSequentially("half a sentence", { delay: 20 });
	await b.page.waitForTimeout(4000);
	const url = b.page.url().split("#")[0];
	const crashed = b.page.waitForEvent("crash");
	b.page.goto("chrome://crash").catch(() => {});
	await crashed;
	const page = await b.context.newPage();
	await page.goto(`${url}#/issue`);
	const box = page.getByRole("textbox", { name: /one sentence/ });
	await box.waitFor();
	await page.waitForFunction(() => document.querySelector("textarea")?.value !== "");
	assert.equal(await box.inputValue(), "half a sentence");
	await b.browser.close();
});

test("printing shows the report alone, in ink on paper", async () => {
	const b = await open(built, { theme: "dark" });
	await takeSample(b.page);
	await go(b.page, "report");
	await b.page.locator(".report-frame h2").first().waitFor();
	await b.page.emulateMedia({ media: "print" });
	const seen = await b.page.evaluate(() => {
		const shown = (s) => [...document.querySelectorAll(s)].some((e) => e.getClientRects().length > 0);
		return { report: shown(".report-frame"), rail: shown(".rail"), head: shown(".head"), foot: shown(".step-foot"), paper: getComputedStyle(document.body).backgroundColor, ink: getComputedStyle(document.querySelector(".report-frame h2")).color };
	});
	assert.deepEqual(seen, { report: true, rail: false, head: false, foot: false, paper: "rgb(255, 255, 255)", ink: "rgb(0, 0, 0)" });
	await b.browser.close();
});

/** A conversation as a flow sensor saw it, at the time and with a target of the sample's scope. */
function connLog() {
	const head = [
		"#separator \\x09",
		"#set_separator\t,",
		"#empty_field\t(empty)",
		"#unset_field\t-",
		"#path\tconn",
		"#fields\tts\tuid\tid.orig_h\tid.orig_p\tid.resp_h\tid.resp_p\tproto\tservice\tduration\torig_bytes\tresp_bytes\tconn_state\tlocal_orig\tmissed_bytes\thistory\torig_pkts\tresp_pkts",
	];
	const row = (at, host, port, server, answered) =>
		[at, `C${port}`, host, port, server, 80, "tcp", "http", answered ? 1.5 : "-", 300, answered ? 70000 : 0, answered ? "SF" : "S0", "T", 0, answered ? "ShADadFf" : "S", 9, answered ? 60 : 0].join("\t");
	const begin = Math.floor(Date.parse(scope.window.from) / 1000) + 60;
	return [...head, row(begin, "192.168.100.201", 50001, "203.0.113.9", true), row(begin + 60, "192.168.100.202", 50002, "203.0.113.9", false), ""].join("\n");
}

test("a flow log beside the captures: its rows are evidence, and what it cannot show is said", async () => {
	const log = join(dir, "conn.log.gz");
	writeFileSync(log, gzipSync(connLog()));
	const b = await open(built);
	const { page } = b;
	await drop(page, [log]);
	await loaded(page);
	await page.getByText("none: flow records only").waitFor();
	await page.getByText("holds flow records only: 2 rows").waitFor();
	for (const tab of ["packets", "files", "requests"]) {
		await go(page, `understand/${tab}`);
		await page.getByText(/flow records only\. There is no payload/).waitFor();
	}
	await go(page, "understand/follow");
	await page.getByText("there is no payload to follow").waitFor();
	await go(page, "scope");
	await page.getByRole("textbox", { name: "Add an indicator" }).fill("203[.]0[.]113[.]9");
	await page.getByRole("button", { name: "Add", exact: true }).first().click();
	await go(page, "understand/answers");
	const rows = await answers(page);
	assert.ok(rows.some((r) => r.includes("192.168.100.201") && /contacted/.test(r) && /flow records only/.test(r)), rows.join("\n"));
	assert.ok(!rows.some((r) => r.includes("192.168.100.202") && /contacted/.test(r)), rows.join("\n"));
	await page.locator(".answer-table td:last-child .ref", { hasText: "r1" }).first().click();
	await page.getByRole("heading", { name: "Row A:r1" }).waitFor();
	const card = await page.locator(".card", { hasText: "Row A:r1" }).innerText();
	for (const text of ["line 7 of", "id.resp_h", "203.0.113.9", "local_orig", "ShADadFf", "flow records only"]) assert.ok(card.includes(text), `${text} is not in\n${card}`);
	await page.locator(".grid-row[aria-selected=true]", { hasText: "192.168.100.201" }).waitFor();
	await page.locator("[role=grid]").focus();
	await page.keyboard.press("e");
	await page.locator("aside .pin .ref", { hasText: "r1" }).waitFor();
	await go(page, "report");
	await page.locator(".report-frame .ref", { hasText: "r1" }).first().waitFor({ state: "attached" });
	const saved = page.waitForEvent("download");
	await page.getByRole("button", { name: /Export report/ }).click();
	const report = readFileSync(await (await saved).path(), "utf8");
	for (const text of ["row 1 of flow log A", "Zeek conn (TSV)", "flow records only", createHash("sha256").update(readFileSync(log)).digest("hex")])
		assert.ok(report.includes(text), `${text} is not in the report`);
	// The same file again is noticed; captures may come after it.
	await go(page, "capture");
	await page.locator("#weir-files").setInputFiles([log, sample]);
	await page.getByText("The same bytes as capture A").waitFor();
	await loaded(page);
	await page.goto(`${page.url().split("#")[0]}#/understand/conversations?row=A:r2`);
	await page.getByRole("heading", { name: "Row A:r2" }).waitFor();
	await quiet(b);
	await b.browser.close();
});
