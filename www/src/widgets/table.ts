/**
 * The virtual table: fixed row height, rows in order in a sticky layer, a spacer that is capped at 8,000,000 px.
 * Below the cap a scroll position is a row exactly; above it only the thumb is proportional, wheel and keys move by
 * whole rows. A class, not a component: nothing inside goes through the framework.
 */

import { verdictOf, verdicts } from "../base/verdicts.ts";

export interface TableColumn {
	id: string;
	title: string;
	/** In characters. */
	width: number;
	end: boolean;
	mono: boolean;
	sortable: boolean;
}

export interface RowView {
	cells: string[];
	/** 0–7. */
	tint: number;
	/** Glyphs in the gutter, each with its words: "▲". */
	glyphs: string;
	/** One sentence for a screen reader. */
	label: string;
}

export interface TableModel {
	label: string;
	columns: TableColumn[];
	count: number;
	rowHeight: number;
	sort: { column: string; descending: boolean } | null;
	row(n: number): RowView | null;
	/** Rows on screen, last exclusive. */
	need(first: number, last: number): void;
	onActive(row: number): void;
	onEnter(row: number): void;
	onSort(column: string): void;
	/** Context menu on a cell. */
	onMenu(row: number, column: number, x: number, y: number): void;
	/** Keys the table itself does not use; true when handled. */
	onKey?(e: KeyboardEvent, row: number, column: number): boolean;
}

const CAP = 8_000_000;
const HEAD = 28;
/** Width of a character for columns: heads are bold, so `ch` would differ from the rows. */
const CHARACTER = 7.4;
let ids = 0;

export class Table {
	private readonly head = el("div", "grid-head");
	private readonly headRow = el("div", "grid-head-row");
	private readonly layer = el("div", "grid-layer");
	private readonly spacer = el("div", "");
	private readonly id = `grid${++ids}`;
	private rows: HTMLElement[] = [];
	private top = 0;
	private activeRow = -1;
	private activeColumn = 0;
	/** A column was chosen with the arrows or the mouse: from then on a cell is spoken, before it a whole row. */
	private byCell = false;
	private frame = 0;
	private columnsKey = "";
	/** Set while we move the thumb ourselves. */
	private ownScroll = -1;
	private readonly observer: ResizeObserver;
	/** No more is told of verdicts. */
	private readonly marked: () => void;

	constructor(
		readonly host: HTMLElement,
		private model: TableModel,
	) {
		host.classList.add("grid");
		host.setAttribute("role", "grid");
		host.tabIndex = 0;
		host.setAttribute("aria-multiselectable", "false");
		this.head.setAttribute("role", "rowgroup");
		this.headRow.setAttribute("role", "row");
		this.headRow.setAttribute("aria-rowindex", "1");
		this.head.append(this.headRow);
		this.layer.setAttribute("role", "rowgroup");
		this.spacer.setAttribute("role", "presentation");
		host.append(this.head, this.layer, this.spacer);
		host.addEventListener("scroll", this.onScroll);
		host.addEventListener("wheel", this.onWheel, { passive: false });
		host.addEventListener("keydown", this.onKey);
		host.addEventListener("mousedown", this.onMouse);
		host.addEventListener("dblclick", this.onDouble);
		host.addEventListener("contextmenu", this.onContext);
		host.addEventListener("focus", () => {
			if (this.activeRow < 0 && this.model.count > 0) this.setActive(this.top, true);
		});
		this.observer = new ResizeObserver(() => this.refresh());
		this.observer.observe(host);
		this.update(model);
		this.marked = verdicts.subscribe(() => this.refresh());
	}

	update(model: TableModel): void {
		this.model = model;
		const h = model.rowHeight;
		const { host } = this;
		host.setAttribute("aria-label", model.label);
		host.setAttribute("aria-rowcount", String(model.count + 1));
		host.setAttribute("aria-colcount", String(model.columns.length + 1));
		const key = JSON.stringify([model.columns, model.sort]);
		if (key !== this.columnsKey) {
			this.columnsKey = key;
			this.buildHead();
		}
		this.spacer.style.height = `${Math.min(CAP, model.count * h)}px`;
		if (this.activeRow >= model.count) this.activeRow = -1;
		this.top = Math.max(0, Math.min(this.top, this.maxTop()));
		this.refresh();
	}

