/**
 * The typed contract between the page and the engine. Three parties read it: the page (`client.ts`), the worker
 * (`worker/`), and `crates/session`, which answers it. How the worker drives the wasm stands in `worker/wasm.ts`.
 *
 * Conventions, for every payload:
 * - Member names are snake_case as serde prints them; the rows are those of `weir --json`.
 * - `Time` is epoch seconds as a decimal string with nine fraction digits ("1772625600.000000000");
 *   `Span` is a signed number of seconds in the same form. Binary pages use i64 nanoseconds instead.
 * - `Packet` is "A:12" always (capture letter and Wireshark's number), also with one capture.
 * - `Flow` is "A:tcp:17" / "A:udp:0": capture letter, transport, Wireshark's stream number.
 * - `ArtifactId` is "A:120.0": completing packet and ordinal.
 * - `Evidence` is the written form with brackets: "[[p12]]", "[[B:r12]]".
 * - Sizes and counts are plain numbers below 2^53; text offsets are UTF-16 code units unless said otherwise.
 * - What is unknown is absent or null, never "" or 0.
 * - Captured text is passed as it is; the page makes control characters visible.
 */

export type Time = string;
export type Span = string;
export type Packet = string;
export type Flow = string;
export type ArtifactId = string;
export type Evidence = string;

// ---------------------------------------------------------------- envelope

/** Lower goes first. Cancel is a message of its own and overtakes everything. */
export const PRIORITY = { visible: 1, selection: 2, filter: 3, load: 4, analysis: 5, hashing: 6 } as const;
export type Priority = (typeof PRIORITY)[keyof typeof PRIORITY];

export interface Request<O extends Op = Op> {
	id: number;
	op: O;
	args: Ops[O]["args"];
	priority: Priority;
}

/** Page to worker, beside requests. */
export type Control = { control: "cancel"; id: number } | { control: "pause"; id: number } | { control: "resume"; id: number };

/** What a result was made from, in packets and bytes read; `complete` when nothing is left to read. */
export interface Covers {
	packets: number;
	bytes: number;
	of_bytes: number;
	complete: boolean;
}

/** A bound that was hit. */
export interface LimitFact {
	id: string;
	says: string;
	bound: number;
	unit: string;
	count: number;
	first: Packet | null;
}

export interface EngineError {
	kind: "input" | "request" | "limit" | "gone" | "bug";
	/** One plain sentence. */
	message: string;
	/** File name, byte offset or span, in words: "byte 104882176 of office.pcap". */
	where: string | null;
	/** What remains usable: "88210 packets kept". */
	kept: string | null;
}

export type ReplyState = "progress" | "partial" | "done" | "cancelled" | "failed";

export interface Reply<O extends Op = Op> {
	id: number;
	state: ReplyState;
	covers: Covers | null;
	/** Of the inputs: captures, pre-filter, de-duplication, overrides, secrets, scope, settings, engine version. */
	fingerprint: string;
	limits: LimitFact[];
	/** `partial` and `done`: the op's result (a prefix when partial). Null otherwise. */
	payload: Ops[O]["result"] | null;
	/** `progress` and any other state that has some. */
	progress: Progress | null;
	/** Only with `failed`. */
	error: EngineError | null;
}

export interface Progress {
	phase: "unpacking" | "reading" | "analysing" | "hashing" | "writing";
	done: number;
	of: number;
	unit: "bytes" | "packets" | "rows" | "files" | "conversations" | "columns";
	/** For a load: one line per file of the drop, in load order. */
	captures: CaptureProgress[];
}

export interface CaptureProgress {
	/** Letter once it has one. */
	capture: string | null;
	name: string;
	bytes: number;
	of_bytes: number;
	packets: number;
	phase: "waiting" | "unpacking" | "reading" | "done" | "stopped" | "refused";
	/** Why it stopped or was refused. */
	error: EngineError | null;
}

/** Worker to page without a request. `changed` tells that open views and results may be stale or longer. */
export type Notice =
	| { notice: "ready"; version: string; build: string; started_ms: number }
	| { notice: "changed"; fingerprint: string; packets: number; memory: number; what: ("packets" | "facts" | "hashes")[] }
	| { notice: "dead"; error: EngineError };

// ---------------------------------------------------------------- shared documents

export interface Indicator {
	kind: "domain" | "address" | "url" | "filename" | "glob" | "sha256" | "sha1" | "md5" | "filetype" | "user_agent";
	value: string;
}

/** The question; `weir answer --scope` reads the same. */
export interface Scope {
	schema: 1;
	issue: "breach" | "fault" | "policy" | "learning";
	question: string;
	/** RFC 3339. */
	now?: string;
	zone: string;
	/** RFC 3339; either end may be open. */
	window: { from?: string; to?: string };
	/** User-Agents of the organisation's own programs. */
	applications?: string[];
	networks: string[];
	hosts: string[];
	exclude: string[];
	protocols: string[];
	indicators: Indicator[];
}

/** Everything that narrows what is shown. Never feeds answers. */
export interface Narrowing {
	/** Display filter, "" for none. */
	filter: string;
	from: Time | null;
	to: Time | null;
	/** Letters; null is all. */
	captures: string[] | null;
	/** Without the second copies of a mirror port. */
	unique: boolean;
}

export type Severity = "info" | "low" | "medium" | "high" | "critical";

// ---------------------------------------------------------------- captures and summary

export interface CaptureFacts {
	capture: string;
	name: string;
	kind: "packets" | "flow_log";
	/** As on disk. */
	bytes: number;
	/** gzip, zstd or null; the plain size then is `plain_bytes`. */
	compression: string | null;
	plain_bytes: number;
	/** "pcap, microseconds, little-endian", "pcapng", "Zeek conn (TSV)". */
	format: string;
	sha256: string | null;
	/** Packets, or rows of a flow log. */
	packets: number;
	wire_bytes: number;
	first: Time | null;
	last: Time | null;
	snap_length: number | null;
	interfaces: {
		name: string | null;
		link: string;
		packets: number;
		snap_length: number | null;
		resolution: string;
		drops: number | null;
		/** The capture filter; hostile text. */
		filter?: string | null;
		comment: string | null;
	}[];
	/** Silences in which nobody was listening, in order of time, and those beyond these. */
	gaps?: { from: Time; to: Time }[];
	more_gaps?: number;
	comments: string[];
	hardware: string | null;
	os: string | null;
	application: string | null;
	/** Chain number, 0-based, and place in it; a flow log stands in none. */
	chain: number | null;
	place: number;
	/** Seconds added to this capture's times by the analyst. */
	offset: Span;
	/** Why reading ended early; null when the file ended as it should. */
	stopped: EngineError | null;
	/** Letter of the capture with the same bytes that was loaded before. */
	same_as: string | null;
}

/** One line of the capture health card. */
export interface HealthLine {
	/** snap_length · loss_forward · one_sided · duplicates · time_backwards · time_jump · gaps · checksum_offload · broken_end · limit · not_dissected */
	issue: string;
	state: "ok" | "note" | "warn";
	/** "214 packets cut at 96 bytes". */
	says: string;
	count: number;
	examples: Packet[];
	/** What therefore cannot be concluded. */
	weakens: string | null;
}

export interface ProtocolNode {
	depth: number;
	/** Filter name. */
	name: string;
	title: string;
	packets: number;
	bytes: number;
	/** Packets that end in this layer. */
	end_packets: number;
	end_bytes: number;
}

