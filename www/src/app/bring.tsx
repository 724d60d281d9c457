/** Asks with which edge, and from which node, something comes onto the map. */

import { useState } from "preact/hooks";
import { announce } from "../base/announce.ts";
import { items } from "../base/case.ts";
import { bring, bringing, onMap, SORT_WORDS, VERBS } from "../base/map.ts";
import { plural, visible } from "../base/text.ts";
import { Dialog } from "../widgets/dialog.tsx";
import { Captured, EvidenceText } from "../widgets/text.tsx";
import { toast } from "../widgets/toast.tsx";

/** Nodes that are offered: a case may hold any number. */
const OFFERED = 500;

export function BringDialog() {
	const asked = bringing.value;
	const nodes = [
		...items("node").map((n) => ({ id: n.id, sort: n.body.sort ?? ("group" as const), text: n.body.text })),
		...items("note")
			.filter((n) => n.body.role !== "summary")
			.map((n) => ({ id: n.id, sort: "note" as const, text: n.body.text })),
		...items("pin").map((p) => ({ id: p.id, sort: "pin" as const, text: `${p.body.evidence} ${p.body.snapshot}` })),
	];
	const [from, setFrom] = useState(asked?.onto || nodes[0]?.id || "");
	const [verb, setVerb] = useState(VERBS[0] ?? "then");
	if (!asked) return null;
	const close = (): void => {
		bringing.value = null;
	};
	const own = onMap(asked.thing.evidence);
	const others = nodes.filter((n) => n.id !== own);
	const more = others.length - OFFERED;
	const done = (): void => {
		const held = own !== undefined;
		bring(asked.thing, from, verb.trim());
		close();
		toast(held ? "It was on the map already: an edge leads to it now." : `On the map: ${asked.thing.evidence}`);
		announce("Added to the map");
	};
	return (
		<Dialog title="Add to the map" onClose={close}>
			<form
				class="stack"
				onSubmit={(e) => {
					e.preventDefault();
					done();
				}}
			>
				<p class="break">
					<EvidenceText text={asked.thing.evidence} /> <Captured text={asked.thing.snapshot} />
				</p>
				<label class="field">
					Edge from
					<select value={from} onChange={(e) => setFrom(e.currentTarget.value)}>
						<option value="">no edge: it stands alone</option>
						{others
							.filter((n, i) => i < OFFERED || n.id === asked.onto)
							.map((n) => (
								<option key={n.id} value={n.id}>
									{`${SORT_WORDS[n.sort]}: ${visible(n.text).slice(0, 60) || "empty"}`}
								</option>
							))}
					</select>
				</label>
				{more > 0 && <p class="muted small">{plural(more, "more node")} not listed: draw an edge from them on the map.</p>}
				<label class="field">
					What the edge says
					<input type="text" list="bring-verbs" value={verb} disabled={from === ""} onInput={(e) => setVerb(e.currentTarget.value)} />
				</label>
				<datalist id="bring-verbs">
					{VERBS.map((v) => (
						<option key={v} value={v} />
					))}
				</datalist>
				<p class="row">
					<button type="submit" class="button primary">
						Add to the map
					</button>
				</p>
			</form>
		</Dialog>
	);
}
