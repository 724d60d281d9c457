/** Over the steps: packets that came with the case, to be read on request; what it means that they are all there is. */

import { useSignal } from "@preact/signals";
import { useRef } from "preact/hooks";
import { doc } from "../base/case.ts";
import { cameAs, slices } from "../base/origins.ts";
import { bytes, plural } from "../base/text.ts";
import { ask, captures } from "../engine/client.ts";
import { PRIORITY } from "../engine/contract.ts";
import { addSlices, removeSlices } from "../engine/loads.ts";
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

const are = (n: number): string => (n === 1 ? "is" : "are");

export function BesideBar() {
	const busy = useSignal(false);
	const bar = useRef<HTMLElement>(null);
	const parts = ofPackets(carried.value);
	const read = slices.value;
	if (read.length === 0 && parts.length === 0) return null;
	/** The button that was pressed goes away with what it did: the focus stays here. */
	const press = (work: () => Promise<void>): void => {
		bar.current?.focus();
		busy.value = true;
		work()
			.catch((e: unknown) => complain(toError(e).message))
			.finally(() => (busy.value = false));
	};
	const letters = [...cameAs.value];
	const others = captures.value.filter((c) => !cameAs.value.has(c.capture)).map((c) => c.capture);
	const of = new Set(read.flatMap((s) => s.packets.map(([, was]) => was.split(":")[0])));
	const twice = others.filter((c) => of.has(c));
	const count = read.reduce((n, s) => n + s.packets.length, 0);
	const these = `${plural(count, "packet")} that came with the case`;
	return (
		<section class="beside small" aria-label="Packets that came with the case" ref={bar} tabIndex={-1}>
			{read.length === 0 ? (
				<p>
					Packets came with this case ({bytes(parts.reduce((n, p) => n + p.blob.size, 0))}).{" "}
					<button type="button" class="button small" disabled={busy.value} onClick={() => press(() => readCarried(parts))}>
						Read the packets that came with it
					</button>
				</p>
			) : others.length === 0 ? (
				<p>
					Only {these} {are(count)} loaded, as {letters.join(", ")}. Citations of {count === 1 ? "it" : "them"} lead there; other citations
					need the captures. Answers, findings and counts are of these packets alone, not what the case rests on.
				</p>
			) : (
				<p>
					{these} {are(count)} loaded, as {letters.join(", ")}, and{" "}
					{twice.length > 0
						? `so ${are(twice.length)} ${twice.length === 1 ? "the capture" : "the captures"} ${twice.join(", ")} that they were taken from: answers, findings and counts have these packets twice.`
						: `${others.join(", ")} beside them: answers, findings and counts are of all of these.`}{" "}
					<button type="button" class="button small" disabled={busy.value} onClick={() => press(removeSlices)}>
						Take {letters.join(", ")} out
					</button>
				</p>
			)}
		</section>
	);
}