export interface Coverage {
	/** The wanted window; null when the scope has none. */
	from: Time | null;
	to: Time | null;
	wanted_s: number;
	covered_s: number;
	/** In time order, touching the wanted window when there is one; all of the captures otherwise. */
	captured: { from: Time; to: Time; capture: string; kind: "packets" | "flow_log" }[];
	gaps: { from: Time; to: Time; why: "before" | "between" | "after" | "not_yet" | "flow_records" }[];
	/** Known by flow records only: who talked with whom, not what was said. */
	flow_only_s: number;
}

export interface Placement {
	/** One sentence. */
	says: string;
	/** Facts behind it, each with packets. */
	because: { says: string; evidence: Evidence[] }[];
}

export interface Summary {
	captures: CaptureFacts[];
	packets: number;
	/** Of flow logs. */
	rows: number;
	unique_packets: number;
	wire_bytes: number;
	first: Time | null;
	last: Time | null;
	flows: number;
	hosts: number;
	files: number;
	health: HealthLine[];
	hierarchy: ProtocolNode[];
	placement: Placement | null;
	limits: LimitFact[];
	/** "3 of 9 TLS conversations decrypted, keys from a.keys"; null where there is none. */
	keys: string | null;
}

/** Where decryption keys came from and what they open. Keys themselves never leave the engine. */
export interface Keys {
	sources: {
		/** A key log's name, hostile text; null where a capture brought them. */
		name: string | null;
		capture: string | null;
		used: number;
		unused: number;
		unreadable: number;
		/** The first lines that could not be read. */
		refused: { line: number; why: string }[];
	}[];
	conversations: number;
	opened: number;
	partly: number;
	unfit: number;
	says: string | null;
}

// ---------------------------------------------------------------- tables: one mechanism for all lists

/**
 * `packets` all packets in file order, chains joined by time · `flows` conversations · `hosts` ·
 * `messages` one table over HTTP, FTP, DNS, TLS · `files` artifacts · `rows` flow-log rows.
 */
export type TableName = "packets" | "flows" | "hosts" | "messages" | "files" | "rows";

export interface Column {
	/** Stable id; for packet columns a field or one of no, time, source, destination, protocol, length, info. */
	id: string;
	title: string;
	/** What cells hold: `time` and `duration` cells are decimal seconds, `bytes` and `number` decimal integers, `packet` "A:12", `flow` "A:tcp:17", `row` "B:r12". */
	kind: "text" | "number" | "bytes" | "time" | "duration" | "packet" | "flow" | "row" | "address" | "hash" | "artifact";
	/** Suggested width in characters. */
	width: number;
	sortable: boolean;
	/** Field name for "apply as filter" on a cell: `ip.src`; null when a cell is no filter value. */
	field: string | null;
	/** Shown unless the analyst asks for more columns. */
	standard: boolean;
}

export interface Order {
	column: string;
	descending: boolean;
}

export interface ViewArgs {
	table: TableName;
	narrowing: Narrowing;
	/** Null is the table's own order. */
	order: Order | null;
	/** `messages`: protocol names, empty for all. `packets`: extra column fields. */
	protocols?: string[];
	fields?: string[];
	/** Rows that contain this text in any cell; case is ignored. */
	text?: string;
}

export interface View {
	/** New for every new filter, order or input; late pages of older views are dropped. */
	view: number;
	columns: Column[];
	/** Rows so far; grows with the watermark while `partial`. */
	rows: number;
	/** Rows without the narrowing. */
	total: number;
	/** With 0 rows and a narrowing: for each single limit that could be taken away, the rows then. */
	without: { limit: "filter" | "time" | "captures" | "duplicates" | "text"; rows: number }[];
	/** How the filter was answered: "index", "facts", "read 12 % of packets". */
	plan: string | null;
	/** What the rows cannot show or the filter cannot ask of them: "flow records only …". */
	remark: string | null;
}

/**
 * One page of rows: one ArrayBuffer, little-endian, parts in this order, each aligned to its item size:
 * ```
 * u32 rows · u32 columns · u32 text_bytes · u32 0
 * i64 before                 time of the row before `from` in this view (i64::MIN when there is none)
 * i64[rows] time             the row's time, epoch nanoseconds (i64::MIN when it has none)
 * u32[rows] number           packets: packet number; other tables: the row's stable key within its capture
 * u32[rows] flags            see FLAG
 * u16[rows] capture          index of the letter, 0 = A; padded with zero to a multiple of 4 bytes
 * u32[rows * columns + 1]    offsets of the cells in the text, row-major, in bytes
 * u8[text_bytes]             UTF-8
 * ```
 * Cells of a `packets` view's own `no` and `time` columns are empty: they are `number` and `time`.
 */
export type RowsPage = ArrayBuffer;

export const FLAG = {
	/** Tint: 0 none, 1 HTTP, 2 DNS, 3 TLS, 4 FTP and files, 5 ARP and link, 6 ICMP, 7 error. */
	tint: 0x0f,
	/** 0 none, 1 info, 2 low, 3 medium, 4 high, 5 critical; shifted by 4. */
	severity: 0x70,
	severity_shift: 4,
	duplicate: 0x100,
	truncated: 0x200,
	comment: 0x400,
	/** Completes a message or an artifact. */
	completes: 0x800,
	/** Is evidence of an answer. */
	answer: 0x1000,
} as const;

// ---------------------------------------------------------------- one packet

/** A line of the details tree, in tree order; children follow with depth + 1. */
export interface TreeLine {
	depth: number;
	/** The whole line as text: "Host: bad.example.com". */
	text: string;
	/** Field or protocol name for filters: "http.host". */
	name: string;
	/** The value alone as the tree prints it, for "copy value"; null for layers. */
	value: string | null;
	/** The filter that finds this value: `http.host == "bad.example.com"`; null when it cannot be filtered. */
	filter: string | null;
	/** Index into `sources`; start = end for what was computed. */
	source: number;
	start: number;
	end: number;
	layer: boolean;
	/** An anomaly raised here. */
	severity: Severity | null;
	/** A packet this line points to: "Response in: 34". */
	link: Packet | null;
	/** Definition: "RFC 9110 section 7.2"; "" when there is none. */
	spec: string;
}

export interface PacketDetails {
	packet: Packet;
	time: Time;
	captured: number;
	wire: number;
	interface: string | null;
	comments: string[];
	tree: TreeLine[];
	sources: { name: string; bytes: Uint8Array }[];
	flow: Flow | null;
	/** request · response · completes · segment_of · duplicate_of · … */
	links: { kind: string; packet: Packet }[];
	anomalies: { severity: Severity; says: string; layer: string }[];
	info: string;
	/** The row's own columns, for a one-line snapshot of a pin. */
	source: string;
	destination: string;
	protocol: string;
}

// ---------------------------------------------------------------- filter

export interface FilterCheck {
	ok: boolean;
	error: { message: string; start: number; end: number; suggestion: string | null } | null;
	/** Parses, but probably does not mean what it seems to: yellow. */
	warning: string | null;
	completion: {
		start: number;
		end: number;
		items: { text: string; kind: "field" | "protocol" | "operator" | "function" | "value"; title: string }[];
	};
	/** Of the name under the caret. */
	explain: { name: string; title: string; type: string; spec: string; values: { value: string; word: string }[]; example: string } | null;
	plan: string | null;
}