	get active(): number {
		return this.activeRow;
	}

	get column(): number {
		return this.activeColumn;
	}

	/** Back to the beginning, nothing active: for a new view. */
	reset(): void {
		this.activeRow = -1;
		this.top = 0;
		this.host.scrollTop = 0;
	}

	/** Nothing is selected: new, or begun again. */
	get blank(): boolean {
		return this.activeRow < 0;
	}

	setActive(row: number, tell: boolean, center = false): void {
		if (this.model.count === 0) return;
		const r = Math.max(0, Math.min(this.model.count - 1, row));
		const changed = r !== this.activeRow;
		this.activeRow = r;
		this.reveal(r, center);
		this.refresh();
		if (tell && changed) this.model.onActive(r);
	}

	refresh(): void {
		if (this.frame) return;
		this.frame = requestAnimationFrame(() => {
			this.frame = 0;
			this.draw();
		});
	}

	destroy(): void {
		cancelAnimationFrame(this.frame);
		this.observer.disconnect();
		this.marked();
		this.host.replaceChildren();
	}

	private visibleRows(): number {
		return Math.max(1, Math.floor((this.host.clientHeight - HEAD) / this.model.rowHeight));
	}

	private maxTop(): number {
		return Math.max(0, this.model.count - this.visibleRows());
	}

	private exact(): boolean {
		return this.model.count * this.model.rowHeight <= CAP;
	}

	private scrollOf(row: number): number {
		if (this.exact()) return row * this.model.rowHeight;
		const span = CAP + HEAD - this.host.clientHeight;
		return this.maxTop() === 0 ? 0 : Math.round((row / this.maxTop()) * span);
	}

	private rowOf(scroll: number): number {
		if (this.exact()) return scroll / this.model.rowHeight;
		const span = CAP + HEAD - this.host.clientHeight;
		return span <= 0 ? 0 : Math.min(this.maxTop(), (scroll / span) * this.maxTop());
	}

	private moveTop(row: number): void {
		this.top = Math.max(0, Math.min(this.maxTop(), row));
		const s = this.scrollOf(this.top);
		if (Math.abs(this.host.scrollTop - s) >= 1) {
			this.ownScroll = s;
			this.host.scrollTop = s;
		}
		this.refresh();
	}

	private reveal(row: number, center: boolean): void {
		const n = this.visibleRows();
		if (row < Math.ceil(this.top)) this.moveTop(center ? row - Math.floor(n / 2) : row);
		else if (row >= this.top + n) this.moveTop(center ? row - Math.floor(n / 2) : row - n + 1);
	}

	private onScroll = (): void => {
		this.refresh();
		if (this.ownScroll >= 0 && Math.abs(this.host.scrollTop - this.ownScroll) < 2) {
			this.ownScroll = -1;
			return;
		}
		this.ownScroll = -1;
		this.top = this.rowOf(this.host.scrollTop);
		if (!this.exact()) this.top = Math.round(this.top);
		this.refresh();
	};

	private onWheel = (e: WheelEvent): void => {
		if (this.exact() || e.ctrlKey || e.deltaY === 0) return;
		e.preventDefault();
		const px = e.deltaMode === 1 ? e.deltaY * 16 : e.deltaMode === 2 ? e.deltaY * this.host.clientHeight : e.deltaY;
		this.moveTop(this.top + Math.sign(px) * Math.max(1, Math.round(Math.abs(px) / this.model.rowHeight)));
	};

