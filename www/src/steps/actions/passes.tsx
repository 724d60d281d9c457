/** Passes that the case keeps, and what is new, gone or changed since each. */

import { items, pass, remove } from "../../base/case.ts";
import { count, plural } from "../../base/text.ts";
import { useCasework } from "../../engine/casework.ts";
import type { PassDifference } from "../../engine/contract.ts";
import { PlainTable } from "../../widgets/plaintable.tsx";
import { Around, NoCapture } from "../../widgets/states.tsx";
import { Captured } from "../../widgets/text.tsx";

const STATUS_CLASS = { new: "high", gone: "muted", changed: "medium" } as const;
/** Rows that are drawn. */
const MOST = 100;

function One({ of, open }: { of: PassDifference; open: boolean }) {
	const [fresh, gone, changed] = of.counts;
	return (
		<details class="pass" open={open}>
			<summary>
				<h3>Since pass {of.pass}</h3>{" "}
				<span class="muted small">
					{count(fresh)} new, {count(gone)} gone, {count(changed)} changed; kept {of.at.slice(0, 16).replace("T", " ")} UTC
				</span>
			</summary>
			{of.remarks.map((t) => (
				<p key={t} class="small medium">
					<bdi>{t}</bdi>
				</p>
			))}
			{of.rows.length === 0 ? (
				<p class="small">Findings, answers, hosts, decisions and captures are as they were.</p>
			) : (
				<PlainTable head={["", "What", "About", "Before", "Now"]}>
					{of.rows.slice(0, MOST).map((r) => (
						<tr key={`${r.what}${r.status}${r.says}${r.was}${r.is}`}>
							<td class={STATUS_CLASS[r.status]}>{r.status}</td>
							<td>{r.what}</td>
							<td class="break">
								<Captured text={r.says} />
							</td>
							<td class="muted">{r.was === null ? "–" : <Captured text={r.was} />}</td>
							<td>{r.is === null ? "–" : <Captured text={r.is} />}</td>
						</tr>
					))}
				</PlainTable>
			)}
			{of.rows.length + of.left > MOST && (
				<p class="small muted">
					The first {MOST} of {count(of.rows.length + of.left)} rows; <code>weir passes</code> prints up to 500.
				</p>
			)}
			<p>
				<button type="button" class="button small" onClick={() => remove(of.id)}>
					Forget what pass {of.pass} gave
				</button>
			</p>
		</details>
	);
}

export function Passes() {
	const r = useCasework();
	const kept = items("pass").length;
	return (
		<div class="card stack">
			<h2>Passes</h2>
			<p class="hint">
				This is pass {pass.value}. When another begins, what this one gave is kept in the case, and stands here against what is found then.
			</p>
			{kept === 0 ? (
				<p class="muted">No earlier pass is kept.</p>
			) : (
				<Around of={r} what={`Comparing with ${plural(kept, "pass", "passes")}`} idle={<NoCapture />}>
					{(v) => (
						<>
							{v.passes.map((p, n) => (
								<One key={p.id} of={p} open={n === 0} />
							))}
						</>
					)}
				</Around>
			)}
		</div>
	);
}
