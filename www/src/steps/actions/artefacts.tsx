/** What other tools act on: the case's indicators as block lists, rules and documents. The engine writes them; here they are looked at, copied and saved. */

import { signal } from "@preact/signals";
import { useState } from "preact/hooks";
import { clock, doc, log } from "../../base/case.ts";
import { copyText, saveText } from "../../base/download.ts";
import { scope } from "../../base/scope.ts";
import { settings } from "../../base/settings.ts";
import { plural, visibleLines } from "../../base/text.ts";
import { dateTime, parseEpoch } from "../../base/time.ts";
import { captures } from "../../engine/client.ts";
import { type Artefact, type Exports, type ListedIndicator, type Ops, PRIORITY } from "../../engine/contract.ts";
import { useResult } from "../../engine/results.ts";
import { BUILD } from "../../engine/start.ts";
import { Dialog } from "../../widgets/dialog.tsx";
import { Icon } from "../../widgets/icons.tsx";
import { Marking } from "../../widgets/marking.tsx";
import { PlainTable } from "../../widgets/plaintable.tsx";
import { Around, Empty, NoCapture } from "../../widgets/states.tsx";
import { Captured, Refs } from "../../widgets/text.tsx";
import { complain, toast } from "../../widgets/toast.tsx";

type Asked = Ops["export"]["args"];

/** What was asked for: the files stand until they are made again. */
const asked = signal<Asked | null>(null);

/** Characters of a file that are shown; all of it is copied and saved. */
const SHOWN = 60_000;

const KINDS: Record<ListedIndicator["kind"], string> = {
	domain: "domain",
	address: "address",
	url: "web address",
	filename: "file name",
	glob: "file name pattern",
	sha256: "SHA-256",
	sha1: "SHA-1",
	md5: "MD5",
	filetype: "file type",
	user_agent: "user agent",
};

const instant = (t: string | null): string => {
	const n = parseEpoch(t);
	return n === null ? "" : dateTime(n, settings.value.zone, 0);
};

function save(a: Artefact): void {
	saveText(a.text, a.name, a.mime);
	log(`exported ${a.title} as ${a.name} (${plural(a.taken.length, "indicator")})`);
	toast(`Saved ${a.name}.`);
}

async function copy(a: Artefact): Promise<void> {
	if (await copyText(a.text)) {
		log(`copied ${a.title} (${plural(a.taken.length, "indicator")})`);
		toast(`Copied ${a.title}.`);
	} else complain("The browser did not allow copying. Save the file instead.");
}

/** By reason, with whom it concerns. */
function reasons(a: Artefact, all: ListedIndicator[]): [string, ListedIndicator[]][] {
	const out = new Map<string, ListedIndicator[]>();
	for (const l of a.left) {
		const i = all[l.indicator];
		if (i) out.set(l.reason, [...(out.get(l.reason) ?? []), i]);
	}
	return [...out];
}

function Values({ list, most = 12 }: { list: ListedIndicator[]; most?: number }) {
	return (
		<>
			{list.slice(0, most).map((i, n) => (
				<span key={`${i.kind}${i.value}`}>
					{n > 0 && ", "}
					<code>
						<Captured text={i.value} />
					</code>
				</span>
			))}
			{list.length > most && ` and ${list.length - most} more`}
		</>
	);
}

function Viewed({ of, all, onClose }: { of: Artefact; all: ListedIndicator[]; onClose: () => void }) {
	const left = reasons(of, all);
	return (
		<Dialog title={of.title} onClose={onClose} class="wide">
			<div class="stack">
				<p>{of.purpose}</p>
				{of.notes.map((n) => (
					<p key={n} class="small">
						{n}
					</p>
				))}
				<div class="row">
					<button type="button" class="button" onClick={() => void copy(of)}>
						Copy
					</button>
					<button type="button" class="button" onClick={() => save(of)}>
						<Icon name="download" /> Save {of.name}
					</button>
				</div>
				{of.text === "" ? (
					<p class="muted">Nothing of the list goes into this file: it is empty.</p>
				) : (
					<pre class="artefact" role="region" tabIndex={0} aria-label={`Text of ${of.title}`}>
						<bdi>{visibleLines(of.text.slice(0, SHOWN))}</bdi>
					</pre>
				)}
				{of.text.length > SHOWN && (
					<p class="small muted">The first {SHOWN.toLocaleString("en-US")} characters; copy and save take all of it.</p>
				)}
				{left.length > 0 && (
					<>
						<h3>Not in it</h3>
						<ul class="stack tight">
							{left.map(([reason, list]) => (
								<li key={reason}>
									<Captured text={reason} />: <Values list={list} />
								</li>
							))}
						</ul>
					</>
				)}
			</div>
		</Dialog>
	);
}

