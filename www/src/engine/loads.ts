/** Loads in progress and the captures they gave. One drop is one load. */

import { computed, effect, signal } from "@preact/signals";
import { alarm, announce } from "../base/announce.ts";
import { aboutOf } from "../base/captures.ts";
import { add, amend, clock, edit, items, log } from "../base/case.ts";
import { slices } from "../base/origins.ts";
import { bytes, plural } from "../base/text.ts";
import { ask, Cancelled, cancel, captures, EngineFailure, fingerprint, hashed, pause, resume, start } from "./client.ts";
import { type CaptureFacts, type EngineError, PRIORITY, type Progress } from "./contract.ts";

export interface Load {
	id: number;
	names: string[];
	bytes: number;
	progress: Progress | null;
	paused: boolean;
	started: number;
	/** Bytes a second, smoothed. */
	rate: number;
	state: "running" | "done" | "cancelled" | "failed";
	error: EngineError | null;
	refused: { name: string; error: EngineError }[];
}

export const loads = signal<Load[]>([]);
export const loading = computed(() => loads.value.some((l) => l.state === "running"));
/** Kept so that a restarted engine can read them again. */
const files: File[] = [];
/** Those of them that came with a case: captures of it they are not. */
const came = new WeakSet<File>();

function patch(id: number, change: Partial<Load>): void {
	loads.value = loads.value.map((l) => (l.id === id ? { ...l, ...change } : l));
}

export async function addFiles(dropped: File[]): Promise<void> {
	if (dropped.length === 0) return;
	files.push(...dropped);
	const cut = dropped.every((f) => came.has(f));
	let id = 0;
	let tenth = -1;
	let lastAt = performance.now();
	let lastDone = 0;
	const total = dropped.reduce((n, f) => n + f.size, 0);
	const run = start("captures.add", cut ? { files: dropped, after: lastOwn() } : { files: dropped }, {
		priority: PRIORITY.load,
		onPartial: (r) => {
			if (r.payload) mergeCaptures(r.payload.captures);
		},
		onProgress: (p) => {
			const now = performance.now();
			const old = loads.value.find((l) => l.id === id);
			let rate = old?.rate ?? 0;
			if (now - lastAt > 200 && p.done > lastDone) {
				const speed = ((p.done - lastDone) * 1000) / (now - lastAt);
				rate = rate === 0 ? speed : rate * 0.7 + speed * 0.3;
				lastAt = now;
				lastDone = p.done;
			}
			patch(id, { progress: p, rate });
			const t = p.of ? Math.floor((10 * p.done) / p.of) : 0;
			if (t > tenth && now - (old?.started ?? now) > 1000) {
				tenth = t;
				announce(
					`${t * 10} percent read, ${plural(
						p.captures.reduce((n, c) => n + c.packets, 0),
						"packet",
					)} so far`,
				);
			}
		},
	});
	id = run.id;
	loads.value = [
		...loads.value,
		{
			id,
			names: dropped.map((f) => f.name),
			bytes: total,
			progress: null,
			paused: false,
			started: performance.now(),
			rate: 0,
			state: "running",
			error: null,
			refused: [],
		},
	];
	announce(`Reading ${dropped.length === 1 ? dropped[0]?.name : plural(dropped.length, "file")}, ${bytes(total)}`);
	try {
		const r = await run.answer;
		const got = r.payload;
		if (got) {
			mergeCaptures(got.captures);
			patch(id, { state: r.state === "cancelled" ? "cancelled" : "done", refused: got.refused });
			if (cut) await place(got.captures);
			else for (const c of got.captures) remember(c);
			for (const x of got.refused) alarm(`${x.name}: ${x.error.message}`);
			const of = (kind: CaptureFacts["kind"]): number => got.captures.reduce((sum, c) => sum + (c.kind === kind ? c.packets : 0), 0);
			const rows = of("flow_log");
			const read = `${plural(of("packets"), "packet")}${rows > 0 ? ` and ${plural(rows, "flow record")}` : ""}`;
			// What was refused has been said; that nothing came of it goes without saying.
			if (got.keys.length > 0) announce(`Keys read from ${got.keys.join(", ")}`);
			if (got.captures.length > 0)
				announce(`${r.state === "cancelled" ? "Stopped" : "Done"}: ${read} from ${plural(got.captures.length, "capture")}`);
		}
	} catch (e) {
		if (e instanceof Cancelled) patch(id, { state: "cancelled" });
		else {
			const error = e instanceof EngineFailure ? e.error : { kind: "bug" as const, message: String(e), where: null, kept: null };
			patch(id, { state: "failed", error });
			alarm(error.message);
		}
	}
}

/** Packets that came with the case, under letters that its own captures do not have. */
export async function addSlices(parts: File[]): Promise<void> {
	for (const f of parts) came.add(f);
	await addFiles(parts);
}

const later = (a: string, b: string): number => a.length - b.length || a.localeCompare(b);

function lastOwn(): string {
	const letters = items("capture").map((i) => i.body.capture);
	return letters.sort(later).at(-1) ?? "A";
}

