/** Makes the worker out of the page's own inert blocks: the only place that creates a script address. */

import { decode } from "../base/base91.ts";
import { connect, disconnect } from "./client.ts";
import type { Start } from "./worker/main.ts";

interface Policy {
	createScriptURL(url: string): unknown;
}

interface TrustedTypes {
	createPolicy(name: string, rules: { createScriptURL(url: string): string }): Policy;
}

const types = (globalThis as { trustedTypes?: TrustedTypes }).trustedTypes;
const policy: Policy | undefined = types?.createPolicy("weir", {
	createScriptURL(url) {
		if (!url.startsWith("blob:")) throw new TypeError("only the page's own worker");
		return url;
	},
});

export function block(id: string): string {
	return document.getElementById(id)?.textContent?.trim() ?? "";
}

async function inflate(bytes: Uint8Array): Promise<Uint8Array> {
	const plain = new Blob([bytes as BlobPart]).stream().pipeThrough(new DecompressionStream("gzip"));
	return new Uint8Array(await new Response(plain).arrayBuffer());
}

/** Where the page keeps things: see scripts/bundle. */
export const BUILD = (): string => document.querySelector('meta[name="weir-build"]')?.getAttribute("content") ?? "";

export async function startEngine(): Promise<void> {
	const at = Date.now();
	const script = await inflate(decode(block("weir-worker")));
	const url = URL.createObjectURL(new Blob([script as BlobPart], { type: "text/javascript" }));
	const worker = new Worker((policy ? policy.createScriptURL(url) : url) as string, { name: "weir-engine" });
	connect(worker);
	const text = block("weir-wasm");
	const wasm = text ? decode(text) : null;
	const message: Start = { start: { wasm, build: BUILD(), at } };
	worker.postMessage(message, wasm ? [wasm.buffer as ArrayBuffer] : []);
}

export async function restartEngine(): Promise<void> {
	disconnect();
	await startEngine();
}

/** The embedded sample capture as a file, or null when this build has none. */
export async function sampleFile(): Promise<File | null> {
	const text = block("weir-sample");
	if (!text) return null;
	const name = document.getElementById("weir-sample")?.getAttribute("data-name") ?? "sample.pcap";
	return new File([(await inflate(decode(text))) as BlobPart], name);
}
