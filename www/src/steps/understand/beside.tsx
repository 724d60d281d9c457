/** A list with the card of what is chosen in it beside it. */

import type { ComponentChildren } from "preact";

/** From a row into its card: what Enter does in a list that has one. */
export function intoCard(): void {
	const card = document.querySelector<HTMLElement>("aside.beside");
	const to = card?.querySelector<HTMLElement>("h2") ?? card;
	if (!to) return;
	to.tabIndex = -1;
	to.focus();
}

function back(e: KeyboardEvent): void {
	if (e.key !== "Escape" || e.defaultPrevented) return;
	e.preventDefault();
	document.querySelector<HTMLElement>(".listing [role=grid]")?.focus();
}

/** `label` names the card; without one there is only the list. */
export function Beside({ list, label, children }: { list: ComponentChildren; label: string | null; children: ComponentChildren }) {
	return (
		<div class="panes">
			<div class="pane listing">{list}</div>
			{label !== null && (
				<aside class="pane beside" aria-label={label} onKeyDown={back}>
					{children}
				</aside>
			)}
		</div>
	);
}
