/** Bytes of files and spooled blobs: pages of 1 MiB in a small cache for random reads, read-ahead for the load. */

/** What a job reads in order comes in slices of this; the first is small, so that first rows need not wait for a whole one. */
export const SLICE = 2 * 1024 * 1024;
const FIRST = 1024 * 1024;
export const PAGE = 1024 * 1024;
const AHEAD = 6;
const CACHED_PAGES = 48;

export class Sources {
	private blobs = new Map<number, Blob>();
	private pages = new Map<string, Promise<Uint8Array>>();
	private next = 0;

	add(blob: Blob): number {
		const id = this.next++;
		this.blobs.set(id, blob);
		return id;
	}

	size(source: number): number {
		return this.blobs.get(source)?.size ?? 0;
	}

	async slice(source: number, start: number, end: number): Promise<Uint8Array> {
		const blob = this.blobs.get(source);
		if (!blob) throw new Error("no such file");
		return new Uint8Array(await blob.slice(start, end).arrayBuffer());
	}

	private page(source: number, n: number): Promise<Uint8Array> {
		const key = `${source}:${n}`;
		let p = this.pages.get(key);
		if (p) {
			this.pages.delete(key);
		} else {
			p = this.slice(source, n * PAGE, (n + 1) * PAGE);
			p.catch(() => this.pages.delete(key));
		}
		this.pages.set(key, p);
		for (const old of this.pages.keys()) {
			if (this.pages.size <= CACHED_PAGES) break;
			this.pages.delete(old);
		}
		return p;
	}

	/** Pieces that cover a range, through the page cache. */
	async random(source: number, start: number, end: number): Promise<{ offset: number; bytes: Uint8Array }[]> {
		if (end - start > 8 * PAGE) return [{ offset: start, bytes: await this.slice(source, start, end) }];
		const out: Promise<{ offset: number; bytes: Uint8Array }>[] = [];
		for (let n = Math.floor(start / PAGE); n * PAGE < end; n++) {
			const from = Math.max(start, n * PAGE);
			out.push(
				this.page(source, n).then((b) => ({ offset: from, bytes: b.subarray(from - n * PAGE, Math.min(b.length, end - n * PAGE)) })),
			);
		}
		return Promise.all(out);
	}
}

/** Slices of one source in order, several in flight. */
export class ReadAhead {
	private queue: { offset: number; bytes: Promise<Uint8Array> }[] = [];
	private source = -1;
	private next = 0;

	constructor(private readonly sources: Sources) {}

	async read(source: number, start: number): Promise<Uint8Array> {
		if (source !== this.source || this.queue[0]?.offset !== start) {
			this.queue = [];
			this.source = source;
			this.next = start;
		}
		const size = this.sources.size(source);
		while (this.queue.length < AHEAD && (this.next < size || this.queue.length === 0)) {
			const end = Math.min(size, this.next + (this.next === start ? FIRST : SLICE));
			const bytes = this.sources.slice(source, this.next, end);
			bytes.catch(() => {});
			this.queue.push({ offset: this.next, bytes });
			this.next = end;
		}
		const first = this.queue.shift();
		return first ? first.bytes : new Uint8Array();
	}
}
