/** Ask for help: a question, what was noted, and the smallest slice of packets that carries it, as one zip. */

import { useSignal } from "@preact/signals";
import { useMemo, useRef } from "preact/hooks";
import { items, log } from "../base/case.ts";
import { saveBlob } from "../base/download.ts";
import { bytes, hex, plural, visible } from "../base/text.ts";
import { Cancelled, captures, type Running, start } from "../engine/client.ts";
import { type Anonymised, PRIORITY, type Progress } from "../engine/contract.ts";
import { EMPTY } from "../engine/narrowing.ts";
import { toError, useResult } from "../engine/results.ts";
import { Dialog } from "../widgets/dialog.tsx";
import { PlainTable } from "../widgets/plaintable.tsx";
import { Loading, NoCapture, Refusal } from "../widgets/states.tsx";
import { toast } from "../widgets/toast.tsx";
import { asComments, refsIn, type Said, said } from "./cited.ts";

const README = `slice.pcapng opens in Wireshark and in Weir. A comment on each packet says its number in the capture it was
taken from, which is the number that question.md uses, and what was noted on it.
`;

function question(asked: string, chosen: Said[], anonymised: boolean): string {
	const notes = chosen.map((c) => `- ${c.text.replace(/\n/g, "\n  ")}`).join("\n");
	const how = anonymised
		? "\n\nAddresses and names are pseudonyms: the same one is the same machine everywhere. Contents are blank. Times, lengths, ports and sequence numbers are as captured."
		: "";
	return `# Question\n\n${asked.trim()}\n\n## What was noted\n\n${notes === "" ? "Nothing." : notes}${how}\n`;
}

const TABLE: [string, string][] = [
	["Times, lengths, ports, sequence numbers, flags, counters", "stay"],
	["IPv4 and IPv6 addresses", "pseudonyms that share their first bits where the addresses did; private, link-local stay so"],
	["Loopback, multicast, broadcast", "stay; the end of solicited-node addresses, and groups of no registry, become pseudonyms"],
	["Hardware addresses", "pseudonyms; the group and the local bit stay"],
	["Names of hosts, users, files; paths, mail addresses", "pseudonyms of the same length, part by part; numbers become 0"],
	["Credentials, contents, certificates, random values", "blank"],
	["Other text", "words of the protocol stay, letters become x, digits 0"],
	["What Weir does not read or has put together from several packets", "blank"],
	["Checksums of IP, TCP, UDP, ICMP", "right where they were right, wrong where they were wrong; others may be wrong"],
	["Names of captures and interfaces, keys", "left out"],
];

function Kept() {
	return (
		<details>
			<summary>What stays and what does not</summary>
			<PlainTable head={["In the packets", "In the slice"]}>
				{TABLE.map(([what, how]) => (
					<tr key={what}>
						<td>{what}</td>
						<td>{how}</td>
					</tr>
				))}
			</PlainTable>
			<p class="small">
				The result is searched for everything that was removed: as text, UTF-16, base64, hexadecimal, URL-encoded, reversed DNS, and
				addresses as bytes in both orders. Values shorter than four bytes are not searched for. Who knows the network can still recognise it
				by times, sizes and ports.
			</p>
		</details>
	);
}

function Outcome({ of }: { of: Anonymised }) {
	const r = of.removed;
	const more = [
		of.blanked > 0 && `${plural(of.blanked, "place was", "places were")} blanked as well because they read like something removed.`,
		of.chance > 0 && `${plural(of.chance, "place reads", "places read")} like something removed by chance: header numbers and pseudonyms.`,
		of.exchanged > 0 && `${plural(of.exchanged, "pseudonym is", "pseudonyms are")} an address that another machine of these packets had.`,
		r.short > 0 && `${plural(r.short, "value")} shorter than four bytes ${r.short === 1 ? "was" : "were"} removed and not searched for.`,
		r.common > 0 && `${plural(r.common, "value is a word", "values are words")} that protocols use themselves: not searched for.`,
	].filter((t) => typeof t === "string");
	return (
		<div role="status">
			<p>
				{plural(r.addresses, "address", "addresses")} and {plural(r.texts, "name or text", "names and texts")} were removed and searched
				for: {of.leaked === 0 ? "none is left." : `${plural(of.leaked, "place")} still ${of.leaked === 1 ? "holds" : "hold"} one.`}
			</p>
			{more.length > 0 && (
				<ul class="small">
					{more.map((t) => (
						<li key={t}>{t}</li>
					))}
				</ul>
			)}
			{of.leaked > 0 && (
				<>
					<p>Nothing was saved. Change the question or the notes, or leave a note out.</p>
					<PlainTable head={["Where", "Byte", "Form", "Value"]}>
						{of.leaks.map((l) => (
							<tr key={`${l.place} ${l.offset} ${l.form} ${l.value}`}>
								<td>
									<bdi>{visible(l.place)}</bdi>
								</td>
								<td>{l.offset}</td>
								<td>{l.form}</td>
								<td>
									<bdi>{visible(l.value)}</bdi>
								</td>
							</tr>
						))}
					</PlainTable>
					{of.leaked > of.leaks.length && <p class="small">The first {of.leaks.length} are listed.</p>}
				</>
			)}
		</div>
	);
}