export interface FilterCount {
	id: string;
	packets: number;
	unique_packets: number;
	bytes: number;
	hosts: number;
	/** When this one cannot be counted. */
	error: string | null;
}

// ---------------------------------------------------------------- reference

export interface AnomalyEntry {
	/** "tcp.analysis.retransmission". */
	id: string;
	says: string;
	severity: "chat" | "note" | "warn" | "error";
	/** Wireshark's expert group. */
	group: string;
}

export interface ProtocolEntry {
	/** Filter name. */
	name: string;
	title: string;
	spec: string;
	/** How far it is read: "fields, messages, files". */
	level: string;
	/** "tcp.port 80", "eth.type 0x0806"; empty where other protocols hand it over. */
	carried: string[];
	by_content: boolean;
	/** Keys under which it can be said to stand. */
	decode_as: DecodeAs["key"][];
	fields: number;
	/** Columns of its messages, a list for each table. */
	logs: { name: string; title: string }[][];
	anomalies: AnomalyEntry[];
}

export interface FieldEntry {
	name: string;
	title: string;
	/** In words: "unsigned number of 16 bits". */
	type: string;
	spec: string;
	/** Further names it answers to: `ip.src` is part of `ip.addr`. */
	part_of: string[];
	values: [number, string][];
}

/** What a port or type carries because the analyst says so. */
export interface DecodeAs {
	key: "tcp.port" | "udp.port" | "eth.type";
	value: number;
	/** Filter name. */
	protocol: string;
}

// ---------------------------------------------------------------- statistics

/** Rows of a table that is counted within a narrowing. */
export interface Counted<R> {
	rows: R[];
	/** Rows there are; `rows` holds no more than were asked for. */
	of: number;
	/** Bounds that were hit while counting. */
	limits: LimitFact[];
}

/** A layer below its parents, parents first. `filter` shows the packets that have it anywhere. */
export interface HierarchyRow extends ProtocolNode {
	filter: string;
}

/** Whose conversations: hardware addresses, IPv4, IPv6, TCP streams, UDP streams. */
export type Talk = "eth" | "ip" | "ipv6" | "tcp" | "udp";

/** `a` sent the first packet. Bytes are those on the wire. */
export interface ConversationRow {
	a: string;
	a_port: number | null;
	b: string;
	b_port: number | null;
	/** Of TCP and UDP. */
	flow: Flow | null;
	packets_ab: number;
	bytes_ab: number;
	packets_ba: number;
	bytes_ba: number;
	first: Packet;
	begun: Time;
	seconds: number;
	filter: string;
}

export interface EndpointRow {
	address: string;
	port: number | null;
	conversations: number;
	packets_out: number;
	bytes_out: number;
	packets_in: number;
	bytes_in: number;
	first: Packet;
	filter: string;
}

/** What dissection remarked; the message may hold captured text. */
export interface ExpertRow {
	severity: "Chat" | "Comment" | "Note" | "Warning" | "Error";
	/** Wireshark's expert group. */
	group: string;
	/** Filter name. */
	protocol: string;
	message: string;
	count: number;
	first: Packet;
	/** "" where no filter tells. */
	filter: string;
}

/** From request to answer, in seconds. */
export interface ResponseRow {
	/** Filter name. */
	protocol: string;
	procedure: string;
	count: number;
	min_s: number;
	mean_s: number;
	max_s: number;
	slowest: Packet;
	filter: string;
}

/** Packets and bytes in intervals from the first packet of all captures on, for each filter. */
export interface OverTime {
	from: Time;
	to: Time;
	interval_s: number;
	series: { filter: string; packets: number[]; bytes: number[] }[];
}

// ---------------------------------------------------------------- understanding

export interface HostCard {
	/** Key used by evidence: the latest address. */
	host: string;
	mac: string | null;
	addresses: { address: string; from: Time; to: Time; packets: number }[];
	names: { name: string; source: string; from: Time; to: Time; evidence: Evidence }[];
	role: string | null;
	/** "may be several hosts behind one address", "relays for others". */
	remarks: string[];
	first: Time;
	last: Time;
	packets: number;
	/** Flow-log rows that name it, of conversations that no capture holds. */
	rows: number;
	bytes_sent: number;
	bytes_received: number;
	peers: number;
	services: { port: string; protocol: string; clients: number; evidence: Evidence }[];
	in_scope: boolean;
}

/** A row of a flow log in full. */
export interface RowCard {
	/** "B:r12". */
	row: string;
	evidence: Evidence;
	log: string;
	/** "Zeek conn (TSV)". */
	format: string;
	/** Of the file, from 1. */
	line: number;
	begun: Time;
	ended: Time;
	originator: string;
	responder: string;
	/** yes · no · not told */
	answered: string;
	community_id: string | null;
	/** Every column that the log has, as written. */
	columns: { name: string; value: string }[];
	/** The same conversation in a capture. */
	captured_as: Flow | null;
	/** "flow records only". */
	unavailable: string;
}

/** What an archive holds, one level deep. */
export interface Listing {
	kind: string;
	entries: { name: string; size: number | null; packed: number | null; method: string; encrypted: boolean; folder: boolean }[];
	/** Entries that are not listed. */
	more: number;
	remarks: string[];
}

export interface SpreadArgs {
	scope?: Scope | null;
	all?: boolean;
	/** The beginning of a SHA-256. */
	hash?: string;
	/** References that the analyst pinned. */
	pinned?: Evidence[];
	/** Ids of findings. */
	confirmed?: string[];
	dismissed?: string[];
}

/** A host at an end of a transfer; `remark` says that it is a proxy, or may be several. */
export interface SpreadEnd {
	host: string;
	name: string | null;
	mac: string | null;
	remark: string;
}

/** One transfer of a content. */
export interface SpreadTransfer {
	/** Of the first part where it came in several. */
	id: ArtifactId;
	parts: ArtifactId[];
	/** Hostile text. */
	name: string | null;
	/** As the client sees it. */
	direction: "received" | "sent";
	from: SpreadEnd;
	to: SpreadEnd;
	protocol: string;
	flow: string | null;
	transport: string;
	/** Who opened the conversation that carried it, and the other end, with ports. */
	client: string;
	server: string;
	community_id: string;
	request: Packet | null;
	request_time: Time | null;
	first: Packet;
	last: Packet;
	first_time: Time;
	last_time: Time;
	size: number;
	complete: boolean;
	state: string;
	/** Not hashed yet. */
	pending: boolean;
}

/** A content and everybody who had it. */
export interface SpreadContent {
	/** Null while it is pending, and where bytes are missing. */
	sha256: string | null;
	pending: boolean;
	size: number;
	content_type: string | null;
	/** Hostile text. */
	names: string[];
	more_names: number;
	why: { sort: "indicator" | "pinned" | "finding"; says: string }[];
	more_why: number;
	/** `had`: it got it or brought it by itself; a server that only gave it is named, and not counted. */
	hosts: (SpreadEnd & { received: number; sent: number; had: boolean; complete: boolean; names: string[]; first: Time; last: Time })[];
	transfers: SpreadTransfer[];
}

export interface Spread {
	/** In order of their first transfer. */
	contents: SpreadContent[];
	/** `pins`: of packets and ranges, beyond those that are looked at. */
	left: { contents: number; transfers: number; pins: number };
	/** Of slices whose capture is loaded too: files that are listed once, of the capture. */
	slices: { capture: string; files: number }[];
	/** Of all that is loaded; `pending` of them are not hashed yet. */
	files: number;
	pending: number;
}

