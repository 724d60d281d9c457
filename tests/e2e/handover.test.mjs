/** What is handed to others: a case with its packets, a question with a slice, files for other tools. Over the real bundle. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { AxeBuilder, built, go, loaded, open, profile, quiet, root, sample } from "./browser.mjs";

const dir = mkdtempSync(join(tmpdir(), "weir-handover-"));
after(() => rmSync(dir, { recursive: true, force: true }));

const weir = process.env.WEIR_BIN && existsSync(process.env.WEIR_BIN) && !process.env.WEIR_BIN.endsWith(".mjs") ? process.env.WEIR_BIN : null;
const run = (program, ...args) => {
	const out = spawnSync(program, args, { encoding: "utf8", maxBuffer: 64 << 20 });
	assert.equal(out.status, 0, `${program} ${args.join(" ")}: ${out.stderr}`);
	return out.stdout;
};
const has = (program) => spawnSync(program, ["--version"]).error === undefined;

async function menu(page, item) {
	await page.getByRole("button", { name: "Case", exact: true }).click();
	await page.getByRole("menuitem", { name: item }).click();
}

async function saved(page, press, name) {
	const download = page.waitForEvent("download");
	await press();
	const path = join(dir, name);
	await (await download).saveAs(path);
	return path;
}

/** The sample's question and capture. */
async function opened(page) {
	await page.locator("#weir-files").setInputFiles(join(root, "dist", "sample-scope.json"));
	await go(page, "capture");
	await page.locator("#weir-files").setInputFiles(sample);
	await loaded(page);
}

/** Pins the packet in this row of the table, and says which it is. */
async function pin(page, filter) {
	await go(page, `understand/packets?q=${encodeURIComponent(filter)}`);
	await page.locator("[role=grid] [role=row][aria-selected]").first().waitFor();
	await page.locator("[role=grid]").focus();
	await page.keyboard.press("ArrowDown");
	await page.keyboard.press("e");
	return (await page.getByText(/^Pinned \[\[p\d+\]\]$/).first().innerText()).match(/p(\d+)/)[1];
}

async function conclude(page, text) {
	await go(page, "report");
	await page.getByRole("textbox", { name: /conclusion/i }).fill(text);
}

const axe = async (page, of) => {
	const found = await new AxeBuilder({ page }).include(of).analyze();
	assert.deepEqual(
		found.violations.map((v) => `${v.id}: ${v.nodes.map((n) => n.target).join(" ")}`),
		[],
	);
};

