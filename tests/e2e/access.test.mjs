/** What somebody meets who works by keyboard, by ear, or in a small window: focus, announcements, room. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { becomes, built, go, loaded, open, quiet } from "./browser.mjs";

/** The page with the sample read. */
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

/** Where the focus is: the tag, and what it is called. */
const where = (page) =>
	page.evaluate(() => {
		const e = document.activeElement;
		return `${e.tagName} ${e.getAttribute("aria-label") ?? e.textContent.trim()}`.slice(0, 80);
	});

/** Waits until the focus is where it is expected to be, and says where it is instead. */
async function focusIs(page, expected, what) {
	let now = "";
	for (let t = 0; t < 5000; t += 50) {
		now = await where(page);
		if (expected.test(now)) return;
		await page.waitForTimeout(50);
	}
	assert.match(now, expected, what);
}

for (const width of [320, 1024])
	test(`at ${width} pixels the evidence opens for a while, covers nothing, and gives the focus back`, async () => {
		const b = await opened({ width, height: 700 });
		const { page } = b;
		await go(page, "scope");
		const side = page.locator("aside.side");
		assert.equal(await side.count(), 0, "open from the beginning");
		const toggle = page.getByRole("button", { name: "Evidence drawer" });
		await toggle.click();
		await focusIs(page, /^H2 Evidence/);
		const [a, m] = [await side.boundingBox(), await page.locator("main").boundingBox()];
		assert.ok(a.x >= m.x + m.width - 1 || a.y >= m.y + m.height - 1, `${JSON.stringify(a)} lies on ${JSON.stringify(m)}`);
		assert.ok((await page.evaluate(() => document.documentElement.scrollWidth)) <= width);
		await page.keyboard.press("Escape");
		await side.waitFor({ state: "detached" });
		await focusIs(page, /Evidence drawer/);
		await toggle.click();
		await page.reload();
		await toggle.waitFor();
		assert.equal(await side.count(), 0, "kept open");
		await closed(b);
	});

/** Parts of the page that must never lie upon each other. */
const PARTS = ".limits, .tabs, .toolbar, [role=grid], .tree, .hex, .stream, .card, .step-foot, .foot";

for (const [width, height] of [
	[320, 640],
	[640, 800],
	[853, 480],
])
	test(`at ${width} by ${height} no part of a step lies upon another, and tables have rows`, async () => {
		const b = await opened({ width, height });
		const { page } = b;
		const found = [];
		for (const step of ["capture", "filter", "understand/packets", "understand/conversations", "understand/hosts", "understand/requests", "understand/files", "understand/timeline", "understand/follow?flow=A:tcp:0"]) {
			await go(page, step);
			await page.waitForTimeout(300);
			const grid = page.locator("[role=grid]");
			if ((await grid.count()) > 0) {
				await grid.focus();
				await page.keyboard.press("ArrowDown");
				await page.waitForTimeout(300);
				const { height: tall } = await grid.boundingBox();
				if (tall < 150) found.push(`${step}: the table has ${tall} px`);
			}
			found.push(
				...(await page.evaluate(
					([selector, name]) => {
						// What a box that scrolls has out of sight lies on nothing.
						const seen = (e) => {
							const r = e.getBoundingClientRect();
							const box = { left: r.left, top: r.top, right: r.right, bottom: r.bottom };
							for (let p = e.parentElement; p; p = p.parentElement) {
								if (getComputedStyle(p).overflowY === "visible" || p === document.body) continue;
								const c = p.getBoundingClientRect();
								box.top = Math.max(box.top, c.top);
								box.bottom = Math.min(box.bottom, c.bottom);
							}
							return box;
						};
						const parts = [...document.querySelectorAll(selector)].filter((e) => e.getClientRects().length > 0 && !e.closest(".offscreen"));
						const out = [];
						for (const a of parts)
							for (const b of parts) {
								if (a === b || a.contains(b) || b.contains(a) || !(a.compareDocumentPosition(b) & 4)) continue;
								const [x, y] = [seen(a), seen(b)];
								const across = Math.min(x.right, y.right) - Math.max(x.left, y.left);
								const down = Math.min(x.bottom, y.bottom) - Math.max(x.top, y.top);
								if (across > 2 && down > 2) out.push(`${name}: .${b.className} lies on .${a.className} (${Math.round(across)} by ${Math.round(down)})`);
							}
						return out;
					},
					[PARTS, step],
				)),
			);
		}
		assert.deepEqual(found, []);
		await closed(b);
	});

