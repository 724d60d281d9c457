/** Findings: hypotheses of the detections, by what they are about, each with its evidence, to confirm or to dismiss. */

import { useEffect, useId, useState } from "preact/hooks";
import { add, edit, items, log, offerUndo, pass } from "../../base/case.ts";
import { focused } from "../../base/focus.ts";
import { route } from "../../base/routes.ts";
import { percent, plural } from "../../base/text.ts";
import { findingName } from "../../base/words.ts";
import { useFindings } from "../../engine/conclusions.ts";
import type { Checked, Finding } from "../../engine/contract.ts";
import { Handle } from "../../widgets/handle.tsx";
import { SeverityWord } from "../../widgets/severity.tsx";
import { Around, Empty, NoCapture, Refusal } from "../../widgets/states.tsx";
import { Captured, Refs } from "../../widgets/text.tsx";
import { Writing } from "../../widgets/writing.tsx";
import { AllowFrom, AllowList } from "./allowing.tsx";
import { AllPackets } from "./allpackets.tsx";
import { at } from "./format.ts";
import { hasNumbers, Numbers } from "./numbers.tsx";
import { Strip } from "./strip.tsx";
import { Watching } from "./watching.tsx";

/** A sentence that all of a group say is said once, at its head. */
type Shared = { innocent: boolean; settle: boolean };

/** Up and down go from card to card, and open the group of the next one; Tab goes into the card. */
function byCards(e: KeyboardEvent): void {
	const by = { ArrowDown: 1, ArrowUp: -1 }[e.key];
	const from = e.target;
	if (!by || !(from instanceof HTMLElement) || !from.matches(".finding") || e.ctrlKey || e.metaKey || e.altKey) return;
	const all = [...document.querySelectorAll<HTMLElement>(".finding")];
	const to = all[all.indexOf(from) + by];
	if (!to) return;
	e.preventDefault();
	to.closest("details")?.setAttribute("open", "");
	to.focus();
}

/** " Web Protocols"; "" where the table of techniques has no name. */
function nameOf(f: Finding, id: string): string {
	const name = f.attack?.find((t) => t.id === id)?.name;
	return name ? ` ${name}` : "";
}

/** How long the first look at a finding took is a fact for the lessons: once a pass. */
function lookedAt(f: Finding): void {
	if (items("log").some((l) => l.body.op === "look" && l.pass === pass.value)) return;
	log(`looked at the first finding of this pass, ${findingName(f)}`, "look", { finding: f.id });
}

