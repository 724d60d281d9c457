/** From the case's items to the scope document, and from typed text to scope entries. */

import { computed } from "@preact/signals";
import type { Indicator, Scope } from "../engine/contract.ts";
import { add, type Bodies, items, scopeEntries, single } from "./case.ts";
import { refang } from "./text.ts";

const NO_ISSUE = { issue: "" as const, sentence: "", reported_by: "", noticed: "", severity: "" };

/** Programs that are ours, as the analyst wrote them. */
export const applications = (): string[] =>
	(scopeEntries("applications").at(-1)?.body.value ?? "")
		.split("\n")
		.map((l) => l.trim())
		.filter((l) => l !== "");

export const scope = computed<Scope>(() => {
	const issue = single("issue", NO_ISSUE).body;
	const window = scopeEntries("window").at(-1)?.body;
	const now = scopeEntries("now").at(-1)?.body.value;
	const s: Scope = {
		schema: 1,
		issue: issue.issue || "breach",
		question: issue.sentence,
		zone: window?.zone || "UTC",
		window: {},
		networks: scopeEntries("network").map((i) => i.body.value),
		hosts: scopeEntries("host").map((i) => i.body.value),
		exclude: scopeEntries("exclude").map((i) => i.body.value),
		protocols: scopeEntries("protocol").map((i) => i.body.value),
		indicators: scopeEntries("indicator").map((i) => ({ kind: i.body.kind as Indicator["kind"], value: i.body.value })),
	};
	const ours = applications();
	if (ours.length > 0) s.applications = ours;
	if (now) s.now = now;
	if (window?.from) s.window.from = window.from;
	if (window?.to) s.window.to = window.to;
	return s;
});

/** The scope without the indicators of a pass and later ones; null where nothing came before or nothing was added. */
export function scopeBefore(pass: number): Scope | null {
	const old = scopeEntries("indicator").filter((i) => i.pass < pass);
	if (old.length === 0 || old.length === scope.value.indicators.length) return null;
	return { ...scope.value, indicators: old.map((i) => ({ kind: i.body.kind as Indicator["kind"], value: i.body.value })) };
}

/** Writes a scope document into a case that has none yet: the sample brings its question along. True when it did. */
export function adoptScope(s: Partial<Scope>): boolean {
	if (items("scope").length > 0 || items("issue").length > 0) return false;
	add("issue", { ...NO_ISSUE, issue: s.issue ?? "breach", sentence: s.question ?? "" }, "issue");
	const entry = (body: Bodies["scope"], step: string): string => add("scope", body, step);
	if (s.now) entry({ entry: "now", value: s.now }, "scope");
	const { from = "", to = "" } = s.window ?? {};
	if (from || to) entry({ entry: "window", from, to, typed_from: from, typed_to: to, zone: s.zone || "UTC" }, "scope");
	for (const i of s.indicators ?? []) entry({ entry: "indicator", kind: i.kind, value: i.value, because: "" }, "scope");
	for (const value of s.networks ?? []) entry({ entry: "network", value, role: "", source: "typed" }, "targets");
	for (const value of s.hosts ?? []) entry({ entry: "host", value, role: "", source: "typed" }, "targets");
	for (const value of s.exclude ?? []) entry({ entry: "exclude", value, role: "", source: "typed" }, "targets");
	if (s.applications?.length) entry({ entry: "applications", value: s.applications.join("\n") }, "targets");
	for (const value of s.protocols ?? []) entry({ entry: "protocol", value }, "targets");
	return true;
}

const ipv4 = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/;

export function isIpv4(text: string): boolean {
	const m = ipv4.exec(text);
	return m?.slice(1).every((p) => Number(p) <= 255) ?? false;
}

export function isIpv6(text: string): boolean {
	if (!/^[0-9a-f:.]+$/i.test(text) || !text.includes(":")) return false;
	const halves = text.split("::");
	if (halves.length > 2) return false;
	const groups = (s: string): string[] => (s === "" ? [] : s.split(":"));
	const all = halves.flatMap(groups);
	const tail = all.at(-1) ?? "";
	const v4 = tail.includes(".");
	if (v4 && !isIpv4(tail)) return false;
	const ok = all.every((g, i) => /^[0-9a-f]{1,4}$/i.test(g) || (v4 && i === all.length - 1));
	const n = all.length + (v4 ? 1 : 0);
	return ok && (halves.length === 2 ? n < 8 : n === 8);
}

export function isNetwork(text: string): boolean {
	const [address, bits, more] = text.split("/");
	if (more !== undefined || bits === undefined || !/^\d{1,3}$/.test(bits) || address === undefined) return false;
	return isIpv4(address) ? Number(bits) <= 32 : isIpv6(address) && Number(bits) <= 128;
}

