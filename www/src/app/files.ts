/** Dropped and chosen files: captures go to the engine, a case file opens the case. */

import { doc, emptyCase, log, mergeIn, readOnly, replaceCase, saveNow, whenReady } from "../base/case.ts";
import { saveBlob, saveText } from "../base/download.ts";
import { focused } from "../base/focus.ts";
import { go, route } from "../base/routes.ts";
import { adoptScope } from "../base/scope.ts";
import { copyOfPage } from "../base/selfcopy.ts";
import { isTemplate, readTemplate } from "../base/template.ts";
import { bytes, plural, safeName } from "../base/text.ts";
import { ask, Cancelled, captures } from "../engine/client.ts";
import { PRIORITY, type Scope } from "../engine/contract.ts";
import { addFiles, forgetFiles, rememberAll, removeSlices } from "../engine/loads.ts";
import { EMPTY, narrowing, preview } from "../engine/narrowing.ts";
import { toError } from "../engine/results.ts";
import { block, restartEngine, sampleFile } from "../engine/start.ts";
import { complain, toast } from "../widgets/toast.tsx";
import { overlay } from "./state.ts";
import { offeredTemplate } from "./template.tsx";
import { arrived, type Carried, carried, carry, leaveCarried } from "./together.ts";

/** What a dropped file is, by its content: a case, a scope as `weir answer --scope` reads it, else a capture. */
async function kindOf(f: File): Promise<"case" | "scope" | "template" | "capture"> {
	if (!/\.(json|html?|weir|zip)$/i.test(f.name)) return "capture";
	const head = await f.slice(0, 4096).text();
	if (head.startsWith("PK")) return /manifest\.json|case\.json/.test(head) ? "case" : "capture";
	if (f.size > 64e6) return "capture";
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

/** A copy of the case that is open is merged into it; another case takes its place, once this one is saved. */
export async function openCase(f: File): Promise<void> {
	try {
		const r = await ask("case.unpack", { file: f }, { priority: PRIORITY.selection });
		const parts = r.parts.map(({ bytes, ...p }) => ({ ...p, blob: new Blob([bytes as BlobPart]) }));
		const same = doc.value.id === r.document.id && doc.value.items.length > 0;
		if (same && readOnly.value) {
			complain(`${f.name} is a copy of the case that you are reading. Continue this case first: then it is merged.`);
			return;
		}
		const before = doc.value.title;
		let saved = false;
		let came = null;
		if (same) {
			came = await mergeIn(r.document);
			if (!came.nothing) log(`merged ${f.name}: ${came.of_new} new, ${came.of_changed} changed, ${came.of_conflicts} in conflict`);
		} else {
			if (doc.value.items.length > 0 && !readOnly.value) {
				await saveCaseFile();
				saved = true;
			}
			await removeSlices();
			readOnly.value = false;
			leaveCarried();
			replaceCase(r.document);
			go("#/notes");
		}
		carry(parts);
		if (came === null && parts.length === 0 && r.says.length === 0)
			toast(
				saved
					? `Opened another case from ${f.name}. The one before, “${before || "unnamed"}”, was saved first.`
					: `Opened the case from ${f.name}`,
			);
		else {
			arrived.value = { name: f.name, came, parts, says: r.says, saved: saved ? before || "unnamed" : null };
			overlay.value = "came";
		}
	} catch (e) {
		complain(`${f.name} was not opened: ${toError(e).message} Nothing was changed.`);
	}
}

export function caseName(): string {
	return safeName(doc.value.title.trim().replace(/\s+/g, "-").toLowerCase(), "weir-case");
}

/** One file with the case and what goes beside it: what was opened with it, where nothing else is said. */
export async function saveCaseFile(parts: Carried[] = carried.value): Promise<void> {
	await saveNow();
	let packed: Blob | null = null;
	try {
		packed = (await ask("case.pack", { document: doc.value, parts }, { priority: PRIORITY.selection })).blob;
	} catch (e) {
		// The case alone can be saved without the engine; what goes beside it cannot, and is not left out without a word.
		if (parts.length > 0) {
			const size = bytes(parts.reduce((n, p) => n + p.blob.size, 0));
			const why = e instanceof Cancelled ? "the engine was stopped." : toError(e).message;
			throw new Error(
				`${plural(parts.length, "part")} beside the case (${size}) would be lost: ${why} “Save with packets or files” saves the case without them.`,
			);
		}
	}
	if (packed) saveBlob(packed, `${caseName()}.weir.zip`);
	else saveText(JSON.stringify(doc.value, null, "\t"), `${caseName()}.weir.json`, "application/json");
	log("saved the case file", "save");
	toast(
		parts.length > 0
			? `Case file saved, with ${plural(parts.length, "part")} beside the case.`
			: "Case file saved. It holds notes and one-line snapshots, no payload.",
	);
}

/** Saves the case file on a press; false, with the reason shown, where it was not saved. */
export async function saveOrSay(): Promise<boolean> {
	try {
		await saveCaseFile();
		return true;
	} catch (e) {
		complain(`The case was not saved: ${toError(e).message}`);
		return false;
	}
}

/** What may stand beside the case in one HTML, in bytes: a third more as text, held in memory whenever it is opened. */
export const PAGE_MAX = 16e6;

async function asBase64(blob: Blob): Promise<string> {
	const reader = new FileReader();
	await new Promise((done, failed) => {
		reader.onload = done;
		reader.onerror = () => failed(reader.error);
		reader.readAsDataURL(blob);
	});
	return String(reader.result).split(",")[1] ?? "";
}

/** Weir itself with this case inside; opens by double click. */
export async function savePage(withCase: boolean, beside: Carried[] = []): Promise<void> {
	let parts = "";
	// A file found in the traffic would stand in the HTML as it came: it goes into a case file alone.
	const inside = beside.filter((p) => p.sort !== "artifact");
	if (withCase && inside.length > 0) {
		const { blob } = await ask("case.pack", { document: doc.value, parts: inside }, { priority: PRIORITY.selection });
		if (blob.size > PAGE_MAX) throw new Error(`what goes beside the case has ${bytes(blob.size)}, and one HTML takes ${bytes(PAGE_MAX)}`);
		parts = await asBase64(blob);
	}
	if (withCase) {
		// First, so that the copy says when and by whom it was saved.
		log("saved a copy of Weir with the case inside", "save");
		await saveNow();
	}
	saveText(copyOfPage(withCase ? JSON.stringify(doc.value) : "", parts), withCase ? `${caseName()}.weir.html` : "weir.html", "text/html");
	const left = carried.value.filter((p) => !inside.includes(p)).length;
	const without = left > 0 ? ` ${plural(left, "part")} that came with the case ${left === 1 ? "is" : "are"} not in it.` : "";
	toast(
		withCase
			? `Saved Weir with this case inside. Whoever opens it reads first, and may continue.${without}`
			: "Saved an empty copy of Weir.",
	);
}

/** A new case; with captures loaded it is asked first what becomes of them. */
export function startCase(): void {
	if (captures.value.length === 0) void newCase(true);
	else overlay.value = "new-case";
}

/** Saves this case and begins an empty one. Without `keep` the captures go too, and letters begin with A again. */
export async function newCase(keep: boolean): Promise<void> {
	if (doc.value.items.length > 0 && !readOnly.value && !(await saveOrSay())) return;
	// Packets that came with the case go with it: of another case they would be captures.
	await removeSlices();
	readOnly.value = false;
	leaveCarried();
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
