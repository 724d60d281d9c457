/** The table of answers: a line a host, with its indicators below it on a press. */

import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import { focused } from "../../base/focus.ts";
import type { HostAnswers } from "../../base/hosts.ts";
import { INDICATOR_WORDS } from "../../base/scope.ts";
import { settings } from "../../base/settings.ts";
import { bytes, plural } from "../../base/text.ts";
import { dateTime, duration, parseEpoch } from "../../base/time.ts";
import { ANSWER_WORDS, didWhat, RUNG_CLASS, RUNG_GLYPH, rungWords } from "../../base/words.ts";
import type { Answer, Time } from "../../engine/contract.ts";
import { PlainTable } from "../../widgets/plaintable.tsx";
import { Captured, Refs } from "../../widgets/text.tsx";

function HostName({ a }: { a: Answer }) {
	return (
		<>
			<bdi class="mono">{a.host}</bdi>
			{a.name && (
				<div>
					<Captured text={a.name} />
				</div>
			)}
			{a.mac && <div class="mono muted small">{a.mac}</div>}
		</>
	);
}

/** The date once, then the times. */
function Times({ first, last }: { first: Time | null; last: Time | null }) {
	const show = (t: Time | null): [string, string] => {
		const n = parseEpoch(t);
		const text = n === null ? "" : dateTime(n, settings.value.zone, 3);
		return [text.slice(0, 10), text.slice(11)];
	};
	const [day, time] = show(first);
	const [lastDay, lastTime] = show(last);
	if (day === "") return null;
	return (
		<>
			<div>{day}</div>
			<div>{time}</div>
			{last !== null && last !== first && (
				<div>
					– {lastDay !== day && `${lastDay} `}
					{lastTime}
				</div>
			)}
		</>
	);
}

function AnswerRow({ a, under }: { a: Answer; under: boolean }) {
	const touch = (): void => {
		const first = a.evidence[0];
		focused.value = first ? { evidence: first, snapshot: `${a.host} ${didWhat(a)}` } : null;
	};
	return (
		<tr class={under ? "under" : ""} onFocusIn={touch} onMouseDown={touch}>
			<td>{under ? <span class="offscreen">{a.host}</span> : <HostName a={a} />}</td>
			<td>
				<bdi class="mono break">{a.indicator.value}</bdi>
				<div class="muted">{INDICATOR_WORDS[a.indicator.kind]}</div>
			</td>
			<td>
				<strong class={RUNG_CLASS[a.rung]}>
					{RUNG_GLYPH[a.rung]} {ANSWER_WORDS[a.answer]}
				</strong>
				<div>{rungWords(a)}</div>
				{!a.in_scope && <div class="badge medium">outside your scope</div>}
				{!a.in_window && a.rung !== "none" && <div class="badge medium">outside the window</div>}
			</td>
			<td class="break">
				{a.reason}
				{a.match && <div class="muted">matched by {a.match}</div>}
				{a.files.map((f) => (
					<div key={f.id} class="small">
						<Captured text={f.name} /> {bytes(f.size)} {f.complete ? "complete" : "not complete"}{" "}
						{f.sha256 && (
							<a class="ref" href={`#/understand/files?hash=${f.sha256}`}>
								file:{f.sha256.slice(0, 12)}
							</a>
						)}
					</div>
				))}
				<details class="muted small" open={a.answer !== "seen"}>
					<summary>Checked</summary>
					{a.checked}
					{a.window_s > 0 && ` · ${duration(a.covered_s)} of ${duration(a.window_s)} captured`}
				</details>
			</td>
			<td class="num small">
				<Times first={a.first} last={a.last} />
			</td>
			<td>
				<Refs list={a.evidence} most={3} />
			</td>
		</tr>
	);
}

