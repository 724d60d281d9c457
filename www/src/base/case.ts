/**
 * The case on this page: items, and operations on them. Autosave, undo and the action log are made of operations.
 * Holds what the analyst wrote and one-line snapshots; never captured payload.
 */

import { computed, signal } from "@preact/signals";
import type { Came, CaseDocument, CaseItem, CaseVersion, Rung, Sort } from "../engine/contract.ts";
import { type Said, sentence } from "./actionlog.ts";
import { announce } from "./announce.ts";
import * as keep from "./keep.ts";
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
	/**
	 * `role` "summary": the analyst's conclusion, for page one of the report. `drafted` holds the sentences as they were
	 * drafted, `inputs` what they were drafted from.
	 */
	note: { text: string; parent: string; order: number; role?: "summary"; drafted?: string; inputs?: string };
	/** `fact` is what the engine said of it, `digest` the SHA-256 of its bytes: a later check compares them. */
	pin: {
		evidence: string;
		snapshot: string;
		comment: string;
		sha12: string;
		fact?: string;
		digest?: string;
		parent: string;
		order: number;
	};
	/** Who may have the report, by the Traffic Light Protocol. */
	marking: { tlp: Tlp | "" };
	/** Parts that the report is printed without, a word each. */
	layout: { without: string };
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
		/** What the file says of itself, so that it is known without it. */
		about?: {
			format: string;
			application: string | null;
			os: string | null;
			hardware: string | null;
			comments: string[];
			interfaces: {
				name: string | null;
				link: string;
				packets: number;
				snap_length: number | null;
				drops: number | null;
				filter: string | null;
			}[];
			gaps: { from: string; to: string }[];
			more_gaps: number;
		};
	};
	/** The analyst's own on a capture, found by its hash, before it is known by name and size. */
	remark: { sha12: string; name: string; bytes: number; text: string };
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
	/** The name of the case; its item has the case's id, so that two names given at once are a conflict. */
	title: { text: string };
	/** What an author of stamps is called. */
	author: { author: string; name: string };
}

/** Labels of the Traffic Light Protocol 2.0. */
export type Tlp = "clear" | "green" | "amber" | "amber_strict" | "red";

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

/** A copy that somebody sent is read first: until it is continued nothing gets into it, and nothing of it is stored. */
export const readOnly = signal(false);
/** Says that nothing was written, and why; the shell gives it its words. */
export const refusal: { say: () => void } = { say: () => {} };

/** What is done to an item; each has one that undoes it. The core has the same, and a test compares them. */
type Change =
	/** Sets members of the body; `null` takes one out. */
	| { edit: Record<string, unknown> }
	| { deleted: boolean }
	/** Forgets the edits that lost: the one that holds was chosen. */
	| { settle: true }
	/** Puts back edits that were forgotten. */
	| { unsettle: CaseVersion[] };

/** How an operation on an item is taken back, or done again. */
interface Step {
	id: string;
	changes: Change[];
	/** Typing in one field is one step of undo. */
	merge: string;
	at: number;
	/** Operations of one press have one number, and are undone together; 0 stands alone. */
	press: number;
}

const UNDO_STEPS = 200;
const done: Step[] = [];
const undone: Step[] = [];
export const undoVersion = signal(0);

const find = (id: string): CaseItem | undefined => doc.value.items.find((i) => i.id === id);

