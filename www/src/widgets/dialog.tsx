/** Native dialogs and menus. Focus goes in, comes back, and Esc closes. */

import { computed, signal } from "@preact/signals";
import type { ComponentChildren } from "preact";
import { useEffect, useRef } from "preact/hooks";

let next: (() => void) | null = null;

/** Runs what was chosen once the box is gone and the focus is back where it was: only then may it be placed anew. */
export function afterClosing(run: () => void): void {
	next = run;
}

function gone(): void {
	const run = next;
	next = null;
	run?.();
}

export function Dialog({
	title,
	onClose,
	children,
	class: name,
	hideTitle,
}: {
	title: string;
	onClose: () => void;
	children: ComponentChildren;
	class?: string;
	hideTitle?: boolean;
}) {
	const ref = useRef<HTMLDialogElement>(null);
	useEffect(() => {
		const d = ref.current;
		const before = document.activeElement;
		d?.showModal();
		return () => {
			d?.close();
			if (before instanceof HTMLElement) before.focus();
			gone();
		};
	}, []);
	return (
		// biome-ignore lint/a11y/useKeyWithClickEvents: a press beside the dialog closes it; Esc is the keyboard's way
		<dialog
			ref={ref}
			class={name}
			aria-label={title}
			onCancel={(e) => {
				e.preventDefault();
				onClose();
			}}
			onClick={(e) => {
				if (e.target === ref.current) onClose();
			}}
		>
			<div class="inside">
				{!hideTitle && (
					<div class="row between">
						<h2>{title}</h2>
						<button type="button" class="button plain small" onClick={onClose}>
							Close
						</button>
					</div>
				)}
				{children}
			</div>
		</dialog>
	);
}

export interface MenuItem {
	title: string;
	key?: string;
	run: () => void;
}

interface OpenMenu {
	x: number;
	y: number;
	title: string;
	items: (MenuItem | "line")[];
}

const open = signal<OpenMenu | null>(null);
/** What was typed a moment ago into an open menu: the beginning of an item. */
let typed = "";
let typedAt = 0;
const TYPED_MS = 700;

/** Name of the menu that is open, or "". */
export const openMenu = computed(() => open.value?.title ?? "");

/** Opens a menu at a place of the window. */
export function showMenu(x: number, y: number, title: string, items: (MenuItem | "line")[]): void {
	open.value = { x, y, title, items };
}

/** Stands once in the shell. */
export function MenuHost() {
	const ref = useRef<HTMLDivElement>(null);
	const m = open.value;
	useEffect(() => {
		const el = ref.current;
		if (!el || !m) return;
		const before = document.activeElement;
		el.showPopover?.();
		const box = el.getBoundingClientRect();
		el.style.left = `${Math.max(4, Math.min(m.x, innerWidth - box.width - 8))}px`;
		el.style.top = `${Math.max(4, Math.min(m.y, innerHeight - box.height - 8))}px`;
		el.querySelector("button")?.focus();
		const toggle = (e: Event): void => {
			if ((e as ToggleEvent).newState === "closed") open.value = null;
		};
		el.addEventListener("toggle", toggle);
		return () => {
			el.removeEventListener("toggle", toggle);
			if (before instanceof HTMLElement && before.isConnected) before.focus();
			gone();
		};
	}, [m]);
	if (!m) return null;
	const close = (): void => {
		ref.current?.hidePopover?.();
		open.value = null;
	};
	const key = (e: KeyboardEvent): void => {
		const all = [...(ref.current?.querySelectorAll("button") ?? [])];
		const at = all.indexOf(document.activeElement as HTMLButtonElement);
		let to = { ArrowDown: at + 1, ArrowUp: at < 0 ? -1 : at - 1, Home: 0, End: -1 }[e.key];
		if (e.key === "Tab" || e.key === "Escape") close();
		else if (to === undefined && e.key.length === 1 && e.key !== " " && !e.ctrlKey && !e.metaKey && !e.altKey) {
			typed = (e.timeStamp - typedAt < TYPED_MS ? typed : "") + e.key.toLowerCase();
			typedAt = e.timeStamp;
			// One letter again and again goes on to the next that begins with it.
			const from = at + (typed.length === 1 ? 1 : 0);
			const begins = (b: HTMLElement): boolean => b.textContent.toLowerCase().replace(/^\W+/, "").startsWith(typed);
			const hit = [...all.slice(from), ...all.slice(0, from)].find(begins);
			if (hit) to = all.indexOf(hit);
		} else if (to === undefined && (e.key === "Enter" || e.key === " ")) {
			// The button's own press; the keys of the page behind are silent while a menu is open.
			e.stopPropagation();
			return;
		}
		e.stopPropagation();
		e.preventDefault();
		if (to !== undefined) all.at(to % all.length)?.focus();
	};
	return (
		<div class="menu" popover="auto" role="menu" aria-label={m.title} ref={ref} onKeyDown={key} tabIndex={-1}>
			<div class="title" role="presentation">
				<bdi>{m.title}</bdi>
			</div>
			{m.items.map((i, n) =>
				i === "line" ? (
					<hr key={`${n}line`} />
				) : (
					<button
						key={i.title}
						type="button"
						role="menuitem"
						onClick={() => {
							afterClosing(i.run);
							close();
						}}
					>
						<span>{i.title}</span>
						{i.key && <span class="key">{i.key}</span>}
					</button>
				),
			)}
		</div>
	);
}
