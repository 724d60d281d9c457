/** Opens the single file from file:// in Chromium and counts what must never happen. */
import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

export const root = join(dirname(fileURLToPath(import.meta.url)), "..", "..");
const need = createRequire(join(root, "www", "package.json"));
const { chromium } = need("playwright-core");
export const AxeBuilder = need("@axe-core/playwright").default;

/** The built single file, with the real engine and the sample inside; WEIR_HTML names another one. */
export const built = resolve(process.env.WEIR_HTML ?? join(root, "dist", "weir.html"));
/** The capture that is embedded in it, with scope and key beside it. */
export const sample = join(root, "dist", "sample.pcap");

export const go = (page, hash) =>
	page.evaluate((h) => {
		location.hash = h;
	}, `#/${hash}`);

/** Waits until nothing is being read any more. */
export async function loaded(page) {
	await page.getByText("Capture health").waitFor();
	await page.locator("progress").waitFor({ state: "detached" });
}

/** A real drop on the window, as the browser gets it from the desktop. */
export async function drop(page, files) {
	const cdp = await page.context().newCDPSession(page);
	const data = { items: [], files: files.map((f) => resolve(f)), dragOperationsMask: 1 };
	for (const type of ["dragEnter", "dragOver", "drop"]) await cdp.send("Input.dispatchDragEvent", { type, x: 600, y: 400, data });
	await cdp.detach();
}

/** Nothing was complained about, and nothing was asked of a network. */
export async function quiet(b) {
	assert.deepEqual(b.errors, []);
	assert.deepEqual(b.requests, []);
	assert.deepEqual(await b.violations(), []);
	// What a page that broke shows instead of itself is no error of the browser's.
	assert.equal(await b.page.getByText("could not be drawn").count(), 0, "a page broke");
}

/** A test that fails leaves its browser behind, and the run would wait for it: closed here. */
const running = new Set();
if (process.env.NODE_TEST_CONTEXT) {
	const { afterEach } = await import("node:test");
	afterEach(async () => {
		for (const browser of running) await browser.close();
		running.clear();
	});
}

const ARGS = [
	"--no-sandbox",
	"--disable-gpu",
	"--disable-quic",
	"--no-first-run",
	"--disable-background-networking",
	"--disable-component-update",
	"--disable-sync",
];
const executablePath = process.env.CHROMIUM ?? "/usr/bin/chromium";

/** A browser with a profile of its own on disk: what one analyst's machine keeps from one visit to the next. */
export async function profile(folder, file) {
	const options = { executablePath, headless: true, args: ARGS, viewport: { width: 1440, height: 900 }, acceptDownloads: true };
	const context = await chromium.launchPersistentContext(folder, options);
	running.add(context);
	context.on("close", () => running.delete(context));
	const errors = [];
	const requests = [];
	context.on("weberror", (e) => errors.push(e.error().message));
	context.on("request", (r) => {
		if (!/^(file|blob|data):/.test(r.url())) requests.push(r.url());
	});
	const tab = async (what) => {
		const page = await context.newPage();
		await page.goto(pathToFileURL(what).href);
		return page;
	};
	const page = await tab(file);
	const quiet = async () => {
		assert.deepEqual(errors, []);
		assert.deepEqual(requests, []);
		for (const p of context.pages()) if (p.url().startsWith("file:")) assert.deepEqual(await p.evaluate(() => window.weirViolations), []);
	};
	/** As a crash or the power button ends it: no page is told. */
	const kill = async () => {
		const cdp = await context.newCDPSession(page);
		const gone = new Promise((done) => context.once("close", done));
		await cdp.send("Browser.crash").catch(() => {});
		await gone;
	};
	return { context, page, tab, quiet, kill, close: () => context.close() };
}

export async function open(file, { theme = "light", width = 1440, height = 900 } = {}) {
	const browser = await chromium.launch({
		executablePath,
		headless: true,
		args: ARGS,
	});
	running.add(browser);
	browser.on("disconnected", () => running.delete(browser));
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

/** Waits until what `of` gives is `expected`; a busy machine takes its time. */
export async function becomes(of, expected) {
	let now;
	for (let t = 0; t < 5000; t += 50) {
		now = await of();
		if (now === expected) return;
		await new Promise((done) => setTimeout(done, 50));
	}
	assert.equal(now, expected);
}
