/** The calendar of expected times. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { calendar, calendarTime } from "./ics.ts";

test("an expected time is an event in UTC that a second import replaces", () => {
	const ics = calendar(
		[{ uid: "F-1-0@weir", from: 1772625600.7, to: 1772626200.2, summary: "Check-in; 10.0.0.5, again", description: "one\ntwo\\three" }],
		"2026-03-04T11:00:00Z",
	);
	const lines = ics.split("\r\n");
	for (const line of [
		"UID:F-1-0@weir",
		"DTSTAMP:20260304T110000Z",
		"DTSTART:20260304T120000Z",
		"DTEND:20260304T121001Z",
		"SUMMARY:Check-in\\; 10.0.0.5\\, again",
		"DESCRIPTION:one\\ntwo\\\\three",
	])
		assert.ok(lines.includes(line), `${line} is not in\n${ics}`);
	assert.equal(lines[0], "BEGIN:VCALENDAR");
	assert.equal(lines.at(-1), "");
	assert.equal(lines.at(-2), "END:VCALENDAR");
});

test("hostile text cannot begin a line, and lines are folded within 75 octets and never in a character", () => {
	const ics = calendar(
		[{ uid: "a", from: 0, to: 0, summary: `x\r\nEND:VCALENDAR\u0000${"ä€😀".repeat(40)}`, description: "" }],
		"2026-03-04T11:00:00Z",
	);
	const lines = ics.split("\r\n");
	assert.equal(lines.filter((l) => l.startsWith("END:VCALENDAR")).length, 1);
	for (const l of lines) assert.ok(new TextEncoder().encode(l).length <= 75, l);
	const unfolded = ics.replaceAll("\r\n ", "");
	assert.ok(unfolded.includes("ä€😀".repeat(40)));
	assert.ok(unfolded.includes("DTEND:19700101T000001Z"), "an event has a length");
	assert.equal(calendarTime(Number.NaN), "");
	assert.equal(
		calendar([{ uid: "a", from: 1e15, to: 1e15, summary: "", description: "" }], "2026-03-04T11:00:00Z").includes("VEVENT"),
		false,
	);
});
