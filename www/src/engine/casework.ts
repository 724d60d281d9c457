/** What follows from the case over the captures that are loaded: asked once for everybody who shows it, and for the watch list. */

import { computed, effect, signal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { amend, type Bodies, doc, items, newPass, pass, record } from "../base/case.ts";
import { scope } from "../base/scope.ts";
import { plural } from "../base/text.ts";
import { ask, captures } from "./client.ts";
import { PRIORITY } from "./contract.ts";
import { loading } from "./loads.ts";
import { toError, watch } from "./results.ts";

/** Results of other captures that a watched thing keeps. */
const KEPT = 8;

const viewers = signal(0);

/** What the results rest on. As text first: words that are typed ask nothing again. */
const restsOn = computed(() =>
	JSON.stringify([
		items("decision").map((i) => [i.body.host, i.body.decision]),
		items("dismissal").map((i) => [i.body.finding, i.body.state]),
		items("allow").map((i) => (i.body.on ? [i.body.detection, i.body.host, i.body.peer] : [])),
		items("watch").map(({ body: { results: _, ...rest } }) => rest),
		items("pass").map((i) => i.id),
		[...items("note"), ...items("node")].map((i) => i.body.text.trim()).filter((t) => t.endsWith("?")),
		scope.value,
	]),
);

const shared = watch(
	"casework",
	() => {
		const wanted = viewers.value > 0 || items("watch").length > 0;
		restsOn.value;
		return wanted && captures.value.length > 0 && !loading.value ? { document: doc.peek(), scope: scope.peek() } : null;
	},
	PRIORITY.analysis,
	300,
);

export function useCasework() {
	useEffect(() => {
		viewers.value++;
		return () => {
			viewers.value--;
		};
	}, []);
	return { ...shared.result.value, again: shared.again, cancel: shared.cancel };
}

/** Keeps what each watched thing came to; `changed` is told when it is another result than with the captures before. */
export function startWatchList(changed: (says: string) => void): void {
	effect(() => {
		const r = shared.result.value;
		if (r.state !== "done" || r.stale || !r.value) return;
		let news = 0;
		for (const w of r.value.watched) {
			const item = items("watch").find((i) => i.id === w.id);
			if (!item || w.state === "open") continue;
			const old = item.body.results ?? [];
			const same = old.find((o) => o.of === w.of);
			if (same?.says === w.says && same.state === w.state) continue;
			const last = old.findLast((o) => o.of !== w.of);
			if (last && last.state !== w.state && !same) news++;
			const results = [...old.filter((o) => o.of !== w.of), { of: w.of, state: w.state, says: w.says }].slice(-KEPT);
			amend<"watch">(item.id, { results });
		}
		if (news > 0) changed(`The watch list: ${plural(news, "result")} changed with these captures. See step 9.`);
	});
}

/** Ends this pass and begins the next; the results of the one that ends are kept when the engine has put them together. */
export function startPass(failed: (why: string) => void): void {
	const ended = pass.peek();
	if (captures.value.length > 0)
		ask("casework", { document: doc.peek(), scope: scope.peek() }, { priority: PRIORITY.analysis })
			.then((r) => record("pass", r.snapshot as Bodies["pass"], ended, "actions"))
			.catch((e: unknown) => failed(`The results of pass ${ended} were not kept: ${toError(e).message}`));
	newPass();
}
