/** Actions, lessons, passes, the watch list, templates, undo and the action log: over a stand-in engine, and once over the real one. */
import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { AxeBuilder, becomes, built, go, loaded, open, quiet, root, sample } from "./browser.mjs";

const dir = mkdtempSync(join(tmpdir(), "weir-casework-"));
const file = join(dir, "weir.html");

before(() => {
	execFileSync(process.execPath, [join(root, "scripts/bundle"), "--engine", join(root, "tests/e2e/mock"), "--out", file]);
	for (const [name, size] of [
		["one.pcapng", 60_000],
		["two.pcapng", 90_000],
	])
		writeFileSync(join(dir, name), new Uint8Array(size));
	const scope = { schema: 1, issue: "breach", question: "Who fetched it?", zone: "UTC", window: {}, networks: [], hosts: [], exclude: [], protocols: [], indicators: [{ kind: "domain", value: "bad.example.com" }] };
	writeFileSync(join(dir, "scope.json"), JSON.stringify(scope));
});
after(() => rmSync(dir, { recursive: true }));

/** Waits for hashes, too: the stand-in's inputs change with them. */
async function load(page, name) {
	await go(page, "capture");
	await page.locator("#weir-files").setInputFiles(join(dir, name));
	await page.getByRole("heading", { name: new RegExp(name) }).waitFor();
	await page.locator("progress").waitFor({ state: "detached" });
}

async function begin() {
	const b = await open(file);
	await b.page.locator("#weir-files").setInputFiles(join(dir, "scope.json"));
	await load(b.page, "one.pcapng");
	return b;
}

const told = async (page) => {
	await go(page, "notes");
	const log = page.locator("details", { hasText: "Action log" });
	await log.evaluate((d) => d.setAttribute("open", ""));
	return log.locator("li bdi").allInnerTexts();
};

test("proposals become actions by a press, are not proposed again reworded, and are kept by status", async () => {
	const b = await begin();
	const { page } = b;
	await go(page, "report");
	await page.getByRole("button", { name: /^Agree: / }).first().click();
	await go(page, "actions");
	await page.getByRole("heading", { name: "Solve now: decided" }).waitFor();
	const first = page.getByRole("button", { name: /^Add: Isolate/ }).first();
	const name = (await first.getAttribute("aria-label")).replace("Add: ", "");
	await first.click();
	await page.getByRole("textbox", { name: "Action 1", exact: true }).fill("Unplug it");
	assert.equal(await page.getByRole("button", { name: `Add: ${name}`, exact: true }).count(), 0, "proposed again though reworded");
	await page.getByRole("button", { name: /^Add \d+ proposals?/ }).click();
	const rows = page.locator("table.actions tbody tr");
	const n = await rows.count();
	assert.ok(n > 2);
	// Keys: down in the same column, and up again.
	await page.getByRole("textbox", { name: "Owner of action 1" }).focus();
	await page.keyboard.press("ArrowDown");
	assert.equal(await page.evaluate(() => document.activeElement.getAttribute("aria-label")), "Owner of action 2");
	await page.getByRole("combobox", { name: "Status of action 2" }).selectOption("dropped");
	await page.getByRole("textbox", { name: "Why action 2 is dropped" }).fill("a lab machine");
	await page.getByRole("combobox", { name: "Show" }).selectOption("dropped");
	assert.equal(await rows.count(), 1);
	await page.getByRole("combobox", { name: "Show" }).selectOption("");
	await page.getByText(`${n - 1} open, 1 dropped`).first().waitFor();
	// Removed, and brought back by the notice's own button, with the keyboard.
	await page.getByRole("button", { name: "Remove action 1" }).click();
	await becomes(() => rows.count(), n - 1);
	const undo = page.locator(".toast").getByRole("button", { name: "Undo" });
	const seen = await new AxeBuilder({ page }).analyze();
	assert.deepEqual(seen.violations.map((v) => v.id), []);
	await undo.focus();
	await page.keyboard.press("Enter");
	await becomes(() => rows.count(), n);
	assert.equal(await page.locator(".toast.offer").count(), 0);
	const axe = await new AxeBuilder({ page }).analyze();
	assert.deepEqual(axe.violations.map((v) => v.id), []);
	const log = await told(page);
	assert.ok(log.some((l) => l.startsWith("undid: removed the action Unplug it")), log.join("\n"));
	assert.ok(log.some((l) => l.startsWith("decided on 192.168.100.")), log.join("\n"));
	assert.equal(log.filter((l) => l.startsWith("wrote an action: Unplug it")).length, 1, "typing is one entry");
	await quiet(b);
	await b.browser.close();
});

