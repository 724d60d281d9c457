/** The words and signs for rungs, answers and decisions, written once for every step. */

import type { Answer, Finding, ProposedDecision, Rung } from "../engine/contract.ts";

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

export const RUNG_GLYPH: Record<Rung, string> = {
	delivered: "▲",
	partial: "▲",
	hidden: "?",
	refused: "◆",
	contacted: "◆",
	looked_up: "●",
	none: "○",
};
/** The class of its colour. */
export const RUNG_CLASS: Record<Rung, string> = {
	delivered: "high",
	partial: "high",
	hidden: "medium",
	refused: "medium",
	contacted: "medium",
	looked_up: "info",
	none: "muted",
};

/** What of the indicator's content went where, as a clause: "delivered", "sent whole". */
export function rungWords(a: Pick<Answer, "rung" | "direction">): string {
	if (a.direction === "sent" && a.rung === "delivered") return "sent whole";
	if (a.direction === "sent" && a.rung === "partial") return "sent in part";
	return RUNG_WORDS[a.rung];
}

/** What the host did, to stand behind its address: "received superbad.exe", "looked up files.example.net". */
export function didWhat(a: Pick<Answer, "rung" | "direction" | "indicator">): string {
	const what = a.indicator.value;
	const sent = a.direction === "sent";
	const { kind } = a.indicator;
	if (a.rung === "none") return `showed nothing of ${what}`;
	if (kind === "user_agent") return `used the user agent ${what}`;
	if (a.rung === "looked_up") return `looked up ${what}`;
	if (kind === "domain" || kind === "address" || kind === "url")
		switch (a.rung) {
			case "delivered":
				return sent ? `sent a file whole to ${what}` : `received content of ${what}`;
			case "partial":
				return sent ? `sent a part of a file to ${what}` : `received a part of content of ${what}`;
			case "hidden":
				return `exchanged with ${what} what cannot be read`;
			case "refused":
				return `asked ${what} and was refused`;
			case "contacted":
				return `contacted ${what}`;
		}
	switch (a.rung) {
		case "delivered":
			return sent ? `sent ${what} whole` : `received ${what}`;
		case "partial":
			return sent ? `sent a part of ${what}` : `received a part of ${what}`;
		case "hidden":
			return `may have received ${what}: what was exchanged cannot be read`;
		case "refused":
			return `asked for ${what} and was refused`;
		case "contacted":
			return `contacted where ${what} may come from; ${what} was not seen`;
	}
}

/** What a finding is called: the beginning of its id, which stays when others come and go. */
export const findingName = (f: Finding): string => f.id.slice(0, 7);

export const ANSWER_WORDS: Record<Answer["answer"], string> = { seen: "seen", not_seen: "not seen", cannot_tell: "cannot tell" };

/** The rule behind a proposal ("delivered or partial"), and what is particular to this host. */
export function ruleOf(d: ProposedDecision): { rule: string; more: string } {
	const [rule = "", rest = ""] = d.because.split(" → ");
	const at = rest.indexOf(": ");
	return { rule, more: at < 0 ? "" : rest.slice(at + 2) };
}

export const DECISION_WORDS: Record<ProposedDecision["decision"], string> = {
	isolate_now: "isolate now",
	isolate_and_examine: "isolate and examine",
	examine: "examine the host",
	find_out: "find out what asked",
	watch: "watch",
	none: "nothing in this capture",
};