function FindingCard({ f, here, shared }: { f: Finding; here: boolean; shared: Shared }) {
	const name = findingName(f);
	const d = items("dismissal").findLast((x) => x.body.finding === f.id);
	const [reason, setReason] = useState(d?.body.reason ?? "");
	const [need, setNeed] = useState(false);
	const why = useId();
	const judge = (state: "confirmed" | "dismissed"): void => {
		if (state === "dismissed" && reason.trim() === "") {
			setNeed(true);
			return;
		}
		setNeed(false);
		if (d) edit<"dismissal">(d.id, { state, reason });
		else add("dismissal", { finding: f.id, state, reason }, "understand");
		offerUndo(`${name} ${state}`);
	};
	return (
		<article
			class={`finding sev-${f.severity}${d?.body.state === "dismissed" || f.allowed ? " dismissed" : ""}`}
			id={`finding-${name}`}
			aria-label={`${name} ${f.title}`}
			tabIndex={here ? 0 : -1}
			onKeyDown={byCards}
			onFocusIn={() =>
				(focused.value = { evidence: `[[${f.id}]]`, snapshot: `${f.title}${f.src ? ` ${f.src}` : ""}${f.domain ? ` ${f.domain}` : ""}` })
			}
			onMouseDown={() => (focused.value = { evidence: `[[${f.id}]]`, snapshot: `${f.title}${f.src ? ` ${f.src}` : ""}` })}
		>
			<div class="row between">
				<h3>
					<Handle /> <SeverityWord of={f.severity} /> <Captured text={f.title} />
				</h3>
				<span class="muted small num">
					{name} · confidence {f.sure && `${f.sure}, `}
					{percent(f.confidence, 1)}
					{d && ` · ${d.body.state}`}
					{f.allowed && " · allowed"}
					{f.lead && ` · lead ${f.lead}${f.lead_severity && f.lead_severity !== f.severity ? `, ${f.lead_severity}` : ""}`}
				</span>
			</div>
			<dl class="facts">
				<dt>Who</dt>
				<dd>
					{f.src && (
						<a class="ref" href={`#/understand/hosts?host=${encodeURIComponent(f.mac ?? f.src)}`}>
							{f.src}
						</a>
					)}{" "}
					{f.dst && (
						<>
							→ <bdi class="mono">{f.dst}</bdi>
						</>
					)}{" "}
					{f.domain && <Captured text={f.domain} />} {f.dport !== undefined && `port ${f.dport}`}
				</dd>
				<dt>When</dt>
				<dd class="num">
					{at(f.first)}
					{f.last !== f.first && ` to ${at(f.last)}`}
				</dd>
				<dt>Why</dt>
				<dd>
					<Captured text={f.why} />
				</dd>
				{f.others && f.others.length > 0 && (
					<>
						<dt>Others</dt>
						<dd>
							{f.others.slice(0, 12).map((ip, i) => (
								<span key={ip}>
									{i > 0 && ", "}
									<a class="ref" href={`#/understand/hosts?host=${encodeURIComponent(ip)}`}>
										{ip}
									</a>
								</span>
							))}
							{f.others.length > 12 && ` and ${plural(f.others.length - 12, "more host")}`}
						</dd>
					</>
				)}
				{f.allowed && (
					<>
						<dt>Allowed</dt>
						<dd>
							by your rule <Captured text={f.allowed} />
						</dd>
					</>
				)}
				{f.benign && (
					<>
						<dt>Behaves like</dt>
						<dd>
							{f.benign.class}: <Captured text={f.benign.says} />
						</dd>
					</>
				)}
				{!shared.innocent && (
					<>
						<dt>Harmless if</dt>
						<dd>{f.innocent}</dd>
					</>
				)}
				{!shared.settle && (
					<>
						<dt>To settle it</dt>
						<dd>{f.settle}</dd>
					</>
				)}
				<dt>Evidence</dt>
				<dd>
					<Refs list={f.evidence} most={6} />
				</dd>
				{f.techniques.length > 0 && (
					<>
						<dt>ATT&CK</dt>
						<dd>
							{f.tactic && `${f.tactic}: `}
							{f.techniques.map((id) => `${id}${nameOf(f, id)}`).join(", ")}
						</dd>
					</>
				)}
			</dl>
			<Strip of={{ finding: f.id }} />
			{hasNumbers(f) && (
				<details class="numbers">
					<summary>How this was worked out{f.rhythm?.expected.length ? ", and when it comes next" : ""}</summary>
					<Numbers f={f} />
				</details>
			)}
			<div class="row">
				<button type="button" class="button small" aria-pressed={d?.body.state === "confirmed"} onClick={() => judge("confirmed")}>
					Confirm
				</button>
				<button type="button" class="button small" aria-pressed={d?.body.state === "dismissed"} onClick={() => judge("dismissed")}>
					Dismiss with reason
				</button>
				<Writing
					class="grow"
					label={`Reason, ${name}`}
					invalid={need}
					describedBy={need ? why : undefined}
					placeholder="Reason"
					value={reason}
					onInput={setReason}
				/>
				<Refusal id={why} text={need ? "A dismissal needs a reason." : null} />
			</div>
			{d?.body.state === "confirmed" && (
				<div class="row">
					<Watching f={f} />
				</div>
			)}
			{d?.body.state === "dismissed" && !f.allowed && <AllowFrom f={f} reason={reason} />}
		</article>
	);
}

/** The detection that reports what the scope looks for: first, and of no use without something to look for. */
const OF_THE_SCOPE = "indicator.seen";

interface Group {
	detection: string;
	title: string;
	findings: Finding[];
}

