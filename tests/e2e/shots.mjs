/**
 * Screenshots of every step and tab in both themes. Usage: node tests/e2e/shots.mjs FILE.html OUT_DIR [CAPTURE]
 * CAPTURE is a file, or "sample" for the page's own with its question; without it a dummy is dropped (the mock engine reads it).
 */
import { mkdirSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { open } from "./browser.mjs";

const [file, out, capture] = process.argv.slice(2);
mkdirSync(out, { recursive: true });
const dummy = join(out, "office-lan.pcapng");
if (!capture) writeFileSync(dummy, new Uint8Array(3_000_000));
const ownSample = capture === "sample";
const TABS = [
	"answers",
	"findings",
	"packets",
	"conversations",
	"hosts",
	"requests",
	"files",
	"protocols",
	"timeline",
	"follow?flow=A:tcp:0",
];

for (const theme of (process.env.THEMES ?? "light dark").split(" ")) {
	const { browser, page, errors, requests, violations } = await open(resolve(file), { theme });
	const shot = async (name) => {
		await page.waitForTimeout(500);
		await page.screenshot({ path: join(out, `${name}-${theme}.png`) });
	};
	await shot("0-start");
	if (ownSample) {
		await page.getByRole("button", { name: /Try the sample/ }).click();
		await page.getByText("Capture health").waitFor();
		for (const [name, route] of [["1-issue", "issue"], ["2-scope", "scope"], ["3-targets-typing", "targets"]]) {
			await page.goto(`${page.url().split("#")[0]}#/${route}`);
			await shot(name);
		}
	} else {
		await page.getByRole("link", { name: "Start with the issue" }).click();
		await page.getByRole("radio", { name: /Suspected breach/ }).check();
		await page
			.getByRole("textbox", { name: /one sentence/ })
			.fill("Several hosts may have downloaded a malicious file from bad.example.com.");
		await shot("1-issue");
		await page.keyboard.press("Control+Enter");
		await page.getByRole("textbox", { name: "Goal" }).fill("Decide whether hosts fetched the file, which ones, and what they did next.");
		await page.getByRole("button", { name: /this computer/ }).click();
		await page.getByRole("textbox", { name: "From", exact: true }).fill("now − 48 h");
		await page.getByRole("textbox", { name: "To", exact: true }).fill("now + 2 h");
		await page.getByRole("textbox", { name: "Add an indicator" }).fill("bad[.]example[.]com, superbad.exe, new-crypto-miner.exe");
		await page.keyboard.press("Enter");
		await page.getByRole("button", { name: "Each suspected host" }).click();
		await shot("2-scope");
		await page.getByRole("button", { name: /Define targets/ }).click();
		await page.getByRole("textbox", { name: /One a line/ }).fill("192.168.100.0/24\n10.0.5.999");
		await shot("3-targets-typing");
		await page.getByRole("button", { name: /Add 1 line/ }).click();
		await page.getByRole("button", { name: "HTTP", exact: true }).click();
		await page.getByRole("button", { name: "FTP", exact: true }).click();
		await page.locator("#weir-files").setInputFiles(capture ? resolve(capture) : dummy);
		await page.getByText("engine ready").waitFor();
	}
	await page.goto(`${page.url().split("#")[0]}#/targets`);
	await page.getByRole("button", { name: "Suggest targets" }).click();
	await shot("3-targets");
	await page.goto(`${page.url().split("#")[0]}#/capture`);
	await page.getByText("Capture health").waitFor();
	await shot("4-capture");
	await page.getByText("Capture recipe").click();
	await page.getByText("Capture recipe").scrollIntoViewIfNeeded();
	await shot("4-recipe");
	await page.goto(`${page.url().split("#")[0]}#/filter`);
	await page.getByRole("combobox", { name: "Display filter" }).fill("htp.host == 1");
	await shot("5-filter-error");
	await page.getByRole("combobox", { name: "Display filter" }).fill("http.requ");
	await shot("5-filter");
	await page.getByRole("combobox", { name: "Display filter" }).fill("http.request");
	await page.keyboard.press("Enter");
	for (const t of TABS) {
		await page.goto(`${page.url().split("#")[0]}#/understand/${t}`);
		await page.waitForTimeout(300);
		const name = t.split("?")[0];
		if (name === "packets") {
			await page.locator("[role=grid]").focus();
			await page.keyboard.press("ArrowDown");
			await page.keyboard.press("ArrowDown");
			await page.keyboard.press("e");
			await page.waitForTimeout(300);
			await page.getByRole("treeitem", { name: /^Hypertext/ }).click();
		}
		if (name === "hosts" || name === "files") await page.locator(".grid-row").nth(0).click();
		await shot(`6-${name}`);
	}
	await page.goto(`${page.url().split("#")[0]}#/notes`);
	const addAll = page.getByRole("button", { name: /Add all/ });
	if (await addAll.count()) await addAll.click();
	await shot("7-notes");
	await page.goto(`${page.url().split("#")[0]}#/report`);
	await page.waitForTimeout(800);
	await shot("8-report");
	await page.goto(`${page.url().split("#")[0]}#/actions`);
	await page.getByRole("button", { name: /Add .* proposals/ }).click();
	await shot("9-actions");
	await page.keyboard.press("Control+k");
	await page.keyboard.type("pin");
	await shot("palette");
	await page.keyboard.press("Escape");
	await page.keyboard.press("?");
	await shot("keys");
	console.log(theme, { errors, requests, violations: await violations() });
	await browser.close();
}
