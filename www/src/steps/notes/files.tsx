/** Files in question: the conversation that carried each, its packets, and everybody who had the same content. */

import { computed } from "@preact/signals";
import { useEffect, useMemo, useState } from "preact/hooks";
import { announce } from "../../base/announce.ts";
import { items, log } from "../../base/case.ts";
import { copyText, saveBlob } from "../../base/download.ts";
import { flowRef, packetRef } from "../../base/evidence.ts";
import { focused } from "../../base/focus.ts";
import { go, route } from "../../base/routes.ts";
import { scope } from "../../base/scope.ts";
import { ROW_HEIGHT, settings } from "../../base/settings.ts";
import { bytes, count, plural, visible } from "../../base/text.ts";
import { dateTime, parseEpoch } from "../../base/time.ts";
import { ask, captures } from "../../engine/client.ts";
import { confirmed, dismissed } from "../../engine/conclusions.ts";
import { PRIORITY, type Spread, type SpreadArgs, type SpreadContent, type SpreadTransfer, type Time } from "../../engine/contract.ts";
import { toError, useResult } from "../../engine/results.ts";
import { type MenuItem, showMenu } from "../../widgets/dialog.tsx";
import { TableHost } from "../../widgets/mount.tsx";
import { PlainTable } from "../../widgets/plaintable.tsx";
import { CoversLine, Empty, Failed, Loading, NoCapture } from "../../widgets/states.tsx";
import type { RowView, TableModel } from "../../widgets/table.ts";
import { Captured, EvidenceText } from "../../widgets/text.tsx";
import { complain, toast } from "../../widgets/toast.tsx";

/** Reasons shown of one content; the rest are counted. */
const REASONS = 6;

/** A line of the table: a transfer, with the content that it is one of. */
interface Line {
	n: number;
	content: SpreadContent;
	transfer: SpreadTransfer;
	/** The first line of its content says what is true of all. */
	head: boolean;
}

const COLUMNS = [
	{ id: "no", title: "No.", width: 5, end: true },
	{ id: "hash", title: "SHA-256", width: 15, mono: true },
	{ id: "hosts", title: "Had by", width: 9, end: true },
	{ id: "name", title: "Name there", width: 22 },
	{ id: "from", title: "From", width: 24 },
	{ id: "to", title: "To", width: 24 },
	{ id: "way", title: "Way", width: 14 },
	{ id: "complete", title: "Complete", width: 16 },
	{ id: "request", title: "Request", width: 10, end: true },
	{ id: "first", title: "First data", width: 10, end: true },
	{ id: "last", title: "Last data", width: 10, end: true },
	{ id: "time", title: "First", width: 23 },
	{ id: "end", title: "Last", width: 23 },
	{ id: "flow", title: "Conversation", width: 44, mono: true },
	{ id: "community", title: "Community ID", width: 34, mono: true },
] as const;

const who = (e: { host: string; name: string | null }): string => (e.name ? `${e.name} ${e.host}` : e.host);

/** With one capture its letter goes without saying. */
const numbered = (packet: string | null): string =>
	packet === null ? "none" : captures.value.length > 1 ? packet : (packet.split(":")[1] ?? packet);

const time = (t: Time): string => {
	const n = parseEpoch(t);
	return n === null ? "" : dateTime(n, settings.value.zone, 3);
};

const hashWord = (c: SpreadContent): string => c.sha256?.slice(0, 12) ?? (c.pending ? "pending" : "not whole");

/** Who got it or brought it by itself: a server that only gave it is named, and not counted. */
const had = (c: SpreadContent): number => c.hosts.filter((h) => h.had).length;

function lines(of: Spread, contains: string): Line[] {
	const wanted = contains.trim().toLowerCase();
	return of.contents.flatMap((content, i) => {
		const kept = content.transfers.filter((t) => {
			if (wanted === "") return true;
			const all = [content.sha256, t.name, who(t.from), who(t.to), t.client, t.server, t.community_id, t.protocol, t.flow, t.state];
			return all.some((x) => x?.toLowerCase().includes(wanted));
		});
		return kept.map((transfer, k) => ({ n: i + 1, content, transfer, head: k === 0 }));
	});
}

