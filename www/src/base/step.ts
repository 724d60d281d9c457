/** What a step or page of the rail is: one folder and one line in the ordered list. */

import type { FunctionComponent } from "preact";

export type StepState = "none" | "done" | "attention";

export interface StepDef {
	/** Route, class and test name. */
	id: string;
	/** Word in the rail. */
	name: string;
	/** The h1. */
	title: string;
	/** Name of the part of it that is shown, where it has parts. */
	part?: () => string;
	/** One sentence under it. */
	lead: string;
	/** What the part that is shown is for and how it was made, for F1. */
	explain?: () => string;
	/** Steps have a number, pages have none. */
	number: number | null;
	phase: "Describe" | "Diagnose" | "Predict" | "Prescribe" | "Environment";
	icon: string;
	/** Reads signals; also the words for the state. */
	state: () => { state: StepState; words: string };
	/** Verb and object, and where it leads; null when the step does it itself. */
	primary: { title: string; to?: string; run?: () => void } | null;
	/** What to do next, in one sentence. */
	next?: () => string;
	View: FunctionComponent;
	/** Uses the whole height and scrolls inside. */
	fills?: boolean;
}
