/** A table over an engine view: columns, sorting, rows on demand, and what can be done with a cell. */

import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { announce } from "../../base/announce.ts";
import { edit, items, log } from "../../base/case.ts";
import { copyText, saveBlob } from "../../base/download.ts";
import { flowRef, packetRef, rowRef } from "../../base/evidence.ts";
import { focused, takeFocus } from "../../base/focus.ts";
import { here } from "../../base/places.ts";
import { go, route } from "../../base/routes.ts";
import { ROW_HEIGHT, settings } from "../../base/settings.ts";
import { count } from "../../base/text.ts";
import { parseEpoch, rowTime } from "../../base/time.ts";
import { ask, captures } from "../../engine/client.ts";
import {
	type Column,
	FLAG,
	type Narrowing,
	type Order,
	PRIORITY,
	type TableName,
	type View,
	type ViewArgs,
} from "../../engine/contract.ts";
import { combine, EMPTY, exclusions, narrow, narrowing, preview, shown } from "../../engine/narrowing.ts";
import { toError, useResult } from "../../engine/results.ts";
import { RowSource } from "../../engine/rows.ts";
import { type MenuItem, showMenu } from "../../widgets/dialog.tsx";
import { TableHost } from "../../widgets/mount.tsx";
import { CoversLine, Empty, Failed, Loading, NoCapture } from "../../widgets/states.tsx";
import type { RowView, Table, TableModel } from "../../widgets/table.ts";
import { complain, toast } from "../../widgets/toast.tsx";
import { arranged, cellText, END_ALIGNED, MONO, valueFilter } from "./format.ts";
import { valueMenu } from "./valuemenu.ts";

export interface Cell {
	row: number;
	column: Column;
	raw: string;
	/** "A:12" for packets; for other tables the cell of the first packet column. */
	packet: string | null;
	flow: string | null;
	/** "B:r12" for rows of flow logs. */
	logRow: string | null;
	number: number;
	capture: string;
	snapshot: string;
	all: (id: string) => string;
}

export interface ViewTableProps {
	table: TableName;
	label: string;
	empty: string;
	more?: Partial<ViewArgs>;
	onActive?: (cell: Cell) => void;
	onEnter?: (cell: Cell) => void;
	menu?: (cell: Cell) => MenuItem[];
	/** Order, widths and titles of columns where the page wants others than the engine. */
	first?: Parameters<typeof arranged>[1];
	/** What is said behind a cell's value; "" for nothing. */
	remark?: (column: Column, cell: (id: string) => string) => string;
	/** Gives the row to select first, once the view is there. */
	startAt?: { key: string; stamp: unknown } | null;
	take?: (api: ViewApi | null) => void;
	keys: string;
}

export interface ViewApi {
	view: number;
	active: number;
	select: (row: number) => void;
	focus: () => void;
	columns: Column[];
}

const SEVERITY = ["", "●", "●", "◆", "▲", "▲"];
const SEVERITY_WORD = ["", "info", "low", "medium", "high", "critical"];
const LIMIT_WORD: Record<View["without"][number]["limit"], string> = {
	filter: "the filter",
	time: "the time limit",
	captures: "the limit to some captures",
	duplicates: "the limit to unique packets",
	text: "the text search",
};

function drop(limit: View["without"][number]["limit"]): void {
	// The engine counts without the whole filter, exclusions included.
	if (limit === "filter") for (const e of exclusions.value) edit<"exclusion">(e.id, { on: false });
	const change: Partial<Narrowing> =
		limit === "filter"
			? { filter: "" }
			: limit === "time"
				? { from: null, to: null }
				: limit === "captures"
					? { captures: null }
					: { unique: false };
	narrow(change);
}