export interface FileCard {
	id: ArtifactId;
	names: { text: string; where: string }[];
	direction: "received" | "sent";
	protocol: string;
	declared_type: string | null;
	content_type: string | null;
	mismatch: boolean;
	size: number;
	declared_size: number | null;
	sha256: string | null;
	sha1: string | null;
	md5: string | null;
	/** Hashes not computed yet. */
	pending: boolean;
	client: string;
	server: string;
	request: Packet | null;
	first: Packet;
	last: Packet;
	first_time: Time;
	last_time: Time;
	packets: number;
	flow: Flow | null;
	complete: boolean;
	/** Why not: "transfer aborted", "bytes lost by the capture"; null when complete. */
	incomplete: string | null;
	/** Byte ranges present, in order, end exclusive. */
	present: { start: number; end: number }[];
	/** Artifacts merged into this one. */
	parts: ArtifactId[];
	/** May `file.list` say what it holds? */
	archive?: boolean;
	/** Other artifacts with the same hash. */
	same_hash: ArtifactId[];
	remarks: string[];
}

export interface Timeline {
	from: Time;
	to: Time;
	bucket_s: number;
	packets: number[];
	bytes: number[];
	/** The first and busiest packet of each bucket, for links; "" for empty buckets. */
	first: Packet[];
	/** Flow-log rows that begin in each bucket; empty without a log. */
	rows: number[];
}

/** A number with its formula and this case's values. */
export interface Score {
	/** "pattern", "concern". */
	name: string;
	formula: string;
	/** 0 to 1. */
	result: number;
	/** `says` may hold captured text. */
	terms: { name: string; value: number; weight?: number; says: string }[];
}

/** Bars in their order: from, and how many. */
export interface Plot {
	title: string;
	/** What a bar's place counts: "seconds", "hour". */
	unit: string;
	bars: [number, number][];
}

/** When something comes next, in epoch seconds, and how often such an interval holds. */
export interface Expected {
	lo: number;
	hi: number;
	level: number;
}

export interface Rhythm {
	seen: number;
	missed: number;
	expected: Expected[];
	/** Of intervals made inside the capture in the same way. */
	tested: { held: number; made: number };
	says: string;
	/** What earlier captures gave as the next time, where several follow each other. */
	foretold: {
		/** Letters: "A", "A to C". */
		by: string;
		expected: Expected;
		state: "confirmed" | "missed" | "open";
		/** When it came: within, or after it was missed. */
		came: Time | null;
		evidence: Evidence | null;
		missed: number;
		held: number;
		made: number;
	} | null;
}

export interface Finding {
	/** Stable: hash of detection and subject. */
	id: string;
	/** Short number of this session's list: "F-03". */
	label: string;
	detection: string;
	title: string;
	severity: Severity;
	confidence: number;
	/** The confidence in a word. */
	sure?: Sureness;
	src?: string;
	dst?: string;
	domain?: string;
	dport?: number;
	mac?: string;
	first: Time;
	last: Time;
	packets: Packet[];
	evidence: Evidence[];
	techniques: string[];
	/** Those of them whose names are known. */
	attack?: { id: string; name: string }[];
	/** The ATT&CK tactic it counts for. */
	tactic?: string;
	scores?: Score[];
	plots?: Plot[];
	period_s?: number;
	next?: Expected;
	rhythm?: Rhythm;
	/** Addresses of other hosts that do the same, or that it was done to. */
	others?: string[];
	/** A harmless class of traffic that it behaves like. */
	benign?: { class: string; says: string };
	/** The rule by which the analyst allows it. */
	allowed?: string;
	/** Place of its lead from 1 on, and how much that weighs. */
	lead?: number;
	lead_severity?: Severity;
	/** Against what is earlier, and what its severity was. */
	against?: Status;
	was?: Severity;
	why: string;
	how: string;
	innocent: string;
	settle: string;
	/** Of the scope: the host is a target. */
	in_scope: boolean;
}

export type Status = "new" | "known" | "changed" | "gone";

/** What is earlier: a document, captures by letter, or a time; none of them takes it back. */
export interface EarlierArgs {
	baseline?: unknown;
	name?: string;
	captures?: string[];
	/** RFC 3339; open where absent. */
	from?: string;
	to?: string;
}

/** Hours with traffic, hours of the day as bits, and the time they lie in. */
export interface CoveredHours {
	hours: number;
	clock: number;
	first: Time;
	last: Time;
}

interface SeenHours {
	hours: number;
	times?: number;
	sent?: number;
	/** Bytes of a usual hour, where volumes are compared. */
	usual?: number;
	/** Of the busiest hour, where that one deviates. */
	busiest?: number | null;
}

/** One thing that is new, gone, or far more or less than it was. */
export interface DeviationRow {
	status: Status;
	kind: "host" | "service" | "pair" | "destination" | "site" | "agent" | "fingerprint" | "volume";
	host: string | null;
	name: string | null;
	what: string;
	/** Chance, and share of chance among what is told down to this one. */
	p: number;
	q: number;
	then: SeenHours;
	now: SeenHours;
	ratio?: number;
	interval?: [number, number];
	first: Time | null;
	evidence: Evidence[];
}

export interface Compared {
	/** In words; null where nothing is earlier, and then nothing else is there. */
	earlier: string | null;
	refused: string | null;
	then: CoveredHours;
	now: CoveredHours | null;
	says: string[];
	rows: DeviationRow[];
	counts: { known?: Record<string, number>; untold?: Record<string, number>; apart?: Record<string, number> };
	findings: { status: Status; id: string; detection: string; title: string; severity: Severity; was: { severity: Severity } | null }[];
	findings_gone: { status: "gone"; id: string; was: { severity: Severity } }[];
	findings_known: number;
}

/** A host with a destination, or with everybody: how much by day and hour, and which way that goes. */
export interface TrendRow {
	host: string | null;
	name: string | null;
	peer: string | null;
	measure: "times" | "sent";
	/** Null where none can be told from chance. */
	way: "up" | "down" | null;
	/** A day is so much more than the one before: 0.1 is a tenth. */
	growth: number | null;
	interval: [number, number] | null;
	p: number | null;
	q: number;
	/** Null, as growth and interval are, where the bound of the work was reached before. */
	hourly: number | null;
	days: number[];
	/** Null where no capture covers the hour; whole null where there are too many. */
	hours: (number | null)[] | null;
	departs: { day: number; time: Time; evidence: Evidence; before: number; after: number } | null;
	evidence: Evidence;
}

export interface Trends {
	refused: string | null;
	days: number;
	way_days: number;
	begins: Time[];
	told: number;
	tested: number;
	seldom: number;
	beyond: number;
	/** Of rows: tested for a way, without a slope, because the bound of the work was reached. */
	without_slope: number;
	of: number;
	rows: TrendRow[];
}

export type Sureness = "low" | "medium" | "high";
export type Side = "breach" | "fault";

