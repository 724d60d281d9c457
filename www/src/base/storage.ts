/** Key-value store in IndexedDB for notes and settings. No payload, credential or file body ever goes here. */

const NAME = "weir";
const TABLE = "kv";

let opening: Promise<IDBDatabase> | undefined;

function open(): Promise<IDBDatabase> {
	opening ??= new Promise((resolve, reject) => {
		const r = indexedDB.open(NAME, 1);
		r.onupgradeneeded = () => r.result.createObjectStore(TABLE);
		r.onsuccess = () => resolve(r.result);
		r.onerror = () => reject(r.error);
		r.onblocked = () => reject(new Error("another tab holds the notes"));
	});
	return opening;
}

async function run<T>(mode: IDBTransactionMode, work: (s: IDBObjectStore) => IDBRequest<T>): Promise<T> {
	const db = await open();
	return new Promise((resolve, reject) => {
		const tx = db.transaction(TABLE, mode, { durability: "strict" });
		const r = work(tx.objectStore(TABLE));
		tx.oncomplete = () => resolve(r.result);
		tx.onerror = () => reject(tx.error);
		tx.onabort = () => reject(tx.error);
	});
}

export const storage = {
	get: (key: string): Promise<unknown> => run("readonly", (s) => s.get(key)),
	/**
	 * Writes all of them or none. The end of the transaction is asked for at once: one that waited for its answers
	 * would be given up with a page that is being closed.
	 */
	set: async (...pairs: [string, unknown][]): Promise<void> => {
		const db = await open();
		await new Promise<void>((resolve, reject) => {
			const tx = db.transaction(TABLE, "readwrite", { durability: "strict" });
			const s = tx.objectStore(TABLE);
			for (const [key, value] of pairs) s.put(value, key);
			tx.oncomplete = () => resolve();
			tx.onerror = () => reject(tx.error);
			tx.onabort = () => reject(tx.error);
			tx.commit();
		});
	},
	/** One transaction: what is written beside depends on what stands there; `undefined` takes a key away. */
	update: async (key: string, next: (old: unknown) => [string, unknown][]): Promise<void> => {
		const db = await open();
		await new Promise<void>((resolve, reject) => {
			const tx = db.transaction(TABLE, "readwrite", { durability: "strict" });
			const s = tx.objectStore(TABLE);
			const r = s.get(key);
			r.onsuccess = () => {
				for (const [k, value] of next(r.result)) {
					if (value === undefined) s.delete(k);
					else s.put(value, k);
				}
			};
			tx.oncomplete = () => resolve();
			tx.onerror = () => reject(tx.error);
			tx.onabort = () => reject(tx.error);
		});
	},
	remove: async (key: string): Promise<void> => {
		await run("readwrite", (s) => s.delete(key));
	},
	keys: (): Promise<IDBValidKey[]> => run("readonly", (s) => s.getAllKeys()),
	clear: async (): Promise<void> => {
		await run("readwrite", (s) => s.clear());
	},
};