function cells({ n, content, transfer: t, head }: Line): string[] {
	return [
		String(n),
		hashWord(content),
		head ? plural(had(content), "host") : "",
		visible(t.name ?? "without a name"),
		who(t.from),
		who(t.to),
		`${t.direction} ${t.protocol}`,
		t.complete ? (t.parts.length > 1 ? `in ${t.parts.length} parts` : "complete") : t.state,
		numbered(t.request),
		numbered(t.first),
		numbered(t.last),
		time(t.first_time),
		time(t.last_time),
		`${t.transport} ${t.client} → ${t.server}`,
		t.community_id,
	];
}

const snapshotOf = (t: SpreadTransfer): string =>
	`${visible(t.name ?? "a file")} from ${who(t.from)} to ${who(t.to)}, ${t.direction} over ${t.protocol}`.slice(0, 240);

/** Everybody who had one content. */
function Content({ n, c }: { n: number; c: SpreadContent }) {
	return (
		<section class="card stack tight" aria-label={`Content ${n}`}>
			<h2 class="break">
				{n}. {c.names.length === 0 ? "without a name" : <Captured text={c.names[0] ?? ""} />}
			</h2>
			<dl class="facts">
				<dt>SHA-256</dt>
				<dd class="mono small break">{c.sha256 ?? (c.pending ? "being computed" : "none: not all of its bytes are in the captures")}</dd>
				<dt>Size</dt>
				<dd class="num">
					{count(c.size)} bytes{c.content_type && `, content ${c.content_type}`}
				</dd>
				{c.names.length > 1 && (
					<>
						<dt>Names</dt>
						<dd>
							{c.names.map((name, i) => (
								<span key={name}>
									{i > 0 && ", "}
									<Captured text={name} />
								</span>
							))}
							{c.more_names > 0 && ` and ${count(c.more_names)} more`}
						</dd>
					</>
				)}
				{c.why.length > 0 && (
					<>
						<dt>In question by</dt>
						<dd>
							{c.why.slice(0, REASONS).map((w) => (
								<div key={w.says}>
									{w.sort === "pinned" && "pinned "}
									<EvidenceText text={w.says} />
								</div>
							))}
							{c.why.length + c.more_why > REASONS && <div class="muted small">and {count(c.why.length + c.more_why - REASONS)} more</div>}
						</dd>
					</>
				)}
			</dl>
			<h3>
				{plural(had(c), "host")} had it{c.hosts.length > had(c) && `, from ${plural(c.hosts.length - had(c), "server")}`}
			</h3>
			<PlainTable
				head={["Host", { title: "Received", as: "end" }, { title: "Sent", as: "end" }, "Whole", "As", `From (${settings.value.zone})`]}
			>
				{c.hosts.map((h) => (
					<tr key={h.host + (h.mac ?? "")}>
						<td>
							{h.name && (
								<>
									<Captured text={h.name} />{" "}
								</>
							)}
							<EvidenceText text={`[[h:${h.host}]]`} />
							{!h.had && <span class="muted"> a server</span>}
							{h.remark && <span class="medium"> {h.remark}</span>}
						</td>
						<td class="n">{h.received > 0 ? count(h.received) : ""}</td>
						<td class="n">{h.sent > 0 ? count(h.sent) : ""}</td>
						<td>{h.complete ? "yes" : "no"}</td>
						<td>
							{h.names.map((name, i) => (
								<span key={name}>
									{i > 0 && ", "}
									<Captured text={name} />
								</span>
							))}
						</td>
						<td class="num">{time(h.first)}</td>
					</tr>
				))}
			</PlainTable>
			<p class="hint">Who had a file need not have opened it.</p>
		</section>
	);
}

/** What is pinned, as text first: a comment on a pin asks nothing again. */
const pinnedText = computed(() => JSON.stringify(items("pin").map((p) => p.body.evidence)));
const question = computed<SpreadArgs>(() => ({
	scope: scope.value,
	pinned: JSON.parse(pinnedText.value) as string[],
	confirmed: confirmed.value,
	dismissed: dismissed.value,
}));

/** What the table is asked with, from the case. */
function argsOf(all: boolean, hash: string): SpreadArgs {
	if (hash !== "") return { hash };
	return all ? { all } : question.value;
}

