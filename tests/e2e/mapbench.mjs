/**
 * A mind map of many nodes in headless Chromium: time to open it, and intervals between frames while it is panned, zoomed
 * and a node is moved, by pointer and by keyboard. Prints one JSON object.
 * Usage: node tests/e2e/mapbench.mjs FILE.html [NODES [EDGES]]
 */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { go, open } from "./browser.mjs";
import { bigCase } from "./bigcase.mjs";

const [file, nodes = "500", edges = "800"] = process.argv.slice(2);
if (!file) {
	console.error("usage: node tests/e2e/mapbench.mjs FILE.html [NODES [EDGES]]");
	process.exit(2);
}
const FRAMES = 60;

/** Runs before the page's script: keeps the time of every frame while it is asked to. */
function listen() {
	const bench = { times: null };
	const tick = (t) => {
		bench.times?.push(t);
		requestAnimationFrame(tick);
	};
	requestAnimationFrame(tick);
	globalThis.weirFrames = bench;
}

const sorted = (list) => [...list].sort((a, b) => a - b);
function figures(times) {
	const gaps = sorted(times.slice(1).map((t, i) => t - times[i]));
	const at = (share) => Number(gaps[Math.min(gaps.length - 1, Math.floor(gaps.length * share))]?.toFixed(1));
	return { frames: gaps.length, median_ms: at(0.5), p95_ms: at(0.95), worst_ms: at(1), over_33_ms: gaps.filter((g) => g > 34).length };
}

const dir = mkdtempSync(join(tmpdir(), "weir-mapbench-"));
const { browser, context } = await open(file);
try {
	const page = await context.newPage();
	await page.addInitScript(listen);
	await page.goto(`file://${resolve(file)}`);
	const path = join(dir, "case.json");
	writeFileSync(path, JSON.stringify(bigCase(Number(nodes), Number(edges))));
	await page.locator("#weir-files").setInputFiles(path);
	await go(page, "notes/outline");
	await page.locator(".outline-line").first().waitFor();
	const begun = Date.now();
	await go(page, "notes/map");
	await page.locator(".map-node").nth(Number(nodes) - 1).waitFor({ state: "attached" });
	const open_ms = Date.now() - begun;
	const drawing = page.locator(".map-drawing");
	const box = await drawing.boundingBox();
	const [x, y] = [box.x + box.width / 2, box.y + box.height / 2];
	const measured = async (work) => {
		await page.waitForTimeout(1000);
		await page.evaluate(() => {
			globalThis.weirFrames.times = [];
		});
		await work();
		const times = await page.evaluate(() => {
			const t = globalThis.weirFrames.times;
			globalThis.weirFrames.times = null;
			return t;
		});
		return figures(times);
	};
	/** As often as a key that is held down repeats. */
	const press = async (key) => {
		await page.keyboard.press(key);
		await page.waitForTimeout(33);
	};
	const out = {};
	const still = () => page.waitForTimeout(FRAMES * 10);
	out.still = await measured(still);
	out.pan_pointer = await measured(async () => {
		const blank = await page.evaluate(([cx, cy]) => {
			for (let r = 0; r < 300; r += 5) if (!document.elementFromPoint(cx, cy + r)?.closest(".map-node")) return [cx, cy + r];
			return [cx, cy];
		}, [x, y]);
		await page.mouse.move(...blank);
		await page.mouse.down();
		for (let i = 0; i < FRAMES; i++) await page.mouse.move(blank[0] - 2 * i, blank[1] + Math.round(60 * Math.sin(i / 9)));
		await page.mouse.up();
	});
	out.pan_wheel = await measured(async () => {
		for (let i = 0; i < FRAMES; i++) await page.mouse.wheel(0, i < FRAMES / 2 ? 30 : -30);
	});
	await drawing.focus();
	out.pan_keys = await measured(async () => {
		for (let i = 0; i < FRAMES / 2; i++) await press(i < FRAMES / 4 ? "Shift+ArrowDown" : "Shift+ArrowUp");
	});
	await page.mouse.move(x, y);
	await page.keyboard.down("Control");
	out.zoom_wheel = await measured(async () => {
		for (let i = 0; i < FRAMES / 2; i++) await page.mouse.wheel(0, i < FRAMES / 4 ? 60 : -60);
	});
	await page.keyboard.up("Control");
	await drawing.focus();
	out.zoom_keys = await measured(async () => {
		for (let i = 0; i < 24; i++) await press(i < 12 ? "-" : "+");
	});
	await page.keyboard.press("0");
	out.pan_whole = await measured(async () => {
		for (let i = 0; i < FRAMES; i++) await page.mouse.wheel(0, i < FRAMES / 2 ? 20 : -20);
	});
	await page.keyboard.press("Home");
	out.walk_keys = await measured(async () => {
		await press("ArrowRight");
		for (let i = 0; i < 60; i++) await press(i < 40 ? "ArrowDown" : "ArrowUp");
	});
	// A node is carried over the others, and brought back to where it was taken.
	const node = await page.evaluate(() => {
		for (const n of document.querySelectorAll(".map-node")) {
			const b = n.getBoundingClientRect();
			const [px, py] = [b.left + b.width / 2, b.top + b.height / 2];
			if (document.elementFromPoint(px, py)?.closest(".map-node") === n) return [px, py];
		}
		return null;
	});
	if (node)
		out.move_pointer = await measured(async () => {
			await page.mouse.move(...node);
			await page.mouse.down();
			for (let i = 0; i <= FRAMES; i++) {
				const a = (2 * Math.PI * i) / FRAMES;
				await page.mouse.move(node[0] + 120 * Math.sin(a), node[1] + 120 * (1 - Math.cos(a)));
			}
			await page.mouse.up();
		});
	await drawing.focus();
	out.move_keys = await measured(async () => {
		for (let i = 0; i < 12; i++) {
			await page.keyboard.press(i < 6 ? "Alt+ArrowDown" : "Alt+ArrowUp");
			await page.waitForTimeout(120);
		}
	});
	console.log(JSON.stringify({ browser: browser.version(), nodes: Number(nodes), edges: Number(edges), open_ms, ...out }));
} catch (e) {
	console.error(`mapbench: ${e instanceof Error ? e.message : e}`);
	process.exitCode = 1;
}
await browser.close();
rmSync(dir, { recursive: true });
