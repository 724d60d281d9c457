// A stand-in for the wasm engine, for tests of the page alone. Speaks www/src/engine/worker/wasm.ts; what it tells is made up in data.js.
// biome-ignore lint/correctness/noUnusedVariables: the worker reads this name
var wasm_bindgen = (() => {
	const { T0, epoch, time, BAD, packetRow, TABLES, page, check, match, details, SHA, answers, decisions, coverage, findings, CROSSINGS, EAST_WEST, STACKED, CHECKLIST, SCOPE_FILTER } = traffic;

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
					let at = args.after ? args.after.charCodeAt(0) + 1 : 65;
					while (this.captures.some((c) => c.capture === String.fromCharCode(at))) at++;
					const letter = String.fromCharCode(at);
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
							{ name: "eth0", link: "Ethernet", packets: 0, snap_length: 262144, resolution: "microseconds", drops: 0, filter: "tcp or udp", comment: null },
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
			// One that never ends, for tests of waiting.
			if (op === "statistics.experts") {
				this.jobs.set(id, { endless: true, at: 0 });
				return this.waits(this.jobs.get(id));
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
		waits(job) {
			job.at++;
			const progress = { phase: "analysing", done: Math.min(job.at, 900_000), of: 1_000_000, unit: "packets", captures: [] };
			return this.base({ state: "more", progress });
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
			if (job.endless) return this.waits(job);
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
			return this.base({ payload: { captures: this.captures.filter((x) => job.letters.includes(x.capture)), keys: [], refused: [] } });
		}
		supply(id, source, offset, bytes) {
			const job = this.jobs.get(id);
			if (job) job.read = Math.max(job.read, offset + bytes.length);
		}
		unreadable() {}
		cancel(id) {
			const job = this.jobs.get(id);
			this.jobs.delete(id);
			return this.base({ state: "cancelled", payload: job?.files ? { captures: this.captures, keys: [], refused: [] } : null });
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
		op_decode_as() {
			return null;
		}
		op_reference({ name }) {
			const http = {
				name: "http",
				title: "Hypertext Transfer Protocol",
				spec: "RFC 9110, RFC 9112",
				level: "fields, messages, files",
				carried: ["tcp.port 80", "tcp.port 8080"],
				by_content: true,
				decode_as: ["tcp.port"],
				fields: 2,
				logs: [[{ name: "method", title: "What was asked for" }]],
				anomalies: [{ id: "http.chunked", says: "A chunk is not one", severity: "warn", group: "Malformed" }],
			};
			const fields = [
				{ name: "http.host", title: "Host", type: "text", spec: "RFC 9110 section 7.2", part_of: [], values: [] },
				{ name: "http.response.code", title: "Status Code", type: "unsigned number of 16 bits", spec: "", part_of: [], values: [[200, "OK"]] },
			];
			if (name === undefined) return { protocols: [http], protocol: null, fields: [] };
			const known = name === "http" || fields.some((f) => f.name === name);
			return { protocols: [], protocol: known ? http : null, fields: known ? fields : [] };
		}
		op_keys() {
			return { sources: [], conversations: 0, opened: 0, partly: 0, unfit: 0, says: null };
		}
		op_summary() {
			return {
				keys: null,
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
		op_spread(a) {
			const end = (host, name, remark = "") => ({ host, name, mac: null, remark });
			const transfer = (n, from, to, name, direction, more) => ({
				id: `A:${n + 2}.0`,
				parts: [],
				name,
				direction,
				from,
				to,
				protocol: "http",
				flow: `A:tcp:${n % 9}`,
				transport: "tcp",
				client: `${direction === "sent" ? from.host : to.host}:49152`,
				server: `${direction === "sent" ? to.host : from.host}:80`,
				community_id: "1:LQU9qZlK+B5F3KDmev6m5PMibrg=",
				request: `A:${n}`,
				request_time: epoch(time(n)),
				first: `A:${n + 2}`,
				last: `A:${n + 20}`,
				first_time: epoch(time(n + 2)),
				last_time: epoch(time(n + 20)),
				size: 48200,
				complete: true,
				state: "complete",
				pending: false,
				...more,
			});
			const [one, two, bad] = [end("192.168.100.23", "WS-01"), end("192.168.100.24", "WS-02"), end(BAD, null)];
			const held = (of, received, sent) => ({ ...of, received, sent, had: received > 0, complete: true, names: ["superbad.exe"], first: epoch(time(61)), last: epoch(time(400)) });
			const content = (more) => ({
				sha256: SHA,
				pending: false,
				size: 48200,
				content_type: "application/x-dosexec",
				names: ["superbad.exe", "<b>svchost</b>\u202e.exe"],
				more_names: 0,
				why: [
					{ sort: "indicator", says: "file name superbad.exe" },
					{ sort: "finding", says: "[[F-0123456789ab]] <i>received</i>" },
				],
				more_why: 0,
				hosts: [held(bad, 0, 2), held(one, 1, 1), held(two, 1, 0)],
				transfers: [
					transfer(61, bad, one, "superbad.exe", "received"),
					transfer(120, bad, two, "<b>svchost</b>\u202e.exe", "received"),
					transfer(400, one, bad, "superbad.exe", "sent"),
				],
				...more,
			});
			const part = content({
				sha256: null,
				names: ["broken.exe"],
				hosts: [held(bad, 0, 1), held(two, 1, 0)],
				transfers: [transfer(700, bad, two, "broken.exe", "received", { request: null, request_time: null, complete: false, state: "bytes lost by the capture" })],
			});
			const other = content({ sha256: "77".repeat(32), names: ["logo.png"], why: [], transfers: [transfer(900, bad, two, "logo.png", "received")] });
			const all = a.hash ? (SHA.startsWith(a.hash) ? [content({ why: [] })] : []) : a.all ? [content(), part, other] : (a.scope?.indicators ?? []).length + (a.pinned ?? []).length > 0 ? [content(), part] : [];
			return { contents: all, left: { contents: 0, transfers: 0, pins: 0 }, slices: [], files: 5, pending: 0 };
		}
		op_spread_save(a) {
			return this.blob(`files.${a.as}`, "text/plain", "sha256,hosts\r\n");
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
		op_statistics_hierarchy() {
			const rows = this.op_summary().hierarchy.map((h) => ({ ...h, filter: h.name }));
			return { rows, of: rows.length, limits: [] };
		}
		op_statistics_conversations({ type, limit = 1500 }) {
			const ports = type === "tcp" || type === "udp";
			const ends = (n) => (type === "eth" ? `02:00:5e:00:00:${(16 + (n % 23)).toString(16)}` : `192.168.100.${10 + (n % 23)}`);
			const all = type === "ipv6" ? 0 : 2400;
			const rows = Array.from({ length: all }, (_, n) => ({
				a: ends(n),
				a_port: ports ? 50000 + n : null,
				b: type === "eth" ? "02:00:5e:00:00:01" : BAD,
				b_port: ports ? 80 : null,
				flow: ports ? `A:${type}:${n}` : null,
				packets_ab: 40 + (n % 17),
				bytes_ab: 90000 - n * 20,
				packets_ba: 60 + (n % 13),
				bytes_ba: 400000 - n * 40,
				first: `A:${n + 1}`,
				begun: epoch(time(n + 1)),
				seconds: n % 90,
				filter: ports ? `${type}.stream == ${n}` : `${type}.addr == ${ends(n)}`,
			}));
			const endpoints = Array.from({ length: Math.min(all, 23) }, (_, n) => ({
				address: ends(n),
				port: ports ? 50000 + n : null,
				conversations: 2 + n,
				packets_out: 900 - n,
				bytes_out: 90000 - n * 77,
				packets_in: 1200 - n,
				bytes_in: 800000 - n * 99,
				first: `A:${n + 1}`,
				filter: `${type === "eth" ? "eth" : "ip"}.addr == ${ends(n)}`,
			}));
			const limits = [
				{
					id: "statistics.conversations",
					says: "more conversations than are told apart; packets of further ones are counted together",
					bound: 1000000,
					unit: "conversations",
					count: 12,
					first: null,
				},
			];
			return { rows: rows.slice(0, limit), of: all, endpoints, of_endpoints: endpoints.length, limits: all ? limits : [] };
		}
		op_statistics_experts() {
			const rows = [
				["Error", "Malformed", "http", "Malformed packet: \u202echunk", 2],
				["Warning", "Sequence", "tcp", "Connection reset (RST)", 31],
				["Note", "Sequence", "tcp", "This frame is a (suspected) retransmission", 214],
				["Chat", "Sequence", "http", 'GET /superbad.exe HTTP/1.1\\r\\n', 9],
				["Comment", "Comment", "frame", "look here", 1],
			].map(([severity, group, protocol, message, count], n) => ({
				severity,
				group,
				protocol,
				message,
				count,
				first: `A:${61 + n}`,
				filter: group === "Comment" ? "" : `_ws.expert.message == "${message}"`,
			}));
			return { rows, of: rows.length, limits: [] };
		}
		op_statistics_responses() {
			const rows = [
				["dns", "A", 310, 0.0004, 0.021, 1.9],
				["http", "GET", 88, 0.002, 0.31, 12.4],
			].map(([protocol, procedure, count, min_s, mean_s, max_s], n) => ({
				protocol,
				procedure,
				count,
				min_s,
				mean_s,
				max_s,
				slowest: `A:${90 + n}`,
				filter: `${protocol}.time`,
			}));
			return { rows, of: rows.length, limits: [] };
		}
		op_statistics_io({ interval_s, series }) {
			const span = Number(time(this.packets) - T0) / 1e9;
			const n = Math.floor(span / interval_s) + 1;
			return {
				from: epoch(T0),
				to: epoch(time(this.packets)),
				interval_s,
				series: series.map((filter, s) => {
					const packets = Array.from({ length: n }, (_, i) => Math.max(0, Math.round((60 + 50 * Math.sin(i / 9)) / (1 + s * 3) - s * 5)));
					return { filter, packets, bytes: packets.map((p) => p * 640) };
				}),
			};
		}
		op_findings(a) {
			return findings(a.allow, a.dismissed);
		}
		op_checklist() {
			return { rows: CHECKLIST, packets: this.packets };
		}
		op_earlier() {
			return { says: null };
		}
		op_compare() {
			const seen = { hours: 3, times: 9, sent: 900 };
			const covers = { hours: 30, clock: 0xffffff, first: "1700000000.000000000", last: "1700100000.000000000" };
			const row = { status: "new", kind: "service", host: "192.168.100.9", name: null, what: "tcp/4444", p: 0.001, q: 0.01, then: { hours: 0, times: 0, sent: 0 }, now: seen, first: covers.first, evidence: ["[[p3]]"] };
			return { earlier: "capture A", refused: null, then: covers, now: covers, says: ["Made up."], rows: [row, { ...row, status: "changed", kind: "pair", ratio: 9, interval: [3, 27] }], counts: { known: { host: 7 } }, findings: [], findings_gone: [], findings_known: 2 };
		}
		op_trends() {
			const row = { host: "192.168.100.9", name: null, peer: "files.example.com", measure: "sent", way: "up", growth: 0.1, interval: [0.05, 0.15], p: 0.001, q: 0.01, hourly: 2, days: [1, 2, 3, 4, 5], hours: null, departs: { day: 2, time: "1700000000.000000000", evidence: "[[p3]]", before: 1.5, after: 4 }, evidence: "[[p1]]" };
			return { refused: null, days: 5, way_days: 4, begins: [], told: 1, tested: 2, seldom: 3, beyond: 0, without_slope: 1, of: 2, rows: [row, { ...row, peer: null, way: null, departs: null }] };
		}
		op_ways_in() {
			return CROSSINGS;
		}
		op_bridges() {
			return { ...CROSSINGS, carried: [{ title: "GRE", filter: "gre", packets: 12, bytes: 900 }] };
		}
		op_east_west() {
			return EAST_WEST;
		}
		op_because() {
			const row = (at, says) => ({ time: `17619939${at}.694000000`, says, word: "because", link: "its answer gave the address", typed: true, evidence: ["[[p12]]"] });
			const none = { rows: [], more: 0, says: "nothing after it in these captures that is linked" };
			return { says: "superbad.exe", host: "192.168.100.24", name: "pc-24", time: "1761993979.694000000", evidence: ["[[p14]]"], window_s: 3600, because: { rows: [row(70, "looked up bad.example.com")], more: 0, says: null }, then: none };
		}
		op_outliers() {
			return { rows: [{ measure: "bytes sent outside", host: "192.168.100.24", name: "pc-24", mac: null, value: 9000, median: 100, far: 12.5, of_hosts: 30, says: "9000 bytes", evidence: ["[[p12]]"] }], of: 1, says: [] };
		}
		op_seen_once() {
			return { rows: [{ ...STACKED[0], column: "http.user_agent", title: "User-Agent", counted: 100, once: 1 }], of: 1, says: ["Looked at 40 columns."] };
		}
		op_stack_columns() {
			return { columns: [{ id: "http.user_agent", title: "User-Agent", rows: 100 }, { id: "flow.service", title: "Protocol and port", rows: 900 }] };
		}
		op_stack(a) {
			return { column: a.column, rows: STACKED, of: 2, counted: 100, absent: 3, beyond: 0 };
		}
		op_map_build(a) {
			const node = (origin, sort, text, parent, more) => ({ origin, sort, text, evidence: ["[[p61]]"], parent, for: "", against: "", settle: "", ...more });
			const nodes = [
				{ ...node("question", "question", a.scope.question || "What is the issue?", ""), evidence: [] },
				node("host:1", "host", "WS-01 · 192.168.100.23: delivered", "question"),
				node("host:2", "host", "WS-02 · 192.168.100.24: partly delivered", "question"),
				node("file:1", "file", "superbad.exe, 48200 bytes, SHA-256 9c1f0e7777777777…", "question"),
				node("finding:F-1", "hypothesis", "<b>192.168.100.23</b> contacts someone every 6 h", "host:1", {
					for: "It comes every six hours.",
					against: "A program that asks for updates.",
					settle: "See which process it is.",
				}),
			];
			const edges = [
				{ from: "host:1", to: "file:1", verb: "fetched" },
				{ from: "host:2", to: "file:1", verb: "fetched" },
				{ from: "host:1", to: "finding:F-1", verb: "then" },
			];
			return { nodes, edges, left: 0 };
		}
		op_map_draw(a) {
			const all = a.document.items.filter((i) => ["node", "note", "pin"].includes(i.kind) && !i.deleted);
			const depth = (i) => {
				const up = all.find((p) => p.id === i.body.parent);
				return up && up !== i ? 1 + depth(up) : 0;
			};
			const nodes = all.map((i, n) => ({
				id: i.id,
				sort: i.kind === "node" ? (i.body.sort ?? "group") : i.kind,
				text: i.body.text ?? i.body.snapshot,
				evidence: (i.body.evidence ?? "").split(" ").filter(Boolean),
				origin: i.body.origin ?? "",
				parent: all.some((p) => p.id === i.body.parent) ? i.body.parent : null,
				depth: depth(i),
				unsupported: false,
				x: 260 * depth(i),
				y: 70 * n,
				w: 220,
				h: 50,
				lines: [(i.body.text ?? "").slice(0, 28)],
				way: depth(i) > 0 ? `M0 0L${260 * depth(i)} ${70 * n}` : "",
			}));
			const by = new Map(nodes.map((n) => [n.id, n]));
			const at = (id) => by.get(id);
			const edges = a.document.items
				.filter((i) => i.kind === "edge" && !i.deleted && at(i.body.from) && at(i.body.to))
				.map((i) => {
					const [from, to] = [at(i.body.from), at(i.body.to)];
					const [x, y, u, v] = [from.x + from.w, from.y + 25, to.x, to.y + 25];
					const way = `M${x} ${y}C${x + 60} ${y} ${u - 60} ${v} ${u} ${v}`;
					return { id: i.id, from: from.id, to: to.id, verb: i.body.verb, way, x: (x + u) / 2, y: (y + v) / 2 };
				});
			return { nodes, edges, width: 800, height: 70 * nodes.length, left: 0 };
		}
		op_decisions() {
			return { decisions: decisions() };
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
		op_slice_save(a) {
			const step = this.blob(a.texts?.length ? "help.zip" : "weir-slice.pcapng", "application/octet-stream", "x");
			const leak = a.texts?.some((t) => t.text.includes("c0a86419"));
			step.step.payload.packets = 12;
			step.step.payload.blocked = Boolean(a.anonymise && leak);
			step.step.payload.anonymised = a.anonymise
				? {
						removed: { addresses: 6, texts: 9, short: 1, common: 1 },
						blanked: 2,
						chance: 1,
						exchanged: 0,
						leaks: leak ? [{ place: "question.md", offset: 21, form: "hexadecimal", value: "1…5 (14 characters)" }] : [],
						leaked: leak ? 1 : 0,
					}
				: null;
			return step;
		}
		op_slice_size(a) {
			return { packets: (a.packets?.length ?? 0) * (a.with === "conversations" ? 9 : 1), bytes: 4096, others: 0, missing: 0 };
		}
		op_comments() {
			return { comments: [{ packet: "A:3", evidence: "[[p3]]", text: "odd answer", cut: false }], of: 1 };
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
		op_export(a) {
			const seen = { first: "1772500000.000000000", last: "1772500001.000000000", evidence: ["[[p12]]"] };
			const file = (id, title, by, text, taken, left) => ({
				id,
				title,
				purpose: `What ${title} is for.`,
				checked: by,
				by_product: by === "the product",
				name: `weir-00000000.${id}`,
				mime: "text/plain",
				taken,
				left,
				notes: [`Made ${a.at}.`],
				text,
			});
			return {
				indicators: [
					{ kind: "domain", value: a.scope.indicators[0]?.value ?? "bad.example.com", origin: "scope", state: "act", why: "looked for in this case", ...seen },
					{ kind: "address", value: "203.0.113.9", origin: "derived", state: "left", reason: "it also served benign.example.org", why: "DNS gave it", ...seen },
				],
				artefacts: [
					file("nft", "nftables block list", "the product", "table inet weir_block {\n}\n", [], [{ indicator: 0, reason: "it knows no names" }]),
					file("intel.dat", "Zeek intelligence file", "a grammar of our own", "#fields\tindicator\n", [0], [{ indicator: 1, reason: "it also served benign.example.org" }]),
				],
				unjudged: a.unconfirmed ? 0 : 3,
				beyond: 0,
				troubles: [],
			};
		}
		op_report_lint() {
			return {
				lines: [
					{ state: "ok", says: "Every claim has evidence.", step: null },
					{ state: "missing", says: "The goal is not answered yet.", step: "scope" },
				],
			};
		}
		op_report_draft() {
			return { lines: ["1 host received what was looked for, whole or in part: 192.168.100.23 [[p12]]."], inputs: "mock" };
		}
		op_cite(a) {
			const of = (evidence) => ({ evidence, found: true, says: "mock", why: "", digest: "", time: null, bytes: null, values: [] });
			return { cited: a.evidence.map(of), left: 0 };
		}
		op_verify(a) {
			const pins = a.document.items.filter((i) => i.kind === "pin" && !i.deleted);
			const line = (i) => ({
				state: "holds",
				place: "pin",
				item: i.id,
				step: "notes",
				says: i.body.snapshot,
				evidence: i.body.evidence,
				was: "",
				is: "",
				why: "",
			});
			return { lines: pins.map(line), holds: pins.length, differs: 0, unknown: 0 };
		}
		// As the core merges, but for ties: per item what the other copy has not seen stands, the newest first.
		op_case_merge({ mine, theirs }) {
			const versions = (i) => [{ ...i, conflicts: undefined, over: undefined }, ...(i.conflicts ?? []).map((c) => ({ id: i.id, kind: i.kind, pass: i.pass, step: i.step, ...c }))];
			const dot = (v) => `${v.stamp.author} ${v.stamp.counter}`;
			const seen = (i) => {
				const over = { ...i.over };
				for (const v of versions(i)) over[v.stamp.author] = Math.max(over[v.stamp.author] ?? 0, v.stamp.counter);
				return over;
			};
			const came = { new: [], of_new: 0, changed: [], of_changed: 0, removed: [], of_removed: 0, conflicts: [], of_conflicts: 0, twins: [], log: 0, people: [], nothing: true };
			const by = new Map(mine.items.map((i) => [i.id, i]));
			for (const t of theirs.items) {
				const m = by.get(t.id);
				const says = String(t.body.text ?? t.body.value ?? t.kind);
				const line = { id: t.id, kind: t.kind, says, by: "", at: t.stamp.at };
				if (!m) {
					by.set(t.id, t);
					came.nothing = false;
					if (t.kind === "log" || t.kind === "author") came.log++;
					else {
						came.of_new++;
						came.new.push(line);
					}
					continue;
				}
				const [a, b] = [seen(m), seen(t)];
				const kept = [
					...versions(m).filter((v) => versions(t).some((w) => dot(w) === dot(v)) || (b[v.stamp.author] ?? 0) < v.stamp.counter),
					...versions(t).filter((v) => !versions(m).some((w) => dot(w) === dot(v)) && (a[v.stamp.author] ?? 0) < v.stamp.counter),
				].sort((x, y) => (x.stamp.at < y.stamp.at ? 1 : -1));
				for (const [author, n] of Object.entries(b)) a[author] = Math.max(a[author] ?? 0, n);
				const [now, ...conflicts] = kept;
				if (JSON.stringify(kept.map(dot)) === JSON.stringify(versions(m).map(dot))) continue;
				by.set(t.id, { ...now, over: a, conflicts: conflicts.length > 0 ? conflicts : undefined });
				came.nothing = false;
				const list = conflicts.length > 0 ? "conflicts" : "changed";
				came[`of_${list}`]++;
				came[list].push(line);
			}
			const edits = came.of_new + came.of_changed + came.of_conflicts + came.log;
			const other = theirs.items.find((i) => !mine.items.some((m) => m.stamp.author === i.stamp.author));
			if (edits > 0) {
				const name = theirs.items.find((i) => i.kind === "author" && i.body.author === other?.stamp.author)?.body.name ?? "";
				came.people.push({ author: other?.stamp.author ?? "", name, edits, last: other?.stamp.at ?? "" });
			}
			const items = JSON.parse(JSON.stringify([...by.values()]));
			return { document: { ...mine, items }, came };
		}
		unpack_case(bytes) {
			const text = new TextDecoder().decode(bytes);
			const inside = /<script type="text\/plain" id="weir-case">([\s\S]*?)<\/script>/.exec(text)?.[1] ?? text.replace(/^PK\u0003\u0004manifest\.json/, "");
			// What a test wants to come beside the case stands in it, by the names of the parts.
			const { beside = [], ...document } = JSON.parse(inside);
			const parts = beside.map((name) => ({ sort: /pcapng$/.test(name) ? "capture" : "artifact", name, what: "mock", bytes: new Uint8Array(9000) }));
			return this.base({ payload: { document, form: "case", says: [], parts } });
		}
		pack_case(a) {
			if (/cannot be packed/.test(a.document.title)) throw { kind: "input", message: "It cannot be packed.", where: null, kept: null };
			return this.blob("case.weir.zip", "application/zip", `PK\u0003\u0004manifest.json${JSON.stringify(a.document)}`).step;
		}
		/** The packets of a capture that is called a slice were the first ones of A. */
		op_origins() {
			const came = this.captures.filter((c) => /slice/.test(c.name));
			return { slices: came.map((c) => ({ capture: c.capture, packets: [[1, "A:2"], [2, "A:3"]] })) };
		}
		op_casework({ document }) {
			const of = (kind) => document.items.filter((i) => i.kind === kind && !i.deleted);
			const letters = this.captures.map((c) => c.name).join();
			const decided = new Map(of("decision").map((d) => [d.body.host, d.body.decision]));
			const solve = decisions().filter((d) => d.decision !== "none").map((d) => ({
				origin: `decision:${d.host}`, aim: "solve", action: `Isolate ${d.host} now`, host: d.host, priority: "now",
				reason: "the rule in words", evidence: d.evidence, undecided: !decided.get(d.host),
			}));
			const confirmed = of("dismissal").filter((d) => d.body.state === "confirmed");
			const prevent = confirmed.length === 0 ? [] : [{
				origin: "control:dns_block", aim: "prevent", action: "Block the names at the resolvers and log every refused look-up", host: "",
				priority: "today", reason: "a look-up that is refused gives no address; for c2.beacon (1 host: 192.168.100.24)", evidence: ["[[p12]]"], undecided: false,
			}];
			const snapshot = { hosts: solve.map((s) => [s.host, s.host, "delivered"]), captures: [[letters, letters, "1 packet"]] };
			const passes = of("pass").map((p) => {
				const old = new Set((p.body.hosts ?? []).map((r) => r[0]));
				const rows = snapshot.hosts.filter((r) => !old.has(r[0])).map((r) => ({ what: "host", status: "new", says: r[1], was: null, is: r[2] }));
				if (p.body.captures?.[0]?.[0] !== letters) rows.push({ what: "capture", status: "changed", says: letters, was: "1 packet", is: "2 packets" });
				return { id: p.id, pass: p.pass, at: p.stamp.at, counts: [rows.filter((r) => r.status === "new").length, 0, rows.filter((r) => r.status === "changed").length], rows, left: 0, remarks: [] };
			});
			const watched = of("watch").map((w) => {
				const n = w.body.filter ? this.op_filter_counts({ filters: [{ id: w.id, text: w.body.filter }] }).counts[0].packets : 0;
				const last = (w.body.results ?? []).filter((r) => r.of !== letters).at(-1);
				return { id: w.id, sort: w.body.sort, what: w.body.what, state: w.body.sort === "question" ? "open" : n > 0 ? "seen" : "not_seen", says: `${n} packets`, evidence: [], filter: w.body.filter ?? "", of: letters, before: last?.says ?? null };
			});
			return {
				actions: [...solve, ...prevent], passes, watched, snapshot, troubles: [],
				lessons: [
					{ heading: "What went well", text: "The first finding was looked at 2 min after the captures were read." },
					{ heading: "What was missing in the captures", text: "3 conversations have one side only. Next time: tap where both directions pass. [[p12]]" },
				],
			};
		}
		/** Paragraphs and headings alone: Markdown is tested over the real engine. */
		op_notes_read({ texts }) {
			const block = (text) => {
				const head = /^(#{1,6}) (.*)/.exec(text);
				const runs = [{ sort: "text", text: head ? head[2] : text }];
				return head ? { block: "heading", level: head[1].length, runs } : { block: "paragraph", runs };
			};
			const tags = (text) => [...new Set([...text.matchAll(/(?:^|\s)#([a-z][\w-]*)/gi)].map((m) => m[1].toLowerCase()))].sort();
			return { notes: texts.map((t) => ({ blocks: t.split(/\n+/).filter(Boolean).map(block), tags: tags(t), says: [] })) };
		}
		op_case_template(a) {
			const items = a.document.items.filter((i) => i.kind === "done_when" && !i.deleted).map((i) => ({ kind: i.kind, step: i.step, body: i.body }));
			items.push({ kind: "filter", step: "filter", body: { name: "to it", filter: "ip.addr == ‹address 1›" } });
			const text = { schema: 1, template: "weir", placeholders: [{ mark: "‹address 1›", kind: "address", uses: 1 }], items };
			return this.blob("template.weir.json", "application/json", JSON.stringify(text));
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
