/** Empty, loading, partial, failed: one widget, so that every zero has its reason. */

import type { ComponentChildren } from "preact";
import { useEffect, useState } from "preact/hooks";
import { bytes, count } from "../base/text.ts";
import type { Covers, EngineError, Progress } from "../engine/contract.ts";

export function Empty({ title, children }: { title: string; children?: ComponentChildren }) {
	return (
		<div class="state">
			<strong>{title}</strong>
			{children}
		</div>
	);
}

/** Nothing can be shown before a capture is read; the way there stands with it. */
export function NoCapture({ children }: { children?: ComponentChildren }) {
	return (
		<Empty title="No capture yet">
			{children}
			<a class="button" href="#/capture">
				Bring in a capture
			</a>
		</Empty>
	);
}

/** Nothing can be answered before the scope asks; the way there stands with it. */
export function NoQuestion() {
	return (
		<Empty title="The scope names nothing to look for yet">
			<span>Add a domain, a file name or a hash; the answers come at once.</span>
			<a class="button" href="#/scope">
				Go to step 2
			</a>
		</Empty>
	);
}

/** How far the engine is, as a bar and in words. */
function Far({ of }: { of: Progress }) {
	const share = of.of > 0 ? Math.min(1, of.done / of.of) : 0;
	const figures = of.unit === "bytes" ? `${bytes(of.done)} of ${bytes(of.of)}` : `${count(of.done)} of ${count(of.of)} ${of.unit}`;
	return (
		<>
			<progress value={share} max={1} aria-label="Progress" />
			<span class="small muted">{figures}</span>
		</>
	);
}

/** Says nothing for the first 200 ms; how far it is, and how to stop it, after another while. */
export function Loading({ what, progress, onCancel }: { what: string; progress?: Progress | null; onCancel?: () => void }) {
	const [late, setLate] = useState(false);
	useEffect(() => {
		const t = setTimeout(() => setLate(true), 200);
		return () => clearTimeout(t);
	}, []);
	return (
		<div class="state" aria-busy="true">
			{late && (
				<>
					<span>{what}…</span>
					{progress && progress.of > 0 && <Far of={progress} />}
					{onCancel && (
						<button type="button" class="button small" onClick={onCancel}>
							Cancel
						</button>
					)}
				</>
			)}
		</div>
	);
}

/** Why a field was refused: read out when it comes, and again with the field, which names `id` in aria-describedby. */
export function Refusal({ id, text }: { id: string; text: string | null }) {
	if (!text) return null;
	return (
		<span id={id} class="error" role="alert">
			{text}
		</span>
	);
}

export function Failed({ error, again }: { error: EngineError; again?: (() => void) | undefined }) {
	return (
		<div class="state failed" role="alert">
			<strong>{error.message}</strong>
			{error.where && <span>At {error.where}.</span>}
			{error.kept && <span>{error.kept}</span>}
			{again && (
				<button type="button" class="button" onClick={again}>
					Try again
				</button>
			)}
		</div>
	);
}

/** "first 682,114 packets, still reading". */
export function CoversLine({ covers, stale }: { covers: Covers | null; stale?: boolean }) {
	if (stale) return <span class="badge medium">out of date, being renewed</span>;
	if (!covers || covers.complete) return null;
	return <span class="badge info">first {count(covers.packets)} packets, still reading</span>;
}

/** The reader did not want to wait: nothing was counted, and that is said. */
function Stopped({ what, again }: { what: string; again: () => void }) {
	return (
		<div class="state">
			<strong>Stopped</strong>
			<span>{what} was stopped before it was done; there is nothing to show.</span>
			<button type="button" class="button" onClick={again}>
				Start again
			</button>
		</div>
	);
}

interface Answered<T> {
	state: "idle" | "loading" | "partial" | "done" | "stopped" | "failed";
	value: T | null;
	stale: boolean;
	covers: Covers | null;
	error: EngineError | null;
	progress?: Progress | null;
	again: () => void;
	cancel?: () => void;
}

/** The states around a result; the old value stays while a new one is made, or when its making was stopped. */
export function Around<T>({
	of,
	what,
	children,
	idle,
}: {
	of: Answered<T>;
	what: string;
	idle?: ComponentChildren;
	children: (value: T) => ComponentChildren;
}) {
	if (of.state === "failed" && of.error) return <Failed error={of.error} again={of.again} />;
	if (of.value === null && of.state === "stopped") return <Stopped what={what} again={of.again} />;
	// With something to stop: what is done at once shows no button.
	const stop = of.progress && of.cancel;
	if (of.value === null)
		return of.state === "idle" ? (
			(idle ?? null)
		) : (
			<Loading what={what} progress={of.progress ?? null} {...(stop ? { onCancel: stop } : {})} />
		);
	return (
		<>
			{of.state === "stopped" ? (
				<p class="row">
					<span class="badge medium">out of date; renewing it was stopped</span>
					<button type="button" class="button small" onClick={of.again}>
						Start again
					</button>
				</p>
			) : (
				<CoversLine covers={of.covers} stale={of.stale} />
			)}
			{of.stale && stop && of.state !== "stopped" && (
				<p class="row">
					{of.progress && <Far of={of.progress} />}
					<button type="button" class="button small" onClick={stop}>
						Stop
					</button>
				</p>
			)}
			{children(of.value)}
		</>
	);
}