/** Findings that belong together, and whom they are about. */
export interface Lead {
	side: Side;
	/** Of its first finding; captured text. */
	title: string;
	why: string;
	severity: Severity;
	/** Raised by one level, and why. */
	raised_from: Severity | null;
	raised_by: string | null;
	/** It repeats, and is expected again after the captures. */
	goes_on: boolean;
	/** When it comes again, where the sample supports a time. */
	next: Expected | null;
	/** What the scope asks for: the answers tell it host by host. */
	asked: boolean;
	confidence: number;
	sure: Sureness;
	/** Worth a look now, rather than a note. */
	alarm: boolean;
	/** All of it behaves like harmless classes of traffic. */
	benign: boolean;
	tactics: string[];
	hosts: { host: string | null; mac: string | null; name: string | null }[];
	of_hosts: number;
	peer: string | null;
	/** Ids, strongest first. */
	findings: string[];
	evidence: Evidence[];
	first: Time;
	last: Time;
	in_scope: boolean;
}

/** A host that sticks out of all by a measure. */
export interface OutlierRow {
	measure: string;
	host: string | null;
	name: string | null;
	mac: string | null;
	value: number;
	median: number;
	/** Deviations above the median. */
	far: number;
	of_hosts: number;
	/** The statistic in words; captured text. */
	says: string;
	evidence: Evidence[];
}

/** Something that came before an event and explains it, or followed it. */
export interface Linked {
	time: Time;
	/** Captured text. */
	says: string;
	/** A typed link explains it, it came before and is only new for the host, or it followed. */
	word: "because" | "before it" | "then";
	/** How it is linked, in words. */
	link: string;
	/** By what was sent, not by time alone. */
	typed: boolean;
	evidence: Evidence[];
}

/** At most seven; `says` where there is none, or more. */
export interface LinkedSide {
	rows: Linked[];
	more: number;
	says: string | null;
}

export interface Strip {
	/** Captured text. */
	says: string;
	host: string | null;
	name: string | null;
	time: Time;
	evidence: Evidence[];
	/** How far from the event something new for the host counts. */
	window_s: number;
	because: LinkedSide;
	then: LinkedSide;
}

/** A kind of check and what came of it. */
export interface Category {
	family: string;
	title: string;
	side: Side;
	findings: number;
	checks: number;
	/** "checked, nothing found in 48,211 packets", "not checked: …". */
	says: string;
	not_checked: { title: string; why: string }[];
}

/** One of the two questions, counted whatever was asked. */
export interface SideTally {
	side: Side;
	critical: number;
	high: number;
	medium: number;
	low: number;
	info: number;
	alarms: number;
	hosts: number;
	checks: number;
	not_checked: number;
	allowed: number;
}

/** What the analyst allows; "" fits everything. */
export interface AllowRule {
	detection: string;
	host: string;
	peer: string;
}

export interface Findings {
	/** At most eight, first things first. */
	leads: Lead[];
	leads_beyond: number;
	/** The first hundred of those beyond, in brief; titles are captured text. */
	more_leads: {
		title: string;
		finding: string;
		severity: Severity;
		alarm: boolean;
		host: string | null;
		of_hosts: number;
		of_findings: number;
	}[];
	/** Findings whose ids were given as dismissed: in no lead and no count. */
	dismissed: number;
	/** What the scope asks for, be it among the leads or beyond them. */
	asked: Lead | null;
	sides: SideTally[];
	categories: Category[];
	/** Per rule asked with. */
	allowed: { says: string; findings: number }[];
	/** A layer of the ATT&CK Navigator. */
	navigator: unknown;
	findings: Finding[];
	checked: Checked[];
}

/** Conversations of one kind between the same parties. */
export interface Crossing {
	kind: string;
	by: "content" | "name" | "port";
	client: string;
	client_name: string | null;
	server: string;
	server_name: string | null;
	/** "22/tcp". */
	service: string;
	/** "10.1.2.0/24" or "outside". */
	from: string;
	to: string;
	/** in · out · inside one network · between our networks · outside */
	way: string;
	clients: string[];
	of_clients: number;
	flows: number;
	answered: number;
	sent: number;
	received: number;
	first: Time;
	last: Time;
	evidence: Evidence[];
	/** Captured text. */
	says: string[];
	filter: string;
}

export interface Crossings<R = Crossing> {
	rows: R[];
	of: number;
	says: string[];
	/** Pairs told apart. */
	bound: number;
}

export interface InsidePair extends Crossing {
	/** The server serves no other. */
	peers: boolean;
	/** An administrator's protocol, share or pipe. */
	admin: boolean;
	/** Hosts that use a service on this port, anywhere inside. */
	users: number;
}

export interface EastWest extends Crossings<InsidePair> {
	hosts: { host: string | null; name: string | null }[];
	of_hosts: number;
	/** Places among `hosts`; `users` of the rarest of the services, anywhere inside. */
	cells: { client: number; server: number; flows: number; services: string[]; admin: boolean; users: number }[];
}

/** A value and how often it came; the value is captured text. */
export interface StackRow {
	value: string;
	count: number;
	/** 0 to 1. */
	share: number;
	hosts: string[];
	of_hosts: number;
	evidence: Evidence[];
	first: Time;
}

export interface Stacked {
	column: string;
	rows: StackRow[];
	of: number;
	counted: number;
	absent: number;
	beyond: number;
}

export interface OnceRow extends StackRow {
	column: string;
	title: string;
	counted: number;
	once: number;
}

export interface ChecklistRow {
	id: string;
	title: string;
	look: string;
	filter: string;
	flows: number;
	answered: number;
	packets: number;
	bytes: number;
	hosts: number;
	servers: number;
	/** Values are captured text; `column` is what stacking shows whole, "" for none. */
	normal: { what: string; column: string; values: [string, number][]; different: number; of: number }[];
	unread: { why: string; flows: number; packets: number }[];
	unread_packets: number;
	findings: { id: string; title: string; severity: Severity }[];
	of_findings: number;
	checks: { detection: string; says: string }[];
}

export interface Checked {
	detection: string;
	title: string;
	findings: number;
	/** The captures gave what it needs. */
	made: boolean;
	/** "checked, nothing found in 48,211 packets". */
	says: string;
}

export type Rung = "delivered" | "partial" | "hidden" | "refused" | "contacted" | "looked_up" | "none";

/** What `weir answer --json` prints a line, with its evidence. */
export interface Answer {
	host: string;
	mac: string | null;
	name: string | null;
	indicator: Indicator;
	answer: "seen" | "not_seen" | "cannot_tell";
	rung: Rung;
	direction: "received" | "sent";
	match: string | null;
	in_scope: boolean;
	in_window: boolean;
	first: Time | null;
	last: Time | null;
	packets: Packet[];
	files: { id: ArtifactId; name: string; size: number; sha256: string | null; complete: boolean }[];
	reason: string;
	checked: string;
	covered_s: number;
	window_s: number;
	evidence: Evidence[];
}

export interface ProposedDecision {
	host: string;
	mac: string | null;
	name: string | null;
	rung: Rung;
	decision: "isolate_now" | "isolate_and_examine" | "examine" | "find_out" | "watch" | "none";
	/** The rule in words. */
	because: string;
	evidence: Evidence[];
	/** Ids of the findings behind it. */
	findings: string[];
	in_scope: boolean;
}

export interface Derived {
	indicator: Indicator;
	/** "hash of what 192.168.100.23 received". */
	because: string;
	evidence: Evidence[];
	from?: Time;
	to?: Time;
}

export interface Answers {
	answers: Answer[];
	derived: Derived[];
	counts: Record<Rung, number>;
	/** "412 encrypted flows elsewhere". */
	beside: string[];
	coverage: Coverage;
}

