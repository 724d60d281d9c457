/** Keeps the engine at what the case calls earlier; findings are then new, known or changed. */

import { effect } from "@preact/signals";
import { add, type Bodies, items, log, ready, remove } from "../base/case.ts";
import { ask, Cancelled, captures, engine } from "./client.ts";
import { type CaptureFacts, type EarlierArgs, PRIORITY } from "./contract.ts";
import { toError } from "./results.ts";

/** A baseline of more characters is not kept in the case: it would be written with every note. */
export const KEPT = 2_000_000;

const same = (b: Bodies["earlier"], c: CaptureFacts): boolean => b.name === c.name && b.bytes === c.bytes;

/** Letters of captures that are called earlier. */
export const earlierLetters = (): string[] =>
	captures.value.filter((c) => items("earlier").some((i) => i.body.sort === "capture" && same(i.body, c))).map((c) => c.capture);

function wanted(): EarlierArgs {
	const marks = items("earlier").map((i) => i.body);
	const baseline = marks.find((b) => b.sort === "baseline" && b.document !== "");
	if (baseline) return { baseline: JSON.parse(baseline.document), name: baseline.name };
	const time = marks.find((b) => b.sort === "time");
	return time ? { from: time.from, to: time.to } : { captures: earlierLetters() };
}

/** Calls something earlier in place of what was; nothing takes all back. */
export function callEarlier(body: Partial<Bodies["earlier"]> & Pick<Bodies["earlier"], "sort">, what: string): void {
	for (const i of items("earlier")) if (i.body.sort !== "capture" || body.sort !== "capture") remove(i.id);
	add("earlier", { name: "", bytes: 0, from: "", to: "", document: "", ...body }, "trends");
	log(`called ${what} earlier`, "earlier", { sort: body.sort });
}

/** A capture is earlier, or is not. */
export function markEarlier(c: CaptureFacts, on: boolean): void {
	if (on) callEarlier({ sort: "capture", name: c.name, bytes: c.bytes }, `capture ${c.capture}`);
	else for (const i of items("earlier")) if (same(i.body, c)) remove(i.id);
}

/** `refused` is told why the engine does not take it. */
export function startEarlier(refused: (why: string) => void): void {
	const NOTHING = JSON.stringify({ captures: [] });
	let sent = NOTHING;
	effect(() => {
		// A restarted engine knows nothing of it.
		if (engine.value.state !== "ready") sent = NOTHING;
		if (engine.value.state !== "ready" || !ready.value) return;
		let args: EarlierArgs;
		try {
			args = wanted();
		} catch (e) {
			refused(toError(e).message);
			return;
		}
		const text = JSON.stringify(args);
		if (text === sent) return;
		sent = text;
		ask("earlier", args, { priority: PRIORITY.selection }).catch((e: unknown) => {
			if (!(e instanceof Cancelled)) refused(toError(e).message);
		});
	});
}
