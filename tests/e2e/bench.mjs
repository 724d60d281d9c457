/**
 * One capture through the single file in headless Chromium, timed from the drop on; one JSON object.
 * Usage: node tests/e2e/bench.mjs FILE.html CAPTURE SCOPE.json
 * Listens at the worker's port: what the page asks and what the engine answers, and when.
 */
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { open } from "./browser.mjs";

const [file, capture, scopeFile] = process.argv.slice(2);
if (!scopeFile) {
	console.error("usage: node tests/e2e/bench.mjs FILE.html CAPTURE SCOPE.json");
	process.exit(2);
}
const scope = JSON.parse(readFileSync(scopeFile, "utf8"));
const LIMIT_MS = 300_000;

/** Runs before the page's script: keeps the worker, and the time of what matters. */
function listen() {
	const bench = {
		at: {},
		memory: 0,
		packets: 0,
		waiting: new Map(),
		failed: [],
	};
	const now = () => performance.now();
	const first = (name) => {
		bench.at[name] ??= now();
	};
	addEventListener(
		"change",
		(e) => e.target?.id === "weir-files" && first("drop"),
		true,
	);
	globalThis.Worker = class extends Worker {
		constructor(...a) {
			super(...a);
			bench.worker = this;
			this.addEventListener("message", ({ data: m }) => {
				if (m.notice === "ready") first("ready");
				if (m.notice === "dead") bench.failed.push(JSON.stringify(m.error));
				if (m.notice === "changed") {
					bench.memory = Math.max(bench.memory, m.memory);
					bench.packets = m.packets;
				}
				if (
					m.id === bench.load &&
					["done", "failed", "cancelled"].includes(m.state)
				) {
					first("loaded");
					bench.loaded = {
						state: m.state,
						error: m.error,
						memory: bench.memory,
					};
				}
				const wait = bench.waiting.get(m.id);
				if (wait && !["progress", "partial"].includes(m.state)) {
					bench.waiting.delete(m.id);
					wait(m);
				}
			});
		}
		postMessage(m, ...rest) {
			if (m.op === "captures.add") bench.load = m.id;
			super.postMessage(m, ...rest);
		}
	};
	let id = 0x4000_0000;
	bench.ask = (op, args, priority) =>
		new Promise((done) => {
			bench.waiting.set(++id, done);
			bench.worker.postMessage({ id, op, args, priority });
		});
	const look = () => {
		if (bench.at.drop && document.querySelector(".grid-row")) first("rows");
		else requestAnimationFrame(look);
	};
	requestAnimationFrame(look);
	globalThis.weirBench = bench;
}

const { browser, context } = await open(file);
try {
	// A page of its own: the listener must be there before the first script.
	const page = await context.newPage();
	page.setDefaultTimeout(LIMIT_MS);
	// Not waitForFunction: the page's policy forbids what that does inside.
	const until = async (holds) => {
		const end = Date.now() + LIMIT_MS;
		while (!(await page.evaluate(holds))) {
			if (Date.now() > end) throw new Error(`nothing after ${LIMIT_MS / 1000} s`);
			await new Promise((done) => setTimeout(done, 100));
		}
	};
	await page.addInitScript(listen);
	const opened = Date.now();
	await page.goto(`${pathToFileURL(resolve(file)).href}#/understand/packets`);
	await until(() => globalThis.weirBench.at.ready !== undefined);
	const ready = Date.now() - opened;
	await page.locator("#weir-files").setInputFiles(resolve(capture));
	await until(() => globalThis.weirBench.loaded || globalThis.weirBench.failed.length > 0);
	const out = await page.evaluate(
		async ({ scope, limit }) => {
			const b = globalThis.weirBench;
			const since = (name) =>
				b.at[name] === undefined ? null : (b.at[name] - b.at.drop) / 1000;
			if (b.failed.length > 0 || b.loaded.state !== "done")
				return { failed: [...b.failed, JSON.stringify(b.loaded?.error)] };
			const failed = [];
			const timed = async (op, args) => {
				const r = await b.ask(op, args, 5);
				if (r.state !== "done")
					failed.push(`${op}: ${r.error?.message ?? r.state}`);
				return (performance.now() - b.at.drop) / 1000;
			};
			const findings_s = await timed("findings", { scope });
			const answers_s = await timed("answers", { scope, narrowing: null });
			// The engine hashes by itself after a load; the captures' own hashes come last.
			let hashed_s = null;
			while (performance.now() - b.at.drop < limit) {
				const r = await b.ask("summary", {}, 6);
				if (r.state !== "done") {
					failed.push(`summary: ${r.error?.message ?? r.state}`);
					break;
				}
				if (r.payload.captures.every((c) => c.sha256)) {
					hashed_s = (performance.now() - b.at.drop) / 1000;
					break;
				}
				await new Promise((done) => setTimeout(done, 200));
			}
			return {
				packets: b.packets,
				rows_s: since("rows"),
				load_s: since("loaded"),
				findings_s,
				answers_s,
				hashed_s,
				memory_loaded: b.loaded.memory,
				memory: b.memory,
				failed,
			};
		},
		{ scope, limit: LIMIT_MS },
	);
	console.log(
		JSON.stringify({
			browser: browser.version(),
			ready_s: ready / 1000,
			...out,
		}),
	);
	process.exitCode = out.load_s === undefined ? 1 : 0;
} catch (e) {
	console.error(`bench: ${e instanceof Error ? e.message : e}`);
	process.exitCode = 1;
}
await browser.close();
