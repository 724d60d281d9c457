/** The details tree: real treeitems, one tab stop, arrow keys; a line knows its bytes. */

import { useLayoutEffect, useMemo, useRef, useState } from "preact/hooks";
import { visible } from "../base/text.ts";
import { shortTimes } from "../base/time.ts";
import type { TreeLine } from "../engine/contract.ts";

const MOST = 3000;
/** Characters of one line; the bytes pane and "copy value" have the rest. */
const LINE = 240;

/** A computed line is the engine's own text; one with bytes is captured text and stays as it is. */
function lineText(l: TreeLine): string {
	const text = l.start === l.end ? shortTimes(l.text) : l.text;
	// Long runs of bytes break between bytes.
	return visible(text.length > LINE ? `${text.slice(0, LINE)}…` : text).replace(/(?:[0-9a-f]{2}:){15,}/g, (run) =>
		run.replaceAll(":", ":\u200b"),
	);
}

export interface TreeProps {
	lines: TreeLine[];
	label: string;
	active: number;
	onActive: (index: number) => void;
	onFollow: (packet: string) => void;
	onMenu: (index: number, x: number, y: number) => void;
	onKey: (e: KeyboardEvent, index: number) => boolean;
	/** Names of layers that stay folded from packet to packet. */
	folded: Set<string>;
	onFold: (path: string, folded: boolean) => void;
}

interface Shown {
	index: number;
	children: boolean;
	path: string;
	open: boolean;
	size: number;
	place: number;
}

function pathOf(lines: TreeLine[], i: number): string {
	const l = lines[i];
	return l ? `${l.depth}/${l.name}` : "";
}

export function Tree(p: TreeProps) {
	const host = useRef<HTMLDivElement>(null);
	const [all, setAll] = useState(false);
	const shown = useMemo(() => visibleLines(p.lines, p.folded), [p.lines, p.folded]);
	const list = all ? shown : shown.slice(0, MOST);
	const at = list.findIndex((s) => s.index === p.active);
	useLayoutEffect(() => {
		host.current?.querySelector('[aria-selected="true"]')?.scrollIntoView({ block: "nearest" });
	}, [p.active, p.lines]);
	const key = (e: KeyboardEvent): void => {
		const here = list[at];
		const go = (n: number): void => {
			const s = list[Math.max(0, Math.min(list.length - 1, n))];
			if (s) p.onActive(s.index);
		};
		if (e.ctrlKey || e.metaKey || e.altKey) {
			if (here && p.onKey(e, here.index)) e.preventDefault();
			return;
		}
		switch (e.key) {
			case "ArrowDown":
			case "j":
				go(at + 1);
				break;
			case "ArrowUp":
			case "k":
				go(at < 0 ? 0 : at - 1);
				break;
			case "Home":
				go(0);
				break;
			case "End":
				go(list.length - 1);
				break;
			case "PageDown":
				go(at + 12);
				break;
			case "PageUp":
				go(at - 12);
				break;
			case "ArrowRight":
				if (here?.children && !here.open) p.onFold(here.path, false);
				else go(at + 1);
				break;
			case "ArrowLeft": {
				if (here?.children && here.open) p.onFold(here.path, true);
				else {
					const depth = p.lines[here?.index ?? 0]?.depth ?? 0;
					let n = at - 1;
					while (n > 0 && (p.lines[list[n]?.index ?? 0]?.depth ?? 0) >= depth) n--;
					go(n);
				}
				break;
			}
			case "*":
				for (const s of shown) if (s.children) p.onFold(s.path, false);
				break;
			case "Enter": {
				const link = here && p.lines[here.index]?.link;
				if (link) p.onFollow(link);
				else if (here?.children) p.onFold(here.path, here.open);
				break;
			}
			case "ContextMenu": {
				const box = host.current?.querySelector('[aria-selected="true"]')?.getBoundingClientRect();
				if (here && box) p.onMenu(here.index, box.left + 40, box.bottom);
				break;
			}
			default:
				if (here && p.onKey(e, here.index)) break;
				return;
		}
		e.preventDefault();
	};
	return (
		<div
			class="tree"
			role="tree"
			tabIndex={0}
			aria-label={p.label}
			aria-activedescendant={at >= 0 ? `line-${p.active}` : undefined}
			ref={host}
			onKeyDown={key}
			data-keys="tree"
		>
			{list.map((s) => {
				const l = p.lines[s.index];
				if (!l) return null;
				return (
					// biome-ignore lint/a11y/useKeyWithClickEvents: the tree handles keys for its items
					// biome-ignore lint/a11y/useFocusableInteractive: focus stays on the tree, aria-activedescendant points here
					<div
						key={s.index}
						id={`line-${s.index}`}
						class={`tree-line${l.layer ? " layer" : ""}`}
						style={{ "--depth": String(l.depth) }}
						role="treeitem"
						aria-level={l.depth + 1}
						aria-setsize={s.size}
						aria-posinset={s.place}
						aria-selected={s.index === p.active}
						aria-expanded={s.children ? s.open : undefined}
						onClick={() => p.onActive(s.index)}
						onDblClick={() => (l.link ? p.onFollow(l.link) : s.children && p.onFold(s.path, s.open))}
						onContextMenu={(e) => {
							e.preventDefault();
							p.onActive(s.index);
							p.onMenu(s.index, e.clientX, e.clientY);
						}}
					>
						<span
							class="twist"
							aria-hidden="true"
							onClick={(e) => {
								e.stopPropagation();
								if (s.children) p.onFold(s.path, s.open);
							}}
						>
							{s.children ? (s.open ? "▾" : "▸") : ""}
						</span>
						<span
							class={`text${l.severity ? ` ${l.severity === "high" || l.severity === "critical" ? "high" : l.severity === "medium" ? "medium" : "info"}` : ""}`}
						>
							{l.severity && (
								<span aria-hidden="true">
									{l.severity === "high" || l.severity === "critical" ? "▲ " : l.severity === "medium" ? "◆ " : "● "}
								</span>
							)}
							<bdi>{lineText(l)}</bdi>
							{l.link && <span class="muted"> (Enter follows)</span>}
						</span>
					</div>
				);
			})}
			{shown.length > list.length && (
				<div role="treeitem" aria-level={1} aria-selected={false} tabIndex={-1} class="tree-line">
					<button type="button" class="button small" onClick={() => setAll(true)}>
						Show all {shown.length} lines
					</button>
				</div>
			)}
		</div>
	);
}

function visibleLines(lines: TreeLine[], folded: Set<string>): Shown[] {
	const out: Shown[] = [];
	const siblings = new Map<number, number[]>();
	const keys: number[] = new Array(lines.length).fill(0);
	const parents: number[] = [];
	lines.forEach((l, i) => {
		parents.length = l.depth;
		const parent = parents[l.depth - 1] ?? -1;
		keys[i] = parent;
		const s = siblings.get(parent) ?? [];
		s.push(i);
		siblings.set(parent, s);
		parents[l.depth] = i;
	});
	let hiddenBelow = Number.POSITIVE_INFINITY;
	lines.forEach((l, i) => {
		if (l.depth > hiddenBelow) return;
		hiddenBelow = Number.POSITIVE_INFINITY;
		const children = (lines[i + 1]?.depth ?? 0) > l.depth;
		const path = pathOf(lines, i);
		const open = children && !folded.has(path);
		if (children && !open) hiddenBelow = l.depth;
		const family = siblings.get(keys[i] ?? -1) ?? [];
		out.push({ index: i, children, path, open, size: family.length, place: family.indexOf(i) + 1 });
	});
	return out;
}
