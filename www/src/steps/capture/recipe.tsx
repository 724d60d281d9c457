/** The capture recipe: this page cannot capture, so it says how. */

import { useState } from "preact/hooks";
import { recipe } from "../../base/recipe.ts";
import { scope } from "../../base/scope.ts";
import { bytes, count } from "../../base/text.ts";
import { parseLocal, seconds } from "../../base/time.ts";
import { captures } from "../../engine/client.ts";
import { PRIORITY } from "../../engine/contract.ts";
import { useResult } from "../../engine/results.ts";
import { CopyButton } from "../../widgets/chips.tsx";

export function Recipe() {
	const facts = useResult("recipe.facts", () => (captures.value.length > 0 ? { scope: scope.value } : null), PRIORITY.analysis, [], 200);
	const w = scope.value.window;
	const from = w.from ? parseLocal(w.from, "UTC").instant : null;
	const to = w.to ? parseLocal(w.to, "UTC").instant : null;
	const windowHours = from !== null && to !== null ? Math.max(0.1, Math.round(seconds(to - from) / 360) / 10) : 24;
	const [hours, setHours] = useState<number | null>(null);
	const [mbit, setMbit] = useState<number | null>(null);
	const [nic, setNic] = useState("eth0");
	const [snap, setSnap] = useState(0);
	const [fileMb, setFileMb] = useState(500);
	const [servers, setServers] = useState("");
	const known = facts.value?.servers ?? [];
	const r = recipe({
		scope: scope.value,
		servers: [...known.map((s) => s.address), ...servers.split(/[\s,;]+/).filter(Boolean)],
		hours: hours ?? windowHours,
		bits_per_s: (mbit ?? Math.max(1, Math.round((facts.value?.bits_per_s ?? 40e6) / 1e6))) * 1e6,
		interface: nic,
		snap,
		file_mb: fileMb,
		prefix: "weir",
	});
	const number = (e: { currentTarget: HTMLInputElement }, least: number): number => Math.max(least, Number(e.currentTarget.value) || least);
	return (
		<details class="card" open={captures.value.length === 0}>
			<summary>
				<h2 class="row">Capture recipe: commands to take (more of) the traffic</h2>
			</summary>
			<div class="stack">
				<p class="muted">
					A page in a browser cannot capture. These commands follow from scope and targets; run one where the traffic passes, as close to
					the issue as possible.
				</p>
				<div class="form-row">
					<label class="field">
						Hours
						<input type="number" min="0.1" step="any" value={hours ?? windowHours} onInput={(e) => setHours(number(e, 0.1))} />
					</label>
					<label class="field">
						Mean rate, Mbit/s
						<input
							type="number"
							min="0.1"
							step="any"
							value={mbit ?? Math.max(1, Math.round((facts.value?.bits_per_s ?? 40e6) / 1e6))}
							onInput={(e) => setMbit(number(e, 0.1))}
						/>
						{facts.value?.bits_per_s && <span class="hint">as in the loaded captures</span>}
					</label>
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
					<label class="field">
						File size, MB
						<input type="number" min="1" value={fileMb} onInput={(e) => setFileMb(number(e, 1))} />
					</label>
					<label class="field">
						Known server addresses
						<input type="text" value={servers} placeholder="198.51.100.7" onInput={(e) => setServers(e.currentTarget.value)} />
						{known.length > 0 && <span class="hint">and from the capture: {known.map((k) => k.address).join(", ")}</span>}
					</label>
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