test("a dismissal and a rule offer undo; a confirmed beacon is watched for its next check-in, and later captures are looked at", async () => {
	const b = await begin();
	const { page } = b;
	await go(page, "understand/findings");
	await page.locator(".finding").first().waitFor();
	for (const group of await page.locator("details.finding-group").all()) await group.evaluate((d) => d.setAttribute("open", ""));
	const card = page.locator(".finding").filter({ hasText: /How this was worked out, and when it comes next/ }).first();
	await card.getByRole("textbox", { name: /^Reason/ }).fill("ours");
	await card.getByRole("button", { name: "Dismiss with reason" }).click();
	await page.locator(".toast.offer", { hasText: "dismissed" }).getByRole("button", { name: "Undo" }).click();
	await card.getByRole("button", { name: "Dismiss with reason", pressed: false }).waitFor();
	await card.getByRole("button", { name: "Confirm" }).click();
	await card.getByRole("button", { name: /^Watch for its next check-in/ }).click();
	await card.getByText("its next check-in is watched").waitFor();
	await go(page, "actions");
	await page.getByRole("heading", { name: "Prevent: what would have stopped it" }).waitFor();
	await page.getByRole("combobox", { name: "Watch a" }).selectOption("question");
	await page.getByRole("textbox", { name: "What to watch" }).fill("Who has the badge?");
	await page.getByRole("button", { name: "Watch", exact: true }).click();
	const row = page.getByRole("row", { name: /expected check-in/ });
	await row.getByText("seen", { exact: true }).waitFor();
	await row.getByText("none before").waitFor();
	const was = /\d+ packets/.exec(await row.innerText())[0];
	await page.getByRole("row", { name: /Who has the badge/ }).getByText("open").waitFor();
	await load(page, "two.pcapng");
	await go(page, "actions");
	await becomes(() => row.locator("td").nth(2).innerText(), was);
	assert.ok(!(await row.locator("td").nth(1).innerText()).includes(` ${was}`), "the count is of both captures now");
	await quiet(b);
	await b.browser.close();
});

test("another pass keeps the results and compares; what was settled before is out of date until somebody looks again", async () => {
	const b = await begin();
	const { page } = b;
	await page.getByText(/a1a1a1/).first().waitFor();
	await go(page, "report");
	await page.getByRole("button", { name: /^Agree: / }).first().click();
	assert.equal(await page.locator(".stale-bar").count(), 0);
	await go(page, "actions");
	await page.getByText("No earlier pass is kept.").waitFor();
	await page.getByRole("button", { name: /Start another pass/ }).click();
	await page.getByRole("heading", { name: "What is the issue?" }).waitFor();
	await load(page, "two.pcapng");
	await go(page, "actions");
	await page.getByRole("heading", { name: "Since pass 1" }).waitFor();
	await page.getByText(/0 new, 0 gone, 1 changed/).waitFor();
	const bar = page.locator(".stale-bar");
	await bar.getByText(/1 result of yours was settled before what is loaded changed/).waitFor();
	await bar.locator("summary").click();
	await bar.getByRole("link", { name: /the decision on 192\.168\.100/ }).waitFor();
	await bar.getByRole("button", { name: /it stands/ }).click();
	await bar.waitFor({ state: "detached" });
	await quiet(b);
	await b.browser.close();
});

