/** The mind map of the case: drawn from the same items as the outline, built on request, then edited by hand. */

import { useEffect, useState } from "preact/hooks";
import { announce } from "../../base/announce.ts";
import { add, canRedo, canUndo, doc, edit, type Item, items, readOnly, redo, refusal, remove, undo } from "../../base/case.ts";
import { saveBlob } from "../../base/download.ts";
import { shownKey } from "../../base/keys.ts";
import {
	bring,
	bringing,
	brought,
	builtOf,
	drawnOf,
	homes,
	indent,
	mayHang,
	missing,
	removeNode,
	SORT_WORDS,
	SORTS,
	shift,
	take,
	VERBS,
} from "../../base/map.ts";
import { scope } from "../../base/scope.ts";
import { plural, visible } from "../../base/text.ts";
import { ask, captures } from "../../engine/client.ts";
import { type BuiltMap, type DrawnMap, type DrawnNode, PRIORITY, type Sort } from "../../engine/contract.ts";
import { toError, useResult } from "../../engine/results.ts";
import { Icon } from "../../widgets/icons.tsx";
import { Empty, Failed, Loading } from "../../widgets/states.tsx";
import { Captured, EvidenceText } from "../../widgets/text.tsx";
import { complain, toast } from "../../widgets/toast.tsx";
import { Writing } from "../../widgets/writing.tsx";
import { Drawing } from "./drawing.tsx";

/** What the captures and judgements come to as a map; idle while there is no capture. */
export const useBuilt = () =>
	useResult(
		"map.build",
		() => (captures.value.length > 0 ? { document: builtOf(doc.value), scope: scope.value } : null),
		PRIORITY.analysis,
		[],
		400,
	);

/** Longest side of a picture: canvases have a bound of their own. */
const MOST_PIXELS = 8000;

