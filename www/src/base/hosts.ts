/** Answers by host: what each received inside the window, and apart from it what it sent and what lies outside. */

import type { Answer, Rung } from "../engine/contract.ts";
import { RUNGS } from "./words.ts";

export interface HostAnswers {
	/** MAC where it is seen, else the address. */
	key: string;
	in_scope: boolean;
	/** The highest of what it received inside the window. What it sent and what lies outside is never mixed in. */
	rung: Rung;
	/** It sent what was looked for, whole or in part, inside the window. */
	sends: boolean;
	/** Nothing inside the window, but something outside of it. */
	only_outside: boolean;
	/** The answers that say the above, strongest first: what the host's own line shows. */
	telling: Answer[];
	/** All of them, strongest first. */
	answers: Answer[];
}

const place = (r: Rung): number => RUNGS.indexOf(r);
const SENT: readonly Rung[] = ["delivered", "partial"];

/** Addresses by their numbers: .28 before .106. */
const byAddress = (a: string, b: string): number => a.localeCompare(b, "en", { numeric: true });

function hostOf(key: string, list: Answer[]): HostAnswers {
	const answers = list.toSorted((a, b) => place(a.rung) - place(b.rung));
	const seen = answers.filter((a) => a.rung !== "none");
	const received = seen.filter((a) => a.in_window && a.direction === "received");
	const sent = seen.filter((a) => a.in_window && a.direction === "sent" && SENT.includes(a.rung));
	const outside = seen.filter((a) => !a.in_window);
	const rung = received[0]?.rung ?? "none";
	const inside = [...received.filter((a) => a.rung === rung), ...sent];
	return {
		key,
		in_scope: answers.some((a) => a.in_scope),
		rung,
		sends: sent.length > 0,
		only_outside: inside.length === 0 && outside.length > 0,
		telling: inside.length > 0 ? inside : outside.length > 0 ? outside.filter((a) => a.rung === outside[0]?.rung) : seen,
		answers,
	};
}

/** Hosts of the scope first; those with something inside the window by what they received, then senders, then the rest. */
export function byHost(all: Answer[]): HostAnswers[] {
	const by = new Map<string, Answer[]>();
	for (const a of all) {
		const key = a.mac ?? a.host;
		by.set(key, [...(by.get(key) ?? []), a]);
	}
	const group = (h: HostAnswers): number => (h.rung !== "none" ? 0 : h.sends ? 1 : h.telling.length > 0 ? 2 : 3);
	return [...by]
		.map(([key, list]) => hostOf(key, list))
		.sort(
			(a, b) =>
				Number(b.in_scope) - Number(a.in_scope) ||
				group(a) - group(b) ||
				place(a.rung) - place(b.rung) ||
				byAddress(a.answers[0]?.host ?? "", b.answers[0]?.host ?? ""),
		);
}

/** A figure above the answers, and which hosts it counts. The first seven add up to all hosts of the scope. */
export interface Tile {
	id: Rung | "sent" | "outside";
	counts: (h: HostAnswers) => boolean;
}

export const TILES: Tile[] = [
	...RUNGS.map((r) => ({ id: r, counts: (h: HostAnswers) => h.in_scope && h.rung === r })),
	{ id: "sent", counts: (h) => h.in_scope && h.sends },
	{ id: "outside", counts: (h) => h.in_scope && h.only_outside },
];
