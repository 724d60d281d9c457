/**
 * The case on this page: items, and operations on them. Autosave, undo and the action log are made of operations.
 * Holds what the analyst wrote and one-line snapshots; never captured payload.
 */

import { computed, signal } from "@preact/signals";
import type { CaseDocument, CaseItem, Rung, Sort } from "../engine/contract.ts";
import { type Said, sentence } from "./actionlog.ts";
import { announce } from "./announce.ts";
import { storage } from "./storage.ts";

export type Kind = CaseItem["kind"];

/** Shapes of `body` by kind. Unknown members survive. */
export interface Bodies {
	issue: {
		issue: "breach" | "fault" | "policy" | "learning" | "";
		sentence: string;
		reported_by: string;
		noticed: string;
		severity: string;
	};
	scope: ScopeEntry;
	done_when: { text: string; done: boolean };
	/** `role` "summary": the analyst's conclusion, for page one of the report. */
	note: { text: string; parent: string; order: number; role?: "summary" };
	pin: { evidence: string; snapshot: string; comment: string; sha12: string; parent: string; order: number };
	/** A node of the mind map, or, without a sort, a heading of the outline. `origin` is what it was built from. */
	node: {
		text: string;
		parent: string;
		order: number;
		sort?: Sort;
		/** Written references. */
		evidence?: string;
		origin?: string;
		for?: string;
		against?: string;
		settle?: string;
	};
	/** From one node of the map to another. */
	edge: { from: string; to: string; verb: string; origin?: string };
	decision: { host: string; decision: string; reason: string; proposed: string; rung: Rung | "" };
	verdict: { host: string; verdict: string; why: string };
	/** `origin` is what it was proposed from, `evidence` written references, `dropped` why it is not done. */
	action: {
		action: string;
		host: string;
		owner: string;
		due: string;
		status: "open" | "doing" | "done" | "dropped";
		aim: "solve" | "prevent";
		priority: "now" | "today" | "week" | "later" | "";
		reason: string;
		evidence: string;
		origin: string;
		dropped: string;
	};
	lesson: { heading: string; text: string };
	filter: { name: string; filter: string };
	/** What a port or type carries because the analyst says so. */
	decode_as: { key: string; value: number; protocol: string };
	exclusion: { name: string; reason: string; filter: string; on: boolean };
	capture: {
		capture: string;
		name: string;
		sha256: string;
		bytes: number;
		packets: number;
		first: string;
		last: string;
		offset: string;
		placement: string;
	};
	dismissal: { finding: string; state: "confirmed" | "dismissed"; reason: string };
	/** What is expected here: findings of this kind, of this host, to this peer; "" fits everything. */
	allow: { detection: string; host: string; peer: string; reason: string; on: boolean };
	/** A line of the checklist that the analyst has looked at. */
	looked: { line: string };
	/** What is earlier than the rest: a capture by its name and size, a time, or a baseline as its text. */
	earlier: { sort: "capture" | "time" | "baseline"; name: string; bytes: number; from: string; to: string; document: string };
	/** A sentence, and for `weir replay` what was done, what it gave, and from which inputs. */
	log: {
		what: string;
		op?: string;
		args?: Record<string, unknown>;
		result?: Record<string, unknown>;
		fingerprint?: string;
		scope?: string;
	};
	/** Results of a pass, as the engine made them small. */
	pass: Record<string, unknown>;
	/** Looked for in every later capture; `results` by the captures that they are of. */
	watch: {
		sort: "filter" | "indicator" | "finding" | "checkin" | "question";
		what: string;
		filter?: string;
		kind?: string;
		value?: string;
		detection?: string;
		host?: string;
		peer?: string;
		from?: string;
		to?: string;
		results?: { of: string; state: string; says: string }[];
	};
}

export type ScopeEntry =
	| { entry: "goal"; value: string }
	| { entry: "now"; value: string }
	| { entry: "window"; from: string; to: string; typed_from: string; typed_to: string; zone: string }
	| { entry: "network"; value: string; role: string; source: string }
	| { entry: "host"; value: string; role: string; source: string }
	| { entry: "exclude"; value: string; role: string; source: string }
	| { entry: "protocol"; value: string }
	/** User-Agents of programs that are ours, one a line. */
	| { entry: "applications"; value: string }
	| { entry: "indicator"; kind: string; value: string; because: string };

export interface Item<K extends Kind> extends Omit<CaseItem, "body" | "kind"> {
	kind: K;
	body: Bodies[K];
}

