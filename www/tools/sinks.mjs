/** Refuses what the page must never do: markup from strings, style attributes, evaluation, network. */
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const src = join(dirname(fileURLToPath(import.meta.url)), "..", "src");
const FORBIDDEN = [
	[/\b(inner|outer)HTML\b/, "markup from a string"],
	[
		/insertAdjacentHTML|dangerouslySetInnerHTML|document\.write|createContextualFragment|srcdoc|parseFromString|setHTMLUnsafe/,
		"markup from a string",
	],
	[/\bstyle=["'`]|style=\{["'`]|setAttribute\(["']style/, "a style attribute (the policy blocks it)"],
	[/createElement\(["'](style|script|iframe|object|embed)["']/, "an element that the policy blocks"],
	[/\bfetch\s*\(|XMLHttpRequest|WebSocket|EventSource|sendBeacon|importScripts|window\.open|navigator\.serviceWorker/, "a network door"],
	[/\beval\s*\(|new Function\s*\(|setTimeout\(\s*["'`]/, "evaluation of text"],
	[/type:\s*["']module["']/, "a module worker (fails from file://)"],
	[/https?:\/\/[a-z]/i, "an address of the network"],
];
/** Text that only mentions an address, as help or a test value. */
const ALLOWED = [/\bhttps?:\/\/\[?:|x\.example|bad\.?\[?example|hXXp|www\.w3\.org\/2000\/svg/];

let bad = 0;
for (const file of readdirSync(src, { recursive: true }).map(String)) {
	if (!/\.tsx?$/.test(file) || file.endsWith(".test.ts")) continue;
	readFileSync(join(src, file), "utf8")
		.split("\n")
		.forEach((line, n) => {
			for (const [pattern, why] of FORBIDDEN)
				if (pattern.test(line) && !ALLOWED.some((a) => a.test(line))) {
					console.error(`www/src/${file}:${n + 1}: ${why}: ${line.trim()}`);
					bad++;
				}
		});
}
if (bad > 0) process.exit(1);
console.log("sinks: fine");