function put(item: CaseItem): void {
	const items = doc.value.items;
	const at = items.findIndex((i) => i.id === item.id);
	doc.value = entitled({ ...doc.value, items: at < 0 ? [...items, item] : items.map((i, n) => (n === at ? item : i)) });
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

/** The document's title is what its item says, where there is one. */
function entitled(d: CaseDocument): CaseDocument {
	const item = d.items.find((i) => i.id === d.id && i.kind === "title");
	return item ? { ...d, title: item.deleted ? "" : String(item.body.text ?? "") } : d;
}

/**
 * Does changes to an item as one edit, and gives those that undo them. By `over` a merge tells an edit that came
 * after another from one that was made at the same time.
 */
function change(id: string, changes: Change[]): Change[] {
	const held = find(id);
	if (!held) return [];
	const over = { ...held.over };
	const replaced = (s: CaseItem["stamp"]): void => {
		over[s.author] = Math.max(over[s.author] ?? 0, s.counter);
	};
	if (held.stamp.author !== author) replaced(held.stamp);
	const next: CaseItem = { ...held, stamp: stamp() };
	const back: Change[] = [];
	for (const c of changes) {
		if ("edit" in c) {
			const body = { ...next.body };
			const old: Record<string, unknown> = {};
			for (const [name, value] of Object.entries(c.edit)) {
				old[name] = body[name] ?? null;
				if (value === null || value === undefined) delete body[name];
				else body[name] = value;
			}
			next.body = body;
			back.unshift({ edit: old });
		} else if ("deleted" in c) {
			back.unshift({ deleted: next.deleted === true });
			if (c.deleted) next.deleted = true;
			else delete next.deleted;
		} else if ("settle" in c) {
			const lost = next.conflicts ?? [];
			for (const v of lost) replaced(v.stamp);
			delete next.conflicts;
			back.unshift({ unsettle: lost });
		} else {
			// Under their own stamps a copy that has seen the settling would drop them again.
			const again = c.unsettle.map((v) => ({ ...v, stamp: { ...v.stamp, author, counter: ++counter } }));
			if (again.length > 0) next.conflicts = [...(next.conflicts ?? []), ...again];
			back.unshift({ settle: true });
		}
	}
	if (Object.keys(over).length > 0) next.over = over;
	put(next);
	return back;
}

/** What was done, for undo. */
function did(id: string, changes: Change[], merge: string, before: CaseItem | null): void {
	const last = done[done.length - 1];
	const at = performance.now();
	if (merge && last && last.merge === merge && at - last.at < 3000) last.at = at;
	else {
		done.push({ id, changes, merge, at, press });
		while (done.length > UNDO_STEPS && done[0]?.press !== press) done.shift();
	}
	undone.length = 0;
	undoVersion.value++;
	offered.value = null;
	const after = find(id);
	if (after) tell(before, after);
}

/** What was just done and is undone by one press, until something else is done. */
export const offered = signal<{ text: string } | null>(null);

/** Offers to undo what was done last. */
export function offerUndo(text: string): void {
	offered.value = { text };
}

/** True, with a word, where nothing may be written. */
function refused(): boolean {
	if (readOnly.value) refusal.say();
	return readOnly.value;
}

function insert(item: CaseItem): void {
	put(item);
	did(item.id, [{ deleted: true }], "", null);
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
	// What Weir writes of itself is left out without a word.
	if (kind === "capture" ? readOnly.value : refused()) return item.id;
	insert(item);
	bumped.value = false;
	return item.id;
}

/** Changes members of an item's body. `merge` joins quick edits of one field into one undo step. */
export function edit<K extends Kind>(id: string, change_: Partial<Bodies[K]>, merge = ""): void {
	const before = find(id);
	if (!before) return;
	const changed = Object.entries(change_).filter(([name, value]) => JSON.stringify(before.body[name]) !== JSON.stringify(value));
	// Nothing was changed: an edit all the same would stand against a colleague's.
	if (changed.length === 0) return;
	if (before.kind === "capture" ? readOnly.value : refused()) return;
	did(id, change(id, [{ edit: Object.fromEntries(changed) }]), merge && `${id}:${merge}`, before);
}

/** Adds what an item lacked, as the engine said it a moment later: no edit of the analyst's, so no step of undo. */
export function amend<K extends Kind>(id: string, more: Partial<Bodies[K]>): void {
	const item = find(id);
	if (!item || item.deleted || readOnly.value) return;
	change(id, [{ edit: { ...more } }]);
	const now = find(id);
	// It is still of the moment in which it was made.
	if (now) put({ ...now, stamp: { ...now.stamp, at: item.stamp.at } });
}

export function remove(id: string): void {
	const before = find(id);
	if (!before || refused()) return;
	did(id, change(id, [{ deleted: true }]), "", before);
	const { evidence, value, name, what, filter, text, action } = before.body as Record<string, unknown>;
	const said = [action, evidence, value, name, what, filter, text].find((t): t is string => typeof t === "string" && t !== "");
	offerUndo(`${before.kind === "pin" ? "Unpinned" : "Removed"} ${said?.slice(0, 120) ?? before.kind}`);
}

/**
 * Ends a conflict with one of its edits (`null`: the one that holds), or with a text made of several. Undo brings the
 * conflict back.
 */
export function settle(id: string, chosen: CaseVersion | null, body: Record<string, unknown> | null = null): void {
	const held = find(id);
	if (!held || refused()) return;
	const changes: Change[] = [];
	if (chosen) {
		const gone = Object.keys(held.body).filter((name) => !(name in chosen.body));
		changes.push({ edit: { ...chosen.body, ...Object.fromEntries(gone.map((name) => [name, null])) } });
		if ((chosen.deleted ?? false) !== (held.deleted ?? false)) changes.push({ deleted: chosen.deleted ?? false });
	}
	if (body) changes.push({ edit: body });
	did(id, change(id, [...changes, { settle: true }]), "", held);
}

/** Edits that lost and say something else than the one that holds: two who did the same are of one mind. */
export function disputes(i: CaseItem): CaseVersion[] {
	const says = (v: CaseVersion | CaseItem): string =>
		JSON.stringify([v.kind ?? i.kind, Object.entries(v.body).sort(([a], [b]) => (a < b ? -1 : 1))]);
	return (i.conflicts ?? []).filter((c) => (c.deleted ?? false) !== (i.deleted ?? false) || (!c.deleted && says(c) !== says(i)));
}

/** Items in conflict. */
export const conflicted = computed(() => doc.value.items.filter((i) => (i.conflicts?.length ?? 0) > 0 && disputes(i).length > 0));

/** What an author is called in this case; "" where nobody said. */
export function authorName(id: string): string {
	return items("author").findLast((i) => i.body.author === id)?.body.name ?? "";
}

/** Says in the case who writes here. */
export function sign(name: string): void {
	const own = items("author").find((i) => i.body.author === author);
	if (own) edit<"author">(own.id, { name }, "name");
	else if (name !== "") add("author", { author, name }, "");
}

export const ownName = (): string => authorName(author);
export const isOwn = (id: string): boolean => id === author;

export function canUndo(): boolean {
	undoVersion.value;
	return done.length > 0;
}

export function canRedo(): boolean {
	undoVersion.value;
	return undone.length > 0;
}

const alike = (list: Step[], o: Step): boolean => o.press > 0 && list.at(-1)?.press === o.press;

export function undo(): void {
	if (done.length === 0 || refused()) return;
	const s = done.pop() as Step;
	const was = find(s.id);
	undone.push({ ...s, changes: change(s.id, s.changes) });
	telling = null;
	offered.value = null;
	if (alike(done, s)) undo();
	else {
		undoVersion.value++;
		const now = find(s.id);
		const what = was && sentence(now?.deleted ? null : (now ?? null), was);
		if (what) log(`undid: ${what.what}`, "undo", { item: s.id });
		announce("Undone");
	}
}

export function redo(): void {
	if (undone.length === 0 || refused()) return;
	const s = undone.pop() as Step;
	const was = find(s.id);
	done.push({ ...s, changes: change(s.id, s.changes), merge: "" });
	telling = null;
	if (alike(undone, s)) redo();
	else {
		undoVersion.value++;
		const now = find(s.id);
		const what = now && sentence(was?.deleted ? null : (was ?? null), now);
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
	const id = doc.value.id;
	const held = find(id);
	if (held && !held.deleted) edit<"title">(id, { text: title }, "title");
	else if (refused()) return;
	else if (held) did(id, change(id, [{ edit: { text: title } }, { deleted: false }]), `${id}:title`, held ?? null);
	else {
		put({ id, kind: "title", stamp: stamp(), pass: pass.value, step: "", body: { text: title } });
		did(id, [{ deleted: true }], `${id}:title`, held ?? null);
	}
}

/** An item that is no operation: nothing undoes it. Gives its id. */
export function record<K extends Kind>(kind: K, body: Bodies[K], inPass = pass.value, step = currentStep.value): string {
	const id = random128();
	if (readOnly.value) return id;
	put({ id, kind, stamp: stamp(), pass: inPass, step, body: body as unknown as Record<string, unknown> });
	return id;
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
	if (readOnly.value) return "";
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

/** Takes a document as it is: what it holds was done elsewhere. */
function adopt(next: CaseDocument): void {
	doc.value = entitled(next);
	counter = Math.max(counter, keep.counterOf(next, author));
	if (!readOnly.value) keep.opened(next.id);
}

/** Another case, or another copy of this one, takes the place of what is open. `stored`: it comes from the storage. */
export function replaceCase(next: CaseDocument, stored = false): void {
	adopt(next);
	telling = null;
	offered.value = null;
	done.length = 0;
	undone.length = 0;
	undoVersion.value++;
	if (!stored) scheduleSave();
}

/** How two copies become one: the engine's work, which the page hands in. */
export const joining: { merge: (mine: CaseDocument, theirs: CaseDocument) => Promise<{ document: CaseDocument; came: Came }> } = {
	merge: () => Promise.reject(new Error("the engine is not there")),
};

/** Merges another copy of this case into it. What is typed meanwhile is merged as well. */
export async function mergeIn(theirs: CaseDocument): Promise<Came> {
	for (;;) {
		const mine = doc.value;
		const { document, came } = await joining.merge(mine, theirs);
		if (doc.value.id !== mine.id) throw new Error("another case was opened meanwhile");
		if (doc.value !== mine) continue;
		adopt(document);
		if (!keep.holdsAll(theirs, document)) scheduleSave();
		return came;
	}
}

// ---------------------------------------------------------------- autosave

/** The first change is written at once, the next ones this often: well under the five seconds that may be lost. */
const SAVE_EVERY_MS = 800;
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
/** When the last write began. */
let begun = Number.NEGATIVE_INFINITY;

function scheduleSave(): void {
	if (readOnly.value) return;
	if (saved.value.state !== "waiting") saved.value = { state: "waiting", at: saved.value.at };
	timer ??= setTimeout(saveNow, Math.max(0, begun + SAVE_EVERY_MS - performance.now()));
	jotting ??= setTimeout(jotNow);
}

let jotting: ReturnType<typeof setTimeout> | undefined;

/** Changes of one press are jotted down together. */
function jotNow(): void {
	clearTimeout(jotting);
	jotting = undefined;
	if (saved.value.state === "waiting" && !readOnly.value && !unread) keep.jot(doc.value, written);
}

/** What the storage has. */
let written: CaseDocument | null = null;

/** Tabs that write at once find out one after the other. */
const TRIES = 5;

function unschedule(): void {
	clearTimeout(timer);
	timer = undefined;
}

export async function saveNow(): Promise<void> {
	unschedule();
	begun = performance.now();
	if (readOnly.value) return;
	try {
		if (unread) throw new Error("the notes of the last visit were not read");
		for (let n = 0; n < TRIES; n++) {
			const mine = doc.value;
			const theirs = await keep.write(mine, author, clock.now());
			if (theirs === null) {
				written = mine;
				if (doc.value === mine) {
					saved.value = { state: "saved", at: clock.now() };
					keep.unjot();
				}
				return;
			}
			await mergeIn(theirs);
			unschedule();
		}
		scheduleSave();
	} catch {
		saved.value = { state: "failed", at: saved.value.at };
	}
}

/** Reads the notes of the last visit; true when there were any. Until then nothing must be typed: it would be replaced. */
export async function restoreCase(): Promise<boolean> {
	author = random128();
	try {
		const late = new Promise<never>((_, reject) =>
			setTimeout(() => reject(new Error("the browser's storage does not answer")), RESTORE_MS),
		);
		unread = true;
		const kept = await Promise.race([Promise.all([keep.claimAuthor(), keep.lastCase()]), late]);
		unread = false;
		author = kept[0];
		if (kept[1] && kept[1].items.length > 0) {
			adopt(kept[1]);
			written = doc.value;
			saved.value = { state: "saved", at: "" };
			return true;
		}
		keep.opened(doc.value.id);
	} catch {
		saved.value = { state: "failed", at: "" };
	}
	return false;
}

/** Merges what closed tabs had put aside, once the engine is there. */
export async function takeAsides(): Promise<void> {
	if (readOnly.value || unread) return;
	for (const a of await keep.asides(doc.value.id)) {
		await mergeIn(a.document);
		await saveNow();
		if (saved.value.state === "saved") await keep.drop(a.key);
	}
}

/** Opens a case that this browser keeps. */
export async function openKept(id: string): Promise<boolean> {
	await saveNow();
	const kept = await keep.read(id);
	if (!kept) return false;
	readOnly.value = false;
	replaceCase(kept);
	await takeAsides();
	return true;
}

/** Shows a case that came with the file: nothing of it is stored before it is continued. */
export function showReadOnly(inside: CaseDocument): void {
	unschedule();
	readOnly.value = true;
	replaceCase(inside, true);
	saved.value = { state: "none", at: "" };
}

/** A copy that was read is written on from here; notes that this browser keeps of the same case are merged in. */
export async function continueCase(name: string): Promise<Came | null> {
	const kept = await keep.read(doc.value.id);
	const came = kept ? await mergeIn(kept) : null;
	readOnly.value = false;
	keep.opened(doc.value.id);
	// Before anything can be written or shared in it.
	if (name !== "") sign(name);
	await saveNow();
	await takeAsides();
	return came;
}

/** Notes are written out when the page is hidden, not only after the pause; a page that goes jots down its last word. */
export function startAutosave(): void {
	addEventListener("visibilitychange", () => {
		if (document.visibilityState === "hidden" && saved.value.state === "waiting") void saveNow();
	});
	addEventListener("pagehide", jotNow);
	keep.onOthers(() => {
		if (!readOnly.value) void takeOthers();
	});
}

/** Another tab has written this case. */
async function takeOthers(): Promise<void> {
	const theirs = await keep.read(doc.value.id).catch(() => null);
	if (theirs && theirs.id === doc.value.id) await mergeIn(theirs).catch(() => {});
}

export async function forgetEverything(): Promise<void> {
	unschedule();
	await storage.clear();
	keep.forgetJournals();
	unread = false;
	localStorage.removeItem("weir.settings");
	readOnly.value = false;
	replaceCase(emptyCase());
	unschedule();
	saved.value = { state: "none", at: "" };
}
