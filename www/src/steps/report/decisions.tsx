/** The decision on each host: what the rule proposes, and what the analyst decided. Nothing is decided without a press. */

import { add, edit, items, remove } from "../../base/case.ts";
import { plural } from "../../base/text.ts";
import { DECISION_WORDS, RUNG_WORDS, ruleOf } from "../../base/words.ts";
import { captures } from "../../engine/client.ts";
import { useDecisions } from "../../engine/conclusions.ts";
import type { ProposedDecision } from "../../engine/contract.ts";
import { PlainTable } from "../../widgets/plaintable.tsx";
import { Around, Empty, NoCapture } from "../../widgets/states.tsx";
import { Captured, Refs } from "../../widgets/text.tsx";
import { Writing } from "../../widgets/writing.tsx";

const mineOf = (d: ProposedDecision) => items("decision").findLast((x) => x.body.host === d.host);
const decided = (d: ProposedDecision): boolean => (mineOf(d)?.body.decision ?? "") !== "";

/** An empty decision takes it back; a reason alone decides nothing. */
function decide(d: ProposedDecision, part: { decision?: string; reason?: string }): void {
	const mine = mineOf(d);
	if (!mine) add("decision", { host: d.host, decision: "", reason: "", proposed: d.decision, rung: d.rung, ...part }, "report");
	else if (part.decision === "" && mine.body.reason === "") remove(mine.id);
	else
		edit<"decision">(mine.id, { ...part, ...(part.decision && { proposed: d.decision, rung: d.rung }) }, "reason" in part ? "reason" : "");
}

function Row({ d }: { d: ProposedDecision }) {
	const mine = mineOf(d)?.body;
	const done = decided(d);
	const differs = done && mine?.decision !== d.decision;
	return (
		<tr>
			<td>
				{d.name && (
					<div>
						<Captured text={d.name} />
					</div>
				)}
				<bdi class="mono">{d.host}</bdi>
				{d.mac && <div class="mono muted small">{d.mac}</div>}
				{!d.in_scope && <div class="badge medium">outside your scope</div>}
			</td>
			<td>
				{d.rung === "none" && d.findings.length > 0 ? "by findings" : RUNG_WORDS[d.rung]}
				<div class="muted small">
					{ruleOf(d).more} <Refs list={d.evidence} most={3} />
				</div>
			</td>
			<td>
				<span class="row nowrap">
					<span class={done ? "ok" : "muted"} aria-hidden="true">
						{done ? "✓" : "○"}
					</span>
					<select
						class={`decision${done ? "" : " open"}`}
						aria-label={`Decision on ${d.host}`}
						value={mine?.decision ?? ""}
						onChange={(e) => decide(d, { decision: e.currentTarget.value })}
					>
						<option value="">proposed: {DECISION_WORDS[d.decision]}</option>
						{Object.entries(DECISION_WORDS).map(([k, t]) => (
							<option key={k} value={k}>
								{t}
							</option>
						))}
					</select>
					{!done && (
						<button
							type="button"
							class="button small"
							aria-label={`Agree: ${DECISION_WORDS[d.decision]}, ${d.host}`}
							onClick={() => decide(d, { decision: d.decision })}
						>
							Agree
						</button>
					)}
				</span>
			</td>
			<td>
				<Writing
					label={`Reason for ${d.host}`}
					invalid={differs && mine?.reason.trim() === ""}
					placeholder={differs ? "A reason is needed" : ""}
					value={mine?.reason ?? ""}
					onInput={(reason) => decide(d, { reason })}
				/>
			</td>
		</tr>
	);
}

/** Hosts with the same proposal: the rule stands once above them. */
function Group({ list }: { list: ProposedDecision[] }) {
	const first = list[0];
	if (!first) return null;
	const open = list.filter((d) => !decided(d));
	return (
		<section class="stack tight">
			<div class="row between">
				<h3>
					Proposed: {DECISION_WORDS[first.decision]}{" "}
					<span class="muted">
						{plural(list.length, "host")}, because: {ruleOf(first).rule}
					</span>
				</h3>
				{open.length > 1 && (
					<button
						type="button"
						class="button small"
						onClick={() => {
							for (const d of open) decide(d, { decision: d.decision });
						}}
					>
						Agree with all {open.length}: {DECISION_WORDS[first.decision]}
					</button>
				)}
			</div>
			<PlainTable head={["Host", "Reached", "Your decision", "Reason, when it differs"]} class="decisions">
				{list.map((d) => (
					<Row key={d.host} d={d} />
				))}
			</PlainTable>
		</section>
	);
}

export function Decisions() {
	const r = useDecisions(150);
	if (captures.value.length === 0) return <NoCapture />;
	return (
		<Around of={r} what="Judging the hosts">
			{(v) => {
				const affected = v.decisions.filter((d) => d.decision !== "none");
				if (affected.length === 0) return <Empty title="Checked: no host is affected, as far as these captures show" />;
				const groups = [...new Set(affected.map((d) => d.decision))].map((k) => affected.filter((d) => d.decision === k));
				const n = affected.filter(decided).length;
				return (
					<>
						<p class="small">
							<strong>
								{n} of {plural(affected.length, "host")} decided.
							</strong>{" "}
							A proposal is no decision until you agree.
						</p>
						{groups.map((list) => (
							<Group key={list[0]?.decision} list={list} />
						))}
					</>
				);
			}}
		</Around>
	);
}