	private onKey = (e: KeyboardEvent): void => {
		if (e.target !== this.host) return;
		const n = this.visibleRows();
		const at = this.activeRow;
		const plain = !e.ctrlKey && !e.metaKey && !e.altKey;
		let to: number | null = null;
		if (plain || e.key.length > 1) {
			if (e.key === "ArrowDown" || (e.key === "j" && plain)) to = at + 1;
			else if (e.key === "ArrowUp" || (e.key === "k" && plain)) to = at - 1;
			else if (e.key === "PageDown") to = at + n;
			else if (e.key === "PageUp") to = at - n;
			else if (e.key === "Home") to = 0;
			else if (e.key === "End") to = this.model.count - 1;
		}
		if (to !== null && !e.ctrlKey && !e.metaKey && !e.altKey) {
			e.preventDefault();
			this.setActive(to, true);
			return;
		}
		if (plain && (e.key === "ArrowRight" || e.key === "ArrowLeft")) {
			e.preventDefault();
			this.activeColumn = Math.max(0, Math.min(this.model.columns.length - 1, this.activeColumn + (e.key === "ArrowRight" ? 1 : -1)));
			this.byCell = true;
			this.refresh();
			return;
		}
		if (at < 0) return;
		if (e.key === "Enter" && plain) {
			e.preventDefault();
			this.model.onEnter(at);
		} else if (e.key === "ContextMenu" || (e.key === "F10" && e.shiftKey)) {
			e.preventDefault();
			const row = this.rows.find((r) => Number(r.dataset.row) === at);
			const box = (row?.children[this.activeColumn + 1] ?? this.host).getBoundingClientRect();
			this.model.onMenu(at, this.activeColumn, box.left, box.bottom);
		} else if (this.model.onKey?.(e, at, this.activeColumn)) e.preventDefault();
	};

	private hit(e: MouseEvent): { row: number; column: number } | null {
		const row = (e.target as Element).closest?.(".grid-row") as HTMLElement | null;
		if (!row) return null;
		const cell = (e.target as Element).closest(".grid-row > *");
		return { row: Number(row.dataset.row), column: Math.max(0, cell ? [...row.children].indexOf(cell) - 1 : 0) };
	}

	private onMouse = (e: MouseEvent): void => {
		const h = this.hit(e);
		if (!h) return;
		this.activeColumn = h.column;
		this.setActive(h.row, true);
		this.refresh();
	};

	private onDouble = (e: MouseEvent): void => {
		const h = this.hit(e);
		if (h) this.model.onEnter(h.row);
	};

	private onContext = (e: MouseEvent): void => {
		const h = this.hit(e);
		if (!h) return;
		e.preventDefault();
		this.model.onMenu(h.row, h.column, e.clientX, e.clientY);
	};

	private buildHead(): void {
		const { model } = this;
		this.host.style.setProperty(
			"--columns",
			model.columns
				.map((c, i) => (i === model.columns.length - 1 ? `minmax(${c.width * CHARACTER}px, 1fr)` : `${c.width * CHARACTER}px`))
				.join(" "),
		);
		const gutter = el("div", "");
		gutter.setAttribute("role", "columnheader");
		gutter.setAttribute("aria-colindex", "1");
		gutter.append(el("span", "offscreen", "Marks"));
		const cells = model.columns.map((c, i) => {
			const cell = el("div", c.end ? "end" : "");
			cell.setAttribute("role", "columnheader");
			cell.setAttribute("aria-colindex", String(i + 2));
			const sorted = model.sort?.column === c.id ? model.sort : null;
			if (c.sortable) {
				const b = el("button", "", c.title);
				b.setAttribute("type", "button");
				if (sorted) b.append(el("span", "", sorted.descending ? "▼" : "▲"));
				b.addEventListener("click", () => this.model.onSort(c.id));
				cell.append(b);
				cell.setAttribute("aria-sort", sorted ? (sorted.descending ? "descending" : "ascending") : "none");
			} else cell.textContent = c.title;
			return cell;
		});
		const at = [...this.headRow.children].findIndex((c) => c.contains(document.activeElement));
		this.headRow.replaceChildren(gutter, ...cells);
		// Sorting draws the head anew under the finger that sorted.
		if (at >= 0) this.headRow.children[at]?.querySelector("button")?.focus();
		for (const r of this.rows) r.remove();
		this.rows = [];
	}

