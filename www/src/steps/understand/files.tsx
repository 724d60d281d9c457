/** Files found in the traffic: what is there of each, and how it is saved. */

import { useEffect, useState } from "preact/hooks";
import { log } from "../../base/case.ts";
import { saveBlob } from "../../base/download.ts";
import { packetRef } from "../../base/evidence.ts";
import { focused } from "../../base/focus.ts";
import { route } from "../../base/routes.ts";
import { bytes, count, percent, plural } from "../../base/text.ts";
import { ask, captures } from "../../engine/client.ts";
import { type Column, type FileCard, PRIORITY } from "../../engine/contract.ts";
import { toError, useResult } from "../../engine/results.ts";
import { Dialog } from "../../widgets/dialog.tsx";
import { Icon } from "../../widgets/icons.tsx";
import { Around } from "../../widgets/states.tsx";
import { Captured, EvidenceText, Refs } from "../../widgets/text.tsx";
import { complain, toast } from "../../widgets/toast.tsx";
import { Beside, intoCard } from "./beside.tsx";
import { at } from "./format.ts";
import { ViewTable } from "./viewtable.tsx";

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
			log(`saved file ${f.id} as ${r.name}`, "export", { file: f.id });
			toast(`Saved ${r.name}, ${bytes(r.blob.size)}.`);
			onClose();
		} catch (e) {
			complain(`Not saved: ${toError(e).message}`);
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

/** What an archive holds, read when it is looked at. */
function Held({ id }: { id: string }) {
	const held = useResult("file.list", () => ({ file: id }), PRIORITY.analysis, [id]);
	return (
		<Around of={held} what="Listing the archive">
			{(l) =>
				l ? (
					<div class="small">
						{l.kind}, {plural(l.entries.length + l.more, "entry", "entries")}
						{l.remarks.map((r) => (
							<p class="medium" key={r}>
								◆ {r}
							</p>
						))}
						<ul>
							{l.entries.map((e, n) => (
								<li key={n}>
									<Captured text={e.name} />{" "}
									<span class="muted num">
										{e.size !== null && !e.folder && `${count(e.size)} bytes`}
										{e.encrypted && ", encrypted"}
									</span>
								</li>
							))}
						</ul>
					</div>
				) : (
					<span class="muted">nothing that can be listed</span>
				)
			}
		</Around>
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
				{f.archive && (
					<>
						<dt>Holds</dt>
						<dd>
							<Held id={f.id} />
						</dd>
					</>
				)}
				<dt>SHA-256</dt>
				<dd class="mono small">{f.sha256 ?? (f.pending ? "being computed" : "none: the file is not whole")}</dd>
				<dt>SHA-1</dt>
				<dd class="mono small">{f.sha1 ?? "–"}</dd>
				<dt>MD5</dt>
				<dd class="mono small">{f.md5 ?? "–"}</dd>
				{f.sha256 && !f.complete && (
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
					<EvidenceText text={`${packetRef(f.first)} to ${packetRef(f.last)}`} />, stream of {plural(f.packets, "packet")}
				</dd>
				<dt>Time</dt>
				<dd class="num">
					{at(f.first_time)} to {at(f.last_time)}
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
				{f.sha256 && f.complete && (
					<a class="button small" href={`#/notes/files?hash=${f.sha256.slice(0, 16)}`}>
						Who else has this hash
					</a>
				)}
			</p>
			{saving && <SaveFile f={f} onClose={() => setSaving(false)} />}
		</div>
	);
}

/** What a file is judged by stands first: how much of it there is, who has it, from where and when. */
const ORDER = [
	{ id: "name", width: 22 },
	{ id: "size", width: 9 },
	{ id: "complete", width: 15 },
	{ id: "client", width: 15 },
	{ id: "server", width: 15 },
	{ id: "time", width: 23 },
	{ id: "type", width: 21 },
	{ id: "direction", width: 9 },
	"protocol",
	"packet",
	{ id: "sha256", width: 34 },
];

/** A hash of a file that is not whole is not the file's. */
const remark = (c: Column, cell: (id: string) => string): string =>
	c.kind === "hash" && cell(c.id) !== "" && cell("complete") !== "complete" ? "of the bytes present" : "";

export function Files() {
	const hash = route.value.query.hash ?? "";
	const [id, setId] = useState(route.value.query.id ?? "");
	useEffect(() => {
		if (!hash) return;
		ask("file.by_hash", { hash }, { priority: PRIORITY.selection })
			.then((r) => {
				if (r.files[0]) setId(r.files[0]);
				else complain(`No file of the loaded captures has a SHA-256 that begins with ${hash}.`);
			})
			.catch((e) => complain(toError(e).message));
	}, [hash, captures.value.length]);
	const card = useResult("file", () => (id && captures.value.length ? { file: id } : null), PRIORITY.selection, [id]);
	return (
		<Beside
			label={id ? `File ${id}` : null}
			list={
				<ViewTable
					table="files"
					label="Files"
					empty="No files were carried by HTTP or FTP (control and data connections checked)."
					keys="table"
					first={ORDER}
					remark={remark}
					startAt={id && hash ? { key: id, stamp: id } : null}
					onEnter={intoCard}
					onActive={(c) => {
						const a = c.all("id");
						if (a) setId(a);
						const sha = c.all("sha256");
						if (sha) focused.value = { evidence: `[[file:${sha.slice(0, 12)}]]`, snapshot: c.snapshot };
					}}
				/>
			}
		>
			<Around of={card} what="Reading about the file">
				{(f) => <FileDetails f={f} />}
			</Around>
		</Beside>
	);
}
