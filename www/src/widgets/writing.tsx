/**
 * A field in which evidence is written: `[[` offers what can be referred to, `#` the tags there are, and in Markdown
 * lists go on and keys put marks. Without an open list no key is taken.
 */

import { useEffect, useId, useLayoutEffect, useRef, useState } from "preact/hooks";
import { announce } from "../base/announce.ts";
import { looked, type Mention, mentions, tagMentions } from "../base/mentions.ts";
import { plural, visible } from "../base/text.ts";
import { type Change, continued, marked, type Naming, naming } from "../base/writing.ts";

type Field = HTMLTextAreaElement | HTMLInputElement;

export interface WritingProps {
	value: string;
	onInput: (text: string) => void;
	/** What the field is called. */
	label: string;
	/** Lines of a text area; without it the field is one line. */
	rows?: number;
	/** Lists go on at Enter, Mod+B, Mod+I and Mod+E put marks. */
	markdown?: boolean;
	placeholder?: string;
	class?: string;
	id?: string;
	/** `data-field`, for who moves between fields. */
	field?: string;
	invalid?: boolean;
	describedBy?: string;
	onBlur?: () => void;
	onKeyDown?: (e: KeyboardEvent) => void;
}

/** Suggestions in sight: the list does not scroll, it shows those around the chosen one. */
const SHOWN = 8;
/** Pixels that they take at most. */
const TALL = 262;
const WIDE = 440;

const SIGNS: Record<string, string> = { b: "**", i: "*", e: "`" };

/** Styles that decide where a letter stands. */
const MEASURED = ["font", "letterSpacing", "padding", "border", "boxSizing", "tabSize", "wordBreak", "overflowWrap", "lineHeight"] as const;

/** Where the caret stands in the window. */
function caretBox(e: Field, at: number): { left: number; top: number; bottom: number } {
	const r = e.getBoundingClientRect();
	if (e instanceof HTMLInputElement) return { left: r.left, top: r.top, bottom: r.bottom };
	const style = getComputedStyle(e);
	const twin = document.createElement("div");
	for (const name of MEASURED) twin.style[name] = style[name];
	Object.assign(twin.style, {
		position: "fixed",
		visibility: "hidden",
		whiteSpace: "pre-wrap",
		left: "0",
		top: "0",
		width: `${r.width}px`,
	});
	const mark = document.createElement("span");
	mark.textContent = "\u200b";
	twin.append(e.value.slice(0, at), mark);
	document.body.append(twin);
	const [x, y, tall] = [mark.offsetLeft, mark.offsetTop - e.scrollTop, mark.offsetHeight];
	twin.remove();
	const top = Math.max(r.top, Math.min(r.bottom - tall, r.top + y));
	return { left: r.left + x, top, bottom: top + tall };
}

/** Puts a text into the field as if it had been typed: the browser's own undo takes it back. */
function put(e: Field, c: Change): void {
	e.setSelectionRange(c.start, c.end);
	const done = c.text === "" ? document.execCommand("delete") : document.execCommand("insertText", false, c.text);
	if (!done) {
		e.setRangeText(c.text, c.start, c.end, "end");
		e.dispatchEvent(new InputEvent("input", { bubbles: true }));
	}
	e.setSelectionRange(c.from, c.to);
}

