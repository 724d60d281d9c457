/** A note as the engine read it: blocks and runs become elements, never markup. */

import type { ComponentChildren } from "preact";
import { parseRef } from "../base/evidence.ts";
import { tagRoute, tagSpans } from "../base/tags.ts";
import { visible, visibleLines } from "../base/text.ts";
import type { NoteBlock, NoteRun, ReadNote } from "../engine/contract.ts";
import { PlainTable } from "./plaintable.tsx";
import { EvidenceText, RefLink } from "./text.tsx";

function TagLink({ typed }: { typed: string }) {
	return (
		<a class="tag" href={tagRoute([typed.slice(1).toLowerCase()])} title={`Notes with ${typed}`}>
			<bdi>{visible(typed)}</bdi>
		</a>
	);
}

function Piece({ run }: { run: NoteRun }) {
	if (run.sort === "break") return <br />;
	const ref = run.sort === "reference" ? parseRef(run.text) : null;
	let out: ComponentChildren = ref ? (
		<RefLink of={ref} written={run.text} />
	) : run.sort === "code" ? (
		<code>
			<bdi>{visible(run.text)}</bdi>
		</code>
	) : run.sort === "tag" ? (
		<TagLink typed={run.text} />
	) : (
		<EvidenceText text={run.text} />
	);
	if (run.strike) out = <s>{out}</s>;
	if (run.emphasis) out = <em>{out}</em>;
	return run.strong ? <strong>{out}</strong> : out;
}

function Line({ runs }: { runs: NoteRun[] }) {
	return (
		<>
			{runs.map((r, i) => (
				<Piece key={`${i}${r.sort}`} run={r} />
			))}
		</>
	);
}

/** A list whose items are short stays close: its first paragraph stands beside its sign. */
function Item({ blocks }: { blocks: NoteBlock[] }) {
	const [first, ...rest] = blocks;
	return (
		<li>
			{first?.block === "paragraph" ? <Line runs={first.runs} /> : first && <Blocks blocks={[first]} />}
			<Blocks blocks={rest} />
		</li>
	);
}

function Part({ b }: { b: NoteBlock }) {
	switch (b.block) {
		case "paragraph":
			return (
				<p>
					<Line runs={b.runs} />
				</p>
			);
		case "heading":
			// A title within a note: the headings of the page are those of its parts.
			return (
				<p class="note-head" data-level={b.level}>
					<Line runs={b.runs} />
				</p>
			);
		case "quote":
			return (
				<blockquote>
					<Blocks blocks={b.blocks} />
				</blockquote>
			);
		case "list": {
			const items = b.items.map((i, n) => <Item key={`${n}i`} blocks={i} />);
			return b.start === null ? <ul>{items}</ul> : <ol start={b.start}>{items}</ol>;
		}
		case "code":
			return (
				<pre>
					<code>
						<bdi>{visibleLines(b.text)}</bdi>
					</code>
				</pre>
			);
		case "table":
			return (
				<table>
					<thead>
						<tr>
							{b.head.map((c, n) => (
								<th key={`${n}h`} scope="col">
									<Line runs={c} />
								</th>
							))}
						</tr>
					</thead>
					<tbody>
						{b.rows.map((row, n) => (
							<tr key={`${n}r`}>
								{b.head.map((_, c) => (
									<td key={`${c}c`}>
										<Line runs={row[c] ?? []} />
									</td>
								))}
							</tr>
						))}
					</tbody>
				</table>
			);
		case "rule":
			return <hr />;
	}
}

function Blocks({ blocks }: { blocks: NoteBlock[] }) {
	return (
		<>
			{blocks.map((b, i) => (
				<Part key={`${i}${b.block}`} b={b} />
			))}
		</>
	);
}

/** A report that the engine wrote, in its own blocks: headings below the page's, none more than one level deeper than the one before. */
export function ReportBlocks({ blocks }: { blocks: NoteBlock[] }) {
	let level = 0;
	return (
		<>
			{blocks.map((b, i) => {
				if (b.block === "heading") {
					level = Math.min(level + 1, b.level);
					const H = (["h2", "h3", "h4", "h5"] as const)[level - 1] ?? "h5";
					return (
						<H key={`${i}h`}>
							<Line runs={b.runs} />
						</H>
					);
				}
				if (b.block === "table")
					return (
						<PlainTable key={`${i}t`} head={b.head.some((c) => c.length > 0) && b.head.map((c) => ({ title: <Line runs={c} /> }))}>
							{b.rows.map((row, n) => (
								<tr key={`${n}r`}>
									{b.head.map((_, c) => (
										<td key={`${c}c`}>
											<Line runs={row[c] ?? []} />
										</td>
									))}
								</tr>
							))}
						</PlainTable>
					);
				return (
					<div key={`${i}b`} class="note">
						<Part b={b} />
					</div>
				);
			})}
		</>
	);
}

/** The note, with what bound was hit; the plain text while it is not read yet. */
export function Noted({ text, note }: { text: string; note: ReadNote | null }) {
	if (!note)
		return (
			<div class="note plain">
				<EvidenceText text={text} lines />
			</div>
		);
	return (
		<div class="note">
			<Blocks blocks={note.blocks} />
			{note.says.map((s) => (
				<p key={s} class="small muted">
					{s}
				</p>
			))}
		</div>
	);
}

/** A sentence whose references and tags lead somewhere: comments and nodes, which are no Markdown. */
export function TaggedText({ text }: { text: string }) {
	const out: ComponentChildren[] = [];
	let at = 0;
	for (const t of tagSpans(text)) {
		if (t.start > at) out.push(<EvidenceText key={at} text={text.slice(at, t.start)} />);
		out.push(<TagLink key={`${t.start}t`} typed={text.slice(t.start, t.end)} />);
		at = t.end;
	}
	if (at < text.length) out.push(<EvidenceText key={at} text={text.slice(at)} />);
	return <>{out}</>;
}
