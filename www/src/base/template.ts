/** Reads a template and fills in its placeholders. A template is a file from somebody: every member is looked at. */

export interface Template {
	placeholders: { mark: string; kind: string; uses: number }[];
	items: { kind: string; step: string; body: Record<string, unknown> }[];
}

/** Kinds that a template may bring; evidence is none of them. */
const KINDS = new Set(["issue", "scope", "done_when", "filter", "exclusion", "allow", "decode_as", "lesson", "watch"]);
const MOST_ITEMS = 2000;
const MOST_PLACEHOLDERS = 200;
const MOST_TEXT = 4000;

type Plain = Record<string, unknown>;
const plain = (v: unknown): v is Plain => typeof v === "object" && v !== null && !Array.isArray(v);
const text = (v: unknown): string => (typeof v === "string" ? v.slice(0, MOST_TEXT) : "");

/** True for the text of a template. */
export function isTemplate(head: string): boolean {
	return /^\s*\{\s*"schema"\s*:\s*\d+\s*,\s*"template"\s*:\s*"weir"/.test(head);
}

/** Throws a sentence where it is none. */
export function readTemplate(json: string): Template {
	const v: unknown = JSON.parse(json);
	if (!plain(v) || v.template !== "weir") throw new Error("this is no template of Weir");
	if (v.schema !== 1) throw new Error(`a template of schema ${String(v.schema).slice(0, 20)} is not read, only 1`);
	const items = Array.isArray(v.items) ? v.items : [];
	if (items.length > MOST_ITEMS) throw new Error(`${items.length} items; a template has at most ${MOST_ITEMS}`);
	const read = items.map((i: unknown, n) => {
		if (!plain(i) || !plain(i.body) || !KINDS.has(text(i.kind))) throw new Error(`item ${n + 1} is nothing that a template brings`);
		const flat = Object.entries(i.body).filter(([, x]) => typeof x === "string" || typeof x === "number" || typeof x === "boolean");
		const body = Object.fromEntries(flat.map(([k, x]) => [k, typeof x === "string" ? text(x) : x]));
		return { kind: text(i.kind), step: text(i.step).slice(0, 40), body };
	});
	const marks = (Array.isArray(v.placeholders) ? v.placeholders : []).filter(plain).slice(0, MOST_PLACEHOLDERS);
	return {
		placeholders: marks
			.map((p) => ({ mark: text(p.mark).slice(0, 80), kind: text(p.kind), uses: Number(p.uses) || 0 }))
			.filter((p) => p.mark !== ""),
		items: read,
	};
}

/** A value that stands within quotes of a filter. */
const escaped = (value: string): string => value.replace(/[\\"]/g, "\\$&");

/** The items with values in place of placeholders, and how many are left out because they wait for one. */
export function fillIn(t: Template, values: Record<string, string>): { items: Template["items"]; waiting: number } {
	const marks = t.placeholders.map((p) => p.mark);
	// Sentences keep a placeholder that nobody filled in: they can be read with it.
	const sentence = (member: string, of: Plain): boolean =>
		["text", "reason", "what", "name"].includes(member) || (member === "value" && of.entry === "goal");
	const filled = t.items.map((i) => {
		const body: Plain = {};
		let waits = false;
		for (const [k, v] of Object.entries(i.body)) {
			let now = v;
			if (typeof v === "string")
				for (const mark of marks) {
					if (typeof now !== "string" || !now.includes(mark)) continue;
					const value = (values[mark] ?? "").trim();
					if (value !== "")
						now = now.replaceAll(`"${mark}"`, () => `"${k === "filter" ? escaped(value) : value}"`).replaceAll(mark, () => value);
				}
			body[k] = now;
			waits ||= typeof now === "string" && /‹[^›]*›/.test(now) && !sentence(k, i.body);
		}
		// A window with one end is a window; one without is none.
		if (i.body.entry === "window") {
			for (const end of ["from", "to"]) if (/‹[^›]*›/.test(String(body[end]))) body[end] = "";
			waits = body.from === "" && body.to === "";
		}
		return { kind: i.kind, step: i.step, body, waits };
	});
	const items = filled.filter((i) => !i.waits).map(({ waits: _, ...i }) => i);
	return { items, waiting: filled.length - items.length };
}
