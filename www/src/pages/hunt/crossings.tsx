/** Ways in, and bridges: who crosses a border, how, how often, with its packets. */

import { useState } from "preact/hooks";
import { settings } from "../../base/settings.ts";
import { bytes, count, plural } from "../../base/text.ts";
import { captures } from "../../engine/client.ts";
import { type Crossing, PRIORITY } from "../../engine/contract.ts";
import { useResult } from "../../engine/results.ts";
import { Icon } from "../../widgets/icons.tsx";
import { PlainTable } from "../../widgets/plaintable.tsx";
import { Around, Empty } from "../../widgets/states.tsx";
import { Captured, Refs } from "../../widgets/text.tsx";
import { at, SHOWN, saveRows, showPackets } from "./limits.ts";

export function Says({ says }: { says: string[] }) {
	return (
		<ul class="small muted">
			{says.map((s) => (
				<li key={s}>{s}</li>
			))}
		</ul>
	);
}

export function Party({ address, name }: { address: string; name: string | null }) {
	return (
		<>
			<a class="ref" href={`#/understand/hosts?host=${encodeURIComponent(address)}`}>
				{address}
			</a>
			{name && (
				<span class="small muted">
					{" "}
					<Captured text={name} />
				</span>
			)}
		</>
	);
}

const BY = {
	content: "recognised by its content",
	name: "told by the server’s name",
	port: "told by the port alone: anything may speak there",
} as const;

export const CSV_HEAD = [
	"kind",
	"by",
	"way",
	"from",
	"to",
	"client",
	"server",
	"service",
	"clients",
	"flows",
	"answered",
	"sent",
	"received",
	"first",
	"last",
	"says",
];

export function csvOf(r: Crossing): string[] {
	return [
		r.kind,
		r.by,
		r.way,
		r.from,
		r.to,
		r.client,
		r.server,
		r.service,
		String(r.of_clients),
		String(r.flows),
		String(r.answered),
		String(r.sent),
		String(r.received),
		r.first,
		r.last,
		r.says.join("; "),
	];
}

export function CrossingRow({ r, inside }: { r: Crossing; inside?: boolean }) {
	const dead = r.answered === 0;
	return (
		<tr class={dead ? "muted" : undefined}>
			<td>
				<strong>{r.kind}</strong> <span class="small muted">{r.service}</span>
				<br />
				<span class="small muted" title={BY[r.by]}>
					by {r.by}
				</span>
			</td>
			<td>
				<Party address={r.client} name={r.client_name} />
				{r.of_clients > 1 && <span class="small"> and {count(r.of_clients - 1)} more</span>}
				{!inside && <div class="small muted">{r.from}</div>}
			</td>
			<td>
				<Party address={r.server} name={r.server_name} />
				{!inside && <div class="small muted">{r.to}</div>}
			</td>
			<td class="n">
				{count(r.flows)}
				{dead ? (
					<div class="small">refused or no answer</div>
				) : (
					r.answered < r.flows && <div class="small">{count(r.answered)} answered</div>
				)}
			</td>
			<td class="n">
				{bytes(r.sent)}
				<div>{bytes(r.received)}</div>
			</td>
			<td class="num small when">
				{at(r.first)}
				<div>{at(r.last)}</div>
			</td>
			<td>
				{r.says.map((s) => (
					<div class="small" key={s}>
						<Captured text={s} />
					</div>
				))}
				<Refs list={r.evidence} most={2} />
			</td>
			<td>
				<button
					type="button"
					class="button small"
					aria-label={`Packets of ${r.kind}, ${r.client} to ${r.server}`}
					onClick={() => showPackets(r.filter)}
				>
					Packets
				</button>
			</td>
		</tr>
	);
}

export const head = () => [
	"What",
	"From",
	"To",
	{ title: "Conversations", as: "end" as const },
	{ title: "Sent, received", as: "end" as const },
	`First, last (${settings.value.zone})`,
	"What there is to know",
	{ title: "Packets", as: "offscreen" as const },
];

