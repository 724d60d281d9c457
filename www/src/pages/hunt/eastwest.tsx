/** East–west: who talks with whom inside, as a matrix and as a list, the unusual first. */

import { useState } from "preact/hooks";
import { count, plural } from "../../base/text.ts";
import { captures } from "../../engine/client.ts";
import { type EastWest as Inside, type InsidePair, PRIORITY } from "../../engine/contract.ts";
import { useResult } from "../../engine/results.ts";
import { Icon } from "../../widgets/icons.tsx";
import { PlainTable } from "../../widgets/plaintable.tsx";
import { Around, Empty } from "../../widgets/states.tsx";
import { CrossingRow, CSV_HEAD, csvOf, head, Says } from "./crossings.tsx";
import { SHOWN, saveRows, showPackets } from "./limits.ts";

/** A filter for two hosts, whichever began. */
function between(a: string, b: string): string {
	const one = (x: string): string => `${x.includes(":") ? "ipv6" : "ip"}.addr == ${x}`;
	return `${one(a)} && ${one(b)}`;
}

/** How rare what a cell holds is: used by one or two hosts, by a handful, by many. */
function rarity(users: number): string {
	return users <= 2 ? "rare" : users <= 8 ? "few" : "many";
}

function Matrix({ of }: { of: Inside }) {
	const cells = new Map(of.cells.map((c) => [`${c.client}/${c.server}`, c]));
	const servers = of.hosts.map((_, i) => i).filter((i) => of.cells.some((c) => c.server === i));
	const clients = of.hosts.map((_, i) => i).filter((i) => of.cells.some((c) => c.client === i));
	const name = (i: number): string => of.hosts[i]?.host ?? "unknown";
	return (
		<section class="card">
			<h2>Matrix</h2>
			<p class="hint">
				Who begins stands at the left, who answers above; a cell counts conversations and leads to their packets. ▲ has an administrator’s
				protocol, share or pipe. The darker, the fewer hosts use such a service:{" "}
				<span class="matrix">
					<span class="rare">1 or 2</span> <span class="few">3 to 8</span> <span class="many">more</span>
				</span>
				.
				{of.of_hosts > of.hosts.length &&
					` ${of.hosts.length} of ${count(of.of_hosts)} hosts: those with administrators’ services, then those in most pairs.`}
			</p>
			<div class="scroll-x">
				<table class="plain matrix">
					<thead>
						<tr>
							<td />
							{servers.map((s) => (
								<th scope="col" key={s} title={of.hosts[s]?.name ?? undefined}>
									{name(s)}
								</th>
							))}
						</tr>
					</thead>
					<tbody>
						{clients.map((c) => (
							<tr key={c}>
								<th scope="row" title={of.hosts[c]?.name ?? undefined}>
									{name(c)}
								</th>
								{servers.map((s) => {
									const cell = cells.get(`${c}/${s}`);
									return (
										<td key={s} class={cell ? `n ${rarity(cell.users)}` : "n"}>
											{cell && (
												<button
													type="button"
													class="button plain small link"
													aria-label={`${name(c)} to ${name(s)}: ${plural(cell.flows, "conversation")}, ${cell.services.join(", ")}${cell.admin ? ", an administrator’s" : ""}, used by ${plural(cell.users, "host")}`}
													title={`${cell.services.join(", ")}; used by ${plural(cell.users, "host")}`}
													onClick={() => showPackets(between(name(c), name(s)))}
												>
													{cell.admin && "▲ "}
													{count(cell.flows)}
												</button>
											)}
										</td>
									);
								})}
							</tr>
						))}
					</tbody>
				</table>
			</div>
		</section>
	);
}

const PARTS = [
	["", "everything"],
	["admin", "administrators’ services"],
	["peers", "between machines that serve nobody else"],
	["served", "clients of servers"],
] as const;

function taken(p: InsidePair, part: string): boolean {
	return part === "" || (part === "admin" && p.admin) || (part === "peers" && p.peers) || (part === "served" && !p.peers);
}

function Pairs({ v }: { v: Inside }) {
	const [part, setPart] = useState("");
	const mine = v.rows.filter((p) => taken(p, part));
	const shown = mine.slice(0, SHOWN);
	return (
		<>
			<div class="toolbar">
				<label class="field inline">
					Show
					<select value={part} onChange={(e) => setPart(e.currentTarget.value)}>
						{PARTS.map(([id, title]) => (
							<option key={id} value={id}>
								{title}, {count(v.rows.filter((p) => taken(p, id)).length)}
							</option>
						))}
					</select>
				</label>
				<span class="muted">
					{plural(mine.length, "pair")}, administrators’ first, then those of machines that serve nobody else, then by how few hosts use the
					service. {(shown.length < mine.length || v.rows.length < v.of) && `${count(shown.length)} are shown of ${count(v.of)}; `}
					{(shown.length < mine.length || v.rows.length < v.of) && <code>weir east-west</code>}
					{(shown.length < mine.length || v.rows.length < v.of) && " prints all."}
				</span>
				<button
					type="button"
					class="button small"
					onClick={() =>
						saveRows(
							"weir-east-west",
							["admin", "peers", "users", ...CSV_HEAD],
							mine.map((p) => [String(p.admin), String(p.peers), String(p.users), ...csvOf(p)]),
						)
					}
				>
					<Icon name="download" /> Save as CSV
				</button>
			</div>
			<PlainTable head={head()}>
				{shown.map((p, i) => {
					const known = [
						...(p.admin ? ["an administrator’s service"] : []),
						p.peers ? "the server serves nobody else here" : "the server has several clients",
						`${plural(p.users, "host")} use${p.users === 1 ? "s" : ""} this port inside`,
					];
					return <CrossingRow key={`${i}${p.kind}`} r={{ ...p, says: [...known, ...p.says] }} inside />;
				})}
			</PlainTable>
		</>
	);
}

export function EastWest() {
	const r = useResult("east_west", () => (captures.value.length > 0 ? {} : null), PRIORITY.analysis, [], 100);
	return (
		<Around of={r} what="Looking at who talks with whom inside">
			{(v) => (
				<>
					<Says says={v.says} />
					{v.rows.length === 0 ? (
						<Empty title="No two hosts inside talked with each other here">
							<span>Either they do not, or the capture was taken where that does not pass.</span>
						</Empty>
					) : (
						<>
							<Matrix of={v} />
							<Pairs v={v} />
						</>
					)}
				</>
			)}
		</Around>
	);
}