test("facts for the lessons are taken by a press and stay editable", async () => {
	const b = await begin();
	const { page } = b;
	await go(page, "actions");
	await page.getByText("1 fact for this").first().click();
	await page.getByRole("button", { name: /^Add to What went well/ }).click();
	const field = page.getByRole("textbox", { name: "What went well" });
	assert.match(await field.inputValue(), /looked at 2 min after/);
	await field.fill("We were quick.");
	await page.getByText("1 fact for this").first().waitFor();
	await quiet(b);
	await b.browser.close();
});

test("a case becomes a template and is applied to another in two actions", async () => {
	const b = await begin();
	const { page } = b;
	await page.getByRole("button", { name: /^Case/ }).click();
	const download = page.waitForEvent("download");
	await page.getByRole("menuitem", { name: /Save as a template/ }).click();
	const saved = join(dir, "case.weir-template.json");
	await (await download).saveAs(saved);
	assert.match(readFileSync(saved, "utf8"), /"template":"weir"/);
	await b.browser.close();

	const c = await open(file);
	await c.page.locator("#weir-files").setInputFiles(saved);
	await c.page.getByRole("dialog", { name: "Apply a template" }).waitFor();
	await c.page.getByPlaceholder("Address").fill("192.0.2.7");
	await c.page.getByRole("button", { name: /^Apply: 1 item/ }).click();
	await go(c.page, "notes");
	const log = await told(c.page);
	assert.ok(log.includes("kept the filter ip.addr == 192.0.2.7 as to it"), log.join("\n"));
	await quiet(c);
	await c.browser.close();
});

test("what was done on the page is run again by weir, line by line, and both propose the same", async (t) => {
	const weir = join(process.env.CARGO_TARGET_DIR ?? join(root, "target"), "fast", "weir");
	if (!existsSync(weir) || !existsSync(built)) {
		console.log("skipped: no weir and page are built");
		return t.skip("not built");
	}
	const b = await open(built);
	const { page } = b;
	await page.getByRole("button", { name: /Try the sample/ }).click();
	await loaded(page);
	const key = JSON.parse(readFileSync(sample.replace(".pcap", "-key.json"), "utf8"));
	await page.getByText(key.captures.A.sha256).waitFor();
	await go(page, "filter");
	const box = page.getByRole("combobox", { name: /filter/i }).first();
	await box.fill("dns");
	await box.press("Enter");
	await page.getByText(/dns/).first().waitFor();
	await go(page, "report");
	await page.getByRole("button", { name: /^Agree: / }).first().click();
	await go(page, "understand/findings");
	await page.locator(".finding").first().getByRole("button", { name: "Confirm" }).click();
	await go(page, "actions");
	await page.getByRole("button", { name: /^Add \d+ controls?/ }).waitFor();
	const shown = await page.getByRole("button", { name: /^Add: / }).count();
	const download = page.waitForEvent("download");
	await page.keyboard.press("Control+s");
	const path = join(dir, "case.weir.zip");
	await (await download).saveAs(path);
	const run = (...args) => spawnSync(weir, args, { encoding: "utf8" });
	const replayed = run("replay", "--case", path, sample, "--json");
	const lines = replayed.stdout
		.trim()
		.split("\n")
		.map((l) => JSON.parse(l));
	assert.equal(replayed.status, 0, `${replayed.stdout}\n${replayed.stderr}`);
	const same = lines.filter((l) => l.state === "same").map((l) => l.what.split(" ")[0]);
	for (const word of ["read", "filtered", "decided", "confirmed"]) assert.ok(same.includes(word), `${word} is not among ${same}`);
	const proposed = run("actions", "--case", path, sample, "--json").stdout.trim().split("\n");
	assert.equal(proposed.length, shown);
	await quiet(b);
	await b.browser.close();
});