	private draw(): void {
		const { model } = this;
		const h = model.rowHeight;
		const first = Math.floor(this.top);
		const fraction = this.top - first;
		const last = Math.min(model.count, first + this.visibleRows() + 2);
		model.need(first, last);
		let used = 0;
		for (let n = first; n < last; n++) {
			let row = this.rows[used];
			if (!row) {
				row = this.makeRow();
				this.rows.push(row);
				this.layer.append(row);
			}
			used++;
			row.hidden = false;
			row.style.top = `${Math.round((n - first - fraction) * h)}px`;
			this.fill(row, n);
		}
		for (const r of this.rows.slice(used)) r.hidden = true;
		const { scrollWidth, clientWidth, scrollLeft } = this.host;
		this.host.classList.toggle("more-right", scrollWidth - clientWidth - scrollLeft > 4);
		const shown = this.activeRow >= first && this.activeRow < last;
		const cell = this.byCell ? `-${this.activeColumn}` : "";
		if (shown) this.host.setAttribute("aria-activedescendant", `${this.id}-${this.activeRow}${cell}`);
		else this.host.removeAttribute("aria-activedescendant");
	}

	private makeRow(): HTMLElement {
		const row = el("div", "grid-row");
		row.setAttribute("role", "row");
		const gutter = el("div", "glyphs");
		gutter.setAttribute("role", "gridcell");
		gutter.setAttribute("aria-colindex", "1");
		// The row is taken by its marks: text in the other cells stays for selecting.
		gutter.draggable = true;
		gutter.dataset.carry = "";
		row.append(gutter);
		for (const [i, c] of this.model.columns.entries()) {
			const cell = el("div", `${c.end ? "end" : ""}${c.mono ? " mono" : ""}`.trim());
			cell.setAttribute("role", "gridcell");
			cell.setAttribute("aria-colindex", String(i + 2));
			cell.append(document.createElement("bdi"));
			row.append(cell);
		}
		return row;
	}

	private fill(row: HTMLElement, n: number): void {
		const view = this.model.row(n);
		const active = n === this.activeRow;
		row.dataset.row = String(n);
		row.id = `${this.id}-${n}`;
		row.setAttribute("aria-rowindex", String(n + 2));
		row.setAttribute("aria-selected", String(active));
		row.setAttribute("aria-label", view ? view.label : `row ${n + 1}, loading`);
		row.className = `grid-row${view ? ` tint-${view.tint}` : " pending"}`;
		const gutter = row.children[0] as HTMLElement;
		set(gutter, view?.glyphs ?? "");
		for (let i = 0; i < this.model.columns.length; i++) {
			const cell = row.children[i + 1] as HTMLElement | undefined;
			const text = cell?.firstElementChild;
			if (!cell || !text) continue;
			const full = view?.cells[i] ?? "";
			cell.title = full.length > (this.model.columns[i]?.width ?? 0) ? full : "";
			set(text, view ? (view.cells[i] ?? "") : i === 0 ? String(n + 1) : i === 1 ? "…" : "");
			const verdict = view ? verdictOf(view.cells[i] ?? "") : "";
			if (verdict) {
				cell.dataset.verdict = verdict;
				row.setAttribute("aria-label", `${row.getAttribute("aria-label")}, ${view?.cells[i]}: ${verdict}`);
				cell.title = `${view?.cells[i]}: your verdict is ${verdict}`;
			} else delete cell.dataset.verdict;
			cell.id = `${row.id}-${i}`;
			cell.classList.toggle("cell-active", active && i === this.activeColumn);
		}
	}
}

function set(node: Element, text: string): void {
	if (node.textContent !== text) node.textContent = text;
}

function el(tag: string, name: string, text = ""): HTMLElement {
	const e = document.createElement(tag);
	if (name) e.className = name;
	if (text) e.textContent = text;
	return e;
}
