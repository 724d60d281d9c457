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
import { Triage } from "./triage.tsx";

export const TABS = [
	{ id: "triage", name: "Triage", View: Triage },
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
		case "policy":
			return "hosts";
		case "learning":
			return "packets";
		default:
			return "triage";
	}
}

const EXPLAINED: Record<string, string> = {
	triage:
		"A lead is what belongs together of one host: findings that begin within an hour, that have a peer in common, or that are steps of one attack. Two things raise a lead by one level: three or more tactics of MITRE ATT&CK on one host, and a program or what the scope asks for that came in before the same host checked in with somebody or went to others inside (within the hour, or at any time where what came in is an alarm by itself). What many hosts do alike is one lead. At most eight are shown; alarms of the question that the issue does not ask keep two places. Up and Down go from lead to lead, Enter opens, E pins, and each leads to its packets. On the terminal: weir findings --leads.",
	findings:
		"Each finding says why it was raised, when it is harmless and what would settle it, and opens its formula with this case's numbers. Confirm it, or dismiss it with a reason; a dismissed pattern can be allowed from now on, which is listed here, counted everywhere, and taken back by its box. On the terminal: weir findings, with --allow for a rule.",
};

const shownTab = () => TABS.find((t) => t.id === (route.value.tab || firstTab())) ?? TABS[0];

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
	lead: "Leads, answers, findings, packets and everything between them, linked.",
	explain: () => EXPLAINED[shownTab()?.id ?? ""] ?? "",
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
