/** The capture recipe: this page cannot capture, so it says how. */

import { useId, useState } from "preact/hooks";
import { findingRoute } from "../../base/evidence.ts";
import { appointment, recipe } from "../../base/recipe.ts";
import { scope } from "../../base/scope.ts";
import { settings } from "../../base/settings.ts";
import { bytes, count } from "../../base/text.ts";
import { dateTime, duration, fromMillis, parseLocal, seconds } from "../../base/time.ts";
import { findingName } from "../../base/words.ts";
import { captures } from "../../engine/client.ts";
import { useFindings } from "../../engine/conclusions.ts";
import { PRIORITY } from "../../engine/contract.ts";
import { useResult } from "../../engine/results.ts";
import { CopyButton } from "../../widgets/chips.tsx";

interface Typed {
	text: string;
	set: (text: string) => void;
	value: number;
	error: string;
}

/** A figure as typed; what cannot be used is said, with what stands in its place. */
function useNumber(otherwise: number, least: number): Typed {
	const [typed, set] = useState<string | null>(null);
	const n = typed === null ? otherwise : Number(typed.replace(",", ".") || Number.NaN);
	const good = Number.isFinite(n) && n >= least;
	return {
		text: typed ?? String(otherwise),
		set,
		value: good ? n : otherwise,
		error: good ? "" : `Not used: a number from ${least} on is needed. ${otherwise} stands in its place.`,
	};
}

function NumberField({ title, of, hint }: { title: string; of: Typed; hint?: string | false }) {
	const about = useId();
	return (
		<div class="stack tight">
			<label class="field">
				{title}
				<input
					type="text"
					inputMode="decimal"
					value={of.text}
					aria-invalid={of.error !== ""}
					aria-describedby={of.error || hint ? about : undefined}
					onInput={(e) => of.set(e.currentTarget.value)}
				/>
			</label>
			{(of.error || hint) && (
				<span id={about} class={of.error ? "error" : "hint"}>
					{of.error || hint}
				</span>
			)}
		</div>
	);
}

/** Expected times shown; the findings have them all. */
const EXPECTED = 12;

/** What repeats is caught when it comes next: one command each. */
function ExpectedTimes({ dev }: { dev: string }) {
	const found = useFindings(400);
	const all = (found.value?.findings ?? [])
		.filter((f) => !f.allowed)
		.flatMap((f) => (f.rhythm?.expected ?? []).slice(0, 1).map((e) => ({ f, e })))
		.flatMap(({ f, e }) => {
			const plan = appointment({ lo: e.lo, hi: e.hi, host: f.src ?? "", peer: f.dst ?? "" }, dev);
			return plan ? [{ f, plan }] : [];
		})
		.sort((a, b) => a.plan.begin - b.plan.begin);
	if (all.length === 0) return null;
	return (
		<div class="stack tight">
			<h3>When something is expected</h3>
			<p class="small muted">
				What repeats comes at its time: each command waits for it, and begins two minutes before.
				{all.length > EXPECTED && ` The first ${EXPECTED} of ${count(all.length)}.`}
			</p>
			{all.slice(0, EXPECTED).map(({ f, plan }) => (
				<div key={f.id} class="stack tight">
					<div class="row between">
						<span class="small num">
							<a class="ref" href={findingRoute(f.id)}>
								{findingName(f)}
							</a>{" "}
							{dateTime(fromMillis(plan.begin * 1000), settings.value.zone, 0)} {settings.value.zone}, for {duration(plan.seconds)}
						</span>
						<CopyButton text={plan.command} what={`the command for ${findingName(f)}`} />
					</div>
					<pre class="block">{plan.command}</pre>
				</div>
			))}
		</div>
	);
}

