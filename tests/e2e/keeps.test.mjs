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