function random128(): string {
	const b = crypto.getRandomValues(new Uint8Array(16));
	return [...b].map((x) => x.toString(16).padStart(2, "0")).join("");
}

export function emptyCase(): CaseDocument {
	return { schema: 1, id: random128(), title: "", items: [] };
}

/** The wall clock enters the case only here, as a stamp. */
export const clock = { now: (): string => new Date().toISOString() };

export const doc = signal<CaseDocument>(emptyCase());
export const pass = computed(() => doc.value.items.reduce((n, i) => Math.max(n, i.pass), 1) + (bumped.value ? 1 : 0));
const bumped = signal(false);
export const currentStep = signal("issue");
export const saved = signal<{ state: "saved" | "waiting" | "failed" | "none"; at: string }>({ state: "none", at: "" });

let author = "";
let counter = 0;

function stamp(): CaseItem["stamp"] {
	counter++;
	return { author, counter, at: clock.now() };
}

/** One operation: an item before and after. Absent before is an addition, `deleted` after a removal. */
interface Operation {
	id: string;
	before: CaseItem | null;
	after: CaseItem;
	/** Typing in one field is one step of undo. */
	merge: string;
	at: number;
	/** Operations of one press have one number, and are undone together; 0 stands alone. */
	press: number;
}

const UNDO_STEPS = 200;
const done: Operation[] = [];
const undone: Operation[] = [];
export const undoVersion = signal(0);

function put(item: CaseItem): void {
	const items = doc.value.items;
	const at = items.findIndex((i) => i.id === item.id);
	doc.value = { ...doc.value, items: at < 0 ? [...items, item] : items.map((i, n) => (n === at ? item : i)) };
	scheduleSave();
}

let press = 0;
let presses = 0;

/** What `work` does to the case is one step of undo. */
export function together(work: () => void): void {
	const inside = press > 0;
	if (!inside) press = ++presses;
	try {
		work();
	} finally {
		if (!inside) press = 0;
	}
}

function operate(before: CaseItem | null, after: CaseItem, merge: string): void {
	put(after);
	const last = done[done.length - 1];
	const at = performance.now();
	if (merge && last && last.merge === merge && at - last.at < 3000) {
		last.after = after;
		last.at = at;
	} else {
		done.push({ id: after.id, before, after, merge, at, press });
		while (done.length > UNDO_STEPS && done[0]?.press !== press) done.shift();
	}
	undone.length = 0;
	undoVersion.value++;
	offered.value = null;
	tell(before, after);
}

/** What was just done and is undone by one press, until something else is done. */
export const offered = signal<{ text: string } | null>(null);

/** Offers to undo what was done last. */
export function offerUndo(text: string): void {
	offered.value = { text };
}

/**
 * An edit of an item: its stamp, and which edits of others it has seen and replaced. By `over` a merge tells
 * an edit that came after another from one that was made at the same time.
 */
function edited(item: CaseItem, change: Partial<CaseItem>): CaseItem {
	const held = doc.value.items.find((i) => i.id === item.id) ?? item;
	const over = { ...held.over };
	if (held.stamp.author !== author) over[held.stamp.author] = Math.max(over[held.stamp.author] ?? 0, held.stamp.counter);
	const next: CaseItem = { ...item, ...change, stamp: stamp() };
	if (Object.keys(over).length > 0) next.over = over;
	return next;
}

export function add<K extends Kind>(kind: K, body: Bodies[K], step = currentStep.value): string {
	const item: CaseItem = {
		id: random128(),
		kind,
		stamp: stamp(),
		pass: pass.value,
		step,
		body: body as unknown as Record<string, unknown>,
	};
	operate(null, item, "");
	bumped.value = false;
	return item.id;
}

/** Changes members of an item's body. `merge` joins quick edits of one field into one undo step. */
export function edit<K extends Kind>(id: string, change: Partial<Bodies[K]>, merge = ""): void {
	const before = doc.value.items.find((i) => i.id === id);
	if (!before) return;
	operate(before, edited(before, { body: { ...before.body, ...change } }), merge && `${id}:${merge}`);
}

export function remove(id: string): void {
	const before = doc.value.items.find((i) => i.id === id);
	if (!before) return;
	operate(before, edited(before, { deleted: true }), "");
	const { evidence, value, name, what, filter, text, action } = before.body as Record<string, unknown>;
	const said = [action, evidence, value, name, what, filter, text].find((t): t is string => typeof t === "string" && t !== "");
	offerUndo(`${before.kind === "pin" ? "Unpinned" : "Removed"} ${said?.slice(0, 120) ?? before.kind}`);
}

