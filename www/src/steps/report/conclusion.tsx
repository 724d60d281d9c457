/** The analyst's own conclusion: a note of the case with a role, drafted from the answers on a press, then theirs. */

import { add, edit, items } from "../../base/case.ts";
import { packetRef } from "../../base/evidence.ts";
import { byHost, type HostAnswers } from "../../base/hosts.ts";
import { settings } from "../../base/settings.ts";
import { plural, quoted } from "../../base/text.ts";
import { dateTime, parseEpoch } from "../../base/time.ts";
import { DECISION_WORDS, didWhat, ruleOf } from "../../base/words.ts";
import { useAnswers, useDecisions } from "../../engine/conclusions.ts";
import type { Answers, ProposedDecision, Rung } from "../../engine/contract.ts";
import { EvidenceText } from "../../widgets/text.tsx";

/** Longer summaries are not read; the linter says the same. */
const MOST_WORDS = 250;

const instant = (t: string | null): string => {
	const n = parseEpoch(t);
	return n === null ? "" : `${dateTime(n, settings.value.zone, 0)} ${settings.value.zone}`;
};

/** What a host did, its strongest answers first, each said once with its first packet. */
function hostLine(h: HostAnswers, more: string): string {
	const first = h.telling[0];
	if (!first) return "";
	const did = h.telling.map((a) => `${quoted(didWhat(a))} ${a.evidence[0] ?? ""}`.trim());
	const files = new Map(
		h.telling
			.flatMap((a) => a.files)
			.filter((f) => f.complete)
			.map((f) => [f.sha256 ?? f.id, f]),
	);
	const carried = [...files.values()].map(
		(f) =>
			`${quoted(f.name) || "unnamed"}${f.sha256 ? ` (SHA-256 ${f.sha256.slice(0, 16)}…)` : ""} ${packetRef(f.id.split(".")[0] ?? f.id)}`,
	);
	const at = h.telling.flatMap((a) => a.first ?? []).sort()[0] ?? null;
	return `${first.name ? `${quoted(first.name)}, ` : ""}${first.host} ${did.join("; ")}${at ? `; first at ${instant(at)}` : ""}.${carried.length ? ` Files: ${carried.join(", ")}.` : ""}${more ? ` Later: ${more}.` : ""}`;
}

/** Sentences from the answers alone, with their evidence; the analyst makes them a conclusion. */
export function draft(v: Answers, decisions: ProposedDecision[]): string {
	const hosts = byHost(v.answers).filter((h) => h.in_scope);
	const of = (rungs: Rung[]): HostAnswers[] => hosts.filter((h) => rungs.includes(h.rung));
	const more = new Map(decisions.map((d) => [d.host, ruleOf(d).more]));
	const line = (h: HostAnswers): string => hostLine(h, more.get(h.answers[0]?.host ?? "") ?? "");
	const names = (list: HostAnswers[]): string =>
		list.map((h) => `${h.telling[0]?.host} ${h.telling[0]?.evidence[0] ?? ""}`.trim()).join(", ");
	const got = of(["delivered", "partial"]);
	const sent = hosts.filter((h) => h.sends);
	const outside = hosts.filter((h) => h.only_outside);
	const hidden = of(["hidden"]);
	const asked = of(["refused", "contacted", "looked_up"]).filter((h) => !h.sends);
	const proposed = [...new Set(decisions.map((d) => d.decision))]
		.filter((k) => k !== "none")
		.map((k) => `${DECISION_WORDS[k]}: ${plural(decisions.filter((d) => d.decision === k).length, "host")}`);
	return [
		got.length > 0
			? `${plural(got.length, "host")} received what was looked for.`
			: "No host received what was looked for, as far as these captures show.",
		...got.map(line),
		...(sent.length > 0 ? [`${plural(sent.length, "host")} sent what was looked for.`] : []),
		...sent.filter((h) => !got.includes(h)).map(line),
		...(outside.length > 0 ? [`Only outside the window: ${plural(outside.length, "host")}.`] : []),
		...outside.map(line),
		...(hidden.length > 0 ? [`Cannot be told for ${plural(hidden.length, "host")}: ${names(hidden)}.`] : []),
		...(asked.length > 0 ? [`Asked or looked up without receiving: ${names(asked)}.`] : []),
		...(proposed.length > 0 ? [`Proposed: ${proposed.join("; ")}.`] : []),
	].join("\n");
}

export function Conclusion() {
	const r = useAnswers(200);
	const decisions = useDecisions(200).value?.decisions ?? [];
	const kept = items("note").find((n) => n.body.role === "summary");
	const text = kept?.body.text ?? "";
	const words = text.split(/\s+/).filter(Boolean).length;
	const set = (next: string, merge = ""): void => {
		if (kept) edit<"note">(kept.id, { text: next }, merge);
		else add("note", { text: next, parent: "", order: 0, role: "summary" }, "report");
	};
	return (
		<div class="card no-print stack">
			<div class="row between">
				<h2>Your conclusion</h2>
				<button
					type="button"
					class="button small"
					disabled={!r.value}
					onClick={() => {
						if (!r.value) return;
						const drafted = draft(r.value, decisions);
						set(text.trim() === "" ? drafted : `${text.trimEnd()}\n\n${drafted}`);
					}}
				>
					Draft from the answers
				</button>
			</div>
			<textarea
				rows={Math.min(16, Math.max(4, text.split("\n").length + 2))}
				aria-label="Your conclusion"
				placeholder="What happened, to which hosts, how sure you are, and what follows. Evidence is written [[p12]]."
				value={text}
				onInput={(e) => set(e.currentTarget.value, "text")}
			/>
			<p class={words > MOST_WORDS ? "small medium" : "hint"}>
				{plural(words, "word")}
				{words > MOST_WORDS ? `: shorter is read, ${MOST_WORDS} at most` : ""}. A draft repeats what the answers say; the conclusion is
				yours.
			</p>
			{text.includes("[[") && (
				<details class="small">
					<summary>With its evidence as links</summary>
					{text.split("\n").map((l, i) => (
						<p key={`${i}l`}>
							<EvidenceText text={l} />
						</p>
					))}
				</details>
			)}
		</div>
	);
}