/** What a node of the mind map stands for; `note`, `pin` and `group` for the outline's own. */
export type Sort = "question" | "hypothesis" | "host" | "file" | "name" | "event" | "open" | "action";

export interface BuiltMap {
	nodes: {
		origin: string;
		sort: Sort;
		text: string;
		evidence: Evidence[];
		/** Origin of the parent; "" for the root. */
		parent: string;
		for: string;
		against: string;
		settle: string;
	}[];
	edges: { from: string; to: string; verb: string }[];
	/** Findings beyond those that were taken. */
	left: number;
}

export interface DrawnNode {
	id: string;
	sort: Sort | "note" | "pin" | "group";
	text: string;
	evidence: Evidence[];
	origin: string;
	parent: string | null;
	depth: number;
	/** It was built, and nothing that is loaded shows it any more. */
	unsupported: boolean;
	x: number;
	y: number;
	w: number;
	h: number;
	lines: string[];
	/** From its parent, as SVG's `d`; "" for a root. */
	way: string;
}

export interface DrawnEdge {
	id: string;
	from: string;
	to: string;
	verb: string;
	way: string;
	/** Where the verb stands. */
	x: number;
	y: number;
}

export interface DrawnMap {
	nodes: DrawnNode[];
	edges: DrawnEdge[];
	width: number;
	height: number;
	/** Nodes that are too many to draw. */
	left: number;
}

export interface FollowChunk {
	/** 0 is the side that began (client), 1 the other. */
	side: 0 | 1;
	packet: Packet;
	time: Time;
	/** Place in that side's stream. */
	offset: number;
	/** Bytes in `data` of the reply. */
	start: number;
	end: number;
	/** Bytes missing before this chunk; start = end marks a gap alone. */
	gap: number;
}

export interface Followed {
	flow: Flow;
	sides: [{ endpoint: string; bytes: number }, { endpoint: string; bytes: number }];
	protocol: string | null;
	chunks: FollowChunk[];
	data: Uint8Array;
	/** Pass as `from` for what follows; null at the end. */
	next: number | null;
	/** Why there is no payload: "flow records only", "encrypted"; null when there is. */
	unavailable: string | null;
	/** A flow of no known protocol: why, and what each side sent first. With `from` 0 only. */
	unknown?: { why: string[]; sides: (FirstBytes | null)[] } | null;
}

export interface FirstBytes {
	/** The bytes that the entropy is of; fewer are shown. */
	bytes: number;
	hex: string;
	text: string;
	/** Bits a byte, 0 to 8. */
	entropy: number;
}

export interface Suggestion {
	kind: "network" | "host" | "protocol" | "server";
	value: string;
	why: string;
	packets: number;
	evidence: Evidence[];
}

export interface Proposal {
	/** scope · standard · patterns · noise */
	group: string;
	title: string;
	why: string;
	filter: string;
}

// ---------------------------------------------------------------- case document

export interface Stamp {
	/** 128-bit author id in hex, made once per browser; `counter` counts that author's operations. */
	author: string;
	counter: number;
	/** Wall time of the edit, RFC 3339 UTC. */
	at: string;
}

/** One item of the case; unknown kinds and members survive load and save. */
export interface CaseItem {
	/** 128 bits, hex. */
	id: string;
	kind:
		| "scope"
		| "note"
		| "pin"
		| "decision"
		| "verdict"
		| "node"
		| "action"
		| "lesson"
		| "marking"
		| "layout"
		| "filter"
		| "exclusion"
		| "decode_as"
		| "capture"
		| "remark"
		| "dismissal"
		| "allow"
		| "looked"
		| "edge"
		| "earlier"
		| "log"
		| "title"
		| "author"
		| "pass"
		| "watch"
		| "done_when"
		| "issue";
	stamp: Stamp;
	pass: number;
	step: string;
	deleted?: true;
	/** Shape by kind, see `base/case.ts`. */
	body: Record<string, unknown>;
	/** Per author the counter of the newest edit that this state has seen and replaced. */
	over?: Record<string, number>;
	/** Losing edits of a merge. */
	conflicts?: CaseVersion[];
}

/** An edit that lost a merge; members it does not name are its item's. */
export interface CaseVersion {
	kind?: CaseItem["kind"];
	stamp: Stamp;
	pass?: number;
	step?: string;
	deleted?: true;
	body: Record<string, unknown>;
}

/** An item that a copy brought; `says` is one line of its text. */
export interface CameLine {
	id: string;
	kind: CaseItem["kind"];
	says: string;
	by: string;
	at: string;
}

/** What another copy of the case brought: lists of 200 at most, and how many there are. */
export interface Came {
	new: CameLine[];
	of_new: number;
	changed: CameLine[];
	of_changed: number;
	removed: CameLine[];
	of_removed: number;
	conflicts: CameLine[];
	of_conflicts: number;
	/** What both copies made where there is to be one; the id that counts stands first. */
	twins: { about: string; ids: string[] }[];
	log: number;
	people: { author: string; name: string; edits: number; last: string }[];
	nothing: boolean;
}

/** A slice or file that goes with a case; names and `what` are text of whoever saved it. */
export interface CasePart {
	sort: "capture" | "artifact" | "other";
	name: string;
	what: string;
}

export interface CaseDocument {
	schema: 1;
	/** 128 bits, hex. */
	id: string;
	title: string;
	items: CaseItem[];
}

/** A piece of a line of a note. */
export interface NoteRun {
	sort: "text" | "code" | "reference" | "tag" | "break";
	/** As it was typed; hostile. */
	text: string;
	strong?: boolean;
	emphasis?: boolean;
	strike?: boolean;
}

/** A part of a note. */
export type NoteBlock =
	| { block: "paragraph"; runs: NoteRun[] }
	| { block: "heading"; level: number; runs: NoteRun[] }
	| { block: "quote"; blocks: NoteBlock[] }
	/** Numbered where it has a start. */
	| { block: "list"; start: number | null; items: NoteBlock[][] }
	| { block: "code"; info: string; text: string }
	/** Rows may have fewer cells than the head. */
	| { block: "table"; head: NoteRun[][]; rows: NoteRun[][][] }
	| { block: "rule" };

/** A text as Markdown: HTML, links and images in it are text. `says`: bounds that were hit. */
export interface ReadNote {
	blocks: NoteBlock[];
	/** In small letters, each once. */
	tags: string[];
	says: string[];
}

/** An action that nobody has taken yet; `origin` is what it is known again by. */
export interface ProposedAction {
	origin: string;
	aim: "solve" | "prevent";
	action: string;
	host: string;
	priority: "now" | "today" | "week" | "later";
	reason: string;
	evidence: Evidence[];
	/** Nobody has decided what it rests on. */
	undecided: boolean;
}

/** What is new, gone or changed since a pass that the case keeps. */
export interface PassDifference {
	id: string;
	pass: number;
	at: string;
	/** New, gone, changed. */
	counts: [number, number, number];
	rows: {
		what: "finding" | "answer" | "host" | "decision" | "capture";
		status: "new" | "gone" | "changed";
		/** Captured text. */
		says: string;
		was: string | null;
		is: string | null;
	}[];
	left: number;
	remarks: string[];
}

/** What these captures say of something on the watch list. */
export interface WatchResult {
	id: string;
	sort: string;
	what: string;
	state: "seen" | "not_seen" | "cannot_tell" | "open";
	says: string;
	evidence: Evidence[];
	filter: string;
	/** Of the captures that this is of. */
	of: string;
	before: string | null;
}

