/** Comments that captures came with, such as those made in Wireshark: offered as notes, never taken by themselves. */

import { add, items } from "../../base/case.ts";
import { parseRef, routeOf } from "../../base/evidence.ts";
import { plural, visible } from "../../base/text.ts";
import { captures } from "../../engine/client.ts";
import { type PacketComment, PRIORITY } from "../../engine/contract.ts";
import { useResult } from "../../engine/results.ts";
import { toast } from "../../widgets/toast.tsx";

const asNote = (c: PacketComment): string => `${c.evidence} ${c.text}`;

function take(list: PacketComment[]): void {
	const from = Date.now();
	list.forEach((c, n) => {
		add("note", { text: asNote(c), parent: "", order: from + n });
	});
	toast(`${plural(list.length, "note")} added.`);
}

export function Comments() {
	const r = useResult("comments", () => (captures.value.length > 0 ? {} : null), PRIORITY.analysis);
	const all = r.value?.comments ?? [];
	if (all.length === 0) return null;
	const known = new Set(items("note").map((n) => n.body.text));
	const open = all.filter((c) => !known.has(asNote(c)));
	return (
		<section aria-labelledby="packet-comments">
			<h2 id="packet-comments">Comments on packets</h2>
			<p>
				The captures came with {plural(r.value?.of ?? 0, "comment")} on packets.{" "}
				{open.length === 0 ? "All of them are notes." : "They can become notes, each on its packet."}
				{(r.value?.of ?? 0) > all.length && ` The first ${all.length} are offered.`}
			</p>
			{open.length > 0 && (
				<>
					<ul>
						{open.slice(0, 20).map((c) => {
							const ref = parseRef(c.evidence);
							return (
								<li key={`${c.packet} ${c.text}`}>
									<a href={ref ? routeOf(ref) : "#/understand/packets"}>packet {c.packet}</a>{" "}
									<bdi>{visible(c.text.length > 300 ? `${c.text.slice(0, 300)}…` : c.text)}</bdi>{" "}
									<button
										type="button"
										class="button small"
										aria-label={`Make the comment on packet ${c.packet} a note`}
										onClick={() => take([c])}
									>
										Make a note
									</button>
								</li>
							);
						})}
					</ul>
					{open.length > 20 && <p class="small">And {open.length - 20} more.</p>}
					{open.length > 1 && (
						<p class="row">
							<button type="button" class="button" onClick={() => take(open)}>
								Make all {open.length} notes
							</button>
						</p>
					)}
				</>
			)}
		</section>
	);
}
