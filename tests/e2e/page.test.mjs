/** The page alone, over file:// in Chromium, with the stand-in engine: node --test tests/e2e/page.test.mjs */
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { AxeBuilder, open, root } from "./browser.mjs";

const dir = mkdtempSync(join(tmpdir(), "weir-e2e-"));
const file = join(dir, "weir.html");
const capture = join(dir, "office-lan.pcapng");
const STEPS = ["issue", "scope", "targets", "capture", "filter", "understand/answers", "understand/findings", "understand/packets", "understand/conversations", "understand/hosts", "understand/requests", "understand/files", "understand/protocols", "understand/timeline", "understand/follow?flow=A:tcp:6", "notes", "report", "actions"];

before(() => {
	execFileSync(process.execPath, [join(root, "scripts/bundle"), "--engine", join(root, "tests/e2e/mock"), "--out", file]);
	writeFileSync(capture, new Uint8Array(3_000_000));
});
after(() => rmSync(dir, { recursive: true }));

async function quiet(b) {
	assert.deepEqual(b.errors, []);
	assert.deepEqual(b.requests, []);
	assert.deepEqual(await b.violations(), []);
}

async function load(page, path = capture) {
	await page.locator("#weir-files").setInputFiles(path);
	await page.getByText("Capture health").waitFor();
}

const go = (page, hash) => page.evaluate((h) => {
	location.hash = h;
}, `#/${hash}`);

for (const theme of ["light", "dark"])
	test(`no step has an accessibility violation, ${theme}`, async () => {
		const b = await open(file, { theme });
		await go(b.page, "scope");
		await b.page.getByRole("textbox", { name: "Add an indicator" }).fill("bad[.]example[.]com, superbad.exe");
		await b.page.keyboard.press("Enter");
		await go(b.page, "capture");
		await load(b.page);
		const found = [];
		for (const step of ["", ...STEPS]) {
			await go(b.page, step);
			await b.page.waitForTimeout(400);
			if (step === "understand/packets") {
				await b.page.locator("[role=grid]").focus();
				await b.page.keyboard.press("ArrowDown");
				await b.page.keyboard.press("e");
				await b.page.getByRole("tree").waitFor();
			}
			const r = await new AxeBuilder({ page: b.page }).analyze();
			found.push(...r.violations.map((v) => `${step}: ${v.id}: ${v.nodes.map((n) => n.target.join(" ")).join("; ")}`));
		}
		assert.deepEqual(found, []);
		await quiet(b);
		await b.browser.close();
	});

test("the page writes itself out byte for byte, and with a case that opens again", async () => {
	const b = await open(file);
	const menu = async (item) => {
		await b.page.getByRole("button", { name: "Case", exact: true }).click();
		const saved = b.page.waitForEvent("download");
		await b.page.getByRole("menuitem", { name: item }).click();
		return (await saved).path();
	};
	assert.equal(readFileSync(await menu(/empty copy/), "utf8"), readFileSync(file, "utf8"));
	await go(b.page, "issue");
	const hostile = "</script><img src=x onerror=alert(1)> \u202e <!-- \r\n end";
	await b.page.getByRole("textbox", { name: /one sentence/ }).fill(hostile);
	const copy = join(dir, "copy.html");
	writeFileSync(copy, readFileSync(await menu(/with this case inside/)));
	await quiet(b);
	await b.browser.close();
	const again = await open(copy);
	await go(again.page, "issue");
	assert.equal(await again.page.getByRole("textbox", { name: /one sentence/ }).inputValue(), hostile.replace("\r\n", "\n"));
	await quiet(again);
	await again.browser.close();
});

test("notes survive a killed tab with at most five seconds lost", async () => {
	const b = await open(file);
	await go(b.page, "issue");
	await b.page.getByRole("textbox", { name: /one sentence/ }).pressSequentially("half a sentence", { delay: 20 });
	await b.page.waitForTimeout(1500);
	const url = b.page.url().split("#")[0];
	await b.page.goto("about:blank");
	await b.page.goto(`${url}#/issue`);
	await b.page.waitForTimeout(300);
	assert.equal(await b.page.getByRole("textbox", { name: /one sentence/ }).inputValue(), "half a sentence");
	await b.browser.close();
});

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
	await b.page.waitForTimeout(200);
	assert.equal(await b.page.locator(".grid-row").first().getAttribute("data-row"), "3");
	await grid.evaluate((g) => {
		g.scrollTop = g.scrollHeight / 2;
	});
	await b.page.waitForTimeout(300);
	const row = Number(await b.page.locator(".grid-row").first().getAttribute("data-row"));
	assert.ok(row > 480_000 && row < 520_000, String(row));
	await quiet(b);
	await b.browser.close();
});

test("a load can be paused, continued and stopped, and rows come before its end", async () => {
	const big = join(dir, "long.pcapng");
	writeFileSync(big, new Uint8Array(400_000_000));
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

test("from drop to answers and report by keyboard alone", async () => {
	const b = await open(file);
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
	await load(page);
	await page.locator("body").evaluate(() => document.activeElement?.blur());
	await key("g");
	await page.keyboard.press("2");
	await page.getByRole("heading", { name: "Scope and goal" }).waitFor();
	await page.getByRole("textbox", { name: "Add an indicator" }).focus();
	actions++;
	await type("bad[.]example[.]com, superbad.exe");
	await key("Enter");
	await page.keyboard.press("Tab");
	await key("Control+k");
	await type("understand");
	await key("Enter");
	await page.getByText("Every byte of one file").first().waitFor();
	assert.ok(actions <= 12, `${actions} actions to the answers`);
	await key("Control+k");
	await type("summary");
	await key("Enter");
	await page.getByRole("heading", { name: "Summary and report" }).waitFor();
	const saved = page.waitForEvent("download");
	await key("Control+Enter");
	assert.match((await saved).suggestedFilename(), /report\.html$/);
	assert.ok(actions <= 25, `${actions} actions to the report`);
	await quiet(b);
	await b.browser.close();
});