export interface CaseworkResult {
	actions: ProposedAction[];
	lessons: { heading: string; text: string }[];
	passes: PassDifference[];
	watched: WatchResult[];
	/** The results, small enough for the case. */
	snapshot: Record<string, unknown>;
	troubles: string[];
}

/** One line of the report linter: "the summary has 312 words; 250 is the limit". */
export interface LintLine {
	state: "ok" | "warn" | "missing";
	says: string;
	step: string | null;
	/** The item of the case that it is about. */
	item?: string;
}

/** What a reference says now. */
export interface Cited {
	evidence: Evidence;
	/** Null where this is looked up elsewhere (findings) or not known yet (hashes). */
	found: boolean | null;
	/** In a line, without its number and time. */
	says: string;
	/** Why it is not there. */
	why: string;
	/** SHA-256 of the captured bytes it names; "" where there are none. */
	digest: string;
	time: Time | null;
	bytes: number | null;
	values: string[];
	lines?: string[];
}

/** A claim of the case, derived again from what is loaded. */
export interface Claim {
	/** It holds, it differs, or it cannot be checked. */
	state: "holds" | "differs" | "unknown";
	/** Where it stands: a kind of item, or capture, conclusion, answer, finding, report. */
	place: string;
	item: string;
	step: string;
	says: string;
	evidence: Evidence;
	was: string;
	is: string;
	why: string;
}

export interface Verified {
	lines: Claim[];
	holds: number;
	differs: number;
	unknown: number;
}

/** An indicator as other tools get it. `value` and names are captured text. */
export interface ListedIndicator {
	kind: Indicator["kind"];
	value: string;
	origin: "scope" | "derived" | "finding";
	state: "act" | "unconfirmed" | "left";
	/** Why it is left. */
	reason?: string;
	why: string;
	evidence: Evidence[];
	first: Time | null;
	last: Time | null;
	content?: { sha256: string; sha1: string; md5: string; size: number; names: string[] };
	/** Of a name: it and names below it, as they were asked for. */
	below?: string[];
}

/** A file for another tool. */
export interface Artefact {
	id: string;
	title: string;
	purpose: string;
	/** What it was checked by, in words. */
	checked: string;
	/** Is the product itself among those? */
	by_product: boolean;
	name: string;
	mime: string;
	/** Places in the list of indicators. */
	taken: number[];
	left: { indicator: number; reason: string }[];
	notes: string[];
	text: string;
}

export interface Exports {
	indicators: ListedIndicator[];
	artefacts: Artefact[];
	/** Findings with names or addresses that nobody judged; 0 where they were asked for. */
	unjudged: number;
	/** Indicators beyond what one file takes in. */
	beyond: number;
	troubles: string[];
}

// ---------------------------------------------------------------- operations

interface O<A, R> {
	args: A;
	result: R;
}

export interface Ops {
	/**
	 * Worker: detects gzip and zstd by content and spools them; then asks the engine's `load` for all
	 * files of the drop at once. Progress at least 4 times a second while it reads.
	 */
	/** `after`: these are slices that came with a case, whose own captures have letters up to this one. */
	"captures.add": O<{ files: File[]; after?: string }, Loaded>;
	"captures.remove": O<{ capture: string }, { removed: string }>;
	/** Replaces what was said before; everything loaded is read again where that changes something. */
	decode_as: O<{ entries: DecodeAs[] }, null>;
	"captures.offset": O<{ capture: string; seconds: Span }, { capture: string }>;
	keys: O<Record<string, never>, Keys>;
	/** Takes the keys of a key log, or of a capture, away and reads the captures again without them. */
	"keys.forget": O<{ name: string } | { capture: string }, Keys>;
	summary: O<Record<string, never>, Summary>;
	coverage: O<{ scope: Scope }, Coverage>;
	/** Networks, hosts and protocols worth naming as targets. */
	suggest: O<Record<string, never>, { suggestions: Suggestion[] }>;
	/** What the capture recipe needs from captures: addresses of the scope's names, mean and peak rate. */
	"recipe.facts": O<
		{ scope: Scope },
		{ servers: { name: string; address: string; evidence: Evidence }[]; bits_per_s: number | null; mean_packet: number | null }
	>;

	/** Every protocol; with a name the protocol that is called so or has such a field, with its fields. */
	reference: O<{ name?: string }, { protocols: ProtocolEntry[]; protocol: ProtocolEntry | null; fields: FieldEntry[] }>;
	"filter.check": O<{ text: string; caret: number }, FilterCheck>;
	"filter.counts": O<{ filters: { id: string; text: string }[]; narrowing: Narrowing | null }, { counts: FilterCount[] }>;
	/** Stages all · window · targets · protocols · indicators, as filters; then counted with `filter.counts`. */
	funnel: O<{ scope: Scope; exclusions: string[] }, { stages: { id: string; title: string; filter: string }[] }>;
	proposals: O<{ scope: Scope }, { proposals: Proposal[] }>;

	/** `limit`: rows at most, 10,000 where it is not said. */
	"statistics.hierarchy": O<{ narrowing: Narrowing }, Counted<HierarchyRow>>;
	/** Both tables are those with most bytes first. */
	"statistics.conversations": O<
		{ narrowing: Narrowing; type: Talk; limit?: number },
		Counted<ConversationRow> & { endpoints: EndpointRow[]; of_endpoints: number }
	>;
	"statistics.experts": O<{ narrowing: Narrowing; limit?: number }, Counted<ExpertRow>>;
	"statistics.responses": O<{ narrowing: Narrowing }, Counted<ResponseRow>>;
	/** A display filter for each series, "" for every packet; at most 16, and 100,000 intervals. */
	"statistics.io": O<{ narrowing: Narrowing; interval_s: number; series: string[] }, OverTime>;

	view: O<ViewArgs, View>;
	rows: O<{ view: number; from: number; count: number }, RowsPage>;
	/** Row of a packet (or of a table's key text) in a view; null when the narrowing hides it. */
	locate: O<{ view: number; key: string }, { row: number | null }>;
	/** From row `from` (exclusive) on, wrapping once; bytes as hex digits. */
	find: O<
		{ view: number; from: number; backwards: boolean; kind: "filter" | "text" | "bytes"; needle: string },
		{ row: number | null; packet: Packet | null; wrapped: boolean }
	>;

