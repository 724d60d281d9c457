/** What a file brought: new, changed, taken away, in conflict, by whom and when; and the slices and files in it. */

import { isOwn } from "../base/case.ts";
import { saveBlob } from "../base/download.ts";
import { bytes, plural, visible } from "../base/text.ts";
import type { CameLine } from "../engine/contract.ts";
import { Dialog } from "../widgets/dialog.tsx";
import { PlainTable } from "../widgets/plaintable.tsx";
import { readCarried } from "./beside.tsx";
import { overlay } from "./state.ts";
import { arrived, type Carried, kindWords, unsettled } from "./together.ts";

const when = (at: string): string => (at === "" ? "" : `${at.slice(0, 16).replace("T", " ")} UTC`);

function Lines({ title, all, of }: { title: string; all: CameLine[]; of: number }) {
	if (of === 0) return null;
	return (
		<details>
			<summary>{title}</summary>
			<PlainTable head={["What", "Text", "By", "When"]}>
				{all.map((l) => (
					<tr key={l.id}>
						<td>{kindWords(l.kind)}</td>
						<td>
							<bdi>{visible(l.says)}</bdi>
						</td>
						<td>
							<bdi>{visible(l.by)}</bdi>
						</td>
						<td>{when(l.at)}</td>
					</tr>
				))}
			</PlainTable>
			{of > all.length && <p class="muted">{of - all.length} more are not listed.</p>}
		</details>
	);
}

function Parts({ parts }: { parts: Carried[] }) {
	const slices = parts.some((p) => p.sort === "capture");
	const load = (): void => {
		overlay.value = "";
		void readCarried(parts);
	};
	return (
		<>
			<h3>With it came</h3>
			<PlainTable head={["Part", "What it is said to be", { title: "Size", as: "end" }, { title: "Actions", as: "offscreen" }]}>
				{parts.map((p) => (
					<tr key={p.name}>
						<td class="mono">{p.name}</td>
						<td>
							<bdi>{visible(p.what)}</bdi>
						</td>
						<td class="n">{bytes(p.blob.size)}</td>
						<td>
							<button
								type="button"
								class="button small"
								aria-label={`Save ${p.name}`}
								onClick={() => saveBlob(p.blob, `weir-${p.name.replaceAll(/[^A-Za-z0-9.]+/g, "-")}`)}
							>
								Save
							</button>
						</td>
					</tr>
				))}
			</PlainTable>
			{parts.some((p) => p.sort === "artifact") && <p class="small">Files found in the traffic may be malware. Weir opens none of them.</p>}
			{slices && (
				<p class="row">
					<button type="button" class="button" onClick={load}>
						Read the packets that came with it
					</button>
				</p>
			)}
		</>
	);
}

export function CameDialog({ onClose }: { onClose: () => void }) {
	const a = arrived.value;
	if (!a) return null;
	const c = a.came;
	return (
		<Dialog title={c ? `Merged ${a.name}` : `Opened the case from ${a.name}`} onClose={onClose}>
			{a.saved !== null && (
				<p>
					It is another case. The one that was open, <bdi>“{visible(a.saved)}”</bdi>, was saved as a file first and stays kept in this
					browser.
				</p>
			)}
			{a.says.length > 0 && (
				<div role="alert">
					<p>
						<strong>The file is damaged.</strong> The rest was opened:
					</p>
					<ul>
						{a.says.map((s) => (
							<li key={s}>
								<bdi>{visible(s)}</bdi>
							</li>
						))}
					</ul>
				</div>
			)}
			{c &&
				(c.nothing ? (
					<p>It is a copy of this case and holds nothing that is not here already.</p>
				) : (
					<>
						<p>
							It is a copy of this case, and both are one now: {c.of_new} new, {c.of_changed} changed, {c.of_removed} taken away,{" "}
							{plural(c.of_conflicts + c.twins.length, "conflict")}
							{c.log > 0 && `, ${plural(c.log, "line")} of the action log`}.
						</p>
						<ul>
							{c.people.map((p) => (
								<li key={p.author}>
									<bdi>{isOwn(p.author) ? "you, elsewhere" : visible(p.name) || `author ${p.author.slice(0, 8)}`}</bdi>:{" "}
									{plural(p.edits, "edit")}, the last {when(p.last)}
								</li>
							))}
						</ul>
						<Lines title={`${c.of_new} new`} all={c.new} of={c.of_new} />
						<Lines title={`${c.of_changed} changed`} all={c.changed} of={c.of_changed} />
						<Lines title={`${c.of_removed} taken away`} all={c.removed} of={c.of_removed} />
					</>
				))}
			{a.parts.length > 0 && <Parts parts={a.parts} />}
			<p class="row">
				{unsettled.value > 0 && (
					<button type="button" class="button primary" onClick={() => (overlay.value = "conflicts")}>
						Settle {plural(unsettled.value, "conflict")}
					</button>
				)}
				<button type="button" class="button" onClick={onClose}>
					{unsettled.value > 0 ? "Later" : "Go on"}
				</button>
			</p>
		</Dialog>
	);
}