async function png(svg: Blob): Promise<Blob> {
	const text = await svg.text();
	const image = new Image();
	image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(text)}`;
	await image.decode();
	const k = Math.min(2, MOST_PIXELS / Math.max(image.width, image.height));
	const canvas = document.createElement("canvas");
	canvas.width = Math.max(1, Math.round(image.width * k));
	canvas.height = Math.max(1, Math.round(image.height * k));
	canvas.getContext("2d")?.drawImage(image, 0, 0, canvas.width, canvas.height);
	return new Promise((done, failed) => canvas.toBlob((b) => (b ? done(b) : failed(new Error("the browser made no picture"))), "image/png"));
}

async function save(format: "svg" | "png" | "md" | "mmd" | "canvas", supported: string[] | null): Promise<void> {
	try {
		const text = format === "png" ? "svg" : format;
		const r = await ask("map.export", { document: drawnOf(doc.value), supported, format: text }, { priority: PRIORITY.selection });
		const name = `map.${format}`;
		saveBlob(format === "png" ? await png(r.blob) : r.blob, name);
		toast(`Saved ${name}.`);
	} catch (e) {
		complain(`The map was not saved: ${toError(e).message}`);
	}
}

type Entry = Item<"node"> | Item<"note"> | Item<"pin">;
const entry = (id: string): Entry | undefined => [...items("node"), ...items("note"), ...items("pin")].find((i) => i.id === id);

/** A line of the panel that is typed in, where the node has it or may have it. */
function Line({ node, member, label, rows }: { node: Item<"node">; member: "for" | "against" | "settle"; label: string; rows: number }) {
	return (
		<div class="field">
			<span aria-hidden="true">{label}</span>
			<Writing
				rows={rows}
				label={label}
				value={node.body[member] ?? ""}
				onInput={(text) => edit<"node">(node.id, { [member]: text }, member)}
			/>
		</div>
	);
}

function Edges({ map, n }: { map: DrawnMap; n: DrawnNode }) {
	const name = (id: string): string => map.nodes.find((m) => m.id === id)?.text ?? "";
	const mine = map.edges.filter((e) => e.from === n.id || e.to === n.id);
	if (mine.length === 0) return <p class="hint">No edges. L draws one from here.</p>;
	return (
		<ul class="stack tight small">
			{mine.map((e) => (
				<li key={e.id} class="row nowrap top">
					<span class="grow break">
						{e.to === n.id && <Captured text={`${name(e.from)} → `} />}
						<input
							type="text"
							class="verb"
							list="map-verbs"
							aria-label={`What the edge ${e.from === n.id ? `to ${name(e.to)}` : `from ${name(e.from)}`} says`}
							value={e.verb}
							onChange={(c) => edit<"edge">(e.id, { verb: c.currentTarget.value.trim() || "then" })}
						/>
						{e.from === n.id && <Captured text={` → ${name(e.to)}`} />}
					</span>
					<button type="button" class="button plain small" aria-label={`Remove the edge “${e.verb}”`} onClick={() => remove(e.id)}>
						<Icon name="trash" />
					</button>
				</li>
			))}
		</ul>
	);
}

/** Under which node it hangs. All that it could hang under are listed when somebody wants to choose: walking needs none. */
function Under({ map, n }: { map: DrawnMap; n: DrawnNode }) {
	const [all, setAll] = useState(false);
	const may = all ? homes(n.id) : () => false;
	return (
		<label class="field">
			Under
			<select
				value={n.parent ?? ""}
				onFocus={() => setAll(true)}
				onPointerDown={() => setAll(true)}
				onChange={(e) => {
					if (mayHang(n.id, e.currentTarget.value)) edit(n.id, { parent: e.currentTarget.value } as never);
				}}
			>
				<option value="">nothing: a root</option>
				{map.nodes
					.filter((m) => m.id === n.parent || may(m.id))
					.map((m) => (
						<option key={m.id} value={m.id}>
							{visible(m.text).slice(0, 60) || "empty"}
						</option>
					))}
			</select>
		</label>
	);
}

/** What is known of the active node, and what may be changed of it. */
function Panel({ map, n, onLink }: { map: DrawnMap; n: DrawnNode; onLink: () => void }) {
	const item = entry(n.id);
	if (!item) return null;
	const node = item.kind === "node" ? item : null;
	return (
		<section class="card stack tight map-panel" aria-label="The node">
			<div class="row between">
				<h2>{node?.body.sort ? SORT_WORDS[node.body.sort] : SORT_WORDS[n.sort]}</h2>
				{node && (
					<select
						aria-label="Sort of the node"
						value={node.body.sort ?? ""}
						onChange={(e) => edit<"node">(node.id, { sort: (e.currentTarget.value || undefined) as Sort })}
					>
						{!node.body.sort && <option value="">heading</option>}
						{SORTS.map((s) => (
							<option key={s} value={s}>
								{SORT_WORDS[s]}
							</option>
						))}
					</select>
				)}
			</div>
			{n.unsupported && (
				<p class="small medium">
					Unsupported: {n.evidence.length === 0 ? "it has no evidence any more" : "nothing that is loaded now shows it"}.
				</p>
			)}
			{item.kind === "pin" ? (
				<p class="break">
					<Captured text={item.body.snapshot} />
				</p>
			) : (
				<div class="field">
					<span aria-hidden="true">Text</span>
					<Writing
						id="map-text"
						rows={3}
						label="Text"
						value={item.body.text}
						placeholder="One line. [[ names evidence, # a tag."
						onInput={(text) => edit(item.id, { text } as never, "text")}
						onKeyDown={(e) => {
							if (e.key !== "Escape") return;
							e.stopPropagation();
							document.querySelector<HTMLElement>(".map-drawing")?.focus();
						}}
					/>
				</div>
			)}
			{n.evidence.length > 0 && (
				<p class="small">
					Evidence: <EvidenceText text={n.evidence.join(" ")} />
				</p>
			)}
			{node && (
				<div class="field">
					<span aria-hidden="true">Evidence of its own</span>
					<Writing
						label="Evidence of its own"
						value={node.body.evidence ?? ""}
						placeholder="[[p12]] [[tcp:3]]"
						onInput={(evidence) => edit<"node">(node.id, { evidence }, "evidence")}
					/>
				</div>
			)}
			{node?.body.sort === "hypothesis" && (
				<>
					<Line node={node} member="for" label="What speaks for it" rows={3} />
					<Line node={node} member="against" label="What speaks against it" rows={2} />
					<Line node={node} member="settle" label="What would settle it" rows={2} />
				</>
			)}
			<Under map={map} n={n} key={n.id} />
			<h3>Edges</h3>
			<Edges map={map} n={n} />
			<button type="button" class="button small" onClick={onLink}>
				Edge to… <span class="key">L</span>
			</button>
		</section>
	);
}

/** What was found and is not in the map yet. */
export function Missing({ built }: { built: BuiltMap }) {
	const open = missing(built);
	const n = open.nodes.length;
	if (n + open.edges.length === 0) return <p class="hint">Everything that was found stands in the map, or was taken out by you.</p>;
	const words = `${plural(n, "node")} and ${plural(open.edges.length, "edge")}`;
	return (
		<div class="row">
			<button
				type="button"
				class="button"
				onClick={() => {
					take(open);
					announce(`${words} added`);
					toast(`${words} added. ${shownKey("Mod+z")} takes them out again.`);
				}}
			>
				<Icon name="plus" /> Build from the case: {words}
			</button>
			{open.left > 0 && <span class="muted small">{plural(open.left, "weaker finding")} left out</span>}
		</div>
	);
}

/** The nearest node of the column before or behind, or above or below in the same one. */
function beside(map: DrawnMap, at: DrawnNode, key: string): DrawnNode | undefined {
	const y = at.y + at.h / 2;
	const near = (list: DrawnNode[]): DrawnNode | undefined =>
		list.reduce<DrawnNode | undefined>((a, b) => (a && Math.abs(a.y + a.h / 2 - y) <= Math.abs(b.y + b.h / 2 - y) ? a : b), undefined);
	if (key === "ArrowLeft") return map.nodes.find((n) => n.id === at.parent);
	if (key === "ArrowRight") return near(map.nodes.filter((n) => n.parent === at.id));
	const up = key === "ArrowUp";
	return near(map.nodes.filter((n) => n.depth === at.depth && (up ? n.y < at.y : n.y > at.y)));
}

export function MapView() {
	const built = useBuilt();
	const supported = built.value ? built.value.nodes.map((n) => n.origin) : null;
	const r = useResult("map.draw", () => ({ document: drawnOf(doc.value), supported }), PRIORITY.visible, [supported?.join("\n")], 40);
	const [kept, setKept] = useState<DrawnMap | null>(null);
	const [active, setActive] = useState("");
	const [target, setTarget] = useState("");
	const [linking, setLinking] = useState(false);
	useEffect(() => {
		if (r.value) setKept(r.value);
	}, [r.value]);
	// What has just been brought is gone to once it is drawn.
	const came = brought.value;
	useEffect(() => {
		if (came === "" || !(r.value ?? kept)?.nodes.some((n) => n.id === came)) return;
		setActive(came);
		brought.value = "";
	}, [came, r.value]);
	const map = r.value ?? kept;
	if (!map) return r.error ? <Failed error={r.error} /> : <Loading what="Drawing the map" />;
	const here = map.nodes.find((n) => n.id === active) ?? map.nodes[0];
	const create = (parent: string, text = ""): void => {
		const id = add("node", { text, parent, order: Date.now(), sort: "event", evidence: "" }, "notes");
		setActive(id);
		requestAnimationFrame(() => setTimeout(() => document.getElementById("map-text")?.focus(), 120));
	};
	const join = (from: string, to: string): void => {
		setLinking(false);
		setTarget("");
		if (from === "" || to === from || to === "") return;
		const known = items("edge").some((e) => e.body.from === from && e.body.to === to);
		if (!known) add("edge", { from, to, verb: "then" }, "notes");
		setActive(from);
		announce(known ? "There is an edge already" : "Edge added; its word stands in the panel");
	};
	const begin = (): void => {
		setLinking(true);
		setTarget("");
		announce("Choose with the arrows where the edge leads, then Enter; Escape leaves it");
	};
	const link = (to: string): void => join(here?.id ?? "", to);
	const key = (e: KeyboardEvent): boolean => {
		const from = map.nodes.find((n) => n.id === (linking ? target || here?.id : here?.id));
		if (e.altKey) {
			if (!here || linking) return false;
			if (!shift(map, here, e.key === "ArrowUp" ? -1 : 1)) announce(e.key === "ArrowUp" ? "It is the first" : "It is the last");
		} else if ((e.key === "<" || e.key === ">") && here) {
			if (!indent(map, here, e.key === ">")) announce(e.key === ">" ? "Nothing stands above it" : "It is a root");
		} else if (e.key.startsWith("Arrow") && from) {
			const next = beside(map, from, e.key);
			if (next && linking) setTarget(next.id);
			else if (next) setActive(next.id);
		} else if (e.key === "Escape" && linking) {
			setLinking(false);
			setTarget("");
		} else if (e.key === "Enter" && linking) link(target);
		else if (e.key === "Enter") create(here?.parent ?? "");
		else if (e.key === "Insert" && here) create(here.id);
		else if (e.key === "F2" && here) document.getElementById("map-text")?.focus();
		else if (e.key === "Delete" && here) {
			const next = beside(map, here, "ArrowUp") ?? beside(map, here, "ArrowLeft") ?? beside(map, here, "ArrowDown");
			removeNode(here.id);
			setActive(next?.id ?? "");
		} else if (e.key.toLowerCase() === "l" && here) {
			begin();
		} else if (e.key === "Home") setActive(map.nodes[0]?.id ?? "");
		else if (e.key === "End") setActive(map.nodes.at(-1)?.id ?? "");
		else return false;
		return true;
	};
	if (map.nodes.length === 0)
		return (
			<Empty title="No map yet">
				<span>
					{captures.value.length === 0
						? "With a capture loaded it is built from the case: question, hosts, files, names, findings, open questions."
						: "It is built from the case on request, and edited by hand afterwards. Nothing is added without a press."}
				</span>
				{built.value && <Missing built={built.value} />}
				{captures.value.length > 0 && !built.value && <Loading what="Looking at what was found" />}
				<button type="button" class="button" onClick={() => create("", scope.value.question)}>
					<Icon name="plus" /> Begin with a node
				</button>
			</Empty>
		);
	return (
		<>
			<datalist id="map-verbs">
				{VERBS.map((v) => (
					<option key={v} value={v} />
				))}
			</datalist>
			<div class="toolbar" role="toolbar" aria-label="Map">
				<button type="button" class="button small" disabled={!here} onClick={() => here && create(here.id)}>
					<Icon name="plus" /> Node below <span class="key">Ins</span>
				</button>
				<button type="button" class="button small" onClick={() => create(here?.parent ?? "")}>
					Beside <span class="key">⏎</span>
				</button>
				<button
					type="button"
					class="button small"
					disabled={!here}
					onClick={() => {
						if (here) removeNode(here.id);
					}}
				>
					<Icon name="trash" /> Delete
				</button>
				<button type="button" class="button small" disabled={!canUndo()} onClick={undo} title={shownKey("Mod+z")}>
					<Icon name="undo" /> Undo
				</button>
				<button type="button" class="button small" disabled={!canRedo()} onClick={redo}>
					<Icon name="redo" /> Redo
				</button>
				{(["svg", "png", "md", "mmd", "canvas"] as const).map((f) => (
					<button key={f} type="button" class="button small" onClick={() => void save(f, supported)}>
						<Icon name="download" /> {{ svg: "SVG", png: "PNG", md: "Outline", mmd: "Mermaid", canvas: "JSON Canvas" }[f]}
					</button>
				))}
			</div>
			{linking && (
				<p class="small" role="status">
					Where does the edge lead? Press a node, or choose with the arrows and <span class="key">⏎</span>. <span class="key">Esc</span>{" "}
					leaves it.
				</p>
			)}
			<div class="map-columns">
				<Drawing
					map={map}
					active={here?.id ?? ""}
					target={target}
					onActive={(id) => (linking ? link(id) : setActive(id))}
					onOpen={() => document.getElementById("map-text")?.focus()}
					onDrop={(id, onto) => {
						if (mayHang(id, onto)) edit(id, { parent: onto } as never);
						else announce("A node cannot hang under itself");
					}}
					onLink={join}
					onBring={(thing, onto) => {
						if (readOnly.value) refusal.say();
						else if (onto === "") bring(thing);
						else bringing.value = { thing, onto };
					}}
					onKey={key}
				/>
				{here && (
					<Panel
						map={map}
						n={here}
						onLink={() => {
							begin();
							// The arrows that choose belong to the drawing.
							document.querySelector<HTMLElement>(".map-drawing")?.focus();
						}}
					/>
				)}
			</div>
			{map.left > 0 && (
				<p class="small medium">
					{plural(map.left, "node is", "nodes are")} not drawn: {map.nodes.length} are the most.
				</p>
			)}
			{built.value && <Missing built={built.value} />}
			<p class="hint">
				Arrows move, <span class="key">F2</span> writes, <span class="key">L</span> draws an edge, <span class="key">+ − 0</span> zoom,{" "}
				<span class="key">Shift</span> with arrows pans, <span class="key">Alt ↑ ↓</span> moves among its siblings,{" "}
				<span class="key">&lt; &gt;</span> higher and deeper. Drag a node onto another to hang it there, with <span class="key">Shift</span>{" "}
				to draw an edge; a pin, a reference or a row (by its marks) is dragged here over step 7, or brought with <span class="key">M</span>.
				The outline shows the same nodes.
			</p>
		</>
	);
}
