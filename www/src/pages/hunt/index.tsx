/** Looking around without a suspicion: the checklist, ways in, bridges, east–west, what is rare. */

import { route } from "../../base/routes.ts";
import type { StepDef } from "../../base/step.ts";
import { captures } from "../../engine/client.ts";
import { narrowed, preview } from "../../engine/narrowing.ts";
import { Guard } from "../../widgets/guard.tsx";
import { Empty, NoCapture } from "../../widgets/states.tsx";
import { Checklist } from "./checklist.tsx";
import { Bridges, WaysIn } from "./crossings.tsx";
import { EastWest } from "./eastwest.tsx";
import { SeenOnce, Stacking } from "./stacking.tsx";

const TABS = [
	{
		id: "checklist",
		name: "Checklist",
		View: Checklist,
		explain:
			"Standard protocols first, then the austere. Each line counts its conversations, shows the commonest values of what tells normal here, the findings that read it, and how much of it nobody could read: encrypted without a key, unknown, cut, or with holes. “I looked” is yours and stays in the case. On the terminal: weir checklist.",
	},
	{
		id: "ways-in",
		name: "Ways in",
		View: WaysIn,
		explain:
			"How the internet reaches the network: what outsiders began and got an answer to, by server and service; programs that hosts fetched from outside; files in mails that a reader may run. What was tried without an answer is counted. On the terminal: weir ways-in.",
	},
	{
		id: "bridges",
		name: "Bridges",
		View: Bridges,
		explain:
			"Protocols that let networks reach each other: remote control, tunnels, private networks, proxies. Content tells before the server’s name, the name before the port; a row says which it was. On the terminal: weir bridges.",
	},
	{
		id: "east-west",
		name: "East–west",
		View: EastWest,
		explain:
			"Who talks with whom inside the network. Administrators’ services, shares and pipes stand first, then what machines do that serve nobody else, then by how few hosts use a service. On the terminal: weir east-west.",
	},
	{
		id: "seen-once",
		name: "Seen once",
		View: SeenOnce,
		explain:
			"First the hosts that stick out of all: what nobody else has (server names, TLS clients, User-Agents), and numbers far above the median of all hosts; weir outliers. Then every column of conversations, files and messages in which most values come again, and the values that came once there. A column in which more than ten of a hundred values come once says nothing by that, and is named. On the terminal: weir seen-once.",
	},
	{
		id: "stacking",
		name: "Stacking",
		View: Stacking,
		explain:
			"How often each value of a column came, in which share and by how many hosts, the least frequent first: in a large network what sticks out is worth a look. On the terminal: weir stack COLUMN.",
	},
];

const shownTab = () => TABS.find((t) => t.id === route.value.tab) ?? TABS[0];
const hasPackets = (): boolean => captures.value.some((c) => c.kind === "packets");

function View() {
	const tab = shownTab();
	return (
		<div class="stack">
			<nav class="tabs" aria-label="Ways to look around">
				{TABS.map((t) => (
					<a key={t.id} href={`#/hunt/${t.id}`} aria-current={t === tab ? "page" : undefined}>
						{t.name}
					</a>
				))}
			</nav>
			{(narrowed.value || preview.value !== null) && (
				<p class="small medium" role="note">
					! All packets: the limits above are not applied on this page.
				</p>
			)}
			{captures.value.length === 0 ? (
				<NoCapture />
			) : !hasPackets() ? (
				<Empty title="Only flow logs are loaded">
					<span>These pages look at what was said in packets, and flow logs hold none.</span>
				</Empty>
			) : (
				tab && (
					<Guard key={tab.id}>
						<tab.View />
					</Guard>
				)
			)}
		</div>
	);
}

export const hunt: StepDef = {
	id: "hunt",
	name: "Look around",
	title: "Look around",
	part: () => shownTab()?.name ?? "",
	lead: "Without a suspicion: protocol by protocol, across every border, and for what is rare. What stands here is no finding.",
	explain: () => shownTab()?.explain ?? "",
	number: null,
	phase: "Environment",
	icon: "targets",
	state: () => ({ state: "none", words: hasPackets() ? "ready" : "needs a capture" }),
	primary: null,
	View,
};
