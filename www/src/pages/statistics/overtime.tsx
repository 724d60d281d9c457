/** Packets over time: a picture and a table for each interval, of all packets and of filters beside them. */

import { useState } from "preact/hooks";
import { replaceQuery, route } from "../../base/routes.ts";
import { settings } from "../../base/settings.ts";
import { bytes, visible } from "../../base/text.ts";
import { dateTime, duration, epoch, parseEpoch } from "../../base/time.ts";
import { captures } from "../../engine/client.ts";
import { type OverTime, PRIORITY, type Time } from "../../engine/contract.ts";
import { keepPreview, narrowing, preview, withExclusions } from "../../engine/narrowing.ts";
import { useResult } from "../../engine/results.ts";
import { AddField, Chip } from "../../widgets/chips.tsx";
import { Lane } from "../../widgets/lane.tsx";
import { Around } from "../../widgets/states.tsx";
import { type StatColumn, StatTable } from "./table.tsx";
import { hasPackets } from "./within.ts";

/** Seconds to choose from. */
const INTERVALS = [0.001, 0.01, 0.1, 1, 10, 60, 600, 3600, 86_400];
/** Bars where nobody chose, and at most: a picture has no room for more. */
const BARS = 400;
const MOST_BARS = 10_000;
/** Filters beside the one in force. */
const SERIES = 4;

/** Seconds from the first packet to the last. */
function spanOf(): number {
	const times = captures.value.flatMap((c) => (c.kind === "packets" && c.first !== null && c.last !== null ? [c] : []));
	const shift = (t: Time | null, by: string): number => Number(t) + Number(by);
	const from = Math.min(...times.map((c) => shift(c.first, c.offset)));
	const to = Math.max(...times.map((c) => shift(c.last, c.offset)));
	return times.length > 0 ? Math.max(0, to - from) : 0;
}

interface Row {
	from: bigint;
	/** Exclusive. */
	to: bigint;
	packets: number[];
	bytes: number[];
}

function rowsOf(v: OverTime): Row[] {
	const from = parseEpoch(v.from) ?? 0n;
	const step = BigInt(Math.round(v.interval_s * 1e9));
	const n = v.series[0]?.packets.length ?? 0;
	return Array.from({ length: n }, (_, i) => ({
		from: from + BigInt(i) * step,
		to: from + BigInt(i + 1) * step,
		packets: v.series.map((s) => s.packets[i] ?? 0),
		bytes: v.series.map((s) => s.bytes[i] ?? 0),
	}));
}

function columns(series: string[], zone: string): StatColumn<Row>[] {
	return [
		{
			id: "from",
			title: `From (${zone})`,
			value: (r) => epoch(r.from),
			cell: (r) => <span class="num">{dateTime(r.from, zone, 3)}</span>,
		},
		...series.flatMap((filter, i): StatColumn<Row>[] => {
			const of = filter === "" ? "" : `: ${visible(filter)}`;
			return [
				{ id: `packets${of}`, title: `Packets${of}`, figure: true, value: (r) => r.packets[i] ?? 0 },
				{ id: `bytes${of}`, title: `Bytes${of}`, figure: true, value: (r) => r.bytes[i] ?? 0, cell: (r) => bytes(r.bytes[i] ?? 0) },
			];
		}),
	];
}

export function PacketsOverTime() {
	const [beside, setBeside] = useState<string[]>([]);
	const [measure, setMeasure] = useState<"packets" | "bytes">("packets");
	const span = spanOf();
	const choices = INTERVALS.filter((s, i) => span / s <= MOST_BARS || i === INTERVALS.length - 1);
	const asked = Number(route.value.query.every);
	const every = choices.find((s) => s === asked) ?? choices.find((s) => span / s <= BARS) ?? 86_400;
	// A range that is only looked at is drawn into the picture; it would be empty outside of it.
	const r = useResult(
		"statistics.io",
		() =>
			hasPackets()
				? { narrowing: { ...narrowing.value, filter: withExclusions(narrowing.value.filter) }, interval_s: every, series: ["", ...beside] }
				: null,
		PRIORITY.analysis,
		[every, beside],
		200,
	);
	const zone = settings.value.zone;
	const p = preview.value;
	return (
		<>
			<div class="toolbar">
				<label class="row">
					Interval
					<select value={every} onChange={(e) => replaceQuery({ every: e.currentTarget.value })}>
						{choices.map((s) => (
							<option key={s} value={s}>
								{intervalName(s)}
							</option>
						))}
					</select>
				</label>
				<button type="button" class="button small" aria-pressed={measure === "packets"} onClick={() => setMeasure("packets")}>
					Packets
				</button>
				<button type="button" class="button small" aria-pressed={measure === "bytes"} onClick={() => setMeasure("bytes")}>
					Bytes
				</button>
				<button type="button" class="button small" disabled={!p} onClick={keepPreview}>
					Keep as limit ⏎
				</button>
			</div>
			<div class="toolbar">
				{beside.map((f) => (
					<Chip key={f} label={`the series ${f}`} onRemove={() => setBeside(beside.filter((x) => x !== f))}>
						<bdi class="mono">{visible(f)}</bdi>
					</Chip>
				))}
				{beside.length < SERIES && (
					<AddField
						label="Filter to draw beside it"
						placeholder="tcp.flags.reset == 1"
						button="Draw beside it"
						onAdd={(text) => {
							if (beside.includes(text.trim())) return "That filter is drawn already.";
							setBeside([...beside, text.trim()]);
							return null;
						}}
					/>
				)}
			</div>
			{p && (
				<p class="muted small" role="note">
					The previewed range is drawn; as a limit it is counted alone.
				</p>
			)}
			<Around of={r} what="Counting over time">
				{(v) => {
					const rows = rowsOf(v);
					const from = rows[0]?.from ?? 0n;
					const to = rows[rows.length - 1]?.to ?? 1n;
					return (
						<>
							{v.series.map((s, i) => (
								<div key={`${i}${s.filter}`}>
									{v.series.length > 1 && (
										<h2>{s.filter === "" ? "All within the limits" : <bdi class="mono">{visible(s.filter)}</bdi>}</h2>
									)}
									<Lane
										data={{
											from: epoch(from),
											to: epoch(to),
											bucket_s: v.interval_s,
											packets: s.packets,
											bytes: s.bytes,
											first: [],
											rows: [],
										}}
										marks={null}
										tabled
										zone={zone}
										height={v.series.length > 1 ? 90 : 150}
										brush={p}
										measure={measure}
										label={s.filter === "" ? "Packets over time" : `Packets over time that match ${visible(s.filter)}`}
										onBrush={(b) => (preview.value = b)}
										onKeep={keepPreview}
									/>
								</div>
							))}
							{v.series.length > 1 && <p class="muted small">Each picture has its own scale.</p>}
							<StatTable
								key={`${every}${beside.length}`}
								columns={columns(
									v.series.map((s) => s.filter),
									zone,
								)}
								rows={rows}
								of={rows.length}
								one="interval"
								file="weir-packets-over-time"
								command={`weir stats io --interval ${every}`}
								limit={(x) => (x.packets[0] === 0 ? null : { from: epoch(x.from), to: epoch(x.to - 1n) })}
								name={(x) => `the interval from ${dateTime(x.from, zone, 3)}`}
								none="No packet has a time"
							/>
						</>
					);
				}}
			</Around>
		</>
	);
}

function intervalName(s: number): string {
	return s < 1 ? `${Math.round(s * 1000)} ms` : s < 10 ? `${s} s` : duration(s);
}