/** What the polite live region says, once it says it. */
async function heard(page, expected) {
	const said = page.locator("body [role=status].offscreen", { hasText: expected });
	await said.first().waitFor({ state: "attached", timeout: 6000 });
}

test("a new page has its name in window and focus; a tab keeps the focus and is announced", async () => {
	const b = await opened();
	const { page } = b;
	await page.keyboard.press("g");
	await page.keyboard.press("2");
	await focusIs(page, /^H1 Scope and goal/);
	assert.match(await page.title(), /^Scope and goal – Weir/);
	await page.getByRole("link", { name: /Understand/ }).first().click();
	await focusIs(page, /^H1 Answers: /);
	const tab = page.locator(".tabs a", { hasText: "Packets" });
	await tab.focus();
	await page.keyboard.press("Enter");
	await heard(page, /^Packets: /);
	await focusIs(page, /^A Packets/, "the tab lost the focus");
	assert.match(await page.title(), /^Packets: .* – Weir/);
	await go(page, "nowhere");
	await focusIs(page, /^H1 Nothing is here/);
	assert.match(await page.title(), /^Nothing is here – Weir/);
	await page.locator(".head .brand").click();
	await focusIs(page, /^H1 What do you want/);
	assert.match(await page.title(), /^Start – Weir/);
	await closed(b);
});

test("Back finds row, scroll and focus as they were left", async () => {
	const b = await opened({ height: 700 });
	const { page } = b;
	await go(page, "understand/answers");
	await page.locator(".scroller[data-state=done] .answer-table").waitFor();
	const ref = page.locator(".answer-table td:last-child .ref").last();
	await ref.focus();
	const text = await ref.innerText();
	const scrolled = await page.locator(".scroller").evaluate((e) => e.scrollTop);
	assert.ok(scrolled > 0);
	await page.keyboard.press("Enter");
	const grid = page.locator("[role=grid]");
	await page.locator(".grid-row[aria-selected=true]").waitFor();
	await focusIs(page, /^DIV Packets/, "the row that a reference leads to has no focus");
	const led = Number(await page.locator(".grid-row[aria-selected=true]").getAttribute("data-row"));
	for (let i = 0; i < 3; i++) await page.keyboard.press("ArrowDown");
	const row = led + 3;
	await page.locator(`.grid-row[aria-selected=true][data-row="${row}"]`).waitFor();
	await page.getByRole("tree").waitFor();
	await go(page, "understand/hosts");
	await page.locator(".grid-row").first().waitFor();
	await page.goBack();
	await page.locator(`.grid-row[aria-selected=true][data-row="${row}"]`).waitFor();
	await page.getByRole("tree").waitFor();
	await focusIs(page, /^DIV Packets/, "the table has not got the focus back");
	assert.equal(await grid.count(), 1);
	await page.goBack();
	await focusIs(page, new RegExp(`^A ${text}`), "the reference has not got the focus back");
	assert.equal(await page.locator(".scroller").evaluate((e) => e.scrollTop), scrolled);
	await closed(b);
});

/** What was said at once, as an error. */
const alerted = (page, expected) => page.locator("[role=alert]", { hasText: expected }).first().waitFor({ state: "attached", timeout: 6000 });

