/** Bundles every src/**\/*.test.ts with esbuild and runs them with node's own runner. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const tests = readdirSync(join(root, "src"), { recursive: true })
	.map(String)
	.filter((f) => f.endsWith(".test.ts"))
	.map((f) => join(root, "src", f));
if (tests.length === 0) throw new Error("no tests found under www/src");
const out = mkdtempSync(join(tmpdir(), "weir-www-"));
await build({
	entryPoints: tests,
	outdir: out,
	outbase: join(root, "src"),
	outExtension: { ".js": ".mjs" },
	bundle: true,
	format: "esm",
	platform: "node",
	target: "node20",
	logLevel: "warning",
});
const files = readdirSync(out, { recursive: true })
	.map(String)
	.filter((f) => f.endsWith(".test.mjs"))
	.map((f) => join(out, f));
const r = spawnSync(process.execPath, ["--test", ...files], { stdio: "inherit" });
rmSync(out, { recursive: true });
process.exit(r.status ?? 1);
