// A stand-in for the wasm engine, for tests of the page alone. Speaks www/src/engine/contract.ts; its traffic is made up.
// biome-ignore lint/correctness/noUnusedVariables: the worker reads this name
var wasm_bindgen = (() => {
	const T0 = 1772452800n * 1000000000n;
	const NONE = -(2n ** 63n);
	const pad = (n, w) => String(n).padStart(w, "0");
	const epoch = (n) => `${n / 1000000000n}.${pad(n % 1000000000n, 9)}`;
	const time = (n) => T0 + BigInt(n) * 137000000n + BigInt((n * 7919) % 1000) * 1000n;
	const BAD = "203.0.113.9";
	const client = (n) => `192.168.100.${20 + ((n * 31) % 23)}`;
	const server = (n) => ["203.0.113.9", "198.51.100.20", "198.51.100.33", "192.168.100.2"][n % 4];
	const kinds = [
		{ p: "TCP", tint: 0, info: (n) => `${50000 + (n % 999)} → 443 [ACK] Seq=${n} Ack=${n * 3} Win=501 Len=0`, len: 66 },
		{
			p: "HTTP",
			tint: 1,
			info: (n) =>
				n % 60 === 1
					? "GET /superbad.exe HTTP/1.1"
					: n % 60 === 21
						? "HTTP/1.1 200 OK (application/octet-stream)"
						: `GET /news/${n}.html HTTP/1.1`,
			len: 214,
		},
		{
			p: "DNS",
			tint: 2,
			info: (n) => `Standard query 0x${(n % 65536).toString(16)} A ${n % 20 === 2 ? "bad.example.com" : `host${n % 40}.example.org`}`,
			len: 84,
		},
		{ p: "TLSv1.2", tint: 3, info: () => "Client Hello (SNI=benign.example.org)", len: 583 },
		{ p: "FTP", tint: 4, info: (n) => (n % 50 === 4 ? "Request: RETR new-crypto-miner.exe" : "Response: 226 Transfer complete"), len: 92 },
		{ p: "ARP", tint: 5, info: (n) => `Who has ${client(n)}? Tell 192.168.100.1`, len: 60 },
		{ p: "ICMP", tint: 6, info: () => "Destination unreachable (Port unreachable)", len: 98 },
		{ p: "TCP", tint: 7, info: () => "[TCP Previous segment not captured] 80 → 50112 [PSH, ACK]", len: 1514 },
	];
	const kind = (n) => kinds[n % 2 === 0 ? (n % 10 === 0 ? 5 : 0) : (n * 13) % 8];
	const packetRow = (n) => {
		const k = kind(n);
		return {
			time: time(n),
			number: n,
			flags: k.tint | (k.tint === 7 ? 0x30 : 0) | (n % 61 === 0 ? 0x40 : 0) | (n % 97 === 0 ? 0x100 : 0),
			cells: ["", "", client(n), k.p === "ARP" ? "broadcast" : server(n), k.p, String(k.len), k.info(n)],
		};
	};
	const C = (id, title, kindOf, width, field, standard = true) => ({ id, title, kind: kindOf, width, sortable: true, field, standard });
	const TABLES = {
		packets: {
			columns: [
				C("no", "No.", "text", 8, "frame.number"),
				C("time", "Time", "text", 15, null),
				C("source", "Source", "address", 17, "ip.src"),
				C("destination", "Destination", "address", 17, "ip.dst"),
				C("protocol", "Protocol", "text", 9, null),
				C("length", "Length", "number", 7, "frame.len"),
				C("info", "Info", "text", 60, null),
			],
			row: (i) => packetRow(i + 1),
			count: (s) => s.packets,
		},
		flows: {
			columns: [
				C("flow", "Stream", "flow", 12, null),
				C("client", "Client", "address", 23, null),
				C("server", "Server", "address", 21, null),
				C("protocol", "Protocol", "text", 9, null),
				C("packets", "Packets", "number", 9, null),
				C("sent", "→ Bytes", "bytes", 9, null),
				C("received", "← Bytes", "bytes", 9, null),
				C("first", "First", "time", 25, null),
				C("duration", "Duration", "duration", 10, null),
				C("state", "State", "text", 10, null),
				C("packet", "Packet", "packet", 9, null),
				C("community_id", "Community ID", "text", 34, null, false),
			],
			row: (i) => ({
				time: time(i * 9 + 1),
				number: i,
				flags: kind(i).tint,
				cells: [
					`A:tcp:${i}`,
					`${client(i)}:${50000 + i}`,
					`${server(i)}:80`,
					kind(i).p,
					String(9 + (i % 40)),
					String(700 + i * 3),
					String(90000 - i),
					epoch(time(i * 9 + 1)),
					`${i % 30}.250000000`,
					i % 5 ? "SF" : "S1",
					`A:${i * 9 + 1}`,
					"1:hO+sN4H+MG5MY/8hIrXPqc4ZQz0=",
				],
			}),
			count: (s) => Math.floor(s.packets / 9),
		},
		hosts: {
			columns: [
				C("host", "Host", "address", 18, "ip.addr"),
				C("name", "Name", "text", 22, null),
				C("mac", "MAC", "address", 18, "eth.addr"),
				C("role", "Role", "text", 14, null),
				C("packets", "Packets", "number", 9, null),
				C("sent", "Sent", "bytes", 9, null),
				C("received", "Received", "bytes", 9, null),
				C("first", "First", "time", 25, null),
				C("packet", "Packet", "packet", 9, null),
			],
			row: (i) => ({
				time: time(i),
				number: i,
				flags: 0,
				cells: [
					`192.168.100.${20 + i}`,
					`WS-${pad(i + 1, 2)}`,
					`02:00:5e:00:00:${pad(i + 10, 2)}`,
					"workstation",
					String(1200 + i),
					"188000",
					"9200000",
					epoch(time(i)),
					`A:${i + 1}`,
				],
			}),
			count: (s) => (s.packets ? 23 : 0),
		},
		messages: {
			columns: [
				C("time", "Time", "time", 25, null),
				C("protocol", "Protocol", "text", 8, null),
				C("client", "Client", "address", 17, "ip.src"),
				C("server", "Server", "address", 17, "ip.dst"),
				C("request", "Request", "text", 44, null),
				C("response", "Response", "text", 20, null),
				C("packet", "Packet", "packet", 9, null),
				C("flow", "Stream", "flow", 10, null),
			],
			row: (i) => ({
				time: time(i * 5 + 1),
				number: i,
				flags: (i % 3) + 1,
				cells: [
					epoch(time(i * 5 + 1)),
					["HTTP", "DNS", "FTP"][i % 3],
					client(i),
					server(i),
					["GET http://bad.example.com/superbad.exe", "A bad.example.com", "RETR new-crypto-miner.exe"][i % 3],
					["200 OK", "203.0.113.9", "226"][i % 3],
					`A:${i * 5 + 1}`,
					`A:tcp:${i % 50}`,
				],
			}),
			count: (s) => Math.floor(s.packets / 5),
		},
		files: {
			columns: [
				C("id", "File", "artifact", 12, null, false),
				C("name", "Name", "text", 26, null),
				C("type", "Type by content", "text", 24, null),
				C("size", "Size", "bytes", 9, null),
				C("complete", "Complete", "text", 9, null),
				C("client", "Client", "address", 17, null),
				C("server", "Server", "address", 17, null),
				C("protocol", "Protocol", "text", 8, null),
				C("packet", "Packet", "packet", 9, null),
				C("sha256", "SHA-256", "hash", 18, null),
			],
			row: (i) => ({
				time: time(i * 50),
				number: i,
				flags: i === 1 ? 0x30 : 0,
				cells: [
					`A:${i * 50 + 9}.0`,
					["superbad.exe", "logo.gif", "new-crypto-miner.exe", "‮gpj.exe", "<img src=x onerror=alert(1)>"][i % 5],
					"application/x-dosexec",
					"48200",
					i % 4 ? "yes" : "no",
					client(i),
					BAD,
					"HTTP",
					`A:${i * 50 + 9}`,
					i.toString(16).padStart(64, "9"),
				],
			}),
			count: (s) => (s.packets ? 12 : 0),
		},
		rows: { columns: [], row: () => ({ time: NONE, number: 0, flags: 0, cells: [] }), count: () => 0 },
	};
	const page = (rows, columns) => {
		const text = [];
		let size = 0;
		const enc = new TextEncoder();
		const offsets = [0];
		for (const r of rows)
			for (let i = 0; i < columns; i++) {
				const b = enc.encode(r.cells[i] ?? "");
				text.push(b);
				size += b.length;
				offsets.push(size);
			}
		const n = rows.length;
		const letters = Math.ceil((n * 2) / 4) * 4;
		const head = 24 + n * 16 + letters + offsets.length * 4;
		const out = new Uint8Array(head + size);
		const v = new DataView(out.buffer);
		v.setUint32(0, n, true);
		v.setUint32(4, columns, true);
		v.setUint32(8, size, true);
		v.setBigInt64(16, rows[0]?.before ?? NONE, true);
		rows.forEach((r, i) => {
			v.setBigInt64(24 + i * 8, r.time, true);
			v.setUint32(24 + n * 8 + i * 4, r.number, true);
			v.setUint32(24 + n * 12 + i * 4, r.flags, true);
		});
		offsets.forEach((o, i) => v.setUint32(24 + n * 16 + letters + i * 4, o, true));
		let at = head;
		for (const b of text) {
			out.set(b, at);
			at += b.length;
		}
		return out;
	};
	const FIELDS = [
		["http", "Hypertext Transfer Protocol", "protocol"],
		["http.host", "Host", "field"],
		["http.request", "Request", "field"],
		["http.request.method", "Request Method", "field"],
		["http.request.uri", "Request URI", "field"],
		["http.response.code", "Status Code", "field"],
		["ip.addr", "Source or Destination Address", "field"],
		["ip.src", "Source Address", "field"],
		["ip.dst", "Destination Address", "field"],
		["tcp.port", "Source or Destination Port", "field"],
		["tcp.stream", "Stream index", "field"],
		["dns.qry.name", "Name", "field"],
		["dns", "Domain Name System", "protocol"],
		["ftp", "File Transfer Protocol", "protocol"],
		["ftp-data", "FTP Data", "protocol"],
		["tls", "Transport Layer Security", "protocol"],
		["arp", "Address Resolution Protocol", "protocol"],
		["frame.len", "Frame length", "field"],
		["frame.number", "Frame Number", "field"],
	];
	const check = (text, caret) => {
		const word = /[\w.-]*$/.exec(text.slice(0, caret))?.[0] ?? "";
		const start = caret - word.length;
		const items =
			word === "" ? [] : FIELDS.filter((f) => f[0].startsWith(word) && f[0] !== word).map((f) => ({ text: f[0], title: f[1], kind: f[2] }));
		let error = null;
		for (const m of text.replace(/"[^"]*"?/g, (s) => " ".repeat(s.length)).matchAll(/[a-z_][\w.-]*/gi)) {
			if (["and", "or", "not", "contains", "matches", "in", "eq", "ne"].includes(m[0]) || FIELDS.some((f) => f[0] === m[0])) continue;
			error = {
				message: `There is no field or protocol called “${m[0]}”.`,
				start: m.index,
				end: m.index + m[0].length,
				suggestion: m[0].startsWith("h") ? "http.host" : null,
			};
		}
		if (!error && (text.match(/"/g) ?? []).length % 2)
			error = { message: "The text is not closed by a quotation mark.", start: text.lastIndexOf('"'), end: text.length, suggestion: null };
		const x = FIELDS.find((f) => f[0] === word);
		return {
			ok: !error,
			error,
			warning: null,
			completion: { start, end: caret, items },
			explain: x ? { name: x[0], title: x[1], type: "text", spec: "RFC 9110", values: [], example: `${x[0]} == "x"` } : null,
			plan: "index",
		};
	};
	const match = (f) => {
		if (f === "") return () => true;
		if (/superbad/.test(f)) return (n) => n % 60 === 1 && kind(n).p === "HTTP";
		if (/\bhttp\b/.test(f)) return (n) => kind(n).p === "HTTP";
		if (/\bdns\b/.test(f)) return (n) => kind(n).p === "DNS";
		if (/\bftp/.test(f)) return (n) => kind(n).p === "FTP";
		if (/\barp\b/.test(f)) return (n) => kind(n).p === "ARP";
		const s = /stream == (\d+)/.exec(f);
		if (s) return (n) => Math.floor((n - 1) / 9) === Number(s[1]);
		const a = /(\d+\.\d+\.\d+\.\d+)/.exec(f);
		if (a) return (n) => client(n) === a[1] || server(n) === a[1] || f.includes("/24");
		return (n) => n % 3 === 0;
	};
	const details = (packet) => {
		const n = Number(packet.split(":")[1]);
		const r = packetRow(n);
		const body = new TextEncoder().encode(`GET /superbad.exe HTTP/1.1\r\nHost: bad.example.com\r\nUser-Agent: odd/1.0 \u202e\r\n\r\n`);
		const bytes = new Uint8Array(54 + body.length);
		for (let i = 0; i < 54; i++) bytes[i] = (i * 37 + n) & 255;
		bytes.set(body, 54);
		const L = (depth, text, name, value, filter, start, end, more) => ({
			depth,
			text,
			name,
			value,
			filter,
			source: 0,
			start,
			end,
			layer: depth === 0,
			severity: null,
			link: null,
			spec: "",
			...more,
		});
		return {
			packet,
			time: epoch(r.time),
			captured: bytes.length,
			wire: bytes.length,
			interface: "eth0",
			comments: [],
			flow: `A:tcp:${Math.floor((n - 1) / 9)}`,
			info: r.cells[6],
			source: r.cells[2],
			destination: r.cells[3],
			protocol: r.cells[4],
			tree: [
				L(0, `Frame ${n}: ${bytes.length} bytes on wire, ${bytes.length} bytes captured`, "frame", null, null, 0, bytes.length),
				L(1, `Arrival Time: ${epoch(r.time)}`, "frame.time_epoch", epoch(r.time), `frame.time_epoch == ${epoch(r.time)}`, 0, 0),
				L(0, "Ethernet II, Src: 02:00:5e:00:00:10, Dst: 02:00:5e:00:00:01", "eth", null, "eth", 0, 14),
				L(1, "Destination: 02:00:5e:00:00:01", "eth.dst", "02:00:5e:00:00:01", "eth.dst == 02:00:5e:00:00:01", 0, 6),
				L(1, "Source: 02:00:5e:00:00:10", "eth.src", "02:00:5e:00:00:10", "eth.src == 02:00:5e:00:00:10", 6, 12),
				L(0, `Internet Protocol Version 4, Src: ${r.cells[2]}, Dst: ${r.cells[3]}`, "ip", null, "ip", 14, 34),
				L(1, `Source Address: ${r.cells[2]}`, "ip.src", r.cells[2], `ip.src == ${r.cells[2]}`, 26, 30, { spec: "RFC 791" }),
				L(1, `Destination Address: ${r.cells[3]}`, "ip.dst", r.cells[3], `ip.dst == ${r.cells[3]}`, 30, 34, { spec: "RFC 791" }),
				L(0, `Transmission Control Protocol, Src Port: ${50000 + (n % 999)}, Dst Port: 80`, "tcp", null, "tcp", 34, 54),
				L(1, "Sequence Number: 1", "tcp.seq", "1", "tcp.seq == 1", 38, 42),
				L(1, "[Previous segment not captured]", "tcp.analysis.lost_segment", null, "tcp.analysis.lost_segment", 34, 34, {
					severity: "medium",
				}),
				L(0, "Hypertext Transfer Protocol", "http", null, "http", 54, bytes.length),
				L(1, "GET /superbad.exe HTTP/1.1\\r\\n", "", null, null, 54, 82),
				L(2, "Request Method: GET", "http.request.method", "GET", 'http.request.method == "GET"', 54, 57, { spec: "RFC 9110 section 9" }),
				L(2, "Request URI: /superbad.exe", "http.request.uri", "/superbad.exe", 'http.request.uri == "/superbad.exe"', 58, 71),
				L(1, "Host: bad.example.com", "http.host", "bad.example.com", 'http.host == "bad.example.com"', 82, 105, {
					spec: "RFC 9110 section 7.2",
				}),
				L(1, "User-Agent: odd/1.0 \u202e", "http.user_agent", "odd/1.0 \u202e", 'http.user_agent contains "odd"', 105, 130),
				L(1, "[Response in packet 21]", "http.response_in", null, null, 0, 0, { link: `A:${n + 20}` }),
			],
			sources: [{ name: "Packet", bytes }],
			links: [{ kind: "response", packet: `A:${n + 20}` }],
			anomalies: [],
		};
	};
	const SHA = "9c1f0e".padEnd(64, "7");
	const answers = (scope) => {
		const list = [];
		const rungs = ["delivered", "partial", "hidden", "refused", "contacted", "looked_up", "none", "none"];
		(scope.indicators ?? []).forEach((indicator, k) => {
			for (let i = 0; i < 8; i++) {
				const rung = rungs[(i + k) % 8];
				const packets = rung === "none" ? [] : [`A:${61 + 60 * i}`, `A:${81 + 60 * i}`];
				list.push({
					host: `192.168.100.${23 + i}`,
					mac: `02:00:5e:00:00:${10 + i}`,
					name: i === 3 ? null : `WS-0${i + 1}`,
					indicator,
					answer: rung === "delivered" || rung === "partial" ? "seen" : rung === "hidden" ? "cannot_tell" : "not_seen",
					rung,
					direction: "received",
					match: rung === "none" ? null : "Host and path",
					in_scope: i !== 7,
					in_window: i !== 4,
					first: packets.length ? epoch(time(61 + 60 * i)) : null,
					last: packets.length ? epoch(time(81 + 60 * i)) : null,
					packets,
					files: rung === "delivered" ? [{ id: "A:59.0", name: "superbad.exe", size: 48200, sha256: SHA, complete: true }] : [],
					reason: {
						delivered: "Every byte of one file came over HTTP.",
						partial: "The transfer was aborted at 40 %.",
						hidden: "TLS with this name: the payload cannot be read.",
						refused: "The server answered 404.",
						contacted: "Readable traffic with the server, nothing matches.",
						looked_up: "The name was asked for, no connection followed.",
						none: "Nothing.",
					}[rung],
					checked: "checked DNS, HTTP, FTP and TLS messages and 12 files",
					covered_s: 111600,
					window_s: 180000,
					evidence: packets.map((p) => `[[${p.replace("A:", "p")}]]`),
				});
			}
		});
		const decisions = [
			["192.168.100.23", "delivered", "isolate_and_examine", "delivered"],
			["192.168.100.24", "partial", "isolate_and_examine", "partly delivered"],
			["192.168.100.25", "hidden", "examine", "hidden"],
			["192.168.100.26", "refused", "find_out", "refused"],
			["192.168.100.28", "looked_up", "watch", "looked up only"],
		].map(([host, rung, decision, w], i) => ({
			host,
			mac: `02:00:5e:00:00:1${i}`,
			name: `WS-0${i + 1}`,
			rung,
			decision,
			because: `Rule: ${w}.`,
			evidence: [`[[p${61 + 60 * i}]]`],
			in_scope: true,
		}));
		const counts = {};
		for (const r of ["delivered", "partial", "hidden", "refused", "contacted", "looked_up", "none"])
			counts[r] = list.filter((a) => a.rung === r).length;
		return {
			answers: list,
			decisions,
			derived: [
				{ indicator: { kind: "sha256", value: SHA }, because: "hash of what 192.168.100.23 received", evidence: ["[[p61]]"] },
				{ indicator: { kind: "address", value: BAD }, because: "address of bad.example.com at that time", evidence: ["[[p3]]"] },
			],
			counts,
			beside: ["412 encrypted flows elsewhere."],
			coverage: coverage(scope),
		};
	};
	const coverage = (scope) => ({
		from: scope?.window?.from ? epoch(T0) : null,
		to: scope?.window?.to ? epoch(T0 + 180000n * 1000000000n) : null,
		wanted_s: scope?.window?.from ? 180000 : 0,
		covered_s: 111600,
		captured: [{ from: epoch(T0 + 7200n * 1000000000n), to: epoch(T0 + 118800n * 1000000000n), capture: "A" }],
		gaps: scope?.window?.from
			? [
					{ from: epoch(T0), to: epoch(T0 + 7200n * 1000000000n), why: "before" },
					{ from: epoch(T0 + 118800n * 1000000000n), to: epoch(T0 + 180000n * 1000000000n), why: "not_yet" },
				]
			: [],
	});
	const findings = () => ({
		findings: [
			["file.exe_disguised", "An executable was sent as a picture", "high", 0.9, "192.168.100.24"],
			["cred.cleartext", "A password crossed the network unencrypted (user a****, success)", "medium", 0.8, "192.168.100.31"],
			["ua.rare", "One host uses a user agent nobody else has", "low", 0.5, "192.168.100.40"],
		].map(([detection, title, severity, confidence, src], i) => ({
			id: `f${i}`.padEnd(16, "0"),
			label: `F-0${i + 1}`,
			detection,
			title,
			severity,
			confidence,
			src,
			dst: BAD,
			domain: "bad.example.com",
			dport: 80,
			first: epoch(time(300 * (i + 1))),
			last: epoch(time(300 * (i + 1) + 20)),
			packets: [`A:${300 * (i + 1)}`],
			evidence: [`[[p${300 * (i + 1)}]]`, `[[p${300 * (i + 1) + 20}]]`],
			techniques: ["T1105"],
			why: "The content begins with MZ, the server said image/gif.",
			how: "content type by magic against declared type",
			innocent: "Some updaters serve packages under picture names.",
			settle: "Save the file and look at it in a sandbox.",
			in_scope: true,
		})),
		checked: [
			{ detection: "port.once_bound", title: "Port bound once or twice", findings: 0, says: "checked, nothing found in 48,211 packets" },
			{ detection: "file.exe_http", title: "Executable over HTTP", findings: 0, says: "checked, nothing found in 48,211 packets" },
		],
	});
	const SCOPE_FILTER = (s) => [...(s.networks ?? []), ...(s.hosts ?? [])].map((x) => `ip.addr == ${x}`).join(" || ");

	class Engine {
		constructor() {
			this.captures = [];
			this.packets = 0;
			this.views = new Map();
			this.nextView = 1;
			this.jobs = new Map();
			this.print = 0;
		}
		base(more) {
			return {
				state: "done",
				need: [],
				progress: null,
				covers: { packets: this.packets, bytes: 1, of_bytes: 1, complete: true },
				limits: [],
				payload: null,
				bytes: null,
				error: null,
				...more,
			};
		}
		call(id, op, args) {
			if (op === "load") {
				const job = { op, files: args.files, file: 0, at: 0, read: 0, letters: [] };
				for (const f of args.files) {
					const letter = String.fromCharCode(65 + this.captures.length);
					job.letters.push(letter);
					this.captures.push({
						capture: letter,
						name: f.name,
						kind: "packets",
						bytes: f.bytes,
						compression: f.compression,
						plain_bytes: f.plain_bytes,
						format: "pcapng, microseconds",
						sha256: null,
						packets: 0,
						wire_bytes: 0,
						first: epoch(T0),
						last: epoch(T0),
						snap_length: 262144,
						interfaces: [
							{ name: "eth0", link: "Ethernet", packets: 0, snap_length: 262144, resolution: "microseconds", drops: 0, comment: null },
						],
						comments: [],
						hardware: null,
						os: "Linux",
						application: "dumpcap",
						chain: 0,
						place: 0,
						offset: "0.000000000",
						stopped: null,
						same_as: null,
					});
				}
				this.jobs.set(id, job);
				return this.loadNeed(job);
			}
			if (op === "hash") {
				for (const c of this.captures) c.sha256 ??= c.capture.charCodeAt(0).toString(16).padEnd(64, "a1");
				this.print++;
				return this.base({ payload: {} });
			}
			const f = this[`op_${op.replaceAll(".", "_")}`];
			if (!f)
				return this.base({
					state: "failed",
					error: { kind: "request", message: `The stand-in engine knows no ${op}.`, where: null, kept: null },
				});
			const r = f.call(this, args);
			return r instanceof Uint8Array ? this.base({ bytes: r, payload: {} }) : r?.step ? r.step : this.base({ payload: r });
		}
		loadNeed(job) {
			const f = job.files[job.file];
			return this.base({
				state: "need",
				need: [{ source: f.source, start: job.at, end: f.plain_bytes, sequential: true }],
				progress: this.progress(job),
			});
		}
		progress(job) {
			const of = job.files.reduce((n, f) => n + f.plain_bytes, 0);
			const done = job.files.slice(0, job.file).reduce((n, f) => n + f.plain_bytes, 0) + job.at;
			return {
				phase: "reading",
				done,
				of,
				unit: "bytes",
				captures: job.files.map((f, i) => ({
					capture: job.letters[i],
					name: f.name,
					bytes: i < job.file ? f.plain_bytes : i === job.file ? job.at : 0,
					of_bytes: f.plain_bytes,
					packets: this.captures.find((c) => c.capture === job.letters[i]).packets,
					phase: i < job.file ? "done" : "reading",
					error: null,
				})),
			};
		}
		step(id, fuel) {
			const job = this.jobs.get(id);
			const f = job.files[job.file];
			if (job.empty) return this.loadNeed(job);
			const take = Math.min(job.read - job.at, fuel * 600);
			job.at += take;
			const c = this.captures.find((x) => x.capture === job.letters[job.file]);
			c.packets = Math.max(3000, Math.floor(job.at / 60));
			c.wire_bytes = f.plain_bytes;
			c.last = epoch(time(c.packets));
			c.interfaces[0].packets = c.packets;
			this.packets = this.captures.reduce((n, x) => n + x.packets, 0);
			if (job.at < job.read) return this.base({ state: "more", progress: this.progress(job) });
			if (job.at < f.plain_bytes) return this.loadNeed(job);
			this.print++;
			job.file++;
			job.at = 0;
			job.read = 0;
			if (job.file < job.files.length) return this.loadNeed(job);
			this.jobs.delete(id);
			return this.base({ payload: { captures: this.captures.filter((x) => job.letters.includes(x.capture)), refused: [] } });
		}
		supply(id, source, offset, bytes) {
			const job = this.jobs.get(id);
			if (job) job.read = Math.max(job.read, offset + bytes.length);
		}
		unreadable() {}
		cancel(id) {
			const job = this.jobs.get(id);
			this.jobs.delete(id);
			return this.base({ state: "cancelled", payload: job ? { captures: this.captures, refused: [] } : null });
		}
		memory() {
			return 15e6;
		}
		watermark() {
			return this.packets;
		}
		fingerprint() {
			return `m${this.print}`;
		}
		version() {
			return "0.0 (stand-in)";
		}
		free() {}
		op_summary() {
			return {
				captures: this.captures,
				packets: this.packets,
				unique_packets: this.packets - 31,
				wire_bytes: this.packets * 640,
				first: epoch(T0),
				last: epoch(time(this.packets)),
				flows: Math.floor(this.packets / 9),
				hosts: 23,
				files: 12,
				health: [
					{
						issue: "snap_length",
						state: "warn",
						says: "214 packets cut at 96 bytes.",
						count: 214,
						examples: ["A:214", "A:310"],
						weakens: "Files in those conversations cannot be rebuilt.",
					},
					{ issue: "loss_forward", state: "ok", says: "No acknowledged data is missing.", count: 0, examples: [], weakens: null },
					{ issue: "duplicates", state: "note", says: "31 duplicates from a mirror port.", count: 31, examples: ["A:97"], weakens: null },
					{
						issue: "time_backwards",
						state: "warn",
						says: "The clock jumps back 3.2 s once.",
						count: 1,
						examples: ["A:882"],
						weakens: "Intervals across it are not exact.",
					},
				],
				hierarchy: [
					["frame", "Frame", 0, 1],
					["eth", "Ethernet", 1, 1],
					["ip", "Internet Protocol Version 4", 2, 0.9],
					["tcp", "Transmission Control Protocol", 3, 0.7],
					["http", "Hypertext Transfer Protocol", 4, 0.2],
					["tls", "Transport Layer Security", 4, 0.2],
					["udp", "User Datagram Protocol", 3, 0.2],
					["dns", "Domain Name System", 4, 0.15],
					["arp", "Address Resolution Protocol", 2, 0.1],
				].map(([name, title, depth, s]) => ({
					depth,
					name,
					title,
					packets: Math.round(this.packets * s),
					bytes: Math.round(this.packets * s * 500),
					end_packets: Math.round((this.packets * s) / 3),
					end_bytes: 0,
				})),
				placement: {
					says: "Taken in the same segment as the targets: their broadcasts and ARP are seen; everything outside is behind one MAC address.",
					because: [{ says: "ARP requests of 23 target hosts", evidence: ["[[p10]]"] }],
				},
				limits: [],
			};
		}
		op_coverage(a) {
			return coverage(a.scope);
		}
		op_suggest() {
			return {
				suggestions: [
					{ kind: "network", value: "192.168.100.0/24", why: "23 hosts with ARP", packets: 41000, evidence: ["[[p10]]"] },
					{ kind: "server", value: "192.168.100.2", why: "answers DNS", packets: 900, evidence: ["[[p3]]"] },
					{ kind: "protocol", value: "ftp", why: "recognised by content", packets: 214, evidence: ["[[p5]]"] },
				],
			};
		}
		op_recipe_facts() {
			return { servers: [{ name: "bad.example.com", address: BAD, evidence: ["[[p3]]"] }], bits_per_s: 4.2e6, mean_packet: 640 };
		}
		op_filter_check(a) {
			return check(a.text, a.caret);
		}
		op_filter_counts(a) {
			return {
				counts: a.filters.map((f) => {
					const m = match(f.text);
					let n = 0;
					for (let i = 1; i <= Math.min(this.packets, 20000); i++) if (m(i)) n++;
					if (this.packets > 20000) n = Math.round((n * this.packets) / 20000);
					return { id: f.id, packets: n, unique_packets: n, bytes: n * 400, hosts: Math.min(23, n), error: null };
				}),
			};
		}
		op_funnel(a) {
			const t = SCOPE_FILTER(a.scope);
			const p = (a.scope.protocols ?? []).join(" || ");
			const files = (a.scope.indicators ?? [])
				.filter((i) => i.kind === "filename")
				.map((i) => `http.request.uri contains "${i.value}"`)
				.join(" || ");
			const and = (...x) =>
				x
					.filter(Boolean)
					.map((y) => `(${y})`)
					.join(" && ");
			return {
				stages: [
					{ id: "all", title: "All packets", filter: "" },
					{ id: "targets", title: "Targets", filter: t },
					{ id: "protocols", title: "Protocols", filter: and(t, p) },
					{ id: "indicators", title: "Indicators", filter: and(t, p, files) },
				].filter((s, i) => i === 0 || s.filter),
			};
		}
		op_proposals(a) {
			return {
				proposals: [
					...(a.scope.indicators ?? [])
						.filter((i) => i.kind === "filename")
						.map((i) => ({
							group: "scope",
							title: `GET for ${i.value}`,
							why: "",
							filter: `http.request.method == "GET" && http.request.uri contains "${i.value}"`,
						})),
					{ group: "standard", title: "HTTP", why: "on any port", filter: "http" },
					{ group: "standard", title: "DNS", why: "", filter: "dns" },
					{ group: "standard", title: "FTP", why: "control and data", filter: "ftp || ftp-data" },
					{ group: "noise", title: "ARP", why: "address resolution", filter: "arp" },
				],
			};
		}
		op_view(a) {
			const t = TABLES[a.table];
			const total = t.count(this);
			const m = a.table === "packets" ? match(a.narrowing.filter) : () => true;
			const id = this.nextView++;
			let index = null;
			if (a.table === "packets" && (a.narrowing.filter || a.order)) {
				index = [];
				for (let i = 0; i < total; i++) if (m(i + 1)) index.push(i);
				if (a.order) {
					const c = t.columns.findIndex((x) => x.id === a.order.column);
					const key = (i) => (c === 0 ? i : c === 1 ? Number(t.row(i).time / 1000n) : t.row(i).cells[c]);
					index.sort((x, y) => (key(x) < key(y) ? -1 : key(x) > key(y) ? 1 : x - y) * (a.order.descending ? -1 : 1));
				}
			}
			this.views.set(id, { t, index, rows: index ? index.length : total });
			if (this.views.size > 24) this.views.delete(this.views.keys().next().value);
			return {
				view: id,
				columns: t.columns,
				rows: index ? index.length : total,
				total,
				without: index && index.length === 0 ? [{ limit: "filter", rows: total }] : [],
				plan: a.narrowing.filter ? "index" : null,
			};
		}
		op_rows(a) {
			const v = this.views.get(a.view);
			if (!v) throw { kind: "gone", message: "That view is gone.", where: null, kept: null };
			const rows = [];
			for (let i = a.from; i < Math.min(v.rows, a.from + a.count); i++) rows.push(v.t.row(v.index ? v.index[i] : i));
			if (rows[0] && a.from > 0) rows[0].before = v.t.row(v.index ? v.index[a.from - 1] : a.from - 1).time;
			return page(rows, v.t.columns.length);
		}
		op_locate(a) {
			const v = this.views.get(a.view);
			const m = /^(?:A:)?(\d+)$/.exec(a.key);
			if (m) {
				const i = Number(m[1]) - 1;
				const row = v.index ? v.index.indexOf(i) : i < v.rows ? i : -1;
				return { row: row < 0 ? null : row };
			}
			for (let i = 0; i < Math.min(v.rows, 500); i++) if (v.t.row(i).cells.includes(a.key)) return { row: i };
			return { row: null };
		}
		op_find(a) {
			const v = this.views.get(a.view);
			const m = a.kind === "filter" ? match(a.needle) : (n) => packetRow(n).cells.join(" ").toLowerCase().includes(a.needle.toLowerCase());
			for (let k = 1; k <= v.rows; k++) {
				const i = (((a.backwards ? a.from - k : a.from + k) % v.rows) + v.rows) % v.rows;
				const n = (v.index ? v.index[i] : i) + 1;
				if (m(n)) return { row: i, packet: `A:${n}`, wrapped: a.backwards ? i > a.from : i < a.from };
			}
			return { row: null, packet: null, wrapped: true };
		}
		op_packet(a) {
			return details(a.packet);
		}
		op_host(a) {
			return {
				host: a.host,
				mac: "02:00:5e:00:00:10",
				addresses: [{ address: a.host, from: epoch(T0), to: epoch(time(9000)), packets: 1204 }],
				names: [{ name: "WS-01", source: "DHCP", from: epoch(T0), to: epoch(time(9000)), evidence: "[[p4]]" }],
				role: "workstation",
				remarks: [],
				first: epoch(T0),
				last: epoch(time(9000)),
				packets: 1204,
				bytes_sent: 188000,
				bytes_received: 9200000,
				peers: 14,
				services: [],
				in_scope: true,
			};
		}
		op_file(a) {
			return {
				id: a.file,
				names: [
					{ text: "superbad.exe", where: "URL path" },
					{ text: "\u202egpj.exe", where: "Content-Disposition" },
				],
				direction: "received",
				protocol: "http",
				declared_type: "image/gif",
				content_type: "application/x-dosexec",
				mismatch: true,
				size: 48200,
				declared_size: 48200,
				sha256: SHA,
				sha1: "a".repeat(40),
				md5: "b".repeat(32),
				pending: false,
				client: "192.168.100.23",
				server: BAD,
				request: "A:61",
				first: "A:63",
				last: "A:81",
				first_time: epoch(time(61)),
				last_time: epoch(time(81)),
				packets: 19,
				flow: "A:tcp:6",
				complete: false,
				incomplete: "bytes lost by the capture",
				present: [
					{ start: 0, end: 30000 },
					{ start: 31460, end: 48200 },
				],
				parts: [],
				same_hash: [],
				remarks: ["Sent as image/gif."],
			};
		}
		op_file_by_hash() {
			return { files: ["A:59.0"] };
		}
		op_timeline(a) {
			const n = a.buckets;
			const packets = Array.from({ length: n }, (_, i) => Math.round(60 + 50 * Math.sin(i / 19) + (i % 61 === 0 ? 300 : 0)));
			return {
				from: epoch(T0),
				to: epoch(time(this.packets)),
				bucket_s: Number(time(this.packets) - T0) / 1e9 / n,
				packets,
				bytes: packets.map((p) => p * 640),
				rows: [],
				first: packets.map((_, i) => `A:${Math.floor((i * this.packets) / n) + 1}`),
			};
		}
		op_findings() {
			return findings();
		}
		op_answers(a) {
			return answers(a.scope);
		}
		op_follow(a) {
			const enc = new TextEncoder();
			const parts = [
				[0, "GET /superbad.exe HTTP/1.1\r\nHost: bad.example.com\r\n\r\n", 0],
				[1, "HTTP/1.1 200 OK\r\nContent-Type: image/gif\r\n\r\nMZ\u0090\0<script>alert(1)</script>", 0],
				[1, "This program cannot be run in DOS mode.", 1460],
			];
			let at = 0;
			const chunks = [];
			const data = [];
			parts.forEach(([side, text, gap], i) => {
				const b = enc.encode(text);
				chunks.push({ side, packet: `A:${61 + i * 2}`, time: epoch(time(61 + i * 2)), offset: at, start: at, end: at + b.length, gap });
				data.push(...b);
				at += b.length;
			});
			return {
				flow: a.flow,
				sides: [
					{ endpoint: "192.168.100.23:50112", bytes: 52 },
					{ endpoint: `${BAD}:80`, bytes: 48200 },
				],
				protocol: "http",
				chunks,
				data: new Uint8Array(data),
				next: null,
				unavailable: null,
			};
		}
		blob(name, mime, text) {
			return { step: this.base({ payload: { name, mime }, bytes: new TextEncoder().encode(text) }) };
		}
		op_file_save() {
			return this.blob("weir-file-1.zip", "application/zip", "PK");
		}
		op_follow_save() {
			return this.blob("stream-6.bin", "application/octet-stream", "x");
		}
		op_slice_save() {
			return this.blob("weir-slice.pcapng", "application/octet-stream", "x");
		}
		op_table_save(a) {
			return this.blob(`table.${a.as}`, "text/plain", "a,b\r\n");
		}
		op_report(a) {
			const q = a.scope.question || "(the question is missing)";
			return this.blob(
				`weir-report.${a.format}`,
				a.format === "html" ? "text/html" : "text/markdown",
				`# Report\n\n**Question:** ${q}\n\n| rung | hosts |\n| --- | --- |\n| delivered | 2 |\n| cannot be read | 1 |\n\n## What would change our mind\n\n- the key log of 192.168.100.25 [[p181]]\n\n## What this capture cannot show\n\n- 2 h of the window are not captured yet\n`,
			);
		}
		op_report_lint() {
			return {
				lines: [
					{ state: "ok", says: "Every claim has evidence.", step: null },
					{ state: "missing", says: "The goal is not answered yet.", step: "scope" },
				],
			};
		}
		op_case_open(a) {
			return { document: JSON.parse(a.text) };
		}
		op_case_save(a) {
			return this.blob("case.weir.json", "application/json", JSON.stringify(a.document));
		}
		op_captures_remove(a) {
			this.captures = this.captures.filter((c) => c.capture !== a.capture);
			this.packets = this.captures.reduce((n, x) => n + x.packets, 0);
			this.print++;
			return { removed: a.capture };
		}
		op_captures_offset(a) {
			return { capture: a.capture };
		}
	}
	class Decoder {
		static detect(head) {
			return head[0] === 0x1f && head[1] === 0x8b ? "gzip" : "";
		}
		push() {}
		take() {
			return new Uint8Array();
		}
		free() {}
	}
	const f = async () => {};
	f.Engine = Engine;
	f.Decoder = Decoder;
	return f;
})();
