/** Saving the case with what goes beside it: packets that it cites, files found in the traffic, what came with it. */

import { useSignal } from "@preact/signals";
import { useMemo, useRef } from "preact/hooks";
import { items } from "../base/case.ts";
import { bytes, plural, visible } from "../base/text.ts";
import { ask, Cancelled, captures, start } from "../engine/client.ts";
import { useAnswers } from "../engine/conclusions.ts";
import { type Answer, PRIORITY, type Progress } from "../engine/contract.ts";
import { EMPTY } from "../engine/narrowing.ts";
import { toError, useResult } from "../engine/results.ts";
import { Dialog } from "../widgets/dialog.tsx";
import { Loading, Refusal } from "../widgets/states.tsx";
import { asComments, cited, said } from "./cited.ts";
import { PAGE_MAX, saveCaseFile, savePage } from "./files.ts";
import { type Carried, carried } from "./together.ts";

type Found = Answer["files"][number];

/** Files that are offered. */
const OFFERED = 100;

/** The usual password for samples: it keeps scanners and double clicks away, not people. */
const PASSWORD = "infected";

/** Files of the answers, each content once. */
function inQuestion(rows: Answer[]): Found[] {
	const by = new Map<string, Found>();
	for (const f of rows.flatMap((r) => r.files)) if (!by.has(f.sha256 ?? f.id)) by.set(f.sha256 ?? f.id, f);
	return [...by.values()];
}

const sizes = (parts: Carried[]): number => parts.reduce((n, p) => n + p.blob.size, 0);

