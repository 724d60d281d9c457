/** Dropped and chosen files: captures go to the engine, a case file opens the case. */

import { alarm, announce } from "../base/announce.ts";
import { doc, emptyCase, log, replaceCase, saveNow } from "../base/case.ts";
import { saveBlob, saveText } from "../base/download.ts";
import { go, route } from "../base/routes.ts";
import { adoptScope } from "../base/scope.ts";
import { copyOfPage } from "../base/selfcopy.ts";
import { safeName } from "../base/text.ts";
import { ask } from "../engine/client.ts";
import { PRIORITY, type Scope } from "../engine/contract.ts";
import { addFiles } from "../engine/loads.ts";
import { toError } from "../engine/results.ts";
import { block, sampleFile } from "../engine/start.ts";
import { toast } from "../widgets/dialog.tsx";

/** What a dropped file is, by its content: a case, a scope as `weir answer --scope` reads it, else a capture. */
async function kindOf(f: File): Promise<"case" | "scope" | "capture"> {
	if (f.size > 64e6 || !/\.(json|html?|weir)$/i.test(f.name)) return "capture";
	const head = await f.slice(0, 4096).text();
	if (head.includes('name="weir-build"')) return "case";
	if (!/^\s*\{\s*"schema"\s*:/.test(head)) return "capture";
	return /"(?:indicators|window|networks)"\s*:/.test(head) && !/"items"\s*:/.test(head) ? "scope" : "case";
}

async function openScope(f: File): Promise<void> {
	try {
		const read = JSON.parse(await f.text()) as Partial<Scope>;
		if (adoptScope(read)) toast(`${f.name} filled steps 1 to 3.`);
		else toast(`${f.name} was not used: this case has a scope already. Start a new case for it.`);
	} catch (e) {
		alarm(`${f.name} was not read as a scope: ${toError(e).message}`);
		toast(`${f.name} was not read as a scope: ${toError(e).message}`);
	}
}

export async function takeFiles(list: FileList | File[]): Promise<void> {
	const captures: File[] = [];
	for (const f of list) {
		const kind = await kindOf(f);
		if (kind === "case") await openCase(f);
		else if (kind === "scope") await openScope(f);
		else captures.push(f);
	}
	if (captures.length === 0) return;
	if (route.value.step === "" || route.value.step === "issue") go("#/capture");
	await addFiles(captures);
}

export async function takeSample(): Promise<void> {
	const f = await sampleFile();
	if (!f) return;
	const text = block("weir-sample-scope");
	if (text !== "" && adoptScope(JSON.parse(text) as Partial<Scope>)) toast("The sample brought its question along: see steps 1 to 3.");
	go("#/capture");
	await addFiles([f]);
}

export async function openCase(f: File): Promise<void> {
	try {
		let text = await f.text();
		if (text.includes('id="weir-case"')) {
			text = /<script type="text\/plain" id="weir-case">([\s\S]*?)<\/script>/.exec(text)?.[1] ?? "";
		}
		if (text.trim() === "") throw new Error("this file carries no case");
		const r = await ask("case.open", { text }, { priority: PRIORITY.selection });
		if (doc.value.items.length > 0 && doc.value.id !== r.document.id) await saveCaseFile();
		replaceCase(r.document);
		announce(`Opened the case ${r.document.title || f.name}`);
		toast(`Opened the case from ${f.name}`);
		go("#/notes");
	} catch (e) {
		alarm(`${f.name} was not opened: ${toError(e).message}`);
		toast(`${f.name} was not opened: ${toError(e).message}`);
	}
}

export function caseName(): string {
	return safeName(doc.value.title.trim().replace(/\s+/g, "-").toLowerCase(), "weir-case");
}

export async function saveCaseFile(): Promise<void> {
	await saveNow();
	const r = await ask("case.save", { document: doc.value }, { priority: PRIORITY.selection }).catch(() => null);
	if (r) saveBlob(r.blob, `${caseName()}.weir.json`);
	else saveText(JSON.stringify(doc.value, null, "\t"), `${caseName()}.weir.json`, "application/json");
	log("saved the case file");
	toast("Case file saved. It holds notes and one-line snapshots, no payload.");
}

/** Weir itself with this case inside; opens by double click. */
export function savePage(withCase: boolean): void {
	saveText(copyOfPage(withCase ? JSON.stringify(doc.value) : ""), withCase ? `${caseName()}.weir.html` : "weir.html", "text/html");
	if (withCase) log("saved a copy of Weir with the case inside");
	toast(withCase ? "Saved Weir with this case inside." : "Saved an empty copy of Weir.");
}

export async function newCase(): Promise<void> {
	if (doc.value.items.length > 0) await saveCaseFile();
	replaceCase(emptyCase());
	go("#/issue");
}
