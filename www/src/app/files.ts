/** Dropped and chosen files: captures go to the engine, a case file opens the case. */

import { doc, emptyCase, log, replaceCase, saveNow, whenReady } from "../base/case.ts";
import { saveBlob, saveText } from "../base/download.ts";
import { focused } from "../base/focus.ts";
import { go, route } from "../base/routes.ts";
import { adoptScope } from "../base/scope.ts";
import { copyOfPage } from "../base/selfcopy.ts";
import { isTemplate, readTemplate } from "../base/template.ts";
import { safeName } from "../base/text.ts";
import { ask, captures } from "../engine/client.ts";
import { PRIORITY, type Scope } from "../engine/contract.ts";
import { addFiles, forgetFiles, rememberAll } from "../engine/loads.ts";
import { EMPTY, narrowing, preview } from "../engine/narrowing.ts";
import { toError } from "../engine/results.ts";
import { block, restartEngine, sampleFile } from "../engine/start.ts";
import { complain, toast } from "../widgets/toast.tsx";
import { overlay } from "./state.ts";
import { offeredTemplate } from "./template.tsx";

/** What a dropped file is, by its content: a case, a scope as `weir answer --scope` reads it, else a capture. */
async function kindOf(f: File): Promise<"case" | "scope" | "template" | "capture"> {
	if (f.size > 64e6 || !/\.(json|html?|weir)$/i.test(f.name)) return "capture";
	const head = await f.slice(0, 4096).text();
	if (head.includes('name="weir-build"')) return "case";
	if (isTemplate(head)) return "template";
	if (!/^\s*\{\s*"schema"\s*:/.test(head)) return "capture";
	return /"(?:indicators|window|networks)"\s*:/.test(head) && !/"items"\s*:/.test(head) ? "scope" : "case";
}

async function openScope(f: File): Promise<void> {
	try {
		const read = JSON.parse(await f.text()) as Partial<Scope>;
		if (read.schema !== undefined && read.schema !== 1) throw new Error(`schema ${read.schema} is not read, only 1`);
		if (adoptScope(read)) toast(`${f.name} filled steps 1 to 3.`);
		else complain(`${f.name} was not used: this case has a scope already. Start a new case for it.`);
	} catch (e) {
		complain(`${f.name} was not read as a scope: ${toError(e).message}`);
	}
}

async function openTemplate(f: File): Promise<void> {
	try {
		offeredTemplate.value = { name: f.name, template: readTemplate(await f.text()) };
	} catch (e) {
		complain(`${f.name} was not read as a template: ${toError(e).message}`);
	}
}

export async function takeFiles(list: FileList | File[]): Promise<void> {
	// The list of a drop is emptied once its event is over.
	const files = [...list];
	await whenReady();
	const dropped: File[] = [];
	for (const f of files) {
		const kind = await kindOf(f);
		if (kind === "case") await openCase(f);
		else if (kind === "scope") await openScope(f);
		else if (kind === "template") await openTemplate(f);
		else dropped.push(f);
	}
	if (dropped.length === 0) return;
	if (route.value.step === "" || route.value.step === "issue") go("#/capture");
	await addFiles(dropped);
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
		toast(`Opened the case from ${f.name}`);
		go("#/notes");
	} catch (e) {
		complain(`${f.name} was not opened: ${toError(e).message}`);
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
	log("saved the case file", "save");
	toast("Case file saved. It holds notes and one-line snapshots, no payload.");
}

/** Weir itself with this case inside; opens by double click. */
export function savePage(withCase: boolean): void {
	saveText(copyOfPage(withCase ? JSON.stringify(doc.value) : ""), withCase ? `${caseName()}.weir.html` : "weir.html", "text/html");
	if (withCase) log("saved a copy of Weir with the case inside", "save");
	toast(withCase ? "Saved Weir with this case inside." : "Saved an empty copy of Weir.");
}

/** A new case; with captures loaded it is asked first what becomes of them. */
export function startCase(): void {
	if (captures.value.length === 0) void newCase(true);
	else overlay.value = "new-case";
}

/** Saves this case and begins an empty one. Without `keep` the captures go too, and letters begin with A again. */
export async function newCase(keep: boolean): Promise<void> {
	if (doc.value.items.length > 0) await saveCaseFile();
	narrowing.value = EMPTY;
	preview.value = null;
	focused.value = null;
	if (!keep) {
		forgetFiles();
		await restartEngine();
	}
	replaceCase(emptyCase());
	if (keep) rememberAll();
	go("#/issue");
}
