/** Packets: list, details tree and bytes, linked both ways; find, go to, time forms, layouts. */

import { useEffect, useRef, useState } from "preact/hooks";
import { alarm, announce } from "../../base/announce.ts";
import { decodable, decodeAsked, decodeWords } from "../../base/decodeas.ts";
import { copyText } from "../../base/download.ts";
import { flowRef, packetRef, parseRef, printRef } from "../../base/evidence.ts";
import { citable, focused, type Thing } from "../../base/focus.ts";
import { register } from "../../base/keys.ts";
import { whatWas } from "../../base/origins.ts";
import { go, replaceQuery, route } from "../../base/routes.ts";
import { scope } from "../../base/scope.ts";
import { set, settings } from "../../base/settings.ts";
import { bytes, plural } from "../../base/text.ts";
import type { TimeFormat } from "../../base/time.ts";
import { ask, captures } from "../../engine/client.ts";
import { type PacketDetails, PRIORITY } from "../../engine/contract.ts";
import { combine, narrow } from "../../engine/narrowing.ts";
import { toError, useResult } from "../../engine/results.ts";
import { type MenuItem, showMenu } from "../../widgets/dialog.tsx";
import { Icon } from "../../widgets/icons.tsx";
import { HexHost } from "../../widgets/mount.tsx";
import { Splitter } from "../../widgets/splitter.tsx";
import { Empty, Failed, Loading } from "../../widgets/states.tsx";
import { RefLink } from "../../widgets/text.tsx";
import { complain, toast } from "../../widgets/toast.tsx";
import { Tree } from "../../widgets/tree.tsx";
import { valueMenu } from "./valuemenu.ts";
import { type ViewApi, ViewTable } from "./viewtable.tsx";

/** Folding is remembered by layer from packet to packet. */
const folded = new Set<string>();