test("results and refusals are said: filters, sorting, fields", async () => {
	const b = await opened();
	const { page } = b;
	await go(page, "filter");
	const box = page.getByRole("combobox", { name: "Display filter" });
	await box.fill("tcp ==");
	await page.getByText("✗ not a filter").waitFor();
	await box.press("Enter");
	await alerted(page, /Not a filter: /);
	await box.fill("dns");
	await page.locator(".filterbox[data-state=good]").waitFor();
	await box.press("Enter");
	await heard(page, /^Limits in force: [\d,]+ of [\d,]+ packets/);
	await page.locator(".limits .chip button").focus();
	await page.keyboard.press("Enter");
	await heard(page, /^No limits/);
	await go(page, "scope");
	const from = page.getByRole("textbox", { name: "From", exact: true });
	await from.fill("one day");
	await from.press("Tab");
	await alerted(page, /./);
	const why = await from.getAttribute("aria-describedby");
	assert.ok((await page.locator(`#${why}`).innerText()).length > 5);
	await from.fill("");
	await go(page, "targets");
	const lines = page.getByRole("textbox", { name: /One a line/ });
	await lines.pressSequentially("10.0.");
	assert.equal((await page.locator("#targets-why").innerText()).trim(), "", "half a line is called wrong");
	await lines.press("Tab");
	await page.locator("#targets-why", { hasText: "10.0." }).waitFor();
	await go(page, "understand/packets");
	const head = page.getByRole("columnheader", { name: /Source/ }).getByRole("button");
	await head.focus();
	await page.keyboard.press("Enter");
	await heard(page, /^Sorted by Source, ascending/);
	await page.locator("[role=columnheader][aria-sort=ascending]").waitFor();
	await page.waitForTimeout(400);
	await focusIs(page, /^BUTTON Source/, "sorting takes the focus away");
	await closed(b);
});

test("an action that takes its own control away leaves the focus beside it", async () => {
	const b = await opened();
	const { page } = b;
	await go(page, "scope");
	const box = page.getByRole("textbox", { name: "Add an indicator" });
	for (const i of ["one.example", "two.example", "three.example"]) {
		await box.fill(i);
		await box.press("Enter");
	}
	await page.getByRole("button", { name: "Remove two.example" }).focus();
	await page.keyboard.press("Enter");
	await focusIs(page, /^BUTTON Remove three\.example/);
	await heard(page, /^Removed two\.example/);
	await page.keyboard.press("Enter");
	await focusIs(page, /^BUTTON Remove one\.example/);
	await page.getByRole("button", { name: /First and last contact known/ }).focus();
	await page.keyboard.press("Enter");
	await focusIs(page, /^BUTTON What the capture cannot show/);
	await go(page, "understand/packets");
	const grid = page.locator("[role=grid]");
	await grid.focus();
	for (let i = 0; i < 2; i++) {
		await page.keyboard.press("ArrowDown");
		await page.getByRole("tree").waitFor();
		await page.keyboard.press("e");
		await page.locator("aside .pin").nth(i).waitFor();
	}
	await page.getByRole("button", { name: /^Unpin/ }).first().focus();
	await page.keyboard.press("Enter");
	await focusIs(page, /^BUTTON Unpin/);
	await heard(page, /^Unpinned/);
	await grid.focus();
	await page.keyboard.press("Control+f");
	await focusIs(page, /^INPUT What to find/);
	await page.keyboard.press("Escape");
	await focusIs(page, /^DIV Packets/);
	await go(page, "understand/answers");
	await page.locator(".scroller[data-state=done] .answer-table").waitFor();
	await page.getByRole("button", { name: /Start pass 2/ }).focus();
	await page.keyboard.press("Enter");
	await focusIs(page, /^H2 Pass 2 against pass 1/);
	await closed(b);
});

test("a notice is said by a region that was there before; what went wrong stays until it is closed", async () => {
	const b = await opened();
	const { page } = b;
	await go(page, "understand/packets");
	await page.getByRole("textbox", { name: "Go to packet" }).fill("no number");
	await page.keyboard.press("Enter");
	await alerted(page, /Write a packet number/);
	const complaint = page.locator(".complaint");
	await page.waitForTimeout(4500);
	assert.equal(await complaint.count(), 1, "gone before it was read");
	const [c, p] = [await complaint.boundingBox(), await page.locator(".step-foot .primary").boundingBox()];
	assert.ok(c.x + c.width <= p.x || c.x >= p.x + p.width || c.y + c.height <= p.y || c.y >= p.y + p.height, "covers the step's button");
	await complaint.getByRole("button", { name: "Close the notice" }).click();
	await complaint.waitFor({ state: "detached" });
	await page.locator("[role=grid]").focus();
	await page.keyboard.press("e");
	await heard(page, /^Pinned 1/);
	await closed(b);
});