export function SaveCase({ onClose }: { onClose: () => void }) {
	const refs = useMemo(cited, []);
	const as = useSignal<"file" | "page">("file");
	const packets = useSignal(false);
	const conversations = useSignal(true);
	const again = useSignal(true);
	const chosen = useSignal<ReadonlySet<string>>(new Set());
	const refused = useSignal("");
	const working = useSignal("");
	const progress = useSignal<Progress | null>(null);
	const running = useRef<AbortController | null>(null);
	const loaded = captures.value.length > 0;
	const slice = () => ({
		narrowing: EMPTY,
		packets: refs,
		with: conversations.value ? ("conversations" as const) : ("packets" as const),
	});
	const size = useResult("slice.size", () => (loaded && refs.length > 0 ? slice() : null), PRIORITY.visible);
	const answers = useAnswers(0);
	const found = inQuestion(answers.value?.answers ?? []);
	// One HTML takes no files: they would stand in it as they came.
	const came = as.value === "page" ? carried.value.filter((p) => p.sort !== "artifact") : carried.value;
	const left = carried.value.length - came.length;
	const some = (size.value?.packets ?? 0) > 0;
	const wide = as.value === "page" && packets.value && (size.value?.bytes ?? 0) > PAGE_MAX;

	async function sliced(signal: AbortSignal): Promise<Carried> {
		const run = start(
			"slice.save",
			{ ...slice(), notes: asComments(said(items("pin"), items("note"))), reason: "cited by the case", anonymise: null, texts: [] },
			{ priority: PRIORITY.analysis, signal, onProgress: (p) => (progress.value = p) },
		);
		const r = (await run.answer).payload;
		if (!r) throw new Error("the engine gave no answer");
		return { sort: "capture", name: "x.pcapng", what: `${plural(r.packets, "packet")} that the case cites`, blob: r.blob };
	}

	async function zipped(f: Found, signal: AbortSignal): Promise<Carried> {
		const r = await ask("file.save", { file: f.id, as: "zip", password: PASSWORD }, { priority: PRIORITY.analysis, signal });
		const what = `${f.name}, ${plural(f.size, "byte")}${f.sha256 ? `, SHA-256 ${f.sha256}` : ""}; password ${PASSWORD}`;
		return { sort: "artifact", name: "x.zip", what, blob: r.blob };
	}

	async function save(): Promise<void> {
		refused.value = "";
		const mine = new AbortController();
		running.current = mine;
		working.value = "Putting the case together";
		const files = as.value === "file" ? found.filter((f) => chosen.value.has(f.id)) : [];
		try {
			const parts = again.value ? [...came] : [];
			if (packets.value && some) parts.push(await sliced(mine.signal));
			for (const f of files) parts.push(await zipped(f, mine.signal));
			if (as.value === "page") await savePage(true, parts);
			else await saveCaseFile(parts);
			onClose();
		} catch (e) {
			if (!(e instanceof Cancelled)) refused.value = `Not saved: ${toError(e).message}`;
		} finally {
			working.value = "";
			progress.value = null;
		}
	}

	const radio = (group: string, checked: boolean, title: string, choose: () => void, why?: string, off = false) => (
		<label class="check">
			<input type="radio" name={group} checked={checked} disabled={off} onChange={choose} />
			<span>
				{title} {why && <span class="muted">{why}</span>}
			</span>
		</label>
	);

	return (
		<Dialog
			title="Save the case with packets or files"
			class="wide"
			onClose={() => {
				running.current?.abort();
				onClose();
			}}
		>
			<form
				class="stack"
				onSubmit={(e) => {
					e.preventDefault();
					void save();
				}}
			>
				<fieldset class="stack tight">
					<legend>As</legend>
					{radio("save-form", as.value === "file", "A case file", () => (as.value = "file"), "A zip that Weir, and weir case, open.")}
					{radio(
						"save-form",
						as.value === "page",
						"Weir with the case inside",
						() => (as.value = "page"),
						`One HTML that opens by double click. At most ${bytes(PAGE_MAX)} go in beside the case.`,
					)}
				</fieldset>
				<fieldset class="stack tight">
					<legend>Packets</legend>
					{radio(
						"save-packets",
						!packets.value,
						"None",
						() => (packets.value = false),
						"It reveals what you wrote, what that quotes of the traffic, and the log of what was done.",
					)}
					{radio(
						"save-packets",
						packets.value,
						"Those that the case cites",
						() => (packets.value = true),
						"It reveals all that these packets hold: addresses, names, credentials, contents.",
						!some,
					)}
					<label class="check">
						<input
							type="checkbox"
							checked={conversations.value}
							disabled={!some || !packets.value}
							onChange={(e) => (conversations.value = e.currentTarget.checked)}
						/>
						With the conversations of these packets up to them, and the DNS answers before
					</label>
					<p class="small" aria-live="polite">
						{loaded && refs.length > 0 && !packets.value
							? "No packet goes in."
							: !loaded
								? "No capture is loaded: there are no packets to take."
								: refs.length === 0
									? "The case cites nothing yet. Pin packets, or name them in notes."
									: size.value
										? `${plural(size.value.packets, "packet")}, about ${bytes(size.value.bytes)}, with their numbers and your notes as comments.`
										: size.state === "failed"
											? `Their size is not known: ${size.error?.message ?? ""}`
											: "Counting the packets…"}
						{size.value && size.value.others > 0 && (
							<> {plural(size.value.others, "citation names", "citations name")} a host, file, finding, time, filter or row: not carried.</>
						)}
						{size.value && size.value.missing > 0 && (
							<> {plural(size.value.missing, "citation names", "citations name")} what is not loaded.</>
						)}
					</p>
				</fieldset>
				{as.value === "file" && found.length > 0 && (
					<fieldset class="stack tight">
						<legend>Files found in the traffic</legend>
						<p class="small medium">
							! They may be malware. Each goes in as a zip of its own under a neutral name, with the password “{PASSWORD}”: that keeps
							scanners and double clicks away, not people. It reveals the whole file.
						</p>
						{found.slice(0, OFFERED).map((f) => (
							<label key={f.id} class="check">
								<input
									type="checkbox"
									checked={chosen.value.has(f.id)}
									onChange={(e) => {
										const next = new Set(chosen.value);
										if (e.currentTarget.checked) next.add(f.id);
										else next.delete(f.id);
										chosen.value = next;
									}}
								/>
								<span>
									<bdi>{visible(f.name) || f.id}</bdi>{" "}
									<span class="muted">
										{bytes(f.size)}
										{!f.complete && ", not complete"}
									</span>
								</span>
							</label>
						))}
						{found.length > OFFERED && (
							<p class="small muted">
								The first {OFFERED} of {found.length} are listed.
							</p>
						)}
					</fieldset>
				)}
				{came.length > 0 && (
					<label class="check">
						<input type="checkbox" checked={again.value} onChange={(e) => (again.value = e.currentTarget.checked)} />
						Also what came with this case: {plural(came.length, "part")}, {bytes(sizes(came))}
					</label>
				)}
				{left > 0 && (
					<p class="small">
						{plural(left, "file")} that came with this case {left === 1 ? "goes" : "go"} into a case file only.
					</p>
				)}
				{wide && <p class="medium">! These packets are more than {bytes(PAGE_MAX)}. Leave conversations out, or save a case file.</p>}
				<Refusal id="save-why" text={refused.value} />
				{working.value !== "" ? (
					<Loading what={working.value} progress={progress.value} onCancel={() => running.current?.abort()} />
				) : (
					<p class="row">
						<button type="submit" class="button primary" disabled={wide || (packets.value && !size.value)}>
							Save
						</button>
					</p>
				)}
			</form>
		</Dialog>
	);
}
