/** What the analyst chose for this browser: theme, zone, time form, density. Never case content. */

import { effect, signal } from "@preact/signals";
import { singleKeys } from "./keys.ts";
import type { TimeFormat } from "./time.ts";

export interface Settings {
	theme: "system" | "light" | "dark";
	zone: string;
	time: TimeFormat;
	density: "dense" | "normal" | "comfortable";
	tints: boolean;
	single_keys: boolean;
	layout: "list" | "side" | "focus";
	drawer: boolean;
	rail: boolean;
	redact: boolean;
}

export const DEFAULTS: Settings = {
	theme: "system",
	zone: "UTC",
	time: "first",
	density: "normal",
	tints: true,
	single_keys: true,
	layout: "list",
	drawer: true,
	rail: true,
	redact: false,
};

const KEY = "weir.settings";

function read(): Settings {
	try {
		const saved = JSON.parse(localStorage.getItem(KEY) ?? "{}") as Partial<Settings>;
		return { ...DEFAULTS, ...saved };
	} catch {
		return { ...DEFAULTS };
	}
}

export const settings = signal<Settings>(read());

export function set<K extends keyof Settings>(key: K, value: Settings[K]): void {
	settings.value = { ...settings.value, [key]: value };
}

export const ROW_HEIGHT = { dense: 22, normal: 24, comfortable: 28 } as const;

/** Applies theme and density to the document and keeps the settings in this browser. */
export function startSettings(): void {
	effect(() => {
		const s = settings.value;
		const root = document.documentElement;
		root.dataset.theme = s.theme;
		root.dataset.density = s.density;
		root.dataset.tints = String(s.tints);
		singleKeys.value = s.single_keys;
		try {
			localStorage.setItem(KEY, JSON.stringify(s));
		} catch {
			// A full or forbidden store only costs the settings' memory.
		}
	});
}
