/** Captured text and sentences with evidence in them: text nodes only, isolated, controls made visible. */

import { useEffect, useRef, useState } from "preact/hooks";
import { pieces, printRef, type Ref, routeOf } from "../base/evidence.ts";
import { whereCame } from "../base/origins.ts";
import { TEXT_LIMIT, visible, visibleLines } from "../base/text.ts";

/** Anything that came out of a capture. */
export function Captured({ text, class: name }: { text: string; class?: string }) {
	const [all, setAll] = useState(false);
	const cut = !all && text.length > TEXT_LIMIT;
	return (
		<>
			<bdi class={name}>{visible(cut ? text.slice(0, TEXT_LIMIT) : text)}</bdi>
			{cut && (
				<button type="button" class="button small" onClick={() => setAll(true)}>
					Show all {text.length} characters
				</button>
			)}
		</>
	);
}

/** Capture letters that are loaded, with their packets or rows; the app sets it so that references to others say so. */
export const loadedLetters: { value: () => ReadonlyMap<string, number> } = { value: () => new Map() };

/** The number that a reference names and that its capture does not have; "" where it has it. */
function beyond(of: Ref, has: number): string {
	if (of.kind === "packets") return of.last > has ? "packet" : "";
	if (of.kind === "field" || of.kind === "bytes") return of.packet > has ? "packet" : "";
	return of.kind === "row" && of.row > has ? "row" : "";
}

export function RefLink({ of, written }: { of: Ref; written: string }) {
	const inner = written.slice(2, -2);
	const packets = "capture" in of ? loadedLetters.value().get(of.capture) : 0;
	const missing = "capture" in of && packets === undefined;
	const there = missing ? whereCame(of) : of;
	if ("capture" in of && !there)
		return (
			<span class="ref gone" title={`Capture ${of.capture} is not loaded – drop it to follow`}>
				<bdi>{inner}</bdi>
				<span class="offscreen"> (capture {of.capture} is not loaded)</span>
			</span>
		);
	// Packets that came with a case have its numbers, not those of the slice.
	const none = missing ? "" : beyond(of, packets ?? 0);
	if (none)
		return (
			<span class="ref gone" title={`The capture that is loaded has ${packets} ${none}s`}>
				<bdi>{inner}</bdi> <span class="small">no such {none}</span>
			</span>
		);
	return (
		<a
			class="ref"
			href={routeOf(there ?? of)}
			data-evidence={written}
			title={missing && there ? `Among the packets that came with the case: ${printRef(there).slice(2, -2)}` : undefined}
		>
			<bdi>{visible(inner)}</bdi>
		</a>
	);
}

/** A sentence whose [[references]] are links; with `lines` its line ends stay. */
export function EvidenceText({ text, lines = false }: { text: string; lines?: boolean }) {
	return (
		<>
			{pieces(text).map((p, i) =>
				"text" in p ? (
					<bdi key={`${i}t`}>{lines ? visibleLines(p.text) : visible(p.text)}</bdi>
				) : (
					<RefLink key={`${i}${p.written}`} of={p.ref} written={p.written} />
				),
			)}
		</>
	);
}

/** A short list of references; the rest counted, or shown on demand. */
export function Refs({ list, most = 4 }: { list: string[]; most?: number }) {
	const [all, setAll] = useState(false);
	const box = useRef<HTMLSpanElement>(null);
	useEffect(() => {
		if (all) box.current?.querySelectorAll<HTMLElement>("a.ref")[most]?.focus();
	}, [all]);
	const each = [...new Set(list)];
	const shown = all ? each : each.slice(0, most);
	return (
		<span ref={box}>
			<EvidenceText text={shown.join(" ")} />
			{each.length > shown.length && (
				<>
					{" "}
					<button type="button" class="button plain small link" onClick={() => setAll(true)}>
						and {each.length - shown.length} more
					</button>
				</>
			)}
		</span>
	);
}
