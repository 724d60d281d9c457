/** Step 6: understand the captured traffic: tabs over one data set and one set of limits. */

import { items } from "../../base/case.ts";
import { route } from "../../base/routes.ts";
import { scope } from "../../base/scope.ts";
import type { StepDef } from "../../base/step.ts";
import { captures } from "../../engine/client.ts";
import { Follow } from "./follow.tsx";
import { Answers, Findings, Protocols, TimelineTab } from "./judge.tsx";
import { Conversations, Files, Hosts, Requests } from "./lists.tsx";
import { Packets } from "./packets.tsx";

export const TABS = [
	{ id: "answers", name: "Answers", View: Answers },
	{ id: "findings", name: "Findings", View: Findings },
	{ id: "packets", name: "Packets", View: Packets },
	{ id: "conversations", name: "Conversations", View: Conversations },
	{ id: "hosts", name: "Hosts", View: Hosts },
	{ id: "requests", name: "Requests", View: Requests },
	{ id: "files", name: "Files", View: Files },
	{ id: "protocols", name: "Protocols", View: Protocols },
	{ id: "timeline", name: "Timeline", View: TimelineTab },
	{ id: "follow", name: "Follow stream", View: Follow },
];

/** The kind of issue decides what is shown first, never what is checked. */
function firstTab(): string {
	if (scope.value.indicators.length > 0) return "answers";
	switch (scope.value.issue) {
		case "fault":
			return "protocols";
		case "policy":
			return "hosts";
		case "learning":
			return "packets";
		default:
			return items("issue").length > 0 ? "findings" : "packets";
	}
}

function View() {
	const tab = TABS.find((t) => t.id === (route.value.tab || firstTab())) ?? TABS[2];
	return (
		<>
			<nav class="tabs" aria-label="Ways to look at the traffic">
				{TABS.map((t) => (
					<a key={t.id} href={`#/understand/${t.id}`} aria-current={t === tab ? "page" : undefined}>
						{t.name}
					</a>
				))}
			</nav>
			{tab && <tab.View key={tab.id} />}
		</>
	);
}

export const understand: StepDef = {
	id: "understand",
	name: "Understand",
	title: "Understand the captured traffic",
	lead: "Answers, findings, packets and everything between them, linked.",
	number: 6,
	phase: "Diagnose",
	icon: "understand",
	fills: true,
	state: () => {
		const n = items("pin").length + items("dismissal").length + items("verdict").length;
		return n > 0
			? { state: "done", words: `${n} pins and verdicts` }
			: captures.value.length > 0
				? { state: "none", words: "ready" }
				: { state: "none", words: "needs a capture" };
	},
	next: () => (items("pin").length === 0 ? "Pin what matters with E; it goes into notes and report." : "Bring the evidence into order."),
	primary: { title: "Continue to notes", to: "#/notes" },
	View,
};