/** The strongest of a host's answers in one line. */
function HostRow({ h, several, open, onToggle }: { h: HostAnswers; several: number; open: boolean; onToggle: () => void }) {
	const [top] = h.telling;
	if (!top) return null;
	const strongest = h.telling;
	// What it sent stands beside what it received, never instead of it.
	const sent = top.direction === "received" ? strongest.find((a) => a.direction === "sent") : undefined;
	const times = strongest.flatMap((a) => [a.first, a.last]).filter((t): t is Time => t !== null);
	const by = (sign: number): Time | null =>
		times.length === 0 ? null : times.reduce((a, b) => (Number((parseEpoch(a) ?? 0n) - (parseEpoch(b) ?? 0n)) * sign <= 0 ? a : b));
	const evidence = [...new Set(strongest.flatMap((a) => a.evidence))];
	const touch = (): void => {
		const first = evidence[0];
		focused.value = first ? { evidence: first, snapshot: `${top.host} ${didWhat(top)}` } : null;
	};
	return (
		<tr onFocusIn={touch} onMouseDown={touch}>
			<td>
				<HostName a={top} />
			</td>
			<td>
				<button type="button" class="button small" aria-expanded={open} onClick={onToggle}>
					<span aria-hidden="true">{open ? "▾" : "▸"}</span> {plural(several, "answer")}
					<span class="offscreen"> of {top.host}</span>
				</button>
			</td>
			<td>
				<strong class={RUNG_CLASS[top.rung]}>
					{RUNG_GLYPH[top.rung]} {ANSWER_WORDS[top.answer]}
				</strong>
				<div>{rungWords(top)}</div>
				{sent && (
					<div class={RUNG_CLASS[sent.rung]}>
						{RUNG_GLYPH[sent.rung]} {rungWords(sent)}
					</div>
				)}
				{!top.in_scope && <div class="badge medium">outside your scope</div>}
				{h.only_outside && <div class="badge medium">outside the window</div>}
			</td>
			<td class="break">
				<ul>
					{strongest.map((a, i) => (
						<li key={`${i}${a.indicator.value}`}>{didWhat(a)}</li>
					))}
				</ul>
			</td>
			<td class="num small">
				<Times first={by(1)} last={by(-1)} />
			</td>
			<td>
				<Refs list={evidence} most={3} />
			</td>
		</tr>
	);
}

export function AnswerTable({ hosts, all, beside }: { hosts: HostAnswers[]; all: boolean; beside: ComponentChildren }) {
	const [open, setOpen] = useState<ReadonlySet<string>>(new Set());
	const of = (h: HostAnswers): Answer[] => h.answers.filter((a) => all || a.rung !== "none");
	const several = hosts.filter((h) => of(h).length > 1);
	const toggle = (key: string): void => {
		const next = new Set(open);
		if (!next.delete(key)) next.add(key);
		setOpen(next);
	};
	return (
		<>
			<p class="row">
				{several.length > 0 && (
					<button
						type="button"
						class="button small"
						onClick={() => setOpen(open.size === 0 ? new Set(several.map((h) => h.key)) : new Set())}
					>
						{open.size === 0 ? "Show the answers of every host" : "Show hosts alone"}
					</button>
				)}
				{beside}
			</p>
			<PlainTable
				class="answer-table"
				head={["Host", "Indicator", "Answer", "Because", `First and last (${settings.value.zone})`, "Evidence"]}
			>
				{hosts.flatMap((h) => {
					const list = of(h);
					const rows = list.map((a, i) => (
						<AnswerRow
							key={`${h.key}${i}${a.indicator.kind}${a.indicator.value}${a.direction}`}
							a={a}
							under={list.length > 1 && h.telling.length > 0}
						/>
					));
					if (list.length < 2 || h.telling.length === 0) return rows;
					const shown = open.has(h.key);
					return [<HostRow key={h.key} h={h} several={list.length} open={shown} onToggle={() => toggle(h.key)} />, ...(shown ? rows : [])];
				})}
			</PlainTable>
		</>
	);
}
