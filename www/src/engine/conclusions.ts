/** What several steps ask in the same words: the answers to the scope, and the findings. */

import { computed, type ReadonlySignal } from "@preact/signals";
import { items } from "../base/case.ts";
import { scope } from "../base/scope.ts";
import { captures } from "./client.ts";
import { type AllowRule, PRIORITY } from "./contract.ts";
import { useResult } from "./results.ts";

/** Answers to the scope as it stands; idle while there is no capture, or nothing is looked for. */
export const useAnswers = (settleMs: number) =>
	useResult(
		"answers",
		() => (captures.value.length && scope.value.indicators.length ? { scope: scope.value, narrowing: null } : null),
		PRIORITY.analysis,
		[],
		settleMs,
	);

/** What the analyst allows and has ticked. As text first: an edit of a reason asks nothing again. */
const allowText = computed(() =>
	JSON.stringify(
		items("allow")
			.filter((i) => i.body.on)
			.map(({ body: { detection, host, peer } }) => ({ detection, host, peer })),
	),
);
export const allow = computed<AllowRule[]>(() => JSON.parse(allowText.value) as AllowRule[]);

/** Ids of findings that the analyst judged so. */
function judged(state: "dismissed" | "confirmed"): ReadonlySignal<string[]> {
	const text = computed(() =>
		JSON.stringify(
			items("dismissal")
				.filter((i) => i.body.state === state)
				.map((i) => i.body.finding),
		),
	);
	return computed(() => JSON.parse(text.value) as string[]);
}
export const dismissed = judged("dismissed");
export const confirmed = judged("confirmed");

/** Idle while there is no capture. */
export const useFindings = (settleMs: number) =>
	useResult(
		"findings",
		() => (captures.value.length ? { scope: scope.value, allow: allow.value, dismissed: dismissed.value } : null),
		PRIORITY.analysis,
		[],
		settleMs,
	);

/** The checklist with its findings; idle while there is no capture. */
export const useChecklist = (settleMs: number) =>
	useResult(
		"checklist",
		() => (captures.value.length ? { scope: scope.value, allow: allow.value } : null),
		PRIORITY.analysis,
		[],
		settleMs,
	);

/** What is proposed for each affected host; idle while there is no capture. */
export const useDecisions = (settleMs: number) =>
	useResult(
		"decisions",
		() =>
			captures.value.length ? { scope: scope.value, allow: allow.value, dismissed: dismissed.value, confirmed: confirmed.value } : null,
		PRIORITY.analysis,
		[],
		settleMs,
	);