function Details({ d, field, at }: { d: PacketDetails; field: string; at: { start: number; length: number } | null }) {
	const [line, setLine] = useState(-1);
	const [source, setSource] = useState(0);
	const [, redraw] = useState(0);
	const [split, setSplit] = useState(42);
	/** Bytes that were marked with Shift. */
	const [range, setRange] = useState<{ start: number; end: number } | null>(null);
	const [capture = "A", number] = d.packet.split(":");
	const about = (thing: Thing): void => {
		focused.value = thing;
	};
	const fieldThing = (n: number): Thing => {
		const t = d.tree[n];
		const ref =
			!t || t.layer || !t.name ? packetRef(d.packet) : printRef({ kind: "field", capture, packet: Number(number), field: t.name });
		return { evidence: ref, snapshot: `${d.packet} ${t?.text ?? ""}`.slice(0, 240) };
	};
	/** Bytes of the packet itself, with what the tree says of them. */
	const bytesThing = (start: number, end: number): Thing => {
		const line = d.tree[deepest(d, 0, start)];
		const what = line && line.end >= end ? line.text : `bytes ${start} to ${end - 1}`;
		const evidence = printRef({ kind: "bytes", capture, packet: Number(number), start, length: end - start });
		return { evidence, snapshot: `${d.packet} ${what}`.slice(0, 240) };
	};
	useEffect(() => {
		let n = -1;
		if (field) n = d.tree.findIndex((l) => l.name === field);
		else if (at) n = deepest(d, 0, at.start);
		setLine(n);
		setSource(n >= 0 ? (d.tree[n]?.source ?? 0) : 0);
		setRange(null);
		// What a reference led to is what a note is about.
		if (field && n >= 0) about(fieldThing(n));
		else if (at) about(bytesThing(at.start, at.start + at.length));
	}, [d, field, at?.start]);
	const l = d.tree[line];
	const choose = (n: number): void => {
		setLine(n);
		const t = d.tree[n];
		if (!t) return;
		setRange(null);
		if (t.end > t.start) setSource(t.source);
		about(fieldThing(n));
	};
	/** Chosen among the bytes: a note is about these bytes, where they are the packet's own. */
	const pick = (offset: number): void => {
		const n = deepest(d, source, offset);
		const t = d.tree[n];
		if (n >= 0) choose(n);
		if (source === 0) about(bytesThing(t ? t.start : offset, t ? t.end : offset + 1));
	};
	const mark = (start: number, end: number): void => {
		setRange({ start, end });
		if (source === 0) about(bytesThing(start, end));
	};
	const use = (n: number, how: "only" | "and" | "or" | "and_not"): boolean => {
		const f = d.tree[n]?.filter;
		if (!f) return false;
		narrow({ filter: combine(f, how) });
		return true;
	};
	/** Of what is chosen, as it may be written elsewhere. */
	const reference = (): string | null => (focused.value && citable(focused.value))?.evidence ?? null;
	const copy = async (t: string): Promise<void> => {
		if (await copyText(t)) toast("Copied.");
		else complain("Copying is not allowed here.");
	};
	const menu = (n: number, x: number, y: number): void => {
		const t = d.tree[n];
		if (!t) return;
		const list: (MenuItem | "line")[] = [];
		if (t.filter)
			list.push(
				{ title: "Apply as filter", key: "F", run: () => use(n, "only") },
				{ title: "… and this", run: () => use(n, "and") },
				{ title: "… or this", run: () => use(n, "or") },
				{ title: "… and not this", key: "X", run: () => use(n, "and_not") },
				{ title: "Prepare as filter", run: () => go(`#/filter?prepare=${encodeURIComponent(t.filter ?? "")}`) },
				"line",
				{ title: "Copy as filter", run: () => void copy(t.filter ?? "") },
			);
		if (t.value !== null) list.push({ title: "Copy value", key: "Ctrl C", run: () => void copy(t.value ?? "") });
		list.push(
			{ title: "Copy line", run: () => void copy(t.text) },
			{ title: "Copy as reference", key: "Ctrl Shift C", run: () => void copy(reference() ?? packetRef(d.packet)) },
		);
		list.push("line", ...valueMenu(t.value ?? "", `seen in packet ${d.packet}`, focused.value));
		const what = decodable(t.name, t.value);
		if (what)
			list.push("line", {
				title: `Decode ${decodeWords(what.key, what.value)} as…`,
				run: () => {
					decodeAsked.value = what;
				},
			});
		if (t.name) list.push("line", { title: "What is this", key: "F1", run: () => go(`#/reference?name=${encodeURIComponent(t.name)}`) });
		if (t.link) list.push("line", { title: `Go to packet ${t.link}`, run: () => go(`#/understand/packets?p=${t.link}`) });
		showMenu(x, y, t.name || t.text, list);
	};
	const src = d.sources[source] ?? d.sources[0];
	const lit =
		range ??
		(l && l.source === source
			? { start: l.start, end: l.end }
			: at && source === 0
				? { start: at.start, end: at.start + at.length }
				: { start: 0, end: 0 });
	return (
		<div class="panes" style={{ gap: "4px" }}>
			<div class="pane" style={{ flex: `${split} 1 0` }}>
				<Tree
					lines={d.tree}
					label={`Details of packet ${d.packet}`}
					active={line}
					onActive={choose}
					onFollow={(p) => go(`#/understand/packets?p=${p}`)}
					onMenu={menu}
					onKey={(e, n) => {
						const k = e.key.toLowerCase();
						if (e.ctrlKey || e.metaKey) {
							if (k !== "c") return false;
							void copy(e.shiftKey ? (reference() ?? "") : (d.tree[n]?.value ?? d.tree[n]?.text ?? ""));
							return true;
						}
						if (k === "f1" && d.tree[n]?.name) {
							go(`#/reference?name=${encodeURIComponent(d.tree[n].name)}`);
							return true;
						}
						if (k === "f") return use(n, "only");
						if (k === "x") return use(n, "and_not");
						return false;
					}}
					folded={folded}
					onFold={(path, yes) => {
						if (yes) folded.add(path);
						else folded.delete(path);
						redraw((x) => x + 1);
					}}
				/>
			</div>
			<Splitter vertical value={split} onChange={setSplit} label="Width of details and bytes" />
			<div class="pane" style={{ flex: `${100 - split} 1 0` }}>
				{d.sources.length > 1 && (
					<div class="toolbar">
						{d.sources.map((s, i) => (
							<button type="button" class="button small" aria-pressed={i === source} key={s.name} onClick={() => setSource(i)}>
								{s.name} ({s.bytes.length} bytes)
							</button>
						))}
					</div>
				)}
				{src && (
					<HexHost
						bytes={src.bytes}
						name={src.name}
						start={lit.start}
						end={lit.end}
						fieldAt={(o) => d.tree[deepest(d, source, o)]?.name ?? ""}
						onPick={pick}
						onRange={mark}
					/>
				)}
				<p class="small muted num">
					{range ? (
						`bytes ${range.start}–${range.end - 1}, ${plural(range.end - range.start, "byte")} marked`
					) : l && l.end > l.start ? (
						<>
							<code>{l.name}</code>, bytes {l.start}–{l.end - 1}, {plural(l.end - l.start, "byte")}
							{l.spec && `, ${l.spec}`}
						</>
					) : (
						`${bytes(d.captured)} captured${d.wire > d.captured ? ` of ${bytes(d.wire)}` : ""}`
					)}
				</p>
			</div>
		</div>
	);
}

