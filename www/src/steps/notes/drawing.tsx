/**
 * The mind map as a drawing: nodes, ways between them, one of them active. It is a sheet of its own that is painted once:
 * panning and zooming move the sheet, and only when that has ended is it painted again in its new size.
 */

import { Component } from "preact";
import { useEffect, useLayoutEffect, useMemo, useRef } from "preact/hooks";
import { carried, carries } from "../../base/dragging.ts";
import type { Thing } from "../../base/focus.ts";
import { SORT_WORDS } from "../../base/map.ts";
import { plural, visible } from "../../base/text.ts";
import { verdictOf, verdicts } from "../../base/verdicts.ts";
import type { DrawnEdge, DrawnMap, DrawnNode } from "../../engine/contract.ts";

/** More edges than these say what they say only where they meet the active node. */
const LABELLED = 12;
/** More edges than these are drawn without dashes, each of which costs a stroke. */
const DASHED = 100;
const NEAREST = 4;
const FARTHEST = 0.05;
/** Texts can be read from here on. */
const READABLE = 0.75;
/** More nodes than these at once were built, not written. */
const AT_ONCE = 3;
/** So long after the last change of its size the sheet is painted anew, sharp. */
const SETTLED_MS = 400;

interface NodeProps {
	n: DrawnNode;
	active: boolean;
	target: boolean;
	place: number;
	of: number;
	edges: string;
	/** The analyst's on the host that it is; "" for none. */
	verdict: string;
}

/** A drawing that moved nothing of a node leaves it as it is. */
class NodeBox extends Component<NodeProps> {
	override shouldComponentUpdate(next: NodeProps): boolean {
		const now = this.props;
		if (next.n === now.n)
			return (
				next.active !== now.active ||
				next.target !== now.target ||
				next.place !== now.place ||
				next.of !== now.of ||
				next.edges !== now.edges ||
				next.verdict !== now.verdict
			);
		const of = ({ n, active, target, place, of, edges, verdict }: NodeProps): unknown[] => [
			...[n.x, n.y, n.w, n.h, n.sort, n.text, n.unsupported, n.depth],
			...[active, target, place, of, edges, verdict],
		];
		const before = of(this.props);
		return of(next).some((v, i) => v !== before[i]);
	}

	override render() {
		const { n, active, target, place, of, edges, verdict } = this.props;
		const head = `${SORT_WORDS[n.sort]}${n.unsupported ? " · unsupported" : ""}${verdict && ` · ${verdict}`}`;
		const shown = n.lines.join(" ") || "empty";
		const full = visible(n.text) || "empty";
		return (
			<g
				id={`node-${n.id}`}
				class={`map-node ${n.sort}${n.unsupported ? " unsupported" : ""}${active ? " active" : ""}${target ? " target" : ""}`}
				transform={`translate(${n.x} ${n.y})`}
				data-id={n.id}
				data-verdict={verdict || undefined}
				role="treeitem"
				tabIndex={-1}
				aria-level={n.depth + 1}
				aria-posinset={place}
				aria-setsize={of}
				aria-selected={active}
				aria-label={`${head} ${shown}${full === shown ? "" : `: ${full}`}${edges}`}
			>
				<rect width={n.w} height={n.h} rx={6} />
				<text x={8} y={16} class="sort">
					{head}{" "}
				</text>
				{n.lines.map((l, i) => (
					<text key={`${i}${l}`} x={8} y={35 + 17 * i}>
						{`${l} `}
					</text>
				))}
			</g>
		);
	}
}

/** The verdict on the host whose address stands in a node's text. */
function named(text: string): string {
	const words = text.split(/[\s,;]+/).map((w) => w.replace(/:$/, ""));
	return words.map(verdictOf).find((v) => v !== "") ?? "";
}

/** What a reader is told of the edges that leave or reach a node. */
function spoken(map: DrawnMap): Map<string, string> {
	const name = new Map(map.nodes.map((n) => [n.id, visible(n.text).slice(0, 60)]));
	const out = new Map<string, string>();
	const say = (id: string, words: string): void => {
		out.set(id, `${out.get(id) ?? ""}; ${words}`);
	};
	for (const e of map.edges) {
		say(e.from, `${e.verb} ${name.get(e.to)}`);
		say(e.to, `${e.verb} by ${name.get(e.from)}`);
	}
	return out;
}

