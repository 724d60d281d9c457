/**
 * The single file as a list of inert blocks. The bundler and the page use the same template, so the page can write
 * itself out byte for byte with another case in the slot. Every text must be free of carriage returns.
 */

export interface Blocks {
	/** Content security policy, with the hashes of style and script. */
	csp: string;
	/** "0.1.0 3f2a…". */
	build: string;
	style: string;
	script: string;
	/** gzip + base91 of the worker's text. */
	worker: string;
	/** zstd + base91 of the wasm, a quarter less than gzip; "" in test builds. */
	wasm: string;
	/** gzip + base91 of the sample capture; "" for none. */
	sample: string;
	sampleName: string;
	/** The scope that goes with the sample, JSON with < escaped; "" for none. */
	sampleScope: string;
	/** A case as JSON with < escaped; "" for none. */
	case: string;
	/** base64 of a case file with what goes beside that case; "" for nothing. */
	parts: string;
}

const attribute = (text: string): string => text.replaceAll("&", "&amp;").replaceAll('"', "&quot;").replaceAll("<", "&lt;");

export function assemble(b: Blocks): string {
	return `<!doctype html>
<html lang="en" data-theme="system">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${attribute(b.csp)}">
<meta name="referrer" content="no-referrer">
<meta http-equiv="x-dns-prefetch-control" content="off">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="weir-build" content="${attribute(b.build)}">
<title>Weir</title>
<style id="weir-style">${b.style}</style>
</head>
<body>
<div id="app"><noscript>Weir needs scripts to be allowed for this file. It makes no network requests.</noscript></div>
<script type="text/plain" id="weir-case">${b.case}</script>
<script type="text/plain" id="weir-parts">${b.parts}</script>
<script type="text/plain" id="weir-sample" data-name="${attribute(b.sampleName)}">${b.sample}</script>
<script type="text/plain" id="weir-sample-scope">${b.sampleScope}</script>
<script type="text/plain" id="weir-worker">${b.worker}</script>
<script type="text/plain" id="weir-wasm">${b.wasm}</script>
<script id="weir-script">${b.script}</script>
</body>
</html>
`;
}

/** JSON that cannot end its script element. */
export function inert(json: string): string {
	return json.replaceAll("<", "\\u003c").replaceAll("\r", "\\r");
}

/** Reads the page's own blocks and puts them together again with another case and what goes beside it, as base64. */
export function copyOfPage(caseJson: string, parts = ""): string {
	const text = (id: string): string => document.getElementById(id)?.textContent ?? "";
	const meta = (q: string): string => document.querySelector(q)?.getAttribute("content") ?? "";
	return assemble({
		csp: meta('meta[http-equiv="Content-Security-Policy"]'),
		build: meta('meta[name="weir-build"]'),
		style: text("weir-style"),
		script: text("weir-script"),
		worker: text("weir-worker"),
		wasm: text("weir-wasm"),
		sample: text("weir-sample"),
		sampleScope: text("weir-sample-scope"),
		sampleName: document.getElementById("weir-sample")?.getAttribute("data-name") ?? "",
		case: caseJson === "" ? "" : inert(caseJson),
		parts,
	});
}
