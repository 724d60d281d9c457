/** What can be done with a value wherever it stands, beside filtering: look for it, pin what it belongs to. */

import { focused, type Thing } from "../../base/focus.ts";
import { allCommands, shownKey } from "../../base/keys.ts";
import { INDICATOR_WORDS, lookFor } from "../../base/scope.ts";
import type { MenuItem } from "../../widgets/dialog.tsx";
import { toast } from "../../widgets/toast.tsx";

/** `where` says in the scope how the value came there. */
export function valueMenu(value: string, where: string, pin: Thing | null): MenuItem[] {
	const list: MenuItem[] = [];
	if (value.trim() !== "")
		list.push({
			title: "Look for this in my scope",
			run: () => {
				const added = lookFor(value, where);
				toast(added ? `Looked for from now on: ${added.value}, as ${INDICATOR_WORDS[added.kind]}.` : "It is looked for already.");
			},
		});
	const command = allCommands().find((c) => c.id === "pin");
	if (pin && command)
		list.push({
			title: "Pin as evidence",
			key: command.keys.map(shownKey).join(" "),
			run: () => {
				focused.value = pin;
				command.run();
			},
		});
	return list;
}
