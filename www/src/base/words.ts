/** The words for rungs, answers and decisions, written once for every step. */

import type { Answer, ProposedDecision, Rung } from "../engine/contract.ts";

export const RUNG_WORDS: Record<Rung, string> = {
	delivered: "delivered",
	partial: "partly delivered",
	hidden: "cannot be read",
	refused: "asked, refused",
	contacted: "contacted",
	looked_up: "looked up",
	none: "nothing",
};

/** Highest first. */
export const RUNGS = Object.keys(RUNG_WORDS) as Rung[];

export const ANSWER_WORDS: Record<Answer["answer"], string> = { seen: "seen", not_seen: "not seen", cannot_tell: "cannot tell" };

export const DECISION_WORDS: Record<ProposedDecision["decision"], string> = {
	isolate_now: "isolate now",
	isolate_and_examine: "isolate and examine",
	examine: "examine the host",
	find_out: "find out what asked",
	watch: "watch",
	none: "nothing in this capture",
};
