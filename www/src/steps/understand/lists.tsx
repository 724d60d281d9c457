/** Conversations, Hosts, Requests, Files: tables over the same views, each with its card. */

import { Fragment } from "preact";
import { useEffect, useState } from "preact/hooks";
import { add, edit, items, log } from "../../base/case.ts";
import { saveBlob } from "../../base/download.ts";
import { flowRef, packetRef, rowRef } from "../../base/evidence.ts";
import { focused } from "../../base/focus.ts";
import { go, route } from "../../base/routes.ts";
import { settings } from "../../base/settings.ts";
import { bytes, count, percent, plural } from "../../base/text.ts";
import { dateTime, parseEpoch } from "../../base/time.ts";
import { ask, captures } from "../../engine/client.ts";
import { type FileCard, type HostCard, PRIORITY, type RowCard } from "../../engine/contract.ts";
import { narrow } from "../../engine/narrowing.ts";
import { toError, useResult } from "../../engine/results.ts";
import { Dialog, toast } from "../../widgets/dialog.tsx";
import { Icon } from "../../widgets/icons.tsx";
import { Around } from "../../widgets/states.tsx";
import { Captured, EvidenceText, Refs } from "../../widgets/text.tsx";
import { ViewTable } from "./viewtable.tsx";

const time = (t: string): string => {
	const n = parseEpoch(t);
	return n === null ? "" : `${dateTime(n, settings.value.zone, 3)} ${settings.value.zone}`;
};

export function Conversations() {
	const logs = captures.value.some((c) => c.kind === "flow_log");
	const row = route.value.query.row ?? "";
	const [what, setWhat] = useState<"flows" | "rows">(
		row || (logs && captures.value.every((c) => c.kind === "flow_log")) ? "rows" : "flows",
	);
	const [selected, setSelected] = useState(row);
	useEffect(() => {
		if (!row) return;
		setWhat("rows");
		setSelected(row);
		focused.value = { evidence: rowRef(row), snapshot: `flow-log row ${row}` };
	}, [row]);
	const card = useResult(
		"row",
		() => (what === "rows" && selected && captures.value.length ? { row: selected } : null),
		PRIORITY.selection,
		[selected, what],
	);
	const list = (
		<div class="pane" style={{ flex: "3 1 0" }}>
			{logs && (
				<div class="toolbar">
					<button type="button" class="button small" aria-pressed={what === "flows"} onClick={() => setWhat("flows")}>
						From packets
					</button>
					<button type="button" class="button small" aria-pressed={what === "rows"} onClick={() => setWhat("rows")}>
						From flow logs
					</button>
					{what === "rows" && <span class="muted">Flow records only: no payload, and answers stop at “contacted”.</span>}
				</div>
			)}
			<ViewTable
				key={what}
				table={what}
				label={what === "flows" ? "Conversations" : "Flow-log rows"}
				empty={what === "flows" ? "No conversations: nothing above the network layer was found." : "The flow logs hold no rows."}
				keys="table"
				startAt={row && what === "rows" ? { key: row, stamp: row } : null}
				onActive={(c) => c.logRow && setSelected(c.logRow)}
				onEnter={(c) => c.flow && go(`#/understand/follow?flow=${c.flow}`)}
				menu={(c) =>
					c.flow
						? [
								{
									title: "Only this conversation",
									run: () => narrow({ filter: `${c.flow?.split(":")[1]}.stream == ${c.flow?.split(":")[2]}` }),
								},
							]
						: []
				}
			/>
		</div>
	);
	if (what === "flows") return list;
	return (
		<div class="panes">
			{list}
			<div class="pane" style={{ flex: "2 1 0" }}>
				<div class="scroller">
					<Around of={card} what="Reading the row" idle={<p class="muted">Choose a row to see every column of it.</p>}>
						{(r) => <LogRow r={r} />}
					</Around>
				</div>
			</div>
		</div>
	);
}

