import "./lockdown.ts";
import { render } from "preact";
import { alarm } from "../base/announce.ts";
import { doc, inputs, ready, replaceCase, restoreCase, startAutosave } from "../base/case.ts";
import { startKeys } from "../base/keys.ts";
import { startNeighbours } from "../base/neighbour.ts";
import { go, route, startRoutes } from "../base/routes.ts";
import { startSettings } from "../base/settings.ts";
import { startWatchList } from "../engine/casework.ts";
import { captures, fingerprint } from "../engine/client.ts";
import type { CaseDocument } from "../engine/contract.ts";
import { startDecodeAs } from "../engine/decodeas.ts";
import { startEarlier } from "../engine/earlier.ts";
import { startHashes } from "../engine/loads.ts";
import { scopeMark } from "../engine/stale.ts";
import { block, startEngine } from "../engine/start.ts";
import { loadedLetters } from "../widgets/text.tsx";
import { complain, toast } from "../widgets/toast.tsx";
import { registerCommands } from "./commands.ts";
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
loadedLetters.value = () => new Set(captures.value.map((c) => c.capture));

/** The case that this file carries becomes the page's; what stands against it is returned. */
function takeInside(slot: string, had: boolean): string {
	try {
		const inside = JSON.parse(slot) as CaseDocument;
		if (had && inside.id !== doc.value.id && doc.value.items.length > 0)
			return "This file carries a case, and this browser keeps other notes. Open the case from the case menu to use it.";
		replaceCase(inside);
		return "";
	} catch (e) {
		return `The case in this file was not read: ${e instanceof Error ? e.message : String(e)}`;
	}
}

async function begin(): Promise<void> {
	startSettings();
	startRoutes();
	startKeys();
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
	const warning = slot === "" ? "" : takeInside(slot, had);
	if (route.value.step === "" && (had || slot !== "")) go("#/issue");
	ready.value = true;
	if (warning !== "") alarm(warning);
	startAutosave();
	startHashes();
	startDecodeAs((why) => complain(`What you said of ports and types is not in force: ${why}`));
	startEarlier((why) => complain(`Nothing is compared with what you called earlier: ${why}`));
	startWatchList(toast);
	await engine;
}

begin().catch((e: unknown) => {
	alarm(`Weir could not start: ${e instanceof Error ? e.message : String(e)}`);
});
