/** Lessons: three fields of one's own words, and lines with facts for each, taken by a press. */

import { announce } from "../../base/announce.ts";
import { add, edit, items } from "../../base/case.ts";
import { plural } from "../../base/text.ts";
import { useCasework } from "../../engine/casework.ts";
import { EvidenceText } from "../../widgets/text.tsx";
import { Writing } from "../../widgets/writing.tsx";

const HEADINGS = ["What went well", "What to do better", "What was missing in the captures"];

function take(heading: string, lines: string[]): void {
	const l = items("lesson").find((x) => x.body.heading === heading);
	const text = [l?.body.text ?? "", ...lines].filter((t) => t !== "").join("\n");
	if (l) edit<"lesson">(l.id, { text });
	else add("lesson", { heading, text }, "actions");
	announce(`${plural(lines.length, "fact")} added to ${heading}`);
}

export function Lessons() {
	const r = useCasework();
	const list = items("lesson");
	return (
		<div class="card stack">
			<h2>Lessons</h2>
			<p class="hint">
				Facts come from the action log and from what the captures could not show; they are proposals until you take them. On the terminal:{" "}
				<code>weir lessons --case CASE FILE</code>.
			</p>
			{HEADINGS.map((heading) => {
				const l = list.find((x) => x.body.heading === heading);
				const text = l?.body.text ?? "";
				const facts = (r.value?.lessons ?? []).filter((f) => f.heading === heading && !text.includes(f.text)).map((f) => f.text);
				return (
					<section key={heading} class="stack tight">
						<div class="field">
							{heading}
							<Writing
								rows={3}
								label={heading}
								value={text}
								onInput={(typed) => {
									if (l) edit<"lesson">(l.id, { text: typed }, "text");
									else add("lesson", { heading, text: typed }, "actions");
								}}
							/>
						</div>
						{facts.length > 0 && (
							<details class="small">
								<summary>{plural(facts.length, "fact")} for this</summary>
								<ul class="stack tight bare">
									{facts.map((f) => (
										<li key={f} class="row nowrap top">
											<button type="button" class="button small" aria-label={`Add to ${heading}: ${f}`} onClick={() => take(heading, [f])}>
												Add
											</button>
											<span class="break">
												<EvidenceText text={f} />
											</span>
										</li>
									))}
								</ul>
								{facts.length > 1 && (
									<button type="button" class="button small" onClick={() => take(heading, facts)}>
										Add all {facts.length}
									</button>
								)}
							</details>
						)}
					</section>
				);
			})}
		</div>
	);
}