export function Recipe() {
	const facts = useResult("recipe.facts", () => (captures.value.length > 0 ? { scope: scope.value } : null), PRIORITY.analysis, [], 200);
	const w = scope.value.window;
	const from = w.from ? parseLocal(w.from, "UTC").instant : null;
	const to = w.to ? parseLocal(w.to, "UTC").instant : null;
	const windowHours = from !== null && to !== null ? Math.max(0.1, Math.round(seconds(to - from) / 360) / 10) : 24;
	const [nic, setNic] = useState("eth0");
	const [snap, setSnap] = useState(0);
	const [servers, setServers] = useState("");
	const known = facts.value?.servers ?? [];
	const hours = useNumber(windowHours, 0.1);
	const seen = facts.value?.bits_per_s;
	const mbit = useNumber(Math.max(1, Math.round((facts.value?.bits_per_s ?? 40e6) / 1e6)), 0.1);
	const fileMb = useNumber(500, 1);
	const r = recipe({
		scope: scope.value,
		servers: [...known.map((s) => s.address), ...servers.split(/[\s,;]+/).filter(Boolean)],
		hours: hours.value,
		bits_per_s: mbit.value * 1e6,
		interface: nic,
		snap,
		file_mb: fileMb.value,
		prefix: "weir",
	});
	return (
		<details
			class="card"
			open={captures.value.length === 0}
			onToggle={(e) => {
				// Opened by hand: it stands below the fold. Where there is no capture it is open from the start.
				if (e.currentTarget.open && captures.value.length > 0) e.currentTarget.scrollIntoView({ block: "start" });
			}}
		>
			<summary>
				<h2>Capture recipe: commands to take (more of) the traffic</h2>
			</summary>
			<div class="stack">
				<p class="muted">
					A page in a browser cannot capture. These commands follow from scope and targets; run one where the traffic passes, as close to
					the issue as possible.
				</p>
				<div class="form-row">
					<NumberField title="Hours" of={hours} />
					<NumberField
						title="Mean rate, Mbit/s"
						of={mbit}
						hint={seen ? (seen < 1e6 ? "the loaded captures have less" : "as in the loaded captures") : false}
					/>
					<label class="field">
						Interface
						<input type="text" value={nic} onInput={(e) => setNic(e.currentTarget.value)} />
					</label>
					<label class="field">
						Keep of each packet
						<select value={String(snap)} onChange={(e) => setSnap(Number(e.currentTarget.value))}>
							<option value="0">all bytes (files can be rebuilt)</option>
							<option value="200">200 bytes (headers only)</option>
						</select>
					</label>
					<NumberField title="File size, MB" of={fileMb} />
					<div class="stack tight">
						<label class="field">
							Known server addresses
							<input
								type="text"
								value={servers}
								placeholder="198.51.100.7"
								aria-describedby={known.length > 0 ? "known-servers" : undefined}
								onInput={(e) => setServers(e.currentTarget.value)}
							/>
						</label>
						{known.length > 0 && (
							<span class="hint" id="known-servers">
								and from the capture: {known.map((k) => k.address).join(", ")}
							</span>
						)}
					</div>
				</div>
				<p>
					Room needed: <strong class="num">{bytes(r.total_bytes)}</strong> if everything passes the filter, in a ring of{" "}
					<strong class="num">{count(r.files)}</strong> files of {r.file_mb} MB.
				</p>
				{r.warnings.map((x) => (
					<p class="medium small" key={x}>
						! {x}
					</p>
				))}
				{r.commands.map((c) => (
					<div key={c.tool} class="stack tight">
						<div class="row between">
							<h3>
								{c.tool} <span class="muted small">{c.where}</span>
							</h3>
							<CopyButton text={c.command} what={`the ${c.tool} command`} />
						</div>
						<pre class="block">{c.command}</pre>
					</div>
				))}
				<ExpectedTimes dev={nic} />
				<div class="row between">
					<h3>Hash line and custody line</h3>
					<CopyButton text={`${r.hash}\n${r.custody}`} what="both lines" />
				</div>
				<pre class="block">{`${r.hash}\n${r.custody}`}</pre>
				{r.leaves_out.length > 0 && (
					<div>
						<h3>What this leaves out</h3>
						<ul class="small">
							{r.leaves_out.map((x) => (
								<li key={x}>– {x}</li>
							))}
						</ul>
					</div>
				)}
			</div>
		</details>
	);
}
