/** The frame of every table that is no grid: a head, rows, and a box that scrolls sideways by itself. */

import type { ComponentChildren } from "preact";

/** A heading; `end` for figures, `offscreen` for a column of buttons that shows no heading; `sort` where rows can be sorted by it. */
type Heading = { title: ComponentChildren; as?: "end" | "offscreen" | undefined; sort?: "ascending" | "descending" | "none" | undefined };
export type Head = string | Heading | false;

export function PlainTable({ head, class: name, children }: { head?: Head[] | false; class?: string; children: ComponentChildren }) {
	return (
		<div class="scroll-x">
			<table class={name ? `plain ${name}` : "plain"}>
				{head && (
					<thead>
						<tr>
							{head.map((h, i) => {
								if (h === false) return null;
								const { title, as, sort }: Heading = typeof h === "string" ? { title: h } : h;
								return (
									<th key={`${i}h`} scope="col" class={as === "end" ? "n" : undefined} aria-sort={sort}>
										{as === "offscreen" ? <span class="offscreen">{title}</span> : title}
									</th>
								);
							})}
						</tr>
					</thead>
				)}
				<tbody>{children}</tbody>
			</table>
		</div>
	);
}
