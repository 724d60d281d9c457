/** What is earlier, and what deviates from it. */

import { useRef, useState } from "preact/hooks";
import { items, remove } from "../../base/case.ts";
import { saveBlob } from "../../base/download.ts";
import { findingRoute } from "../../base/evidence.ts";
import { scope } from "../../base/scope.ts";
import { settings } from "../../base/settings.ts";
import { bytes, count, plural } from "../../base/text.ts";
import { dateTime, parseEpoch, parseLocal, rfc3339 } from "../../base/time.ts";
import { ask, captures } from "../../engine/client.ts";
import { type Compared, type DeviationRow, PRIORITY, type Status, type Time } from "../../engine/contract.ts";
import { callEarlier, earlierLetters, KEPT, markEarlier } from "../../engine/earlier.ts";
import { toError, useResult } from "../../engine/results.ts";
import { Icon } from "../../widgets/icons.tsx";
import { PlainTable } from "../../widgets/plaintable.tsx";
import { SeverityWord } from "../../widgets/severity.tsx";
import { Around, Empty, NoCapture, Refusal } from "../../widgets/states.tsx";
import { Captured, Refs } from "../../widgets/text.tsx";
import { complain, toast } from "../../widgets/toast.tsx";

/** Rows shown at once; the terminal prints all. */
const SHOWN = 300;

export const when = (t: Time | null): string => {
	const n = parseEpoch(t);
	return n === null ? "" : dateTime(n, settings.value.zone, 0);
};

async function openBaseline(f: File): Promise<void> {
	try {
		const document = await f.text();
		const args = { baseline: JSON.parse(document) as unknown, name: f.name };
		// Refused here, it is not called earlier at all.
		const { says } = await ask("earlier", args, { priority: PRIORITY.selection });
		if (document.length > KEPT) {
			for (const i of items("earlier")) remove(i.id);
			await ask("earlier", args, { priority: PRIORITY.selection });
			toast(`${f.name} is compared with, and too large to be kept in the case: open it again next time.`);
		} else {
			callEarlier({ sort: "baseline", name: f.name, bytes: f.size, document }, `the baseline ${f.name}`);
			toast(`Compared with ${says}.`);
		}
	} catch (e) {
		complain(`${f.name} was not taken: ${toError(e).message}`);
	}
}

async function saveBaseline(earlier: boolean): Promise<void> {
	try {
		const document = await ask("baseline", { scope: scope.value, earlier }, { priority: PRIORITY.analysis });
		saveBlob(new Blob([`${JSON.stringify(document)}\n`], { type: "application/json" }), "weir-baseline.json");
		toast("Saved what is normal here as weir-baseline.json. It holds names and counts, no payload.");
	} catch (e) {
		complain(`No baseline was made: ${toError(e).message}`);
	}
}

function Choose({ says }: { says: string | null }) {
	const input = useRef<HTMLInputElement>(null);
	const [before, setBefore] = useState("");
	const [wrong, setWrong] = useState<string | null>(null);
	const letters = earlierLetters();
	const zone = settings.value.zone;
	const cut = (): void => {
		const t = parseLocal(before, zone);
		setWrong(t.error);
		if (t.instant === null) return;
		callEarlier({ sort: "time", to: rfc3339(t.instant) }, `what began before ${before} ${zone}`);
		setBefore("");
	};
	return (
		<section class="card stack" aria-label="What is earlier">
			<h2>What is earlier</h2>
			<p>
				{says ? (
					<>
						Earlier is <Captured text={says} />.{" "}
						<button
							type="button"
							class="button small"
							onClick={() => {
								for (const i of items("earlier")) remove(i.id);
								void ask("earlier", {}, { priority: PRIORITY.selection });
							}}
						>
							Compare no longer
						</button>
					</>
				) : (
					"Nothing yet: say what was known good, or just earlier. The rest is now."
				)}
			</p>
			{captures.value.length > 1 && (
				<fieldset class="row">
					<legend>Captures that are earlier</legend>
					{captures.value.map((c) => (
						<label class="check" key={c.capture}>
							<input type="checkbox" checked={letters.includes(c.capture)} onChange={(e) => markEarlier(c, e.currentTarget.checked)} />{" "}
							{c.capture} <Captured text={c.name} />
						</label>
					))}
				</fieldset>
			)}
			<form
				class="row"
				onSubmit={(e) => {
					e.preventDefault();
					cut();
				}}
			>
				<label class="field inline">
					Everything that began before ({zone})
					<input
						value={before}
						placeholder={when(captures.value[0]?.first ?? null).slice(0, 16) || "2026-03-04 12:00"}
						onInput={(e) => setBefore(e.currentTarget.value)}
						aria-invalid={wrong !== null}
						aria-describedby="earlier-why"
					/>
				</label>
				<button type="submit" class="button" disabled={before.trim() === ""}>
					is earlier
				</button>
				<Refusal id="earlier-why" text={wrong} />
			</form>
			<div class="row">
				<button type="button" class="button" onClick={() => input.current?.click()}>
					Open a baseline…
				</button>
				<input
					ref={input}
					type="file"
					accept=".json"
					hidden
					aria-label="Baseline file"
					onChange={(e) => {
						const f = e.currentTarget.files?.[0];
						if (f) void openBaseline(f);
						e.currentTarget.value = "";
					}}
				/>
				{captures.value.length > 0 && (
					<button type="button" class="button" onClick={() => void saveBaseline(false)}>
						<Icon name="download" /> Save all of this as a baseline
					</button>
				)}
				{says && items("earlier").some((i) => i.body.sort !== "baseline") && (
					<button type="button" class="button" onClick={() => void saveBaseline(true)}>
						<Icon name="download" /> Save the earlier part
					</button>
				)}
			</div>
		</section>
	);
}

