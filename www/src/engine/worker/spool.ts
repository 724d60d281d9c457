/** Compressed captures become re-readable: decompressed piece by piece into a Blob, which the browser may keep on disk. */

import { SLICE } from "./sources.ts";
import type { WasmModule } from "./wasm.ts";

const TAKE = 4 * 1024 * 1024;

export type Kind = "gzip" | "zstd";

export async function compressionOf(file: Blob, module: WasmModule): Promise<Kind | null> {
	const head = new Uint8Array(await file.slice(0, 16).arrayBuffer());
	const kind = module.Decoder.detect(head);
	return kind === "gzip" || kind === "zstd" ? kind : null;
}

export interface Spooled {
	blob: Blob;
	/** Damage or a bound that ended it early; what came before is kept. */
	stopped: unknown;
}

/** `tick` is told compressed bytes done and may answer false to stop. */
export async function spool(file: Blob, kind: Kind, module: WasmModule, tick: (done: number) => Promise<boolean>): Promise<Spooled> {
	const decoder = new module.Decoder(kind);
	const parts: Blob[] = [];
	let stopped: unknown = null;
	try {
		for (let at = 0; at < file.size || at === 0; at += SLICE) {
			const bytes = new Uint8Array(await file.slice(at, at + SLICE).arrayBuffer());
			decoder.push(bytes, at + SLICE >= file.size);
			for (;;) {
				const out = decoder.take(TAKE);
				if (out.length === 0) break;
				parts.push(new Blob([out as BlobPart]));
				if (!(await tick(Math.min(file.size, at + bytes.length)))) return { blob: new Blob(parts), stopped };
			}
		}
	} catch (e) {
		stopped = e;
	} finally {
		decoder.free();
	}
	return { blob: new Blob(parts), stopped };
}