/** A row of a flow log with all its columns. */
function LogRow({ r }: { r: RowCard }) {
	return (
		<div class="card stack tight">
			<h2>
				Row <bdi class="mono">{r.row}</bdi>
			</h2>
			<p class="small">
				<EvidenceText text={r.evidence} /> line {count(r.line)} of <Captured text={r.log} />, {r.format}
			</p>
			<p class="small medium">! {r.unavailable}: who talked with whom and how much, not what was said.</p>
			<dl class="facts">
				<dt>Begun</dt>
				<dd class="num">{time(r.begun)}</dd>
				<dt>Ended</dt>
				<dd class="num">{time(r.ended)}</dd>
				<dt>Hosts</dt>
				<dd>
					<EvidenceText text={`[[h:${r.originator}]] asked [[h:${r.responder}]]`} />
				</dd>
				<dt>Answered</dt>
				<dd>{r.answered}</dd>
				{r.community_id && (
					<>
						<dt>Community ID</dt>
						<dd class="mono break">{r.community_id}</dd>
					</>
				)}
				<dt>In a capture</dt>
				<dd>{r.captured_as ? <EvidenceText text={flowRef(r.captured_as)} /> : "no"}</dd>
			</dl>
			<h3>Columns of the log</h3>
			<dl class="facts">
				{r.columns.map((c, i) => (
					<Fragment key={`${i}${c.name}`}>
						<dt>
							<Captured text={c.name} />
						</dt>
						<dd class="mono break">
							<Captured text={c.value} />
						</dd>
					</Fragment>
				))}
			</dl>
		</div>
	);
}

const VERDICTS = ["unknown", "clean", "suspicious", "compromised", "rogue"];

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
								{time(a.from)} to {time(a.to)}, {count(a.packets)} packets
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
					{time(h.first)} to {time(h.last)}
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

export function Hosts() {
	const asked = route.value.query.host ?? "";
	const [host, setHost] = useState(asked);
	useEffect(() => {
		if (asked) setHost(asked);
	}, [asked]);
	const card = useResult("host", () => (host && captures.value.length ? { host } : null), PRIORITY.selection, [host]);
	return (
		<div class="panes">
			<div class="pane" style={{ flex: "3 1 0" }}>
				<ViewTable
					table="hosts"
					label="Hosts"
					empty="No hosts: no addresses were found."
					keys="table"
					startAt={asked ? { key: asked, stamp: asked } : null}
					onActive={(c) => {
						const h = c.all("host") || c.all("address");
						if (!h) return;
						setHost(h);
						focused.value = { evidence: `[[h:${h}]]`, snapshot: c.snapshot };
					}}
				/>
			</div>
			{host && (
				<aside class="pane" style={{ flex: "2 1 0", overflow: "auto", marginLeft: "8px" }} aria-label={`Host ${host}`}>
					<Around of={card} what={`Collecting what is known of ${host}`}>
						{(h) => <Host h={h} />}
					</Around>
				</aside>
			)}
		</div>
	);
}

const MESSAGE_PROTOCOLS = ["http", "ftp", "dns", "tls"];

export function Requests() {
	const [protocols, setProtocols] = useState<string[]>([]);
	const [text, setText] = useState("");
	return (
		<div class="pane">
			<div class="toolbar">
				{MESSAGE_PROTOCOLS.map((p) => (
					<button
						type="button"
						class="button small"
						key={p}
						aria-pressed={protocols.includes(p)}
						onClick={() => setProtocols(protocols.includes(p) ? protocols.filter((x) => x !== p) : [...protocols, p])}
					>
						{p.toUpperCase()}
					</button>
				))}
				<input
					type="search"
					aria-label="Requests that contain"
					placeholder="contains…"
					value={text}
					onInput={(e) => setText(e.currentTarget.value)}
				/>
			</div>
			<ViewTable
				table="messages"
				label="Requests"
				empty="No HTTP, FTP, DNS or TLS messages were found (recognised by content on every port)."
				keys="table"
				more={{ protocols, ...(text ? { text } : {}) }}
			/>
		</div>
	);
}

