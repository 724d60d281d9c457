/** Severity by glyph, word and colour together, as everywhere. */

import type { Severity } from "../engine/contract.ts";

const GLYPH: Record<Severity, string> = { critical: "▲", high: "▲", medium: "◆", low: "●", info: "●" };

export function SeverityWord({ of }: { of: Severity }) {
	const colour = of === "high" || of === "critical" ? "high" : of === "medium" ? "medium" : "info";
	return (
		<span class={colour}>
			{GLYPH[of]} {of}
		</span>
	);
}
