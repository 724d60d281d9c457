/** Global commands: they make the keys, the sheet and the palette. */

import { effect } from "@preact/signals";
import { add, canRedo, canUndo, items, readOnly, redo, refusal, undo } from "../base/case.ts";
import { decodeAsked } from "../base/decodeas.ts";
import { parseRef, printRef } from "../base/evidence.ts";
import { citable, focused, type Thing } from "../base/focus.ts";
import { register } from "../base/keys.ts";
import { bring, bringing, onMap } from "../base/map.ts";
import { go, route } from "../base/routes.ts";
import { set, settings } from "../base/settings.ts";
import { inCode } from "../base/text.ts";
import { dateTime, parseEpoch, rfc3339 } from "../base/time.ts";
import { startPass } from "../engine/casework.ts";
import { captures } from "../engine/client.ts";
import { preview, removeAllLimits } from "../engine/narrowing.ts";
import { PAGES } from "../pages/index.ts";
import { STEPS } from "../steps/index.ts";
import { complain, toast } from "../widgets/toast.tsx";
import { caseName, saveOrSay, savePage, startCase } from "./files.ts";
import { seal } from "./seal.ts";
import { chooser, drawer, overlay, showDrawer } from "./state.ts";
import { saveTemplate } from "./template.tsx";
import { unsettled } from "./together.ts";

/** What was chosen on one page is not what is meant on the next. */
let place = "";
effect(() => {
	const here = `${route.value.step}/${route.value.tab}`;
	if (here !== place) focused.value = null;
	place = here;
});

/** A time that is looked at is what is pinned, and what a note is about, until something else is chosen. */
let looked: Thing | null = null;
effect(() => {
	const [from, to] = [parseEpoch(preview.value?.from), parseEpoch(preview.value?.to)];
	const now = focused.peek();
	if (from === null || to === null) {
		if (looked !== null && now === looked) focused.value = null;
		looked = null;
		return;
	}
	const zone = settings.peek().zone;
	looked = {
		evidence: printRef({ kind: "time", from: rfc3339(from), to: rfc3339(to) }),
		snapshot: `${dateTime(from, zone, 3)} to ${dateTime(to, zone, 3)} ${zone}`,
	};
	focused.value = looked;
});

const UNKNOWN = "This came with the case, and nothing says what it was in its capture. Choose a packet of it.";

/** The thing under focus as a case may keep it; says why where there is none. */
function chosen(): Thing | null {
	const t = focused.value && citable(focused.value);
	if (!t) complain(focused.value ? UNKNOWN : "Nothing is selected. Choose a packet, a row or a card first.");
	return t;
}

/** Pins the thing under focus; asks nothing. */
export function pinFocused(): void {
	if (readOnly.value) {
		refusal.say();
		return;
	}
	const t = chosen();
	if (!t) return;
	if (items("pin").some((p) => p.body.evidence === t.evidence)) {
		toast("Already pinned.");
		return;
	}
	const ref = parseRef(t.evidence);
	const letter = ref && "capture" in ref ? ref.capture : "A";
	// What came with the case is of a capture that the case knows, loaded or not.
	const known = items("capture").findLast((c) => c.body.capture === letter)?.body.sha256;
	const sha = captures.value.find((c) => c.capture === letter)?.sha256 ?? known ?? "";
	const id = add("pin", {
		evidence: t.evidence,
		snapshot: t.snapshot,
		comment: "",
		sha12: sha.slice(0, 12),
		parent: "",
		order: Date.now(),
	});
	const name = t.evidence.replace(/^\[\[(F-[0-9a-f]{5})[0-9a-f]*\]\]$/, "$1");
	toast(`Pinned ${name}`, `Pinned ${t.snapshot}`);
	seal(id, t.evidence);
}

export function noteFocused(): void {
	if (readOnly.value) {
		refusal.say();
		return;
	}
	const t = focused.value && chosen();
	if (focused.value && !t) return;
	add("note", { text: t ? `${t.evidence} ${inCode(t.snapshot)}` : "", parent: "", order: Date.now() });
	// The number makes it another place each time: where the notes are open already, the new one opens, too.
	go(`#/notes/outline?edit=last&n=${items("note").length}`);
}

/** Brings the thing under focus onto the map; `ask`: with an edge, from a node that is chosen. */
export function mapFocused(ask: boolean): void {
	if (readOnly.value) {
		refusal.say();
		return;
	}
	const t = chosen();
	if (!t) return;
	if (ask) {
		bringing.value = { thing: t, onto: "" };
		return;
	}
	const held = onMap(t.evidence) !== undefined;
	bring(t);
	toast(held ? "It is on the map already." : `On the map: ${t.evidence}`, held ? "It is on the map already." : `On the map: ${t.snapshot}`);
}

const PANES = ".head, .rail, .rail-select, main .limits, main .step, .step-foot, .side";
const TARGET =
	'[role="grid"], [role="tree"], a[href], button:not(:disabled), input:not(:disabled):not([hidden]), select:not(:disabled), textarea, [tabindex="0"]';

/** To the next pane that can have the focus; false after the last one, where the browser's own panes follow. */
function movePane(by: 1 | -1): boolean {
	const panes = [...document.querySelectorAll<HTMLElement>(PANES)].filter((p) => p.getClientRects().length > 0);
	const at = panes.findIndex((p) => p.contains(document.activeElement));
	const first = at >= 0 ? at + by : by > 0 ? 0 : panes.length - 1;
	for (let n = first; n >= 0 && n < panes.length; n += by) {
		const all = [...(panes[n]?.querySelectorAll<HTMLElement>(TARGET) ?? [])].filter((e) => e.getClientRects().length > 0);
		// A table or tree is what a step is about; else the first thing that takes the focus.
		const to = all.find((e) => e.matches('[role="grid"], [role="tree"]')) ?? all[0];
		if (!to) continue;
		to.focus();
		return true;
	}
	return false;
}

