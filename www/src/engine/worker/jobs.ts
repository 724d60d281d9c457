/** The worker's loop: one step of the most urgent job at a time, messages in between, fuel fitted to 8–16 ms. */

import { BLOB_OPS, type EngineError, type Notice, type Op, type Progress, type Reply } from "../contract.ts";
import { ReadAhead, type Sources } from "./sources.ts";
import type { Step, WasmEngine } from "./wasm.ts";

const FUEL_FIRST = 2048;
const FUEL_MIN = 16;
const FUEL_MAX = 1 << 22;
const STEP_MS: [number, number] = [8, 16];
const REPORT_MS = 200;

interface Job {
	id: number;
	op: string;
	priority: number;
	state: "ready" | "waiting" | "paused";
	/** Bytes arrived while paused. */
	resumeTo: "ready" | "waiting";
	reported: number;
	phase: string;
	parts: BlobPart[];
	ahead: ReadAhead;
	/** Not the page's: has no replies. */
	silent: boolean;
}

export type Post = (message: Reply | Notice, transfer?: Transferable[]) => void;

export function isEngineError(e: unknown): e is EngineError {
	return typeof e === "object" && e !== null && "kind" in e && "message" in e;
}

export class Jobs {
	private jobs = new Map<number, Job>();
	private fuel = new Map<string, number>();
	private readonly channel = new MessageChannel();
	private scheduled = false;
	private changedAt = 0;
	private lastMark = -1;
	private lastPrint = "";
	private changedTimer: ReturnType<typeof setTimeout> | undefined;
	dead = false;

	constructor(
		private readonly engine: WasmEngine,
		private readonly sources: Sources,
		private readonly post: Post,
		private readonly onEnd: (op: string, state: string) => void,
	) {
		this.channel.port1.onmessage = () => {
			this.scheduled = false;
			this.tick();
		};
	}

	begin(
		id: number,
		op: string,
		args: unknown,
		priority: number,
		silent = false,
		call: () => Step = () => this.engine.call(id, op, args),
	): void {
		const job: Job = {
			id,
			op,
			priority,
			state: "ready",
			resumeTo: "ready",
			reported: 0,
			phase: "",
			parts: [],
			ahead: new ReadAhead(this.sources),
			silent,
		};
		this.jobs.set(id, job);
		this.guard(job, call);
		this.schedule();
	}

	has(id: number): boolean {
		return this.jobs.has(id);
	}

	cancel(id: number): void {
		const job = this.jobs.get(id);
		if (job) this.guard(job, () => this.engine.cancel(id));
	}

	pause(id: number): void {
		const job = this.jobs.get(id);
		if (job && job.state !== "paused") {
			job.resumeTo = job.state;
			job.state = "paused";
		}
	}

	resume(id: number): void {
		const job = this.jobs.get(id);
		if (job?.state === "paused") {
			job.state = job.resumeTo;
			this.schedule();
		}
	}

	private schedule(): void {
		if (this.scheduled || this.dead) return;
		if (![...this.jobs.values()].some((j) => j.state === "ready")) return;
		this.scheduled = true;
		this.channel.port2.postMessage(0);
	}

	private tick(): void {
		let best: Job | null = null;
		for (const j of this.jobs.values()) if (j.state === "ready" && (best === null || j.priority < best.priority)) best = j;
		if (best) {
			const job = best;
			// Jobs of one priority take turns.
			this.jobs.delete(job.id);
			this.jobs.set(job.id, job);
			const fuel = this.fuel.get(job.op) ?? FUEL_FIRST;
			const t = performance.now();
			this.guard(job, () => this.engine.step(job.id, fuel));
			const ms = performance.now() - t;
			if (ms < STEP_MS[0]) this.fuel.set(job.op, Math.min(FUEL_MAX, Math.ceil(fuel * 1.5)));
			else if (ms > STEP_MS[1]) this.fuel.set(job.op, Math.max(FUEL_MIN, Math.floor((fuel * STEP_MS[0]) / ms)));
		}
		this.changed(false);
		this.schedule();
	}

	private guard(job: Job, work: () => Step): void {
		let step: Step;
		try {
			step = work();
		} catch (e) {
			if (isEngineError(e)) {
				this.jobs.delete(job.id);
				this.reply(job, { state: "failed", error: e });
			} else this.die(e);
			return;
		}
		this.handle(job, step);
	}

	private die(e: unknown): void {
		this.dead = true;
		this.post({
			notice: "dead",
			error: {
				kind: "bug",
				message: "The engine stopped because of a fault in it.",
				where: e instanceof Error ? e.message : String(e),
				kept: "Your notes are safe.",
			},
		});
	}

