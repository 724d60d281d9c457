/** The timeline lane: bars over time with marks, a brush by mouse or keys, and a table twin (Shift T). */

import { useEffect, useRef, useState } from "preact/hooks";
import { count } from "../base/text.ts";
import { dateTime, parseEpoch } from "../base/time.ts";
import type { Time, Timeline } from "../engine/contract.ts";

export interface LaneMark {
	at: Time;
	kind: "answer" | "high" | "medium" | "info" | "pin";
	title: string;
	href: string;
}

export interface LaneProps {
	data: Timeline;
	marks: LaneMark[];
	zone: string;
	height: number;
	brush: { from: Time; to: Time } | null;
	onBrush: (range: { from: Time; to: Time } | null) => void;
	onKeep: () => void;
	label: string;
	/** `rows`: of flow logs. */
	measure: "packets" | "bytes" | "rows";
}

const GLYPH: Record<LaneMark["kind"], string> = { answer: "■", high: "▲", medium: "◆", info: "●", pin: "⚑" };

export function Lane(p: LaneProps) {
	const canvas = useRef<HTMLCanvasElement>(null);
	const [twin, setTwin] = useState(false);
	const [at, setAt] = useState(-1);
	const from = parseEpoch(p.data.from) ?? 0n;
	const to = parseEpoch(p.data.to) ?? 1n;
	const values = p.data[p.measure];
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
		const color = (name: string): string => style.getPropertyValue(name).trim();
		const w = c.clientWidth;
		const h = p.height;
		const ratio = devicePixelRatio || 1;
		c.width = Math.max(1, Math.round(w * ratio));
		c.height = Math.round(h * ratio);
		g.scale(ratio, ratio);
		g.clearRect(0, 0, w, h);
		const base = h - 14;
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
		g.textAlign = "center";
		for (const m of p.marks) {
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
				p.onBrush({ from: epochOf(a < of ? a : of), to: epochOf(b > ot ? b : ot) });
			}
		} else if (e.key === "Enter") p.onKeep();
		else if (e.key === "Escape" && p.brush) p.onBrush(null);
		else if (e.key === "T" && e.shiftKey) setTwin(!twin);
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
				role="img"
				aria-label={`${p.label}; ${say}. Arrow keys move, Shift and arrows select, Enter keeps, Shift T shows a table.`}
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
			<button type="button" class="button plain small" aria-expanded={twin} onClick={() => setTwin(!twin)}>
				{twin ? "Hide the table" : "Show as table"}
			</button>
			{twin && (
				<div class="scroll-x">
					<table class="plain">
						<thead>
							<tr>
								<th>From ({p.zone})</th>
								<th class="n">Packets</th>
								<th class="n">Bytes</th>
								{p.data.rows.length > 0 && <th class="n">Flow records</th>}
								<th>Marks</th>
							</tr>
						</thead>
						<tbody>
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
									</tr>
								),
							)}
						</tbody>
					</table>
				</div>
			)}
		</div>
	);
}
