/** What several steps ask in the same words: the answers to the scope, and the findings. */

import { scope } from "../base/scope.ts";
import { captures } from "./client.ts";
import { PRIORITY } from "./contract.ts";
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

/** Idle while there is no capture. */
export const useFindings = (settleMs: number) =>
	useResult("findings", () => (captures.value.length ? { scope: scope.value } : null), PRIORITY.analysis, [], settleMs);
