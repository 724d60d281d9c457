/** The cases that this browser keeps: to be opened, or forgotten one by one. */

import { useEffect, useState } from "preact/hooks";
import { doc, openKept } from "../base/case.ts";
import { forgetCase, type KeptCase, keptCases } from "../base/keep.ts";
import { go } from "../base/routes.ts";
import { plural, visible } from "../base/text.ts";
import { removeSlices } from "../engine/loads.ts";
import { Dialog } from "../widgets/dialog.tsx";
import { PlainTable } from "../widgets/plaintable.tsx";
import { Empty, Loading } from "../widgets/states.tsx";
import { complain, toast } from "../widgets/toast.tsx";
import { leaveCarried } from "./together.ts";

export function Kept({ onClose }: { onClose: () => void }) {
	const [all, setAll] = useState<KeptCase[] | null>(null);
	const [why, setWhy] = useState("");
	const list = (): void => {
		keptCases()
			.then(setAll)
			.catch((e: unknown) => setWhy(e instanceof Error ? e.message : String(e)));
	};
	useEffect(list, []);
	const open = async (k: KeptCase): Promise<void> => {
		onClose();
		if (await openKept(k.id)) {
			await removeSlices();
			leaveCarried();
			toast(`Opened “${k.title || "unnamed"}”. The case before stays kept in this browser.`);
			go("#/notes");
		} else complain("This case could not be read from the browser’s storage.");
	};
	return (
		<Dialog title="Cases kept in this browser" onClose={onClose}>
			{why !== "" ? (
				<Empty title="The browser’s storage could not be read">{why}</Empty>
			) : all === null ? (
				<Loading what="Reading the storage" />
			) : all.length === 0 ? (
				<Empty title="No case is kept here">What you write is kept a second after you pause.</Empty>
			) : (
				<PlainTable head={["Case", { title: "Items", as: "end" }, "Last written", { title: "Actions", as: "offscreen" }]}>
					{all.map((k) => (
						<tr key={k.id}>
							<td>
								<bdi>{visible(k.title) || "unnamed"}</bdi>
								{k.id === doc.value.id && <span class="muted"> (open)</span>}
							</td>
							<td class="n">{k.items}</td>
							<td>{k.at === "" ? "" : `${k.at.slice(0, 16).replace("T", " ")} UTC`}</td>
							<td>
								{k.id !== doc.value.id && (
									<span class="row">
										<button
											type="button"
											class="button small"
											aria-label={`Open ${k.title || "the unnamed case"}`}
											onClick={() => void open(k)}
										>
											Open
										</button>
										<button
											type="button"
											class="button small danger"
											aria-label={`Forget ${k.title || "the unnamed case"}`}
											onClick={() => {
												void forgetCase(k.id).then(() => {
													toast(`Forgot “${k.title || "unnamed"}” with ${plural(k.items, "item")}.`);
													list();
												});
											}}
										>
											Forget
										</button>
									</span>
								)}
							</td>
						</tr>
					))}
				</PlainTable>
			)}
			<p class="small muted">
				Kept are notes, never captures. Other local pages of this browser may read them; a saved case file is the copy that counts.
			</p>
		</Dialog>
	);
}
