/** What the engine found and a sentence may refer to: answers with their hosts and files, findings, and files. */

import { found, looked, type Mention } from "../base/mentions.ts";
import { scope } from "../base/scope.ts";
import { RUNG_WORDS } from "../base/words.ts";
import { ask, captures, fingerprint } from "./client.ts";
import { PRIORITY } from "./contract.ts";
import { EMPTY } from "./narrowing.ts";
import { Page } from "./rows.ts";
import { scopeMark } from "./stale.ts";

/** Files that are offered; a longer list is searched in Files. */
const FILES = 300;

let of = "";

async function answered(): Promise<Mention[]> {
	if (scope.value.indicators.length === 0) return [];
	const r = await ask("answers", { scope: scope.value, narrowing: null }, { priority: PRIORITY.analysis });
	const hit = r.answers.filter((a) => a.rung !== "none" && a.evidence[0]);
	return [
		...hit.map((a) => ({
			written: a.evidence[0] ?? "",
			title: `${a.name ?? a.host} ${RUNG_WORDS[a.rung]} ${a.indicator.value}`,
			sort: "answer",
		})),
		...hit.map((a) => ({ written: `[[h:${a.host}]]`, title: a.name ?? "", sort: "affected host" })),
		...hit.flatMap((a) =>
			a.files.flatMap((f) => (f.sha256 ? [{ written: `[[file:${f.sha256.slice(0, 12)}]]`, title: f.name, sort: "file" }] : [])),
		),
	];
}

async function findings(): Promise<Mention[]> {
	const r = await ask("findings", { scope: scope.value }, { priority: PRIORITY.analysis });
	return r.findings.map((f) => ({
		written: `[[${f.id}]]`,
		title: [f.title, f.src, f.domain].filter(Boolean).join(" "),
		sort: "finding",
	}));
}

async function files(): Promise<Mention[]> {
	const v = await ask("view", { table: "files", narrowing: EMPTY, order: null }, { priority: PRIORITY.analysis });
	const page = new Page(0, await ask("rows", { view: v.view, from: 0, count: Math.min(FILES, v.rows) }, { priority: PRIORITY.analysis }));
	const at = (id: string): number => v.columns.findIndex((c) => c.id === id);
	const [sha, name] = [at("sha256"), at("name")];
	const out: Mention[] = [];
	for (let row = 0; row < page.rows; row++) {
		const hash = page.raw(row, sha);
		if (hash !== "") out.push({ written: `[[file:${hash.slice(0, 12)}]]`, title: name < 0 ? "" : page.raw(row, name), sort: "file" });
	}
	return out;
}

/** Fills the list of what was found when it is opened, and again where its inputs are others by then. */
export function startMentions(): void {
	looked.ask = () => {
		const now = `${fingerprint.peek()} ${scopeMark.peek()}`;
		if (now === of || captures.peek().length === 0) return;
		of = now;
		const parts: Mention[][] = [[], [], []];
		// Each part stands as soon as it is there; one that fails leaves the others.
		[answered(), findings(), files()].forEach((p, i) => {
			p.then((list) => {
				parts[i] = list;
				if (of === now) found.value = parts.flat();
			}).catch(() => {
				if (of === now) of = "";
			});
		});
	};
}
