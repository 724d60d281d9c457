/**
 * The golden case from the drop to a file that a second analyst opens, continues and sends back: decisions, the mind
 * map against the key, the report on paper, the merge. WEIR_BIN names `weir`; `weir-golden` lies beside it.
 */
import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { after, test } from "node:test";
import { built, drop, go, loaded, open, profile, root } from "./browser.mjs";

const weir = process.env.WEIR_BIN ?? join(root, "target/fast/weir");
const maker = join(dirname(weir), "weir-golden");
const dir = mkdtempSync(join(tmpdir(), "weir-golden-"));
after(() => rmSync(dir, { recursive: true, force: true }));
const SEED = "5";

async function menu(page, item) {
	await page.getByRole("button", { name: "Case", exact: true }).click();
	await page.getByRole("menuitem", { name: item }).click();
}

async function saved(page, name, act) {
	const coming = page.waitForEvent("download");
	await act();
	const path = join(dir, name);
	await (await coming).saveAs(path);
	return path;
}

const share = (page, name) => saved(page, name, () => menu(page, /with this case inside/));
const kept = (page) => page.locator(".foot").getByText(/^notes (kept|restored)/).waitFor();

/** The case inside a case file, as `weir` unpacks it. */
function unpacked(path) {
	const folder = `${path}.parts`;
	execFileSync(weir, ["case", "unpack", path, "-o", folder]);
	return JSON.parse(readFileSync(join(folder, "case.json"), "utf8"));
}

/** What the key speaks of, in its words: see tests/src/golden/map.rs. */
function drawn(document) {
	const of = (kind) => document.items.filter((i) => (i.now ?? i).kind === kind).map((i) => ({ id: i.id, ...(i.now ?? i).body }));
	const called = new Map();
	const nodes = new Set();
	for (const n of of("node")) {
		const [, kind, rest] = /^([a-z]+):?(.*)$/s.exec(n.origin) ?? [];
		const whole = !n.text.includes("not complete");
		const known = ["question", "name", "host"].includes(kind) || (kind === "file" && whole) || (kind === "open" && rest.startsWith("host:"));
		const origin = kind === "file" && !whole ? `part:${rest.slice(rest.lastIndexOf(":") + 1)}` : known ? n.origin : null;
		if (!origin) continue;
		called.set(n.id, origin);
		if (!(kind === "host" && n.text.endsWith("findings only"))) nodes.add(origin);
	}
	const edges = new Set();
	for (const e of of("edge")) {
		const [from, to] = [called.get(e.from), called.get(e.to)];
		if (e.verb !== "same content" && from && to && !(from.startsWith("name:") && to.startsWith("part:"))) edges.add(`${from}|${e.verb}|${to}`);
	}
	return { nodes: [...nodes].sort(), edges: [...edges].sort() };
}

/** Pages of a PDF as Chromium writes it. */
const pages = (pdf) => (pdf.toString("latin1").match(/\/Type\s*\/Page\b/g) ?? []).length;

/** The report on paper, A4 and Letter: page one is one page and has no more words than it may. */
async function printed(html) {
	const b = await open(html);
	try {
		for (const format of ["A4", "Letter"]) {
			const whole = await b.page.pdf({ format, preferCSSPageSize: false });
			assert.ok(pages(whole) > 3, `${format}: ${pages(whole)} pages`);
			await b.page.evaluate(() => {
				const first = document.querySelector(".first");
				first.style.breakAfter = "auto";
				for (const e of first.parentElement.children) if (e !== first && e.tagName !== "STYLE") e.style.display = "none";
			});
			const first = await b.page.pdf({ format });
			assert.equal(pages(first), 1, `${format}: page one takes ${pages(first)} pages`);
			await b.page.reload();
		}
		await b.page.emulateMedia({ media: "print" });
		// As the report counts: addresses, numbers and the marks of evidence are no words.
		const text = await b.page.locator(".first").innerText();
		const words = text.split(/\s+/).filter((w) => /\p{L}/u.test(w) && !/\d/.test(w)).length;
		assert.ok(words > 50 && words <= 250, `page one has ${words} words`);
	} finally {
		await b.browser.close();
	}
}

