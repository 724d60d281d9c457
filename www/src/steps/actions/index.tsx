/** Step 9: actions that solve or prevent, lessons, what is watched, and what passes changed. */

import { items } from "../../base/case.ts";
import { go } from "../../base/routes.ts";
import type { StepDef } from "../../base/step.ts";
import { startPass } from "../../engine/casework.ts";
import { complain } from "../../widgets/toast.tsx";
import { Artefacts } from "./artefacts.tsx";
import { Lessons } from "./lessons.tsx";
import { Passes } from "./passes.tsx";
import { Proposals } from "./proposals.tsx";
import { ActionTable, tally } from "./table.tsx";
import { WatchList } from "./watchlist.tsx";

function View() {
	return (
		<>
			<ActionTable />
			<Proposals />
			<Artefacts />
			<Lessons />
			<WatchList />
			<Passes />
		</>
	);
}

export const actions: StepDef = {
	id: "actions",
	name: "Actions & lessons",
	title: "Actions and lessons",
	lead: "What solves the issue, what prevents the next one, and what was learnt.",
	explain: () =>
		"Proposals come from your decisions and from findings that you confirmed; which control would have stopped what is one table for all detections. Nothing is added without a press. In the table, Up and Down go to the same field of the next action. Lessons get facts from the action log and from what the captures could not show. What is watched is looked at again in every later capture. Another pass keeps what this one gave. On the terminal: weir actions, lessons, watch, passes, and weir replay, which runs the action log again.",
	number: 9,
	phase: "Prescribe",
	icon: "actions",
	state: () => {
		const list = items("action");
		return list.length > 0 ? { state: "done", words: tally(list) } : { state: "none", words: "not begun" };
	},
	next: () => "The method is a cycle: a new pass keeps what this one gave and stamps what you add.",
	primary: {
		title: "Start another pass",
		run: () => {
			startPass(complain);
			go("#/issue");
		},
	},
	View,
};
