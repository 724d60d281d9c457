/**
 * The capture recipe: from scope and window to copy-ready commands for dumpcap, tcpdump, tshark and pktmon,
 * with ring size, names, hash line and custody line. Says what the filter leaves out. Runs nothing.
 */

import type { Scope } from "../engine/contract.ts";
import { isIpv4, isIpv6, isNetwork } from "./scope.ts";

export interface RecipeInput {
	scope: Scope;
	/** Addresses of the scope's names, where known. */
	servers: string[];
	hours: number;
	bits_per_s: number;
	interface: string;
	/** Bytes kept of each packet; 0 is all. */
	snap: number;
	/** Size of one file of the ring, in megabytes of 1,000,000 bytes. */
	file_mb: number;
	/** Begins every file name. */
	prefix: string;
}

export interface Recipe {
	/** libpcap filter; "" captures everything. */
	bpf: string;
	total_bytes: number;
	files: number;
	file_mb: number;
	commands: { tool: string; where: string; command: string }[];
	hash: string;
	custody: string;
	leaves_out: string[];
	warnings: string[];
}

const CONTROL_PORTS: Record<string, number[]> = {
	http: [80, 8080, 8000, 8081, 3128],
	ftp: [20, 21],
	"ftp-data": [20],
	tls: [443, 8443],
	https: [443, 8443],
	dns: [53],
	smtp: [25, 465, 587],
	imap: [143, 993],
	pop: [110, 995],
	ssh: [22],
	rdp: [3389],
	smb: [139, 445],
};

const isPlace = (t: string): boolean => isIpv4(t) || isIpv6(t) || isNetwork(t);

/** "192.168.100.0/24" is a net, "192.168.100.7" a host; IPv6 alike. */
function place(value: string): string {
	return value.includes("/") && !value.endsWith(value.includes(":") ? "/128" : "/32")
		? `net ${value}`
		: `host ${value.replace(/\/\d+$/, "")}`;
}

function anyOf(parts: string[]): string {
	const unique = [...new Set(parts)];
	return unique.length > 1 ? `(${unique.join(" or ")})` : (unique[0] ?? "");
}

/**
 * Targets, and of their traffic: everything with known servers, name look-ups, address assignment, and everything
 * else too unless the rate makes a full capture too large. FTP data and odd ports need the targets whole, so ports
 * never narrow the targets' own traffic.
 */
export function captureFilter(scope: Scope, servers: string[]): string {
	const targets = [...scope.networks, ...scope.hosts].filter(isPlace);
	const exclude = scope.exclude.filter(isPlace);
	const known = servers.filter(isPlace);
	if (targets.length === 0 && known.length === 0) return "";
	const wanted = anyOf([...targets, ...known].map(place));
	const without = exclude.length ? ` and not ${anyOf(exclude.map(place))}` : "";
	// Tagged copies would be missed without the second half: the tag shifts every offset.
	const inner = `${wanted}${without} or arp or port 53 or port 67 or port 68 or port 546 or port 547`;
	return `(${inner}) or (vlan and (${inner}))`;
}