const missing = [weir, maker].filter((f) => !existsSync(f));
if (missing.length > 0) console.log(`skipped: the golden case in the page (${missing.join(", ")} not there)`);

test("the golden case, from the drop to a shared file that comes back", { skip: missing.length > 0 }, async () => {
	execFileSync(maker, ["--seed", SEED, "--out", dir]);
	const key = JSON.parse(readFileSync(join(dir, "key.json"), "utf8"));
	const ana = await profile(join(dir, "ana"), built);
	let { page } = ana;
	page.setDefaultTimeout(120_000);
	await drop(page, [join(dir, "scope.json"), join(dir, "a.pcap")]);
	await loaded(page);
	await page.getByRole("textbox", { name: "Name of the case" }).fill("Golden");

	await go(page, "report");
	await page.getByText(/^0 of \d+ hosts decided/).waitFor();
	for (;;) {
		const all = page.getByRole("button", { name: /^Agree/ }).first();
		if ((await all.count()) === 0) break;
		await all.click();
	}
	await page.getByText(/^(\d+) of \1 hosts decided/).waitFor();
	await page.getByRole("button", { name: "Draft from the evidence" }).click();
	await page.getByText(/^Drafted \d+ sentence/).first().waitFor();

	await go(page, "notes/map");
	await page.getByRole("button", { name: /Build from the case: \d+ nodes and \d+ edges/ }).click();
	await page.locator(".map-node.host").first().waitFor();
	await go(page, "actions");
	const add = page.getByRole("button", { name: /^Add \d+ / });
	await add.first().waitFor();
	while ((await add.count()) > 0) await add.first().click();
	await kept(page);

	await go(page, "report");
	await page.locator(".report-frame h2").first().waitFor();
	const html = await saved(page, "report.html", () => page.getByRole("button", { name: "Export report" }).click());
	await printed(html);

	const shared = await share(page, "shared.html");
	const ben = await profile(join(dir, "ben"), shared);
	({ page } = ben);
	page.setDefaultTimeout(120_000);
	await page.getByText(/You are reading a copy/).waitFor();
	await go(page, "notes/map");
	await page.locator(".map-node.host").first().waitFor();
	const reading = page.getByRole("region", { name: "A copy to be read" });
	await reading.getByRole("textbox", { name: /Your name/ }).fill("Ben");
	await reading.getByRole("button", { name: "Continue this case" }).click();
	await reading.waitFor({ state: "detached" });
	await go(page, "notes");
	await page.getByRole("heading", { level: 1, name: /Notes/i }).focus();
	await page.keyboard.press("n");
	await page.getByRole("textbox", { name: "Text of the note" }).fill("Ben looked at the shares");
	await page.keyboard.press("Escape");
	await kept(page);
	const back = await share(page, "back.html");
	await ben.close();

	({ page } = ana);
	await page.locator("#weir-files").setInputFiles(back);
	await page.getByRole("dialog", { name: /^Merged back\.html/ }).getByText(/1 new, 0 changed, 0 taken away/).waitFor();
	await page.keyboard.press("Escape");
	await go(page, "notes");
	await page.locator(".outline-line", { hasText: "Ben looked at the shares" }).waitFor();
	await kept(page);
	const file = await saved(page, "merged.weir.zip", () => menu(page, /Save the case file/));
	await ana.quiet();
	await ana.close();

	const { nodes, edges } = drawn(unpacked(file));
	assert.deepEqual(nodes, [...key.map.nodes].sort());
	assert.deepEqual(edges, [...key.map.edges].sort());
	// Every claim of the merged case and of the report holds on the capture, and with one changed byte not every one does.
	for (const claims of [file, html]) {
		const run = spawnSync(weir, ["verify", claims, join(dir, "a.pcap")], { encoding: "utf8" });
		assert.equal(run.status, 0, `${claims}\n${run.stdout}${run.stderr}`);
	}
	const bytes = readFileSync(join(dir, "a.pcap"));
	const at = bytes.indexOf("MZ", 1000);
	bytes[at + 40] ^= 1;
	writeFileSync(join(dir, "other.pcap"), bytes);
	const run = spawnSync(weir, ["verify", html, join(dir, "other.pcap")], { encoding: "utf8" });
	assert.equal(run.status, 1, run.stdout + run.stderr);
});