const KINDS: Record<DeviationRow["kind"], string> = {
	host: "host",
	service: "service",
	pair: "host pair",
	destination: "destination",
	site: "site",
	agent: "User-Agent",
	fingerprint: "TLS client",
	volume: "bytes an hour",
};

const number = (x: number): string => (x < 0.0001 ? "< 0.0001" : x.toFixed(4));
const much = (s: DeviationRow["now"]): string =>
	s.usual !== undefined
		? `${bytes(s.busiest ?? s.usual)} in ${s.busiest ? "the busiest" : "a usual"} hour, of ${s.hours}`
		: s.hours === 0
			? "never"
			: `${plural(s.times ?? 0, "time")} in ${plural(s.hours, "hour")}`;

function Row({ r }: { r: DeviationRow }) {
	return (
		<tr>
			<td>
				<strong>{r.status}</strong> <span class="small muted">{KINDS[r.kind]}</span>
			</td>
			<td>
				{r.host && (
					<a class="ref" href={`#/understand/hosts?host=${encodeURIComponent(r.host)}`}>
						{r.host}
					</a>
				)}
				{r.name && (
					<div class="small muted">
						<Captured text={r.name} />
					</div>
				)}
			</td>
			<td class="break">
				<Captured text={r.what} />
			</td>
			<td class="small num">
				{much(r.then)}
				<div>{much(r.now)}</div>
			</td>
			<td class="n">
				{r.ratio !== undefined && `× ${r.ratio < 10 ? r.ratio.toFixed(1) : count(Math.round(r.ratio))}`}
				{r.interval && (
					<div class="small muted">
						{r.interval[0].toFixed(1)} to {r.interval[1].toFixed(1)}
					</div>
				)}
			</td>
			<td class="n" title={`p ${number(r.p)}`}>
				{number(r.q)}
			</td>
			<td class="small num">
				{when(r.first)} <Refs list={r.evidence} most={1} />
			</td>
		</tr>
	);
}

function Findings({ v }: { v: Compared }) {
	const of = (s: Status) => v.findings.filter((f) => f.status === s);
	const told = [...of("new"), ...of("changed")];
	return (
		<section class="card">
			<h2>Findings</h2>
			<p class="muted">
				{of("new").length} new, {of("changed").length} changed, {v.findings_known} known from earlier,{" "}
				{v.findings_gone.length + of("gone").length} not seen now.
			</p>
			<ul class="small">
				{told.slice(0, 40).map((f) => (
					<li key={f.id}>
						{f.status}, <SeverityWord of={f.severity} />
						{f.was && ` (was ${f.was.severity})`}{" "}
						<a href={findingRoute(f.id)}>
							<Captured text={f.title} />
						</a>
					</li>
				))}
				{told.length > 40 && (
					<li class="muted">
						and {plural(told.length - 40, "more finding")}: <a href="#/understand/findings">all findings</a>
					</li>
				)}
			</ul>
		</section>
	);
}

function Told({ v }: { v: Compared }) {
	const [status, setStatus] = useState<Status | "">("");
	if (v.refused)
		return (
			<Empty title="Nothing is compared">
				<Captured text={v.refused} />
			</Empty>
		);
	const rows = v.rows.filter((r) => status === "" || r.status === status);
	const known = Object.entries(v.counts.known ?? {}).filter((k) => k[1] > 0);
	return (
		<>
			<ul class="small muted">
				{v.says.map((s) => (
					<li key={s}>{s}</li>
				))}
				{known.length > 0 && (
					<li>
						Known from earlier: {known.map(([k, n]) => `${count(n)} ${KINDS[k as DeviationRow["kind"]]}${n === 1 ? "" : "s"}`).join(", ")}.
					</li>
				)}
			</ul>
			{v.rows.length === 0 ? (
				<Empty title="Nothing deviates that chance does not explain">
					<span>Compared: hosts, services, pairs, destinations, User-Agents, TLS clients and bytes by the hour.</span>
				</Empty>
			) : (
				<>
					<label class="field inline">
						Show
						<select value={status} onChange={(e) => setStatus(e.currentTarget.value as Status | "")}>
							{(["", "new", "changed", "gone"] as const).map((s) => (
								<option key={s} value={s}>
									{s === "" ? "everything" : s}, {v.rows.filter((r) => s === "" || r.status === s).length}
								</option>
							))}
						</select>
					</label>
					<PlainTable
						head={[
							"What",
							"Host",
							"Which",
							"Earlier, now",
							{ title: "Times as much", as: "end" },
							{ title: "q", as: "end" },
							`First (${settings.value.zone})`,
						]}
					>
						{rows.slice(0, SHOWN).map((r) => (
							<Row key={`${r.status}${r.kind}${r.host}${r.what}`} r={r} />
						))}
					</PlainTable>
					{rows.length > SHOWN && (
						<p class="muted">
							{SHOWN} of {count(rows.length)} rows; <code>weir compare</code> prints all.
						</p>
					)}
				</>
			)}
			<Findings v={v} />
		</>
	);
}

export function Changes() {
	const r = useResult("compare", () => (captures.value.length > 0 ? { scope: scope.value } : null), PRIORITY.analysis, [], 100);
	return (
		<>
			<Choose says={r.value?.earlier ?? null} />
			{captures.value.length === 0 ? (
				<NoCapture />
			) : (
				<Around of={r} what="Comparing">
					{(v) =>
						v.earlier === null ? (
							<p class="muted">Without something earlier nothing is new, and no baseline check is made.</p>
						) : (
							<Told v={v} />
						)
					}
				</Around>
			)}
		</>
	);
}