export function AskHelp({ onClose }: { onClose: () => void }) {
	const all = useMemo(() => said(items("pin"), items("note")), []);
	const asked = useSignal("");
	const left = useSignal<ReadonlySet<string>>(new Set());
	const conversations = useSignal(true);
	const anonymise = useSignal(true);
	const refused = useSignal("");
	const progress = useSignal<Progress | null>(null);
	const working = useSignal(false);
	const outcome = useSignal<Anonymised | null>(null);
	const running = useRef<AbortController | null>(null);
	const chosen = (): Said[] => all.filter((s) => !left.value.has(s.id));
	const slice = () => ({
		narrowing: EMPTY,
		packets: [...new Set([...refsIn(asked.value), ...chosen().flatMap((s) => s.refs)])],
		with: conversations.value ? ("conversations" as const) : ("packets" as const),
	});
	const size = useResult("slice.size", slice, PRIORITY.visible);

	async function save(): Promise<void> {
		refused.value = "";
		outcome.value = null;
		if (asked.value.trim() === "") {
			refused.value = "Write the question first: it is what the packets are for.";
			return;
		}
		const mine = new AbortController();
		running.current = mine;
		working.value = true;
		const notes = asComments(chosen());
		const key = anonymise.value ? hex(crypto.getRandomValues(new Uint8Array(32))) : null;
		try {
			const run: Running<"slice.save"> = start(
				"slice.save",
				{
					...slice(),
					notes,
					reason: "",
					anonymise: key,
					texts: [
						{ name: "README.txt", text: README },
						{ name: "question.md", text: question(asked.value, chosen(), key !== null) },
					],
				},
				{
					priority: PRIORITY.analysis,
					signal: mine.signal,
					onProgress: (p) => {
						progress.value = p;
					},
				},
			);
			const r = (await run.answer).payload;
			if (!r) throw new Error("the engine gave no answer");
			outcome.value = r.anonymised;
			if (r.blocked) return;
			saveBlob(r.blob, r.name);
			log(`saved ${r.name}: a question with ${plural(r.packets, "packet")}${r.anonymised ? ", anonymised" : ""}`);
			toast(`Saved ${r.name}: ${plural(r.packets, "packet")}, ${bytes(r.blob.size)}.`);
		} catch (e) {
			if (!(e instanceof Cancelled)) refused.value = `Not saved: ${toError(e).message}`;
		} finally {
			working.value = false;
			progress.value = null;
		}
	}

	return (
		<Dialog
			title="Ask for help"
			class="wide"
			onClose={() => {
				running.current?.abort();
				onClose();
			}}
		>
			<p class="small">A question, what you noted, and the packets it is about, in one zip. It is saved on this machine: you send it.</p>
			{captures.value.length === 0 ? (
				<NoCapture />
			) : (
				<form
					class="stack"
					onSubmit={(e) => {
						e.preventDefault();
						void save();
					}}
				>
					<label class="field">
						Question
						<textarea
							rows={3}
							value={asked.value}
							aria-invalid={refused.value !== ""}
							aria-describedby={refused.value ? "help-why" : undefined}
							onInput={(e) => {
								asked.value = e.currentTarget.value;
							}}
						/>
					</label>
					<fieldset>
						<legend>What goes along</legend>
						{all.length === 0 && <p class="muted">Nothing is pinned or noted yet. Pin the packets the question is about, then ask.</p>}
						{all.map((s) => (
							<label key={s.id} class="check">
								<input
									type="checkbox"
									checked={!left.value.has(s.id)}
									onChange={(e) => {
										const next = new Set(left.value);
										if (e.currentTarget.checked) next.delete(s.id);
										else next.add(s.id);
										left.value = next;
									}}
								/>
								<bdi>{visible(s.text.slice(0, 200))}</bdi>
								{s.refs.length === 0 && <span class="muted"> (cites no packet)</span>}
							</label>
						))}
					</fieldset>
					<label class="check">
						<input
							type="checkbox"
							checked={conversations.value}
							onChange={(e) => {
								conversations.value = e.currentTarget.checked;
							}}
						/>
						With the conversations of these packets up to them, and the DNS answers before
					</label>
					<p aria-live="polite">
						{size.value
							? `The slice has ${plural(size.value.packets, "packet")}, about ${bytes(size.value.bytes)}.`
							: size.state === "failed"
								? `Its size is not known: ${size.error?.message ?? ""}`
								: "Counting the packets…"}
						{size.value && size.value.others > 0 && (
							<>
								{" "}
								{plural(size.value.others, "reference names", "references name")} a host, file, finding, time, filter or row: their packets
								stay out.
							</>
						)}
						{size.value && size.value.missing > 0 && (
							<> {plural(size.value.missing, "reference names", "references name")} what is not loaded.</>
						)}
					</p>
					<label class="check">
						<input
							type="checkbox"
							checked={anonymise.value}
							onChange={(e) => {
								anonymise.value = e.currentTarget.checked;
								outcome.value = null;
							}}
						/>
						Anonymise, and search the result for everything that was removed
					</label>
					{anonymise.value ? (
						<Kept />
					) : (
						<p class="small">The packets are saved as they were captured, with addresses, names, credentials and contents.</p>
					)}
					<Refusal id="help-why" text={refused.value} />
					{working.value ? (
						<Loading what="Writing the slice" progress={progress.value} onCancel={() => running.current?.abort()} />
					) : (
						<p class="row">
							<button type="submit" class="button primary">
								Save help.zip
							</button>
						</p>
					)}
					{outcome.value && <Outcome of={outcome.value} />}
				</form>
			)}
		</Dialog>
	);
}
