/** Over the steps that rest on results: what was settled before captures or scope changed. */

import { announce } from "../base/announce.ts";
import { route } from "../base/routes.ts";
import { plural } from "../base/text.ts";
import { stale, stands } from "../engine/stale.ts";

const SHOWN_ON = new Set(["understand", "notes", "report", "actions"]);
/** Lines that are listed. */
const MOST = 50;

export function StaleBar() {
	const list = stale.value;
	if (list.length === 0 || !SHOWN_ON.has(route.value.step)) return null;
	return (
		<details class="stale-bar">
			<summary>
				<span class="badge medium">out of date</span> {plural(list.length, "result")} of yours {list.length === 1 ? "was" : "were"} settled
				before {[...new Set(list.flatMap((s) => s.why))].join(" or ")} changed
			</summary>
			<ul class="small">
				{list.slice(0, MOST).map((s) => (
					<li key={s.item}>
						<a href={s.href}>
							<bdi>{s.what}</bdi>
						</a>{" "}
						<span class="muted">({s.why.join(" and ")} changed since)</span>
					</li>
				))}
				{list.length > MOST && <li>and {list.length - MOST} more</li>}
			</ul>
			<p class="row">
				<button
					type="button"
					class="button small"
					onClick={() => {
						stands(list);
						announce(`${plural(list.length, "result")} left standing`);
						document.getElementById("content")?.focus();
					}}
				>
					I looked again: {list.length === 1 ? "it stands" : `all ${list.length} stand`}
				</button>
				<span class="small muted">Answers and findings below are those of now; changing one settles it, too.</span>
			</p>
		</details>
	);
}