export function canUndo(): boolean {
	undoVersion.value;
	return done.length > 0;
}

export function canRedo(): boolean {
	undoVersion.value;
	return undone.length > 0;
}

const alike = (list: Operation[], o: Operation): boolean => o.press > 0 && list.at(-1)?.press === o.press;

export function undo(): void {
	const o = done.pop();
	if (!o) return;
	put(o.before ? edited(o.before, {}) : edited(o.after, { deleted: true }));
	undone.push(o);
	telling = null;
	offered.value = null;
	if (alike(done, o)) undo();
	else {
		undoVersion.value++;
		const what = sentence(o.before, o.after);
		if (what) log(`undid: ${what.what}`, "undo", { item: o.id });
		announce("Undone");
	}
}

export function redo(): void {
	const o = undone.pop();
	if (!o) return;
	put(edited(o.after, {}));
	done.push(o);
	telling = null;
	if (alike(undone, o)) redo();
	else {
		undoVersion.value++;
		const what = sentence(o.before, o.after);
		if (what) log(`did again: ${what.what}`, what.op, what.args, what.result);
		announce("Done again");
	}
}

/** Live items of a kind, in the order they were made. */
export function items<K extends Kind>(kind: K): Item<K>[] {
	return doc.value.items.filter((i) => i.kind === kind && !i.deleted) as unknown as Item<K>[];
}

/** The one item of a kind that exists once, or its default. */
export function single<K extends "issue">(kind: K, fallback: Bodies[K]): { id: string | null; body: Bodies[K] } {
	const found = items(kind).at(-1);
	return found ? { id: found.id, body: { ...fallback, ...found.body } } : { id: null, body: fallback };
}

export function scopeEntries<E extends ScopeEntry["entry"]>(entry: E): (Item<"scope"> & { body: Extract<ScopeEntry, { entry: E }> })[] {
	return items("scope").filter((i) => i.body.entry === entry) as never;
}

export function rename(title: string): void {
	doc.value = { ...doc.value, title };
	scheduleSave();
}

/** An item that is no operation: nothing undoes it. Gives its id. */
export function record<K extends Kind>(kind: K, body: Bodies[K], inPass = pass.value, step = currentStep.value): string {
	const id = random128();
	put({ id, kind, stamp: stamp(), pass: inPass, step, body: body as unknown as Record<string, unknown> });
	return id;
}

/** Changes members of an item's body; no operation either. */
export function amend<K extends Kind>(id: string, change: Partial<Bodies[K]>): void {
	const item = doc.value.items.find((i) => i.id === id && !i.deleted);
	if (item) put({ ...edited(item, { body: { ...item.body, ...change } }), stamp: { ...stamp(), at: item.stamp.at } });
}

/** What results are made from now; the page above tells it. */
export const inputs: { of: () => { fingerprint: string; scope: string } } = { of: () => ({ fingerprint: "", scope: "" }) };

/** Entries of the action log; what is done beyond them is not logged, which its last entry says. */
export const LOG_MOST = 5000;
/** An edit this long after the last one of the same item is an entry of its own. */
const TYPING_MS = 120_000;
let telling: { item: string; entry: string; before: CaseItem | null; at: number; press: number; first: string; more: number } | null = null;

/** An entry of the action log: a sentence, and what was done for those who run it again. Gives its id, "" when the log is full. */
export function log(what: string, op = "", args: Record<string, unknown> = {}, result: Record<string, unknown> = {}): string {
	telling = null;
	const n = doc.value.items.reduce((sum, i) => sum + (i.kind === "log" ? 1 : 0), 0);
	if (n >= LOG_MOST) return "";
	if (n === LOG_MOST - 1) return record("log", { what: `the log is full with ${LOG_MOST} entries: what follows is not in it` });
	return record("log", { what, op, args, result, ...inputs.of() });
}

