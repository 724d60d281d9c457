/** Opens the single file from file:// in Chromium and counts what must never happen. */
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

export const root = join(dirname(fileURLToPath(import.meta.url)), "..", "..");
const need = createRequire(join(root, "www", "package.json"));
const { chromium } = need("playwright-core");
export const AxeBuilder = need("@axe-core/playwright").default;

export async function open(file, { theme = "light", width = 1440, height = 900 } = {}) {
	const browser = await chromium.launch({
		executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
		headless: true,
		args: [
			"--no-sandbox",
			"--disable-gpu",
			"--disable-quic",
			"--no-first-run",
			"--disable-background-networking",
			"--disable-component-update",
			"--disable-sync",
		],
	});
	const context = await browser.newContext({ viewport: { width, height }, colorScheme: theme, acceptDownloads: true });
	const page = await context.newPage();
	const errors = [];
	const requests = [];
	page.on("console", (m) => {
		if (m.type() === "error" || m.type() === "warning") errors.push(m.text());
	});
	page.on("pageerror", (e) => errors.push(e.message));
	page.on("request", (r) => {
		if (!/^(file|blob|data):/.test(r.url())) requests.push(r.url());
	});
	await page.goto(pathToFileURL(file).href);
	const violations = () => page.evaluate(() => window.weirViolations);
	return { browser, context, page, errors, requests, violations };
}
