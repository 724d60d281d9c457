/** What a finding's numbers are made of: formulas with this row's values, plots, and what repeats with its next times. */

import { useId, useState } from "preact/hooks";
import { clock } from "../../base/case.ts";
import { saveText } from "../../base/download.ts";
import { calendar } from "../../base/ics.ts";
import { appointment } from "../../base/recipe.ts";
import { settings } from "../../base/settings.ts";
import { count, percent, plural } from "../../base/text.ts";
import { dateTime, duration, fromMillis } from "../../base/time.ts";
import { findingName } from "../../base/words.ts";
import type { Expected, Finding, Rhythm, Score } from "../../engine/contract.ts";
import { Bars } from "../../widgets/bars.tsx";
import { CopyButton } from "../../widgets/chips.tsx";
import { Icon } from "../../widgets/icons.tsx";
import { PlainTable } from "../../widgets/plaintable.tsx";
import { Captured, Refs } from "../../widgets/text.tsx";
import { toast } from "../../widgets/toast.tsx";

/** Three figures that matter; a whole number as it is. */
function figure(n: number): string {
	if (Number.isInteger(n)) return count(n);
	return Math.abs(n) >= 100 ? count(Math.round(n)) : String(Number(n.toPrecision(3)));
}

function ScoreTable({ s }: { s: Score }) {
	const weighed = s.terms.some((t) => t.weight !== undefined);
	return (
		<div class="stack tight">
			<p>
				<strong>{s.name}</strong> {figure(s.result)} = <code>{s.formula}</code>
			</p>
			<PlainTable
				head={[
					"Term",
					{ title: "Value", as: "end" },
					weighed && { title: "Weight", as: "end" },
					weighed && { title: "Counts", as: "end" },
					"From",
				]}
			>
				{s.terms.map((t) => (
					<tr key={t.name}>
						<td>{t.name}</td>
						<td class="n">{figure(t.value)}</td>
						{weighed && <td class="n">{t.weight === undefined ? "" : figure(t.weight)}</td>}
						{weighed && <td class="n">{t.weight === undefined ? "" : figure(t.weight * t.value)}</td>}
						<td>
							<Captured text={t.says} />
						</td>
					</tr>
				))}
			</PlainTable>
		</div>
	);
}

/** A time in the zone of every time on this page; seconds are enough. */
function when(epochSeconds: number): string {
	return dateTime(fromMillis(epochSeconds * 1000), settings.value.zone, 0);
}

const percentOf = (level: number): string => `${Math.round(level * 1000) / 10} %`;

/** The interval as a calendar keeps it. */
function event(f: Finding, e: Expected, n: number) {
	const name = findingName(f);
	const peer = f.domain ?? f.dst ?? "";
	return {
		uid: `${f.id}-${n}@weir`,
		from: e.lo,
		to: e.hi,
		summary: `${name}: expected ${f.src ?? ""}${peer ? ` to ${peer}` : ""}`,
		description: `${f.title}\n${percentOf(e.level)} of such intervals hold. If nothing comes: it stopped, the host is off, or it is not seen here.`,
	};
}

function Next({ f, r }: { f: Finding; r: Rhythm }) {
	const [dev, setDev] = useState("eth0");
	const name = findingName(f);
	const plans = r.expected.map((e) => ({ e, plan: appointment({ lo: e.lo, hi: e.hi, host: f.src ?? "", peer: f.dst ?? "" }, dev) }));
	const field = useId();
	return (
		<div class="stack tight">
			<PlainTable head={["Expected", `From, ${settings.value.zone}`, `To, ${settings.value.zone}`, { title: "Holds", as: "end" }]}>
				{r.expected.map((e, i) => (
					<tr key={e.lo}>
						<td>{["next", "then", "after that"][i] ?? `number ${i + 1}`}</td>
						<td class="num">{when(e.lo)}</td>
						<td class="num">{when(e.hi)}</td>
						<td class="n">{percentOf(e.level)}</td>
					</tr>
				))}
			</PlainTable>
			<div class="row">
				<button
					type="button"
					class="button small"
					onClick={() => {
						saveText(
							calendar(
								r.expected.map((e, n) => event(f, e, n)),
								clock.now(),
							),
							`weir-${name}.ics`,
							"text/calendar",
						);
						toast(`Saved ${plural(r.expected.length, "expected time")} as a calendar.`);
					}}
				>
					<Icon name="download" /> Save as calendar (.ics)
				</button>
				<label class="field inline" htmlFor={field}>
					Interface to capture on
				</label>
				<input id={field} type="text" value={dev} onInput={(e) => setDev(e.currentTarget.value.trim())} />
			</div>
			{plans.map(
				({ e, plan }) =>
					plan && (
						<div key={e.lo} class="stack tight">
							<div class="row between">
								<span class="small">
									To catch it: begin {when(plan.begin)} {settings.value.zone}, for {duration(plan.seconds)}
								</span>
								<CopyButton text={plan.command} what="the capture command" />
							</div>
							<pre class="block">{plan.command}</pre>
						</div>
					),
			)}
		</div>
	);
}

function Repeats({ f, r }: { f: Finding; r: Rhythm }) {
	const { held, made } = r.tested;
	return (
		<div class="stack tight">
			<h4>When it repeats</h4>
			<p class="num">
				{f.period_s !== undefined && `About every ${duration(f.period_s)}. `}
				Seen {plural(r.seen, "time")}
				{r.missed > 0 && `, ${count(r.missed)} expected ${r.missed === 1 ? "one" : "ones"} did not come`}.{" "}
				{made > 0
					? `Tested inside the capture: of ${plural(made, "interval")} made in the same way ${count(held)} held (${percent(held, made)}).`
					: "Not tested inside the capture: there are too few to make an interval and to hold it against."}
			</p>
			{r.says && (
				<p>
					<Captured text={r.says} />
				</p>
			)}
			{r.foretold && (
				<p class="num">
					<strong>{r.foretold.state}</strong>: foretold by {r.foretold.by} for {when(r.foretold.expected.lo)} to{" "}
					{when(r.foretold.expected.hi)}
					{r.foretold.came && `, came ${when(Number(r.foretold.came))}`} <Refs list={r.foretold.evidence ? [r.foretold.evidence] : []} />
				</p>
			)}
			{r.expected.length > 0 ? <Next f={f} r={r} /> : <p class="muted">No next time is given.</p>}
		</div>
	);
}

export const hasNumbers = (f: Finding): boolean => Boolean(f.scores?.length || f.plots?.length || f.rhythm);

export function Numbers({ f }: { f: Finding }) {
	return (
		<div class="stack">
			{f.how && <p class="small">{f.how}</p>}
			{f.scores?.map((s) => (
				<ScoreTable key={s.name} s={s} />
			))}
			{(f.plots?.length ?? 0) > 0 && (
				<div class="columns">
					{f.plots?.map((p) => (
						<Bars key={p.title} plot={p} />
					))}
				</div>
			)}
			{f.rhythm && <Repeats f={f} r={f.rhythm} />}
		</div>
	);
}
