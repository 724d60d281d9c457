/** Statistics: counts of all packets, or of those within the limits, as Wireshark's taps count them. */

import { route } from "../../base/routes.ts";
import type { StepDef } from "../../base/step.ts";
import { captures } from "../../engine/client.ts";
import { narrowed, preview } from "../../engine/narrowing.ts";
import { Guard } from "../../widgets/guard.tsx";
import { Empty, NoCapture } from "../../widgets/states.tsx";
import { Conversations } from "./conversations.tsx";
import { Endpoints } from "./endpoints.tsx";
import { Experts } from "./experts.tsx";
import { Hierarchy } from "./hierarchy.tsx";
import { PacketsOverTime } from "./overtime.tsx";
import { Responses } from "./responses.tsx";
import { hasPackets } from "./within.ts";

const TABS = [
	{ id: "hierarchy", name: "Protocol hierarchy", View: Hierarchy },
	{ id: "conversations", name: "Conversations", View: Conversations },
	{ id: "endpoints", name: "Endpoints", View: Endpoints },
	{ id: "experts", name: "Expert summary", View: Experts },
	{ id: "responses", name: "Response times", View: Responses },
	{ id: "time", name: "Packets over time", View: PacketsOverTime },
];

const shownTab = () => TABS.find((t) => t.id === route.value.tab) ?? TABS[0];

function Within() {
	// Over time a preview is drawn and not counted.
	const limited = narrowed.value || (preview.value !== null && shownTab()?.id !== "time");
	return (
		<p class="muted small">
			{limited ? "Counted are the packets within the limits above." : "Counted are all packets."} “Filter” adds a row to the limits and
			shows its packets.
		</p>
	);
}

function View() {
	const tab = shownTab();
	return (
		<div class="stack">
			<nav class="tabs" aria-label="Tables">
				{TABS.map((t) => (
					<a key={t.id} href={`#/statistics/${t.id}`} aria-current={t === tab ? "page" : undefined}>
						{t.name}
					</a>
				))}
			</nav>
			{captures.value.length === 0 ? (
				<NoCapture />
			) : !hasPackets() ? (
				<Empty title="Only flow logs are loaded">
					<span>Statistics count packets, and flow logs hold none.</span>
				</Empty>
			) : (
				tab && (
					<>
						<Within />
						<Guard key={tab.id}>
							<tab.View />
						</Guard>
					</>
				)
			)}
		</div>
	);
}

export const statistics: StepDef = {
	id: "statistics",
	name: "Statistics",
	title: "Statistics",
	part: () => shownTab()?.name ?? "",
	lead: "Who talked, in which protocols, how much, how fast and when: counted as Wireshark counts, within the limits.",
	number: null,
	phase: "Environment",
	icon: "trends",
	state: () => ({ state: "none", words: hasPackets() ? "for counting" : "needs a capture" }),
	primary: null,
	View,
};
