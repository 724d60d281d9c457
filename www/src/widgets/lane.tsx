/** The timeline lane: bars over time with marks, a brush by mouse or keys, and a table twin (Shift T). */

import { useEffect, useRef, useState } from "preact/hooks";
import { announce } from "../base/announce.ts";
import { bytes, count } from "../base/text.ts";
import { dateTime, parseEpoch } from "../base/time.ts";
import type { Time, Timeline } from "../engine/contract.ts";
import { PlainTable } from "./plaintable.tsx";

export interface LaneMark {
	at: Time;
	kind: "answer" | "high" | "medium" | "info" | "pin";
	title: string;
	href: string;
}

export interface LaneProps {
	data: Timeline;
	/** Answers and findings; null where the picture is of traffic alone. */
	marks: LaneMark[] | null;
	zone: string;
	height: number;
	brush: { from: Time; to: Time } | null;
	/** What the scope asks about. */
	wanted?: { from: Time | null; to: Time | null };
	onBrush: (range: { from: Time; to: Time } | null) => void;
	onKeep: () => void;
	label: string;
	/** Said where the page shows a table of its own. */
	tabled?: boolean;
	/** `rows`: of flow logs. */
	measure: "packets" | "bytes" | "rows";
}

const GLYPH: Record<LaneMark["kind"], string> = { answer: "■", high: "▲", medium: "◆", info: "●", pin: "⚑" };

const FORCED: Record<string, string> = { "--selection": "Highlight", "--accent": "CanvasText", "--ink": "Highlight" };

