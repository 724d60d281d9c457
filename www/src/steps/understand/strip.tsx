/** Because and then: what came before something that explains it, and what followed. Asked when it is opened. */

import { useState } from "preact/hooks";
import { scope } from "../../base/scope.ts";
import { captures } from "../../engine/client.ts";
import { type LinkedSide, type Ops, PRIORITY } from "../../engine/contract.ts";
import { useResult } from "../../engine/results.ts";
import { Around } from "../../widgets/states.tsx";
import { Captured, Refs } from "../../widgets/text.tsx";
import { at } from "./format.ts";

type Of = Omit<Ops["because"]["args"], "scope">;

/** "40 s", "2 min 34 s" from the event. */
function apart(seconds: number): string {
	const exact = Math.abs(seconds);
	if (exact < 0.05) return "0 s";
	if (exact < 9.95) return `${seconds < 0 ? "−" : "+"}${exact.toFixed(1)} s`;
	const s = Math.round(exact);
	const text = s < 60 ? `${s} s` : s < 3600 ? `${Math.floor(s / 60)} min ${s % 60} s` : `${(s / 3600).toFixed(1)} h`;
	return `${seconds < 0 ? "−" : "+"}${text}`;
}

function Side({ of, word, from }: { of: LinkedSide; word: string; from: number }) {
	return (
		<>
			{of.rows.map((r) => (
				<li key={`${r.time}${r.says}`}>
					<span class="muted small">{r.word}</span>
					<span class="num small" title={at(r.time)}>
						{apart(Number(r.time) - from)}
					</span>
					<span>
						<Captured text={r.says} /> <span class="muted small">{r.link}</span> <Refs list={r.evidence} most={2} />
					</span>
				</li>
			))}
			{of.says && (
				<li class="muted small">
					<span>{word}</span>
					<span />
					<span>{of.says}</span>
				</li>
			)}
		</>
	);
}

function Links({ of }: { of: Of }) {
	const r = useResult("because", () => (captures.value.length ? { ...of, scope: scope.value } : null), PRIORITY.selection, [
		JSON.stringify(of),
	]);
	return (
		<Around of={r} what="Looking before and after">
			{(v) => (
				<ol class="strip small">
					<Side of={v.because} word="because" from={Number(v.time)} />
					<li aria-current="true">
						<strong class="small">here</strong>
						<span class="num small">{at(v.time)}</span>
						<span>
							<Captured text={v.says} /> <Refs list={v.evidence} most={2} />
						</span>
					</li>
					<Side of={v.then} word="then" from={Number(v.time)} />
				</ol>
			)}
		</Around>
	);
}

export function Strip({ of }: { of: Of }) {
	const [open, setOpen] = useState(false);
	return (
		<details class="numbers" onToggle={(e) => setOpen(e.currentTarget.open)}>
			<summary>What came before it, and what followed</summary>
			{open && <Links of={of} />}
		</details>
	);
}
