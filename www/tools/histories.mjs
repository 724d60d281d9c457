/**
 * Random histories of the page's own operations, a line of JSON each: what was done, and the document it gave. The
 * core does the same and must come to the same: tests/tests/page_case.rs. Usage: histories.mjs COUNT
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { build } from "esbuild";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const out = mkdtempSync(join(tmpdir(), "weir-histories-"));
const outfile = join(out, "case.mjs");
await build({
	entryPoints: [join(root, "src", "base", "case.ts")],
	outfile,
	bundle: true,
	format: "esm",
	platform: "node",
	target: "node20",
	logLevel: "warning",
});
const page = await import(pathToFileURL(outfile).href);
rmSync(out, { recursive: true });

// Mulberry32: the same histories every time.
let seed = 7;
function random(n) {
	seed = (seed + 0x6d2b79f5) | 0;
	let t = Math.imul(seed ^ (seed >>> 15), 1 | seed);
	t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
	return ((t ^ (t >>> 14)) >>> 0) % n;
}
const pick = (list) => list[random(list.length)];
const id = (n) => n.toString(16).padStart(32, "0");

/** An item as other copies left it: by another author, with edits that lost. */
function item(n) {
	const version = (k) => ({
		kind: "note",
		stamp: { author: id(900 + random(3)), counter: 10 * k + random(9), at: `2026-03-04T0${k}:00:00.000Z` },
		pass: 1,
		step: "notes",
		body: { text: pick(["a", "b", "c"]), order: n, ...(random(3) === 0 ? { later: [1, { x: null }] } : {}) },
	});
	const lost = Array.from({ length: random(3) }, (_, k) => ({ ...version(3 - k), ...(random(4) === 0 ? { deleted: true } : {}) }));
	const out = { id: id(n), ...version(5) };
	if (random(4) === 0) out.deleted = true;
	if (random(2) === 0) out.over = { [id(900 + random(4))]: random(60) };
	if (lost.length > 0) out.conflicts = lost;
	return out;
}

// Nothing is typed quickly: each step is undone by itself.
let at = 0;
Object.defineProperty(performance, "now", { value: () => (at += 60_000) });
let clock = 0;
page.clock.now = () => new Date(Date.UTC(2026, 2, 5) + clock++ * 1000).toISOString();
const copy = (x) => JSON.parse(JSON.stringify(x));
/** What the action log tells of each operation is told by the page alone. */
const told = () => page.doc.value.items.filter((x) => x.kind !== "log");
const now = () => copy({ ...page.doc.value, items: told() });
const held = (i) => page.doc.value.items.find((x) => x.id === i);

const lines = [];
for (let n = 0; n < Number(process.argv[2] ?? 100); n++) {
	const begin = { schema: 1, id: id(1), title: "", items: Array.from({ length: 3 }, (_, k) => item(100 + k)) };
	page.replaceCase(copy(begin));
	const steps = [];
	for (let k = 0; k < 25; k++) {
		const i = pick(told()).id;
		const before = held(i);
		const stamps = () => ({ stamp: held(i)?.stamp });
		const what = random(10);
		if (what === 0) {
			const made = page.add("note", { text: pick(["x", "y"]), parent: "", order: k }, "notes");
			steps.push({ do: "add", item: held(made) });
		} else if (what < 4) {
			const change = pick([{ text: pick(["x", "y", "z"]) }, { text: "q", order: random(5) }, { order: random(3) }, { later: null }]);
			page.edit(i, change);
			if (held(i) !== before) steps.push({ do: "edit", item: i, body: change, before: before.body, ...stamps() });
		} else if (what === 4) {
			page.remove(i);
			steps.push({ do: "delete", item: i, ...stamps() });
		} else if (what === 5) {
			page.settle(i, null);
			steps.push({ do: "settle", item: i, ...stamps() });
		} else if (what === 6) {
			const chosen = before.conflicts?.[0];
			if (!chosen) continue;
			page.settle(i, chosen);
			steps.push({ do: "choose", item: i, chosen: copy(chosen), ...stamps() });
		} else if (what === 7) {
			page.rename(pick(["one", "two", ""]));
			steps.push({ do: "rename", item: copy(held(id(1)) ?? null) });
		} else {
			const redo = what === 9;
			if (!(redo ? page.canRedo() : page.canUndo())) continue;
			const was = new Map(told().map((x) => [x.id, x]));
			if (redo) page.redo();
			else page.undo();
			const touched = told().find((x) => was.get(x.id) !== x);
			steps.push({ do: redo ? "redo" : "undo", item: touched.id, stamp: touched.stamp });
		}
	}
	lines.push(JSON.stringify({ begin, steps, end: now() }));
}
// The page's timers would keep this going.
process.stdout.write(`${lines.join("\n")}\n`, () => process.exit(0));
