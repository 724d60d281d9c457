/** Notes, pins and nodes of the map as one outline tree, fully keyed. */

import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { capturesMarkdown } from "../../base/captures.ts";
import { add, canRedo, canUndo, doc, edit, type Item, items, redo, undo } from "../../base/case.ts";
import { saveText } from "../../base/download.ts";
import { shownKey } from "../../base/keys.ts";
import { removeNode, SORT_WORDS } from "../../base/map.ts";
import { route } from "../../base/routes.ts";
import { defang } from "../../base/text.ts";
import { entries, noteOf, taggedText, tagsOf } from "../../engine/notes.ts";
import { Icon } from "../../widgets/icons.tsx";
import { Noted, TaggedText } from "../../widgets/note.tsx";
import { Empty } from "../../widgets/states.tsx";
import { Captured, EvidenceText } from "../../widgets/text.tsx";
import { Writing } from "../../widgets/writing.tsx";
import { chosenTags, TagRow } from "./tags.tsx";

type Entry = Item<"note"> | Item<"pin"> | Item<"node">;

interface Line {
	item: Entry;
	depth: number;
	children: boolean;
	place: number;
	size: number;
}

function lines(all: Entry[], folded: Set<string>): Line[] {
	const ids = new Set(all.map((i) => i.id));
	const by = new Map<string, Entry[]>();
	for (const i of all) {
		const parent = ids.has(i.body.parent) ? i.body.parent : "";
		const family = by.get(parent);
		if (family) family.push(i);
		else by.set(parent, [i]);
	}
	const out: Line[] = [];
	const seen = new Set<string>();
	const walk = (parent: string, depth: number): void => {
		const family = (by.get(parent) ?? []).sort((a, b) => a.body.order - b.body.order);
		family.forEach((item, n) => {
			if (seen.has(item.id)) return;
			seen.add(item.id);
			const children = (by.get(item.id)?.length ?? 0) > 0;
			out.push({ item, depth, children, place: n + 1, size: family.length });
			if (children && !folded.has(item.id)) walk(item.id, depth + 1);
		});
	};
	walk("", 0);
	return out;
}

const textOf = (i: Entry): string =>
	i.kind === "pin" ? `${i.body.evidence} ${i.body.snapshot}${i.body.comment ? ` – ${i.body.comment}` : ""}` : i.body.text;

function setParent(i: Entry, parent: string, order: number): void {
	edit(i.id, { parent, order } as never);
}

function markdown(all: Entry[]): string {
	const head = `# ${doc.value.title || "Notes"}\n\n`;
	return (
		head +
		lines(all, new Set())
			.map((l) => `${"  ".repeat(l.depth)}- ${defang(textOf(l.item)).replaceAll("\n", `\n${"  ".repeat(l.depth + 1)}`)}\n`)
			.join("") +
		capturesMarkdown(defang)
	);
}

/** What is written on and in an entry, as it is read. */
function Written({ item }: { item: Entry }) {
	const b = item.body;
	if (item.kind === "pin")
		return (
			<>
				<EvidenceText text={item.body.evidence} /> <Captured text={item.body.snapshot} />
				{item.body.comment && (
					<span class="muted">
						{" "}
						– <TaggedText text={item.body.comment} />
					</span>
				)}
			</>
		);
	if (!("text" in b) || b.text.trim() === "") return <span class="muted">empty note; F2 or double click to write</span>;
	if (item.kind === "note") return <Noted text={item.body.text} note={noteOf(item.body.text)} />;
	return (
		<>
			{item.body.sort && <span class="badge">{SORT_WORDS[item.body.sort]}</span>} <TaggedText text={b.text} />{" "}
			{item.body.evidence && <EvidenceText text={item.body.evidence} />}
		</>
	);
}