function Files({ of }: { of: Exports }) {
	const [open, setOpen] = useState<string | null>(null);
	const viewed = of.artefacts.find((a) => a.id === open);
	return (
		<>
			<PlainTable head={["File", "What it is for", "Indicators", "Checked by", { title: "Look, copy, save", as: "offscreen" }]}>
				{of.artefacts.map((a) => (
					<tr key={a.id}>
						<th scope="row">{a.title}</th>
						<td>{a.purpose}</td>
						<td>
							{a.taken.length === 0 && a.left.length === 0 ? (
								"events"
							) : (
								<>
									{plural(a.taken.length, "indicator")}
									{a.left.length > 0 && (
										<>
											,{" "}
											<button type="button" class="button plain small link" onClick={() => setOpen(a.id)}>
												{a.left.length} not<span class="offscreen"> in {a.title}</span>
											</button>
										</>
									)}
								</>
							)}
						</td>
						<td>
							{!a.by_product && <span class="badge medium">not checked by the product itself</span>} <span class="small">{a.checked}</span>
						</td>
						<td>
							<div class="row nowrap">
								<button type="button" class="button small" aria-label={`View ${a.title}`} onClick={() => setOpen(a.id)}>
									View
								</button>
								<button type="button" class="button small" aria-label={`Copy ${a.title}`} onClick={() => void copy(a)}>
									Copy
								</button>
								<button type="button" class="button small" aria-label={`Save ${a.title}`} onClick={() => save(a)}>
									Save
								</button>
							</div>
						</td>
					</tr>
				))}
			</PlainTable>
			{viewed && <Viewed of={viewed} all={of.indicators} onClose={() => setOpen(null)} />}
		</>
	);
}

const STATES = { act: "acted on", unconfirmed: "acted on, unconfirmed", left: "left" } as const;

function List({ of }: { of: Exports }) {
	const left = of.indicators.filter((i) => i.state === "left").length;
	return (
		<details>
			<summary>
				{plural(of.indicators.length - left, "indicator")} acted on, {left} left with {left === 1 ? "its reason" : "their reasons"}
			</summary>
			<PlainTable head={["Kind", "Value", "State", "Where it comes from", "First", "Last", "Evidence"]}>
				{of.indicators.map((i) => (
					<tr key={`${i.kind} ${i.value}`}>
						<td>{KINDS[i.kind]}</td>
						<td class="wrap">
							<code>
								<Captured text={i.value} />
							</code>
						</td>
						<td>
							{STATES[i.state]}
							{i.reason && (
								<>
									: <Captured text={i.reason} />
								</>
							)}
						</td>
						<td>
							<Captured text={i.why} />
						</td>
						<td>{instant(i.first)}</td>
						<td>{instant(i.last)}</td>
						<td>
							<Refs list={i.evidence} />
						</td>
					</tr>
				))}
			</PlainTable>
		</details>
	);
}

function Made({ of, at }: { of: Exports; at: Asked }) {
	if (of.indicators.length === 0)
		return (
			<Empty title="There is nothing to act on yet">
				<span>Indicators come from the scope, from what its answers led to, and from findings that you confirmed.</span>
				<a class="button" href="#/scope">
					Go to step 2
				</a>
			</Empty>
		);
	return (
		<>
			{at.document !== doc.value && <p class="small muted">The case has changed since these files were made.</p>}
			{of.troubles.map((t) => (
				<p key={t} class="error">
					<Captured text={t} />
				</p>
			))}
			{of.unjudged > 0 && (
				<p class="small">
					{plural(of.unjudged, "finding")} with names or addresses {of.unjudged === 1 ? "is" : "are"} not judged yet, and not in the files.{" "}
					<a href="#/understand">Judge them in step 6</a>, or take them in as unconfirmed.
				</p>
			)}
			{of.beyond > 0 && (
				<p class="small">
					{plural(of.beyond, "indicator")} beyond the first 10,000 {of.beyond === 1 ? "is" : "are"} in no file.
				</p>
			)}
			<Files of={of} />
			<List of={of} />
		</>
	);
}

export function Artefacts() {
	const [unconfirmed, setUnconfirmed] = useState(false);
	const r = useResult("export", () => (captures.value.length ? asked.value : null), PRIORITY.analysis);
	const make = (): void => {
		asked.value = { document: doc.value, scope: scope.value, at: clock.now(), unconfirmed, build: BUILD() };
	};
	return (
		<section class="card stack" aria-labelledby="artefacts">
			<h2 id="artefacts">For the tools that act</h2>
			<p class="muted">
				The indicators of this case as block lists, rules and documents of other programs. Weir sends nothing: save a file and load it where
				it acts.
			</p>
			{captures.value.length === 0 ? (
				<NoCapture />
			) : (
				<>
					<div class="row">
						<Marking />
						<label class="check">
							<input type="checkbox" checked={unconfirmed} onChange={(e) => setUnconfirmed(e.currentTarget.checked)} /> With what findings
							name that nobody judged, marked as unconfirmed
						</label>
						<button type="button" class="button" onClick={make}>
							{asked.value ? "Make the files again" : "Make the files"}
						</button>
					</div>
					<Around of={r} what="Making the files" idle={<p class="muted small">Nothing is made yet.</p>}>
						{(v) => asked.value && <Made of={v} at={asked.value} />}
					</Around>
				</>
			)}
		</section>
	);
}
