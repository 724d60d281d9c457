/** The narrowing bar: everything that hides packets, each a removable chip, and how many remain. */

import { useEffect, useRef } from "preact/hooks";
import { announce } from "../base/announce.ts";
import { edit } from "../base/case.ts";
import { settings } from "../base/settings.ts";
import { count, plural } from "../base/text.ts";
import { dateTime, parseEpoch, shortTimes } from "../base/time.ts";
import { captures } from "../engine/client.ts";
import { PRIORITY } from "../engine/contract.ts";
import { exclusions, keepPreview, narrow, narrowed, narrowing, preview, shown } from "../engine/narrowing.ts";
import { useResult } from "../engine/results.ts";

function Chip({ text, onRemove, what }: { text: string; onRemove: () => void; what: string }) {
	return (
		<span class="chip">
			<bdi class="text mono" title={text}>
				{text}
			</bdi>
			<button type="button" aria-label={`Remove ${what}`} onClick={onRemove}>
				×
			</button>
		</span>
	);
}

export function Limits() {
	const n = narrowing.value;
	const p = preview.value;
	const zone = settings.value.zone;
	const any = captures.value.length > 0;
	const view = useResult(
		"view",
		() =>
			captures.value.length > 0 && (narrowed.value || preview.value !== null)
				? { table: "packets", narrowing: shown.value, order: null }
				: null,
		PRIORITY.filter,
	);
	const range = (from: string | null, to: string | null): string => {
		const one = (t: string | null, open: string): string => {
			const v = parseEpoch(t);
			return v === null ? open : dateTime(v, zone, 0);
		};
		return `${one(from, "beginning")} – ${one(to, "end")} ${zone}`;
	};
	const remain =
		(narrowed.value || p) && view.value && view.state === "done" && !view.stale
			? `${count(view.value.rows)} of ${count(view.value.total)} packets`
			: "";
	const limits = JSON.stringify([shown.value, exclusions.value.length]);
	const before = useRef(limits);
	useEffect(() => {
		if (limits === before.current) return;
		if (narrowed.value || p) {
			if (remain === "") return;
			announce(p ? `Preview ${range(p.from, p.to)}: ${remain}` : `Limits in force: ${remain}`);
		} else announce("No limits: all packets are shown");
		before.current = limits;
	}, [limits, remain]);
	if (!any && !narrowed.value) return null;
	const total = captures.value.reduce((s, c) => s + (c.kind === "flow_log" ? 0 : c.packets), 0);
	const rows = captures.value.reduce((s, c) => s + (c.kind === "flow_log" ? c.packets : 0), 0);
	return (
		<div class="limits" role="region" aria-label="Limits in force">
			<span class="muted">{narrowed.value || p ? "Limits:" : "No limits: all packets are shown"}</span>
			{(n.from !== null || n.to !== null) && !p && (
				<Chip text={range(n.from, n.to)} what="the time limit" onRemove={() => narrow({ from: null, to: null })} />
			)}
			{n.filter && <Chip text={shortTimes(n.filter)} what="the filter" onRemove={() => narrow({ filter: "" })} />}
			{exclusions.value.map((e) => (
				<Chip
					key={e.id}
					text={`without ${e.body.name}`}
					what={`the exclusion of ${e.body.name}`}
					onRemove={() => edit<"exclusion">(e.id, { on: false })}
				/>
			))}
			{n.captures && (
				<Chip text={`captures ${n.captures.join(", ")}`} what="the limit to some captures" onRemove={() => narrow({ captures: null })} />
			)}
			{n.unique && <Chip text="without duplicates" what="the limit to unique packets" onRemove={() => narrow({ unique: false })} />}
			{p && (
				<span class="chip">
					<span class="text">preview {range(p.from, p.to)}</span>
					<button type="button" aria-label="Keep this time range" title="Keep" onClick={keepPreview}>
						✓
					</button>
					<button type="button" aria-label="Drop this time range" onClick={() => (preview.value = null)}>
						×
					</button>
				</span>
			)}
			<span class={`of num${view.stale ? " stale" : ""}`}>
				{narrowed.value || p
					? view.value
						? `${count(view.value.rows)} of ${count(view.value.total)} packets`
						: "counting…"
					: [total > 0 || rows === 0 ? `${count(total)} packets` : "", rows > 0 ? plural(rows, "flow record") : ""]
							.filter(Boolean)
							.join(" and ")}
			</span>
		</div>
	);
}
