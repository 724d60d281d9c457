/** The analyst's own conclusion: a note of the case with a role, drafted by the engine on a press, then theirs. */

import { useState } from "preact/hooks";
import { add, doc, edit, items } from "../../base/case.ts";
import { scope } from "../../base/scope.ts";
import { plural } from "../../base/text.ts";
import { ask, captures } from "../../engine/client.ts";
import { PRIORITY } from "../../engine/contract.ts";
import { toError } from "../../engine/results.ts";
import { EvidenceText } from "../../widgets/text.tsx";
import { complain, toast } from "../../widgets/toast.tsx";
import { Writing } from "../../widgets/writing.tsx";

/** Longer summaries are not read; the linter says the same. */
const MOST_WORDS = 250;

/** Each line with whether it stands as it was drafted: the engine's report tells them apart in the same way. */
function lines(text: string, drafted: string): { drafted: boolean; text: string }[] {
	const made = new Set(drafted.split("\n").map((l) => l.trim()));
	return text
		.split("\n")
		.map((l) => l.trim())
		.filter(Boolean)
		.map((l) => ({ drafted: made.has(l), text: l }));
}

export function Conclusion() {
	const [busy, setBusy] = useState(false);
	const kept = items("note").find((n) => n.body.role === "summary");
	const text = kept?.body.text ?? "";
	const drafted = kept?.body.drafted ?? "";
	const words = text.split(/\s+/).filter(Boolean).length;
	const set = (next: string, merge = ""): void => {
		if (kept) edit<"note">(kept.id, { text: next }, merge);
		else add("note", { text: next, parent: "", order: 0, role: "summary" }, "report");
	};
	const draft = async (): Promise<void> => {
		setBusy(true);
		try {
			const r = await ask("report.draft", { document: doc.value, scope: scope.value }, { priority: PRIORITY.analysis, latest: "draft" });
			if (r.lines.length === 0) {
				toast("Nothing to draft from: no answer, no confirmed finding and no pin.");
				return;
			}
			const made = r.lines.join("\n");
			// The note as it is now: typing went on while the engine wrote.
			const held = items("note").find((n) => n.body.role === "summary");
			const typed = held?.body.text ?? "";
			const body = {
				text: typed.trim() === "" ? made : `${typed.trimEnd()}\n\n${made}`,
				drafted: held?.body.drafted ? `${held.body.drafted}\n${made}` : made,
				inputs: r.inputs,
			};
			if (held) edit<"note">(held.id, body);
			else add("note", { ...body, parent: "", order: 0, role: "summary" }, "report");
			toast(`Drafted ${plural(r.lines.length, "sentence")}.`);
		} catch (e) {
			complain(`Nothing was drafted: ${toError(e).message}`);
		} finally {
			setBusy(false);
		}
	};
	const all = lines(text, drafted);
	const ours = all.filter((l) => l.drafted).length;
	return (
		<div class="card no-print stack">
			<div class="row between">
				<h2>Your conclusion</h2>
				<button
					type="button"
					class="button small"
					disabled={busy || captures.value.length === 0}
					title="From answers, confirmed findings and pins, each sentence with its evidence"
					onClick={() => void draft()}
				>
					{busy ? "Drafting…" : "Draft from the evidence"}
				</button>
			</div>
			<Writing
				rows={Math.min(16, Math.max(4, text.split("\n").length + 2))}
				label="Your conclusion"
				placeholder="What happened, to which hosts, how sure you are, and what follows. [[ names evidence."
				value={text}
				onInput={(next) => set(next, "text")}
			/>
			<p class={words > MOST_WORDS ? "small medium" : "hint"}>
				{plural(words, "word")}
				{words > MOST_WORDS ? `: shorter is read, ${MOST_WORDS} at most` : ""}.{" "}
				{ours > 0
					? `${ours} of ${plural(all.length, "line")} as drafted (W in the report), the others are yours (A).`
					: "A draft repeats what answers, confirmed findings and pins say; the conclusion is yours."}
			</p>
			{text.includes("[[") && (
				<details class="small">
					<summary>With its evidence as links</summary>
					{all.map((l, i) => (
						<p key={`${i}l`}>
							{ours > 0 && <span class="badge">{l.drafted ? "drafted" : "yours"}</span>} <EvidenceText text={l.text} />
						</p>
					))}
				</details>
			)}
		</div>
	);
}
