/** Step 6: understand the captured traffic: tabs over one data set and one set of limits. */

import { items } from "../../base/case.ts";
import { route } from "../../base/routes.ts";
import { scope } from "../../base/scope.ts";
import type { StepDef } from "../../base/step.ts";
import { captures } from "../../engine/client.ts";
import { Guard } from "../../widgets/guard.tsx";
import { Answers } from "./answers.tsx";
import { Conversations } from "./conversations.tsx";
import { Files } from "./files.tsx";
import { Findings } from "./findings.tsx";
import { Follow } from "./follow.tsx";
import { Hosts } from "./hosts.tsx";
import { Packets } from "./packets.tsx";
import { Protocols } from "./protocols.tsx";
import { Requests } from "./requests.tsx";
import { Timeline } from "./timeline.tsx";

export const TABS = [
	{ id: "answers", name: "Answers", View: Answers },
	{ id: "findings", name: "Findings", View: Findings },
	{ id: "packets", name: "Packets", View: Packets },
	{ id: "conversations", name: "Conversations", View: Conversations },
	{ id: "hosts", name: "Hosts", View: Hosts },
	{ id: "requests", name: "Requests", View: Requests },
	{ id: "files", name: "Files", View: Files },
	{ id: "protocols", name: "Protocols", View: Protocols },
	{ id: "timeline", name: "Timeline", View: Timeline },
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

const shownTab = () => TABS.find((t) => t.id === (route.value.tab || firstTab())) ?? TABS[2];

function View() {
	const tab = shownTab();
	return (
		<>
			<nav class="tabs" aria-label="Ways to look at the traffic">
				{TABS.map((t) => (
					<a key={t.id} href={`#/understand/${t.id}`} aria-current={t === tab ? "page" : undefined}>
						{t.name}
					</a>
				))}
			</nav>
			{tab && (
				<Guard key={tab.id}>
					<tab.View />
				</Guard>
			)}
		</>
	);
}

export const understand: StepDef = {
	id: "understand",
	name: "Understand",
	title: "Understand the captured traffic",
	part: () => shownTab()?.name ?? "",
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
