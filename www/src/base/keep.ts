/**
 * Cases in this browser's storage: each has a slot of its own. Tabs that have one case open tell each other, and none
 * writes over what another wrote. Knows documents, not what stands in them.
 */

import type { CaseDocument, CaseItem } from "../engine/contract.ts";
import { storage } from "./storage.ts";

interface Slot {
	document: CaseDocument;
	/** Counts what was written, by whichever tab. */
	rev: number;
	at: string;
}

export interface KeptCase {
	id: string;
	title: string;
	items: number;
	at: string;
}

const slot = (id: string): string => `case:${id}`;
/** What a tab could not write into the slot before it was closed. */
const aside = (id: string, author: string): string => `aside:${id}:${author}`;
/** The slot of the first versions, which kept one case. */
const OLD = "case";

/** What this tab has last seen of each slot. */
const seen = new Map<string, number>();
let open = "";
/** Another tab has, or had, the same case open. */
let alone = true;
let heard: (id: string) => void = () => {};

const channel = typeof BroadcastChannel === "function" ? new BroadcastChannel("weir") : null;
// Node ends although it listens; a browser has no such thing.
(channel as { unref?: () => void } | null)?.unref?.();

type Word = { here: string } | { too: string } | { wrote: string; rev: number };

if (channel)
	channel.onmessage = (e: MessageEvent<Word>) => {
		const w = e.data;
		if ("here" in w && w.here === open) {
			alone = false;
			channel.postMessage({ too: open } satisfies Word);
		} else if ("too" in w && w.too === open) alone = false;
		else if ("wrote" in w && w.wrote === open && w.rev > (seen.get(open) ?? 0)) {
			alone = false;
			heard(open);
		}
	};

/** `run` is called when another tab has written this tab's case. */
export function onOthers(run: (id: string) => void): void {
	heard = run;
}

/** This tab has this case open from now on. */
export function opened(id: string): void {
	if (open === id) return;
	open = id;
	alone = channel !== null;
	channel?.postMessage({ here: id } satisfies Word);
}

const isItem = (i: unknown): boolean => typeof i === "object" && i !== null && "stamp" in i && "body" in i;

export function isCase(v: unknown): v is CaseDocument {
	const d = v as CaseDocument | null;
	return typeof d === "object" && d !== null && d.schema === 1 && Array.isArray(d.items) && d.items.every(isItem);
}

function asSlot(v: unknown): Slot | null {
	return isCase((v as Slot | undefined)?.document) ? (v as Slot) : null;
}

export async function read(id: string): Promise<CaseDocument | null> {
	const s = asSlot(await storage.get(slot(id)));
	if (s) seen.set(id, s.rev);
	return s?.document ?? null;
}

/**
 * Writes a case. Where another tab has written it since this one looked, nothing is written over: the answer is that
 * tab's copy, and this one is put aside until both have been merged and written.
 */
export async function write(document: CaseDocument, author: string, at: string): Promise<CaseDocument | null> {
	const id = document.id;
	let theirs: CaseDocument | null = null;
	const mine = (seen.get(id) ?? 0) + 1;
	if (alone && id === open) {
		await storage.set([slot(id), { document, rev: mine, at } satisfies Slot], ["last", id]);
		seen.set(id, mine);
	} else {
		let rev = mine;
		await storage.update(slot(id), (old) => {
			const held = asSlot(old);
			if (held && held.rev > (seen.get(id) ?? 0)) {
				theirs = held.document;
				rev = held.rev;
				return [[aside(id, author), document]];
			}
			rev = (held?.rev ?? 0) + 1;
			return [
				[slot(id), { document, rev, at } satisfies Slot],
				[aside(id, author), undefined],
				["last", id],
			];
		});
		seen.set(id, rev);
	}
	if (theirs === null) channel?.postMessage({ wrote: id, rev: seen.get(id) ?? 0 } satisfies Word);
	return theirs;
}

const JOURNAL = "weir.unsaved.";
/** Each visit has a journal of its own: what an earlier one left stays until it has been merged and written. */
const journal = JOURNAL + random128();

interface Journal {
	document: CaseDocument;
	/** All of the case; else what was changed since it was last written. */
	whole: boolean;
}

/**
 * What has been typed and not written yet. A database gives up what a closing page asks of it, and a browser that is
 * ended tells no page; this is done when the call comes back, is small, and found at the next start.
 */
export function jot(document: CaseDocument, written: CaseDocument | null): void {
	const known = new Set(written?.id === document.id ? written.items : []);
	const items = document.items.filter((i) => !known.has(i));
	try {
		localStorage.setItem(journal, JSON.stringify({ document: { ...document, items }, whole: known.size === 0 } satisfies Journal));
	} catch {
		// Too much of it, or no storage: what was written last is what there is.
	}
}

/** All of it has been written. */
export function unjot(): void {
	try {
		localStorage.removeItem(journal);
	} catch {
		// There is no storage, so there is no journal.
	}
}

function journals(): { key: string; journal: Journal }[] {
	const out: { key: string; journal: Journal }[] = [];
	try {
		for (const key of Object.keys(localStorage).filter((k) => k.startsWith(JOURNAL))) {
			const left = JSON.parse(localStorage.getItem(key) ?? "null") as Journal | null;
			if (left && isCase(left.document)) out.push({ key, journal: left });
		}
	} catch {
		// None is read.
	}
	return out;
}

