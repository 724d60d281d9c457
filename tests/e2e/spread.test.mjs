/** Files in question, the captures that the case keeps, and what is brought to the map: by keys and by pointer. */
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { bigCase } from "./bigcase.mjs";
import { AxeBuilder, becomes, go, open, quiet, root } from "./browser.mjs";

const dir = mkdtempSync(join(tmpdir(), "weir-spread-"));
const file = join(dir, "weir.html");
const small = join(dir, "small.pcapng");

before(() => {
	execFileSync(process.execPath, [join(root, "scripts/bundle"), "--engine", join(root, "tests/e2e/mock"), "--out", file]);
	writeFileSync(small, new Uint8Array(60_000));
});
after(() => rmSync(dir, { recursive: true }));

async function loaded() {
	const b = await open(file);
	await go(b.page, "capture");
	await b.page.locator("#weir-files").setInputFiles(small);
	await b.page.getByText("Capture health").waitFor();
	return b;
}

async function fine(page) {
	const axe = await new AxeBuilder({ page }).analyze();
	assert.deepEqual(
		axe.violations.map((v) => `${v.id}: ${v.nodes.map((n) => n.html.slice(0, 200))}`),
		[],
	);
}

test("files in question are listed with everybody who had the same content, by keys, and saved", async () => {
	const b = await loaded();
	const { page } = b;
	await go(page, "notes/files");
	await page.getByText("No file is in question").waitFor();
	await page.getByRole("button", { name: /Show all 5 files/ }).click();
	const grid = page.getByRole("grid", { name: "Files in question" });
	await grid.locator(".grid-row:not([hidden])").nth(4).waitFor();
	await grid.focus();
	await page.keyboard.press("ArrowDown");
	// Who had it: each host once, what it received told from what it sent, servers beside; captured text is text.
	const card = page.getByRole("region", { name: "Content 1" });
	assert.match((await card.textContent()) ?? "", /2 hosts had it, from 1 server/);
	assert.match((await card.textContent()) ?? "", /<b>svchost<\/b>/);
	assert.equal(await card.locator("b").count(), 0);
	await fine(page);
	const label = await grid.locator('.grid-row[aria-selected="true"]').getAttribute("aria-label");
	assert.match(label ?? "", /SHA-256 .*Request 120, First data 122, Last data 140.*Community ID 1:/);
	await page.keyboard.press("Enter");
	await becomes(() => page.evaluate(() => location.hash), "#/understand/packets?p=A:120");
	await page.goBack();
	await page.getByLabel("Files that contain").waitFor();
	await page.getByRole("button", { name: /Show all 5 files/ }).click();
	await page.getByLabel("Files that contain").fill("lost by");
	await becomes(() => page.locator(".spread-table .grid-row:not([hidden])").count(), 1);
	assert.match((await page.getByRole("region", { name: "Content 2" }).textContent()) ?? "", /none: not all of its bytes/);
	const saved = page.waitForEvent("download");
	await page.getByRole("button", { name: "Save TSV" }).click();
	assert.equal((await saved).suggestedFilename(), "files.tsv");
	// From the file's own card: who else has this one.
	await go(page, "notes/files?hash=ffff");
	await page.getByText("No file of the loaded captures has this hash").waitFor();
	await quiet(b);
	await b.browser.close();
});

