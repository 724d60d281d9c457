/** Over the steps: packets that came with the case, to be read on request; what it means that they are all there is. */

import { useSignal } from "@preact/signals";
import { doc } from "../base/case.ts";
import { slices } from "../base/origins.ts";
import { bytes, plural } from "../base/text.ts";
import { ask, captures } from "../engine/client.ts";
import { PRIORITY } from "../engine/contract.ts";
import { addSlices } from "../engine/loads.ts";
import { toError } from "../engine/results.ts";
import { block } from "../engine/start.ts";
import { complain } from "../widgets/toast.tsx";
import { type Carried, carried, carry } from "./together.ts";

const ofPackets = (parts: Carried[]): Carried[] => parts.filter((p) => p.sort === "capture");

export async function readCarried(parts: Carried[]): Promise<void> {
	const files = ofPackets(parts).map((p) => new File([p.blob], p.name.split("/").at(-1) ?? "slice.pcapng"));
	await addSlices(files);
}

/** What stands in this file beside its case. */
export async function takeBeside(): Promise<void> {
	const text = block("weir-parts");
	if (text === "") return;
	try {
		const file = new Blob([Uint8Array.from(atob(text), (c) => c.charCodeAt(0))]);
		const r = await ask("case.unpack", { file }, { priority: PRIORITY.selection });
		if (r.document.id !== doc.value.id) return;
		carry(r.parts.map(({ bytes: b, ...p }) => ({ ...p, blob: new Blob([b as BlobPart]) })));
		if (r.says.length > 0) complain(`What came with the case is damaged: ${r.says.join(" ")}`);
	} catch (e) {
		complain(`What came with the case was not read: ${toError(e).message}`);
	}
}

export function BesideBar() {
	const busy = useSignal(false);
	const parts = ofPackets(carried.value);
	const read = slices.value;
	if (read.length > 0) {
		const letters = new Set(read.map((s) => s.capture));
		if (captures.value.some((c) => !letters.has(c.capture))) return null;
		const count = read.reduce((n, s) => n + s.packets.length, 0);
		return (
			<section class="beside small" aria-label="Packets that came with the case">
				<p>
					Only {plural(count, "packet")} that came with the case {count === 1 ? "is" : "are"} loaded, as {[...letters].join(", ")}.
					Citations of {count === 1 ? "it" : "them"} lead there; other citations need the captures. Answers, findings and counts are of
					these packets alone, not what the case rests on.
				</p>
			</section>
		);
	}
	if (parts.length === 0) return null;
	return (
		<section class="beside small" aria-label="Packets that came with the case">
			<p>
				Packets came with this case ({bytes(parts.reduce((n, p) => n + p.blob.size, 0))}).{" "}
				<button
					type="button"
					class="button small"
					disabled={busy.value}
					onClick={() => {
						busy.value = true;
						void readCarried(parts).finally(() => (busy.value = false));
					}}
				>
					Read the packets that came with it
				</button>
			</p>
		</section>
	);
}