const quote = (s: string): string => `'${s.replaceAll("'", `'\\''`)}'`;
/** For cmd.exe: nothing inside ends the quotes, as what is quoted is checked before. */
const quoteWindows = (s: string): string => `"${s}"`;
/** As systems name interfaces: "eth0", "Wi-Fi 2", "\\Device\\NPF_{…}". */
const INTERFACE = /^[\w .:\\{}()#+-]{1,120}$/;
const safe = (s: string, otherwise: string): string => (/^[A-Za-z0-9_.:-]{1,64}$/.test(s) ? s : otherwise);

/** Room for the record headers that pcapng adds to a packet of mean size. */
const OVERHEAD = 1.06;
const MAX_FILES = 10_000;

export function recipe(input: RecipeInput): Recipe {
	const { scope } = input;
	const servers = [...input.servers, ...scope.indicators.filter((i) => i.kind === "address").map((i) => i.value)];
	const bpf = captureFilter(scope, servers);
	const keep = input.snap > 0 ? Math.min(1, input.snap / 800) : 1;
	const total = Math.ceil((input.bits_per_s / 8) * 3600 * input.hours * keep * OVERHEAD);
	const fileMb = Math.max(1, Math.round(input.file_mb));
	const wanted = Math.max(2, Math.ceil(total / (fileMb * 1e6)) + 1);
	const files = Math.min(MAX_FILES, wanted);
	const named = input.interface.trim();
	const usable = INTERFACE.test(named);
	const dev = usable ? named : "eth0";
	const device = /^[A-Za-z0-9_.:-]+$/.test(dev) ? dev : quote(dev);
	const prefix = safe(input.prefix, "capture");
	const seconds = Math.round(input.hours * 3600);
	const snapDump = input.snap > 0 ? ` -s ${input.snap}` : "";
	const filter = bpf ? ` -f ${quote(bpf)}` : "";
	const kb = fileMb * 1000;
	const commands = [
		{
			tool: "dumpcap",
			where: "Linux and macOS with Wireshark. Least loss; runs for weeks.",
			command: `dumpcap -i ${device}${snapDump}${filter} -b filesize:${kb} -b files:${files} -a duration:${seconds} -w ${prefix}.pcapng`,
		},
		{
			tool: "dumpcap on Windows",
			where: "With Wireshark; dumpcap -D lists the interfaces.",
			command: `dumpcap -i ${quoteWindows(dev)}${snapDump}${bpf ? ` -f ${quoteWindows(bpf)}` : ""} -b filesize:${kb} -b files:${files} -a duration:${seconds} -w ${prefix}.pcapng`,
		},
		{
			tool: "tcpdump",
			where: "Any Unix. Files are numbered and overwritten in turn.",
			command: `timeout ${seconds} tcpdump -i ${device} -n${input.snap > 0 ? ` -s ${input.snap}` : " -s 0"} -C ${fileMb} -W ${files} -w ${prefix}.pcap${bpf ? ` ${quote(bpf)}` : ""}`,
		},
		{
			tool: "tshark",
			where: "Where dumpcap cannot be called directly.",
			command: `tshark -q -i ${device}${snapDump}${filter} -b filesize:${kb} -b files:${files} -a duration:${seconds} -w ${prefix}.pcapng`,
		},
		{
			tool: "pktmon",
			where: "Windows without further tools, as administrator.",
			command: pktmon(scope, servers, input, prefix, fileMb, total),
		},
	];
	const leaves: string[] = [];
	if (bpf) {
		leaves.push("Traffic between hosts outside the targets and the known servers.");
		if (!servers.some(isPlace) && scope.indicators.some((i) => i.kind === "domain"))
			leaves.push("The names' addresses are not known yet: traffic with them is kept only when a target takes part.");
		leaves.push("Packets inside tunnels other than one VLAN tag (QinQ, GRE, VXLAN) whose outer addresses do not match.");
		leaves.push("Later fragments of port 53, 67 and 68 packets between other hosts: only first fragments carry ports.");
	}
	if (input.snap > 0) leaves.push(`Everything past byte ${input.snap} of each packet: files cannot be rebuilt from such a capture.`);
	if (wanted > files) leaves.push(`The oldest part: ${files} files hold less than the whole time; raise the file size.`);
	const warnings: string[] = [];
	if (!usable)
		warnings.push(
			named === ""
				? "No interface is named: eth0 stands in its place."
				: `“${named}” is not used as an interface: a name has letters, digits, spaces and . : _ - \\ { } ( ) # + only. eth0 stands in its place.`,
		);
	for (const s of input.servers.filter((x) => !isPlace(x)))
		warnings.push(`“${s}” is not used: a capture filter needs addresses. Look the name up, and write its addresses.`);
	if (total > 200e9)
		warnings.push("Over 200 GB: capture headers only (200 bytes) on a second tool and the targets in full, or shorten the time.");
	if (!bpf) warnings.push("No target network, host or server address yet: this captures everything.");
	const ports = [...new Set(scope.protocols.flatMap((p) => CONTROL_PORTS[p.toLowerCase()] ?? []))];
	if (ports.length)
		warnings.push(
			`Ports are not part of the filter on purpose: ${scope.protocols.join(", ").toUpperCase()} are also spoken on ports other than ${ports.join(", ")}.`,
		);
	return {
		bpf,
		total_bytes: total,
		files,
		file_mb: fileMb,
		commands,
		hash: `sha256sum ${prefix}*.pcap* > ${prefix}.sha256`,
		custody: `Taken by ______ on host ______, interface ${dev}, from ____-__-__ __:__ UTC to ____-__-__ __:__ UTC; clock compared with ______, off by ______ s; files ${prefix}*, hashes in ${prefix}.sha256; handed to ______ on ______.`,
		leaves_out: leaves,
		warnings,
	};
}

