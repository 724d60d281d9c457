/** The tags of the outline with their counts: chosen ones leave only the entries that have all of them. */

import { useLayoutEffect, useRef } from "preact/hooks";
import { announce } from "../../base/announce.ts";
import { replaceQuery, route } from "../../base/routes.ts";
import { plural } from "../../base/text.ts";
import { tagCounts } from "../../engine/notes.ts";

/** Tags that are shown without asking. */
const MOST = 40;

/** Those that the address names. */
export function chosenTags(): string[] {
	return (route.value.query.tag ?? "")
		.split(",")
		.map((t) => t.trim().toLowerCase())
		.filter((t, n, all) => t !== "" && all.indexOf(t) === n);
}

function choose(tags: string[]): void {
	replaceQuery(tags.length > 0 ? { tag: tags.join(",") } : {});
}

export function TagRow({ shown, of }: { shown: number; of: number }) {
	const chosen = chosenTags();
	const row = useRef<HTMLDivElement>(null);
	/** What was pressed has moved to another place, or is gone: the focus goes after it, or stays in the group. */
	const pressed = useRef<string | null>(null);
	useLayoutEffect(() => {
		if (pressed.current === null) return;
		const tags = [...(row.current?.querySelectorAll<HTMLElement>("[data-tag]") ?? [])];
		const to = tags.find((t) => t.dataset.tag === pressed.current) ?? row.current ?? document.querySelector<HTMLElement>(".outline");
		pressed.current = null;
		to?.focus();
	}, [chosen.join()]);
	const press = (tag: string, next: string[]): void => {
		pressed.current = tag;
		choose(next);
	};
	const counts = tagCounts.value;
	// One that no entry has any more can still be taken away.
	const gone = chosen.filter((t) => !counts.some((c) => c.tag === t)).map((tag) => ({ tag, count: 0 }));
	const sorted = [...counts.filter((c) => chosen.includes(c.tag)), ...counts.filter((c) => !chosen.includes(c.tag))];
	const list = [...gone, ...sorted];
	if (list.length === 0) return null;
	const left = list.length - MOST;
	return (
		<div class="tag-row" role="group" aria-label="Tags" ref={row} tabIndex={-1}>
			{list.slice(0, MOST).map(({ tag, count }) => {
				const on = chosen.includes(tag);
				return (
					<button
						type="button"
						key={tag}
						data-tag={tag}
						class="button small tag"
						aria-pressed={on}
						aria-label={`${tag}, ${plural(count, "entry", "entries")}`}
						onClick={() => {
							press(tag, on ? chosen.filter((t) => t !== tag) : [...chosen, tag]);
							announce(on ? `#${tag} taken away` : `Only entries with #${tag}`);
						}}
					>
						<bdi>#{tag}</bdi> <span class="num">{count}</span>
					</button>
				);
			})}
			{left > 0 && <span class="muted small">and {left} more; write # to find them</span>}
			{chosen.length > 0 && (
				<>
					<span class="small" role="status">
						{shown} of {plural(of, "entry", "entries")} shown
					</span>
					<button type="button" class="button small" onClick={() => press("", [])}>
						Clear tags
					</button>
				</>
			)}
		</div>
	);
}
