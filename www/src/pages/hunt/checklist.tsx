/** The checklist: standard protocols first, then the austere; what is normal, what was found, what nobody could read. */

import { announce } from "../../base/announce.ts";
import { add, items, remove } from "../../base/case.ts";
import { findingRoute } from "../../base/evidence.ts";
import { bytes, count, percent, plural } from "../../base/text.ts";
import { useChecklist } from "../../engine/conclusions.ts";
import type { ChecklistRow } from "../../engine/contract.ts";
import { SeverityWord } from "../../widgets/severity.tsx";
import { Around } from "../../widgets/states.tsx";
import { Captured } from "../../widgets/text.tsx";
import { showPackets } from "./limits.ts";

const lookedAt = (line: string) => items("looked").find((i) => i.body.line === line);

function Normal({ of }: { of: ChecklistRow["normal"] }) {
	return (
		<>
			{of.map((n) => {
				const rest = n.different - n.values.length;
				return (
					<div class="small normal" key={n.what}>
						{n.column ? <a href={`#/hunt/stacking?column=${encodeURIComponent(n.column)}`}>{n.what}</a> : n.what}:{" "}
						{n.values.map(([value, times], i) => (
							<span key={value}>
								{i > 0 && ", "}
								<Captured text={value} /> <span class="muted num">{percent(times, n.of)}</span>
							</span>
						))}
						{rest > 0 && <span class="muted"> and {count(rest)} more</span>}
					</div>
				);
			})}
		</>
	);
}

function Line({ r, n }: { r: ChecklistRow; n: number }) {
	const mark = lookedAt(r.id);
	const lacking = r.checks.filter((c) => c.says.startsWith("not checked"));
	const nothing = r.checks.length - lacking.length;
	const none = r.packets === 0;
	return (
		<li class={none ? "card checkline none" : "card checkline"} aria-label={r.title}>
			<div class="row between">
				<h2>
					{n}. {r.title}
				</h2>
				<label class="check">
					<input
						type="checkbox"
						checked={mark !== undefined}
						onChange={(e) => {
							if (e.currentTarget.checked) add("looked", { line: r.id }, "understand");
							else if (mark) remove(mark.id);
							announce(`${r.title} ${e.currentTarget.checked ? "looked at" : "not looked at"}`);
						}}
					/>{" "}
					I looked<span class="offscreen"> at {r.title}</span>
					{mark && <span class="small muted num"> {mark.stamp.at.slice(0, 16).replace("T", " ")} UTC</span>}
				</label>
			</div>
			<p class="hint">{r.look}</p>
			{none ? (
				<p class="muted">None in these captures.</p>
			) : (
				<>
					<p class="num">
						{plural(r.packets, "packet")}, {bytes(r.bytes)}
						{r.flows > 0 &&
							`; ${plural(r.flows, "conversation")} (${count(r.answered)} answered) of ${plural(r.hosts, "host")} with ${plural(r.servers, "server")}`}
						.{" "}
						{r.filter && (
							<button type="button" class="button plain small link" onClick={() => showPackets(r.filter)}>
								Show the packets<span class="offscreen"> of {r.title}</span>
							</button>
						)}
					</p>
					<Normal of={r.normal} />
					{r.unread.length > 0 ? (
						<p class="small">
							<strong class="medium">{percent(r.unread_packets, r.packets)} nobody could read:</strong>{" "}
							{r.unread
								.map((u) => `${plural(u.packets, "packet")}${u.flows > 0 ? ` of ${plural(u.flows, "conversation")}` : ""} ${u.why}`)
								.join("; ")}
							.
						</p>
					) : (
						<p class="small muted">All of it could be read.</p>
					)}
				</>
			)}
			{r.findings.length > 0 && (
				<ul class="small">
					{r.findings.map((f) => (
						<li key={f.id}>
							<SeverityWord of={f.severity} />{" "}
							<a href={findingRoute(f.id)}>
								<Captured text={f.title} />
							</a>
						</li>
					))}
					{r.of_findings > r.findings.length && (
						<li class="muted">
							and {plural(r.of_findings - r.findings.length, "more finding")}: <a href="#/understand/findings">all findings</a>
						</li>
					)}
				</ul>
			)}
			{(nothing > 0 || lacking.length > 0) && (
				<p class="small muted">
					{nothing > 0 && `${plural(nothing, "check")} found nothing. `}
					{lacking.length > 0 &&
						`${plural(lacking.length, "check")} could not be made: ${[...new Set(lacking.map((c) => c.says.replace("not checked: ", "")))].join("; ")}.`}
				</p>
			)}
		</li>
	);
}

export function Checklist() {
	const r = useChecklist(200);
	return (
		<Around of={r} what="Going through the protocols">
			{(v) => {
				const there = v.rows.filter((x) => x.packets > 0);
				const looked = there.filter((x) => lookedAt(x.id)).length;
				const unread = v.rows.reduce((n, x) => n + x.unread_packets, 0);
				return (
					<>
						<p class="muted">
							{looked} of {there.length} lines looked at. {percent(unread, v.packets)} of {plural(v.packets, "packet")} nobody could read,
							whatever was looked at.
						</p>
						<ol class="stack checklist">
							{v.rows.map((x, i) => (
								<Line key={x.id} r={x} n={i + 1} />
							))}
						</ol>
					</>
				);
			}}
		</Around>
	);
}
