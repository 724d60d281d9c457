/** A table of statistics: sorted by its headings, bounded on the page, whole as CSV, each row a way to its packets. */

import { type ComponentChildren, Fragment } from "preact";
import { useState } from "preact/hooks";
import { announce } from "../../base/announce.ts";
import { copyText, saveText } from "../../base/download.ts";
import { count, csv, plural } from "../../base/text.ts";
import { Cancelled } from "../../engine/client.ts";
import type { LimitFact } from "../../engine/contract.ts";
import { toError } from "../../engine/results.ts";
import { Icon } from "../../widgets/icons.tsx";
import { type Head, PlainTable } from "../../widgets/plaintable.tsx";
import { Empty } from "../../widgets/states.tsx";
import { complain, toast } from "../../widgets/toast.tsx";
import { type RowLimit, show } from "./within.ts";

/** Rows shown; the CSV has all. */
const SHOWN = 1000;
/** Rows asked for where all are wanted: as many as the engine tells apart. */
export const ALL_ROWS = 1_000_000;

type Value = string | number | null;

export interface StatColumn<R> {
	/** Heading in the CSV; `weir stats` has the same name for it. */
	id: string;
	/** Heading on the page; none where the column is in the CSV alone. */
	title?: string;
	/** A figure: aligned at its end, sorted from the greatest. */
	figure?: boolean;
	value: (row: R) => Value;
	/** As shown; the value where it is not given. */
	cell?: (row: R) => ComponentChildren;
	/** What it is sorted by; the value where it is not given. */
	by?: (row: R) => Value;
}

interface Props<R> {
	columns: StatColumn<R>[];
	rows: R[];
	/** Rows there are; more than `rows` where the engine gave those that come first. */
	of: number;
	limits?: LimitFact[];
	/** "conversation", and its plural where it has another than with s. */
	one: string;
	many?: string;
	/** Which rows come first: "with most bytes". */
	first?: string;
	/** False where the order tells something itself. */
	sortable?: boolean;
	/** Name of the saved file without its ending, and the command that prints the same. */
	file: string;
	command: string;
	/** Every row; where `rows` are all there are it is not asked. */
	all?: () => Promise<R[]>;
	/** Null where no filter tells. */
	limit: (row: R) => RowLimit | null;
	/** What a row is about, for the name of its button. */
	name: (row: R) => string;
	none: string;
}

interface Sorting {
	id: string;
	descending: boolean;
}

const words = new Intl.Collator("en", { numeric: true });

function compare(a: Value, b: Value): number {
	if (typeof a === "number" && typeof b === "number") return a - b;
	return words.compare(String(a ?? ""), String(b ?? ""));
}

/** The rows in the chosen order; rows that are equal in it keep their own. */
function sorted<R>(rows: R[], columns: StatColumn<R>[], by: Sorting | null): R[] {
	const column = columns.find((c) => c.id === by?.id);
	if (!by || !column) return rows;
	const key = column.by ?? column.value;
	return [...rows].sort((a, b) => compare(key(a), key(b)) * (by.descending ? -1 : 1));
}

/** A press sorts, the next turns it round, the third gives the table's own order back. */
function next<R>(now: Sorting | null, column: StatColumn<R>): Sorting | null {
	const begin = column.figure === true;
	if (now?.id !== column.id) return { id: column.id, descending: begin };
	return now.descending === begin ? { id: column.id, descending: !begin } : null;
}

export function StatTable<R>(p: Props<R>) {
	const [sorting, setSorting] = useState<Sorting | null>(null);
	const [busy, setBusy] = useState(false);
	const heads = p.columns.filter((c) => c.title !== undefined);
	const here = sorted(p.rows, p.columns, sorting).slice(0, SHOWN);
	const take = async (give: (text: string, rows: number) => void | Promise<void>): Promise<void> => {
		if (busy) return;
		setBusy(true);
		try {
			let rows = p.rows;
			if (rows.length < p.of && p.all) {
				announce("Collecting all rows");
				rows = await p.all();
			}
			const lines = sorted(rows, p.columns, sorting).map((r) => p.columns.map((c) => String(c.value(r) ?? "")));
			await give(csv([p.columns.map((c) => c.id), ...lines]), lines.length);
		} catch (e) {
			if (!(e instanceof Cancelled)) complain(toError(e).message);
		}
		setBusy(false);
	};
	if (p.rows.length === 0) return <Empty title={p.none} />;
	const head = heads.map((c): Head => {
		const as = c.figure ? "end" : undefined;
		if (p.sortable === false) return { title: c.title, as };
		const way = sorting?.id === c.id ? (sorting.descending ? "descending" : "ascending") : "none";
		return {
			as,
			sort: way,
			title: (
				<button
					type="button"
					class="sort"
					onClick={() => {
						const to = next(sorting, c);
						setSorting(to);
						announce(to ? `Sorted by ${c.title}, ${to.descending ? "descending" : "ascending"}` : "In the table’s own order");
					}}
				>
					{c.title}
					<span aria-hidden="true">{way === "none" ? " ↕" : way === "descending" ? " ↓" : " ↑"}</span>
				</button>
			),
		};
	});
	return (
		<>
			{p.limits?.map((l) => (
				<p key={l.id} class="small medium" role="note">
					! {l.says} (bound: {count(l.bound)} {l.unit}), {l.count === 1 ? "once" : `${count(l.count)} times`}.
				</p>
			))}
			<div class="toolbar">
				<span class="muted">
					{plural(p.of, p.one, p.many)}
					{here.length < p.of && `; ${count(here.length)} are shown, the CSV and `}
					{here.length < p.of && <code>{p.command}</code>}
					{here.length < p.of && " have all"}.
					{p.rows.length < p.of && ` Sorted are the ${count(p.rows.length)} ${p.first ?? "that come first"}.`}
				</span>
				<button
					type="button"
					class="button small"
					onClick={() =>
						take(async (text, n) => {
							if (await copyText(text)) toast(`Copied ${plural(n, "row")} as CSV.`);
							else complain("Copying is not allowed here; save the CSV instead.");
						})
					}
				>
					<Icon name="copy" /> Copy as CSV
				</button>
				<button
					type="button"
					class="button small"
					onClick={() =>
						take((text, n) => {
							saveText(text, `${p.file}.csv`, "text/csv");
							toast(`Saved ${plural(n, "row")} as ${p.file}.csv.`);
						})
					}
				>
					<Icon name="download" /> Save as CSV
				</button>
			</div>
			<PlainTable head={[...head, { title: "Filter", as: "offscreen" }]}>
				{here.map((r, i) => {
					const limit = p.limit(r);
					return (
						<tr key={`${i}${p.name(r)}`}>
							{heads.map((c) => (
								<td key={c.id} class={c.figure ? "n" : undefined}>
									<Fragment>{c.cell ? c.cell(r) : shown(c.value(r))}</Fragment>
								</td>
							))}
							<td>
								{limit && (
									<button type="button" class="button small" aria-label={`Filter to ${p.name(r)}`} onClick={() => show(limit)}>
										Filter
									</button>
								)}
							</td>
						</tr>
					);
				})}
			</PlainTable>
		</>
	);
}

function shown(v: Value): string {
	return typeof v === "number" ? count(v) : (v ?? "");
}