/** The kept case with what was jotted down of it; what does not simply follow is merged once the engine is there. */
function withJournals(kept: CaseDocument | null): CaseDocument | null {
	let out = kept;
	for (const { journal } of journals()) {
		if (out === null && journal.whole) out = journal.document;
		if (out?.id !== journal.document.id) continue;
		const held = new Map(out.items.map((i) => [i.id, i]));
		for (const i of journal.document.items) {
			const old = held.get(i.id);
			const has = known(i);
			if (!old || [...known(old)].every(([author, n]) => (has.get(author) ?? 0) >= n)) held.set(i.id, i);
		}
		out = { ...out, items: [...held.values()] };
	}
	return out;
}

/** What tabs that were closed had not written of a case. Taken away only once a merge with it has been written. */
export async function asides(id: string): Promise<{ key: string; document: CaseDocument }[]> {
	const out = journals()
		.filter((j) => j.journal.document.id === id)
		.map((j) => ({ key: j.key, document: j.journal.document }));
	const keys = (await storage.keys()).filter((k) => typeof k === "string" && k.startsWith(`aside:${id}:`)) as string[];
	for (const key of keys) {
		const document = await storage.get(key);
		if (isCase(document)) out.push({ key, document });
	}
	return out;
}

export async function drop(key: string): Promise<void> {
	if (key.startsWith(JOURNAL)) localStorage.removeItem(key);
	else await storage.remove(key);
}

/** With everything else that this browser keeps. */
export function forgetJournals(): void {
	for (const { key } of journals()) localStorage.removeItem(key);
}

function random128(): string {
	const b = crypto.getRandomValues(new Uint8Array(16));
	return [...b].map((x) => x.toString(16).padStart(2, "0")).join("");
}

/** Holds a lock until the tab is closed; false when another tab has it, or the browser has no locks. */
function hold(name: string): Promise<boolean> {
	const locks = globalThis.navigator?.locks;
	if (!locks) return Promise.resolve(false);
	return new Promise((resolve) => {
		locks
			.request(name, { ifAvailable: true }, (lock) => {
				resolve(lock !== null);
				return lock === null ? undefined : new Promise(() => {});
			})
			.catch(() => resolve(false));
	});
}

/**
 * Who writes in this tab. A merge tells edits apart by author and counter, so no two tabs may have the same: the
 * browser's author belongs to the first tab, another one is somebody of its own.
 */
export async function claimAuthor(): Promise<string> {
	const kept = await storage.get("author");
	const old = typeof kept === "string" ? kept : ((await storage.get(OLD)) as { author?: string } | undefined)?.author;
	const author = typeof old === "string" ? old : random128();
	if (!(await hold(`weir.author.${author}`))) return random128();
	if (kept !== author) await storage.set(["author", author]);
	return author;
}

/** The case that was written last; that of a first version gets a slot of its own. */
export async function lastCase(): Promise<CaseDocument | null> {
	const old = (await storage.get(OLD)) as { document?: unknown } | undefined;
	if (isCase(old?.document)) {
		const document = old.document;
		await storage.update(slot(document.id), (held) =>
			held === undefined
				? [
						[slot(document.id), { document, rev: 1, at: "" } satisfies Slot],
						["last", document.id],
						[OLD, undefined],
					]
				: [[OLD, undefined]],
		);
	}
	const last = await storage.get("last");
	return withJournals(typeof last === "string" ? await read(last) : null);
}

/** Every case with something in it, the last written first. */
export async function keptCases(): Promise<KeptCase[]> {
	const out: KeptCase[] = [];
	for (const key of await storage.keys()) {
		if (typeof key !== "string" || !key.startsWith("case:")) continue;
		const s = asSlot(await storage.get(key));
		// A case that was begun and left empty is none.
		if (s && s.document.items.length === 0 && s.document.id !== open) await storage.remove(key);
		else if (s && s.document.items.length > 0)
			out.push({
				id: s.document.id,
				title: s.document.title,
				items: s.document.items.filter((i) => !i.deleted && i.kind !== "log" && i.kind !== "author").length,
				at: s.at,
			});
	}
	return out.sort((a, b) => (a.at < b.at ? 1 : -1));
}

export async function forgetCase(id: string): Promise<void> {
	for (const a of await asides(id)) await drop(a.key);
	await storage.remove(slot(id));
}

/** The newest counter per author that an item has seen. */
function known(i: CaseItem): Map<string, number> {
	const out = new Map(Object.entries(i.over ?? {}));
	for (const v of [i, ...(i.conflicts ?? [])]) out.set(v.stamp.author, Math.max(out.get(v.stamp.author) ?? 0, v.stamp.counter));
	return out;
}

/** Has `all` seen every edit that `part` holds? Then a merge with it would change nothing. */
export function holdsAll(all: CaseDocument, part: CaseDocument): boolean {
	const by = new Map(all.items.map((i) => [i.id, known(i)]));
	return part.items.every((i) => {
		const seenOf = by.get(i.id);
		return seenOf !== undefined && [...known(i)].every(([author, n]) => (seenOf.get(author) ?? 0) >= n);
	});
}

/** The newest counter that an author has used in a case, lost and replaced edits among them: none is used twice. */
export function counterOf(document: CaseDocument, author: string): number {
	return document.items.reduce((n, i) => Math.max(n, known(i).get(author) ?? 0), 0);
}