/** The innermost line that holds a byte. */
function deepest(d: PacketDetails, source: number, offset: number): number {
	let best = -1;
	let size = Number.POSITIVE_INFINITY;
	d.tree.forEach((t, i) => {
		if (t.source === source && offset >= t.start && offset < t.end && t.end - t.start <= size) {
			best = i;
			size = t.end - t.start;
		}
	});
	return best;
}

function Find({ api, onClose }: { api: ViewApi; onClose: () => void }) {
	const [kind, setKind] = useState<"filter" | "text" | "bytes">("text");
	const [needle, setNeedle] = useState("");
	const [said, setSaid] = useState("");
	const input = useRef<HTMLInputElement>(null);
	useEffect(() => input.current?.focus(), []);
	const run = async (backwards: boolean): Promise<void> => {
		if (needle.trim() === "") return;
		setSaid("searching…");
		try {
			const r = await ask(
				"find",
				{ view: api.view, from: api.active, backwards, kind, needle },
				{ priority: PRIORITY.filter, latest: "find" },
			);
			if (r.row === null) {
				setSaid("not found in the rows shown");
				announce("Not found in the rows shown");
			} else {
				setSaid(r.wrapped ? "found, from the other end" : "");
				api.select(r.row);
				announce(`Found in packet ${r.packet}`);
			}
		} catch (e) {
			setSaid(toError(e).message);
			alarm(toError(e).message);
		}
	};
	return (
		<div
			class="toolbar"
			role="search"
			aria-label="Find a packet"
			onKeyDown={(e) => {
				if (e.key !== "Escape") return;
				e.stopPropagation();
				onClose();
			}}
		>
			<select aria-label="Find by" value={kind} onChange={(e) => setKind(e.currentTarget.value as typeof kind)}>
				<option value="text">text in the bytes</option>
				<option value="bytes">bytes (hex)</option>
				<option value="filter">filter</option>
			</select>
			<input
				ref={input}
				type="text"
				aria-label="What to find"
				placeholder={kind === "bytes" ? "4d 5a 90" : kind === "filter" ? "http.request" : "superb"}
				value={needle}
				onInput={(e) => setNeedle(e.currentTarget.value)}
				onKeyDown={(e) => {
					if (e.key === "Enter") void run(e.shiftKey);
				}}
			/>
			<button type="button" class="button small" onClick={() => void run(false)}>
				Next
			</button>
			<button type="button" class="button small" onClick={() => void run(true)}>
				Previous
			</button>
			<span class="muted">{said}</span>
			<button type="button" class="button plain small" onClick={onClose}>
				Close
			</button>
		</div>
	);
}

/** The first packet of every answer and finding, each once. */
async function evidencePackets(): Promise<string[]> {
	const [answers, findings] = await Promise.all([
		scope.value.indicators.length > 0
			? ask("answers", { scope: scope.value, narrowing: null }, { priority: PRIORITY.selection })
			: Promise.resolve(null),
		ask("findings", { scope: scope.value }, { priority: PRIORITY.selection }),
	]);
	const found = [...(answers?.answers.filter((a) => a.rung !== "none") ?? []), ...findings.findings];
	return [...new Set(found.flatMap((f) => f.packets.slice(0, 1)))];
}

const TIMES: [TimeFormat, string][] = [
	["first", "since first"],
	["previous", "since row above"],
	["time", "time of day"],
	["datetime", "date and time"],
	["epoch", "epoch"],
];