test("captures are kept with a remark, stay when nothing is loaded, and are in the Markdown", async () => {
	const b = await loaded();
	const { page } = b;
	await go(page, "notes/outline");
	const kept = page.getByRole("region", { name: "Captures", exact: true });
	await kept.getByText("small.pcapng").click();
	const text = async () => (await kept.textContent()) ?? "";
	await becomes(async () => /eth0, Ethernet, .*captured with the filter tcp or udp/.test(await text()), true);
	assert.match(await text(), /Taken with.*dumpcap, Linux/);
	await becomes(async () => /SHA-256[0-9a-f]{64}/.test(await text()), true);
	await kept.getByLabel("Remark on capture A small.pcapng").fill("Taken at the uplink, see [[p3]]");
	await fine(page);
	const md = async () => {
		const got = page.waitForEvent("download");
		await page.getByRole("button", { name: "Markdown" }).click();
		return readFileSync(await (await got).path(), "utf8");
	};
	await page.getByRole("button", { name: "Write a note" }).click();
	await page.getByLabel("Text of the note").fill("Mine");
	await page.keyboard.press("Escape");
	const written = await md();
	assert.match(written, /## Captures\n\n- `A` `small\.pcapng`\n {2}- SHA-256: `[0-9a-f]{64}`/);
	assert.match(written, / {2}- Remark: Taken at the uplink, see \[\[p3\]\]/);
	// Nothing is loaded any more: the line stays, with what was known.
	await go(page, "capture");
	await page.getByRole("button", { name: "Take capture A out" }).click();
	await go(page, "notes/outline");
	await becomes(async () => /not loaded/.test(await text()), true);
	assert.equal(await kept.getByLabel("Remark on capture A small.pcapng").inputValue(), "Taken at the uplink, see [[p3]]");
	await quiet(b);
	await b.browser.close();
});

/** A drag as the browser does it: over `via` for a while, where that is given, then dropped on `to`. */
async function drag(page, from, to, via) {
	const middle = async (l) => {
		const r = await l.boundingBox();
		return [r.x + r.width / 2, r.y + Math.min(r.height / 2, 20)];
	};
	await page.mouse.move(...(await middle(from)));
	await page.mouse.down();
	for (const stop of [via, to].filter(Boolean)) {
		const l = typeof stop === "function" ? stop : () => stop;
		const [x, y] = Array.isArray(stop) ? stop : await middle(l());
		await page.mouse.move(x - 4, y, { steps: 4 });
		await page.mouse.move(x, y, { steps: 2 });
		if (stop === via) await page.locator(".map-drawing").waitFor();
	}
	await page.mouse.up();
}

test("rows, references and findings are brought onto the map by pointer and by M, with an edge where they are dropped on a node", async () => {
	const b = await loaded();
	const { page } = b;
	await go(page, "notes/map");
	await page.getByRole("button", { name: /Build from the case/ }).click();
	const nodes = page.locator(".map-node");
	const edges = page.locator(".map-edge");
	await becomes(() => nodes.count(), 5);
	// By key, as E pins; twice is once.
	await go(page, "understand/packets");
	const grid = page.getByRole("grid", { name: "Packets" });
	await grid.locator(".grid-row:not(.pending)").first().waitFor();
	await grid.focus();
	await page.keyboard.press("ArrowDown");
	await page.keyboard.press("m");
	await page.getByText(/^On the map: \[\[p\d+\]\]$/).first().waitFor();
	await page.keyboard.press("m");
	await page.getByText("It is on the map already.").first().waitFor();
	// By pointer: a row by its marks onto the notes.
	const handle = grid.locator(".grid-row:not([hidden], .pending) > .glyphs").nth(4);
	const row = handle.locator("..");
	await handle.click();
	await becomes(async () => (await grid.getAttribute("aria-activedescendant")) === (await row.getAttribute("id")), true);
	await page.waitForTimeout(300);
	await drag(page, handle, page.locator('.rail a[href="#/notes"]'));
	await page.getByText("On the map: [[p5]]").first().waitFor();
	await go(page, "notes/map");
	await becomes(() => nodes.count(), 7);
	await page.keyboard.press("Control+z");
	await becomes(() => nodes.count(), 6);
	// Held over the notes the map opens; dropped on a node an edge is asked for.
	await go(page, "understand/packets");
	await grid.locator(".grid-row:not(.pending)").first().waitFor();
	const before = await edges.count();
	await drag(page, grid.locator(".grid-row:not([hidden]) > .glyphs").nth(6), page.locator(".map-node.host").first(), page.locator('.rail a[href="#/notes"]'));
	const dialog = page.getByRole("dialog", { name: "Add to the map" });
	await dialog.getByLabel("What the edge says").fill("sent");
	await fine(page);
	await dialog.getByRole("button", { name: "Add to the map" }).click();
	await becomes(() => nodes.count(), 7);
	await becomes(() => edges.count(), before + 4);
	await page.locator(".map-drawing").focus();
	await page.keyboard.press("Control+z");
	await becomes(() => nodes.count(), 6);
	await becomes(() => edges.count(), 3);
	await quiet(b);
	await b.browser.close();
});

test("nodes are moved and joined by pointer and by keys, each in one step of undo", async () => {
	const b = await open(file);
	const { page } = b;
	const path = join(dir, "case.json");
	writeFileSync(path, JSON.stringify(bigCase(6, 2)));
	await page.locator("#weir-files").setInputFiles(path);
	// It goes to the notes by itself.
	await page.getByText(/^Opened the case from/).first().waitFor();
	await go(page, "notes/map");
	const nodes = page.locator(".map-node");
	const edges = page.locator(".map-edge");
	await becomes(() => nodes.count(), 6);
	const order = () => nodes.evaluateAll((all) => all.map((n) => Number.parseInt(n.dataset.id, 16)));
	assert.deepEqual(await order(), [1, 2, 3, 4, 5, 6]);
	const drawing = page.locator(".map-drawing");
	await drawing.focus();
	await page.keyboard.press("Home");
	await page.keyboard.press("ArrowRight");
	const first = await drawing.getAttribute("aria-activedescendant");
	await page.keyboard.press(">");
	const level = () => page.locator(`#${first}`).getAttribute("aria-level");
	await page.keyboard.press("<");
	await becomes(level, "1");
	await page.keyboard.press("Control+z");
	await becomes(level, "2");
	// Shift draws an edge, without it the node hangs there.
	const at = async (l) => {
		const r = await l.boundingBox();
		return [r.x + 30, r.y + 20];
	};
	const pull = async (from, to) => {
		await page.mouse.move(...(await at(from)));
		await page.mouse.down();
		await page.mouse.move(...(await at(to)), { steps: 6 });
		await becomes(() => page.locator(".map-ghost:not([hidden])").count(), 1);
		await page.mouse.up();
	};
	const had = await edges.count();
	await page.keyboard.down("Shift");
	await pull(nodes.nth(1), nodes.nth(4));
	await page.keyboard.up("Shift");
	await becomes(() => edges.count(), had + 1);
	const last = await nodes.nth(5).getAttribute("id");
	await pull(nodes.nth(5), nodes.nth(1));
	await becomes(() => page.locator(`#${last}`).getAttribute("aria-level"), "3");
	await drawing.focus();
	await page.keyboard.press("Control+z");
	await becomes(() => page.locator(`#${last}`).getAttribute("aria-level"), "2");
	await page.keyboard.press("Control+z");
	await becomes(() => edges.count(), had);
	await quiet(b);
	await b.browser.close();
});