/** By detection: what the scope asks for first, then in the engine's order, strongest first. */
function groups(findings: Finding[], checked: Checked[]): Group[] {
	const by = new Map<string, Finding[]>();
	for (const f of findings) by.set(f.detection, [...(by.get(f.detection) ?? []), f]);
	return [...by]
		.map(([detection, list]) => ({ detection, title: checked.find((c) => c.detection === detection)?.title ?? detection, findings: list }))
		.sort((a, b) => Number(b.detection === OF_THE_SCOPE) - Number(a.detection === OF_THE_SCOPE));
}

const hostsOf = (list: Finding[]): number => new Set(list.flatMap((f) => f.mac ?? f.src ?? f.dst ?? [])).size;

function GroupOf({ g, open, first }: { g: Group; open: string; first: boolean }) {
	const here = g.findings.some((f) => f.id === open);
	const one = (pick: (f: Finding) => string): boolean => g.findings.length > 1 && new Set(g.findings.map(pick)).size === 1;
	const shared = { innocent: one((f) => f.innocent), settle: one((f) => f.settle) };
	const hosts = hostsOf(g.findings);
	return (
		<details class="stack finding-group" open={first || here}>
			<summary>
				<h2>{g.title}</h2>{" "}
				<span class="muted">
					{plural(g.findings.length, "finding")}
					{hosts > 0 && ` on ${plural(hosts, "host")}`}
				</span>
			</summary>
			<div class="stack">
				{(shared.innocent || shared.settle) && (
					<dl class="facts">
						{shared.innocent && (
							<>
								<dt>Harmless if</dt>
								<dd>{g.findings[0]?.innocent}</dd>
							</>
						)}
						{shared.settle && (
							<>
								<dt>To settle it</dt>
								<dd>{g.findings[0]?.settle}</dd>
							</>
						)}
					</dl>
				)}
				{g.findings.map((f, i) => (
					<FindingCard key={f.id} f={f} here={first && i === 0} shared={shared} />
				))}
			</div>
		</details>
	);
}

function CheckedList({ list }: { list: Checked[] }) {
	return (
		<div class="card">
			<h2>What was checked</h2>
			<p class="hint">A check that found nothing does not clear a host: it looked for one thing, in what was captured.</p>
			<ul class="small">
				{list.map((c) => (
					<li key={c.detection} class={c.findings ? "" : "muted"}>
						{c.findings > 0 && <strong>{c.findings} </strong>}
						{c.title}: {c.says}
					</li>
				))}
			</ul>
		</div>
	);
}

export function Findings() {
	const r = useFindings(200);
	const asked = route.value.query.id ?? "";
	const findings = r.value?.findings ?? [];
	const open = asked ? findings.find((x) => x.id === asked || x.label === asked || x.id.startsWith(asked)) : undefined;
	useEffect(() => {
		const el = open && document.getElementById(`finding-${findingName(open)}`);
		el?.scrollIntoView({ block: "start" });
		el?.focus();
	}, [open?.id]);
	const shown = findings[0];
	useEffect(() => {
		if (shown) lookedAt(shown);
	}, [shown === undefined]);
	return (
		<div class="scroller">
			<AllPackets />
			<Around of={r} what="Judging the facts" idle={<NoCapture />}>
				{(v) => (
					<>
						<p class="small muted">
							{v.findings.length > 0 &&
								`${plural(v.findings.length, "finding")} by ${v.checked.filter((c) => c.findings > 0).length} of ${v.checked.filter((c) => c.made).length} checks. `}
							Findings are hypotheses with evidence, never verdicts. Each says when it is harmless and what would settle it.
						</p>
						{v.findings.length === 0 && (
							<Empty title={`None of these ${v.checked.filter((c) => c.made).length} checks found anything`}>
								<span>That does not clear a host: what they looked for, and in how much, stands below.</span>
							</Empty>
						)}
						<AllowList of={v} />
						{groups(v.findings, v.checked).map((g, i) => (
							<GroupOf key={g.detection} g={g} open={open?.id ?? ""} first={i === 0} />
						))}
						<CheckedList list={v.checked} />
					</>
				)}
			</Around>
		</div>
	);
}