/** A network with its host bits cleared: 192.168.100.7/24 is 192.168.100.0/24. IPv6 is left as written. */
export function normalNetwork(text: string): string {
	const [address = "", bits = "32"] = text.split("/");
	if (!isIpv4(address)) return text.toLowerCase();
	const n = address.split(".").reduce((a, p) => a * 256 + Number(p), 0);
	const size = 2 ** (32 - Number(bits));
	const base = Math.floor(n / size) * size;
	return `${[24, 16, 8, 0].map((s) => Math.floor(base / 2 ** s) % 256).join(".")}/${bits}`;
}

export interface ParsedTarget {
	line: string;
	entry: "network" | "host" | null;
	value: string;
	error: string | null;
}

/** A pasted list of networks and addresses, one a line or separated by commas; bad ones keep their reason. */
export function parseTargets(text: string): ParsedTarget[] {
	const out: ParsedTarget[] = [];
	for (const raw of text.split(/[\n,;]+/)) {
		const line = raw.trim();
		if (line === "" || line.startsWith("#")) continue;
		const t = refang(line);
		if (isNetwork(t)) {
			const v = normalNetwork(t);
			out.push({ line, entry: "network", value: v, error: null });
		} else if (isIpv4(t) || isIpv6(t)) out.push({ line, entry: "host", value: t.toLowerCase(), error: null });
		else out.push({ line, entry: null, value: t, error: targetError(t) });
	}
	return out;
}

function targetError(t: string): string {
	if (t.includes("/")) return "not a network; write 10.0.0.0/24";
	if (/^[\d.]+$/.test(t)) return "not an address: four numbers from 0 to 255 are needed";
	if (/[a-z]/i.test(t) && t.includes(".")) return "a name, not an address: add it as supporting information in step 2";
	return "neither a network nor an address";
}

/** Guesses what an indicator is; the analyst can change it. */
export function guessIndicator(text: string): Indicator | null {
	const v = refang(text);
	if (v === "") return null;
	if (/^[0-9a-f]{64}$/i.test(v)) return { kind: "sha256", value: v.toLowerCase() };
	if (/^[0-9a-f]{40}$/i.test(v)) return { kind: "sha1", value: v.toLowerCase() };
	if (/^[0-9a-f]{32}$/i.test(v)) return { kind: "md5", value: v.toLowerCase() };
	if (/^(https?|ftp):\/\//i.test(v)) return { kind: "url", value: v };
	if (isIpv4(v) || isIpv6(v) || isNetwork(v)) return { kind: "address", value: v };
	if (v.includes("*") || v.includes("?")) return { kind: "glob", value: v };
	if (/^[a-z]+\/[a-z0-9.+-]+$/i.test(v))
		return v.startsWith("Mozilla") || /\/\d/.test(v) ? { kind: "user_agent", value: v } : { kind: "filetype", value: v.toLowerCase() };
	if (/\s/.test(v)) return { kind: "user_agent", value: v };
	const last = v.split(".").pop()?.toLowerCase() ?? "";
	if (v.includes(".") && FILE_ENDINGS.has(last)) return { kind: "filename", value: v };
	if (/^(?:[a-z0-9_-]+\.)+[a-z][a-z0-9-]*\.?$/i.test(v)) return { kind: "domain", value: v.toLowerCase().replace(/\.$/, "") };
	return { kind: "filename", value: v };
}

/** Adds what a text seems to be to what is looked for; null when it is looked for already or is nothing. */
export function lookFor(text: string, because: string): Indicator | null {
	const i = guessIndicator(text);
	if (!i || scopeEntries("indicator").some((e) => e.body.kind === i.kind && e.body.value === i.value)) return null;
	add("scope", { entry: "indicator", kind: i.kind, value: i.value, because });
	return i;
}

const FILE_ENDINGS = new Set(
	"exe dll sys scr msi bat cmd ps1 psm1 vbs vbe js jse wsf hta lnk jar apk dmg pkg sh elf so bin iso img vhd zip rar 7z gz tgz tar cab doc docm docx xls xlsm xlsx ppt pptm pptx rtf pdf html htm png gif jpg jpeg txt csv dat tmp php asp aspx cgi py pl".split(
		" ",
	),
);

export const INDICATOR_WORDS: Record<Indicator["kind"], string> = {
	domain: "domain",
	address: "address",
	url: "web address",
	filename: "file name",
	glob: "file name pattern",
	sha256: "SHA-256",
	sha1: "SHA-1",
	md5: "MD5",
	filetype: "file type",
	user_agent: "user agent",
};