function Completeness({ f }: { f: FileCard }) {
	const size = f.declared_size ?? f.size;
	const have = f.present.reduce((n, r) => n + r.end - r.start, 0);
	return (
		<>
			<div class="bar" role="img" aria-label={`${percent(have, size)} present`}>
				{f.present.map((r) => (
					<i
						key={r.start}
						style={{ left: `${(100 * r.start) / Math.max(1, size)}%`, width: `${(100 * (r.end - r.start)) / Math.max(1, size)}%` }}
					/>
				))}
			</div>
			<span class="small num">
				{f.complete ? "complete" : `${bytes(have)} of ${bytes(size)} present${f.incomplete ? `: ${f.incomplete}` : ""}`}
				{!f.complete &&
					f.present.length > 0 &&
					` (bytes ${f.present
						.map((r) => `${r.start}–${r.end - 1}`)
						.slice(0, 6)
						.join(", ")})`}
			</span>
		</>
	);
}

function SaveFile({ f, onClose }: { f: FileCard; onClose: () => void }) {
	const [as, setAs] = useState<"zip" | "plain">("zip");
	const [password, setPassword] = useState("infected");
	const [busy, setBusy] = useState(false);
	const save = async (): Promise<void> => {
		setBusy(true);
		try {
			const r = await ask("file.save", { file: f.id, as, password }, { priority: PRIORITY.analysis });
			saveBlob(r.blob, r.name);
			log(`saved file ${f.id} as ${r.name}`);
			toast(`Saved ${r.name}, ${bytes(r.blob.size)}.`);
			onClose();
		} catch (e) {
			toast(`Not saved: ${toError(e).message}`);
			setBusy(false);
		}
	};
	return (
		<Dialog title="Save a captured file" onClose={onClose}>
			<p class="medium">! The file may be malicious. It is rebuilt from the capture and was never opened here.</p>
			<fieldset class="stack tight">
				<legend class="offscreen">How</legend>
				<label class="check">
					<input type="radio" name="save-as" checked={as === "zip"} onChange={() => setAs("zip")} /> As a zip with a password and a neutral
					name inside (AES)
				</label>
				<label class="check">
					<input type="radio" name="save-as" checked={as === "plain"} onChange={() => setAs("plain")} /> As the plain file, with a neutral
					name
				</label>
			</fieldset>
			{as === "zip" && (
				<label class="field">
					Password
					<input type="text" value={password} onInput={(e) => setPassword(e.currentTarget.value)} />
				</label>
			)}
			<p class="row">
				<button type="button" class="button primary" disabled={busy || (as === "zip" && password === "")} onClick={() => void save()}>
					Save {as === "zip" ? "the zip" : "the plain file"}
				</button>
			</p>
		</Dialog>
	);
}