export function Packets() {
	const r = route.value;
	const asked = r.query.p ?? "";
	const [packet, setPacket] = useState(asked);
	const [api, setApi] = useState<ViewApi | null>(null);
	const [finding, setFinding] = useState(false);
	const [goto, setGoto] = useState("");
	const [split, setSplit] = useState(52);
	const [extra, setExtra] = useState<string[]>([]);
	const [field, setField] = useState("");
	useEffect(() => {
		if (asked) setPacket(asked);
	}, [asked]);
	useEffect(() => {
		if (r.query.q !== undefined) {
			narrow({ filter: r.query.q });
			replaceQuery({});
		}
	}, [r.query.q]);
	const details = useResult("packet", () => (packet && captures.value.length > 0 ? { packet } : null), PRIORITY.selection, [packet], 15);
	const d = details.value;
	const step = async (by: 1 | -1): Promise<void> => {
		if (!d?.flow || !api) return;
		const [, transport, n] = d.flow.split(":");
		const res = await ask(
			"find",
			{ view: api.view, from: api.active, backwards: by < 0, kind: "filter", needle: `${transport}.stream == ${n}` },
			{ priority: PRIORITY.selection, latest: "find" },
		).catch(() => null);
		if (res && res.row !== null) api.select(res.row);
	};
	const marked = async (by: 1 | -1): Promise<void> => {
		if (!api) return;
		const all = await evidencePackets().catch(() => []);
		const at = await Promise.all(
			all.map((key) => ask("locate", { view: api.view, key }, { priority: PRIORITY.selection }).catch(() => null)),
		);
		const rows = at.flatMap((a) => (a && a.row !== null ? [a.row] : [])).sort((a, b) => a - b);
		const to = by > 0 ? (rows.find((r) => r > api.active) ?? rows[0]) : (rows.findLast((r) => r < api.active) ?? rows.at(-1));
		if (to === undefined) complain("No packet shown here is evidence of an answer or a finding.");
		else api.select(to);
	};
	useEffect(
		() =>
			register([
				{ id: "find", title: "Find a packet", keys: ["Mod+f"], scope: "global", run: () => setFinding(true) },
				{
					id: "goto",
					title: "Go to packet",
					keys: ["Mod+g"],
					scope: "global",
					run: () => document.querySelector<HTMLInputElement>("#goto")?.focus(),
				},
				{
					id: "prev-in-flow",
					title: "Previous packet of the conversation",
					keys: ["["],
					scope: "global",
					when: () => d?.flow !== null,
					run: () => void step(-1),
				},
				{
					id: "next-in-flow",
					title: "Next packet of the conversation",
					keys: ["]"],
					scope: "global",
					when: () => d?.flow !== null,
					run: () => void step(1),
				},
				{
					id: "next-marked",
					title: "Next packet that is evidence of an answer or a finding",
					keys: ["."],
					scope: "global",
					when: () => api !== null,
					run: () => void marked(1),
				},
				{
					id: "prev-marked",
					title: "Previous packet that is evidence of an answer or a finding",
					keys: [","],
					scope: "global",
					when: () => api !== null,
					run: () => void marked(-1),
				},
				{
					id: "follow",
					title: "Follow stream",
					keys: ["s"],
					scope: "global",
					when: () => !!d?.flow,
					run: () => d?.flow && go(`#/understand/follow?flow=${d.flow}`),
				},
			]),
		[d, api],
	);
	const s = settings.value;
	const layout = s.layout;
	const list = (
		<ViewTable
			table="packets"
			label="Packets"
			empty="This session has no packets."
			keys="table"
			more={{ fields: extra }}
			take={setApi}
			startAt={asked ? { key: asked, stamp: `${asked}${r.query.field ?? ""}${r.query.at ?? ""}` } : null}
			onActive={(c) => {
				if (c.packet) setPacket(c.packet);
				if (c.packet !== asked && asked) replaceQuery({});
			}}
			onEnter={() => document.querySelector<HTMLElement>(".tree")?.focus()}
			menu={(c) => [
				...(d?.flow && d.packet === c.packet
					? [{ title: "Follow stream", key: "S", run: () => go(`#/understand/follow?flow=${d.flow}`) }]
					: []),
				...(d?.flow && d.packet === c.packet
					? [
							{
								title: "Only this conversation",
								run: () => narrow({ filter: `${d.flow?.split(":")[1]}.stream == ${d.flow?.split(":")[2]}` }),
							},
						]
					: []),
			]}
		/>
	);
	const at = r.query.at ? { start: Number(r.query.at), length: Number(r.query.len ?? 1) } : null;
	const below =
		packet === "" ? (
			<Empty title="Choose a packet to see its details" />
		) : details.state === "failed" && details.error ? (
			<Failed error={details.error} again={details.again} />
		) : !d ? (
			<Loading what={`Reading packet ${packet}`} />
		) : (
			<div class="pane">
				<div class="toolbar">
					<strong class="mono">{d.packet}</strong>
					{whatWas(d.packet) && <span>was {whatWas(d.packet)} in the capture</span>}
					{d.flow && (
						<a class="ref" href={`#/understand/follow?flow=${d.flow}`} title="Follow stream (S)">
							{flowRef(d.flow).slice(2, -2)}
						</a>
					)}
					{d.links.slice(0, 6).map((l) => {
						const ref = packetRef(l.packet);
						const parsed = parseRef(ref);
						return (
							<span key={l.kind + l.packet} class="muted">
								{l.kind.replaceAll("_", " ")} {parsed && <RefLink of={parsed} written={ref} />}
							</span>
						);
					})}
					{d.anomalies.map((a) => (
						<span key={a.says} class={a.severity === "high" || a.severity === "critical" ? "high" : "medium"}>
							◆ {a.says}
						</span>
					))}
				</div>
				<Details d={d} field={r.query.field ?? ""} at={at} />
			</div>
		);
	return (
		<div class="pane">
			<div class="toolbar">
				<label class="row">
					<span class="muted">Time</span>
					<select value={s.time} onChange={(e) => set("time", e.currentTarget.value as TimeFormat)}>
						{TIMES.map(([v, t]) => (
							<option key={v} value={v}>
								{t}
							</option>
						))}
					</select>
				</label>
				<label class="row">
					<span class="muted">Layout</span>
					<select value={layout} onChange={(e) => set("layout", e.currentTarget.value as typeof layout)}>
						<option value="list">list above details</option>
						<option value="side">side by side</option>
						<option value="focus">list alone</option>
					</select>
				</label>
				<form
					class="row"
					onSubmit={(e) => {
						e.preventDefault();
						const m = /^(?:([A-Za-z]{1,3}):?)?(\d{1,9})$/.exec(goto.trim());
						if (m) go(`#/understand/packets?p=${(m[1] ?? packet.split(":")[0] ?? "A").toUpperCase() || "A"}:${m[2]}`);
						else if (goto.trim() !== "") complain("Write a packet number, such as 1234 or B:12.");
					}}
				>
					<input
						id="goto"
						type="text"
						size={10}
						aria-label="Go to packet"
						placeholder="Go to packet"
						value={goto}
						onInput={(e) => setGoto(e.currentTarget.value)}
					/>
				</form>
				<form
					class="row"
					onSubmit={(e) => {
						e.preventDefault();
						if (/^[a-z][\w.-]*$/i.test(field) && !extra.includes(field)) setExtra([...extra, field]);
						setField("");
					}}
				>
					<input
						type="text"
						size={14}
						aria-label="Add a column for a field"
						placeholder="Add column: field"
						value={field}
						onInput={(e) => setField(e.currentTarget.value)}
					/>
				</form>
				{extra.map((x) => (
					<span class="chip" key={x}>
						<code class="text">{x}</code>
						<button type="button" aria-label={`Remove column ${x}`} onClick={() => setExtra(extra.filter((y) => y !== x))}>
							×
						</button>
					</span>
				))}
				<button type="button" class="button small" onClick={() => setFinding(!finding)} aria-expanded={finding}>
					<Icon name="search" /> Find
				</button>
			</div>
			{finding && api && (
				<Find
					api={api}
					onClose={() => {
						setFinding(false);
						api.focus();
					}}
				/>
			)}
			{layout === "focus" ? (
				list
			) : (
				<div class={`panes${layout === "list" ? " column" : ""}`} key={layout}>
					<div class="pane" style={{ flex: `${split} 1 0` }}>
						{list}
					</div>
					<Splitter vertical={layout === "side"} value={split} onChange={setSplit} label="Size of the packet list" />
					<div class="pane" style={{ flex: `${100 - split} 1 0` }}>
						{below}
					</div>
				</div>
			)}
		</div>
	);
}
