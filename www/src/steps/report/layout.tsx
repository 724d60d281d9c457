/** Which parts the report is printed with. What is left out is named on its page one. */

import { add, edit, items } from "../../base/case.ts";
import { plural } from "../../base/text.ts";

/** The parts that can be left out, by the id of their section, in the report's order. */
const PARTS: [string, string][] = [
	["timeline", "Order of events"],
	["map", "Mind map"],
	["answers", "Answers"],
	["files", "Files"],
	["indicators", "Indicators"],
	["findings", "Findings"],
	["notes", "Notes and pins"],
	["actions", "Actions and lessons"],
];

export function Layout() {
	const kept = items("layout").at(-1);
	const without = new Set((kept?.body.without ?? "").split(" ").filter((w) => PARTS.some((p) => p[0] === w)));
	const set = (part: string, printed: boolean): void => {
		const next = new Set(without);
		if (printed) next.delete(part);
		else next.add(part);
		const body = {
			without: PARTS.map((p) => p[0])
				.filter((p) => next.has(p))
				.join(" "),
		};
		if (kept) edit<"layout">(kept.id, body);
		else add("layout", body, "report");
	};
	return (
		<details class="card">
			<summary>
				<strong>Parts of the report</strong>{" "}
				<span class="muted small">
					{without.size === 0 ? "all are printed" : `${plural(without.size, "part is", "parts are")} left out`}
				</span>
			</summary>
			<p class="hint">
				Page one, hosts and decisions, what could not be seen and the method always stand there. What is left out is named on page one; the
				case and the JSON report keep it, and a template takes the choice along.
			</p>
			<ul class="bare stack tight">
				{PARTS.map(([id, title]) => (
					<li key={id}>
						<label class="check">
							<input type="checkbox" checked={!without.has(id)} onChange={(e) => set(id, e.currentTarget.checked)} />
							{title}
						</label>
					</li>
				))}
			</ul>
		</details>
	);
}