test("a case goes out with the packets it cites, and elsewhere its citations lead to them", async () => {
	const ana = await profile(join(dir, "ana"), built);
	let { page } = ana;
	await opened(page);
	const number = await pin(page, "http.response");
	assert.ok(Number(number) > 4, number);
	await conclude(page, `It came with [[p${number}]], and asked before in [[p1]].`);
	await menu(page, /Save with packets or files/);
	const dialog = page.getByRole("dialog", { name: "Save the case with packets or files" });
	await dialog.getByText("No packet goes in.").waitFor();
	await dialog.getByRole("radio", { name: /^Those that the case cites/ }).check();
	await dialog.getByText(/^\d+ packets, about/).waitFor();
	const all = Number((await dialog.getByText(/^\d+ packets, about/).innerText()).match(/^\d+/)[0]);
	await dialog.getByRole("checkbox", { name: /With the conversations/ }).uncheck();
	await dialog.getByText(/^2 packets, about/).waitFor();
	assert.ok(all > 4, `${all} packets`);
	await axe(page, "dialog");
	// One file that answers name goes along; its body is nowhere in the clear.
	await dialog.getByRole("group", { name: "Files found in the traffic" }).getByRole("checkbox").first().check();
	const zip = await saved(page, () => dialog.getByRole("button", { name: "Save", exact: true }).click(), "with.weir.zip");
	await menu(page, /Save with packets or files/);
	await dialog.getByRole("radio", { name: /^Weir with the case inside/ }).check();
	await dialog.getByRole("radio", { name: /^Those that the case cites/ }).check();
	await dialog.getByText(/^\d+ packets, about/).waitFor();
	const html = await saved(page, () => dialog.getByRole("button", { name: "Save", exact: true }).click(), "with.html");
	// The quick key saves the case alone, as ever.
	const quick = await saved(page, () => page.keyboard.press("Control+s"), "alone.weir.zip");
	assert.ok(readFileSync(quick).length < readFileSync(zip).length);
	await ana.quiet();
	await ana.close();

	// Elsewhere: read, not continued.
	const ben = await profile(join(dir, "ben"), html);
	page = ben.page;
	const beside = () => page.getByRole("region", { name: "Packets that came with the case" });
	await beside().getByRole("button", { name: "Read the packets that came with it" }).click();
	await beside().getByText(new RegExp(`Only ${all} packets that came with the case are loaded, as B`)).waitFor();
	await go(page, "report");
	await page.locator(".report-frame").getByText("It came with").waitFor();
	await page.locator(".report-frame").getByRole("link", { name: `p${number}`, exact: true }).first().click();
	await page.getByText(`was A:${number} in the capture`, { exact: true }).waitFor();
	assert.match(await page.evaluate(() => location.hash), /packets\?p=B:\d+$/);
	assert.equal(await page.locator(".reading").count(), 1, "reading changed nothing");
	// The capture itself comes under the letter that the case gave it: from then on citations lead there.
	await page.locator("#weir-files").setInputFiles(sample);
	await beside().getByText(/loaded, as B, and so is the capture A that they were taken from: .* twice/).waitFor();
	await beside().getByRole("button", { name: "Take B out" }).click();
	await beside().getByText("Packets came with this case").waitFor();
	await go(page, "report");
	await page.locator(`.report-frame a[href="#/understand/packets?p=A:${number}"]`).first().waitFor();
	await ben.quiet();
	await ben.close();

	// As a zip, in a browser and in the terminal.
	const eve = await profile(join(dir, "eve"), built);
	page = eve.page;
	await page.locator("#weir-files").setInputFiles(zip);
	const came = page.getByRole("dialog", { name: /^Opened the case/ });
	await came.getByText(/may be malware/).waitFor();
	await came.getByRole("button", { name: "Read the packets that came with it" }).click();
	await beside().getByText(/Only 2 packets that came with the case are loaded, as B/).waitFor();
	await go(page, "report");
	await page.locator(`.report-frame a[href="#/understand/packets?p=B:2"]`).first().waitFor();
	// A note on one of them says which packet it was: the slice's letter and numbers go with it.
	for (const begins of [/^\[\[p\d+\]\] `/, /^\[\[p\d+@\d+\+\d+\]\] `A:\d+ /]) {
		await go(page, "understand/packets");
		await page.locator(".grid-row").first().waitFor();
		await page.locator("[role=grid]").focus();
		await page.keyboard.press("ArrowDown");
		await page.locator('.grid-row[aria-selected="true"]').waitFor();
		await page.getByRole("tree").waitFor();
		if (begins.source.includes("@")) {
			await page.locator(".hex").focus();
			await page.keyboard.press("ArrowRight");
		}
		const was = (await page.getByText(/^was A:\d+ in the capture$/).innerText()).match(/\d+/)[0];
		await page.keyboard.press("n");
		const note = page.getByRole("textbox", { name: "Text of the note" });
		await note.waitFor();
		assert.match(await note.inputValue(), begins);
		assert.match(await note.inputValue(), new RegExp(`^\\[\\[p${was}[\\]@]`));
		await page.keyboard.press("Escape");
		await note.waitFor({ state: "detached" });
	}
	await eve.quiet();
	await eve.close();
	if (!weir) {
		console.log("skipped: cases with packets as weir reads them (WEIR_BIN names no program)");
		return;
	}
	for (const [name, file, many] of [
		["zip", zip, 2],
		["html", html, all],
	]) {
		run(weir, "case", "unpack", file, "-o", join(dir, name));
		const parts = readdirSync(join(dir, name)).sort();
		assert.deepEqual(parts, name === "zip" ? ["artifact-2.zip", "capture-1.pcapng", "case.json"] : ["capture-1.pcapng", "case.json"]);
		const rows = run(weir, "packets", join(dir, name, "capture-1.pcapng"), "-e", "frame.number").trim().split("\n");
		assert.equal(rows.length, many);
	}
	assert.equal(readFileSync(join(dir, "zip", "artifact-2.zip")).subarray(0, 4).toString("latin1"), "PK\u0003\u0004");
});

