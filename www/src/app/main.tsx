import "./lockdown.ts";
import { render } from "preact";
import { alarm } from "../base/announce.ts";
import { doc, inputs, readOnly, ready, replaceCase, restoreCase, showReadOnly, startAutosave, takeAsides } from "../base/case.ts";
import { startDragging } from "../base/dragging.ts";
import { holdsAll, isCase, read } from "../base/keep.ts";
import { startKeys } from "../base/keys.ts";
import { knownTags } from "../base/mentions.ts";
import { startNeighbours } from "../base/neighbour.ts";
import { go, route, startRoutes } from "../base/routes.ts";
import { startSettings } from "../base/settings.ts";
import { startWatchList } from "../engine/casework.ts";
import { captures, fingerprint } from "../engine/client.ts";
import { startDecodeAs } from "../engine/decodeas.ts";
import { startEarlier } from "../engine/earlier.ts";
import { loading, startHashes } from "../engine/loads.ts";
import { startMentions } from "../engine/mentions.ts";
import { tagCounts } from "../engine/notes.ts";
import { scopeMark } from "../engine/stale.ts";
import { block, startEngine } from "../engine/start.ts";
import { loadedLetters } from "../widgets/text.tsx";
import { complain, toast } from "../widgets/toast.tsx";
import { takeBeside } from "./beside.tsx";
import { registerCommands } from "./commands.ts";
import { startTogether } from "./readonly.tsx";
import { Shell } from "./shell.tsx";

declare global {
	interface Window {
		/** Counted by the end-to-end tests. */
		weirViolations: string[];
	}
}

window.weirViolations = [];
addEventListener("securitypolicyviolation", (e) => {
	window.weirViolations.push(`${e.violatedDirective}: ${e.blockedURI} ${e.sourceFile}:${e.lineNumber}`);
});

inputs.of = () => ({ fingerprint: fingerprint.peek(), scope: scopeMark.peek() });
loadedLetters.value = () =>
	// While a capture is read nobody knows yet how many packets it has.
	new Map(captures.value.map((c) => [c.capture, loading.value ? Number.POSITIVE_INFINITY : c.packets]));
knownTags.value = () => tagCounts.value;
startMentions();

/**
 * The case that this file carries is shown, to be read first. Notes that this browser keeps stay where they are; where
 * they hold everything the file does, they are what is opened.
 */
async function takeInside(slot: string): Promise<string> {
	try {
		const inside: unknown = JSON.parse(slot);
		if (!isCase(inside)) throw new Error("it is no case that this version reads");
		const kept = await read(inside.id).catch(() => null);
		if (kept && holdsAll(kept, inside)) {
			if (doc.value.id !== kept.id) replaceCase(kept, true);
			return "";
		}
		showReadOnly(inside);
		return "";
	} catch (e) {
		return `The case in this file was not read: ${e instanceof Error ? e.message : String(e)}`;
	}
}

async function begin(): Promise<void> {
	startSettings();
	startRoutes();
	startKeys();
	startDragging();
	registerCommands();
	const root = document.getElementById("app");
	if (root) {
		root.replaceChildren();
		render(<Shell />, root);
		startNeighbours(root);
	}
	const engine = startEngine();
	engine.catch(() => {});
	const had = await restoreCase();
	const slot = block("weir-case");
	const warning = slot === "" ? "" : await takeInside(slot);
	if (route.value.step === "" && (had || slot !== "")) go("#/issue");
	ready.value = true;
	if (warning !== "") complain(warning);
	startAutosave();
	startTogether(root);
	startHashes();
	startDecodeAs((why) => complain(`What you said of ports and types is not in force: ${why}`));
	startEarlier((why) => complain(`Nothing is compared with what you called earlier: ${why}`));
	startWatchList(toast);
	await engine;
	await takeBeside();
	if (!readOnly.value)
		await takeAsides().catch(() =>
			complain("Notes of a tab that was closed are still to be joined with these: the next start tries again."),
		);
}

begin().catch((e: unknown) => {
	alarm(`Weir could not start: ${e instanceof Error ? e.message : String(e)}`);
});
