/** The action log: what was done, in sentences, newest first. */

import { items } from "../../base/case.ts";
import { plural } from "../../base/text.ts";

export function Log() {
	const all = items("log").reverse().slice(0, 200);
	return (
		<details class="card">
			<summary>
				<strong>Action log</strong> <span class="muted">{plural(items("log").length, "entry", "entries")}, kept automatically</span>
			</summary>
			<ul class="small">
				{all.map((l) => (
					<li key={l.id}>
						<span class="num muted">{l.stamp.at.slice(0, 19).replace("T", " ")} UTC</span> <bdi>{l.body.what}</bdi>
					</li>
				))}
			</ul>
		</details>
	);
}
