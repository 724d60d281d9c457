/** Keeps the engine at what the case says that ports and types carry; everything loaded is then read again. */

import { effect } from "@preact/signals";
import { announce } from "../base/announce.ts";
import { items, ready } from "../base/case.ts";
import { ask, Cancelled, captures, engine } from "./client.ts";
import { type DecodeAs, PRIORITY } from "./contract.ts";
import { toError } from "./results.ts";

const NOTHING = "[]";

/** `refused` is told why the engine does not take it. */
export function startDecodeAs(refused: (why: string) => void): void {
	let sent = NOTHING;
	effect(() => {
		// A restarted engine knows nothing of it.
		if (engine.value.state !== "ready") sent = NOTHING;
		if (engine.value.state !== "ready" || !ready.value) return;
		const entries = items("decode_as").map((i) => i.body as unknown as DecodeAs);
		const wanted = JSON.stringify(entries);
		if (wanted === sent) return;
		sent = wanted;
		const any = captures.peek().length > 0;
		ask("decode_as", { entries }, { priority: PRIORITY.load }).then(
			() => any && announce("Read again with what you said of ports and types"),
			(e: unknown) => {
				if (!(e instanceof Cancelled)) refused(toError(e).message);
			},
		);
	});
}
