import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { test } from "node:test";
import type { Scope } from "../engine/contract.ts";
import { appointment, captureFilter, recipe } from "./recipe.ts";

const scope = (more: Partial<Scope>): Scope => ({
	schema: 1,
	issue: "breach",
	question: "",
	zone: "UTC",
	window: {},
	networks: ["192.0.2.0/24"],
	hosts: [],
	exclude: [],
	protocols: ["http", "ftp"],
	indicators: [],
	...more,
});
const input = { servers: [], hours: 50, bits_per_s: 40e6, interface: "eth1", snap: 0, file_mb: 500, prefix: "case" };

test("the ring holds hours times rate", () => {
	const r = recipe({ ...input, scope: scope({}) });
	assert.ok(r.total_bytes > 900e9 && r.total_bytes < 1000e9, String(r.total_bytes));
	assert.ok(r.files * r.file_mb * 1e6 >= r.total_bytes);
	assert.match(r.commands[0]?.command ?? "", /-b filesize:500000 -b files:\d+ -a duration:180000 /);
});

test("text from elsewhere cannot leave its place in a command", () => {
	const r = recipe({
		...input,
		interface: "eth0; rm -rf /",
		prefix: "a b$(x)",
		scope: scope({ networks: ["192.0.2.0/24'; x"], hosts: ["$(y)"] }),
	});
	assert.ok(r.warnings.some((w) => w.includes("is not used as an interface")));
	for (const c of r.commands.slice(0, 4)) assert.doesNotMatch(c.command, /rm -rf|\$\(|; x/);
});

test("what is typed is used or its refusal is said", () => {
	const r = recipe({ ...input, interface: "\\Device\\NPF_{1A-2B}", servers: ["files.example.net", "203.0.113.9"], scope: scope({}) });
	assert.match(r.commands[0]?.command ?? "", /-i '\\Device\\NPF_\{1A-2B\}' /);
	assert.match(r.commands[1]?.command ?? "", /-i "\\Device\\NPF_\{1A-2B\}" -f "\(/);
	assert.ok(r.warnings.some((w) => w.includes("files.example.net")));
	assert.match(r.bpf, /203\.0\.113\.9/);
});

test("address indicators are known servers, and long waits are split", () => {
	const r = recipe({ ...input, scope: scope({ indicators: [{ kind: "address", value: "198.51.100.77" }] }) });
	assert.match(r.bpf, /host 198\.51\.100\.77/);
	assert.match(r.commands.at(-1)?.command ?? "", /timeout \/t 99999\ntimeout \/t 80001\n/);
});

test("no target captures everything and says so", () => {
	const r = recipe({ ...input, scope: scope({ networks: [] }) });
	assert.equal(r.bpf, "");
	assert.ok(r.warnings.some((w) => w.includes("captures everything")));
});

test("filters compile", (t) => {
	const cases: [Scope, string[]][] = [
		[scope({}), []],
		[scope({ networks: ["192.0.2.0/24", "2001:db8::/32"], hosts: ["198.51.100.7", "2001:db8::1"] }), ["203.0.113.9"]],
		[scope({ exclude: ["192.0.2.9"] }), ["203.0.113.9", "2001:db8::9"]],
		[scope({ networks: [], hosts: ["192.0.2.7"] }), []],
	];
	try {
		execFileSync("tcpdump", ["--version"], { stdio: "ignore" });
	} catch {
		t.skip("tcpdump is not installed");
		return;
	}
	for (const [s, servers] of cases) {
		const out = execFileSync("tcpdump", ["-y", "EN10MB", "-d", captureFilter(s, servers)], { encoding: "utf8" });
		assert.match(out, /\(000\)/);
	}
});

test("an expected check-in is captured from before it to after it, at its time in UTC", () => {
	const a = appointment({ lo: 1772625600.5, hi: 1772626200.2, host: "10.0.0.5", peer: "198.51.100.7" }, "eth0");
	assert.equal(a?.begin, 1772625480);
	assert.equal(a?.seconds, 841);
	assert.equal(a?.bpf.startsWith("(host 10.0.0.5 and (host 198.51.100.7 or port 53)) or (vlan"), true);
	assert.match(
		a?.command ?? "",
		/^echo 'dumpcap -i eth0 -f "[^'"]+" -a duration:841 -w weir-expected-20260304T1158Z\.pcapng' \| TZ=UTC at -t 202603041158$/,
	);
	// A name is no address, and nothing hostile reaches a shell.
	assert.equal(
		appointment({ lo: 0, hi: 1, host: "10.0.0.5", peer: "x'; rm -rf /" }, "a b")?.bpf,
		"(host 10.0.0.5) or (vlan and (host 10.0.0.5))",
	);
	assert.equal(appointment({ lo: 0, hi: 1, host: "bad.example", peer: "" }, "eth0"), null);
	assert.equal(appointment({ lo: 1e15, hi: 1e15, host: "10.0.0.5", peer: "" }, "eth0"), null);
});