function FileDetails({ f }: { f: FileCard }) {
	const [saving, setSaving] = useState(false);
	return (
		<div class="card stack tight">
			<h2 class="break">
				<Captured text={f.names[0]?.text ?? "unnamed"} />
			</h2>
			{f.mismatch && (
				<p class="medium">
					◆ Declared as {f.declared_type}, but its content is {f.content_type}.
				</p>
			)}
			<Completeness f={f} />
			<dl class="facts">
				<dt>Names</dt>
				<dd>
					{f.names.length === 0 && "none seen"}
					{f.names.map((n) => (
						<div key={n.text + n.where}>
							<Captured text={n.text} /> <span class="muted">in {n.where}</span>
						</div>
					))}
				</dd>
				<dt>Type</dt>
				<dd>
					by content {f.content_type ?? "unknown"}
					{f.declared_type && (
						<>
							, declared <Captured text={f.declared_type} />
						</>
					)}
				</dd>
				<dt>Size</dt>
				<dd class="num">
					{count(f.size)} bytes
					{f.declared_size !== null && f.declared_size !== f.size && <span class="medium">, declared {count(f.declared_size)}</span>}
				</dd>
				<dt>SHA-256</dt>
				<dd class="mono small">{f.sha256 ?? (f.pending ? "being computed" : "none: the file is not whole")}</dd>
				<dt>SHA-1</dt>
				<dd class="mono small">{f.sha1 ?? "–"}</dd>
				<dt>MD5</dt>
				<dd class="mono small">{f.md5 ?? "–"}</dd>
				{f.sha256 && f.declared_size !== null && f.size < f.declared_size && (
					<>
						<dt>Hashes</dt>
						<dd class="medium">of the bytes present, not of the whole file</dd>
					</>
				)}
				<dt>Way</dt>
				<dd>
					{f.protocol.toUpperCase()}, {f.direction} by <bdi class="mono">{f.client}</bdi>, server <bdi class="mono">{f.server}</bdi>
				</dd>
				<dt>Packets</dt>
				<dd>
					{f.request && (
						<>
							request <EvidenceText text={packetRef(f.request)} />,{" "}
						</>
					)}
					<EvidenceText text={`${packetRef(f.first)} to ${packetRef(f.last)}`} />, {count(f.packets)} in all
				</dd>
				<dt>Time</dt>
				<dd class="num">
					{time(f.first_time)} to {time(f.last_time)}
				</dd>
				{f.parts.length > 0 && (
					<>
						<dt>Merged of</dt>
						<dd class="mono">{f.parts.join(", ")}</dd>
					</>
				)}
				{f.same_hash.length > 0 && (
					<>
						<dt>Same hash</dt>
						<dd>
							<Refs list={f.same_hash.map((a) => packetRef(a.split(".")[0] ?? a))} />
						</dd>
					</>
				)}
			</dl>
			{f.remarks.map((r) => (
				<p class="small" key={r}>
					{r}
				</p>
			))}
			<p class="row">
				<button type="button" class="button small" onClick={() => setSaving(true)}>
					<Icon name="download" /> Save…
				</button>
				{f.flow && (
					<a class="button small" href={`#/understand/follow?flow=${f.flow}`}>
						Follow stream
					</a>
				)}
			</p>
			{saving && <SaveFile f={f} onClose={() => setSaving(false)} />}
		</div>
	);
}

export function Files() {
	const hash = route.value.query.hash ?? "";
	const [id, setId] = useState(route.value.query.id ?? "");
	useEffect(() => {
		if (!hash) return;
		ask("file.by_hash", { hash }, { priority: PRIORITY.selection })
			.then((r) => {
				if (r.files[0]) setId(r.files[0]);
				else toast(`No file of the loaded captures has a SHA-256 that begins with ${hash}.`);
			})
			.catch((e) => toast(toError(e).message));
	}, [hash, captures.value.length]);
	const card = useResult("file", () => (id && captures.value.length ? { file: id } : null), PRIORITY.selection, [id]);
	return (
		<div class="panes">
			<div class="pane" style={{ flex: "3 1 0" }}>
				<ViewTable
					table="files"
					label="Files"
					empty="No files were carried by HTTP or FTP (control and data connections checked)."
					keys="table"
					startAt={id && hash ? { key: id, stamp: id } : null}
					onActive={(c) => {
						const a = c.all("id");
						if (a) setId(a);
						const sha = c.all("sha256");
						if (sha) focused.value = { evidence: `[[file:${sha.slice(0, 12)}]]`, snapshot: c.snapshot };
					}}
				/>
			</div>
			{id && (
				<aside class="pane" style={{ flex: "2 1 0", overflow: "auto", marginLeft: "8px" }} aria-label={`File ${id}`}>
					<Around of={card} what="Reading about the file">
						{(f) => <FileDetails f={f} />}
					</Around>
				</aside>
			)}
		</div>
	);
}
