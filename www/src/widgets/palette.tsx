/** The palette: one box for commands and places. A leading sign narrows: > command, : packet, @ host, # finding, / filter. */

import { useLayoutEffect, useRef, useState } from "preact/hooks";
import { plural } from "../base/text.ts";
import { afterClosing, Dialog } from "./dialog.tsx";

export interface Choice {
	id: string;
	title: string;
	hint: string;
	run: () => void;
}

const MOST = 40;

/** Beginnings of words first; letters in order alone count only where nothing holds the words. */
export function rank(query: string, title: string): number {
	const q = query.toLowerCase().trim();
	const t = title.toLowerCase();
	if (q === "") return 1;
	const at = t.indexOf(q);
	if (at >= 0) return 1000 - at - t.length / 100 + (at === 0 || t[at - 1] === " " ? 500 : 0);
	const words = q.split(/\s+/);
	if (words.length > 1 && words.every((w) => t.includes(w))) return 500 - t.length / 100;
	let i = 0;
	for (const c of t) if (c === q[i]) i++;
	return i === q.length ? 100 - t.length / 100 : 0;
}

export function Palette({
	choices,
	special,
	elsewhere,
	onClose,
}: {
	choices: Choice[];
	special: (text: string) => Choice[] | null;
	/** Where else the text may be: the data itself is not searched here. */
	elsewhere: (text: string) => Choice[];
	onClose: () => void;
}) {
	const [text, setText] = useState("");
	const [at, setAt] = useState(0);
	const list = useRef<HTMLDivElement>(null);
	const sign = special(text);
	const query = text.startsWith(">") ? text.slice(1) : text;
	const named =
		sign ??
		choices
			.map((c) => ({ c, r: rank(query, c.title) }))
			.filter((x, _, all) => x.r > 0 && (x.r >= 200 || query.trim() === "" || !all.some((y) => y.r >= 200)))
			.sort((a, b) => b.r - a.r)
			.slice(0, MOST)
			.map((x) => x.c);
	const found = sign || text.startsWith(">") ? named : [...named, ...elsewhere(query.trim())];
	useLayoutEffect(() => {
		list.current?.querySelector('[aria-selected="true"]')?.scrollIntoView({ block: "nearest" });
	}, [at]);
	const run = (c: Choice | undefined): void => {
		if (!c) return;
		afterClosing(c.run);
		onClose();
	};
	const key = (e: KeyboardEvent): void => {
		if (e.key === "Enter") run(found[at]);
		else if (e.key === "ArrowDown") setAt(found.length ? (at + 1) % found.length : 0);
		else if (e.key === "ArrowUp") setAt(found.length ? (at + found.length - 1) % found.length : 0);
		else return;
		e.preventDefault();
	};
	return (
		<Dialog title="Search or run" onClose={onClose} class="palette" hideTitle>
			<input
				type="text"
				role="combobox"
				aria-label="Search or run"
				aria-expanded="true"
				aria-controls="palette-list"
				aria-activedescendant={found[at] ? `palette-${at}` : undefined}
				autocomplete="off"
				spellcheck={false}
				placeholder="Type a command, or : packet   @ host   # finding   / filter"
				value={text}
				onInput={(e) => {
					setText(e.currentTarget.value);
					setAt(0);
				}}
				onKeyDown={key}
			/>
			<div class="options" id="palette-list" role="listbox" aria-label="Choices" ref={list}>
				{found.map((c, n) => (
					// biome-ignore lint/a11y/useKeyWithClickEvents: the input handles the keys
					// biome-ignore lint/a11y/useFocusableInteractive: focus stays in the input, aria-activedescendant points here
					<div key={c.id} id={`palette-${n}`} role="option" aria-selected={n === at} onClick={() => run(c)}>
						<bdi>{c.title}</bdi>
						<span class="muted small">{c.hint}</span>
					</div>
				))}
			</div>
			<p class="offscreen" role="status">
				{text !== "" && named.length > 0 ? plural(found.length, "choice") : ""}
			</p>
			{named.length === 0 && (
				<p class="muted" role="status">
					No command or place is called “{text}”. Only commands and places are searched here.
				</p>
			)}
		</Dialog>
	);
}
