/** The mind map by mouse and keyboard: built on a press, edited, undone, and the same items as the outline. */
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { AxeBuilder, becomes, go, open, quiet, root } from "./browser.mjs";

const dir = mkdtempSync(join(tmpdir(), "weir-map-"));
const file = join(dir, "weir.html");

before(() => {
	execFileSync(process.execPath, [join(root, "scripts/bundle"), "--engine", join(root, "tests/e2e/mock"), "--out", file]);
});
after(() => rmSync(dir, { recursive: true }));

test("the map is built on a press, edited by keys and undone, and the outline shows the same", async () => {
	const small = join(dir, "small.pcapng");
	writeFileSync(small, new Uint8Array(60_000));
	const b = await open(file);
	const { page } = b;
	await go(page, "capture");
	await page.locator("#weir-files").setInputFiles(small);
	await page.getByText("Capture health").waitFor();
	await go(page, "notes/map");
	await page.getByRole("button", { name: /Build from the case: 5 nodes and 3 edges/ }).click();
	const nodes = page.locator(".map-node");
	await becomes(() => nodes.count(), 5);
	assert.equal(await page.locator(".map-edge").count(), 3);
	// Captured text is text, and a reader is told what the edges say.
	const hypothesis = page.locator(".map-node.hypothesis");
	assert.match((await hypothesis.getAttribute("aria-label")) ?? "", /^hypothesis <b>192\.168\.100\.23<\/b>.*then by WS-01/);
	const axe = await new AxeBuilder({ page }).analyze();
	assert.deepEqual(
		axe.violations.map((v) => `${v.id}: ${v.nodes.map((n) => n.html.slice(0, 200))}`),
		[],
	);

	// By keys: to the first host, to what is supposed of it, a node below, a word for it.
	await page.locator(".map-drawing").focus();
	await page.keyboard.press("ArrowRight");
	await page.keyboard.press("Home");
	await page.keyboard.press("Insert");
	await becomes(() => nodes.count(), 6);
	await page.locator("#map-text").fill("Ask the owner [[p61]]");
	await becomes(() => page.locator(".map-node", { hasText: "Ask the owner" }).count(), 1);
	await page.keyboard.press("Escape");
	// An edge from it to where the arrows lead.
	await page.keyboard.press("l");
	await page.keyboard.press("ArrowLeft");
	await page.keyboard.press("Enter");
	await becomes(() => page.locator(".map-edge").count(), 4);
	await page.getByLabel(/What the edge to/).fill("contradicts");
	await page.keyboard.press("Tab");
	await becomes(() => page.locator(".map-verb", { hasText: "contradicts" }).count(), 1);
	await page.locator(".map-drawing").focus();
	await page.keyboard.press("Delete");
	await becomes(() => nodes.count(), 5);
	assert.equal(await page.locator(".map-edge").count(), 3, "its edge goes with it");
	await page.keyboard.press("Control+z");
	await becomes(() => nodes.count(), 6);
	assert.equal(await page.locator(".map-edge").count(), 4, "one step of undo");

	await go(page, "notes/outline");
	await page.getByText("Ask the owner", { exact: true }).waitFor();
	await page.getByRole("treeitem", { name: /superbad\.exe/ }).waitFor();
	// What is taken out by hand does not come back.
	await go(page, "notes/map");
	await page.locator(".map-node.file").click();
	await page.getByRole("button", { name: "Delete" }).click();
	await becomes(() => page.locator(".map-node.file").count(), 0);
	await page.getByText(/or was taken out by you/).waitFor();
	await quiet(b);
	await b.browser.close();
});
