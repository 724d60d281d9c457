#!/usr/bin/env node
/**
 * The page in the place of `weir answer`, so that the golden case scores it too:
 * tests/e2e/answer.mjs answer --scope FILE [--json] CAPTURE…   (WEIR_HTML names another page)
 * Drops scope and captures, waits for the answers, and prints what "Save JSON" saves; without --json, what the table shows.
 */
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { built, go, loaded, open, quiet } from "./browser.mjs";

const given = process.argv.slice(2).filter((a) => a !== "answer");
if (given.includes("--help")) process.exit(0);
const json = given.includes("--json");
const files = given.filter((a) => a !== "--json" && a !== "--scope").map((f) => resolve(f));
const b = await open(built);
b.page.setDefaultTimeout(300_000);
try {
	await b.page.locator("#weir-files").setInputFiles(files);
	await loaded(b.page);
	await go(b.page, "understand/answers");
	const save = b.page.locator(".scroller[data-state=done]").getByRole("button", { name: "Save JSON" });
	await save.waitFor();
	if (json) {
		const saved = b.page.waitForEvent("download");
		await save.click();
		process.stdout.write(readFileSync(await (await saved).path(), "utf8"));
	} else console.log(await b.page.locator(".answer-table").innerText());
	await quiet(b);
} finally {
	await b.browser.close();
}
