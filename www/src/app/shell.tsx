/** The shell: head, rail, limits, step, evidence drawer, status line, drop overlay, live regions. */

import { useEffect, useRef } from "preact/hooks";
import { announce, assertive, polite } from "../base/announce.ts";
import { currentStep, items, ready } from "../base/case.ts";
import { arrive } from "../base/places.ts";
import { go, type Route, route } from "../base/routes.ts";
import { settings } from "../base/settings.ts";
import type { StepDef } from "../base/step.ts";
import { engine } from "../engine/client.ts";
import { reload } from "../engine/loads.ts";
import { restartEngine } from "../engine/start.ts";
import { PAGES } from "../pages/index.ts";
import { STEPS } from "../steps/index.ts";
import { MenuHost } from "../widgets/dialog.tsx";
import { Guard } from "../widgets/guard.tsx";
import { Empty } from "../widgets/states.tsx";
import { ToastHost } from "../widgets/toast.tsx";
import { BesideBar } from "./beside.tsx";
import { Drawer } from "./drawer.tsx";
import { DropZone } from "./drop.tsx";
import { Head } from "./head.tsx";
import { Limits } from "./limits.tsx";
import { Overlays } from "./overlays.tsx";
import { Rail } from "./rail.tsx";
import { ReadingBar } from "./readonly.tsx";
import { StaleBar } from "./stale.tsx";
import { Start } from "./start.tsx";
import { drawer, wide } from "./state.ts";
import { Status } from "./status.tsx";

function EngineLost() {
	const e = engine.value;
	if (e.state !== "dead" || !e.error) return null;
	return (
		<div class="card" role="alert">
			<h2>The engine stopped</h2>
			<p>
				{e.error.message} {e.error.kept}
			</p>
			{e.error.where && (
				<p class="small muted">
					<bdi>{e.error.where}</bdi>
				</p>
			)}
			<p class="row">
				<button
					type="button"
					class="button primary"
					onClick={async () => {
						await restartEngine();
						reload();
					}}
				>
					Restart and read the captures again
				</button>
			</p>
		</div>
	);
}

/** What the page is called: its heading, and the beginning of the window's title. */
function titleOf(def: StepDef): string {
	const part = def.part?.();
	// A tab of a page that is no step says enough by itself.
	if (part && def.number === null) return part;
	return part ? `${part}: ${def.title.toLowerCase()}` : def.title;
}

function StepFrame({ def }: { def: StepDef }) {
	useEffect(() => {
		currentStep.value = def.id;
	}, [def]);
	const title = titleOf(def);
	const next = def.next?.();
	return (
		<>
			<section class={`step step-${def.id}${def.fills ? " fills" : ""}`} id="content" tabIndex={-1} aria-label={title} data-keys={def.id}>
				<header class={def.fills ? "offscreen" : ""}>
					<h1 tabIndex={-1}>{title}</h1>
					<p>{def.lead}</p>
				</header>
				<EngineLost />
				<Guard key={def.id}>
					<def.View />
				</Guard>
			</section>
			{(def.primary || next) && (
				<div class="step-foot">
					<p>{next}</p>
					{def.primary && (
						<button
							type="button"
							class="button primary"
							onClick={() => {
								if (def.primary?.to) go(def.primary.to);
								else def.primary?.run?.();
							}}
						>
							{def.primary.title} →
						</button>
					)}
				</div>
			)}
		</>
	);
}

/** After each change of the page: its name in the window, and the focus in it. */
function useArrival(r: Route, title: string): void {
	const before = useRef<Route | null>(null);
	useEffect(() => {
		document.title = `${title} – Weir`;
	}, [title]);
	useEffect(() => {
		const old = before.current;
		before.current = r;
		if (!old || (old.step === r.step && old.tab === r.tab)) return;
		const content = document.getElementById("content");
		// A tab that was chosen keeps the focus, and what the new page has taken into its hands stays there.
		const inside = content?.contains(document.activeElement) === true;
		if (inside) announce(title);
		arrive(inside ? null : (content?.querySelector("h1") ?? null));
	}, [r]);
}

export function Shell() {
	const r = route.value;
	const s = settings.value;
	const def = [...STEPS, ...PAGES].find((x) => x.id === r.step);
	const title = def ? titleOf(def) : r.step === "" ? "Start" : "Nothing is here";
	useArrival(r, title);
	const side = !drawer.value ? " no-side" : wide.value && items("pin").length === 0 ? " slim-side" : "";
	return (
		<>
			{/* biome-ignore lint/a11y/useValidAnchor: a skip link; the hash belongs to the routes, so the focus is moved by hand */}
			<a class="skip" href="#content" onClick={(e) => skip(e)}>
				Skip to the content
			</a>
			<div class={`shell${side}${s.rail && (wide.value || !drawer.value) ? "" : " narrow-rail"}`}>
				<Head />
				<Rail />
				<main class="main">
					<ReadingBar />
					<BesideBar />
					<Limits />
					<StaleBar />
					{!ready.value ? (
						<section class="step" id="content" tabIndex={-1} aria-label="Reading the notes" aria-busy="true" />
					) : def ? (
						<StepFrame def={def} key={def.id} />
					) : r.step === "" ? (
						<Start />
					) : (
						<section class="step" id="content" tabIndex={-1} aria-label="Nothing is here">
							<h1 tabIndex={-1}>Nothing is here</h1>
							<Empty title={`“${r.step}” is no step or page.`}>
								<a class="button" href="#/issue">
									Go to step 1
								</a>
							</Empty>
						</section>
					)}
				</main>
				{drawer.value && <Drawer />}
				<Status />
			</div>
			<Overlays />
			<MenuHost />
			<ToastHost />
			<DropZone />
			<div class="offscreen" role="status" aria-live="polite">
				{polite.value}
			</div>
			<div class="offscreen" role="alert">
				{assertive.value}
			</div>
		</>
	);
}

function skip(e: MouseEvent): void {
	e.preventDefault();
	const inside = document.querySelector<HTMLElement>("#content [role=grid], #content [role=tree]") ?? document.getElementById("content");
	inside?.focus();
}
