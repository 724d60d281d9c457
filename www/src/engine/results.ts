/** One engine result as a signal, with its state said out loud: loading, partial, done, stale, stopped, failed. */

import { effect, type ReadonlySignal, signal } from "@preact/signals";
import { useEffect, useMemo } from "preact/hooks";
import { Cancelled, EngineFailure, engine, fingerprint, start } from "./client.ts";
import type { Covers, EngineError, LimitFact, Op, Ops, Priority, Progress } from "./contract.ts";

export interface Result<O extends Op> {
	/** `stopped`: the reader did not want to wait. */
	state: "idle" | "loading" | "partial" | "done" | "stopped" | "failed";
	value: Ops[O]["result"] | null;
	/** The inputs have changed since; the value is kept and marked. */
	stale: boolean;
	covers: Covers | null;
	limits: LimitFact[];
	error: EngineError | null;
	/** How far the engine is, while it works. */
	progress: Progress | null;
}

const idle = () => ({ state: "idle" as const, value: null, stale: false, covers: null, limits: [], error: null, progress: null });

export function toError(e: unknown): EngineError {
	return e instanceof EngineFailure
		? e.error
		: { kind: "bug", message: e instanceof Error ? e.message : String(e), where: null, kept: null };
}

/** Asks again whenever `args` or the inputs change; null args ask nothing. Old values stay until replaced. */
export function watch<O extends Op>(
	op: O,
	args: () => Ops[O]["args"] | null,
	priority: Priority,
	settleMs = 30,
): { result: ReadonlySignal<Result<O>>; stop: () => void; again: () => void; cancel: () => void } {
	const result = signal<Result<O>>(idle());
	const nudge = signal(0);
	let abort: AbortController | null = null;
	let timer: ReturnType<typeof setTimeout> | undefined;
	const dispose = effect(() => {
		nudge.value;
		fingerprint.value;
		const ready = engine.value.state === "ready";
		const a = args();
		clearTimeout(timer);
		abort?.abort();
		if (!ready || a === null) {
			if (a === null) result.value = idle();
			return;
		}
		const before = result.peek();
		result.value = { ...before, state: before.value === null ? "loading" : before.state, stale: before.value !== null, progress: null };
		const mine = new AbortController();
		abort = mine;
		timer = setTimeout(() => {
			start(op, a, {
				priority,
				signal: mine.signal,
				onProgress: (progress) => {
					if (!mine.signal.aborted) result.value = { ...result.peek(), progress };
				},
				onPartial: (r) => {
					if (!mine.signal.aborted)
						result.value = {
							...result.peek(),
							state: "partial",
							value: r.payload,
							stale: false,
							covers: r.covers,
							limits: r.limits,
							error: null,
						};
				},
			}).answer.then(
				(r) => {
					if (!mine.signal.aborted)
						result.value = {
							state: "done",
							value: r.payload,
							stale: false,
							covers: r.covers,
							limits: r.limits,
							error: null,
							progress: null,
						};
				},
				(e) => {
					if (!mine.signal.aborted && !(e instanceof Cancelled))
						result.value = { ...result.peek(), state: "failed", error: toError(e), progress: null };
				},
			);
		}, settleMs);
	});
	return {
		result,
		stop: () => {
			clearTimeout(timer);
			abort?.abort();
			dispose();
		},
		again: () => {
			nudge.value++;
		},
		cancel: () => {
			clearTimeout(timer);
			abort?.abort();
			const before = result.peek();
			// What was there before the inputs changed stays, said to be out of date.
			result.value = { ...before, state: "stopped", progress: null };
		},
	};
}

/** The same inside a component; `args` may read signals; `keys` are its other inputs. */
export function useResult<O extends Op>(
	op: O,
	args: () => Ops[O]["args"] | null,
	priority: Priority,
	keys: unknown[] = [],
	settleMs = 30,
): Result<O> & { again: () => void; cancel: () => void } {
	const w = useMemo(() => watch(op, args, priority, settleMs), keys);
	useEffect(() => w.stop, [w]);
	return { ...w.result.value, again: w.again, cancel: w.cancel };
}
