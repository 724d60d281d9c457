/** Every claim of the case, derived again on a press: what holds, what differs (was, is), what cannot be checked. */

import { useState } from "preact/hooks";
import { announce } from "../../base/announce.ts";
import { doc, log } from "../../base/case.ts";
import { scope } from "../../base/scope.ts";
import { plural } from "../../base/text.ts";
import { ask, captures, fingerprint } from "../../engine/client.ts";
import { type Claim, type EngineError, PRIORITY, type Verified } from "../../engine/contract.ts";
import { toError } from "../../engine/results.ts";
import { Captured, EvidenceText } from "../../widgets/text.tsx";

/** Claims of one state that are shown before more are asked for. */
const SHOWN = 20;

const STATES = [
	["differs", "Differs", "!", "medium"],
	["unknown", "Cannot be checked", "?", "muted"],
	["holds", "Holds", "✓", "ok"],
] as const;

function Line({ of }: { of: Claim }) {
	return (
		<>
			{of.place} {of.evidence && <EvidenceText text={of.evidence} />} <Captured text={of.says} />
			{of.state === "differs" && (
				<>
					{" "}
					<span class="muted">was</span> <Captured text={of.was} />, <span class="muted">is</span> <Captured text={of.is} />
				</>
			)}
			{of.why && (
				<span class="muted">
					{" "}
					– <Captured text={of.why} />
				</span>
			)}{" "}
			{of.step && <a href={`#/${of.step}${of.step === "notes" ? `?item=${of.item}` : ""}`}>go there</a>}
		</>
	);
}

function Group({ state, title, glyph, tone, lines }: { state: string; title: string; glyph: string; tone: string; lines: Claim[] }) {
	const [most, setMost] = useState(SHOWN);
	if (lines.length === 0) return null;
	return (
		<details open={state !== "holds"}>
			<summary class="small">
				{title} ({lines.length})
			</summary>
			<ul class="health">
				{lines.slice(0, most).map((l, i) => (
					<li key={`${l.item}${l.evidence}${i}`}>
						<span class={tone} aria-hidden="true">
							{glyph}
						</span>
						<span class="small">
							<Line of={l} />
						</span>
					</li>
				))}
			</ul>
			{lines.length > most && (
				<button type="button" class="button small" onClick={() => setMost(most + 200)}>
					Show more of {lines.length}
				</button>
			)}
		</details>
	);
}

export function Citations() {
	const [got, setGot] = useState<{ of: string; all: Verified } | null>(null);
	const [busy, setBusy] = useState(false);
	const [error, setError] = useState<EngineError | null>(null);
	const check = (): void => {
		const of = fingerprint.value;
		setBusy(true);
		setError(null);
		ask("verify", { document: doc.value, scope: scope.value }, { priority: PRIORITY.analysis, latest: "verify" })
			.then((all) => {
				const says = `${plural(all.lines.length, "claim")} checked: ${all.holds} hold, ${all.differs} differ, ${all.unknown} cannot be checked`;
				setGot({ of, all });
				log(says);
				announce(says);
			})
			.catch((e) => setError(toError(e)))
			.finally(() => setBusy(false));
	};
	const all = got?.all;
	const changed = got !== null && got.of !== fingerprint.value;
	return (
		<div class="card">
			<div class="row between">
				<h2>Citations</h2>
				<button type="button" class="button small" disabled={busy || captures.value.length === 0} onClick={check}>
					{busy ? "Checking…" : "Check every citation"}
				</button>
			</div>
			{error && <p class="error">{error.message}</p>}
			{!all && !error && (
				<p class="hint">
					{captures.value.length === 0
						? "Load the captures that the case was made with; then every reference, pin and decision is derived again."
						: "Derives every reference, pin, decision and drafted sentence again from the captures that are loaded."}
				</p>
			)}
			{all && (
				<>
					<p class="small">
						{all.lines.length === 0
							? "The case claims nothing yet."
							: `${plural(all.lines.length, "claim")}: ${all.holds} hold, ${all.differs} differ, ${all.unknown} cannot be checked.`}
						{changed && " The captures changed since: check again."}
					</p>
					{STATES.map(([state, title, glyph, tone]) => (
						<Group key={state} state={state} title={title} glyph={glyph} tone={tone} lines={all.lines.filter((l) => l.state === state)} />
					))}
				</>
			)}
		</div>
	);
}
