/** The rail: the method's steps with their states, never locked; and the pages that are no steps. */

import { useRef } from "preact/hooks";
import { readOnly } from "../base/case.ts";
import { carried, carries } from "../base/dragging.ts";
import { bring, onMap } from "../base/map.ts";
import { go, route } from "../base/routes.ts";
import { set, settings } from "../base/settings.ts";
import type { StepDef } from "../base/step.ts";
import { PAGES } from "../pages/index.ts";
import { STEPS } from "../steps/index.ts";
import { Icon, type IconName } from "../widgets/icons.tsx";
import { toast } from "../widgets/toast.tsx";

const MARK = { none: "○", done: "✓", attention: "!" } as const;

/** How long something is held over the notes before the map opens under it. */
const OPENS_MS = 500;
let opening: ReturnType<typeof setTimeout> | undefined;

/** What is dropped on the notes comes onto the map; what is held over them finds the map opened, to be dropped on a node. */
function dropOnNotes() {
	const leave = (e: DragEvent): void => {
		const to = e.relatedTarget;
		if (e.type === "dragleave" && to instanceof Node && e.currentTarget instanceof Node && e.currentTarget.contains(to)) return;
		clearTimeout(opening);
		if (e.currentTarget instanceof HTMLElement) e.currentTarget.classList.remove("takes");
	};
	return {
		onDragEnter: (e: DragEvent) => {
			if (!carries(e) || readOnly.value) return;
			e.preventDefault();
			if (e.currentTarget instanceof HTMLElement) e.currentTarget.classList.add("takes");
			clearTimeout(opening);
			opening = setTimeout(() => go("#/notes/map"), OPENS_MS);
		},
		onDragOver: (e: DragEvent) => {
			if (carries(e) && !readOnly.value) e.preventDefault();
		},
		onDragLeave: leave,
		onDrop: (e: DragEvent) => {
			leave(e);
			const t = carried.peek();
			if (!t || !carries(e) || readOnly.value) return;
			e.preventDefault();
			carried.value = null;
			const held = onMap(t.evidence) !== undefined;
			bring(t);
			toast(held ? "It is on the map already." : `On the map: ${t.evidence}`);
		},
	};
}

function Entry({ def }: { def: StepDef }) {
	const here = route.value.step === def.id;
	const s = def.state();
	return (
		<li>
			<a
				{...(def.id === "notes" ? dropOnNotes() : {})}
				href={`#/${def.id}`}
				aria-current={here ? (def.number === null ? "page" : "step") : undefined}
				title={`${def.name}: ${s.words}`}
			>
				<span class={`mark ${s.state}`} aria-hidden="true">
					{def.number === null && s.state === "none" ? "" : MARK[s.state]}
				</span>
				<Icon name={def.icon as IconName} />
				<span class="word">
					{def.number !== null && `${def.number} `}
					{def.name}
					<span class="offscreen">, {s.words}</span>
				</span>
			</a>
		</li>
	);
}

/** In a small window: arrows only choose, Enter or leaving goes there, as does a choice from the open list. */
function StepSelect({ all }: { all: StepDef[] }) {
	const keyed = useRef(false);
	const leave = (e: { currentTarget: HTMLSelectElement }): void => {
		keyed.current = false;
		if (e.currentTarget.value !== route.value.step) go(`#/${e.currentTarget.value}`);
	};
	return (
		<nav class="rail-select" aria-label="Steps">
			<label>
				<span class="offscreen">Step</span>
				<select
					value={route.value.step}
					onKeyDown={(e) => {
						keyed.current = e.key !== "Enter";
						if (e.key === "Enter") leave(e);
					}}
					onPointerDown={() => {
						keyed.current = false;
					}}
					onChange={(e) => {
						if (!keyed.current) leave(e);
					}}
					onBlur={leave}
				>
					<option value="">Start</option>
					{all.map((s) => (
						<option key={s.id} value={s.id}>
							{s.number !== null ? `${s.number} ` : ""}
							{s.name}
						</option>
					))}
				</select>
			</label>
		</nav>
	);
}

export function Rail() {
	const all = [...STEPS, ...PAGES];
	const phases = [...new Set(all.map((s) => s.phase))];
	return (
		<>
			<nav class="rail" aria-label="Steps of the method">
				{phases.map((p) => (
					<div key={p}>
						<h2>{p}</h2>
						<ul>
							{all
								.filter((s) => s.phase === p)
								.map((s) => (
									<Entry key={s.id} def={s} />
								))}
						</ul>
					</div>
				))}
				<button
					type="button"
					class="button plain small fold"
					aria-label={settings.value.rail ? "Fold the steps to icons" : "Unfold the steps"}
					onClick={() => set("rail", !settings.value.rail)}
				>
					<Icon name="fold" />
				</button>
			</nav>
			<StepSelect all={all} />
		</>
	);
}
