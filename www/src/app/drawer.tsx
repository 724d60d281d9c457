/** The evidence drawer: every pin, newest first, with its snapshot; comments inline. */

import { useEffect, useRef } from "preact/hooks";
import { edit, items, remove } from "../base/case.ts";
import { focused } from "../base/focus.ts";
import { Icon } from "../widgets/icons.tsx";
import { Captured, EvidenceText } from "../widgets/text.tsx";
import { Writing } from "../widgets/writing.tsx";
import { pinFocused } from "./commands.ts";
import { showDrawer, wide } from "./state.ts";

export function Drawer() {
	const pins = items("pin").reverse();
	const heading = useRef<HTMLHeadingElement>(null);
	// Opened for a while it is where the work goes on; standing open from the beginning it is not.
	useEffect(() => {
		if (!wide.value) heading.current?.focus();
	}, []);
	const close = (): void => {
		showDrawer(false);
		document.getElementById("evidence-toggle")?.focus();
	};
	if (pins.length === 0 && wide.value)
		return (
			<aside class="side slim" aria-label="Evidence">
				<button
					type="button"
					class="button plain small"
					disabled={focused.value === null}
					title="Nothing is pinned yet. Select a packet, a file or a finding and press E. Pins survive without the capture."
					aria-label="Pin what is selected"
					onClick={pinFocused}
				>
					<Icon name="pin" />
					<span class="key">E</span>
				</button>
				<span class="upright muted small">No evidence yet</span>
			</aside>
		);
	return (
		<aside
			class="side"
			aria-label="Evidence"
			onKeyDown={(e) => {
				if (e.key !== "Escape") return;
				e.preventDefault();
				close();
			}}
		>
			<header>
				<h2 ref={heading} tabIndex={-1}>
					Evidence <span class="muted num">{pins.length}</span>
				</h2>
				<span class="row nowrap">
					<button type="button" class="button small" disabled={focused.value === null} onClick={pinFocused}>
						<Icon name="pin" /> Pin <span class="key">E</span>
					</button>
					<button type="button" class="button plain small" aria-label="Close the evidence drawer" onClick={close}>
						×
					</button>
				</span>
			</header>
			<div class="list">
				{pins.length === 0 && (
					<p class="small muted">
						Nothing is pinned yet. Select a packet, a file or a finding and press E. Pins survive without the capture.
					</p>
				)}
				{pins.map((p) => (
					<div class="pin" key={p.id} data-snapshot={p.body.snapshot}>
						<div class="row between nowrap">
							<EvidenceText text={p.body.evidence} />
							<span class="row nowrap">
								<span class="muted small">pass {p.pass}</span>
								<button type="button" class="button plain small" aria-label={`Unpin ${p.body.evidence}`} onClick={() => remove(p.id)}>
									×
								</button>
							</span>
						</div>
						<Captured text={p.body.snapshot} class="snapshot" />
						<Writing
							label={`Comment on ${p.body.evidence}`}
							placeholder="Add a comment"
							value={p.body.comment}
							onInput={(comment) => edit<"pin">(p.id, { comment }, "comment")}
						/>
					</div>
				))}
			</div>
		</aside>
	);
}