export function ViewTable(p: ViewTableProps) {
	// Who comes back finds the row where he went from what a link asked for; also a row that is still to be read.
	const left = useRef(here().tables.get(p.table) ?? null);
	const [order, setOrder] = useState<Order | null>(left.current?.order ?? null);
	const [version, setVersion] = useState(0);
	const table = useRef<Table | null>(null);
	const sourceRef = useRef<RowSource | null>(null);
	sourceRef.current ??= new RowSource(() => setVersion((v) => v + 1));
	const source = sourceRef.current;
	// The row that was asked for, until another one is chosen: the table may be made after the engine has answered.
	const wanted = useRef<number | null>(null);
	const sought = route.value.query.text ?? "";
	const [contains, setContains] = useState(sought);
	useEffect(() => setContains(sought), [sought]);
	const more = JSON.stringify({ ...p.more, ...(contains.trim() !== "" && { text: contains.trim() }) });
	const v = useResult(
		"view",
		() =>
			captures.value.length > 0 || narrowing.value !== EMPTY
				? { table: p.table, narrowing: shown.value, order, ...(JSON.parse(more) as Partial<ViewArgs>) }
				: null,
		PRIORITY.filter,
		[p.table, order, more],
	);
	// While it is made in another order the old rows stay, and with them the head that has the focus.
	const kept = useRef<View | null>(null);
	if (v.value) kept.current = v.value;
	if (captures.value.length === 0) kept.current = null;
	const view = kept.current;
	const renewed = v.stale || (view !== null && v.value === null);
	useEffect(() => {
		if (!view) return;
		if (view.view !== source.view) {
			const same = view.columns.map((c) => c.id).join() === source.columns.map((c) => c.id).join() && v.state !== "done";
			source.reset(view.view, view.columns, view.rows);
			if (!same) table.current?.reset();
		} else source.grow(view.rows);
	}, [view]);
	const s = settings.value;
	const first = captures.value.reduce<bigint | null>((m, c) => {
		const t = parseEpoch(c.first);
		return t !== null && (m === null || t < m) ? t : m;
	}, null);
	const many = captures.value.length > 1;
	const pins = new Set(items("pin").map((x) => x.body.evidence));
	const packets = p.table === "packets";

	const columns = p.first ? arranged(source.columns, p.first) : source.columns.filter((c) => c.standard || p.more?.fields?.includes(c.id));
	const shownIndex = columns.map((c) => source.columns.findIndex((x) => x.id === c.id));

	const text = (row: number, i: number): string => {
		const page = source.page(row);
		const c = source.columns[i];
		if (!page || !c) return "";
		if (packets && c.id === "no") return many ? `${page.capture(row)}:${page.number(row)}` : String(page.number(row));
		if (packets && c.id === "time") {
			const t = page.time(row);
			return t === null ? "" : rowTime(t, s.time, s.zone, first, page.before(row));
		}
		const value = cellText(page.cell(row, i), c, s.zone);
		const remark = p.remark?.(c, (id) => {
			const at = source.columns.findIndex((x) => x.id === id);
			return at < 0 ? "" : page.cell(row, at);
		});
		return remark ? `${value} ${remark}` : value;
	};

	const cellOf = (row: number, column: number): Cell | null => {
		const page = source.page(row);
		const c = source.columns[column] ?? source.columns[0];
		if (!page || !c) return null;
		const byKind = (kind: Column["kind"]): string | null => {
			// What stands in sight first is what the row is called by.
			const id = [...columns, ...source.columns].find((x) => x.kind === kind)?.id;
			const at = source.columns.findIndex((x) => x.id === id);
			return at < 0 ? null : page.raw(row, at) || null;
		};
		const all = (id: string): string => {
			const at = source.columns.findIndex((x) => x.id === id);
			return at < 0 ? "" : page.raw(row, at);
		};
		const packet = packets ? `${page.capture(row)}:${page.number(row)}` : byKind("packet");
		return {
			row,
			column: c,
			raw: packets && c.id === "no" ? String(page.number(row)) : page.raw(row, source.columns.indexOf(c)),
			packet,
			flow: byKind("flow"),
			logRow: byKind("row"),
			number: page.number(row),
			capture: page.capture(row),
			snapshot: source.columns
				.filter((x) => x.standard && x.kind !== "hash")
				.map((x) => text(row, source.columns.indexOf(x)))
				.filter(Boolean)
				.join(" ")
				.slice(0, 240),
			all,
		};
	};

	const rowView = (n: number): RowView | null => {
		const page = source.page(n);
		if (!page) {
			return null;
		}
		const flags = page.flags(n);
		const sev = (flags & FLAG.severity) >> FLAG.severity_shift;
		const pinned = packets && pins.has(packetRef(`${page.capture(n)}:${page.number(n)}`));
		const glyphs = `${pinned ? "⚑" : ""}${flags & FLAG.answer ? "■" : ""}${SEVERITY[sev] ?? ""}${flags & FLAG.duplicate ? "²" : ""}${flags & FLAG.truncated ? "✂" : ""}${flags & FLAG.comment ? "✎" : ""}`;
		const cells = shownIndex.map((i) => text(n, i));
		const words = [
			sev ? SEVERITY_WORD[sev] : "",
			flags & FLAG.answer ? "evidence of an answer" : "",
			flags & FLAG.duplicate ? "duplicate" : "",
			flags & FLAG.truncated ? "cut" : "",
			pinned ? "pinned" : "",
		].filter(Boolean);
		return { cells, tint: flags & FLAG.tint, glyphs, label: [...cells.filter(Boolean), ...words].join(", ") };
	};

	const apply = (c: Cell, how: "only" | "and" | "or" | "not" | "and_not"): void => {
		if (c.column.field) narrow({ filter: combine(valueFilter(c.column.field, c.raw, c.column.kind), how) });
	};

	/** A hash is copied whole, everything else as it is shown. */
	const value = (c: Cell): string => (c.column.kind === "hash" ? c.raw : text(c.row, source.columns.indexOf(c.column)));

	const copy = async (what: string, t: string): Promise<void> => {
		if (await copyText(t)) toast(`Copied ${what}.`);
		else complain("Copying is not allowed here.");
	};

	/** A conversation is what its row is about; elsewhere it is the packet. */
	const evidence = (c: Cell): string | null =>
		c.packet && !(c.flow && p.table === "flows") ? packetRef(c.packet) : c.flow ? flowRef(c.flow) : c.logRow ? rowRef(c.logRow) : null;

	const menu = (row: number, column: number, x: number, y: number): void => {
		const c = cellOf(row, shownIndex[column] ?? 0);
		if (!c) return;
		const list: (MenuItem | "line")[] = [];
		if (c.column.field && c.raw !== "") {
			list.push(
				{ title: "Apply as filter", key: "F", run: () => apply(c, "only") },
				{ title: "… and this", run: () => apply(c, "and") },
				{ title: "… or this", run: () => apply(c, "or") },
				{ title: "… and not this", key: "X", run: () => apply(c, "and_not") },
				{
					title: "Prepare as filter",
					run: () => go(`#/filter?prepare=${encodeURIComponent(valueFilter(c.column.field ?? "", c.raw, c.column.kind))}`),
				},
				"line",
				{ title: "Copy as filter", run: () => void copy("the filter", valueFilter(c.column.field ?? "", c.raw, c.column.kind)) },
			);
		}
		list.push({ title: "Copy value", key: "Ctrl C", run: () => void copy("the value", value(c)) });
		const e = evidence(c);
		if (e) list.push({ title: `Copy as reference ${e}`, key: "Ctrl Shift C", run: () => void copy("the reference", e) });
		const known = c.column.kind === "number" || c.column.kind === "bytes" || c.column.kind === "time" || c.column.kind === "duration";
		list.push(
			"line",
			...valueMenu(
				known || c.column.kind === "packet" || c.column.kind === "flow" ? "" : c.raw,
				`seen in ${p.label}`,
				e ? { evidence: e, snapshot: c.snapshot } : null,
			),
		);
		if (c.packet && !packets) list.push({ title: `Go to packet ${c.packet}`, run: () => go(`#/understand/packets?p=${c.packet}`) });
		if (c.flow) list.push({ title: "Follow stream", key: "S", run: () => go(`#/understand/follow?flow=${c.flow}`) });
		list.push(...(p.menu?.(c) ?? []));
		showMenu(x, y, `${c.column.title}: ${c.raw.slice(0, 60)}`, list);
	};

	const model = useMemo<TableModel>(
		() => ({
			label: p.label,
			columns: columns.map((c) => ({
				id: c.id,
				title: packets && c.id === "time" ? timeTitle(s.time, s.zone) : c.kind === "time" ? `${c.title} (${s.zone})` : c.title,
				width: packets && c.id === "time" && s.time === "datetime" ? 27 : c.width,
				end: END_ALIGNED.has(c.kind) || c.id === "no",
				mono: MONO.has(c.kind),
				sortable: c.sortable,
			})),
			count: source.count,
			rowHeight: ROW_HEIGHT[s.density],
			sort: order,
			row: rowView,
			need: (a, b) => source.need(a, b),
			onActive: (row) => {
				wanted.current = null;
				const c = cellOf(row, 0);
				left.current = c ? null : { row, order };
				here().tables.set(p.table, { row, order });
				// A row that is still to come is nothing yet: the one before it must not be pinned in its place.
				const e = c && evidence(c);
				focused.value = e ? { evidence: e, snapshot: c.snapshot } : null;
				if (c) p.onActive?.(c);
			},
			onEnter: (row) => {
				const c = cellOf(row, 0);
				if (!c) return;
				if (p.onEnter) p.onEnter(c);
				else if (c.packet) go(`#/understand/packets?p=${c.packet}`);
			},
			onSort: (column) => {
				const next = order?.column !== column ? { column, descending: false } : order.descending ? null : { column, descending: true };
				setOrder(next);
				const title = columns.find((c) => c.id === column)?.title ?? column;
				announce(next ? `Sorted by ${title}, ${next.descending ? "descending" : "ascending"}` : "In the order of the capture");
			},
			onMenu: menu,
			onKey: (e, row, column) => {
				const c = cellOf(row, shownIndex[column] ?? 0);
				if (!c) return false;
				const mod = e.ctrlKey || e.metaKey;
				const k = e.key.toLowerCase();
				if (mod && k === "c") {
					if (String(getSelection() ?? "") !== "") return false;
					const ref = evidence(c);
					if (e.shiftKey && ref) void copy("the reference", ref);
					else void copy("the value", value(c));
					return true;
				}
				if (mod || e.altKey) return false;
				if (k === "f" && c.column.field) apply(c, "only");
				else if (k === "x" && c.column.field) apply(c, "and_not");
				else if (k === "s" && c.flow) go(`#/understand/follow?flow=${c.flow}`);
				else return false;
				return true;
			},
		}),
		[version, view, s, order, pins.size, more, p.label, p.first, captures.value.length],
	);

	const api = useRef<ViewApi>({ view: 0, active: -1, select: () => {}, focus: () => {}, columns: [] });
	api.current.view = source.view;
	api.current.columns = source.columns;
	api.current.select = (row) => {
		table.current?.setActive(row, true, true);
	};
	api.current.focus = () => table.current?.host.focus();
	api.current.active = table.current?.active ?? -1;
	useEffect(() => {
		p.take?.(api.current);
		return () => p.take?.(null);
	}, []);

	const found = contains.trim() !== "" && v.state === "done" && !v.stale && v.value ? `${count(v.value.rows)} rows` : "";
	useEffect(() => {
		if (found) announce(found);
	}, [found, contains]);

	const asked = useRef<unknown>(left.current ? p.startAt?.stamp : null);
	useEffect(() => {
		const t = table.current;
		const again = left.current?.row;
		if (again !== undefined && t && source.count > again) {
			if (t.blank) {
				source.need(Math.max(0, again - 20), again + 40);
				t.setActive(again, false, true);
			}
			if (source.page(again)) model.onActive(again);
		}
		if (wanted.current !== null && t?.blank && source.count > wanted.current) {
			t.setActive(wanted.current, false, true);
			takeFocus(t.host);
		}
	});
	useEffect(() => {
		const start = p.startAt;
		if (!start || !view || view.rows === 0 || asked.current === start.stamp) return;
		ask("locate", { view: view.view, key: start.key }, { priority: PRIORITY.visible })
			.then((r) => {
				if (r.row === null) {
					if (v.state === "done") {
						asked.current = start.stamp;
						complain(`${start.key} is hidden by the limits in force. Remove them to see it.`);
					}
					return;
				}
				asked.current = start.stamp;
				const row = r.row;
				source.need(Math.max(0, row - 20), row + 40);
				wanted.current = row;
				table.current?.setActive(row, false, true);
				if (table.current) takeFocus(table.current.host);
				p.onActive?.({
					...(cellOf(row, 0) ?? {
						row,
						column: source.columns[0] as Column,
						raw: "",
						flow: null,
						logRow: null,
						number: 0,
						capture: "",
						snapshot: start.key,
						all: () => "",
					}),
					packet: packets ? start.key : null,
				});
			})
			.catch(() => {});
	}, [p.startAt?.stamp, view?.view, v.state]);

	const save = async (as: "csv" | "json"): Promise<void> => {
		if (!view) return;
		try {
			const r = await ask("table.save", { view: view.view, as }, { priority: PRIORITY.analysis });
			saveBlob(r.blob, r.name);
			log(`saved ${r.name}`, "export");
		} catch (e) {
			complain(`Not saved: ${toError(e).message}`);
		}
	};

	if (v.state === "failed" && v.error) return <Failed error={v.error} again={v.again} />;
	if (captures.value.length === 0) return <NoCapture />;
	if (!view) return <Loading what={`Listing ${p.label.toLowerCase()}`} />;
	const blank = view.rows === 0 && v.state === "done" && !v.stale;
	return (
		<div class={`pane${renewed ? " stale" : ""}`}>
			<div class="toolbar">
				<span class="num muted">
					{count(view.rows)}
					{view.total !== view.rows && ` of ${count(view.total)}`} rows
				</span>
				<input
					type="search"
					aria-label={`${p.label} that contain`}
					placeholder="contains…"
					value={contains}
					onInput={(e) => setContains(e.currentTarget.value)}
				/>
				<CoversLine covers={v.covers} stale={renewed} />
				{view.plan && <span class="muted">filter answered from: {view.plan}</span>}
				<span class="grow" />
				<button type="button" class="button plain small link" onClick={() => void save("csv")}>
					Save CSV
				</button>
				<button type="button" class="button plain small link" onClick={() => void save("json")}>
					Save JSON
				</button>
			</div>
			{view.remark && !blank && (
				<p class="small medium" role="status">
					! {view.remark}
				</p>
			)}
			{blank && (
				<Empty title={view.total > 0 && !view.remark ? `0 of ${count(view.total)}` : (view.remark ?? p.empty)}>
					{view.without.map((w) => (
						<span key={w.limit} class="row">
							Without {LIMIT_WORD[w.limit]}: {count(w.rows)}.
							{w.limit !== "text" && (
								<button type="button" class="button small" onClick={() => drop(w.limit)}>
									Remove {LIMIT_WORD[w.limit]}
								</button>
							)}
						</span>
					))}
					{preview.value && (
						<button type="button" class="button small" onClick={() => (preview.value = null)}>
							Drop the time preview
						</button>
					)}
				</Empty>
			)}
			<div class="pane" hidden={blank}>
				<TableHost
					key={source.columns.map((c) => c.id).join()}
					model={model}
					version={version}
					keys={p.keys}
					take={(t) => (table.current = t)}
				/>
			</div>
		</div>
	);
}

function timeTitle(format: string, zone: string): string {
	return format === "first"
		? "Since first (s)"
		: format === "previous"
			? "Since above (s)"
			: format === "epoch"
				? "Time (epoch)"
				: `Time (${zone})`;
}
