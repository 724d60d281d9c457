/** What is typed stays typed, what is shown comes to rest, what came with a case is not lost: over a stand-in engine. */
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { becomes, go, loaded, open, quiet, root } from "./browser.mjs";

const dir = mkdtempSync(join(tmpdir(), "weir-keeps-"));
const file = join(dir, "weir.html");

before(() => {
	execFileSync(process.execPath, [join(root, "scripts/bundle"), "--engine", join(root, "tests/e2e/mock"), "--out", file]);
	writeFileSync(join(dir, "one.pcapng"), new Uint8Array(60_000));
});
after(() => rmSync(dir, { recursive: true }));

const hex = (n) => n.toString(16).padStart(32, "0");

/** A case of these items, as a file. */
function caseFile(name, items, more = {}) {
	const stamp = { author: "b".repeat(32), at: "2026-03-04T12:00:00.000Z" };
	const all = items.map(([kind, body], n) => ({ id: hex(n + 1), kind, stamp: { ...stamp, counter: n + 1 }, pass: 1, step: "notes", body }));
	const path = join(dir, name);
	writeFileSync(path, JSON.stringify({ schema: 1, id: "c".repeat(32), title: "Kept", items: all, ...more }));
	return path;
}

async function given(path) {
	const b = await open(file);
	await b.page.locator("#weir-files").setInputFiles(path);
	return b;
}

async function capture(page) {
	await go(page, "capture");
	await page.locator("#weir-files").setInputFiles(join(dir, "one.pcapng"));
	await loaded(page);
}

const focusIs = (page, what) => becomes(() => page.evaluate(() => document.activeElement.getAttribute("aria-label") ?? document.activeElement.textContent.trim()), what);

