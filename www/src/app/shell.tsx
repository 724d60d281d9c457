/** The shell: head, rail, limits, step, evidence drawer, status line, drop overlay, live regions. */

import { Component, type ComponentChildren } from "preact";
import { useEffect } from "preact/hooks";
import { assertive, polite } from "../base/announce.ts";
import { currentStep } from "../base/case.ts";
import { go, route } from "../base/routes.ts";
import { settings } from "../base/settings.ts";
import type { StepDef } from "../base/step.ts";
import { engine } from "../engine/client.ts";
import { reload } from "../engine/loads.ts";
import { restartEngine } from "../engine/start.ts";
import { PAGES } from "../pages/index.ts";
import { STEPS } from "../steps/index.ts";
import { MenuHost, ToastHost } from "../widgets/dialog.tsx";
import { Empty } from "../widgets/states.tsx";
import { Drawer } from "./drawer.tsx";
import { DropZone } from "./drop.tsx";
import { Head } from "./head.tsx";
import { Limits } from "./limits.tsx";
import { Overlays } from "./overlays.tsx";
import { Rail } from "./rail.tsx";
import { Start } from "./start.tsx";
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

/** A page that fails says so and takes nothing else with it. */
class Guard extends Component<{ children: ComponentChildren }, { error: string | null }> {
	override state = { error: null };
	static override getDerivedStateFromError(e: unknown) {
		return { error: e instanceof Error ? e.message : String(e) };
	}
	override render() {
		if (this.state.error === null) return this.props.children;
		return (
			<div class="state failed" role="alert">
				<strong>This page could not be drawn: an error in Weir, not in your capture.</strong>
				<span>
					<bdi>{this.state.error}</bdi>
				</span>
				<span>Notes and captures are kept; the other pages work.</span>
				<button type="button" class="button" onClick={() => this.setState({ error: null })}>
					Draw it again
				</button>
			</div>
		);
	}
}

function StepFrame({ def }: { def: StepDef }) {
	useEffect(() => {
		currentStep.value = def.id;
		document.title = `${def.title} – Weir`;
	}, [def]);
	const next = def.next?.();
	return (
		<>
			<section
				class={`step step-${def.id}${def.fills ? " fills" : ""}`}
				id="content"
				tabIndex={-1}
				aria-label={def.title}
				data-keys={def.id}
			>
				<header class={def.fills ? "offscreen" : ""}>
					<h1>{def.title}</h1>
					<p>{def.lead}</p>
				</header>
				<EngineLost />
				<Guard key={`${def.id}/${route.value.tab}`}>
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

export function Shell() {
	const r = route.value;
	const s = settings.value;
	const def = [...STEPS, ...PAGES].find((x) => x.id === r.step);
	return (
		<>
			{/* biome-ignore lint/a11y/useValidAnchor: a skip link; the hash belongs to the routes, so the focus is moved by hand */}
			<a class="skip" href="#content" onClick={(e) => skip(e)}>
				Skip to the content
			</a>
			<div class={`shell${s.drawer ? "" : " no-side"}${s.rail ? "" : " narrow-rail"}`}>
				<Head />
				<Rail />
				<main class="main">
					<Limits />
					{def ? (
						<StepFrame def={def} key={def.id} />
					) : r.step === "" ? (
						<Start />
					) : (
						<div class="step">
							<h1>Nothing is here</h1>
							<Empty title={`“${r.step}” is no step or page.`}>
								<a class="button" href="#/issue">
									Go to step 1
								</a>
							</Empty>
						</div>
					)}
				</main>
				{s.drawer && <Drawer />}
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
