/** Hosts: what is known of each, and the analyst's verdict on it. */

import { useEffect, useState } from "preact/hooks";
import { add, edit, items } from "../../base/case.ts";
import { focused } from "../../base/focus.ts";
import { route } from "../../base/routes.ts";
import { bytes, count, plural } from "../../base/text.ts";
import { VERDICTS } from "../../base/verdicts.ts";
import { captures } from "../../engine/client.ts";
import { type HostCard, PRIORITY } from "../../engine/contract.ts";
import { narrow } from "../../engine/narrowing.ts";
import { useResult } from "../../engine/results.ts";
import { Around } from "../../widgets/states.tsx";
import { Captured, EvidenceText } from "../../widgets/text.tsx";
import { Beside, intoCard } from "./beside.tsx";
import { at } from "./format.ts";
import { ViewTable } from "./viewtable.tsx";

function Host({ h }: { h: HostCard }) {
	const v = items("verdict").findLast((x) => x.body.host === h.host);
	const set = (part: { verdict?: string; why?: string }): void => {
		if (v) edit<"verdict">(v.id, part, "why" in part ? "why" : "");
		else add("verdict", { host: h.host, verdict: "unknown", why: "", ...part }, "understand");
	};
	return (
		<div class="card stack tight">
			<h2>
				{h.names[0] && (
					<>
						<Captured text={h.names[0].name} /> ·{" "}
					</>
				)}
				<bdi class="mono">{h.host}</bdi>
			</h2>
			<div class="row">
				<select
					aria-label={`Verdict on ${h.host}`}
					value={v?.body.verdict ?? "unknown"}
					onChange={(e) => set({ verdict: e.currentTarget.value })}
				>
					{VERDICTS.map((x) => (
						<option key={x}>{x}</option>
					))}
				</select>
				<input
					type="text"
					class="grow"
					aria-label="Why"
					placeholder="Why"
					value={v?.body.why ?? ""}
					onInput={(e) => set({ why: e.currentTarget.value })}
				/>
			</div>
			<dl class="facts">
				<dt>MAC</dt>
				<dd>
					<bdi class="mono">{h.mac ?? "not seen on its own segment"}</bdi>
				</dd>
				<dt>Addresses</dt>
				<dd>
					{h.addresses.map((a) => (
						<div key={a.address + a.from}>
							<bdi class="mono">{a.address}</bdi>{" "}
							<span class="muted num">
								{at(a.from)} to {at(a.to)}, {count(a.packets)} packets
							</span>
						</div>
					))}
				</dd>
				<dt>Names</dt>
				<dd>
					{h.names.length === 0 && "none seen"}
					{h.names.map((n) => (
						<div key={n.name + n.source}>
							<Captured text={n.name} /> <span class="muted">by {n.source}</span> <EvidenceText text={n.evidence} />
						</div>
					))}
				</dd>
				<dt>Role</dt>
				<dd>
					{h.role ?? "not guessed"}
					{h.in_scope && " · a target"}
				</dd>
				<dt>Seen</dt>
				<dd class="num">
					{at(h.first)} to {at(h.last)}
				</dd>
				<dt>Traffic</dt>
				<dd class="num">
					{count(h.packets)} packets, sent {bytes(h.bytes_sent)}, received {bytes(h.bytes_received)}, {plural(h.peers, "peer")}
				</dd>
				<dt>Offers</dt>
				<dd>
					{h.services.length === 0 && "no service seen"}
					{h.services.map((s) => (
						<div key={s.port}>
							{s.port} {s.protocol}, {plural(s.clients, "client")} <EvidenceText text={s.evidence} />
						</div>
					))}
				</dd>
			</dl>
			{h.remarks.map((r) => (
				<p class="medium small" key={r}>
					! {r}
				</p>
			))}
			<p class="row">
				<button
					type="button"
					class="button small"
					onClick={() => narrow({ filter: `${h.host.includes(":") ? "ipv6" : "ip"}.addr == ${h.host}` })}
				>
					Only this host
				</button>
				<a class="button small" href="#/understand/packets">
					Open Packets
				</a>
			</p>
		</div>
	);
}

const ORDER = [
	{ id: "host", width: 15 },
	{ id: "name", width: 14 },
	{ id: "role", width: 18 },
	{ id: "packets", width: 8 },
	{ id: "bytes_sent", width: 9 },
	{ id: "bytes_received", width: 9 },
	{ id: "peers", width: 6 },
	{ id: "first", width: 23 },
	{ id: "last", width: 23 },
];

export function Hosts() {
	const asked = route.value.query.host ?? "";
	const [host, setHost] = useState(asked);
	useEffect(() => {
		if (asked) setHost(asked);
	}, [asked]);
	const card = useResult("host", () => (host && captures.value.length ? { host } : null), PRIORITY.selection, [host]);
	return (
		<Beside
			label={host ? `Host ${card.value?.host ?? host}` : null}
			list={
				<ViewTable
					table="hosts"
					label="Hosts"
					empty="No hosts: no addresses were found."
					keys="table"
					first={ORDER}
					startAt={asked ? { key: asked, stamp: asked } : null}
					onEnter={intoCard}
					onActive={(c) => {
						const h = c.all("host") || c.all("address");
						if (!h) return;
						// Of several that had an address, the row says which.
						setHost(c.all("mac") || h);
						focused.value = { evidence: `[[h:${h}]]`, snapshot: c.snapshot };
					}}
				/>
			}
		>
			<Around of={card} what={`Collecting what is known of ${host}`}>
				{(h) => <Host h={h} />}
			</Around>
		</Beside>
	);
}
