/** What only a stand-in engine can show in a test: a million rows, a load that lasts, a question without end. */
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { becomes, go, open, quiet, root } from "./browser.mjs";

const dir = mkdtempSync(join(tmpdir(), "weir-e2e-"));
const file = join(dir, "weir.html");

before(() => {
	execFileSync(process.execPath, [join(root, "scripts/bundle"), "--engine", join(root, "tests/e2e/mock"), "--out", file]);
});
after(() => rmSync(dir, { recursive: true }));

async function load(page, path) {
	await page.locator("#weir-files").setInputFiles(path);
	await page.getByText("Capture health").waitFor();
}

test("a million rows: end, home, wheel and thumb reach every row", async () => {
	const big = join(dir, "big.pcapng");
	writeFileSync(big, new Uint8Array(60_000_060));
	const b = await open(file);
	await go(b.page, "capture");
	await load(b.page, big);
	await go(b.page, "understand/packets");
	const grid = b.page.locator("[role=grid]");
	await grid.waitFor();
	assert.equal(await grid.getAttribute("aria-rowcount"), "1000002");
	await grid.focus();
	await b.page.keyboard.press("End");
	await b.page.locator(".grid-row[aria-selected=true]", { hasText: "1000001" }).waitFor();
	await b.page.keyboard.press("Home");
	await b.page.locator(".grid-row[aria-selected=true][data-row='0']").waitFor();
	await grid.hover();
	await b.page.mouse.wheel(0, 24 * 3);
	await becomes(() => b.page.locator(".grid-row").first().getAttribute("data-row"), "3");
	await grid.evaluate((g) => {
		g.scrollTop = g.scrollHeight / 2;
	});
	const row = async () => Number(await b.page.locator(".grid-row").first().getAttribute("data-row"));
	await becomes(async () => (await row()) > 480_000 && (await row()) < 520_000, true);
	await quiet(b);
	await b.browser.close();
});

test("a load can be paused, continued and stopped, and rows come before its end", async () => {
	const big = join(dir, "long.pcapng");
	// Long enough to be stopped on a busy machine; a hole takes no room on the disk.
	writeFileSync(big, "");
	truncateSync(big, 8_000_000_000);
	const b = await open(file);
	await go(b.page, "capture");
	await b.page.locator("#weir-files").setInputFiles(big);
	await b.page.getByRole("button", { name: "Pause" }).click();
	await b.page.getByText("Paused").waitFor();
	await go(b.page, "understand/packets");
	await go(b.page, "capture");
	await b.page.getByRole("button", { name: "Go on" }).click();
	await b.page.getByRole("button", { name: /Stop and keep/ }).click();
	await b.page.getByText("Capture health").waitFor();
	await quiet(b);
	await b.browser.close();
});

test("what takes long says how far it is, and can be stopped and begun again", async () => {
	const small = join(dir, "small.pcapng");
	writeFileSync(small, new Uint8Array(600_000));
	const b = await open(file);
	await go(b.page, "capture");
	await load(b.page, small);
	await go(b.page, "statistics/experts");
	await b.page.locator(".state progress").waitFor();
	await b.page.getByText(/of 1,000,000 packets/).waitFor();
	await b.page.locator(".state").getByRole("button", { name: "Cancel" }).click();
	await b.page.getByText("there is nothing to show").waitFor();
	await b.page.getByRole("button", { name: "Start again" }).click();
	await b.page.locator(".state progress").waitFor();
	await quiet(b);
	await b.browser.close();
});
