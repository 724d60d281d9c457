/** Step 7: what was done, seen and found, as an outline and as a map; beside it what is not placed yet. */

import { items } from "../../base/case.ts";
import { route } from "../../base/routes.ts";
import type { StepDef } from "../../base/step.ts";
import { plural } from "../../base/text.ts";
import { CaptureNotes } from "./captures.tsx";
import { FilesInQuestion } from "./files.tsx";
import { Log } from "./log.tsx";
import { MapView, Missing, useBuilt } from "./map.tsx";
import { Outline } from "./outline.tsx";

/** What was found and is not among the notes yet; nothing is added without a press. */
function FromEvidence() {
	const built = useBuilt().value;
	if (!built) return null;
	return (
		<div class="card stack">
			<h2>Build from the case</h2>
			<Missing built={built} />
		</div>
	);
}

const TABS = [
	{ id: "outline", name: "Outline" },
	{ id: "map", name: "Mind map" },
	{ id: "files", name: "Files in question" },
];

const isMap = (): boolean => route.value.tab === "map";
const isFiles = (): boolean => route.value.tab === "files";
const shown = (): string => (isMap() ? "map" : isFiles() ? "files" : "outline");

function View() {
	return (
		<>
			<nav class="tabs" aria-label="Notes">
				{TABS.map((t) => (
					<a key={t.id} href={`#/notes/${t.id}`} aria-current={t.id === shown() ? "page" : undefined}>
						{t.name}
					</a>
				))}
			</nav>
			{isMap() ? (
				<MapView />
			) : isFiles() ? (
				<FilesInQuestion />
			) : (
				<>
					<Outline />
					<CaptureNotes />
					<FromEvidence />
					<Log />
				</>
			)}
		</>
	);
}

export const notes: StepDef = {
	id: "notes",
	name: "Notes",
	title: "Notes and evidence",
	part: () => (isMap() ? "Mind map" : isFiles() ? "Files in question" : ""),
	lead: "Everything you do, see or find, in one outline or as a map, tied to packets.",
	explain: () =>
		isMap()
			? "Map, outline and notes are the same items. “Build from the case” adds the question, each affected host, the files and names it had to do with, what the findings suppose, what stays open and what was decided, with edges that say who fetched, sent or resolved what. What you take out does not come back. A node that was built and that nothing loaded shows any more is called unsupported. On the terminal: weir map."
			: isFiles()
				? "A file is in question when the scope looks for it, when it is pinned, or when an alarm or a confirmed finding is about it. All transfers of the same content are listed with it, by SHA-256, under whatever name: the conversation that carried it, the packet that asked for it, the first and last packet with its bytes, and everybody who had it. Files of which bytes are missing have no hash and stand alone. On the terminal: weir files --spread."
				: "Notes, pins and nodes of the map in one tree. Notes are Markdown: paragraphs, headings, lists, quotations, code, tables, strong, emphasis and strike. HTML in them is shown as it was typed, and a link is its words and then its address: nothing you paste leads away. Evidence is written [[p12]], [[tcp:3]], [[h:192.0.2.1]]; it leads to the packets, and into the report. Two brackets offer what was selected last, pins, answers, findings, hosts and files. A word with # before it is a tag: tags above the outline leave only the entries that have all of those you choose, and the report has an index of them. N on a packet, bytes, a stream, a file, a host, a finding or a selected time begins a note on it. On the terminal: weir case show counts the tags.",
	number: 7,
	phase: "Predict",
	icon: "notes",
	state: () => {
		const n = items("note").length + items("pin").length + items("node").length;
		return n > 0 ? { state: "done", words: plural(n, "entry", "entries") } : { state: "none", words: "empty" };
	},
	primary: { title: "Write the summary", to: "#/report" },
	View,
};
