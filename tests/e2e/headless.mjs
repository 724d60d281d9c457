/**
 * Drives the single file in headless Chromium as an analyst would: captures in, answers out, report saved.
 * Usage: node tests/e2e/headless.mjs FILE.html OUT_DIR [--scope FILE] [CAPTURE…]; without captures: the embedded sample.
 * Writes OUT_DIR/report.html and OUT_DIR/screenshot.png; prints the answers. Status 1 when no capture could be read.
 */
import { mkdirSync } from "node:fs";
import { join, resolve } from "node:path";
import { open } from "./browser.mjs";

const WAIT_MS = 600_000;

const given = process.argv.slice(2);
const at = given.indexOf("--scope");
const scope = at < 0 ? [] : given.splice(at, 2).slice(1);
const [file, out, ...captures] = given;
if (!file || !out || (at >= 0 && scope.length === 0)) {
	console.error("usage: node tests/e2e/headless.mjs FILE.html OUT_DIR [--scope FILE] [CAPTURE…]");
	process.exit(2);
}
mkdirSync(out, { recursive: true });

const { browser, page, errors, requests, violations } = await open(resolve(file));
page.setDefaultTimeout(WAIT_MS);
const go = (hash) =>
	page.evaluate((h) => {
		location.hash = h;
	}, `#/${hash}`);
let status = 0;
try {
	if (captures.length > 0) await page.locator("#weir-files").setInputFiles([...scope, ...captures].map((f) => resolve(f)));
	else await page.getByRole("button", { name: /Try the sample/ }).click();
	await page.locator(".step-capture").waitFor();
	const health = page.getByText("Capture health");
	const refused = page.locator(".step-capture .refused, .step-capture .state.failed, .step-capture [role=alert].card");
	await health.or(refused).first().waitFor();
	for (const r of await refused.allInnerTexts()) console.error(r.replaceAll("\n", " "));
	if ((await health.count()) === 0) status = 1;
	else {
		await page.locator("progress").waitFor({ state: "detached" });
		await go("understand/answers");
		await page.locator(".scroller[data-state=done]").or(page.getByText("The scope names nothing")).waitFor();
		for (const row of await page.locator(".answer-table tbody tr").all())
			console.log((await row.locator("td").allInnerTexts()).slice(0, 3).map((t) => t.replaceAll("\n", " ")).join("\t"));
		// What was announced goes by itself; the picture is of the answers.
		await page.locator(".toast:not(.complaint)").waitFor({ state: "detached" });
		await page.screenshot({ path: join(out, "screenshot.png") });
		await go("report");
		await page.locator(".report-frame h2").first().waitFor();
		const saved = page.waitForEvent("download");
		await page.keyboard.press("Control+Enter");
		await (await saved).saveAs(join(out, "report.html"));
		console.log(`${join(out, "report.html")} and ${join(out, "screenshot.png")} written`);
	}
	const wrong = [...errors, ...requests, ...(await violations())];
	for (const w of wrong) console.error(`the page complained: ${w}`);
	if (wrong.length > 0) status = 1;
} catch (e) {
	console.error(`headless: ${e instanceof Error ? e.message : e}`);
	status = 1;
}
await browser.close();
process.exit(status);
