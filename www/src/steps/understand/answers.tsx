/** Answers: what the engine says of every target host and indicator, with its evidence. */

import { useEffect, useState } from "preact/hooks";
import { announce } from "../../base/announce.ts";
import { saveText } from "../../base/download.ts";
import { byHost, type HostAnswers, TILES, type Tile } from "../../base/hosts.ts";
import { scope } from "../../base/scope.ts";
import { settings } from "../../base/settings.ts";
import { count, percent } from "../../base/text.ts";
import { dateTime, parseEpoch } from "../../base/time.ts";
import { RUNG_CLASS, RUNG_GLYPH, RUNG_WORDS } from "../../base/words.ts";
import { captures } from "../../engine/client.ts";
import { useAnswers } from "../../engine/conclusions.ts";
import type { Answers as AnswersOf } from "../../engine/contract.ts";
import { Around, Empty, NoCapture, NoQuestion } from "../../widgets/states.tsx";
import { AnswerTable } from "./answertable.tsx";
import { at } from "./format.ts";
import { DerivedCard, Difference } from "./passes.tsx";

/** From when to when there are packets or rows, in words. */
function captured(): string {
	const times = captures.value.flatMap((c) => [c.first, c.last]).flatMap((t) => parseEpoch(t) ?? []);
	if (times.length === 0) return "the captures hold no packet";
	const [first, last] = [times.reduce((a, b) => (b < a ? b : a)), times.reduce((a, b) => (b > a ? b : a))];
	return `the captures run from ${dateTime(first, settings.value.zone, 0)} to ${dateTime(last, settings.value.zone, 0)}`;
}

/** What `weir answer --json` prints: an answer a line, and at last the derived indicators. */
function lines(v: AnswersOf): string {
	const rows = v.answers.map(({ evidence: _, ...a }) => JSON.stringify({ ...a, files: a.files.map(({ id: _, ...f }) => f) }));
	return `${[...rows, JSON.stringify({ derived: v.derived.map((d) => d.indicator) })].join("\n")}\n`;
}

interface Shown extends Tile {
	n: number;
	words: string;
	glyph: string;
	look: string;
}

/** The seven rungs always; senders and hosts outside the window only where there are any. */
function shownTiles(hosts: HostAnswers[]): Shown[] {
	return TILES.flatMap((t): Shown[] => {
		const n = hosts.filter(t.counts).length;
		if (t.id === "sent") return n === 0 ? [] : [{ ...t, n, words: "sent what is looked for", glyph: RUNG_GLYPH.delivered, look: "high" }];
		if (t.id === "outside") return n === 0 ? [] : [{ ...t, n, words: "only outside the window", glyph: "◇", look: "medium" }];
		return [{ ...t, n, words: RUNG_WORDS[t.id], glyph: RUNG_GLYPH[t.id], look: RUNG_CLASS[t.id] }];
	});
}

export function Answers() {
	const [all, setAll] = useState(false);
	const [only, setOnly] = useState<Tile["id"] | null>(null);
	const r = useAnswers(150);
	const ready = r.state === "done" && !r.stale ? r.value : null;
	useEffect(() => {
		if (ready)
			announce(
				`Answers: ${shownTiles(byHost(ready.answers))
					.filter((t) => t.n > 0)
					.map((t) => `${t.n} ${t.words}`)
					.join(", ")}`,
			);
	}, [ready]);
	if (scope.value.indicators.length === 0) return <NoQuestion />;
	if (captures.value.length === 0) return <NoCapture />;
	return (
		<div class="scroller" data-state={r.stale ? "stale" : r.state}>
			<Around of={r} what="Answering the scope’s questions">
				{(v) => {
					const quiet = v.answers.filter((a) => a.rung === "none");
					const every = byHost(v.answers);
					const tiles = shownTiles(every);
					const chosen = tiles.find((t) => t.id === only);
					const hosts = every.filter((h) => (chosen ? chosen.counts(h) : h.telling.length > 0 || all));
					const saving = (
						<button
							type="button"
							class="button small"
							title="One JSON object a line, with the keys of weir answer --json"
							onClick={() => saveText(lines(v), "answers.jsonl", "application/x-ndjson")}
						>
							Save JSON
						</button>
					);
					return (
						<>
							<div class="card stats">
								{tiles.map((t) => (
									<button
										type="button"
										class="stat"
										key={t.id}
										disabled={t.n === 0}
										aria-pressed={only === t.id}
										title={only === t.id ? "Show all hosts again" : "Show these hosts alone"}
										onClick={() => setOnly(only === t.id ? null : t.id)}
									>
										<b class={t.n ? t.look : "muted"}>{count(t.n)}</b>
										<span class="small">{t.n === 1 ? "host" : "hosts"}</span>
										<span class="muted small">
											{t.glyph} {t.words}
										</span>
									</button>
								))}
							</div>
							<p class="small muted">
								Answers use all packets, whatever the limits above show. {v.beside.join(" ")}
								{v.coverage.wanted_s > 0 && ` Covered: ${percent(v.coverage.covered_s, v.coverage.wanted_s)} of the wanted window.`}
							</p>
							{v.coverage.wanted_s > 0 && v.coverage.covered_s === 0 && (
								<div class="state failed" role="status">
									<strong>No capture touches the window of your scope.</strong>
									<span>
										The window is {at(v.coverage.from)} to {at(v.coverage.to)}; {captured()}.
									</span>
									<a class="button" href="#/scope">
										Change the window
									</a>
								</div>
							)}
							<Difference now={v} />
							{hosts.length === 0 && <Empty title={`Checked ${quiet.length} host and indicator pairs: none was seen.`}>{saving}</Empty>}
							{hosts.length > 0 && <AnswerTable hosts={hosts} all={all || only === "none"} beside={saving} />}
							{quiet.length > 0 && (
								<p>
									<button type="button" class="button small" aria-expanded={all} onClick={() => setAll(!all)}>
										{all ? "Hide" : "Show"} {count(quiet.length)} pairs with nothing
									</button>
								</p>
							)}
							<DerivedCard list={v.derived} />
						</>
					);
				}}
			</Around>
		</div>
	);
}