/** The ways of the tree and the edges of one drawing; those of the active node are drawn over them. */
class Lines extends Component<{ map: DrawnMap }> {
	override shouldComponentUpdate(next: { map: DrawnMap }): boolean {
		return next.map !== this.props.map;
	}

	override render() {
		const { map } = this.props;
		return (
			<>
				{map.nodes.map((n) => n.way && <path key={n.id} d={n.way} class="map-way" />)}
				{map.edges.map((e) => (
					<path key={e.id} d={e.way} class="map-edge" />
				))}
			</>
		);
	}
}

export interface DrawingProps {
	map: DrawnMap;
	active: string;
	/** While an edge is drawn: where it would lead. */
	target: string;
	onActive: (id: string) => void;
	onOpen: (id: string) => void;
	/** A node was dragged onto another. */
	onDrop: (id: string, onto: string) => void;
	/** The same with Shift: an edge is drawn. */
	onLink: (from: string, to: string) => void;
	/** Something was dragged here from a table or a card; `onto` is the node it was dropped on, or "". */
	onBring: (thing: Thing, onto: string) => void;
	/** True when the key was taken. */
	onKey: (e: KeyboardEvent) => boolean;
}

export function Drawing(p: DrawingProps) {
	const host = useRef<HTMLDivElement>(null);
	const sheet = useRef<HTMLDivElement>(null);
	const ghost = useRef<HTMLDivElement>(null);
	const view = useRef({ x: 16, y: 16, k: 1 });
	const painted = useRef({ k: 1, timer: undefined as ReturnType<typeof setTimeout> | undefined });
	const dragged = useRef<{ id: string; x: number; y: number; far: boolean; link: boolean } | null>(null);
	const over = useRef<Element | null>(null);
	const told = verdicts.value;
	const words = useMemo(() => spoken(p.map), [p.map]);
	const marks = useMemo(() => new Map(p.map.nodes.map((n) => [n.id, n.sort === "host" ? named(n.text) : ""])), [p.map, told]);
	const families = useMemo(() => {
		const out = new Map<string, number>();
		for (const n of p.map.nodes) out.set(n.parent ?? "", (out.get(n.parent ?? "") ?? 0) + 1);
		return out;
	}, [p.map]);
	const places = new Map<string, number>();
	const [width, height] = [p.map.width + 32, p.map.height + 32];
	/** The sheet stands in the size it is painted in; what is missing to the wanted size is stretched. */
	const place = (): void => {
		const { x, y, k } = view.current;
		if (sheet.current) sheet.current.style.transform = `translate(${x}px, ${y}px) scale(${k / painted.current.k})`;
	};
	const paint = (): void => {
		const { k } = painted.current;
		for (const svg of sheet.current?.children ?? []) {
			svg.setAttribute("width", String(width * k));
			svg.setAttribute("height", String(height * k));
		}
	};
	const show = (): void => {
		place();
		clearTimeout(painted.current.timer);
		if (painted.current.k === view.current.k) return;
		painted.current.timer = setTimeout(() => {
			painted.current.k = view.current.k;
			paint();
			place();
		}, SETTLED_MS);
	};
	useLayoutEffect(paint, [width, height]);
	useEffect(() => () => clearTimeout(painted.current.timer), []);
	const zoom = (by: number, cx: number, cy: number): void => {
		const v = view.current;
		const k = Math.min(NEAREST, Math.max(FARTHEST, v.k * by));
		view.current = { k, x: cx - ((cx - v.x) * k) / v.k, y: cy - ((cy - v.y) * k) / v.k };
		show();
	};
	const middle = (): [number, number] => [(host.current?.clientWidth ?? 0) / 2, (host.current?.clientHeight ?? 0) / 2];
	/** All of it, but not smaller than `least`: then the active node is in the middle. */
	const fit = (least: number): void => {
		const [w, h] = middle();
		const whole = Math.min(1, (2 * w - 32) / p.map.width, (2 * h - 32) / p.map.height);
		const k = Math.max(least, whole);
		const n = p.map.nodes.find((m) => m.id === p.active);
		const y = n && whole < k ? h - (n.y + n.h / 2) * k : Math.max(16, h - (p.map.height * k) / 2);
		view.current = { k, x: 16, y };
		show();
	};
	// What was built at a press is looked at; a node more or less moves nothing.
	const drawn = useRef(0);
	useEffect(() => {
		const n = p.map.nodes.length;
		if (n > 0 && (drawn.current === 0 || n - drawn.current > AT_ONCE)) fit(READABLE);
		drawn.current = n;
	}, [p.map.nodes.length]);
	/** Where keys zoom to: the active node, where it is in sight. */
	const anchor = (): [number, number] => {
		const n = p.map.nodes.find((m) => m.id === p.active);
		const [w, h] = middle();
		const { x, y, k } = view.current;
		const at: [number, number] = n ? [x + (n.x + n.w / 2) * k, y + (n.y + n.h / 2) * k] : [w, h];
		return at[0] >= 0 && at[0] <= 2 * w && at[1] >= 0 && at[1] <= 2 * h ? at : [w, h];
	};
	// The active node is kept in sight.
	useLayoutEffect(() => {
		const n = p.map.nodes.find((m) => m.id === (p.target || p.active));
		const box = host.current;
		if (!n || !box) return;
		const v = view.current;
		const clamp = (at: number, from: number, size: number, room: number): number => {
			const [a, b] = [at + from * v.k, at + (from + size) * v.k];
			if (a < 16) return at + 16 - a;
			return b > room - 16 ? at - Math.min(b - room + 16, a - 16) : at;
		};
		view.current = { ...v, x: clamp(v.x, n.x, n.w, box.clientWidth), y: clamp(v.y, n.y, n.h, box.clientHeight) };
		show();
	}, [p.active, p.target]);
	useEffect(() => {
		const box = host.current;
		const wheel = (e: WheelEvent): void => {
			e.preventDefault();
			const r = box?.getBoundingClientRect();
			if (e.ctrlKey || e.metaKey) zoom(e.deltaY < 0 ? 1.15 : 1 / 1.15, e.clientX - (r?.left ?? 0), e.clientY - (r?.top ?? 0));
			else {
				view.current = { ...view.current, x: view.current.x - e.deltaX, y: view.current.y - e.deltaY };
				show();
			}
		};
		box?.addEventListener("wheel", wheel, { passive: false });
		return () => box?.removeEventListener("wheel", wheel);
	}, []);
	const nodeAt = (e: MouseEvent): SVGGElement | null =>
		document.elementFromPoint(e.clientX, e.clientY)?.closest<SVGGElement>(".map-node") ?? null;
	const idAt = (e: MouseEvent): string => nodeAt(e)?.dataset.id ?? "";
	/** The node that would be dropped on is marked without drawing anew. */
	const mark = (e: Element | null): void => {
		if (e === over.current) return;
		over.current?.classList.remove("over");
		e?.classList.add("over");
		over.current = e;
	};
	/** What is carried goes with the pointer, on a sheet of its own. */
	const carry = (e: PointerEvent, id: string, link: boolean): void => {
		const g = ghost.current;
		const box = host.current?.getBoundingClientRect();
		if (!g || !box) return;
		if (g.hidden) {
			const n = p.map.nodes.find((m) => m.id === id);
			g.textContent = `${link ? "→ edge from: " : ""}${n?.lines.join(" ") || "empty"}`;
			g.hidden = false;
		}
		g.style.transform = `translate(${e.clientX - box.left + 12}px, ${e.clientY - box.top + 8}px)`;
	};
	const drop = (): void => {
		if (ghost.current) ghost.current.hidden = true;
		mark(null);
		dragged.current = null;
	};
	const key = (e: KeyboardEvent): void => {
		const pan: Record<string, [number, number]> = { ArrowLeft: [80, 0], ArrowRight: [-80, 0], ArrowUp: [0, 80], ArrowDown: [0, -80] };
		const by = e.shiftKey && !e.altKey ? pan[e.key] : undefined;
		if (e.ctrlKey || e.metaKey) return;
		if (e.altKey && e.key !== "ArrowUp" && e.key !== "ArrowDown") return;
		if (e.key === "Escape" && dragged.current) drop();
		else if (by) {
			view.current = { ...view.current, x: view.current.x + by[0], y: view.current.y + by[1] };
			show();
		} else if (e.key === "+" || e.key === "=") zoom(1.25, ...anchor());
		else if (e.key === "-") zoom(1 / 1.25, ...anchor());
		else if (e.key === "0") fit(FARTHEST);
		else if (!p.onKey(e)) return;
		e.preventDefault();
		e.stopPropagation();
	};
	const labels = p.map.edges.length <= LABELLED;
	const meets = (e: DrawnEdge): boolean => e.from === p.active || e.to === p.active;
	return (
		<div
			class="map-drawing"
			ref={host}
			role="tree"
			tabIndex={0}
			aria-label={`Mind map, ${plural(p.map.nodes.length, "node")}, ${plural(p.map.edges.length, "edge")}`}
			aria-activedescendant={p.target || p.active ? `node-${p.target || p.active}` : undefined}
			data-keys="map"
			onKeyDown={key}
			onPointerDown={(e) => {
				if (e.button !== 0) return;
				dragged.current = { id: idAt(e), x: e.clientX, y: e.clientY, far: false, link: e.shiftKey };
				e.currentTarget.setPointerCapture(e.pointerId);
			}}
			onPointerMove={(e) => {
				const d = dragged.current;
				if (!d) return;
				d.far ||= Math.hypot(e.clientX - d.x, e.clientY - d.y) > 5;
				if (!d.far) return;
				if (d.id !== "") {
					carry(e, d.id, d.link);
					const n = nodeAt(e);
					mark(n?.dataset.id === d.id ? null : n);
					return;
				}
				view.current = { ...view.current, x: view.current.x + e.movementX, y: view.current.y + e.movementY };
				show();
			}}
			onPointerUp={(e) => {
				const d = dragged.current;
				drop();
				if (!d?.id) return;
				const onto = idAt(e);
				if (d.far && onto !== "" && onto !== d.id) (d.link ? p.onLink : p.onDrop)(d.id, onto);
				else if (!d.far) p.onActive(d.id);
			}}
			onPointerCancel={drop}
			onDblClick={() => p.onOpen(p.active)}
			onDragOver={(e) => {
				if (!carries(e)) return;
				e.preventDefault();
				mark(nodeAt(e));
			}}
			onDragLeave={() => mark(null)}
			onDrop={(e) => {
				mark(null);
				const t = carried.peek();
				if (!t || !carries(e)) return;
				e.preventDefault();
				carried.value = null;
				p.onBring(t, idAt(e));
			}}
		>
			<div class="map-sheet" ref={sheet}>
				{/* Lines are painted apart: whoever walks from node to node leaves them as they are. */}
				<svg
					role="presentation"
					class={`map-lines${p.map.edges.length > DASHED ? " many" : ""}`}
					viewBox={`0 0 ${width} ${height}`}
					preserveAspectRatio="xMinYMin meet"
				>
					<defs>
						<marker id="map-tip" viewBox="0 0 8 8" refX="8" refY="4" markerWidth="7" markerHeight="7" orient="auto">
							<path d="M0 0L8 4L0 8z" />
						</marker>
					</defs>
					<Lines map={p.map} />
				</svg>
				<svg role="presentation" viewBox={`0 0 ${width} ${height}`} preserveAspectRatio="xMinYMin meet">
					{p.map.edges.filter(meets).map((e) => (
						<path key={`active-${e.id}`} d={e.way} class="map-edge-active" />
					))}
					{p.map.nodes.map((n) => {
						const nth = (places.get(n.parent ?? "") ?? 0) + 1;
						places.set(n.parent ?? "", nth);
						return (
							<NodeBox
								key={n.id}
								n={n}
								active={n.id === p.active}
								target={n.id === p.target}
								place={nth}
								of={families.get(n.parent ?? "") ?? 1}
								edges={words.get(n.id) ?? ""}
								verdict={marks.get(n.id) ?? ""}
							/>
						);
					})}
					{p.map.edges.map(
						(e) =>
							(labels || meets(e)) && (
								<text key={e.id} x={e.x} y={e.y - 3} class="map-verb">
									{e.verb}
								</text>
							),
					)}
				</svg>
			</div>
			<div class="map-ghost" ref={ghost} hidden aria-hidden="true" />
		</div>
	);
}