export function FilesInQuestion() {
	const hash = route.value.query.hash ?? "";
	const [all, setAll] = useState(false);
	const [contains, setContains] = useState("");
	const [at, setAt] = useState(0);
	const r = useResult("spread", () => (captures.value.length > 0 ? argsOf(all, hash) : null), PRIORITY.analysis, [all, hash], 200);
	const found = r.value;
	const rows = useMemo(() => (found ? lines(found, contains) : []), [found, contains]);
	const here = rows[Math.min(at, rows.length - 1)];
	useEffect(() => setAt(0), [all, hash, contains]);
	useEffect(() => setContains(""), [hash]);
	const s = settings.value;
	const choose = (row: number): void => {
		const line = rows[row];
		if (!line) return;
		setAt(row);
		const t = line.transfer;
		focused.value = { evidence: packetRef(t.request ?? t.first), snapshot: snapshotOf(t) };
	};
	const copy = async (what: string, text: string): Promise<void> => {
		if (await copyText(text)) toast(`Copied ${what}.`);
		else complain("Copying is not allowed here.");
	};
	const open = (packet: string): void => go(`#/understand/packets?p=${packet}`);
	const menu = (row: number, column: number, x: number, y: number): void => {
		const line = rows[row];
		if (!line) return;
		choose(row);
		const t = line.transfer;
		const list: MenuItem[] = [{ title: "Copy value", key: "Ctrl C", run: () => void copy("the value", cells(line)[column] ?? "") }];
		if (t.request) list.push({ title: `Go to the request, ${numbered(t.request)}`, run: () => open(t.request as string) });
		list.push({ title: `Go to the first data packet, ${numbered(t.first)}`, run: () => open(t.first) });
		list.push({ title: `Go to the last data packet, ${numbered(t.last)}`, run: () => open(t.last) });
		if (t.flow) {
			list.push({ title: "Follow stream", key: "S", run: () => go(`#/understand/follow?flow=${t.flow}`) });
			list.push({ title: `Copy as reference ${flowRef(t.flow)}`, run: () => void copy("the reference", flowRef(t.flow as string)) });
		}
		list.push({ title: "Show the file in step 6", run: () => go(`#/understand/files?id=${encodeURIComponent(t.id)}`) });
		if (line.content.sha256 && hash === "")
			list.push({ title: "Only this content", run: () => go(`#/notes/files?hash=${line.content.sha256?.slice(0, 16)}`) });
		showMenu(x, y, visible(t.name ?? "a file").slice(0, 60), list);
	};
	const rowView = (n: number): RowView | null => {
		const line = rows[n];
		if (!line) return null;
		const text = cells(line);
		const said = COLUMNS.map((c, i) => (text[i] ? `${c.title} ${text[i]}` : "")).filter(Boolean);
		const t = line.transfer;
		return {
			cells: text,
			tint: t.protocol === "http" ? 1 : t.protocol.startsWith("ftp") ? 4 : 0,
			glyphs: t.complete ? "" : "✂",
			label: said.join(", "),
		};
	};
	const model = useMemo<TableModel>(
		() => ({
			label: "Files in question",
			columns: COLUMNS.map((c) => ({
				id: c.id,
				title: c.id === "time" || c.id === "end" ? `${c.title} (${s.zone})` : c.title,
				width: c.width,
				end: "end" in c,
				mono: "mono" in c,
				sortable: false,
			})),
			count: rows.length,
			rowHeight: ROW_HEIGHT[s.density],
			sort: null,
			row: rowView,
			need: () => {},
			onActive: choose,
			onEnter: (row) => {
				const t = rows[row]?.transfer;
				if (t) open(t.request ?? t.first);
			},
			onSort: () => {},
			onMenu: menu,
			onKey: (e, row, column) => {
				const line = rows[row];
				const k = e.key.toLowerCase();
				if (!line || e.altKey) return false;
				if ((e.ctrlKey || e.metaKey) && k === "c" && String(getSelection() ?? "") === "") void copy("the value", cells(line)[column] ?? "");
				else if (e.ctrlKey || e.metaKey || k !== "s" || !line.transfer.flow) return false;
				else go(`#/understand/follow?flow=${line.transfer.flow}`);
				return true;
			},
		}),
		[rows, s, captures.value.length],
	);
	const told =
		found && r.state === "done" && !r.stale ? `${plural(rows.length, "transfer")} of ${plural(found.contents.length, "content")}` : "";
	useEffect(() => {
		if (told) announce(told);
	}, [told]);
	const save = async (as: "csv" | "tsv" | "json"): Promise<void> => {
		try {
			const saved = await ask("spread.save", { ...argsOf(all, hash), as }, { priority: PRIORITY.analysis });
			saveBlob(saved.blob, saved.name);
			log(`saved ${saved.name}, ${bytes(saved.blob.size)}`, "export");
		} catch (e) {
			complain(`Not saved: ${toError(e).message}`);
		}
	};
	if (captures.value.length === 0) return <NoCapture />;
	if (r.state === "failed" && r.error) return <Failed error={r.error} again={r.again} />;
	if (!found)
		return r.state === "stopped" ? (
			<Empty title="Stopped">
				<button type="button" class="button" onClick={r.again}>
					Look again
				</button>
			</Empty>
		) : (
			<Loading what="Looking who had which file" progress={r.progress} onCancel={r.cancel} />
		);
	return (
		<div class={`stack${r.stale ? " stale" : ""}`}>
			<div class="toolbar">
				<span class="num muted">{told}</span>
				<input
					type="search"
					aria-label="Files that contain"
					placeholder="contains…"
					value={contains}
					onInput={(e) => setContains(e.currentTarget.value)}
				/>
				{hash === "" ? (
					<label class="check">
						<input type="checkbox" checked={all} onChange={(e) => setAll(e.currentTarget.checked)} /> All {count(found.files)} files
					</label>
				) : (
					<a class="button small" href="#/notes/files">
						All files in question
					</a>
				)}
				<CoversLine covers={r.covers} stale={r.stale} />
				<span class="grow" />
				{(["csv", "tsv", "json"] as const).map((f) => (
					<button key={f} type="button" class="button plain small link" onClick={() => void save(f)}>
						Save {f.toUpperCase()}
					</button>
				))}
			</div>
			{found.pending > 0 && (
				<p class="small medium" role="status">
					! {plural(found.pending, "file")} not hashed yet: more hosts may turn out to have had the same.
				</p>
			)}
			{found.left.pins > 0 && <p class="small medium">! Not looked at: {plural(found.left.pins, "more pin")}.</p>}
			{found.slices.map((x) => (
				<p key={x.capture} class="small muted">
					{plural(x.files, "file")} of {x.capture} {x.files === 1 ? "stands" : "stand"} in the capture that it was cut from, and{" "}
					{x.files === 1 ? "is" : "are"} listed there alone.
				</p>
			))}
			{found.left.contents + found.left.transfers > 0 && (
				<p class="small medium">
					! Not listed: {plural(found.left.contents, "more content")} and {plural(found.left.transfers, "more transfer")}.
				</p>
			)}
			{rows.length === 0 && (
				<Empty
					title={
						contains.trim() !== ""
							? "No line contains that"
							: hash !== ""
								? "No file of the loaded captures has this hash"
								: found.files === 0
									? "No file was carried by a protocol that is read"
									: "No file is in question"
					}
				>
					{contains.trim() === "" && hash === "" && !all && found.files > 0 && (
						<>
							<span>Nothing that the scope looks for was transferred, no alarm is about a file, and none is pinned.</span>
							<button type="button" class="button" onClick={() => setAll(true)}>
								Show all {count(found.files)} files
							</button>
						</>
					)}
				</Empty>
			)}
			<div class="spread-table" style={{ height: `${48 + rows.length * ROW_HEIGHT[s.density]}px` }} hidden={rows.length === 0}>
				<TableHost model={model} version={rows} keys="table" />
			</div>
			{here && <Content n={here.n} c={here.content} />}
			<p class="hint">
				One line a transfer, grouped by content. <span class="key">⏎</span> opens the request, <span class="key">S</span> follows the
				conversation, <span class="key">E</span> pins it, <span class="key">M</span> brings it to the map. On the terminal: weir files
				--spread.
			</p>
		</div>
	);
}
