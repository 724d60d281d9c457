/** The frame of every table that is no grid: a head, rows, and a box that scrolls sideways by itself. */

import type { ComponentChildren } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";

/** A heading; `end` for figures, `offscreen` for a column of buttons that shows no heading; `sort` where rows can be sorted by it. */
type Heading = { title: ComponentChildren; as?: "end" | "offscreen" | undefined; sort?: "ascending" | "descending" | "none" | undefined };
export type Head = string | Heading | false;

export function PlainTable({ head, class: name, children }: { head?: Head[] | false; class?: string; children: ComponentChildren }) {
	const box = useRef<HTMLDivElement>(null);
	// A box that scrolls takes the focus where nothing inside does, so that the arrows reach what is beyond its edge.
	const [alone, setAlone] = useState(false);
	useEffect(() => {
		const b = box.current;
		if (!b) return;
		const look = (): void =>
			setAlone(b.scrollWidth > b.clientWidth && !b.querySelector("a[href], button, input, select, textarea, summary"));
		const seen = new ResizeObserver(look);
		seen.observe(b);
		return () => seen.disconnect();
	}, []);
	const region = alone ? { role: "region" as const, "aria-label": "Table, scrolls sideways", tabIndex: 0 } : {};
	return (
		<div class="scroll-x" ref={box} {...region}>
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