/** Typing in one field, and filling in what was just added, is one entry. */
function tell(before: CaseItem | null, after: CaseItem): void {
	const at = performance.now();
	// What one press does is one entry, named by its first operation.
	if (press > 0 && telling?.press === press) {
		if (telling.item !== after.id) telling.more++;
		amend<"log">(telling.entry, {
			what: telling.more > 0 ? `${telling.first}, and ${telling.more} more by the same press` : telling.first,
		});
		return;
	}
	const goesOn = telling !== null && telling.item === after.id && !after.deleted && at - telling.at < TYPING_MS;
	const from = goesOn && telling ? telling.before : before;
	const told: Said | null = sentence(from, after);
	if (goesOn && telling) {
		telling.at = at;
		if (told) amend<"log">(telling.entry, { ...told, ...inputs.of() });
		return;
	}
	if (!told) return;
	const entry = log(told.what, told.op, told.args, told.result);
	if (entry !== "" && !after.deleted) telling = { item: after.id, entry, before, at, press, first: told.what, more: 0 };
}

/** The next item belongs to a new round of the method. */
export function newPass(): void {
	bumped.value = true;
	log("started another pass", "pass");
	bumped.value = false;
}

export function replaceCase(next: CaseDocument): void {
	doc.value = next;
	telling = null;
	offered.value = null;
	done.length = 0;
	undone.length = 0;
	undoVersion.value++;
	counter = next.items.reduce((n, i) => (i.stamp.author === author ? Math.max(n, i.stamp.counter) : n), counter);
	scheduleSave();
}

// ---------------------------------------------------------------- autosave

/** Well under the five seconds that may be lost. */
export const SAVE_AFTER_MS = 800;
const KEY = "case";
/** How long the page waits for the notes of the last visit before it shows itself without them. */
const RESTORE_MS = 3000;
/** The notes of the last visit are in place: before, nothing may be added, because they would replace it. */
export const ready = signal(false);

export function whenReady(): Promise<void> {
	if (ready.value) return Promise.resolve();
	return new Promise((resolve) => {
		const stop = ready.subscribe((is) => {
			if (!is) return;
			resolve();
			queueMicrotask(() => stop());
		});
	});
}

/** The notes of the last visit were not read, so nothing may be written over them. */
let unread = false;
let timer: ReturnType<typeof setTimeout> | undefined;
let first = 0;

function scheduleSave(): void {
	if (saved.value.state !== "waiting") saved.value = { state: "waiting", at: saved.value.at };
	const now = performance.now();
	first ||= now;
	clearTimeout(timer);
	timer = setTimeout(saveNow, now - first > 3000 ? 0 : SAVE_AFTER_MS);
}

export async function saveNow(): Promise<void> {
	clearTimeout(timer);
	first = 0;
	try {
		if (unread) throw new Error("the notes of the last visit were not read");
		await storage.set(KEY, { author, document: doc.value });
		saved.value = { state: "saved", at: clock.now() };
	} catch {
		saved.value = { state: "failed", at: saved.value.at };
	}
}

function isCase(v: unknown): v is CaseDocument {
	return typeof v === "object" && v !== null && (v as CaseDocument).schema === 1 && Array.isArray((v as CaseDocument).items);
}

/** Reads the notes of the last visit; true when there were any. Until then nothing must be typed: it would be replaced. */
export async function restoreCase(): Promise<boolean> {
	author = random128();
	try {
		const late = new Promise<never>((_, reject) =>
			setTimeout(() => reject(new Error("the browser's storage does not answer")), RESTORE_MS),
		);
		unread = true;
		const kept = (await Promise.race([storage.get(KEY), late])) as { author?: string; document?: unknown } | undefined;
		unread = false;
		if (typeof kept?.author === "string") author = kept.author;
		if (isCase(kept?.document) && kept.document.items.length > 0) {
			doc.value = kept.document;
			counter = kept.document.items.reduce((n, i) => (i.stamp.author === author ? Math.max(n, i.stamp.counter) : n), 0);
			saved.value = { state: "saved", at: "" };
			return true;
		}
	} catch {
		saved.value = { state: "failed", at: "" };
	}
	return false;
}

/** Notes are written out when the page is hidden, not only after the pause. */
export function startAutosave(): void {
	addEventListener("visibilitychange", () => {
		if (document.visibilityState === "hidden" && saved.value.state === "waiting") void saveNow();
	});
	addEventListener("pagehide", () => {
		if (saved.value.state === "waiting") void saveNow();
	});
}

export async function forgetEverything(): Promise<void> {
	clearTimeout(timer);
	await storage.clear();
	unread = false;
	localStorage.removeItem("weir.settings");
	replaceCase(emptyCase());
	clearTimeout(timer);
	saved.value = { state: "none", at: "" };
}