/** Entries of a zip that are stored as they are. */
function entries(bytes) {
	const out = {};
	for (let at = 0; bytes.readUInt32LE(at) === 0x04034b50; ) {
		assert.equal(bytes.readUInt16LE(at + 8), 0, "stored");
		const size = bytes.readUInt32LE(at + 18);
		const name = bytes.readUInt16LE(at + 26);
		const from = at + 30 + name + bytes.readUInt16LE(at + 28);
		out[bytes.subarray(at + 30, at + 30 + name).toString()] = bytes.subarray(from, from + size);
		at = from + size;
	}
	return out;
}

test("a question goes out with a slice in which no address and no name is left", async () => {
	const b = await open(built);
	const { page } = b;
	await opened(page);
	const number = await pin(page, "http.request");
	await go(page, "notes");
	await page.getByRole("heading", { level: 1, name: /Notes/i }).focus();
	await page.keyboard.press("n");
	await page.getByRole("textbox", { name: "Text of the note" }).fill("left at home [[p1]]");
	await page.keyboard.press("Escape");
	await menu(page, /Ask for help/);
	const dialog = page.getByRole("dialog", { name: "Ask for help" });
	const press = dialog.getByRole("button", { name: "Save help.zip" });
	await press.click();
	await dialog.getByText(/Write the question first/).waitFor();
	await dialog.getByRole("textbox", { name: "Question" }).fill(`Why is [[p${number}]] asked for?`);
	await dialog.getByRole("checkbox", { name: /left at home/ }).uncheck();
	await axe(page, "dialog");
	const path = await saved(page, () => press.click(), "help.zip");
	await dialog.getByText(/were removed and searched for: none is left/).waitFor();
	await quiet(b);
	await b.browser.close();

	const bytes = readFileSync(path);
	const zip = entries(bytes);
	assert.deepEqual(Object.keys(zip).sort(), ["README.txt", "question.md", "slice.pcapng"]);
	assert.match(zip["README.txt"].toString(), /slice\.pcapng opens in Wireshark/);
	const question = zip["question.md"].toString();
	assert.match(question, new RegExp(`Why is \\[\\[p${number}\\]\\] asked for\\?`));
	assert.match(question, /Addresses and names are pseudonyms/);
	assert.doesNotMatch(question, /left at home/);
	if (!has("tshark")) {
		console.log("skipped: help.zip as tshark reads it; tshark is not installed");
		return;
	}
	mkdirSync(join(dir, "help"), { recursive: true });
	const slice = join(dir, "help", "slice.pcapng");
	writeFileSync(slice, zip["slice.pcapng"]);
	const fields = ["eth.src", "eth.dst", "ip.src", "ip.dst", "ipv6.src", "ipv6.dst", "dns.qry.name", "http.host", "http.user_agent", "http.request.uri", "dhcp.option.hostname", "nbns.name", "tls.handshake.extensions_server_name"];
	const values = (file) => {
		const rows = run("tshark", "-n", "-r", file, "-T", "fields", "-E", "occurrence=a", "-E", "aggregator=\u0001", ...fields.flatMap((f) => ["-e", f]));
		return rows.split("\n").map((r) => r.split("\t").map((c) => c.split("\u0001").filter((v) => v !== "")));
	};
	// Of the packets that went along: a pseudonym may by chance be an address of a machine that is not among them.
	const told = run("tshark", "-n", "-r", slice, "-T", "fields", "-e", "frame.comment");
	const numbers = new Set([...told.matchAll(/weir packet A:(\d+)/g)].map((m) => Number(m[1])));
	const before = new Set(values(sample).filter((_, i) => numbers.has(i + 1)).flat(2));
	const text = Buffer.concat(Object.values(zip)).toString("latin1").toLowerCase();
	const everybodys = /^(ff:ff|01:00:5e|33:33|ff0|22[4-9]\.|23\d\.|255\.|0\.|::$)/;
	const named = [...before].filter((v) => v.length > 6 && !everybodys.test(v) && v !== "/");
	assert.ok(named.length > 5, `${named.length} values`);
	const whole = (v) => new RegExp(`(?<![\\w.:])${v.toLowerCase().replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&")}(?![\\w:])`);
	for (const v of named) assert.ok(!whole(v).test(text), `${v} is in help.zip`);
	// Addresses as bytes, too: none that the slice shows was one before, and its conversations are as many.
	const now = values(slice);
	const addresses = now.flatMap((r) => r.slice(0, 6)).flat();
	assert.ok(addresses.length > 0);
	for (const a of addresses) assert.ok(everybodys.test(a) || !before.has(a), `${a} was in the capture`);
	assert.match(run("tshark", "-n", "-r", slice, "-T", "fields", "-e", "frame.comment"), new RegExp(`weir packet A:${number}`));
	if (!weir) {
		console.log("skipped: help.zip as weir reads it (WEIR_BIN names no program)");
		return;
	}
	const rows = run(weir, "packets", slice, "-e", "frame.number").trim().split("\n");
	assert.equal(rows.length, now.filter((r) => r.length > 1).length);
});

