/** Earlier against now: what is new, changed and gone; and which way things go. */

import { route } from "../../base/routes.ts";
import type { StepDef } from "../../base/step.ts";
import { captures } from "../../engine/client.ts";
import { Guard } from "../../widgets/guard.tsx";
import { Changes } from "./changes.tsx";
import { TrendTable } from "./trends.tsx";

const TABS = [
	{
		id: "changes",
		name: "Earlier and now",
		View: Changes,
		explain:
			"Call a capture, a time or a baseline file earlier; the rest is now. Told is what is new, gone, or far more or less than it was, at hours of the day that both cover: a night is not compared with a day. p is the chance that so much would be new if nothing had changed; q is the share of chance among all that is told down to that row (Benjamini and Hochberg), and no row has more than 5 of 100. On the terminal: weir baseline, weir compare.",
	},
	{
		id: "trends",
		name: "Trends",
		View: TrendTable,
		explain:
			"Connections and bytes sent of each host to each destination, by whole days from the first packet on. The slope is the middle of all slopes between two days, of logarithms (Theil, Sen), with its interval; a way is told from four days on, where chance does not explain it (Mann, Kendall; Benjamini and Hochberg over all series). A trend departs where another level, or a line that leaves the level before, tells the days best; the packet is the one with which the day has more than any before. On the terminal: weir trends.",
	},
];

const shownTab = () => TABS.find((t) => t.id === route.value.tab) ?? TABS[0];

function View() {
	const tab = shownTab();
	return (
		<div class="stack">
			<nav class="tabs" aria-label="Changes and trends">
				{TABS.map((t) => (
					<a key={t.id} href={`#/trends/${t.id}`} aria-current={t === tab ? "page" : undefined}>
						{t.name}
					</a>
				))}
			</nav>
			{tab && (
				<Guard key={tab.id}>
					<tab.View />
				</Guard>
			)}
		</div>
	);
}

export const trends: StepDef = {
	id: "trends",
	name: "Changes",
	title: "Changes and trends",
	part: () => shownTab()?.name ?? "",
	lead: "What is new, changed or gone against an earlier time, and which way things go by the day.",
	explain: () => shownTab()?.explain ?? "",
	number: null,
	phase: "Environment",
	icon: "trends",
	state: () => ({ state: "none", words: captures.value.length > 0 ? "ready" : "needs a capture" }),
	primary: null,
	View,
};