test("F6 goes from pane to pane and out of the page, Shift+F6 back", async () => {
	const b = await opened();
	const { page } = b;
	await go(page, "understand/packets");
	await page.locator(".grid-row").first().waitFor();
	const pane = () => page.evaluate(() => document.activeElement.closest(".head, .rail, .limits, .step, .step-foot, .side")?.className.split(" ")[0] ?? "none");
	const let_through = () =>
		page.evaluate(() => {
			window.passed = [];
			addEventListener("keydown", (e) => e.key === "F6" && setTimeout(() => window.passed.push(!e.defaultPrevented)));
		});
	await let_through();
	await page.locator(".head .brand").focus();
	const seen = [];
	for (let i = 0; i < 6; i++) {
		seen.push(await pane());
		await page.keyboard.press("F6");
	}
	// No limit is in force and nothing is pinned: two panes have nothing that could be focused.
	assert.deepEqual(seen.slice(0, 4), ["head", "rail", "step", "step-foot"]);
	// What became of a key is known in a task of its own, which a busy page may run after this question.
	const passed = await page.waitForFunction(() => window.passed.length >= 6 && window.passed, undefined, { timeout: 5000 });
	assert.ok((await passed.jsonValue()).includes(true), `the browser never gets F6, focus went ${seen.join(", ")}`);
	await page.locator(".step-foot button").focus();
	await page.keyboard.press("Shift+F6");
	assert.equal(await pane(), "step");
	await focusIs(page, /^DIV Packets/);
	await closed(b);
});

test("Ctrl+Z in a field undoes what was typed there, elsewhere the last change of the case", async () => {
	const b = await opened();
	const { page } = b;
	await go(page, "scope");
	const add = page.getByRole("textbox", { name: "Add an indicator" });
	await add.fill("kept.example");
	await add.press("Enter");
	await page.getByRole("button", { name: "Remove kept.example" }).waitFor();
	await add.pressSequentially("half");
	await page.keyboard.press("Control+z");
	assert.notEqual(await add.inputValue(), "half");
	assert.equal(await page.getByRole("button", { name: "Remove kept.example" }).count(), 1, "the case was changed");
	await page.getByRole("button", { name: "Remove kept.example" }).focus();
	await page.keyboard.press("Control+z");
	await page.getByRole("button", { name: "Remove kept.example" }).waitFor({ state: "detached" });
	await closed(b);
});

test("an open menu takes letters for its items, Tab closes it, and the palette's commands place the focus", async () => {
	const b = await opened();
	const { page } = b;
	await go(page, "understand/packets");
	await page.locator(".grid-row").first().waitFor();
	const opener = page.getByRole("button", { name: "Case", exact: true });
	await opener.focus();
	await page.keyboard.press("Enter");
	await page.locator("[role=menu]").waitFor();
	assert.equal(await opener.getAttribute("aria-expanded"), "true");
	await page.keyboard.press("s");
	await focusIs(page, /^BUTTON Save the case file/);
	await page.keyboard.press("n");
	assert.match(page.url(), /packets$/, "N wrote a note behind the menu");
	await page.keyboard.press("Tab");
	await page.locator("[role=menu]").waitFor({ state: "detached" });
	await focusIs(page, /^BUTTON Case/);
	assert.equal(await opener.getAttribute("aria-expanded"), "false");
	await page.keyboard.press("Control+k");
	await page.locator("dialog[open] input:focus").waitFor();
	await page.keyboard.insertText("Go to packet");
	await page.keyboard.press("Enter");
	await focusIs(page, /^INPUT Go to packet/);
	await go(page, "filter");
	const box = page.getByRole("combobox", { name: "Display filter" });
	await box.pressSequentially("http.");
	await page.locator("[role=option]").nth(14).waitFor({ state: "attached" });
	for (let i = 0; i < 14; i++) await page.keyboard.press("ArrowDown");
	const named = await box.getAttribute("aria-activedescendant");
	const seen = await page.evaluate((id) => {
		const e = document.getElementById(id);
		const [o, l] = [e.getBoundingClientRect(), e.closest("[role=listbox]").getBoundingClientRect()];
		return o.top >= l.top && o.bottom <= l.bottom;
	}, named);
	assert.ok(seen, "the chosen completion is out of sight");
	await closed(b);
});

