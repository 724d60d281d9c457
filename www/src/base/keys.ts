/** The key registry: one list makes the handler, the key sheet and the palette. */

import { signal } from "@preact/signals";

export interface Command {
	id: string;
	/** Verb and object: "Pin as evidence". */
	title: string;
	/** "Mod+k", "g 4", "?", "[": Mod is Ctrl or ⌘; a space makes a sequence. */
	keys: string[];
	/** "global" or the name of a scope that a focused pane carries in data-keys. */
	scope: string;
	/** False when it had nothing to do here: the key is the browser's then. */
	run: () => unknown;
	/** Not offered in palette and sheet while false. */
	when?: () => boolean;
}

const commands = new Map<string, Command>();
export const commandsVersion = signal(0);

/** Adds commands; the answer takes them away again. */
export function register(list: Command[]): () => void {
	for (const c of list) commands.set(c.id, c);
	commandsVersion.value++;
	return () => {
		for (const c of list) if (commands.get(c.id) === c) commands.delete(c.id);
		commandsVersion.value++;
	};
}

export function allCommands(): Command[] {
	commandsVersion.value;
	return [...commands.values()].filter((c) => c.when?.() !== false);
}

const mac = /Mac|iPhone|iPad/.test(globalThis.navigator?.platform ?? "");

export function shownKey(key: string): string {
	return key
		.split(" ")
		.map((k) =>
			k
				.replace("Mod+", mac ? "⌘ " : "Ctrl ")
				.replace("Shift+", "Shift ")
				.replace("Enter", "⏎")
				.replace("ArrowLeft", "←")
				.replace("ArrowRight", "→")
				.replace(/(^| )([a-z])$/, (m) => m.toUpperCase()),
		)
		.join(" then ");
}

/** "Mod+Enter", "?", "F6", "Shift+F6". Shift is named only where the key alone does not tell it. */
export function keyOf(e: KeyboardEvent): string {
	const mod = e.ctrlKey || e.metaKey ? "Mod+" : "";
	const named = e.key.length > 1;
	const shift = e.shiftKey && (named || mod) ? "Shift+" : "";
	const key = e.key.length === 1 ? e.key.toLowerCase() : e.key;
	return `${mod}${shift}${key}`;
}

export function inText(target: EventTarget | null): boolean {
	if (!(target instanceof HTMLElement)) return false;
	if (target instanceof HTMLTextAreaElement || target instanceof HTMLSelectElement || target.isContentEditable) return true;
	return target instanceof HTMLInputElement && !["checkbox", "radio", "button", "range", "submit", "file"].includes(target.type);
}

function scopesOf(target: EventTarget | null): string[] {
	const out: string[] = [];
	let el = target instanceof Element ? target.closest("[data-keys]") : null;
	while (el) {
		out.push(...(el.getAttribute("data-keys") ?? "").split(" "));
		el = el.parentElement?.closest("[data-keys]") ?? null;
	}
	out.push("global");
	return out;
}

/** Single letters can be switched off (WCAG 2.1.4). */
export const singleKeys = signal(true);

/** In a field these belong to its text: undo, redo, and find again. */
const TEXT_KEYS = new Set(["Mod+z", "Mod+Shift+z", "Mod+y", "Mod+g"]);

let pending = "";
let pendingAt = 0;

/** Finds the command for a key event; the innermost scope wins. */
export function commandFor(e: KeyboardEvent): Command | null {
	if (e.altKey || e.isComposing) return null;
	const key = keyOf(e);
	const plain = key.length === 1;
	if (plain && (inText(e.target) || !singleKeys.value)) return null;
	if (inText(e.target) && TEXT_KEYS.has(key)) return null;
	if (inText(e.target) && !key.startsWith("Mod+") && !/^(Shift\+)?F\d/.test(key)) return null;
	const sequence = pending && e.timeStamp - pendingAt < 1500 ? `${pending} ${key}` : "";
	pending = "";
	const scopes = scopesOf(e.target);
	const live = [...commands.values()].filter((c) => scopes.includes(c.scope) && c.when?.() !== false);
	live.sort((a, b) => scopes.indexOf(a.scope) - scopes.indexOf(b.scope));
	const hit = (sequence && live.find((c) => c.keys.includes(sequence))) || live.find((c) => c.keys.includes(key));
	if (hit) return hit;
	if (live.some((c) => c.keys.some((k) => k.startsWith(`${key} `)))) {
		pending = key;
		pendingAt = e.timeStamp;
	}
	return null;
}

export function startKeys(): void {
	addEventListener("keydown", (e) => {
		if (e.defaultPrevented || (document.querySelector("dialog[open]:modal") && e.key !== "F1")) return;
		const c = commandFor(e);
		if (!c) return;
		if (c.run() !== false) e.preventDefault();
	});
}
