/** Empty, loading, partial, failed: one widget, so that every zero has its reason. */

import type { ComponentChildren } from "preact";
import { useEffect, useState } from "preact/hooks";
import { count } from "../base/text.ts";
import type { Covers, EngineError } from "../engine/contract.ts";

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

/** Says nothing for the first 200 ms. */
export function Loading({ what, onCancel }: { what: string; onCancel?: () => void }) {
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

interface Answered<T> {
	state: "idle" | "loading" | "partial" | "done" | "failed";
	value: T | null;
	stale: boolean;
	covers: Covers | null;
	error: EngineError | null;
	again: () => void;
}

/** The three states around a result; the old value stays while a new one is made. */
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
	if (of.value === null) return of.state === "idle" ? (idle ?? null) : <Loading what={what} />;
	return (
		<>
			<CoversLine covers={of.covers} stale={of.stale} />
			{children(of.value)}
		</>
	);
}