test("columns, bytes and the timeline say where one is", async () => {
	const b = await opened();
	const { page } = b;
	await go(page, "understand/packets");
	const grid = page.locator("[role=grid]");
	await page.locator(".grid-row").first().waitFor();
	await grid.focus();
	await page.keyboard.press("ArrowDown");
	const pointed = () => page.evaluate(() => document.getElementById(document.querySelector("[role=grid]").getAttribute("aria-activedescendant"))?.getAttribute("role"));
	await becomes(pointed, "row");
	await page.keyboard.press("ArrowRight");
	await becomes(pointed, "gridcell");
	await page.getByRole("tree").waitFor();
	await page.locator(".hex").focus();
	await page.keyboard.press("ArrowRight");
	await heard(page, /^Offset 0001: [0-9a-f]{2}, .*eth/);
	await go(page, "understand/timeline");
	const lane = page.getByRole("slider", { name: /Traffic over time/ });
	await lane.focus();
	const before = await lane.getAttribute("aria-valuetext");
	await page.keyboard.press("ArrowRight");
	await becomes(async () => (await lane.getAttribute("aria-valuetext")) !== before, true);
	await page.keyboard.press("Shift+ArrowRight");
	await heard(page, /^(Range|Preview) .*\d{4}-\d\d-\d\d /);
	await closed(b);
});

test("in a small window arrows in the list of steps only choose; Enter goes", async () => {
	const b = await opened({ width: 640, height: 800 });
	const { page } = b;
	await go(page, "issue");
	const select = page.getByRole("combobox", { name: "Step" });
	await select.focus();
	await page.keyboard.press("ArrowDown");
	await page.waitForTimeout(200);
	assert.match(page.url(), /issue$/, "an arrow key went to another page");
	await page.keyboard.press("Enter");
	await focusIs(page, /^H1 Scope and goal/);
	await closed(b);
});

test("with colours of the system every state still has a line", async () => {
	const b = await opened();
	const { page } = b;
	await page.emulateMedia({ forcedColors: "active" });
	await go(page, "understand/packets");
	await page.locator(".grid-row").first().waitFor();
	await page.locator("[role=grid]").focus();
	await page.locator(".grid-row[aria-selected=true]").waitFor();
	const drawn = (selector) =>
		page.locator(selector).first().evaluate((e) => {
			const s = getComputedStyle(e);
			return [Number.parseFloat(s.outlineWidth) > 0 && s.outlineStyle !== "none", Number.parseFloat(s.borderBottomWidth) > 2];
		});
	assert.equal((await drawn(".grid-row[aria-selected=true]"))[0], true, "the selected row");
	assert.equal((await drawn(".rail a[aria-current]"))[0], true, "the step of the rail");
	assert.equal((await drawn(".tabs a[aria-current]"))[1], true, "the tab");
	await go(page, "targets");
	await page.getByRole("button", { name: "HTTP", exact: true }).click();
	assert.equal((await drawn("[aria-pressed=true]"))[0], true, "a pressed button");
	await closed(b);
});

test("from a row into its card and back; findings go by arrows", async () => {
	const b = await opened();
	const { page } = b;
	await go(page, "understand/hosts");
	await page.locator(".grid-row").first().waitFor();
	await page.locator("[role=grid]").focus();
	await page.keyboard.press("ArrowDown");
	await page.locator("aside.beside h2").waitFor();
	await page.keyboard.press("Enter");
	await focusIs(page, /^H2 .*192\.168\./);
	await page.keyboard.press("Escape");
	await focusIs(page, /^DIV Hosts/);
	await go(page, "understand/findings");
	const cards = page.locator(".finding");
	await cards.first().waitFor();
	const names = await cards.evaluateAll((all) => all.slice(0, 2).map((e) => e.getAttribute("aria-label")));
	await cards.first().focus();
	await page.keyboard.press("ArrowDown");
	assert.equal(await where(page), `ARTICLE ${names[1]}`.slice(0, 80));
	await page.keyboard.press("ArrowUp");
	assert.equal(await where(page), `ARTICLE ${names[0]}`.slice(0, 80));
	await closed(b);
});