export function Outline() {
	const every = entries();
	const tags = chosenTags();
	const [folded, setFolded] = useState<Set<string>>(new Set());
	const [active, setActive] = useState("");
	const [editing, setEditing] = useState("");
	const host = useRef<HTMLDivElement>(null);
	// What is being written stays, whatever it says by now.
	const all =
		tags.length === 0
			? every
			: every.filter((i) => {
					const has = tagsOf(taggedText(i));
					return i.id === editing || tags.every((t) => has.includes(t));
				});
	const shown = lines(all, folded);
	const at = Math.max(
		0,
		shown.findIndex((l) => l.item.id === active),
	);
	const here = shown[at];
	useEffect(() => {
		if (route.value.query.edit === "last") {
			const last = items("note").at(-1);
			if (last) {
				setActive(last.id);
				setEditing(last.id);
			}
		}
		const asked = route.value.query.item;
		if (asked) {
			setFolded(new Set());
			setActive(asked);
			host.current?.focus();
		}
	}, [route.value]);
	// At once: what is typed next belongs to the text, not to the page's keys.
	useLayoutEffect(() => {
		if (editing) host.current?.querySelector<HTMLTextAreaElement>("textarea")?.focus();
	}, [editing]);
	useEffect(() => {
		if (active) document.getElementById(`note-${active}`)?.scrollIntoView({ block: "nearest" });
	}, [active]);
	const fold = (id: string, yes: boolean): void => {
		const f = new Set(folded);
		if (yes) f.add(id);
		else f.delete(id);
		setFolded(f);
	};
	const create = (parent: string, after: Entry | undefined): void => {
		const siblings = shown.filter((l) => l.item.body.parent === parent);
		const n = after ? siblings.findIndex((l) => l.item.id === after.id) : siblings.length - 1;
		const a = siblings[n]?.item.body.order ?? Date.now();
		const b = siblings[n + 1]?.item.body.order ?? a + 1000;
		// A note that is begun among those with a tag has it, or it would not be seen.
		const text = tags.map((t) => `#${t} `).join("");
		const id = add("note", { text, parent, order: (a + b) / 2 }, "notes");
		if (parent) fold(parent, false);
		setActive(id);
		setEditing(id);
	};
	const indent = (): void => {
		const before = shown[at - 1];
		if (!here || !before) return;
		const siblings = shown.filter((l) => l.item.body.parent === here.item.body.parent);
		const up = siblings[siblings.findIndex((l) => l.item.id === here.item.id) - 1];
		if (up) {
			setParent(here.item, up.item.id, Date.now());
			fold(up.item.id, false);
		}
	};
	const outdent = (): void => {
		const parent = all.find((i) => i.id === here?.item.body.parent);
		if (here && parent) setParent(here.item, parent.body.parent, parent.body.order + 0.5);
	};
	const move = (by: number): void => {
		if (!here) return;
		const siblings = shown.filter((l) => l.depth === here.depth && l.item.body.parent === here.item.body.parent);
		const n = siblings.findIndex((l) => l.item.id === here.item.id);
		const other = siblings[n + by];
		if (other) setParent(here.item, here.item.body.parent, other.item.body.order + by * 0.5);
	};
	const key = (e: KeyboardEvent): void => {
		if (e.target !== host.current) return;
		const go = (n: number): void => setActive(shown[Math.max(0, Math.min(shown.length - 1, n))]?.item.id ?? "");
		if (e.altKey && (e.key === "ArrowUp" || e.key === "ArrowDown")) move(e.key === "ArrowUp" ? -1 : 1);
		else if (e.ctrlKey || e.metaKey || e.altKey) return;
		else if (e.key === "ArrowDown") go(at + 1);
		else if (e.key === "ArrowUp") go(at - 1);
		else if (e.key === "Home") go(0);
		else if (e.key === "End") go(shown.length - 1);
		else if (e.key === "ArrowRight" && here) here.children && folded.has(here.item.id) ? fold(here.item.id, false) : go(at + 1);
		else if (e.key === "ArrowLeft" && here)
			here.children && !folded.has(here.item.id) ? fold(here.item.id, true) : setActive(here.item.body.parent || here.item.id);
		else if (e.key === "F2" && here && here.item.kind !== "pin") setEditing(here.item.id);
		else if (e.key === "Enter") create(here?.item.body.parent ?? "", here?.item);
		else if (e.key === "Insert" && here) create(here.item.id, undefined);
		else if (e.key === "Delete" && here) {
			removeNode(here.item.id);
			go(at > 0 ? at - 1 : 1);
		} else if (e.key === ">") indent();
		else if (e.key === "<") outdent();
		else return;
		e.preventDefault();
		e.stopPropagation();
	};
	if (every.length === 0)
		return (
			<Empty title="No notes yet">
				<span>
					Press <span class="key">N</span> anywhere to write on what is selected, <span class="key">E</span> to pin it; or begin here.
				</span>
				<button type="button" class="button" onClick={() => create("", undefined)}>
					<Icon name="plus" /> Write a note
				</button>
			</Empty>
		);
	return (
		<>
			<div class="toolbar" role="toolbar" aria-label="Outline">
				<button type="button" class="button small" onClick={() => create(here?.item.body.parent ?? "", here?.item)}>
					<Icon name="plus" /> Note <span class="key">⏎</span>
				</button>
				<button type="button" class="button small" disabled={!here} onClick={() => here && create(here.item.id, undefined)}>
					Below it <span class="key">Ins</span>
				</button>
				<button type="button" class="button small" disabled={!here} onClick={indent}>
					Deeper <span class="key">&gt;</span>
				</button>
				<button type="button" class="button small" disabled={!here?.item.body.parent} onClick={outdent}>
					Higher <span class="key">&lt;</span>
				</button>
				<button type="button" class="button small" disabled={!here} onClick={() => move(-1)}>
					Up <span class="key">Alt ↑</span>
				</button>
				<button type="button" class="button small" disabled={!here} onClick={() => move(1)}>
					Down <span class="key">Alt ↓</span>
				</button>
				<button type="button" class="button small" disabled={!here} onClick={() => here && removeNode(here.item.id)}>
					<Icon name="trash" /> Delete
				</button>
				<button type="button" class="button small" disabled={!canUndo()} onClick={undo} aria-label="Undo" title={shownKey("Mod+z")}>
					<Icon name="undo" /> Undo
				</button>
				<button type="button" class="button small" disabled={!canRedo()} onClick={redo} aria-label="Redo">
					<Icon name="redo" /> Redo
				</button>
				<button type="button" class="button small" onClick={() => saveText(markdown(all), "notes.md", "text/markdown")}>
					<Icon name="download" /> Markdown
				</button>
			</div>
			<TagRow shown={all.length} of={every.length} />
			{all.length === 0 && <p class="muted">No entry has {tags.length === 1 ? "this tag" : "all of these tags"}.</p>}
			<div
				class="outline"
				hidden={all.length === 0}
				role="tree"
				tabIndex={0}
				ref={host}
				aria-label="Notes and evidence"
				aria-activedescendant={here ? `note-${here.item.id}` : undefined}
				onKeyDown={key}
				data-keys="outline"
			>
				{shown.map((l) => (
					// biome-ignore lint/a11y/useKeyWithClickEvents: the tree handles keys for its items
					// biome-ignore lint/a11y/useFocusableInteractive: focus stays on the tree, aria-activedescendant points here
					<div
						key={l.item.id}
						id={`note-${l.item.id}`}
						class="outline-line"
						style={{ "--depth": String(l.depth) }}
						role="treeitem"
						aria-level={l.depth + 1}
						aria-posinset={l.place}
						aria-setsize={l.size}
						aria-selected={l.item.id === here?.item.id}
						aria-expanded={l.children ? !folded.has(l.item.id) : undefined}
						onClick={() => setActive(l.item.id)}
						onDblClick={() => l.item.kind !== "pin" && setEditing(l.item.id)}
					>
						<span class="muted" aria-hidden="true" onClick={() => l.children && fold(l.item.id, !folded.has(l.item.id))}>
							{l.children ? (folded.has(l.item.id) ? "▸" : "▾") : l.item.kind === "pin" ? "⚑" : "•"}
						</span>
						{editing === l.item.id && l.item.kind !== "pin" ? (
							<Writing
								rows={Math.min(16, Math.max(2, l.item.body.text.split("\n").length + 1))}
								markdown={l.item.kind === "note"}
								label="Text of the note"
								value={l.item.body.text}
								placeholder="What you did, saw or found, in Markdown. [[ names evidence, # a tag."
								onInput={(text) => edit<"note">(l.item.id, { text }, "text")}
								onBlur={() => setEditing("")}
								onKeyDown={(e) => {
									e.stopPropagation();
									if (e.key === "Escape" || (e.key === "Enter" && (e.ctrlKey || e.metaKey))) {
										e.preventDefault();
										setEditing("");
										host.current?.focus();
									}
								}}
							/>
						) : (
							<div class="grow break">
								<Written item={l.item} />
							</div>
						)}
						<span class="muted small num" title={`pass ${l.item.pass}, step ${l.item.step}`}>
							{l.item.stamp.at.slice(0, 16).replace("T", " ")}
						</span>
					</div>
				))}
			</div>
			<p class="hint">
				Notes are Markdown; <span class="key">[[</span> offers what can be referred to, <span class="key">#</span> the tags there are.{" "}
				<span class="key">{shownKey("Mod+b")}</span>, <span class="key">{shownKey("Mod+i")}</span> and{" "}
				<span class="key">{shownKey("Mod+e")}</span> put strong, emphasis and code; <span class="key">⏎</span> goes on with a list,{" "}
				<span class="key">Esc</span> ends writing. Times beside notes are the wall clock in UTC.
			</p>
		</>
	);
}