/** A time at which something is expected, to be captured when it comes. */
export interface Appointment {
	/** Epoch seconds. */
	lo: number;
	hi: number;
	host: string;
	/** Address of the other side; "" where it is known by name alone. */
	peer: string;
}

/** Begin that long before and go on that long after: clocks differ, and a handshake takes its time. */
const EARLY_S = 120;
const LATE_S = 120;

/** When to begin, how long, the libpcap filter and a command that waits for the time; null without an address. */
export function appointment(of: Appointment, dev: string): { begin: number; seconds: number; bpf: string; command: string } | null {
	if (!isPlace(of.host)) return null;
	// Look-ups belong to it: the next address may be another.
	const one = `host ${of.host}`;
	const inner = isPlace(of.peer) ? `${one} and (host ${of.peer} or port 53)` : one;
	const bpf = `(${inner}) or (vlan and (${inner}))`;
	const begin = Math.floor(of.lo) - EARLY_S;
	const length = Math.max(1, Math.ceil(of.hi) + LATE_S - begin);
	const d = new Date(begin * 1000);
	if (Number.isNaN(d.getTime())) return null;
	const stamp = d.toISOString();
	const name = `weir-expected-${stamp.slice(0, 16).replace(/[-:]/g, "")}Z.pcapng`;
	const device = /^[A-Za-z0-9_.:-]+$/.test(dev) ? dev : "eth0";
	// `at` counts in minutes; the ones before the interval make up for that.
	const when = `${stamp.slice(0, 4)}${stamp.slice(5, 7)}${stamp.slice(8, 10)}${stamp.slice(11, 13)}${stamp.slice(14, 16)}`;
	const dump = `dumpcap -i ${device} -f "${bpf}" -a duration:${length} -w ${name}`;
	return { begin, seconds: length, bpf, command: `echo '${dump}' | TZ=UTC at -t ${when}` };
}

const TIMEOUT_MOST = 99_999;

/** pktmon knows only addresses and ports, one filter a line, joined by or. */
function pktmon(scope: Scope, servers: string[], input: RecipeInput, prefix: string, fileMb: number, total: number): string {
	const lines = ["pktmon filter remove"];
	const places = [...scope.networks, ...scope.hosts, ...servers].filter(isPlace);
	if (places.length > 0) {
		places.forEach((t, i) => {
			lines.push(`pktmon filter add target${i + 1} -i ${t}`);
		});
		lines.push("pktmon filter add dns -p 53", "pktmon filter add dhcp -t UDP -p 67");
	}
	const size = Math.max(fileMb, Math.ceil(total / 1e6));
	lines.push(
		`pktmon start --capture --pkt-size ${input.snap > 0 ? input.snap : 0} --file-name ${prefix}.etl --file-size ${size} --log-mode circular`,
	);
	// One call waits 99,999 seconds at most.
	for (let left = Math.round(input.hours * 3600); left > 0; left -= TIMEOUT_MOST) lines.push(`timeout /t ${Math.min(TIMEOUT_MOST, left)}`);
	lines.push("pktmon stop", `pktmon etl2pcap ${prefix}.etl --out ${prefix}.pcapng`);
	return lines.join("\n");
}