/** Kinds to choose from, with how many rows each has. */
function Kinds({ rows, kind, set }: { rows: Crossing[]; kind: string; set: (kind: string) => void }) {
	const by = new Map<string, number>();
	for (const r of rows) by.set(r.kind, (by.get(r.kind) ?? 0) + 1);
	if (by.size < 2) return null;
	return (
		<label class="field inline">
			Show
			<select value={kind} onChange={(e) => set(e.currentTarget.value)}>
				<option value="">everything, {count(rows.length)}</option>
				{[...by].map(([k, n]) => (
					<option key={k} value={k}>
						{k}, {count(n)}
					</option>
				))}
			</select>
		</label>
	);
}

function Rows({ rows, of, name, command }: { rows: Crossing[]; of: number; name: string; command: string }) {
	const [kind, setKind] = useState("");
	const mine = rows.filter((r) => kind === "" || r.kind === kind);
	const shown = mine.slice(0, SHOWN);
	return (
		<>
			<div class="toolbar">
				<Kinds rows={rows} kind={kind} set={setKind} />
				<span class="muted">
					{plural(mine.length, "row")}
					{(shown.length < mine.length || rows.length < of) && `, of which ${count(shown.length)} are shown; there are ${count(of)} and `}
					{(shown.length < mine.length || rows.length < of) && <code>{command}</code>}
					{(shown.length < mine.length || rows.length < of) && " prints all"}.
				</span>
				<button type="button" class="button small" onClick={() => saveRows(name, CSV_HEAD, mine.map(csvOf))}>
					<Icon name="download" /> Save as CSV
				</button>
			</div>
			<PlainTable head={head()}>
				{shown.map((r, i) => (
					<CrossingRow key={`${i}${r.kind}`} r={r} />
				))}
			</PlainTable>
		</>
	);
}

const asked = () => (captures.value.length > 0 ? {} : null);

export function WaysIn() {
	const r = useResult("ways_in", asked, PRIORITY.analysis, [], 100);
	return (
		<Around of={r} what="Looking for ways in">
			{(v) => (
				<>
					<Says says={v.says} />
					{v.rows.length === 0 ? (
						<Empty title="No way in was seen">
							<span>Looked for: conversations begun outside and answered, programs fetched from outside, files in mails.</span>
						</Empty>
					) : (
						<Rows rows={v.rows} of={v.of} name="weir-ways-in" command="weir ways-in" />
					)}
				</>
			)}
		</Around>
	);
}

export function Bridges() {
	const r = useResult("bridges", asked, PRIORITY.analysis, [], 100);
	return (
		<Around of={r} what="Looking for bridges">
			{(v) => (
				<>
					<Says says={v.says} />
					{v.carried.length > 0 && (
						<section class="card">
							<h2>Packets inside packets</h2>
							<PlainTable
								head={["What", { title: "Packets", as: "end" }, { title: "Bytes", as: "end" }, { title: "Packets", as: "offscreen" }]}
							>
								{v.carried.map((c) => (
									<tr key={c.title}>
										<td>{c.title}</td>
										<td class="n">{count(c.packets)}</td>
										<td class="n">{bytes(c.bytes)}</td>
										<td>
											<button type="button" class="button small" aria-label={`Packets of ${c.title}`} onClick={() => showPackets(c.filter)}>
												Packets
											</button>
										</td>
									</tr>
								))}
							</PlainTable>
						</section>
					)}
					{v.rows.length === 0 ? (
						<Empty title="No bridge was seen">
							<span>None of the protocols, names and ports above. A tunnel inside another protocol is what the findings look for.</span>
						</Empty>
					) : (
						<Rows rows={v.rows} of={v.of} name="weir-bridges" command="weir bridges" />
					)}
				</>
			)}
		</Around>
	);
}
