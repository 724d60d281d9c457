/** What the engine says of a pin the moment it is made, kept with it: a later check tells what changed. */

import { amend } from "../base/case.ts";
import { ask } from "../engine/client.ts";
import { type Evidence, PRIORITY } from "../engine/contract.ts";

/** Asks in the background. A pin without it is checked by its place and its snapshot alone. */
export function seal(id: string, evidence: Evidence): void {
	ask("cite", { evidence: [evidence] }, { priority: PRIORITY.analysis })
		.then((r) => {
			const c = r.cited[0];
			if (c?.found) amend<"pin">(id, { fact: c.says, digest: c.digest });
		})
		.catch(() => {});
}
