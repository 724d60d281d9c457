/** Rows of a view: decodes pages lazily, keeps a bounded cache, asks only for the newest viewport. */

import { visible } from "../base/text.ts";
import { Cancelled, start } from "./client.ts";
import { type Column, PRIORITY, type RowsPage } from "./contract.ts";

export const PAGE_ROWS = 128;
const PAGES = 64;
const IN_FLIGHT = 2;
const NO_TIME = -(2n ** 63n);
const utf8 = new TextDecoder();

/** One decoded page over its buffer; cells become strings only when asked for. */
export class Page {
	readonly rows: number;
	readonly columns: number;
	private readonly times: BigInt64Array;
	private readonly numbers: Uint32Array;
	private readonly flagWords: Uint32Array;
	private readonly letters: Uint16Array;
	private readonly offsets: Uint32Array;
	private readonly text: Uint8Array;
	private readonly beforeTime: bigint;

	constructor(
		readonly from: number,
		buffer: RowsPage,
	) {
		const head = new Uint32Array(buffer, 0, 4);
		const rows = head[0] ?? 0;
		const columns = head[1] ?? 0;
		this.rows = rows;
		this.columns = columns;
		let at = 16;
		this.beforeTime = new BigInt64Array(buffer, at, 1)[0] ?? NO_TIME;
		at += 8;
		this.times = new BigInt64Array(buffer, at, rows);
		at += rows * 8;
		this.numbers = new Uint32Array(buffer, at, rows);
		at += rows * 4;
		this.flagWords = new Uint32Array(buffer, at, rows);
		at += rows * 4;
		this.letters = new Uint16Array(buffer, at, rows);
		at += Math.ceil((rows * 2) / 4) * 4;
		this.offsets = new Uint32Array(buffer, at, rows * columns + 1);
		at += (rows * columns + 1) * 4;
		this.text = new Uint8Array(buffer, at, head[2] ?? 0);
	}

	time(row: number): bigint | null {
		const t = this.times[row - this.from];
		return t === undefined || t === NO_TIME ? null : t;
	}

	/** Time of the row above, where this page knows it. */
	before(row: number): bigint | null {
		const i = row - this.from;
		const t = i === 0 ? this.beforeTime : this.times[i - 1];
		return t === undefined || t === NO_TIME ? null : t;
	}

	number(row: number): number {
		return this.numbers[row - this.from] ?? 0;
	}

	flags(row: number): number {
		return this.flagWords[row - this.from] ?? 0;
	}

	capture(row: number): string {
		return letterOf(this.letters[row - this.from] ?? 0);
	}

	/** As captured. */
	raw(row: number, column: number): string {
		const i = (row - this.from) * this.columns + column;
		return utf8.decode(this.text.subarray(this.offsets[i] ?? 0, this.offsets[i + 1] ?? 0));
	}

	/** With control characters made visible, cut to what a cell can show. */
	cell(row: number, column: number): string {
		const raw = this.raw(row, column);
		return visible(raw.length > 400 ? `${raw.slice(0, 400)}…` : raw);
	}
}

export function letterOf(index: number): string {
	let n = index + 1;
	let out = "";
	while (n > 0) {
		n--;
		out = String.fromCharCode(65 + (n % 26)) + out;
		n = Math.floor(n / 26);
	}
	return out;
}

/** What a table widget reads from. */
export class RowSource {
	view = 0;
	columns: Column[] = [];
	count = 0;
	private pages = new Map<number, Page>();
	private wanted: number[] = [];
	private inFlight = new Set<number>();
	private generation = 0;

	constructor(private readonly onChange: () => void) {}

	/** A new view: everything older is forgotten, late pages are dropped. */
	reset(view: number, columns: Column[], rows: number): void {
		this.generation++;
		this.view = view;
		this.columns = columns;
		this.count = rows;
		this.pages.clear();
		this.inFlight.clear();
		this.wanted = [];
		this.onChange();
	}

	/** The same view has grown. */
	grow(rows: number): void {
		if (rows === this.count) return;
		const lastPage = Math.floor(Math.max(0, this.count - 1) / PAGE_ROWS);
		const page = this.pages.get(lastPage);
		if (page && page.rows < PAGE_ROWS) this.pages.delete(lastPage);
		this.count = rows;
		this.onChange();
	}

	page(row: number): Page | null {
		const p = this.pages.get(Math.floor(row / PAGE_ROWS));
		return p && row < p.from + p.rows ? p : null;
	}

	/** Tells which rows are on screen; missing pages are asked for, older wishes dropped. */
	need(first: number, last: number): void {
		this.wanted = [];
		for (let n = Math.floor(first / PAGE_ROWS); n <= Math.floor(Math.max(first, Math.min(last, this.count - 1)) / PAGE_ROWS); n++)
			if (!this.pages.has(n) && !this.inFlight.has(n) && n * PAGE_ROWS < this.count) this.wanted.push(n);
		this.pump();
	}

	private pump(): void {
		while (this.inFlight.size < IN_FLIGHT && this.wanted.length) {
			const n = this.wanted.shift() ?? 0;
			const generation = this.generation;
			this.inFlight.add(n);
			start("rows", { view: this.view, from: n * PAGE_ROWS, count: PAGE_ROWS }, { priority: PRIORITY.visible })
				.answer.then((r) => {
					if (generation !== this.generation || !r.payload) return;
					this.pages.set(n, new Page(n * PAGE_ROWS, r.payload));
					for (const old of this.pages.keys()) {
						if (this.pages.size <= PAGES) break;
						this.pages.delete(old);
					}
					this.onChange();
				})
				.catch((e) => {
					if (!(e instanceof Cancelled)) console.warn(e);
				})
				.finally(() => {
					if (generation !== this.generation) return;
					this.inFlight.delete(n);
					this.pump();
				});
		}
	}
}