export function Lane(p: LaneProps) {
	const canvas = useRef<HTMLCanvasElement>(null);
	const [twin, setTwin] = useState(false);
	const [at, setAt] = useState(-1);
	const from = parseEpoch(p.data.from) ?? 0n;
	const to = parseEpoch(p.data.to) ?? 1n;
	const values = p.data[p.measure];
	const marks = p.marks ?? [];
	const unit = p.measure === "rows" ? "flow records" : p.measure;
	const peak = values.reduce((a, b) => Math.max(a, b), 0);
	const peakAt = values.indexOf(peak);
	const timeAt = (i: number): bigint => from + (BigInt(Math.round(i * 1000)) * (to - from)) / BigInt(Math.max(1, values.length) * 1000);
	const epochOf = (n: bigint): Time => {
		const s = n / 1_000_000_000n;
		return `${s}.${(n - s * 1_000_000_000n).toString().padStart(9, "0")}`;
	};
	const place = (t: bigint): number => Number(t - from) / Math.max(1, Number(to - from));
	const draw = (): void => {
		const c = canvas.current;
		const g = c?.getContext("2d");
		if (!c || !g) return;
		const style = getComputedStyle(c);
		// A canvas is not recoloured by the system: its colours are asked for by their meaning.
		const forced = matchMedia("(forced-colors: active)").matches;
		const color = (name: string): string => (forced ? (FORCED[name] ?? "CanvasText") : style.getPropertyValue(name).trim());
		const w = c.clientWidth;
		const h = p.height;
		const ratio = devicePixelRatio || 1;
		c.width = Math.max(1, Math.round(w * ratio));
		c.height = Math.round(h * ratio);
		g.scale(ratio, ratio);
		g.clearRect(0, 0, w, h);
		const base = h - 14;
		const { from: wantedFrom, to: wantedTo } = p.wanted ?? { from: null, to: null };
		if (wantedFrom !== null || wantedTo !== null) {
			const a = Math.max(0, place(parseEpoch(wantedFrom) ?? from) * w);
			const b = Math.min(w, place(parseEpoch(wantedTo) ?? to) * w);
			// What is outside is dimmed, so that bars inside keep their contrast.
			g.fillStyle = color("--panel");
			g.fillRect(0, 0, a, h);
			g.fillRect(b, 0, w - b, h);
			g.strokeStyle = color("--muted");
			g.setLineDash([4, 3]);
			for (const x of [a, b]) {
				g.beginPath();
				g.moveTo(x, 0);
				g.lineTo(x, h);
				g.stroke();
			}
			g.setLineDash([]);
		}
		if (p.brush) {
			g.fillStyle = color("--selection");
			const a = place(parseEpoch(p.brush.from) ?? from) * w;
			const b = place(parseEpoch(p.brush.to) ?? to) * w;
			g.fillRect(a, 0, Math.max(1, b - a), h);
			g.strokeStyle = color("--accent");
			g.lineWidth = 1.5;
			g.strokeRect(a + 0.5, 0.5, Math.max(1, b - a - 1), h - 1);
		}
		g.fillStyle = color("--accent");
		const step = w / Math.max(1, values.length);
		values.forEach((v, i) => {
			if (v === 0) return;
			const y = Math.max(1, (v / peak) * (base - 4));
			g.fillRect(i * step, base - y, Math.max(1, step - (step > 3 ? 1 : 0)), y);
		});
		if (at >= 0) {
			g.strokeStyle = color("--ink");
			g.strokeRect(at * step, 1, Math.max(2, step), base);
		}
		g.font = "11px sans-serif";
		g.textAlign = "left";
		g.fillStyle = color("--muted");
		g.strokeStyle = color("--line");
		for (const part of [1, 0.5]) {
			const y = base - part * (base - 4);
			g.beginPath();
			g.moveTo(0, y);
			g.lineTo(w, y);
			g.stroke();
			if (peak === 0) continue;
			const label = p.measure === "bytes" ? bytes(peak * part) : count(Math.round(peak * part));
			// Over the bars: on its own ground.
			g.fillStyle = color("--bg");
			g.fillRect(2, y + 1, g.measureText(label).width + 4, 13);
			g.fillStyle = color("--muted");
			g.fillText(label, 4, y + 11);
		}
		g.textAlign = "center";
		for (const m of marks) {
			const x = place(parseEpoch(m.at) ?? from) * w;
			if (x < 0 || x > w) continue;
			g.fillStyle = color(m.kind === "high" || m.kind === "answer" ? "--high" : m.kind === "medium" ? "--medium" : "--info");
			g.fillText(GLYPH[m.kind], Math.max(6, Math.min(w - 6, x)), h - 3);
		}
	};
	useEffect(draw);
	useEffect(() => {
		const o = new ResizeObserver(draw);
		if (canvas.current) o.observe(canvas.current);
		return () => o.disconnect();
	});
	const down = (e: PointerEvent): void => {
		const c = canvas.current;
		if (!c) return;
		c.setPointerCapture(e.pointerId);
		const box = c.getBoundingClientRect();
		const where = (m: PointerEvent): number => Math.max(0, Math.min(1, (m.clientX - box.left) / box.width)) * values.length;
		const begin = where(e);
		const move = (m: PointerEvent): void => {
			const now = where(m);
			if (Math.abs(now - begin) * (box.width / values.length) < 4) return;
			p.onBrush({ from: epochOf(timeAt(Math.min(begin, now))), to: epochOf(timeAt(Math.max(begin, now))) });
		};
		const up = (m: PointerEvent): void => {
			c.removeEventListener("pointermove", move);
			c.removeEventListener("pointerup", up);
			if (Math.abs(where(m) - begin) * (box.width / values.length) < 4) p.onBrush(null);
		};
		c.addEventListener("pointermove", move);
		c.addEventListener("pointerup", up);
	};
	const key = (e: KeyboardEvent): void => {
		const n = values.length;
		const dir = e.key === "ArrowRight" ? 1 : e.key === "ArrowLeft" ? -1 : 0;
		if (dir) {
			const next = Math.max(0, Math.min(n - 1, (at < 0 ? peakAt : at) + dir));
			setAt(next);
			if (e.shiftKey) {
				const old = p.brush;
				const a = timeAt(Math.min(next, at < 0 ? next : at));
				const b = timeAt(Math.max(next, at < 0 ? next : at) + 1);
				const of = old ? (parseEpoch(old.from) ?? a) : a;
				const ot = old ? (parseEpoch(old.to) ?? b) : b;
				const range = { from: a < of ? a : of, to: b > ot ? b : ot };
				p.onBrush({ from: epochOf(range.from), to: epochOf(range.to) });
				announce(`Range ${dateTime(range.from, p.zone, 0)} to ${dateTime(range.to, p.zone, 0)}`);
			}
		} else if (e.key === "Home" || e.key === "End") setAt(e.key === "Home" ? 0 : n - 1);
		else if (e.key === "PageUp" || e.key === "PageDown")
			setAt(Math.max(0, Math.min(n - 1, (at < 0 ? peakAt : at) + (e.key === "PageUp" ? -20 : 20))));
		else if (e.key === "Enter") p.onKeep();
		else if (e.key === "Escape" && p.brush) {
			p.onBrush(null);
			announce("Range dropped");
		} else if (e.key === "T" && e.shiftKey && !p.tabled) setTwin(!twin);
		else return;
		e.preventDefault();
		e.stopPropagation();
	};
	const say =
		at >= 0
			? `${dateTime(timeAt(at), p.zone, 0)}: ${count(values[at] ?? 0)} ${unit}`
			: `peak ${count(peak)} ${unit} at ${dateTime(timeAt(peakAt), p.zone, 0)}`;
	return (
		<div class="lane">
			<canvas
				ref={canvas}
				height={p.height}
				tabIndex={0}
				role="slider"
				aria-label={`${p.label}. Arrow keys move, Shift and arrows select, Enter keeps${p.tabled ? "" : ", Shift T shows a table"}.`}
				aria-valuemin={0}
				aria-valuemax={Math.max(0, values.length - 1)}
				aria-valuenow={at < 0 ? Math.max(0, peakAt) : at}
				aria-valuetext={say}
				onPointerDown={down}
				onKeyDown={key}
			/>
			<div class="axis">
				<span>{dateTime(from, p.zone, 0)}</span>
				<span>{say}</span>
				<span>
					{dateTime(to, p.zone, 0)} {p.zone}
				</span>
			</div>
			<p class="small muted legend">
				Height: {unit} in each bar. {p.wanted && (p.wanted.from !== null || p.wanted.to !== null) && "Dashed: the window of your scope. "}
				{p.marks && (
					<>
						<span class="high">{GLYPH.answer}</span> answer, <span class="high">{GLYPH.high}</span> high,{" "}
						<span class="medium">{GLYPH.medium}</span> medium, <span class="info">{GLYPH.info}</span> low finding
					</>
				)}
			</p>
			{!p.tabled && (
				<button type="button" class="button plain small link" aria-expanded={twin} onClick={() => setTwin(!twin)}>
					{twin ? "Hide the table" : "Show as table"}
				</button>
			)}
			{twin && (
				<PlainTable
					head={[
						`From (${p.zone})`,
						{ title: "Packets", as: "end" },
						{ title: "Bytes", as: "end" },
						p.data.rows.length > 0 && { title: "Flow records", as: "end" },
						p.marks !== null && "Marks",
					]}
				>
					{values.map((v, i) =>
						v === 0 ? null : (
							<tr key={`${i}b`}>
								<td>
									{p.data.first[i] ? (
										<a href={`#/understand/packets?p=${p.data.first[i]}`}>{dateTime(timeAt(i), p.zone, 0)}</a>
									) : (
										dateTime(timeAt(i), p.zone, 0)
									)}
								</td>
								<td class="n">{count(p.data.packets[i] ?? 0)}</td>
								<td class="n">{count(p.data.bytes[i] ?? 0)}</td>
								{p.data.rows.length > 0 && <td class="n">{count(p.data.rows[i] ?? 0)}</td>}
								{p.marks && (
									<td>
										{p.marks
											.filter((m) => {
												const t = parseEpoch(m.at) ?? 0n;
												return t >= timeAt(i) && t < timeAt(i + 1);
											})
											.map((m) => (
												<a key={m.title} href={m.href}>
													{GLYPH[m.kind]} <bdi>{m.title}</bdi>{" "}
												</a>
											))}
									</td>
								)}
							</tr>
						),
					)}
				</PlainTable>
			)}
		</div>
	);
}
