/** Said where limits are in force and a page shows all packets all the same. */

import { narrowed, preview } from "../../engine/narrowing.ts";

export function AllPackets() {
	if (!narrowed.value && preview.value === null) return null;
	return (
		<p class="small medium" role="note">
			! All packets: the limits above are not applied on this page.
		</p>
	);
}
