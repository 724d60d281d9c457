/** Text for people: numbers, sizes, hostile characters, defanging, CSV. Makes no markup. */

const group = new Intl.NumberFormat("en-US");

/** 1204551 as "1,204,551". */
export function count(n: number): string {
	return group.format(n);
}

/** "1 packet", "3 packets". */
export function plural(n: number, one: string, many = `${one}s`): string {
	return `${count(n)} ${n === 1 ? one : many}`;
}

/** "1.9 GB": decimal units, as file managers show them. */
export function bytes(n: number): string {
	if (n < 999.5) return `${Math.round(n)} B`;
	let v = n;
	let unit = "";
	for (const u of ["kB", "MB", "GB", "TB"]) {
		if (v < 999.5) break;
		v /= 1000;
		unit = u;
	}
	return `${v < 9.95 ? v.toFixed(1) : Math.round(v)} ${unit}`;
}

export function percent(part: number, whole: number): string {
	if (whole === 0) return "0 %";
	const p = (100 * part) / whole;
	if (p > 0 && p < 0.1) return "under 0.1 %";
	if (p < 100 && p > 99.9) return "over 99.9 %";
	return `${p < 10 ? p.toFixed(1) : Math.round(p)} %`;
}

/** Longest text shown without asking. */
export const TEXT_LIMIT = 2000;

const CONTROL = /[\u0000-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]|[\u{e0000}-\u{e007f}]/gu;

/** As Wireshark writes them: the pictures of control characters are missing in many fonts. */
const ESCAPES: Record<string, string> = { "\t": "\\t", "\n": "\\n", "\r": "\\r" };

function symbol(c: string): string {
	const p = c.codePointAt(0) ?? 0;
	if (p < 0x20 || p === 0x7f) return ESCAPES[c] ?? `\\x${p.toString(16).padStart(2, "0")}`;
	return `⟨U+${p.toString(16).toUpperCase().padStart(4, "0")}⟩`;
}

/** Captured text with control, direction and invisible characters written out. */
export function visible(text: string): string {
	return text.replace(CONTROL, symbol);
}

/** For blocks of text: tabs and line ends stay, and what cannot be printed is a dot, as beside the bytes. */
export function visibleLines(text: string): string {
	return text.replace(CONTROL, (c) => (c === "\n" || c === "\t" || c === "\r" ? c : c < " " || c === "\u007f" ? "·" : symbol(c)));
}

/** "http://bad.example.com/x" as "hXXp://bad[.]example[.]com/x": cannot be clicked by accident. */
export function defang(text: string): string {
	return text
		.replace(/\bhttp(s?):\/\//gi, "hXXp$1://")
		.replace(/\bftp:\/\//gi, "fXp://")
		.replace(/\b((?:[a-z0-9_-]+\.)+[a-z][a-z0-9-]*)\b/gi, (m) => m.replaceAll(".", "[.]"))
		.replace(/\b(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})\b/g, "$1[.]$2[.]$3[.]$4");
}

/** Every usual spelling of a defanged name, back to the plain one. */
export function refang(text: string): string {
	return text
		.replace(/^\s+|\s+$/g, "")
		.replace(/h(?:xx|XX|tt)p(s?)(?::\/\/|\[:\/\/\]|\[:\]\/\/)/gi, "http$1://")
		.replace(/^fxp:\/\//i, "ftp://")
		.replace(/\s*(?:\[\.\]|\(\.\)|\{\.\}|\[dot\]|\(dot\))\s*/gi, ".")
		.replace(/\[:\]/g, ":")
		.replace(/\[@\]|\(at\)|\[at\]/gi, "@");
}

/** One CSV cell; a cell that a spreadsheet would run is made text. */
export function csvCell(value: string): string {
	const safe = /^[=+\-@\t\r]/.test(value) && !/^-?\d+(\.\d+)?$/.test(value) ? `'${value}` : value;
	return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

export function csv(rows: string[][]): string {
	return rows.map((r) => `${r.map(csvCell).join(",")}\r\n`).join("");
}

/** CSV or TSV to rows; quotes may hold separators and line ends. */
export function parseCsv(text: string): string[][] {
	const sep = (text.split("\n", 1)[0] ?? "").includes("\t") ? "\t" : (text.split("\n", 1)[0] ?? "").includes(";") ? ";" : ",";
	const rows: string[][] = [];
	let row: string[] = [];
	let cell = "";
	let quoted = false;
	for (let i = 0; i < text.length; i++) {
		const c = text[i];
		if (quoted) {
			if (c === '"' && text[i + 1] === '"') {
				cell += '"';
				i++;
			} else if (c === '"') quoted = false;
			else cell += c;
		} else if (c === '"' && cell === "") quoted = true;
		else if (c === sep) {
			row.push(cell);
			cell = "";
		} else if (c === "\n") {
			row.push(cell.replace(/\r$/, ""));
			rows.push(row);
			row = [];
			cell = "";
		} else cell += c;
	}
	if (cell !== "" || row.length) {
		row.push(cell.replace(/\r$/, ""));
		rows.push(row);
	}
	return rows.filter((r) => r.some((c) => c.trim() !== ""));
}

/** A file name that is safe on every system. */
export function safeName(name: string, fallback: string): string {
	const last = name.split(/[\\/]/).pop() ?? "";
	const clean = last
		.replace(CONTROL, "")
		.replace(/[<>:"|?*]/g, "_")
		.replace(/^\.+/, "")
		.replace(/[. ]+$/, "")
		.slice(0, 120);
	if (clean === "" || /^(con|prn|aux|nul|com\d|lpt\d)(\.|$)/i.test(clean)) return fallback;
	return clean;
}

export function hex(data: Uint8Array): string {
	let out = "";
	for (const b of data) out += b.toString(16).padStart(2, "0");
	return out;
}

/** Captured text within a sentence that is read for evidence: nothing in it is taken for a reference. */
export function quoted(text: string): string {
	return visible(text).replace(/\[(?=\[)/g, "[\u200a");
}

/** Captured text within a note: as code, so that nothing in it is taken for a reference, a tag or a mark. */
export function inCode(text: string): string {
	const shown = quoted(text).trim();
	if (shown === "") return "";
	const longest = Math.max(0, ...(shown.match(/`+/g) ?? []).map((run) => run.length));
	const fence = "`".repeat(longest + 1);
	const pad = longest > 0 ? " " : "";
	return `${fence}${pad}${shown}${pad}${fence}`;
}
