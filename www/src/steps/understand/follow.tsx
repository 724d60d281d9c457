/** Follow stream: both sides in order, each chunk with its packet, gaps marked; text, hex or raw. Renders no markup. */

import { useEffect, useState } from "preact/hooks";
import { log } from "../../base/case.ts";
import { saveBlob } from "../../base/download.ts";
import { flowRef, packetRef } from "../../base/evidence.ts";
import { focused } from "../../base/focus.ts";
import { go, route } from "../../base/routes.ts";
import { settings } from "../../base/settings.ts";
import { bytes, count, visibleLines } from "../../base/text.ts";
import { dateTime, parseEpoch } from "../../base/time.ts";
import { ask, captures } from "../../engine/client.ts";
import { type EngineError, type Followed, PRIORITY } from "../../engine/contract.ts";
import { narrow } from "../../engine/narrowing.ts";
import { toError, useResult } from "../../engine/results.ts";
import { Icon } from "../../widgets/icons.tsx";
import { Empty, Failed, Loading, NoCapture } from "../../widgets/states.tsx";
import { Captured, EvidenceText } from "../../widgets/text.tsx";
import { complain } from "../../widgets/toast.tsx";

const ONCE = 256 * 1024;
const latin = new TextDecoder("latin1");

function dump(data: Uint8Array, offset: number): string {
	let out = "";
	for (let i = 0; i < data.length; i += 16) {
		const part = data.subarray(i, i + 16);
		const hex = [...part].map((b) => b.toString(16).padStart(2, "0")).join(" ");
		const text = [...part].map((b) => (b >= 0x20 && b < 0x7f ? String.fromCharCode(b) : "·")).join("");
		out += `${(offset + i).toString(16).padStart(8, "0")}  ${hex.padEnd(47)}  ${text}\n`;
	}
	return out;
}

function shownText(data: Uint8Array, offset: number, as: string): string {
	if (as === "hex") return dump(data, offset);
	if (as === "raw") return [...data].map((b) => b.toString(16).padStart(2, "0")).join("");
	let text: string;
	try {
		text = new TextDecoder("utf-8", { fatal: true }).decode(data);
	} catch {
		text = latin.decode(data).replace(/[\u0080-\u009f]/g, "·");
	}
	return visibleLines(text.replaceAll("\r\n", "\n"));
}

/** What of a chunk is text: all, or the head of a message before a body that is not. */
function textPart(data: Uint8Array): number {
	const head = headEnd(data);
	return isBinary(data.subarray(head)) ? (isBinary(data.subarray(0, head)) ? 0 : head) : data.length;
}

/** Behind the empty line that ends a head; 0 where none is near the beginning. */
function headEnd(data: Uint8Array): number {
	const most = Math.min(data.length - 3, 16_384);
	for (let i = 0; i < most; i++) if (data[i] === 13 && data[i + 1] === 10 && data[i + 2] === 13 && data[i + 3] === 10) return i + 4;
	return 0;
}

/** More than one byte in twenty is a control character. */
function isBinary(data: Uint8Array): boolean {
	let controls = 0;
	for (const b of data.subarray(0, 4096)) if ((b < 0x20 && b !== 9 && b !== 10 && b !== 13) || b === 0x7f) controls++;
	return controls * 20 > Math.min(4096, data.length);
}

/** An end of the stream by address and, where one was seen, by name. */
function End({ title, endpoint }: { title: string; endpoint: string }) {
	const host = endpoint.replace(/:\d+$/, "").replace(/^\[|\]$/g, "");
	const card = useResult("host", () => (captures.value.length ? { host } : null), PRIORITY.analysis, [host]);
	const name = card.value?.names[0]?.name;
	return (
		<span class="small">
			<span class="muted">{title}</span> <bdi class="mono">{endpoint}</bdi>
			{name && (
				<>
					{" "}
					<Captured text={name} />
				</>
			)}
		</span>
	);
}

