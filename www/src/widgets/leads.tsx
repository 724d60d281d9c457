/** Leads: what to look at first, each with its reason and the way to its packets. Asks nothing itself. */

import { items } from "../base/case.ts";
import { findingRoute } from "../base/evidence.ts";
import { focused } from "../base/focus.ts";
import { settings } from "../base/settings.ts";
import { percent, plural } from "../base/text.ts";
import { dateTime, fromMillis } from "../base/time.ts";
import type { Findings, Lead } from "../engine/contract.ts";
import { SeverityWord } from "./severity.tsx";
import { Captured, Refs } from "./text.tsx";

function Hosts({ of }: { of: Lead }) {
	const more = of.of_hosts - of.hosts.length;
	return (
		<span class="small">
			{of.hosts.map((h, i) => (
				<span key={`${i}${h.host}`}>
					{i > 0 && ", "}
					{h.host ? (
						<a class="ref" href={`#/understand/hosts?host=${encodeURIComponent(h.mac ?? h.host)}`}>
							{h.host}
						</a>
					) : (
						<bdi class="mono">{h.mac}</bdi>
					)}
					{h.name && (
						<>
							{" "}
							(<Captured text={h.name} />)
						</>
					)}
				</span>
			))}
			{more > 0 && ` and ${plural(more, "more host")}`}
			{of.hosts.length === 0 && "the network"}
			{of.peer && (
				<>
					{" → "}
					<Captured text={of.peer} class="mono" />
				</>
			)}
		</span>
	);
}

const moment = (epochSeconds: number): string =>
	`${dateTime(fromMillis(epochSeconds * 1000), settings.value.zone, 0)} ${settings.value.zone}`;

/** Leads beyond the first, a line each. */
function More({ of }: { of: Findings }) {
	return (
		<details class="numbers">
			<summary>
				{plural(of.leads_beyond, "more lead")} beyond these {of.leads.length}
			</summary>
			<ol class="small">
				{of.more_leads.map((l) => (
					<li key={l.finding}>
						<SeverityWord of={l.severity} />{" "}
						<a href={findingRoute(l.finding)}>
							<Captured text={l.title} />
						</a>
						{l.of_hosts > 1 && ` on ${plural(l.of_hosts, "host")}`}
						{l.of_findings > 1 && `, ${plural(l.of_findings, "finding")}`}
					</li>
				))}
			</ol>
			{of.more_leads.length < of.leads_beyond && <p class="small muted">Those behind these are among the findings.</p>}
		</details>
	);
}

/** What the analyst said of its findings: confirmed where of one, dismissed where of all. */
function judged(l: Lead): string {
	const states = l.findings.map((id) => items("dismissal").findLast((d) => d.body.finding === id)?.body.state);
	if (states.includes("confirmed")) return " · confirmed";
	return states.length > 0 && states.every((s) => s === "dismissed") ? " · dismissed" : "";
}

/** Up and down go from lead to lead, Enter opens one, Tab goes into it. */
function byLeads(e: KeyboardEvent): void {
	if (e.key === "Enter" && e.target instanceof HTMLElement && e.target.matches(".lead")) {
		e.preventDefault();
		e.target.querySelector<HTMLElement>("h3 a")?.click();
		return;
	}
	const by = { ArrowDown: 1, ArrowUp: -1 }[e.key];
	const from = e.target;
	if (!by || !(from instanceof HTMLElement) || !from.matches(".lead") || e.ctrlKey || e.metaKey || e.altKey) return;
	const all = [...document.querySelectorAll<HTMLElement>(".lead")];
	const to = all[all.indexOf(from) + by];
	if (!to) return;
	e.preventDefault();
	to.focus();
}

/** `brief`: without the reasons, where another page has them. */
export function LeadList({ of, brief }: { of: Findings; brief?: boolean }) {
	const leads = of.leads;
	return (
		<>
			<ol class="leads">
				{leads.map((l, i) => {
					const first = l.findings[0] ?? "";
					const others = l.findings.length - 1;
					return (
						<li key={first}>
							<article
								class={`lead finding sev-${l.severity}${judged(l) === " · dismissed" ? " dismissed" : ""}`}
								aria-label={`Lead ${i + 1}: ${l.title}`}
								tabIndex={i === 0 ? 0 : -1}
								onKeyDown={byLeads}
								onFocusIn={() => (focused.value = { evidence: `[[${first}]]`, snapshot: l.title })}
							>
								<div class="row between">
									<h3>
										<SeverityWord of={l.severity} />{" "}
										<a href={findingRoute(first)}>
											<Captured text={l.title} />
										</a>
									</h3>
									<span class="small muted">
										{l.sure} confidence · {l.alarm ? "alarm" : "note"}
										{l.side === "fault" && " · fault"}
										{l.goes_on && " · goes on"}
										{!l.in_scope && " · outside the targets"}
										{judged(l)}
									</span>
								</div>
								<div class="row between">
									<Hosts of={l} />
									<Refs list={l.evidence} most={3} />
								</div>
								{!brief && (
									<p>
										<Captured text={l.why} />
									</p>
								)}
								{l.raised_from && (
									<p class="small">
										Raised from {l.raised_from}: {l.raised_by} ({l.tactics.join(", ")}).
									</p>
								)}
								{l.next && (
									<p class="small">
										Expected next: {moment(l.next.lo)} to {moment(l.next.hi)}; {percent(l.next.level, 1)} of such intervals hold.
									</p>
								)}
								{l.benign && <p class="small muted">It behaves like a harmless class of traffic; the finding says which.</p>}
								{!brief && others > 0 && (
									<p class="small">
										With it:{" "}
										{l.findings.slice(1, 7).map((id, n) => (
											<span key={id}>
												{n > 0 && ", "}
												<a class="ref" href={findingRoute(id)}>
													{id.slice(0, 7)}
												</a>
											</span>
										))}
										{others > 6 && ` and ${plural(others - 6, "more finding")}`}
									</p>
								)}
							</article>
						</li>
					);
				})}
			</ol>
			{of.leads_beyond > 0 && <More of={of} />}
		</>
	);
}