test("each file of step 9 is what weir export writes of the same case", async () => {
	const b = await open(built);
	const { page } = b;
	await opened(page);
	await go(page, "actions");
	const card = page.getByRole("region", { name: "For the tools that act" });
	await card.getByRole("combobox", { name: /TLP marking/ }).selectOption("amber_strict");
	const file = await saved(page, () => page.keyboard.press("Control+s"), "exports.weir.zip");
	await page.locator(".foot").getByText(/^notes kept/).waitFor();
	// Chromium takes ten downloads of a page, then asks.
	await page.reload();
	await go(page, "capture");
	await page.locator("#weir-files").setInputFiles(sample);
	await loaded(page);
	await go(page, "actions");
	await card.getByRole("button", { name: "Make the files" }).click();
	await card.getByRole("button", { name: /^Save / }).first().waitFor();
	const texts = new Map();
	for (const press of await card.getByRole("button", { name: /^Save / }).all()) {
		const path = await saved(page, () => press.click(), "export");
		texts.set(await press.getAttribute("aria-label"), readFileSync(path, "utf8"));
	}
	await quiet(b);
	await b.browser.close();
	const all = [...texts.values()];
	const at = all.join("\n").match(/, (\d{4}-\d\d-\d\dT[\d:.]+Z), TLP:AMBER\+STRICT$/m)?.[1];
	assert.ok(at, "files say when they were made, and how they are marked");
	if (!weir) {
		console.log("skipped: files for other tools as weir writes them (WEIR_BIN names no program)");
		return;
	}
	const formats = spawnSync(weir, ["export"], { encoding: "utf8" }).stderr.trim().split("format: ")[1].split(", ").slice(1);
	assert.equal(texts.size, formats.length);
	for (const [n, format] of formats.entries()) {
		const theirs = run(weir, "export", format, "--case", file, sample, "--time", at);
		assert.equal(all[n], theirs, format);
	}
});
