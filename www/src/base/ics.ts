/** Expected times as a calendar (RFC 5545), for whoever wants to be reminded. Knows no clock of its own. */

export interface CalendarEvent {
	/** Stable, so that a second import replaces the first. */
	uid: string;
	/** Epoch seconds. */
	from: number;
	to: number;
	summary: string;
	description: string;
}

/** "20261123T040500Z"; "" where it is no date. */
export function calendarTime(epochSeconds: number): string {
	const d = new Date(Math.floor(epochSeconds) * 1000);
	return Number.isNaN(d.getTime()) ? "" : `${d.toISOString().slice(0, 19).replace(/[-:]/g, "")}Z`;
}

/** Backslash, semicolon, comma and line ends by RFC 5545 3.3.11; other control characters are no text there. */
function text(value: string): string {
	return value
		.replace(/[\\;,]/g, (c) => `\\${c}`)
		.replace(/\r\n|\r|\n/g, "\\n")
		.replace(/[\u0000-\u001f\u007f]/g, " ");
}

const encoder = new TextEncoder();

/** At most 75 octets a line, never inside a character (RFC 5545 3.1). */
function folded(line: string): string {
	const out: string[] = [];
	let now = "";
	let size = 0;
	for (const c of line) {
		const n = encoder.encode(c).length;
		if (size + n > 75) {
			out.push(now);
			now = " ";
			size = 1;
		}
		now += c;
		size += n;
	}
	out.push(now);
	return out.join("\r\n");
}

/** `stamp`: when it was written, RFC 3339. */
export function calendar(events: CalendarEvent[], stamp: string): string {
	const made = calendarTime(Date.parse(stamp) / 1000);
	const lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Weir//expected check-ins//EN", "CALSCALE:GREGORIAN"];
	for (const e of events) {
		const from = calendarTime(e.from);
		// An end that is no later than its begin is no event.
		const to = calendarTime(Math.max(Math.ceil(e.to), Math.floor(e.from) + 1));
		if (from === "" || to === "") continue;
		lines.push(
			"BEGIN:VEVENT",
			`UID:${text(e.uid)}`,
			`DTSTAMP:${made}`,
			`DTSTART:${from}`,
			`DTEND:${to}`,
			`SUMMARY:${text(e.summary)}`,
			`DESCRIPTION:${text(e.description)}`,
			"TRANSP:TRANSPARENT",
			"END:VEVENT",
		);
	}
	lines.push("END:VCALENDAR");
	return `${lines.map(folded).join("\r\n")}\r\n`;
}
