/** Native dialogs and menus. Focus goes in, comes back, and Esc closes. */

import { signal } from "@preact/signals";
import type { ComponentChildren } from "preact";
import { useEffect, useRef } from "preact/hooks";

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
		};
	}, [m]);
	if (!m) return null;
	const move = (e: KeyboardEvent): void => {
		const all = [...(ref.current?.querySelectorAll("button") ?? [])];
		const at = all.indexOf(document.activeElement as HTMLButtonElement);
		const to =
			e.key === "ArrowDown" ? at + 1 : e.key === "ArrowUp" ? at - 1 : e.key === "Home" ? 0 : e.key === "End" ? all.length - 1 : null;
		if (to === null) return;
		e.preventDefault();
		e.stopPropagation();
		all[(to + all.length) % all.length]?.focus();
	};
	return (
		<div class="menu" popover="auto" role="menu" aria-label={m.title} ref={ref} onKeyDown={move} tabIndex={-1}>
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
							ref.current?.hidePopover?.();
							open.value = null;
							i.run();
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

const note = signal("");
let timer: ReturnType<typeof setTimeout> | undefined;

/** A short confirmation that also goes to the live region by its caller. */
export function toast(text: string): void {
	note.value = text;
	clearTimeout(timer);
	timer = setTimeout(() => {
		note.value = "";
	}, 4000);
}

export function ToastHost() {
	return note.value ? (
		<div class="toast" role="status">
			{note.value}
		</div>
	) : null;
}
