/** The filter box: a native input over a coloured mirror, with completion. Judges nothing itself. */

import { useEffect, useId, useLayoutEffect, useRef, useState } from "preact/hooks";
import type { FilterCheck } from "../engine/contract.ts";
import { Icon } from "./icons.tsx";

export interface FilterBoxProps {
	value: string;
	check: FilterCheck | null;
	/** "✓ 48,211 of 1,204,551". */
	status: string;
	onInput: (text: string, caret: number) => void;
	onApply: (text: string) => void;
	label: string;
	placeholder: string;
	/** F1 on a name. */
	onExplain?: (name: string) => void;
	take?: (input: HTMLInputElement | null) => void;
}

/** Without a key for so long, the text is judged. */
const PAUSE_MS = 900;

/** Completions offered at once; more letters find the others. */
const MOST = 40;

const TOKEN =
	/("(?:[^"\\]|\\.)*"?|'(?:[^'\\]|\\.)*'?)|(&&|\|\||===?|!==?|<=|>=|[<>!~&|]|\b(?:and|or|xor|not|contains|matches|in|eq|ne|gt|lt|ge|le|any|all)\b)|(\b(?:0x[0-9a-f]+|[0-9][0-9a-f.:/]*)\b)|([A-Za-z_@$][\w.-]*)|(\s+|.)/gi;

function Mirror({ text, error }: { text: string; error: FilterCheck["error"] }) {
	const out = [];
	for (const m of text.matchAll(TOKEN)) {
		const kind = m[1] ? "str" : m[2] ? "op" : m[3] ? "num" : m[4] ? "name" : "";
		const bad = error && m.index < Math.max(error.end, error.start + 1) && m.index + m[0].length > error.start;
		out.push(
			<span key={m.index} class={`${kind}${bad ? " bad" : ""}`}>
				{m[0]}
			</span>,
		);
	}
	return <>{out}</>;
}

export function FilterBox(p: FilterBoxProps) {
	const input = useRef<HTMLInputElement>(null);
	const mirror = useRef<HTMLDivElement>(null);
	const list = useId();
	const help = useId();
	const [open, setOpen] = useState(false);
	const [at, setAt] = useState(-1);
	/** A text that is still being typed is not wrong yet. */
	const [typing, setTyping] = useState(false);
	useEffect(() => {
		if (!typing) return;
		const t = setTimeout(() => setTyping(false), PAUSE_MS);
		return () => clearTimeout(t);
	}, [typing, p.value]);
	useEffect(() => {
		p.take?.(input.current);
		return () => p.take?.(null);
	}, []);
	const items = (p.check?.completion.items ?? []).slice(0, MOST);
	const expanded = open && items.length > 0;
	useLayoutEffect(() => {
		if (at >= 0) document.getElementById(`${list}-${at}`)?.scrollIntoView({ block: "nearest" });
	}, [at]);
	const caret = (): number => input.current?.selectionStart ?? p.value.length;
	const scroll = (): void => {
		if (mirror.current && input.current) mirror.current.scrollLeft = input.current.scrollLeft;
	};
	const changed = (): void => {
		p.onInput(input.current?.value ?? "", caret());
		setAt(-1);
		scroll();
	};
	const take = (n: number): void => {
		const c = p.check?.completion;
		const item = items[n];
		if (!c || !item || !input.current) return;
		const text = p.value.slice(0, c.start) + item.text + p.value.slice(c.end);
		input.current.value = text;
		input.current.setSelectionRange(c.start + item.text.length, c.start + item.text.length);
		setOpen(false);
		setAt(-1);
		p.onInput(text, c.start + item.text.length);
	};
	const correct = (): void => {
		const e = p.check?.error;
		if (!e?.suggestion) return;
		const text = p.value.slice(0, e.start) + e.suggestion + p.value.slice(e.end);
		p.onInput(text, e.start + e.suggestion.length);
		input.current?.focus();
	};
	const key = (e: KeyboardEvent): void => {
		if (e.key === "Enter" && !e.ctrlKey && !e.metaKey) {
			e.preventDefault();
			if (expanded && at >= 0) take(at);
			else {
				setOpen(false);
				setTyping(false);
				p.onApply(input.current?.value ?? "");
			}
		} else if (e.key === "Tab" && expanded && at >= 0 && !e.shiftKey) {
			e.preventDefault();
			take(at);
		} else if (e.key === "F1" && p.check?.explain) {
			e.preventDefault();
			p.onExplain?.(p.check.explain.name);
		} else if (e.key === "Escape" && expanded) {
			e.preventDefault();
			e.stopPropagation();
			setOpen(false);
		} else if ((e.key === "ArrowDown" || e.key === "ArrowUp") && items.length > 0) {
			e.preventDefault();
			setOpen(true);
			setAt((at + (e.key === "ArrowDown" ? 1 : items.length) + (at < 0 && e.key === "ArrowUp" ? 0 : 0)) % items.length);
		}
	};
	const state =
		p.value.trim() === "" || !p.check || (typing && p.check.error) ? "none" : p.check.error ? "bad" : p.check.warning ? "warn" : "good";
	const word = { none: "", good: "✓ valid", warn: "! check", bad: "✗ not a filter" }[state];
	return (
		<div class="filterbox" data-state={state}>
			<div class="edge">
				<span class="mark muted">
					<Icon name="filter" />
				</span>
				<div class="field">
					<div class="mirror" ref={mirror} aria-hidden="true">
						<Mirror text={p.value} error={state === "bad" ? (p.check?.error ?? null) : null} />
					</div>
					<input
						ref={input}
						type="text"
						role="combobox"
						aria-label={p.label}
						aria-expanded={expanded}
						aria-controls={list}
						aria-autocomplete="list"
						aria-activedescendant={expanded && at >= 0 ? `${list}-${at}` : undefined}
						aria-invalid={state === "bad"}
						aria-describedby={help}
						autocomplete="off"
						autocapitalize="off"
						spellcheck={false}
						placeholder={p.placeholder}
						value={p.value}
						onInput={() => {
							setOpen(true);
							setTyping(true);
							changed();
						}}
						onKeyDown={key}
						onScroll={scroll}
						onKeyUp={scroll}
						onBlur={() => setOpen(false)}
					/>
				</div>
				<span class={`mark ${state === "bad" ? "high" : state === "warn" ? "medium" : state === "good" ? "ok" : "muted"}`}>
					{p.status || word}
				</span>
			</div>
			<div id={help} class={state === "bad" ? "error" : "hint"}>
				{state === "bad" && p.check?.error ? (
					<>
						{p.check.error.message}
						{p.check.error.suggestion && (
							<>
								{" "}
								<button type="button" class="button small" onClick={correct}>
									Use {p.check.error.suggestion}
								</button>
							</>
						)}
					</>
				) : state === "warn" ? (
					p.check?.warning
				) : null}
			</div>
			<div id={list} class="listbox" role="listbox" aria-label="Completions" hidden={!expanded}>
				{items.map((i, n) => (
					// biome-ignore lint/a11y/useFocusableInteractive: focus stays in the input, aria-activedescendant points here
					<div
						key={i.text}
						id={`${list}-${n}`}
						role="option"
						aria-selected={n === at}
						onMouseDown={(e) => {
							e.preventDefault();
							take(n);
						}}
					>
						<code>{i.text}</code>
						<span class="muted small">{i.title}</span>
					</div>
				))}
			</div>
		</div>
	);
}