test("a remark on a capture is typed through, letter after letter, and taken away by key", async () => {
	const b = await open(file);
	const { page } = b;
	await capture(page);
	await go(page, "notes");
	const field = page.getByRole("textbox", { name: /^Remark on capture A/ });
	await field.focus();
	// Each letter is a shortcut of the page, too.
	await page.keyboard.type("none mentioned");
	assert.equal(await field.inputValue(), "none mentioned");
	assert.match(await page.evaluate(() => location.hash), /^#\/notes/);
	await page.getByRole("button", { name: /^Remove the remark/ }).focus();
	await page.keyboard.press("Enter");
	await becomes(() => field.inputValue(), "");
	await focusIs(page, await field.getAttribute("aria-label"));
	await quiet(b);
	await b.browser.close();
});

test("five thousand notes are read once each, and then nothing is asked any more", async () => {
	const path = caseFile("many.weir.json", Array.from({ length: 5000 }, (_, n) => ["note", { text: `Note ${n}`, parent: "", order: n }]));
	const b = await open(file);
	const { page } = b;
	await page.evaluate(() => {
		const post = Worker.prototype.postMessage;
		window.readTexts = 0;
		Worker.prototype.postMessage = function (message, ...rest) {
			const texts = JSON.stringify(message ?? null).includes('"notes.read"') ? JSON.stringify(message).match(/Note \d+/g) : null;
			window.readTexts += texts?.length ?? 0;
			return post.call(this, message, ...rest);
		};
	});
	await page.locator("#weir-files").setInputFiles(path);
	await page.locator(".outline-line").nth(4999).waitFor({ timeout: 60_000 });
	for (let t = 0; t < 600 && (await page.evaluate(() => window.readTexts)) < 5000; t++) await page.waitForTimeout(50);
	await page.waitForTimeout(1500);
	assert.equal(await page.evaluate(() => window.readTexts), 5000);
	await quiet(b);
	await b.browser.close();
});

const bar = (page) => page.getByRole("region", { name: "Packets that came with the case" });

test("packets that came with a case: the bar keeps the focus, says when they are there twice, and no other case takes them over", async () => {
	const b = await given(caseFile("came.weir.json", [["capture", { capture: "A", name: "one.pcapng", sha256: "", bytes: 60_000, packets: 1, first: "", last: "", offset: "0.0", placement: "" }]], { beside: ["slice.pcapng"] }));
	const { page } = b;
	await page.getByRole("dialog", { name: /^Opened the case/ }).waitFor();
	await page.keyboard.press("Escape");
	const read = bar(page).getByRole("button", { name: "Read the packets that came with it" });
	await read.focus();
	await page.keyboard.press("Enter");
	await bar(page).getByText(/^Only 2 packets that came with the case are loaded, as B\. /).waitFor();
	await focusIs(page, "Packets that came with the case");
	// A second capture of the page: not what they were taken from, until A itself is there.
	await page.evaluate(() => document.activeElement.blur());
	await capture(page);
	const twice = bar(page).getByText(/and so is the capture A that they were taken from: .* twice/);
	await twice.waitFor();
	await bar(page).getByRole("button", { name: "Take B out" }).focus();
	await page.keyboard.press("Enter");
	await read.waitFor();
	await focusIs(page, "Packets that came with the case");
	await page.getByRole("heading", { level: 2, name: /^B / }).waitFor({ state: "detached" });
	// Read again, they are there when another case begins: it keeps the capture alone.
	await read.click();
	await twice.waitFor();
	await page.getByRole("button", { name: /^Case/ }).first().click();
	await page.getByRole("menuitem", { name: /^Start a new case/ }).click();
	const download = page.waitForEvent("download");
	await page.getByRole("button", { name: "Keep the captures loaded" }).click();
	await download;
	await page.getByRole("heading", { name: "What is the issue?" }).waitFor();
	await go(page, "notes");
	const kept = page.locator(".kept-capture summary");
	await kept.first().waitFor();
	assert.equal(await kept.count(), 1);
	assert.match(await kept.innerText(), /A one\.pcapng/);
	assert.equal(await bar(page).count(), 0);
	await quiet(b);
	await b.browser.close();
});

test("a case is not saved without the parts that came with it unless that is said, and no other case takes its place", async () => {
	const one = caseFile("parts.weir.json", [["note", { text: "first", parent: "", order: 1 }]], { title: "It cannot be packed", beside: ["mal.exe", "more.pcapng"] });
	const other = caseFile("other.weir.json", [["note", { text: "second", parent: "", order: 1 }]], { id: "d".repeat(32) });
	const b = await given(one);
	const { page } = b;
	const downloads = [];
	page.on("download", (d) => downloads.push(d.suggestedFilename()));
	await page.getByRole("dialog", { name: /^Opened the case/ }).waitFor();
	await page.keyboard.press("Escape");
	const lost = /2 parts beside the case \(18 kB\) would be lost: It cannot be packed\./;
	const complaint = page.locator(".complaint");
	await page.keyboard.press("Control+s");
	await complaint.getByText(lost).waitFor();
	await complaint.getByRole("button", { name: "Close the notice" }).click();
	await page.locator("#weir-files").setInputFiles(other);
	await complaint.getByText(/^other\.weir\.json was not opened: 2 parts .* Nothing was changed\.$/).waitFor();
	await complaint.getByRole("button", { name: "Close the notice" }).click();
	await page.getByRole("button", { name: /^Case/ }).first().click();
	await page.getByRole("menuitem", { name: /^Start a new case/ }).click();
	await complaint.getByText(lost).waitFor();
	await go(page, "notes");
	await page.locator(".outline-line", { hasText: "first" }).waitFor();
	assert.deepEqual(downloads, []);
	// Without parts the case alone is saved, whatever the engine says.
	await page.getByRole("button", { name: /^Case/ }).first().click();
	await page.getByRole("menuitem", { name: /^Save with packets or files/ }).click();
	const dialog = page.getByRole("dialog", { name: /^Save the case with packets/ });
	await dialog.getByRole("checkbox", { name: /^Also what came with this case: 2 parts/ }).uncheck();
	// A file that came goes into no HTML: it would stand there as it came.
	await dialog.getByRole("radio", { name: /^Weir with the case inside/ }).check();
	await dialog.getByText("1 file that came with this case goes into a case file only.").waitFor();
	await dialog.getByRole("checkbox", { name: /^Also what came with this case: 1 part,/ }).waitFor();
	await dialog.getByRole("radio", { name: /^A case file/ }).check();
	const download = page.waitForEvent("download");
	await dialog.getByRole("button", { name: "Save", exact: true }).click();
	const saved = await download;
	assert.match(saved.suggestedFilename(), /\.weir\.json$/);
	assert.equal(JSON.parse(readFileSync(await saved.path(), "utf8")).title, "It cannot be packed");
	await quiet(b);
	await b.browser.close();
});

test("tags and edges keep the focus where the work goes on", async () => {
	const tagged = ["#one", "#two #three", "#three", "#three #four"].map((text, n) => ["note", { text, parent: "", order: n }]);
	const nodes = ["Who?", "A host"].map((text, n) => ["node", { text, parent: "", order: 10 + n, sort: "event", evidence: "" }]);
	const b = await given(caseFile("tags.weir.json", [...tagged, ...nodes]));
	const { page } = b;
	const row = page.getByRole("group", { name: "Tags" });
	// The last of the row comes first once it is chosen.
	await row.getByRole("button", { name: "two, 1 entry" }).focus();
	await page.keyboard.press("Enter");
	await row.getByText("1 of 6 entries shown").waitFor();
	await focusIs(page, "two, 1 entry");
	await page.keyboard.press("Enter");
	await row.getByText("entries shown").waitFor({ state: "detached" });
	await focusIs(page, "two, 1 entry");
	await page.keyboard.press("Enter");
	await row.getByRole("button", { name: "Clear tags" }).focus();
	await page.keyboard.press("Enter");
	await row.getByText("entries shown").waitFor({ state: "detached" });
	await focusIs(page, "Tags");
	await go(page, "notes/map");
	await page.locator(".map-node").nth(1).waitFor();
	await page.getByRole("button", { name: /^Edge to/ }).focus();
	await page.keyboard.press("Enter");
	await becomes(() => page.evaluate(() => document.activeElement.className), "map-drawing");
	await page.getByText(/^Where does the edge lead/).waitFor();
	await page.keyboard.press("Escape");
	await quiet(b);
	await b.browser.close();
});
