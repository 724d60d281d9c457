/** Who may have what leaves the case: a label of the Traffic Light Protocol, chosen by the analyst and by nobody else. */

import { add, edit, items, type Tlp } from "../base/case.ts";

/** Labels as FIRST writes them, with what they allow. */
const LABELS: [Tlp, string, string][] = [
	["clear", "TLP:CLEAR", "anybody"],
	["green", "TLP:GREEN", "the community"],
	["amber", "TLP:AMBER", "the organisation and its clients, who need to know"],
	["amber_strict", "TLP:AMBER+STRICT", "the organisation, who need to know"],
	["red", "TLP:RED", "the named recipients alone"],
];

export const marking = (): Tlp | "" => items("marking").at(-1)?.body.tlp ?? "";

export function Marking() {
	const kept = items("marking").at(-1);
	const set = (tlp: Tlp | ""): void => {
		if (kept) edit<"marking">(kept.id, { tlp });
		else add("marking", { tlp });
	};
	return (
		<label class="row nowrap small">
			Marking
			<select
				aria-label="TLP marking: who may have what leaves this case"
				value={kept?.body.tlp ?? ""}
				onChange={(e) => set(e.currentTarget.value as Tlp | "")}
			>
				<option value="">none chosen</option>
				{LABELS.map(([code, label, who]) => (
					<option key={code} value={code} title={who}>
						{label}
					</option>
				))}
			</select>
		</label>
	);
}