export function Writing(p: WritingProps) {
	const input = useRef<Field>(null);
	const box = useRef<HTMLDivElement>(null);
	const list = useId();
	const [at, setAt] = useState<Naming | null>(null);
	const [chosen, setChosen] = useState(-1);
	/** Closed by Esc: stays closed while this is being named. */
	const [closed, setClosed] = useState(-1);
	const offers: Mention[] = !at || at.start === closed ? [] : at.kind === "reference" ? mentions(at.query) : tagMentions(at.query);
	const open = offers.length > 0;
	const here = Math.min(chosen, offers.length - 1);
	const top = Math.max(0, Math.min(here - SHOWN / 2, offers.length - SHOWN));

	const look = (): void => {
		const e = input.current;
		if (!e || e.readOnly || e.selectionStart !== e.selectionEnd) {
			setAt(null);
			return;
		}
		const next = naming(e.value, e.selectionStart ?? 0);
		if (next?.kind === "reference") looked.ask();
		// A reference is chosen at once; a tag may be a new one.
		if (next?.start !== at?.start || next?.query !== at?.query) setChosen(next?.kind === "reference" ? 0 : -1);
		if (!next) setClosed(-1);
		setAt(next);
	};
	/** The caret was moved: what is not being named any more is not offered. */
	const moved = (): void => {
		const e = input.current;
		if (!at || !e) return;
		const next = naming(e.value, e.selectionStart ?? 0);
		if (next?.start !== at.start) setAt(null);
	};
	const take = (m: Mention | undefined): void => {
		const e = input.current;
		if (!m || !at || !e) return;
		const follows = e.value[at.end] ?? "";
		const text = at.kind === "tag" && !/^\s/.test(follows) ? `${m.written} ` : m.written;
		const end = at.start + text.length;
		setAt(null);
		put(e, { start: at.start, end: at.end, text, from: end, to: end });
		announce(`${visible(m.written)} written`);
	};

	useLayoutEffect(() => {
		const e = input.current;
		const b = box.current;
		if (!open || !e || !b || !at) return;
		const caret = caretBox(e, at.start);
		const width = Math.min(WIDE, innerWidth - 16);
		b.style.width = `${width}px`;
		b.style.left = `${Math.max(8, Math.min(caret.left, innerWidth - width - 8))}px`;
		const below = caret.bottom + 4 + TALL <= innerHeight || caret.top < innerHeight - caret.bottom;
		b.style.top = below ? `${caret.bottom + 4}px` : "auto";
		b.style.bottom = below ? "auto" : `${innerHeight - caret.top + 4}px`;
	});
	useEffect(() => {
		if (open) announce(`${plural(offers.length, "suggestion")}${here >= 0 ? "" : ", down arrow to choose"}`);
	}, [open, offers.length]);
	useEffect(() => {
		if (!open) return;
		// It stands where the caret stood: what scrolls away under it takes it along.
		const close = (e: Event): void => {
			if (!box.current?.contains(e.target as Node) && e.target !== input.current) setAt(null);
		};
		addEventListener("scroll", close, true);
		addEventListener("resize", close);
		return () => {
			removeEventListener("scroll", close, true);
			removeEventListener("resize", close);
		};
	}, [open]);

	const key = (e: KeyboardEvent): void => {
		const f = input.current;
		if (!f || e.isComposing) return;
		const mod = e.ctrlKey || e.metaKey;
		if (open && !mod && !e.altKey) {
			const n = offers.length;
			if (e.key === "ArrowDown") setChosen((here + 1) % n);
			else if (e.key === "ArrowUp") setChosen((here <= 0 ? n : here) - 1);
			else if (e.key === "Escape") setClosed(at?.start ?? -1);
			else if ((e.key === "Enter" || e.key === "Tab") && !e.shiftKey && here >= 0) take(offers[here]);
			else {
				p.onKeyDown?.(e);
				return;
			}
			e.preventDefault();
			e.stopPropagation();
			return;
		}
		const sign = mod && !e.altKey && !e.shiftKey ? SIGNS[e.key.toLowerCase()] : undefined;
		if (p.markdown && sign && !f.readOnly) {
			e.preventDefault();
			e.stopPropagation();
			put(f, marked(f.value, f.selectionStart ?? 0, f.selectionEnd ?? 0, sign));
			return;
		}
		if (p.markdown && e.key === "Enter" && !mod && !e.shiftKey && !e.altKey && !f.readOnly && f.selectionStart === f.selectionEnd) {
			const c = continued(f.value, f.selectionStart ?? 0);
			if (c) {
				e.preventDefault();
				e.stopPropagation();
				put(f, c);
				return;
			}
		}
		p.onKeyDown?.(e);
	};

	const shared = {
		"aria-label": p.label,
		"aria-autocomplete": "list" as const,
		"aria-haspopup": "listbox" as const,
		"aria-controls": open ? list : undefined,
		"aria-activedescendant": open && here >= 0 ? `${list}-${here}` : undefined,
		"aria-invalid": p.invalid,
		"aria-describedby": p.describedBy,
		"data-field": p.field,
		class: p.class,
		id: p.id,
		placeholder: p.placeholder,
		value: p.value,
		onInput: (e: Event): void => {
			p.onInput((e.currentTarget as Field).value);
			look();
		},
		onKeyDown: key,
		onKeyUp: moved,
		onClick: moved,
		onBlur: (): void => {
			setAt(null);
			p.onBlur?.();
		},
	};
	return (
		<>
			{p.rows === undefined ? (
				// One that offers nothing is a plain field to who listens; a text area cannot be called a combobox at all.
				<input
					{...shared}
					ref={input as { current: HTMLInputElement }}
					type="text"
					{...(open ? { role: "combobox" as const, "aria-expanded": true } : {})}
					autocomplete="off"
				/>
			) : (
				<textarea {...shared} ref={input as { current: HTMLTextAreaElement }} rows={p.rows} />
			)}
			{open && (
				<div
					id={list}
					ref={box}
					class="listbox writing-list"
					role="listbox"
					aria-label={at?.kind === "tag" ? "Tags" : "What can be referred to"}
				>
					{offers.slice(top, top + SHOWN).map((m, i) => {
						const n = top + i;
						return (
							// biome-ignore lint/a11y/useFocusableInteractive: focus stays in the field, aria-activedescendant points here
							<div
								key={m.written}
								id={`${list}-${n}`}
								role="option"
								aria-selected={n === here}
								aria-posinset={n + 1}
								aria-setsize={offers.length}
								onMouseDown={(e) => {
									e.preventDefault();
									take(m);
								}}
							>
								<span class="mono">
									<bdi>{visible(at?.kind === "tag" ? m.written : m.written.slice(2, -2))}</bdi>
								</span>
								<span class="grow muted small">
									<bdi>{visible(m.title)}</bdi>
								</span>
								<span class="muted small">{m.sort}</span>
							</div>
						);
					})}
					{offers.length > SHOWN && (
						<div class="muted small" role="presentation">
							{top + 1}–{Math.min(offers.length, top + SHOWN)} of {offers.length}; type to find others
						</div>
					)}
				</div>
			)}
		</>
	);
}