	packet: O<{ packet: Packet }, PacketDetails>;
	/** "B:r12". */
	row: O<{ row: string }, RowCard>;
	host: O<{ host: string }, HostCard>;
	file: O<{ file: ArtifactId }, FileCard>;
	"file.list": O<{ file: ArtifactId }, Listing | null>;
	/** By the start of a SHA-256. */
	"file.by_hash": O<{ hash: string }, { files: ArtifactId[] }>;
	/** Files in question with everybody who had the same content; with `all` every file, with `hash` one content. */
	spread: O<SpreadArgs, Spread>;
	"spread.save": O<SpreadArgs & { as: "csv" | "tsv" | "json" }, Saved>;
	timeline: O<{ narrowing: Narrowing; from: Time | null; to: Time | null; buckets: number }, Timeline>;
	findings: O<{ scope: Scope | null; allow?: AllowRule[]; dismissed?: string[] }, Findings>;
	because: O<{ scope?: Scope | null; finding?: string; packet?: Packet; flow?: string; file?: string; host?: string; time?: Time }, Strip>;
	checklist: O<{ scope: Scope | null; allow?: AllowRule[] }, { rows: ChecklistRow[]; packets: number }>;
	earlier: O<EarlierArgs, { says: string | null }>;
	/** The document; refused where it is too short. */
	baseline: O<{ scope: Scope | null; earlier?: boolean }, Record<string, unknown>>;
	compare: O<{ scope: Scope }, Compared>;
	trends: O<{ limit?: number }, Trends>;
	ways_in: O<{ limit?: number }, Crossings>;
	bridges: O<{ limit?: number }, Crossings & { carried: { title: string; filter: string; packets: number; bytes: number }[] }>;
	east_west: O<{ limit?: number }, EastWest>;
	outliers: O<{ limit?: number }, { rows: OutlierRow[]; of: number; says: string[] }>;
	seen_once: O<Record<string, never>, { rows: OnceRow[]; of: number; says: string[] }>;
	/** A column by its id: "http.user_agent". */
	stack: O<{ column: string; limit?: number }, Stacked>;
	"stack.columns": O<Record<string, never>, { columns: { id: string; title: string; rows: number }[] }>;
	answers: O<{ scope: Scope; narrowing: null }, Answers>;
	/** What is proposed for each affected host, worst first, from the answers and from what was found. */
	decisions: O<{ scope: Scope; allow: AllowRule[]; dismissed: string[]; confirmed: string[] }, { decisions: ProposedDecision[] }>;
	follow: O<{ flow: Flow; from: number; max_bytes: number }, Followed>;

	/** Worker joins the engine's byte chunks into a Blob. `zip`: AES-256, neutral member names. */
	"file.save": O<{ file: ArtifactId; as: "plain" | "zip"; password: string }, Saved>;
	"follow.save": O<{ flow: Flow; side: 0 | 1 | 2 }, Saved>;
	/** Packets as pcapng with their original numbers as comments: what a filter matches, or what is named. */
	"slice.save": O<SliceArgs & Partial<SliceSays>, SavedSlice>;
	"slice.size": O<SliceArgs, { packets: number; bytes: number; others: number; missing: number }>;
	/** What was written on packets elsewhere, such as in Wireshark; the first 1,000 of `of`. */
	comments: O<Record<string, never>, { comments: PacketComment[]; of: number }>;
	/** Of captures that are slices: number there, and which packet it was ("A:120"). */
	origins: O<Record<string, never>, { slices: { capture: string; packets: [number, Packet][] }[] }>;
	/** Whole view as CSV, cells as the engine holds them. */
	"table.save": O<{ view: number; as: "csv" | "json" }, Saved>;
	/** `build` is this page's own, as the last page prints it. */
	report: O<{ document: CaseDocument; scope: Scope; format: "html" | "md" | "json"; build: string }, Saved>;
	/** All files for other tools, marked as the case is; `at` is when they are made, RFC 3339. */
	export: O<{ document: CaseDocument; scope: Scope; at: string; unconfirmed: boolean; build: string }, Exports>;
	"report.lint": O<{ document: CaseDocument; scope: Scope }, { lines: LintLine[] }>;
	/** Nodes and edges of what was found; nothing is added by it. */
	"map.build": O<{ document: CaseDocument; scope: Scope }, BuiltMap>;
	/** Where the map's nodes stand. `supported`: origins that were built of what is loaded; null while not known. */
	"map.draw": O<{ document: CaseDocument; supported: string[] | null }, DrawnMap>;
	"map.export": O<{ document: CaseDocument; supported: string[] | null; format: "svg" | "md" | "mmd" | "canvas" }, Saved>;
	/** Sentences for the conclusion, each with its evidence, and what they were drafted from. */
	"report.draft": O<{ document: CaseDocument; scope: Scope }, { lines: string[]; inputs: string }>;
	/** Every claim of the case, derived again. */
	verify: O<{ document: CaseDocument; scope: Scope }, Verified>;
	/** What references say now; `lines` with the lines of the packets' trees. */
	cite: O<{ evidence: Evidence[]; lines?: boolean }, { cited: Cited[]; left: number }>;
	/** What follows from the case over these captures: proposals, facts for lessons, differences, the watch list. */
	casework: O<{ document: CaseDocument; scope: Scope }, CaseworkResult>;
	/** The case without its evidence, for the next one. */
	"case.template": O<{ document: CaseDocument }, Saved>;
	/** Validates and upgrades; unknown members survive. */
	"case.open": O<{ text: string }, { document: CaseDocument }>;
	/** Joins two copies of one case; refused where they are two cases. */
	"case.merge": O<{ mine: CaseDocument; theirs: CaseDocument }, { document: CaseDocument; came: Came }>;
	/** Worker reads the file: a case file, Weir with a case inside, or a case alone. `says`: what in it is broken. */
	"case.unpack": O<{ file: Blob }, { document: CaseDocument; form: string; says: string[]; parts: (CasePart & { bytes: Uint8Array })[] }>;
	/** A case file with these parts. */
	"case.pack": O<{ document: CaseDocument; parts: (CasePart & { blob: Blob })[] }, Saved>;
	/** Texts as Markdown, at most 1,000, in the order asked for. `report`: they are what `report` wrote as "md". */
	"notes.read": O<{ texts: string[]; report?: boolean }, { notes: ReadNote[] }>;
	/** Canonical text of a case. */
	"case.save": O<{ document: CaseDocument }, Saved>;
}

export type Op = keyof Ops;

export interface Loaded {
	captures: CaptureFacts[];
	/** Names of key logs that were read. */
	keys: string[];
	refused: { name: string; error: EngineError }[];
}

export interface SliceArgs {
	narrowing: Narrowing;
	/** Names or references; null takes what the narrowing leaves. */
	packets: (Packet | Evidence)[] | null;
	/** `conversations`: from their beginning up to these packets, and the DNS answers before. */
	with?: "packets" | "conversations";
}

export interface SliceSays {
	/** Become comments on their packets. */
	notes: { packet: Packet | Evidence; text: string }[];
	reason: string;
	/** 64 hex digits of randomness; null leaves everything as it is. */
	anonymise: string | null;
	/** With texts it becomes a zip. */
	texts: { name: string; text: string }[];
}

/** What anonymising came to. Counts but for `leaks`, the first of `leaked`. */
export interface Anonymised {
	removed: { addresses: number; texts: number; short: number; common: number };
	blanked: number;
	chance: number;
	exchanged: number;
	leaks: { place: string; offset: number; form: string; value: string }[];
	leaked: number;
}

export interface SavedSlice extends Saved {
	packets: number;
	/** Something that was to be removed is still there: the blob is empty. */
	blocked: boolean;
	anonymised: Anonymised | null;
}

export interface PacketComment {
	packet: Packet;
	evidence: Evidence;
	text: string;
	cut: boolean;
}

export interface Saved {
	/** Neutral, safe name proposal. */
	name: string;
	mime: string;
	blob: Blob;
}

/** Ops whose `bytes` chunks the worker joins into `Saved.blob`. */
export const BLOB_OPS: ReadonlySet<Op> = new Set<Op>([
	"file.save",
	"follow.save",
	"slice.save",
	"table.save",
	"spread.save",
	"report",
	"case.save",
	"map.export",
	"case.pack",
	"case.template",
]);