	private handle(job: Job, step: Step): void {
		if (step.bytes && BLOB_OPS.has(job.op as Op)) {
			job.parts.push(step.bytes as BlobPart);
			if (job.parts.length >= 64) job.parts = [new Blob(job.parts)];
		}
		switch (step.state) {
			case "more":
				if (job.state === "waiting") job.state = "ready";
				this.progress(job, step);
				return;
			case "need":
				this.progress(job, step);
				this.wait(job, step.need);
				return;
			case "partial":
				if (!BLOB_OPS.has(job.op as Op)) this.result(job, step);
				else this.progress(job, step);
				return;
			default:
				this.jobs.delete(job.id);
				this.result(job, step);
				this.changed(true);
				this.onEnd(job.op, step.state);
		}
	}

	private progress(job: Job, step: Step): void {
		if (!step.progress || job.silent) return;
		const now = performance.now();
		if (step.progress.phase === job.phase && now - job.reported < REPORT_MS) return;
		job.reported = now;
		job.phase = step.progress.phase;
		this.reply(job, { state: "progress", covers: step.covers, limits: step.limits, progress: step.progress });
	}

	private result(job: Job, step: Step): void {
		let payload = step.payload ?? null;
		const transfer: Transferable[] = [];
		if (job.op === "rows" && step.bytes) {
			const own = step.bytes.byteOffset === 0 && step.bytes.byteLength === step.bytes.buffer.byteLength;
			const buffer = (own ? step.bytes.buffer : step.bytes.slice().buffer) as ArrayBuffer;
			payload = buffer;
			transfer.push(buffer);
		} else if (BLOB_OPS.has(job.op as Op) && payload !== null) {
			const p = payload as { name: string; mime: string };
			payload = { ...p, blob: new Blob(job.parts, { type: p.mime }) };
		}
		this.reply(
			job,
			{
				state: step.state as Reply["state"],
				covers: step.covers,
				limits: step.limits,
				payload: payload as Reply["payload"],
				progress: step.progress,
				error: step.error,
			},
			transfer,
		);
	}

	private reply(job: Job, r: Partial<Reply> & { state: Reply["state"] }, transfer: Transferable[] = []): void {
		if (job.silent) return;
		this.post(
			{ id: job.id, covers: null, fingerprint: this.engine.fingerprint(), limits: [], payload: null, progress: null, error: null, ...r },
			transfer,
		);
	}

	private wait(job: Job, need: Step["need"]): void {
		if (job.state === "paused") job.resumeTo = "waiting";
		else job.state = "waiting";
		const feed = async (): Promise<void> => {
			for (const n of need) {
				try {
					if (n.sequential) {
						const bytes = await job.ahead.read(n.source, n.start);
						this.give(job, n.source, n.start, bytes.subarray(0, n.end - n.start));
					} else
						for (const piece of await this.sources.random(n.source, n.start, n.end)) this.give(job, n.source, piece.offset, piece.bytes);
				} catch (e) {
					if (this.jobs.has(job.id) && !this.dead)
						this.engine.unreadable(job.id, n.source, n.start, e instanceof Error ? e.message : String(e));
				}
			}
		};
		feed()
			.catch((e) => this.die(e))
			.finally(() => {
				if (job.state === "paused") job.resumeTo = "ready";
				else job.state = "ready";
				this.schedule();
			});
	}

	private give(job: Job, source: number, offset: number, bytes: Uint8Array): void {
		if (this.jobs.has(job.id) && !this.dead) this.engine.supply(job.id, source, offset, bytes);
	}

	/** Tells the page that inputs or counts changed, at most every 250 ms; the last change is never swallowed. */
	changed(force: boolean): void {
		if (this.dead) return;
		const mark = this.engine.watermark();
		const print = this.engine.fingerprint();
		if (mark === this.lastMark && print === this.lastPrint) return;
		const now = performance.now();
		clearTimeout(this.changedTimer);
		if (!force && now - this.changedAt < 250) {
			this.changedTimer = setTimeout(() => this.changed(true), 250);
			return;
		}
		const what: ("packets" | "facts")[] = [
			...(mark !== this.lastMark ? (["packets"] as const) : []),
			...(print !== this.lastPrint ? (["facts"] as const) : []),
		];
		this.lastMark = mark;
		this.lastPrint = print;
		this.changedAt = now;
		this.post({ notice: "changed", fingerprint: print, packets: mark, memory: this.engine.memory(), what });
	}

	/** The captures' own hashes are done; they are no input of any result, so the fingerprint stays. */
	hashed(): void {
		if (this.dead) return;
		this.post({
			notice: "changed",
			fingerprint: this.engine.fingerprint(),
			packets: this.engine.watermark(),
			memory: this.engine.memory(),
			what: ["hashes"],
		});
	}

	progressOf(id: number, progress: Progress): void {
		this.post({
			id,
			state: "progress",
			covers: null,
			fingerprint: this.engine.fingerprint(),
			limits: [],
			payload: null,
			progress,
			error: null,
		});
	}
}