function primary(): void {
	const s = [...STEPS, ...PAGES].find((x) => x.id === route.value.step);
	if (s?.primary?.to) go(s.primary.to);
	else s?.primary?.run?.();
}

export function registerCommands(): void {
	register([
		{ id: "palette", title: "Search or run", keys: ["Mod+k"], scope: "global", run: () => (overlay.value = "palette") },
		{ id: "keys", title: "Show the keys", keys: ["?"], scope: "global", run: () => (overlay.value = "keys") },
		{ id: "explain", title: "Explain this screen", keys: ["F1"], scope: "global", run: () => (overlay.value = "explain") },
		{
			id: "decode-as",
			title: "Decode a port as another protocol…",
			keys: [],
			scope: "global",
			run: () => {
				decodeAsked.value = { key: "tcp.port", value: null };
			},
		},
		{ id: "settings", title: "Settings", keys: [], scope: "global", run: () => (overlay.value = "settings") },
		{
			id: "template",
			title: "Save the case as a template, without evidence",
			keys: [],
			scope: "global",
			run: () => void saveTemplate(caseName()),
		},
		{ id: "primary", title: "Do the step's main action", keys: ["Mod+Enter"], scope: "global", run: primary },
		{ id: "filter", title: "Go to the filter box", keys: ["/"], scope: "global", run: focusFilter },
		{ id: "pin", title: "Pin as evidence", keys: ["e"], scope: "global", run: pinFocused },
		{ id: "note", title: "Write a note on this", keys: ["n"], scope: "global", run: noteFocused },
		{ id: "to-map", title: "Add to the map", keys: ["m"], scope: "global", run: () => mapFocused(false) },
		{ id: "to-map-edge", title: "Add to the map, with an edge from a node…", keys: [], scope: "global", run: () => mapFocused(true) },
		{
			id: "drawer",
			title: "Show or hide the evidence drawer",
			keys: [],
			scope: "global",
			run: () => showDrawer(!drawer.value),
		},
		{ id: "pane", title: "Next pane", keys: ["F6"], scope: "global", run: () => movePane(1) },
		{ id: "pane-back", title: "Previous pane", keys: ["Shift+F6"], scope: "global", run: () => movePane(-1) },
		{
			id: "drop-preview",
			title: "Drop the time preview",
			keys: ["Escape"],
			scope: "global",
			when: () => preview.value !== null,
			run: () => (preview.value = null),
		},
		{ id: "open", title: "Open captures or a case file", keys: ["Mod+o"], scope: "global", run: () => chooser.open() },
		{ id: "save", title: "Save the case file", keys: ["Mod+s"], scope: "global", run: () => void saveOrSay() },
		{ id: "save-page", title: "Save Weir with this case inside", keys: [], scope: "global", run: () => void savePage(true) },
		{ id: "save-case", title: "Save the case with packets or files…", keys: [], scope: "global", run: () => (overlay.value = "save-case") },
		{ id: "save-empty", title: "Save an empty copy of Weir", keys: [], scope: "global", run: () => void savePage(false) },
		{
			id: "conflicts",
			title: "Settle conflicts",
			keys: [],
			scope: "global",
			when: () => unsettled.value > 0,
			run: () => (overlay.value = "conflicts"),
		},
		{ id: "kept", title: "Cases kept in this browser…", keys: [], scope: "global", run: () => (overlay.value = "kept") },
		{
			id: "ask-help",
			title: "Ask for help: a question with the packets it is about…",
			keys: [],
			scope: "global",
			run: () => (overlay.value = "ask-help"),
		},
		{ id: "new", title: "Start a new case… (saves this one first)", keys: [], scope: "global", run: () => startCase() },
		{
			id: "pass",
			title: "Start another pass",
			keys: [],
			scope: "global",
			when: () => !readOnly.value,
			run: () => {
				startPass(complain);
				go("#/issue");
			},
		},
		{ id: "undo", title: "Undo", keys: ["Mod+z"], scope: "global", when: canUndo, run: undo },
		{ id: "redo", title: "Redo", keys: ["Mod+Shift+z"], scope: "global", when: canRedo, run: redo },
		{
			id: "clear",
			title: "Remove all limits",
			keys: [],
			scope: "global",
			run: removeAllLimits,
		},
		{ id: "theme-light", title: "Theme: light", keys: [], scope: "global", run: () => set("theme", "light") },
		{ id: "theme-dark", title: "Theme: dark", keys: [], scope: "global", run: () => set("theme", "dark") },
		{ id: "theme-system", title: "Theme: as the system", keys: [], scope: "global", run: () => set("theme", "system") },
		...STEPS.map((s) => ({
			id: `step-${s.id}`,
			title: `Go to ${s.number} ${s.name}`,
			keys: [`g ${s.number}`],
			scope: "global",
			run: () => go(`#/${s.id}`),
		})),
		...PAGES.map((s) => ({
			id: `page-${s.id}`,
			title: `Go to ${s.name}`,
			keys: [`g ${s.id[0]}`],
			scope: "global",
			run: () => go(`#/${s.id}`),
		})),
	]);
}

export function focusFilter(): void {
	const box = (): HTMLInputElement | null => document.querySelector<HTMLInputElement>(".filterbox input");
	if (!box()) go("#/filter");
	requestAnimationFrame(() => requestAnimationFrame(() => box()?.focus()));
}
