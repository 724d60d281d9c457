/** Bytes as 16 a row, hex and text, virtual; a range is lit, a byte can be picked. A class like the table. */

import { announce } from "../base/announce.ts";

const ROW = 20;
const PER_ROW = 16;
const CAP = 8_000_000;

export class HexView {
	private bytes: Uint8Array = new Uint8Array();
	private lit: [number, number] = [0, 0];
	private cursor = 0;
	/** Where a range began that Shift goes on with; -1 without one. */
	private anchor = -1;
	private readonly layer = document.createElement("div");
	private frame = 0;
	private readonly observer: ResizeObserver;

	constructor(
		readonly host: HTMLElement,
		private readonly onPick: (offset: number) => void,
		/** A range was marked with Shift. */
		private readonly onRange: (start: number, end: number) => void,
		/** Name of the innermost field that holds a byte, or "". */
		private readonly fieldAt: (offset: number) => string,
	) {
		host.classList.add("hex");
		host.tabIndex = 0;
		// Arrows move over bytes that are no elements of their own: said by the page, not found by a reading cursor.
		host.setAttribute("role", "application");
		host.setAttribute("aria-roledescription", "bytes");
		this.layer.setAttribute("role", "presentation");
		host.append(this.layer);
		host.addEventListener("scroll", () => this.refresh());
		host.addEventListener("keydown", this.onKey);
		host.addEventListener("click", this.onClick);
		this.observer = new ResizeObserver(() => this.refresh());
		this.observer.observe(host);
	}

	show(bytes: Uint8Array, name: string): void {
		this.bytes = bytes;
		this.cursor = 0;
		this.anchor = -1;
		this.host.setAttribute("aria-label", `${name}, ${bytes.length} bytes`);
		this.layer.style.height = `${Math.min(CAP, Math.ceil(bytes.length / PER_ROW) * ROW)}px`;
		this.layer.style.width = "76ch";
		this.host.scrollTop = 0;
		this.refresh();
	}

	/** Lights bytes start..end and brings them into sight. */
	light(start: number, end: number): void {
		this.lit = [start, end];
		// What was marked here is in sight, and its end stays where the keys go on.
		if (end > start && this.anchor < 0) {
			this.cursor = start;
			const y = Math.floor(start / PER_ROW) * ROW;
			if (y < this.host.scrollTop || y + ROW > this.host.scrollTop + this.host.clientHeight) this.host.scrollTop = Math.max(0, y - ROW * 2);
		}
		this.refresh();
	}

	destroy(): void {
		cancelAnimationFrame(this.frame);
		this.observer.disconnect();
		this.host.replaceChildren();
	}

	private onKey = (e: KeyboardEvent): void => {
		if (e.ctrlKey || e.metaKey || e.altKey) return;
		const page = Math.max(1, Math.floor(this.host.clientHeight / ROW)) * PER_ROW;
		const by = (
			{
				ArrowRight: 1,
				ArrowLeft: -1,
				ArrowDown: PER_ROW,
				ArrowUp: -PER_ROW,
				PageDown: page,
				PageUp: -page,
				Home: -Infinity,
				End: Infinity,
			} as Record<string, number>
		)[e.key];
		if (by === undefined) return;
		e.preventDefault();
		this.pick(Math.max(0, Math.min(this.bytes.length - 1, this.cursor + by)), e.shiftKey);
		const b = this.bytes[this.cursor];
		if (b === undefined) return;
		const text = b >= 0x20 && b < 0x7f ? `, “${String.fromCharCode(b)}”` : "";
		if (this.anchor >= 0) {
			const n = Math.abs(this.cursor - this.anchor) + 1;
			announce(`${n} ${n === 1 ? "byte" : "bytes"} from offset ${Math.min(this.cursor, this.anchor).toString(16).padStart(4, "0")}`);
			return;
		}
		const field = this.fieldAt(this.cursor);
		announce(`Offset ${this.cursor.toString(16).padStart(4, "0")}: ${b.toString(16).padStart(2, "0")}${text}${field ? `, ${field}` : ""}`);
	};

	private pick(at: number, onward: boolean): void {
		if (this.bytes.length === 0) return;
		this.anchor = onward ? (this.anchor >= 0 ? this.anchor : this.cursor) : -1;
		this.cursor = at;
		const y = Math.floor(at / PER_ROW) * ROW;
		if (y < this.host.scrollTop) this.host.scrollTop = y;
		else if (y + ROW > this.host.scrollTop + this.host.clientHeight) this.host.scrollTop = y + ROW - this.host.clientHeight;
		if (this.anchor >= 0) {
			this.lit = [Math.min(this.anchor, at), Math.max(this.anchor, at) + 1];
			this.onRange(...this.lit);
		} else this.onPick(at);
		this.refresh();
	}

	private onClick = (e: MouseEvent): void => {
		const at = (e.target as HTMLElement).dataset?.at;
		if (at !== undefined) this.pick(Number(at), e.shiftKey);
	};

	private refresh(): void {
		if (this.frame) return;
		this.frame = requestAnimationFrame(() => {
			this.frame = 0;
			this.draw();
		});
	}

	private draw(): void {
		const total = Math.ceil(this.bytes.length / PER_ROW);
		const first = Math.floor(this.host.scrollTop / ROW);
		const last = Math.min(total, first + Math.ceil(this.host.clientHeight / ROW) + 1);
		const rows: HTMLElement[] = [];
		for (let n = first; n < last; n++) rows.push(this.row(n));
		this.layer.replaceChildren(...rows);
		this.layer.style.position = "relative";
	}

	private row(n: number): HTMLElement {
		const row = document.createElement("div");
		row.className = "hex-row";
		row.style.top = `${n * ROW}px`;
		const start = n * PER_ROW;
		const at = document.createElement("span");
		at.className = "at";
		at.textContent = `${start.toString(16).padStart(4, "0")}  `;
		row.append(at);
		const end = Math.min(this.bytes.length, start + PER_ROW);
		for (let i = start; i < start + PER_ROW; i++) {
			if (i < end) row.append(this.cell(i, (this.bytes[i] ?? 0).toString(16).padStart(2, "0")), i === start + 7 ? "  " : " ");
			else row.append(i === start + 7 ? "    " : "   ");
		}
		row.append(" ");
		for (let i = start; i < end; i++) {
			const b = this.bytes[i] ?? 0;
			row.append(this.cell(i, b >= 0x20 && b < 0x7f ? String.fromCharCode(b) : "·"));
		}
		return row;
	}

	private cell(i: number, text: string): HTMLElement {
		const s = document.createElement("span");
		s.textContent = text;
		s.dataset.at = String(i);
		if (i >= this.lit[0] && i < this.lit[1]) s.classList.add("lit");
		if (i === this.cursor) s.classList.add("cursor");
		return s;
	}
}
