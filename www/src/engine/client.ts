/** The page's side of the engine: requests with an id, an AbortSignal, progress, and latest-wins by key. */

import { batch, signal } from "@preact/signals";
import type { CaptureFacts, Control, EngineError, Notice, Op, Ops, Priority, Progress, Reply, Request } from "./contract.ts";
import { PRIORITY } from "./contract.ts";

export class EngineFailure extends Error {
	constructor(readonly error: EngineError) {
		super(error.message);
	}
}

export interface Asked<O extends Op> {
	priority?: Priority;
	signal?: AbortSignal;
	/** A newer request with the same key cancels this one. */
	latest?: string;
	onPartial?: (r: Reply<O>) => void;
	onProgress?: (p: Progress) => void;
}

interface Pending {
	resolve: (r: Reply) => void;
	reject: (e: unknown) => void;
	asked: Asked<Op>;
}

export const engine = signal<{
	state: "starting" | "ready" | "dead";
	version: string;
	build: string;
	started_ms: number;
	error: EngineError | null;
}>({
	state: "starting",
	version: "",
	build: "",
	started_ms: 0,
	error: null,
});
/** Of the inputs now; results made from another one are stale. */
export const fingerprint = signal("");
export const published = signal(0);
export const memory = signal(0);
/** How often a round of hashing has ended. */
export const hashed = signal(0);
export const captures = signal<CaptureFacts[]>([]);

export class Cancelled extends Error {}

let port: Worker | null = null;
let next = 1;
const pending = new Map<number, Pending>();
const latest = new Map<string, number>();

/** Connects to a worker that speaks the contract. */
export function connect(worker: Worker): void {
	port = worker;
	worker.onmessage = (e: MessageEvent<Reply | Notice>) => {
		const m = e.data;
		if ("notice" in m) notice(m);
		else reply(m);
	};
	worker.onerror = (e) => die({ kind: "bug", message: "The engine stopped.", where: e.message || null, kept: "Notes are safe." });
}

function notice(n: Notice): void {
	batch(() => {
		if (n.notice === "ready") engine.value = { state: "ready", version: n.version, build: n.build, started_ms: n.started_ms, error: null };
		else if (n.notice === "dead") die(n.error);
		else {
			fingerprint.value = n.fingerprint;
			published.value = n.packets;
			memory.value = n.memory;
			if (n.what.includes("hashes")) hashed.value++;
		}
	});
}

function die(error: EngineError): void {
	engine.value = { ...engine.value, state: "dead", error };
	for (const p of pending.values()) p.reject(new EngineFailure(error));
	pending.clear();
}

/** Ends the old worker; the page starts a new one and drops the same files into it. */
export function disconnect(): void {
	port?.terminate();
	port = null;
	for (const p of pending.values()) p.reject(new Cancelled());
	pending.clear();
	latest.clear();
	engine.value = { ...engine.value, state: "starting", error: null };
	captures.value = [];
	published.value = 0;
}

function reply(r: Reply): void {
	const p = pending.get(r.id);
	if (!p) return;
	if (r.progress) p.asked.onProgress?.(r.progress);
	switch (r.state) {
		case "progress":
			return;
		case "partial":
			p.asked.onPartial?.(r as never);
			return;
		case "failed":
			p.reject(new EngineFailure(r.error ?? { kind: "bug", message: "The engine failed without a reason.", where: null, kept: null }));
			break;
		case "cancelled":
			if (r.payload !== null) p.resolve(r);
			else p.reject(new Cancelled());
			break;
		case "done":
			p.resolve(r);
	}
	pending.delete(r.id);
}

export interface Running<O extends Op> {
	id: number;
	answer: Promise<Reply<O>>;
}

export function start<O extends Op>(op: O, args: Ops[O]["args"], asked: Asked<O> = {}): Running<O> {
	const id = next++;
	const answer = new Promise<Reply<O>>((resolve, reject) => {
		if (!port) {
			reject(new EngineFailure(engine.value.error ?? { kind: "gone", message: "The engine is not running.", where: null, kept: null }));
			return;
		}
		if (asked.latest) {
			const old = latest.get(asked.latest);
			if (old !== undefined && pending.has(old)) cancel(old);
			latest.set(asked.latest, id);
		}
		asked.signal?.addEventListener("abort", () => cancel(id), { once: true });
		pending.set(id, { resolve: resolve as (r: Reply) => void, reject, asked: asked as Asked<Op> });
		const request: Request<O> = { id, op, args, priority: asked.priority ?? PRIORITY.selection };
		port.postMessage(request);
	});
	return { id, answer };
}

/** Asks and waits for the whole answer. */
export async function ask<O extends Op>(op: O, args: Ops[O]["args"], asked: Asked<O> = {}): Promise<Ops[O]["result"]> {
	const r = await start(op, args, asked).answer;
	if (r.payload === null) throw new Cancelled();
	return r.payload;
}

function control(c: Control): void {
	port?.postMessage(c);
}

export function cancel(id: number): void {
	control({ control: "cancel", id });
}

export function pause(id: number): void {
	control({ control: "pause", id });
}

export function resume(id: number): void {
	control({ control: "resume", id });
}
