/** What could be done, proposed from decisions, confirmed findings and the table of controls. Each is added by a press. */

import { useRef } from "preact/hooks";
import { announce } from "../../base/announce.ts";
import { add, type Bodies, items, together } from "../../base/case.ts";
import { plural } from "../../base/text.ts";
import { useCasework } from "../../engine/casework.ts";
import type { ProposedAction } from "../../engine/contract.ts";
import { Icon } from "../../widgets/icons.tsx";
import { Around, NoCapture } from "../../widgets/states.tsx";
import { EvidenceText, Refs } from "../../widgets/text.tsx";

export const PRIORITY_WORDS = { now: "now", today: "today", week: "this week", later: "later" } as const;

export function row(part: Partial<Bodies["action"]>): string {
	return add(
		"action",
		{
			action: "",
			host: "",
			owner: "",
			due: "",
			status: "open",
			aim: "solve",
			priority: "",
			reason: "",
			evidence: "",
			origin: "",
			dropped: "",
			...part,
		},
		"actions",
	);
}

function take(p: ProposedAction): void {
	const { undecided, evidence, ...rest } = p;
	row({ ...rest, evidence: evidence.join(" "), action: undecided ? `Proposed: ${p.action}` : p.action });
}

interface Group {
	title: string;
	/** On the button that adds all. */
	adds: string;
	list: ProposedAction[];
}

function groups(all: ProposedAction[]): Group[] {
	const of = (test: (p: ProposedAction) => boolean): ProposedAction[] => all.filter(test);
	const decided = of((p) => p.origin.startsWith("decision:") && !p.undecided);
	const found = of((p) => p.origin.startsWith("finding:"));
	const prevent = of((p) => p.aim === "prevent");
	const open = of((p) => p.undecided);
	return [
		{ title: "Solve now: decided", adds: `${plural(decided.length, "action")} from the decisions`, list: decided },
		{ title: "Solve now: confirmed findings", adds: `${plural(found.length, "action")} from confirmed findings`, list: found },
		{ title: "Solve now: nobody has decided yet", adds: plural(open.length, "proposal"), list: open },
		{ title: "Prevent: what would have stopped it", adds: plural(prevent.length, "control"), list: prevent },
	].filter((g) => g.list.length > 0);
}

export function Proposals() {
	const r = useCasework();
	const box = useRef<HTMLDivElement>(null);
	return (
		<div class="card stack" ref={box} tabIndex={-1}>
			<h2>Proposed</h2>
			<p class="hint">
				From the answers, your decisions and confirmed findings, each with its reason. What you added is not proposed again, however you
				word it. On the terminal: <code>weir actions --case CASE FILE</code>.
			</p>
			<Around of={r} what="Putting proposals together" idle={<NoCapture />}>
				{(v) => {
					const have = new Set(items("action").map((a) => a.body.origin));
					const all = groups(v.actions.filter((p) => !have.has(p.origin)));
					return (
						<>
							{v.troubles.map((t) => (
								<p key={t} class="small medium">
									<bdi>{t}</bdi>
								</p>
							))}
							{all.length === 0 && (
								<p class="muted">
									Nothing more to propose. <a href="#/report">Decide on hosts in step 8</a> or{" "}
									<a href="#/understand/findings">confirm findings in step 6</a>: what follows from them is proposed here.
								</p>
							)}
							{all.map((g) => (
								<section key={g.title} class="stack tight">
									<div class="row between">
										<h3>{g.title}</h3>
										<button
											type="button"
											class="button small"
											onClick={() => {
												together(() => {
													for (const p of g.list) take(p);
												});
												announce(`${plural(g.list.length, "action")} added`);
												box.current?.focus();
											}}
										>
											<Icon name="plus" /> Add {g.adds}
										</button>
									</div>
									<ul class="stack tight small bare">
										{g.list.map((p) => (
											<li key={p.origin} class="row nowrap top">
												<button
													type="button"
													class="button small"
													aria-label={`Add: ${p.action}`}
													onClick={() => {
														take(p);
														announce(`Added: ${p.action}`);
													}}
												>
													Add
												</button>
												<span class="break">
													<strong>
														<EvidenceText text={p.action} />
													</strong>{" "}
													<span class="badge">{PRIORITY_WORDS[p.priority]}</span>
													<br />
													<span class="muted">
														<EvidenceText text={p.reason} />
													</span>{" "}
													<Refs list={p.evidence} most={3} />
												</span>
											</li>
										))}
									</ul>
								</section>
							))}
						</>
					);
				}}
			</Around>
		</div>
	);
}
