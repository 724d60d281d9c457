/** What a pass adds to the ones before: indicators that the evidence gives, and hosts that changed their rung. */

import { useEffect, useRef, useState } from "preact/hooks";
import { add, log, pass } from "../../base/case.ts";
import { byHost } from "../../base/hosts.ts";
import { INDICATOR_WORDS, scope, scopeBefore } from "../../base/scope.ts";
import { RUNG_CLASS, RUNG_GLYPH, RUNG_WORDS } from "../../base/words.ts";
import { startPass } from "../../engine/casework.ts";
import { captures } from "../../engine/client.ts";
import { type Answers, type Derived, PRIORITY, type Rung } from "../../engine/contract.ts";
import { useResult } from "../../engine/results.ts";
import { PlainTable } from "../../widgets/plaintable.tsx";
import { Around } from "../../widgets/states.tsx";
import { Captured, Refs } from "../../widgets/text.tsx";
import { complain } from "../../widgets/toast.tsx";

function known(d: Derived): boolean {
	return scope.value.indicators.some((i) => i.kind === d.indicator.kind && i.value === d.indicator.value);
}

const keyOf = (d: Derived): string => `${d.indicator.kind} ${d.indicator.value}`;

/** Set by the press that begins a pass: what came of it is where the reader goes on. */
let begun = false;

/** What the evidence gives to look for next; one press adds what is ticked and begins the next pass. */
export function DerivedCard({ list }: { list: Derived[] }) {
	const [off, setOff] = useState<ReadonlySet<string>>(new Set());
	const fresh = list.filter((d) => !known(d));
	if (fresh.length === 0) return null;
	const chosen = fresh.filter((d) => !off.has(keyOf(d)));
	const start = (): void => {
		startPass(complain);
		for (const d of chosen)
			add("scope", { entry: "indicator", kind: d.indicator.kind, value: d.indicator.value, because: d.because }, "understand");
		begun = true;
		log(`pass ${pass.value}: added ${chosen.length} derived indicators`, "derived");
	};
	return (
		<div class="card stack">
			<div class="row between">
				<h2>Derived indicators</h2>
				<button type="button" class="button primary" disabled={chosen.length === 0} onClick={start}>
					Start pass {pass.value + 1} with {chosen.length === 1 ? "this one" : `these ${chosen.length}`}
				</button>
			</div>
			<p class="hint">
				What the evidence itself gives to look for next. The results of this pass are kept (step 9 compares all of them), and what changes
				is shown.
			</p>
			<PlainTable head={["Indicator", "Because"]}>
				{fresh.map((d) => (
					<tr key={keyOf(d)}>
						<td class="break">
							<label class="check">
								<input
									type="checkbox"
									checked={!off.has(keyOf(d))}
									onChange={() => {
										const next = new Set(off);
										if (!next.delete(keyOf(d))) next.add(keyOf(d));
										setOff(next);
									}}
								/>
								<span>
									<bdi class="mono">{d.indicator.value}</bdi> <span class="muted">{INDICATOR_WORDS[d.indicator.kind]}</span>
								</span>
							</label>
						</td>
						<td>
							{d.because} <Refs list={d.evidence} most={2} />
						</td>
					</tr>
				))}
			</PlainTable>
		</div>
	);
}

/** The highest rung of each host, with the address that it is called by. */
function highest(of: Answers): Map<string, { host: string; name: string | null; rung: Rung }> {
	return new Map(
		byHost(of.answers).map((h) => [h.key, { host: h.answers[0]?.host ?? "", name: h.answers[0]?.name ?? null, rung: h.rung }]),
	);
}

/** What the indicators of this pass changed against all passes before it. */
export function Difference({ now }: { now: Answers }) {
	const before = scopeBefore(pass.value);
	const earlier = useResult(
		"answers",
		() => {
			const s = scopeBefore(pass.value);
			return s && captures.value.length ? { scope: s, narrowing: null } : null;
		},
		PRIORITY.analysis,
		[],
		150,
	);
	const heading = useRef<HTMLHeadingElement>(null);
	useEffect(() => {
		if (!begun || !heading.current) return;
		begun = false;
		heading.current.focus();
	});
	if (!before) return null;
	const added = scope.value.indicators.length - before.indicators.length;
	return (
		<div class="card stack tight">
			<h2 ref={heading} tabIndex={-1}>
				Pass {pass.value} against pass {pass.value - 1}
			</h2>
			<Around of={earlier} what={`Answering pass ${pass.value - 1} again`}>
				{(old) => {
					const was = highest(old);
					const changed = [...highest(now)].filter(([k, h]) => (was.get(k)?.rung ?? "none") !== h.rung);
					return (
						<>
							<p class="small muted">
								{added === 1 ? "One indicator was" : `${added} indicators were`} added. The answers below are those of all indicators.
							</p>
							{changed.length === 0 ? (
								<p>No host reaches another rung than before.</p>
							) : (
								<PlainTable head={["Host", `Pass ${pass.value - 1}`, `Pass ${pass.value}`]}>
									{changed.map(([k, h]) => (
										<tr key={k}>
											<td>
												<bdi class="mono">{h.host}</bdi> {h.name && <Captured text={h.name} />}
											</td>
											<td class="muted">{RUNG_WORDS[was.get(k)?.rung ?? "none"]}</td>
											<td class={RUNG_CLASS[h.rung]}>
												{RUNG_GLYPH[h.rung]} {RUNG_WORDS[h.rung]}
											</td>
										</tr>
									))}
								</PlainTable>
							)}
						</>
					);
				}}
			</Around>
		</div>
	);
}
