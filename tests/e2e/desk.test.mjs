/** The analyst's desk around the traffic: decisions, search, what is looked for, a new case. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { built, go, loaded, open, quiet, sample } from "./browser.mjs";

const key = JSON.parse(readFileSync(sample.replace(".pcap", "-key.json"), "utf8"));

async function withSample() {
	const b = await open(built);
	await b.page.getByRole("button", { name: /Try the sample/ }).click();
	await loaded(b.page);
	return b;
}

test("a proposal is no decision until somebody agrees, and the capture's hash is shown when it is there", async () => {
	const b = await withSample();
	const { page } = b;
	await page.getByText(key.captures.A.sha256).waitFor();
	await go(page, "report");
	await page.getByText(/^0 of \d+ hosts decided/).waitFor();
	await go(page, "actions");
	await page.getByRole("button", { name: /Add \d+ proposals?/ }).waitFor();
	assert.equal(await page.getByRole("button", { name: /from the decisions/ }).count(), 0);
	await go(page, "report");
	const all = page.getByRole("button", { name: /^Agree with all/ }).first();
	const n = Number(/all (\d+)/.exec(await all.innerText())[1]);
	await all.click();
	await page.getByText(new RegExp(`^${n} of \\d+ hosts decided`)).waitFor();
	await go(page, "actions");
	await page.getByRole("button", { name: new RegExp(`Add ${n} actions from the decisions`) }).click();
	assert.equal(await page.locator("table.plain tbody tr").count(), n);
	await quiet(b);
	await b.browser.close();
});

test("a conclusion is drafted with evidence, kept, and printed", async () => {
	const b = await withSample();
	const { page } = b;
	await go(page, "report");
	await page.getByRole("button", { name: "Draft from the evidence" }).click();
	await page.getByText(/^Drafted \d+ sentence/).first().waitFor();
	const text = await page.getByRole("textbox", { name: "Your conclusion" }).inputValue();
	assert.match(text, /\[\[p\d+\]\]/);
	for (const p of key.plants.filter((x) => x.row === 1)) assert.ok(text.includes(p.host.address), `${p.host.address} is not in the draft:\n${text}`);
	await page.locator(".report-frame", { hasText: text.split("\n")[0].slice(0, 40) }).waitFor();
	await quiet(b);
	await b.browser.close();
});

test("the palette leads to the rows that hold a text, and a value is looked for from its row", async () => {
	const b = await withSample();
	const { page } = b;
	await page.keyboard.press("Control+k");
	await page.getByRole("combobox", { name: "Search or run" }).fill("superbad");
	await page.getByText(/Only commands and places are searched here/).waitFor();
	await page.getByRole("option", { name: /in Files/ }).click();
	await page.getByText(/^\d+ of \d+ rows$/).waitFor();
	const rows = page.locator(".grid-row:not([hidden])");
	await rows.filter({ hasText: "superbad" }).first().waitFor();
	await rows.first().locator("[role=gridcell]").nth(5).click({ button: "right" });
	await page.getByRole("menuitem", { name: /Look for this in my scope/ }).click();
	await go(page, "scope");
	await page.getByText("seen in Files").waitFor();
	await quiet(b);
	await b.browser.close();
});

test("a new case asks what becomes of the captures, and letters begin again", async () => {
	const b = await withSample();
	const { page } = b;
	const begin = async () => {
		await page.getByRole("button", { name: /^Case/ }).click();
		await page.getByRole("menuitem", { name: /Start a new case/ }).click();
	};
	await begin();
	await page.getByRole("button", { name: "Keep the captures loaded" }).click();
	await page.getByRole("heading", { name: "What is the issue?" }).waitFor();
	await go(page, "capture");
	await page.getByRole("heading", { name: /A sample/ }).waitFor();
	await begin();
	await page.getByRole("button", { name: "Start empty" }).click();
	await page.getByRole("heading", { name: "What is the issue?" }).waitFor();
	await go(page, "capture");
	await page.getByText("No capture yet").first().waitFor();
	await page.locator("#weir-files").setInputFiles(sample);
	await loaded(page);
	await page.getByRole("heading", { name: /A sample/ }).waitFor();
	await quiet(b);
	await b.browser.close();
});