export function Follow() {
	const flow = route.value.query.flow ?? "";
	const [parts, setParts] = useState<Followed[]>([]);
	const [error, setError] = useState<EngineError | null>(null);
	const [as, setAs] = useState<"text" | "hex" | "raw">("text");
	const [side, setSide] = useState<"both" | "0" | "1">("both");
	const [needle, setNeedle] = useState("");
	const [typed, setTyped] = useState("");
	const load = (from: number): void => {
		ask("follow", { flow, from, max_bytes: ONCE }, { priority: PRIORITY.selection, latest: "follow" })
			.then((r) => setParts((p) => (from === 0 ? [r] : [...p, r])))
			.catch((e) => setError(toError(e)));
	};
	useEffect(() => {
		setParts([]);
		setError(null);
		if (flow && captures.value.length) {
			load(0);
			focused.value = { evidence: flowRef(flow), snapshot: `stream ${flow}` };
		}
	}, [flow, captures.value.length]);
	const first = parts[0];
	const last = parts.at(-1);
	const picker = (
		<form
			class="row"
			onSubmit={(e) => {
				e.preventDefault();
				const m = /^(?:([A-Z]{1,3}):)?(tcp|udp):(\d+)$/i.exec(typed.trim());
				if (m) go(`#/understand/follow?flow=${(m[1] ?? "A").toUpperCase()}:${(m[2] ?? "tcp").toLowerCase()}:${m[3]}`);
				else complain("Write a stream as tcp:17 or B:udp:3.");
			}}
		>
			<input
				type="text"
				size={12}
				aria-label="Stream"
				placeholder="tcp:17"
				value={typed}
				onInput={(e) => setTyped(e.currentTarget.value)}
			/>
			<button type="submit" class="button small">
				Follow
			</button>
		</form>
	);
	if (!flow)
		return (
			<Empty title="Which stream?">
				<span>
					Choose a conversation or a packet and press <span class="key">S</span>, or name it.
				</span>
				{captures.value.length > 0 && captures.value.every((c) => c.kind === "flow_log") && (
					<span>Only flow records are loaded: there is no payload to follow.</span>
				)}
				{picker}
			</Empty>
		);
	if (captures.value.length === 0) return <NoCapture />;
	if (error) return <Failed error={error} again={() => load(0)} />;
	if (!first) return <Loading what={`Following ${flow}`} />;
	const save = async (which: 0 | 1 | 2): Promise<void> => {
		try {
			const r = await ask("follow.save", { flow, side: which }, { priority: PRIORITY.analysis });
			saveBlob(r.blob, r.name);
			log(`saved stream ${flow} as ${r.name}`, "export", { flow });
		} catch (e) {
			complain(`Not saved: ${toError(e).message}`);
		}
	};
	const low = needle.toLowerCase();
	let hits = 0;
	const zone = settings.value.zone;
	return (
		<div class="pane">
			<div class="toolbar">
				{picker}
				<strong class="mono">{flowRef(flow).slice(2, -2)}</strong>
				{first.protocol && <span class="badge info">{first.protocol.toUpperCase()}</span>}
				<label class="row">
					<span class="muted">Show</span>
					<select value={as} onChange={(e) => setAs(e.currentTarget.value as typeof as)}>
						<option value="text">text</option>
						<option value="hex">hex dump</option>
						<option value="raw">raw hex</option>
					</select>
				</label>
				<label class="row">
					<span class="muted">Side</span>
					<select value={side} onChange={(e) => setSide(e.currentTarget.value as typeof side)}>
						<option value="both">both</option>
						<option value="0">
							{first.sides[0].endpoint} ({bytes(first.sides[0].bytes)})
						</option>
						<option value="1">
							{first.sides[1].endpoint} ({bytes(first.sides[1].bytes)})
						</option>
					</select>
				</label>
				<input
					type="search"
					aria-label="Find in the stream"
					placeholder="Find in the stream"
					value={needle}
					onInput={(e) => setNeedle(e.currentTarget.value)}
				/>
				<button type="button" class="button small" onClick={() => void save(side === "both" ? 2 : side === "0" ? 0 : 1)}>
					<Icon name="download" /> Save raw
				</button>
				<button
					type="button"
					class="button small"
					onClick={() => narrow({ filter: `${flow.split(":")[1]}.stream == ${flow.split(":")[2]}` })}
				>
					Only this conversation
				</button>
			</div>
			<p class="row">
				<End title="client" endpoint={first.sides[0].endpoint} />
				<End title="server" endpoint={first.sides[1].endpoint} />
			</p>
			{first.unknown && (
				<div class="small">
					<strong>Protocol not known</strong>: {first.unknown.why.join("; ")}.
					{first.unknown.sides.map(
						(f, n) =>
							f && (
								<p class="mono" key={n}>
									{n === 0 ? "client" : "server"}: entropy {f.entropy} of 8 in {count(f.bytes)} bytes: {f.hex} <Captured text={f.text} />
								</p>
							),
					)}
				</div>
			)}
			{first.unavailable ? (
				<Empty title={`No payload: ${first.unavailable}`} />
			) : (
				<section class="stream" tabIndex={0} aria-label={`Stream ${flow}`}>
					{parts.map((p) =>
						p.chunks.map((c) => {
							if (side !== "both" && String(c.side) !== side) return null;
							const data = p.data.subarray(c.start, c.end);
							const cut = as === "text" && low === "" ? textPart(data) : data.length;
							const text = shownText(data.subarray(0, cut), c.offset, as);
							const match = low !== "" && text.toLowerCase().includes(low);
							if (low !== "" && !match) return null;
							if (match) hits++;
							const t = parseEpoch(c.time);
							return (
								<div class={`chunk side-${c.side}`} key={`${c.packet}${c.offset}${c.side}`}>
									{c.gap > 0 && <div class="gap">[{count(c.gap)} bytes missing from the capture]</div>}
									{data.length > 0 && (
										<>
											<div class="who">
												<EvidenceText text={packetRef(c.packet)} />
												<span>{c.side === 0 ? "client → server" : "server → client"}</span>
												<span class="num">{t !== null && dateTime(t, zone, 3).slice(11)}</span>
												<span class="num">{bytes(data.length)}</span>
											</div>
											<div>
												{cut > 0 && (
													<pre>
														<bdi>{text}</bdi>
													</pre>
												)}
												{cut < data.length && (
													<p class="small muted">
														[binary, {bytes(data.length - cut)}]{" "}
														<button type="button" class="button plain small link" onClick={() => setAs("hex")}>
															Show as hex
														</button>
														<a class="button plain small link" href="#/understand/files">
															Open Files
														</a>
													</p>
												)}
											</div>
										</>
									)}
								</div>
							);
						}),
					)}
					{low !== "" && hits === 0 && <Empty title={`“${needle}” is not in the part shown`} />}
					{last && last.next !== null && (
						<p class="row" style={{ padding: "10px" }}>
							<button type="button" class="button" onClick={() => load(last.next ?? 0)}>
								Show the next {bytes(ONCE)}
							</button>
						</p>
					)}
				</section>
			)}
		</div>
	);
}