async function place(got: CaptureFacts[]): Promise<void> {
	slices.value = (await ask("origins", {}, { priority: PRIORITY.selection })).slices;
	log(
		`read ${plural(
			got.reduce((n, c) => n + c.packets, 0),
			"packet",
		)} that came with the case`,
	);
}

function mergeCaptures(got: CaptureFacts[]): void {
	const by = new Map(captures.value.map((c) => [c.capture, c]));
	for (const c of got) by.set(c.capture, c);
	captures.value = [...by.values()].sort((a, b) => later(a.capture, b.capture));
}

/** The case keeps what each capture was, so that notes hold without it. */
function remember(c: CaptureFacts): void {
	const body = {
		capture: c.capture,
		name: c.name,
		sha256: c.sha256 ?? "",
		bytes: c.bytes,
		packets: c.packets,
		first: c.first ?? "",
		last: c.last ?? "",
		offset: c.offset,
		placement: "",
		about: aboutOf(c),
	};
	const old = items("capture").find(
		(i) => (c.sha256 && i.body.sha256 === c.sha256) || (i.body.name === c.name && i.body.bytes === c.bytes),
	);
	if (old) edit<"capture">(old.id, { ...body, placement: old.body.placement, sha256: old.body.sha256 || body.sha256 });
	else {
		add("capture", body, "capture");
		log(
			`read ${c.name}: ${plural(c.packets, c.kind === "flow_log" ? "flow record" : "packet")} (${clock.now().slice(0, 16).replace("T", " ")} UTC)`,
			"load",
			{ name: c.name, bytes: c.bytes },
			{ packets: c.packets, sha256: c.sha256 ?? "" },
		);
	}
}

/** Hashes come later than packets: asks again when the inputs change, until every capture has its own. */
export function startHashes(): void {
	effect(() => {
		fingerprint.value;
		hashed.value;
		if (loading.value || !captures.value.some((c) => c.sha256 === null)) return;
		ask("summary", {}, { priority: PRIORITY.hashing, latest: "hashes" })
			.then((s) => updateCaptures(s.captures))
			.catch(() => {});
	});
}

function updateCaptures(got: CaptureFacts[]): void {
	if (!got.some((g) => g.sha256 !== null && captures.value.find((c) => c.capture === g.capture)?.sha256 === null)) return;
	mergeCaptures(got);
	for (const c of got) {
		// A hash that the case knows is never replaced: that another file came in its place is what a check has to find.
		const item = items("capture").findLast((i) => i.body.name === c.name && i.body.bytes === c.bytes);
		if (item && c.sha256 && item.body.sha256 === "") edit<"capture">(item.id, { sha256: c.sha256 });
		const told = items("log").findLast((l) => l.body.op === "load" && l.body.args?.name === c.name && l.body.args.bytes === c.bytes);
		if (told && c.sha256 && told.body.result?.sha256 === "") amend<"log">(told.id, { result: { ...told.body.result, sha256: c.sha256 } });
	}
}

export function dropped(letter: string): void {
	captures.value = captures.value.filter((c) => c.capture !== letter);
	slices.value = slices.value.filter((s) => s.capture !== letter);
}

/** The analyst corrected a capture's clock. */
export function shifted(letter: string, offset: string): void {
	captures.value = captures.value.map((c) => (c.capture === letter ? { ...c, offset } : c));
	const c = captures.value.find((x) => x.capture === letter);
	const item = c && items("capture").find((i) => i.body.name === c.name && i.body.bytes === c.bytes);
	if (item) edit<"capture">(item.id, { offset });
	ask("summary", {}, { priority: PRIORITY.selection, latest: "shifted" })
		.then((s) => mergeCaptures(s.captures))
		.catch(() => {});
}

export function pauseLoad(id: number): void {
	pause(id);
	patch(id, { paused: true });
}

export function resumeLoad(id: number): void {
	resume(id);
	patch(id, { paused: false });
}

export function cancelLoad(id: number): void {
	cancel(id);
}

/** A restart is to read nothing again. */
export function forgetFiles(): void {
	loads.value = [];
	files.length = 0;
	slices.value = [];
}

/** Takes the packets that came with the case out again; a restart does not bring them back. */
export async function removeSlices(): Promise<void> {
	const own = files.filter((f) => !came.has(f));
	files.splice(0, files.length, ...own);
	for (const { capture } of slices.value) {
		// An engine that does not answer holds none; a new one is not given them.
		await ask("captures.remove", { capture }, { priority: PRIORITY.selection }).catch(() => {});
		dropped(capture);
	}
}

/** A new case over the captures that are loaded names them, as if they had just been read. */
export function rememberAll(): void {
	for (const c of captures.value) remember(c);
}

/** After a restart: the same files again. */
export function reload(): void {
	loads.value = [];
	slices.value = [];
	const again = files.splice(0);
	void addFiles(again.filter((f) => !came.has(f))).then(() => addFiles(again.filter((f) => came.has(f))));
}
