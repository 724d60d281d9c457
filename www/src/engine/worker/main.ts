/** The worker: starts the engine from its zstd bytes, spools compressed captures, and runs the jobs. */

import { decompress } from "fzstd";
import { type CaptureProgress, type Control, type Notice, type Ops, PRIORITY, type Reply, type Request } from "../contract.ts";
import { isEngineError, Jobs } from "./jobs.ts";
import { Sources } from "./sources.ts";
import { compressionOf, spool } from "./spool.ts";
import type { LoadArgs, WasmEngine, WasmModule } from "./wasm.ts";

/** The glue of wasm-bindgen (`no-modules`) stands before this script in the same text. */
declare const wasm_bindgen: WasmModule & ((init: { module_or_path: unknown }) => Promise<unknown>);

export interface Start {
	start: { wasm: Uint8Array | null; build: string; at: number };
}

const sources = new Sources();
let jobs: Jobs | null = null;
let engine: WasmEngine;
const spooling = new Map<number, { cancelled: boolean; paused: boolean }>();
let internal = 0x8000_0000;
const waiting: MessageEvent[] = [];

function post(message: Reply | Notice, transfer: Transferable[] = []): void {
	(self as unknown as { postMessage(m: unknown, t: Transferable[]): void }).postMessage(message, transfer);
}

async function begin(start: Start["start"]): Promise<void> {
	try {
		if (start.wasm) {
			await wasm_bindgen({ module_or_path: await WebAssembly.compile(decompress(start.wasm) as BufferSource) });
		} else await wasm_bindgen({ module_or_path: null });
		const seed = crypto.getRandomValues(new BigUint64Array(1))[0] ?? 1n;
		engine = new wasm_bindgen.Engine(seed);
		jobs = new Jobs(engine, sources, post, ended);
		post({ notice: "ready", version: engine.version(), build: start.build, started_ms: Date.now() - start.at });
		for (const e of waiting.splice(0)) receive(e);
	} catch (e) {
		post({
			notice: "dead",
			error: {
				kind: "bug",
				message: "The engine could not be started in this browser.",
				where: e instanceof Error ? e.message : String(e),
				kept: "Your notes are safe.",
			},
		});
	}
}

function ended(op: string, state: string): void {
	if (op === "load" && (state === "done" || state === "cancelled")) jobs?.begin(internal++, "hash", {}, PRIORITY.hashing, true);
	if (op === "hash") jobs?.hashed();
}

async function addCaptures(id: number, { files, after }: Ops["captures.add"]["args"]): Promise<void> {
	if (!jobs) return;
	const state = { cancelled: false, paused: false };
	spooling.set(id, state);
	const total = files.reduce((n, f) => n + f.size, 0);
	const lines: CaptureProgress[] = files.map((f) => ({
		capture: null,
		name: f.name,
		bytes: 0,
		of_bytes: f.size,
		packets: 0,
		phase: "waiting",
		error: null,
	}));
	const ready: LoadArgs["files"] = [];
	let before = 0;
	let reported = 0;
	for (const [i, file] of files.entries()) {
		if (state.cancelled) break;
		let blob: Blob = file;
		let kind: "gzip" | "zstd" | null = null;
		try {
			kind = await compressionOf(file, wasm_bindgen);
			if (kind) {
				const line = lines[i] as CaptureProgress;
				line.phase = "unpacking";
				const got = await spool(file, kind, wasm_bindgen, async (done) => {
					line.bytes = done;
					if (performance.now() - reported > 200) {
						reported = performance.now();
						jobs?.progressOf(id, { phase: "unpacking", done: before + done, of: total, unit: "bytes", captures: structuredClone(lines) });
						await new Promise((r) => setTimeout(r));
					}
					while (state.paused && !state.cancelled) await new Promise((r) => setTimeout(r, 50));
					return !state.cancelled;
				});
				if (got.stopped)
					line.error = isEngineError(got.stopped)
						? got.stopped
						: { kind: "input", message: String(got.stopped), where: file.name, kept: null };
				blob = got.blob;
			}
		} catch {
			// Unreadable now: the engine asks for its bytes, is told why, and says so in its own words.
		}
		ready.push({
			source: sources.add(blob),
			raw: sources.add(file),
			broken: lines[i]?.error?.message ?? null,
			name: file.name,
			bytes: file.size,
			plain_bytes: blob.size,
			compression: kind,
			modified_ms: file.lastModified,
		});
		before += file.size;
	}
	spooling.delete(id);
	if (state.cancelled) {
		post({ id, state: "cancelled", covers: null, fingerprint: "", limits: [], payload: null, progress: null, error: null });
		return;
	}
	jobs.begin(id, "load", { files: ready, after } satisfies LoadArgs, PRIORITY.load);
	if (state.paused) jobs.pause(id);
}

/** Longest case file, as the engine has it: the rest is not read. */
const MAX_CASE = 512 * 2 ** 20;

/** Case files are read here: bytes in a request's args would be numbers, one by one. */
async function caseFile(m: Request<"case.unpack"> | Request<"case.pack">): Promise<void> {
	const bytes = async (b: Blob): Promise<Uint8Array> => new Uint8Array(await b.slice(0, MAX_CASE + 1).arrayBuffer());
	try {
		if (m.op === "case.unpack") {
			const read = await bytes((m.args as Ops["case.unpack"]["args"]).file);
			jobs?.begin(m.id, m.op, null, m.priority, false, () => engine.unpack_case(read));
		} else {
			const { document, parts } = m.args as Ops["case.pack"]["args"];
			const read = await Promise.all(parts.map((p) => bytes(p.blob)));
			const told = parts.map(({ sort, name, what }) => ({ sort, name, what }));
			jobs?.begin(m.id, m.op, null, m.priority, false, () => engine.pack_case({ document, parts: told }, read));
		}
	} catch (e) {
		jobs?.begin(m.id, m.op, null, m.priority, false, () => {
			throw { kind: "input", message: "The file could not be read.", where: e instanceof Error ? e.message : String(e), kept: null };
		});
	}
}

function receive(e: MessageEvent): void {
	const m = e.data as Start | Control | Request;
	if ("start" in m) {
		void begin(m.start);
		return;
	}
	if (!jobs) {
		waiting.push(e);
		return;
	}
	if ("control" in m) {
		const s = spooling.get(m.id);
		if (s) {
			if (m.control === "cancel") s.cancelled = true;
			else s.paused = m.control === "pause";
		} else jobs[m.control](m.id);
		return;
	}
	if (m.op === "captures.add") void addCaptures(m.id, m.args as Ops["captures.add"]["args"]);
	else if (m.op === "case.unpack" || m.op === "case.pack") void caseFile(m as Request<"case.unpack"> | Request<"case.pack">);
	else jobs.begin(m.id, m.op, m.args, m.priority);
}

self.onmessage = receive;
