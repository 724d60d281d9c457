/** A bar between two panes: drag, or arrow keys. Its value is the first pane's share in percent. */

import { useRef } from "preact/hooks";

export function Splitter({
	value,
	onChange,
	vertical,
	label,
	min = 15,
	max = 85,
}: {
	value: number;
	onChange: (percent: number) => void;
	vertical: boolean;
	label: string;
	min?: number;
	max?: number;
}) {
	const ref = useRef<HTMLDivElement>(null);
	const fit = (v: number): number => Math.max(min, Math.min(max, v));
	const down = (e: PointerEvent): void => {
		const el = ref.current;
		const box = el?.parentElement?.getBoundingClientRect();
		if (!el || !box) return;
		el.setPointerCapture(e.pointerId);
		const move = (m: PointerEvent): void =>
			onChange(fit(vertical ? ((m.clientX - box.left) / box.width) * 100 : ((m.clientY - box.top) / box.height) * 100));
		const up = (): void => {
			el.removeEventListener("pointermove", move);
			el.removeEventListener("pointerup", up);
		};
		el.addEventListener("pointermove", move);
		el.addEventListener("pointerup", up);
	};
	const key = (e: KeyboardEvent): void => {
		const step = e.shiftKey ? 10 : 2;
		const by = { ArrowLeft: -step, ArrowUp: -step, ArrowRight: step, ArrowDown: step }[e.key];
		if (by === undefined && e.key !== "Home" && e.key !== "End") return;
		e.preventDefault();
		onChange(e.key === "Home" ? min : e.key === "End" ? max : fit(value + (by ?? 0)));
	};
	return (
		<div
			ref={ref}
			class={`splitter ${vertical ? "vertical" : "horizontal"}`}
			role="separator"
			tabIndex={0}
			aria-label={label}
			aria-orientation={vertical ? "vertical" : "horizontal"}
			aria-valuenow={Math.round(value)}
			aria-valuemin={min}
			aria-valuemax={max}
			onPointerDown={down}
			onKeyDown={key}
		/>
	);
}
