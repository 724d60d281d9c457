/** How the worker drives the wasm engine: what `crates/wasm` exports. Requests and results are those of the contract. */

import type { Covers, EngineError, LimitFact, Progress } from "../contract.ts";

/**
 * What `crates/wasm` exports (wasm-bindgen, `--target no-modules`). Every method is synchronous and short.
 * One engine answers many requests; each is a job named by the request's id.
 */
export interface WasmEngine {
	/**
	 * Starts request `id`. The engine's own op for `captures.add` is `load` with {@link LoadArgs};
	 * beside it there is `hash` ({}): content hashes and the captures' own, begun by the worker after a load.
	 * All other ops are those of `Ops` with the same args. Short ones answer at once with `done`.
	 */
	call(id: number, op: string, args: unknown): Step;
	/** Goes on with at most `fuel` packets, keys or rows. Not called while the job waits for bytes. */
	step(id: number, fuel: number): Step;
	/** Bytes that job `id` asked for; any piece of a needed range, in any order. Copied, never kept by reference. */
	supply(id: number, source: number, offset: number, bytes: Uint8Array): void;
	/** A needed range cannot be read (the file changed on disk): the job fails or goes on without it. */
	unreadable(id: number, source: number, offset: number, reason: string): void;
	/** Ends a job between steps; its result so far is kept where that makes sense (a load keeps what was read). */
	cancel(id: number): Step;
	/** What a case file holds; answers at once. */
	unpack_case(bytes: Uint8Array): Step;
	/** A case file; the bytes of the parts in the order of their list. */
	pack_case(args: unknown, bytes: Uint8Array[]): Step;
	/** Bytes of wasm memory in use. */
	memory(): number;
	/** Packets published so far. */
	watermark(): number;
	fingerprint(): string;
	version(): string;
	free(): void;
}

export interface LoadArgs {
	/** `source` is the worker's number of the plain bytes for later `need` and `supply`, `raw` that of the bytes as on disk; `broken` says why unpacking ended early. */
	files: {
		source: number;
		raw: number;
		broken: string | null;
		name: string;
		bytes: number;
		plain_bytes: number;
		compression: string | null;
		modified_ms: number;
	}[];
	/** These are slices that came with a case, whose own captures have letters up to this one. */
	after?: string;
}

/** Answer of `call`, `step` and `cancel`. */
export interface Step {
	/** `more`: call step again · `need`: supply these first · the rest end or report as in Reply. */
	state: "more" | "need" | "partial" | "done" | "cancelled" | "failed";
	/**
	 * Ends are exclusive. Otherwise all ranges are supplied before the next `step` (joined, read in pages of about 1 MiB).
	 * With `sequential` one range is named, usually up to the end of the file: the worker supplies its first 8 MiB at
	 * most, steps again, and reads ahead of what will be needed next.
	 */
	need: { source: number; start: number; end: number; sequential: boolean }[];
	progress: Progress | null;
	covers: Covers | null;
	limits: LimitFact[];
	payload: unknown;
	/** `rows`: the page; blob ops: the next chunk. Its buffer is transferred. */
	bytes: Uint8Array | null;
	error: EngineError | null;
}

/** Also exported: streaming decompression outside the session. */
export interface WasmDecoder {
	/** Compressed bytes; `last` with the final piece. */
	push(bytes: Uint8Array, last: boolean): void;
	/** Up to `max` plain bytes; empty when it needs more input. Throws an EngineError on damage or on a bomb. */
	take(max: number): Uint8Array;
	free(): void;
}

export interface WasmModule {
	/** `seed` for hash tables, from `crypto.getRandomValues`. */
	Engine: new (
		seed: bigint,
	) => WasmEngine;
	Decoder: {
		new (kind: "gzip" | "zstd"): WasmDecoder;
		/** By the first bytes: "gzip", "zstd" or "" for anything else. */
		detect(head: Uint8Array): string;
	};
}
