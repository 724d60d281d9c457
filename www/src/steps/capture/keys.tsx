/** Keys that open TLS: where they came from, what they open, and taking them away again. */

import { useState } from "preact/hooks";
import { announce } from "../../base/announce.ts";
import { count, plural } from "../../base/text.ts";
import { ask, captures } from "../../engine/client.ts";
import { type Keys, PRIORITY } from "../../engine/contract.ts";
import { toError, useResult } from "../../engine/results.ts";
import { Icon } from "../../widgets/icons.tsx";
import { Captured } from "../../widgets/text.tsx";

type Source = Keys["sources"][number];

function SourceRow({ s }: { s: Source }) {
	const [error, setError] = useState("");
	const [busy, setBusy] = useState(false);
	const forget = async (): Promise<void> => {
		setBusy(true);
		setError("");
		try {
			announce("Captures are read again without these keys");
			await ask("keys.forget", s.name === null ? { capture: s.capture ?? "" } : { name: s.name }, { priority: PRIORITY.selection });
		} catch (e) {
			setError(toError(e).message);
		}
		setBusy(false);
	};
	const what = s.name ?? `capture ${s.capture}`;
	return (
		<li>
			<span class="row between nowrap">
				<span class="break">
					{s.name === null ? `Capture ${s.capture} itself` : <Captured text={s.name} />}: {plural(s.used, "key")}
					{s.unused > 0 && `, ${count(s.unused)} of kinds that are not used`}
				</span>
				<button
					type="button"
					class="button plain small"
					disabled={busy}
					aria-label={`Take the keys of ${what} away`}
					title="Take these keys away"
					onClick={() => void forget()}
				>
					<Icon name="trash" />
				</button>
			</span>
			{s.unreadable > 0 && (
				<span class="medium">
					{plural(s.unreadable, "line")} could not be read: {s.refused.map((r) => `line ${r.line}, ${r.why}`).join("; ")}
					{s.unreadable > s.refused.length && " …"}
				</span>
			)}
			{error && <span class="high"> {error}</span>}
		</li>
	);
}

/** Nothing where there is neither a key nor a conversation that one could open. */
export function KeysCard() {
	const keys = useResult("keys", () => (captures.value.length > 0 ? {} : null), PRIORITY.analysis, [], 200);
	const v = keys.value;
	if (!v || (v.sources.length === 0 && v.conversations === 0)) return null;
	return (
		<div class="card stack tight">
			<h2>TLS keys</h2>
			<p>{v.says}.</p>
			{v.sources.length > 0 ? (
				<ul class="small">
					{v.sources.map((s) => (
						<SourceRow key={`${s.name}${s.capture}`} s={s} />
					))}
				</ul>
			) : (
				<p class="small muted">
					Drop a key log (SSLKEYLOGFILE) here and the captures are read again with it. Keys stay in memory: no case and no report has them.
				</p>
			)}
		</div>
	);
}
