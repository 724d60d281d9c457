// The made-up traffic of the stand-in: tables, details and conclusions in the forms of www/src/engine/contract.ts.
// biome-ignore lint/correctness/noUnusedVariables: engine.js, which stands behind it, reads this name
var traffic = (() => {
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
	const decisions = () =>
		[
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
			findings: [],
			in_scope: true,
		}));
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
		const counts = {};
		for (const r of ["delivered", "partial", "hidden", "refused", "contacted", "looked_up", "none"])
			counts[r] = list.filter((a) => a.rung === r).length;
		return {
			answers: list,
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
	const found = () => ({
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
			{ detection: "port.once_bound", title: "Port bound once or twice", findings: 0, made: true, says: "checked, nothing found in 48,211 packets" },
			{ detection: "file.exe_http", title: "Executable over HTTP", findings: 0, made: true, says: "checked, nothing found in 48,211 packets" },
		],
	});
	/** A finding that repeats, with everything that can be worked out. */
	const BEACON = {
		period_s: 3600,
		next: { lo: 1772700000, hi: 1772700300, level: 0.9 },
		rhythm: {
			seen: 30,
			missed: 2,
			expected: [0, 1, 2].map((n) => ({ lo: 1772700000 + n * 3600, hi: 1772700300 + n * 3900, level: 0.9 })),
			tested: { held: 18, made: 20 },
			says: "It goes on at night and over the weekend.",
		},
		scores: [
			{
				name: "concern",
				formula: "1 - product of (1 - weight × value)",
				result: 0.84,
				terms: [
					{ name: "rarity", value: 0.9, weight: 0.4, says: "1 of 41 hosts" },
					{ name: "no name", value: 1, weight: 0.2, says: "bad.example.com <b>bold</b>" },
				],
			},
		],
		plots: [{ title: "Gaps between check-ins", unit: "seconds", bars: [3300, 3400, 3500, 3600, 3700, 3800].map((at, n) => [at, [1, 3, 9, 12, 4, 1][n]]) }],
		benign: { class: "monitoring", says: "it polls many" },
	};
	const findings = (allow = [], dismissed = []) => {
		const all = found();
		Object.assign(all.findings[1], BEACON);
		for (const f of all.findings) {
			f.sure = f.confidence > 0.8 ? "high" : "medium";
			f.attack = [{ id: "T1105", name: "Ingress Tool Transfer" }];
			f.tactic = "Command and Control";
			const rule = allow.find((r) => r.detection === f.detection);
			if (rule) f.allowed = `${rule.detection}${rule.host ? ` of ${rule.host}` : ""}${rule.peer ? ` to ${rule.peer}` : ""}`;
		}
		const counted = all.findings.filter((f) => !f.allowed && !dismissed.includes(f.id));
		return {
			...all,
			leads: counted.map((f, i) => ({
				side: "breach",
				title: f.title,
				why: f.why,
				severity: i === 0 ? "critical" : f.severity,
				raised_from: i === 0 ? "high" : null,
				raised_by: i === 0 ? "findings of three or more tactics on one host" : null,
				goes_on: i === 0,
				next: i === 0 ? { lo: 1772700000, hi: 1772700300, level: 0.9 } : null,
				asked: false,
				confidence: f.confidence,
				sure: f.sure,
				alarm: i < 2,
				benign: false,
				tactics: ["Credential Access", "Lateral Movement", "Command and Control"],
				hosts: [{ host: f.src, mac: null, name: "pc-24" }],
				of_hosts: 1 + i,
				peer: f.domain,
				findings: [f.id],
				evidence: f.evidence,
				first: f.first,
				last: f.last,
				in_scope: true,
			})),
			leads_beyond: 2,
			more_leads: counted.slice(0, 2).map((f) => ({ title: `${f.title} <i>again</i>`, finding: f.id, severity: "low", alarm: false, host: f.src, of_hosts: 2, of_findings: 3 })),
			dismissed: all.findings.filter((f) => dismissed.includes(f.id)).length,
			asked: null,
			sides: ["breach", "fault"].map((side, i) => ({ side, critical: 0, high: 1 - i, medium: 1 - i, low: 1 - i, info: 0, alarms: 2 - 2 * i, hosts: 3, checks: 8, not_checked: i, allowed: 0 })),
			categories: [
				{ family: "file", title: "Programs and files", side: "breach", findings: 1, checks: 2, says: "1 found", not_checked: [] },
				{ family: "port", title: "Ports seldom used", side: "breach", findings: 0, checks: 1, says: "checked, nothing found in 48,211 packets", not_checked: [] },
				{ family: "dns", title: "DNS", side: "breach", findings: 0, checks: 1, says: "not checked: the captures hold no DNS", not_checked: [{ title: "Tunnel in DNS", why: "the captures hold no DNS" }] },
			],
			allowed: allow.map((r) => ({ says: `${r.detection}${r.host ? ` of ${r.host}` : ""}${r.peer ? ` to ${r.peer}` : ""}`, findings: all.findings.filter((f) => f.detection === r.detection).length })),
			navigator: { name: "Weir findings", techniques: [{ techniqueID: "T1105", score: 4 }] },
		};
	};
	const crossing = (kind, client, server, service, more = {}) => ({
		kind,
		by: "content",
		client,
		client_name: null,
		server,
		server_name: "srv <i>1</i>",
		service,
		from: "outside",
		to: "192.168.100.0/24",
		way: "in",
		clients: [client],
		of_clients: 1,
		flows: 3,
		answered: 3,
		sent: 4000,
		received: 123456,
		first: epoch(time(10)),
		last: epoch(time(9000)),
		evidence: ["[[p10]]"],
		says: ["share ADMIN$"],
		filter: `ip.addr == ${server}`,
		...more,
	});
	const CROSSINGS = {
		rows: [crossing("SSH", "203.0.113.5", "192.168.100.20", "22/tcp"), crossing("VNC", "203.0.113.6", "192.168.100.21", "5900/tcp", { by: "port", answered: 0 })],
		of: 2,
		says: ["4 of 6 conversations were begun outside; 1 of these got no answer here."],
		bound: 65536,
	};
	const EAST_WEST = {
		...CROSSINGS,
		rows: CROSSINGS.rows.map((r, i) => ({ ...r, client: "192.168.100.24", peers: i === 0, admin: i === 0, users: 1 })),
		hosts: [{ host: "192.168.100.24", name: "pc-24" }, { host: "192.168.100.20", name: null }],
		of_hosts: 41,
		cells: [{ client: 0, server: 1, flows: 3, services: ["SSH 22/tcp"], admin: true, users: 1 }],
	};
	const STACKED = [
		{ value: "curl/8.0 <script>alert(1)</script>", count: 1, share: 0.01, hosts: ["192.168.100.24"], of_hosts: 1, evidence: ["[[p61]]"], first: epoch(time(61)) },
		{ value: "Firefox", count: 99, share: 0.99, hosts: ["192.168.100.24"], of_hosts: 40, evidence: ["[[p71]]"], first: epoch(time(71)) },
	];
	const CHECKLIST = ["HTTP", "TLS and QUIC", "Unknown"].map((title, i) => ({
		id: title.toLowerCase(),
		title,
		look: "Who fetches what from whom.",
		filter: "http",
		flows: 12,
		answered: 11,
		packets: i === 1 ? 0 : 900,
		bytes: 123456,
		hosts: 4,
		servers: 3,
		normal: [{ what: "User agents", column: "http.user_agent", values: [["Firefox", 9], ["<b>x</b>", 1]], different: 4, of: 12 }],
		unread: i === 2 ? [{ why: "of no protocol that is read", flows: 3, packets: 300 }] : [],
		unread_packets: i === 2 ? 300 : 0,
		findings: i === 0 ? [{ id: "f0".padEnd(16, "0"), title: "An executable was sent as a picture", severity: "high" }] : [],
		of_findings: i === 0 ? 1 : 0,
		checks: [{ detection: "ua.rare", says: "not checked: the captures hold no HTTP" }],
	}));
	const SCOPE_FILTER = (s) => [...(s.networks ?? []), ...(s.hosts ?? [])].map((x) => `ip.addr == ${x}`).join(" || ");

	return { T0, epoch, time, BAD, packetRow, TABLES, page, check, match, details, SHA, answers, decisions, coverage, findings, CROSSINGS, EAST_WEST, STACKED, CHECKLIST, SCOPE_FILTER };
})();
