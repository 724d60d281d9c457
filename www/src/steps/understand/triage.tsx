/** Triage: at most eight leads, what was checked without a finding, and breach or fault. */

import { clock, items } from "../../base/case.ts";
import { saveText } from "../../base/download.ts";
import { scope } from "../../base/scope.ts";
import { count, plural } from "../../base/text.ts";
import { useFindings } from "../../engine/conclusions.ts";
import type { Category, Findings, SideTally } from "../../engine/contract.ts";
import { Icon } from "../../widgets/icons.tsx";
import { LeadList } from "../../widgets/leads.tsx";
import { PlainTable } from "../../widgets/plaintable.tsx";
import { Around, Empty, NoCapture } from "../../widgets/states.tsx";
import { toast } from "../../widgets/toast.tsx";
import { AllPackets } from "./allpackets.tsx";

const QUESTION = { breach: "Breach?", fault: "Fault?" } as const;

/** What the kind of issue does to the order, in a sentence. */
function order(): string {
	if (scope.value.issue === "fault") return "The issue is a networking one: faults stand first, alarms of a breach after them.";
	if (scope.value.issue === "breach" && items("issue").length > 0)
		return "The issue is a breach: its alarms stand first, those of faults after them.";
	return "Alarms first, then notes; by severity, what goes on before what is over, then by confidence.";
}

function Sides({ sides }: { sides: SideTally[] }) {
	return (
		<section class="card">
			<h2>Breach or fault?</h2>
			<p class="hint">Both are counted, whatever the issue is.</p>
			<PlainTable
				head={[
					"Question",
					...["Alarms", "Critical", "High", "Medium", "Low", "Info", "Hosts", "Checks", "Not checked"].map((title) => ({
						title,
						as: "end" as const,
					})),
				]}
			>
				{sides.map((s) => (
					<tr key={s.side}>
						<th scope="row">{QUESTION[s.side]}</th>
						{[s.alarms, s.critical, s.high, s.medium, s.low, s.info, s.hosts, s.checks, s.not_checked].map((n, i) => (
							<td class={n === 0 ? "n muted" : "n"} key={`${i}n`}>
								{count(n)}
							</td>
						))}
					</tr>
				))}
			</PlainTable>
			<p class="small muted">
				An alarm is of medium severity or more, with a confidence of one half or more; the rest are notes. Counted is by finding: a lead can
				weigh one level more than each of its findings, and says why.
			</p>
		</section>
	);
}

function Nothing({ of }: { of: Category[] }) {
	const none = of.filter((c) => c.findings === 0);
	if (none.length === 0) return null;
	const lacking = none.filter((c) => c.says.startsWith("not checked"));
	return (
		<section class="card">
			<h2>Nothing found, or not checked</h2>
			<p class="hint">
				“Nothing found” is of what was captured, and clears nobody.{" "}
				{lacking.length > 0 && `${plural(lacking.length, "kind")} of check could not be made at all.`}
			</p>
			<ul class="small checks">
				{none.map((c) => {
					const not = c.says.startsWith("not checked");
					return (
						<li key={c.family}>
							<span aria-hidden="true" class={not ? "medium" : "ok"}>
								{not ? "?" : "✓"}
							</span>{" "}
							<strong>{c.title}</strong>: {c.says}
							{!not && c.not_checked.length > 0 && (
								<span class="muted"> ({c.not_checked.map((n) => `${n.title}: ${n.why}`).join("; ")})</span>
							)}
						</li>
					);
				})}
			</ul>
		</section>
	);
}

function Layer({ of }: { of: Findings }) {
	const techniques = (of.navigator as { techniques?: unknown[] } | null)?.techniques?.length ?? 0;
	if (techniques === 0) return null;
	return (
		<p class="row">
			<button
				type="button"
				class="button small"
				onClick={() => {
					const layer = { ...(of.navigator as object), metadata: [{ name: "written", value: clock.now() }] };
					saveText(JSON.stringify(layer, null, "\t"), "weir-attack-layer.json", "application/json");
					toast(`Saved a layer with ${plural(techniques, "technique")}; it names no host.`);
				}}
			>
				<Icon name="download" /> Save as ATT&CK Navigator layer
			</button>
			<span class="small muted">
				{plural(techniques, "technique")} of MITRE ATT&CK®. <code>weir findings --navigator</code> prints the same.
			</span>
		</p>
	);
}

/** Findings that rules allow are counted where they are missing. */
export function AllowedLine({ of }: { of: Findings }) {
	const n = of.allowed.reduce((sum, r) => sum + r.findings, 0);
	if (n === 0) return null;
	return (
		<p class="small" role="note">
			{plural(n, "finding")} allowed by {plural(of.allowed.filter((r) => r.findings > 0).length, "rule")} of yours, in none of the counts:{" "}
			<a href="#/understand/findings">see the rules</a>.
		</p>
	);
}

export function Triage() {
	const r = useFindings(200);
	return (
		<div class="scroller" data-state={r.state}>
			<AllPackets />
			<Around of={r} what="Judging the facts" idle={<NoCapture />}>
				{(v) => (
					<>
						{v.leads.length === 0 ? (
							<Empty title="Nothing found that leads anywhere">
								<span>What was looked for, and in how much, stands below. That does not clear a host.</span>
							</Empty>
						) : (
							<p class="small muted">
								{plural(v.leads.length, "lead")}. {order()} A lead is a hypothesis with evidence, never a verdict.
							</p>
						)}
						{v.asked && (
							<p class="small" role="note">
								What the scope asks for stands behind what nobody asked for: {plural(v.asked.findings.length, "finding")} on{" "}
								{plural(v.asked.of_hosts, "host")}, <a href="#/understand/answers">host by host among the answers</a>.
							</p>
						)}
						<AllowedLine of={v} />
						{v.dismissed > 0 && (
							<p class="small" role="note">
								{plural(v.dismissed, "finding")} dismissed by you, in no lead and none of the counts:{" "}
								<a href="#/understand/findings">among the findings</a>.
							</p>
						)}
						{v.leads.length > 0 && <h2 class="offscreen">Leads</h2>}
						<LeadList of={v} />
						<Layer of={v} />
						<Sides sides={v.sides} />
						<Nothing of={v.categories} />
					</>
				)}
			</Around>
		</div>
	);
}
