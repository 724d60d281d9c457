/** Triage, what is allowed, and the pages that look around: from what they show to its packets, and kept in the case. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { becomes, built, go, loaded, open, quiet } from "./browser.mjs";

async function withSample() {
	const b = await open(built);
	await b.page.getByRole("button", { name: /Try the sample/ }).click();
	await loaded(b.page);
	return b;
}

async function closed(b) {
	await quiet(b);
	await b.browser.close();
}

const done = (page) => page.locator(".scroller[data-state=done]").waitFor();

test("after a load the first leads stand there, and the triage says what was not found or not checked", async () => {
	const b = await withSample();
	const { page } = b;
	const first = page.getByRole("region", { name: "What to look at first" });
	await first.locator(".lead").first().waitFor();
	const title = await first.locator(".lead h3 a").first().innerText();
	await first.getByRole("link", { name: "Open the triage" }).click();
	await done(page);
	const leads = page.locator(".lead");
	const n = await leads.count();
	assert.ok(n >= 1 && n <= 8, `${n} leads`);
	assert.equal(await leads.first().locator("h3 a").innerText(), title);
	// Each is a way to its packets.
	for (let i = 0; i < n; i++) assert.ok((await leads.nth(i).locator('a.ref[href*="packets?p="]').count()) > 0, `lead ${i + 1} has no packet`);
	await page.getByRole("heading", { name: "Breach or fault?" }).waitFor();
	assert.equal(await page.getByRole("rowheader").allInnerTexts().then((t) => t.join(" ")), "Breach? Fault?");
	const nothing = await page.locator(".checks li").allInnerTexts();
	assert.ok(nothing.length > 0);
	for (const line of nothing) assert.match(line, /checked, nothing found in \d+ packets|not checked: ./, line);
	// By keys from lead to lead.
	if (n > 1) {
		await leads.first().focus();
		await page.keyboard.press("ArrowDown");
		assert.equal(await page.evaluate(() => document.activeElement?.getAttribute("aria-label")?.startsWith("Lead 2:")), true);
	}
	const saved = page.waitForEvent("download");
	await page.getByRole("button", { name: /Navigator layer/ }).click();
	const layer = JSON.parse(readFileSync(await (await saved).path(), "utf8"));
	assert.equal(layer.domain, "enterprise-attack");
	assert.ok(layer.techniques.every((t) => /^T\d{4}(\.\d{3})?$/.test(t.techniqueID)));
	assert.doesNotMatch(JSON.stringify(layer), /192\.168\./, "it names no host");
	await leads.first().locator('a.ref[href*="packets?p="]').first().click();
	await page.locator("[role=grid]").waitFor();
	await closed(b);
});

test("what is dismissed can be allowed: counted, at once, kept, and taken back", async () => {
	const b = await withSample();
	const { page } = b;
	await go(page, "understand/findings");
	await page.locator(".finding").first().waitFor();
	// By its id: what is allowed stands behind the others.
	const card = page.locator(`[id="${await page.locator(".finding").first().getAttribute("id")}"]`);
	await card.waitFor();
	const leads = async () => {
		await go(page, "understand/triage");
		await done(page);
		const n = await page.locator(".lead").count();
		await go(page, "understand/findings");
		await card.waitFor();
		return n;
	};
	const before = await leads();
	await card.getByRole("button", { name: "Dismiss with reason" }).click();
	await page.getByText("A dismissal needs a reason.").waitFor();
	await card.getByRole("textbox", { name: /^Reason/ }).fill("our own doing");
	await card.getByRole("button", { name: "Dismiss with reason" }).click();
	await card.getByRole("button", { name: "Allow from now on" }).click();
	await card.getByText(/by your rule/).waitFor();
	const list = page.locator("details", { has: page.getByRole("heading", { name: "What is allowed here" }) });
	assert.match(await list.locator("summary").innerText(), /1 rule; [1-9]\d* findings? allowed/);
	await go(page, "understand/triage");
	await page.getByText(/findings? allowed by 1 rule of yours/).waitFor();
	await go(page, "understand/findings");
	await list.locator("summary").click();
	const box = list.getByRole("checkbox");
	await box.uncheck();
	await becomes(() => card.getByText(/by your rule/).count(), 0);
	assert.equal(await leads(), before, "taken back, everything leads again");
	await list.locator("summary").click();
	await box.check();
	await card.getByText(/by your rule/).waitFor();
	await list.getByRole("button", { name: /^Remove the rule/ }).click();
	await becomes(() => list.count(), 0);
	await closed(b);
});

test("the checklist goes from HTTP to what nobody knows, and remembers where one looked", async () => {
	const b = await withSample();
	const { page } = b;
	await page.keyboard.press("g");
	await page.keyboard.press("h");
	await page.locator(".checkline").first().waitFor();
	const titles = await page.locator(".checkline h2").allInnerTexts();
	assert.deepEqual(titles.slice(0, 4), ["1. HTTP", "2. TLS and QUIC", "3. DNS", "4. FTP and TFTP"]);
	assert.deepEqual(titles.slice(-2), ["9. Unknown", "10. Without TCP and UDP"]);
	const http = page.getByRole("listitem", { name: "HTTP", exact: true });
	assert.match(await http.innerText(), /Methods: GET/);
	await http.getByRole("checkbox", { name: /I looked/ }).check();
	await page.getByText(/^1 of \d+ lines looked at/).waitFor();
	await go(page, "capture");
	await go(page, "hunt/checklist");
	await page.getByText(/^1 of \d+ lines looked at/).waitFor();
	await page.keyboard.press("F1");
	await page.getByText(/Standard protocols first/).waitFor();
	await page.keyboard.press("Escape");
	await http.getByRole("link", { name: "User agents" }).click();
	await page.locator("td.value").first().waitFor();
	const counts = await page.locator("tbody td:nth-child(2)").allInnerTexts();
	const numbers = counts.map((t) => Number(t.replaceAll(",", "")));
	assert.deepEqual(numbers, [...numbers].sort((x, y) => x - y), "least frequent first");
	await closed(b);
});

test("ways in, bridges, east–west and seen once say what they looked for, and lead to packets", async () => {
	const b = await withSample();
	const { page } = b;
	for (const [tab, says] of [
		["ways-in", /conversations were begun outside/],
		["bridges", /Looked for: remote control/],
		["east-west", /conversations of \d+ hosts inside/],
		["seen-once", /Looked at \d+ columns/],
	]) {
		await go(page, `hunt/${tab}`);
		await page.getByText(says).waitFor();
	}
	await go(page, "hunt/east-west");
	const packets = page.getByRole("button", { name: /^Packets of/ }).first();
	await packets.waitFor();
	await packets.click();
	await page.locator(".grid-row").first().waitFor();
	await closed(b);
});
