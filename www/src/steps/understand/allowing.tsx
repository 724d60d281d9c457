/** What the analyst expects here: rules made of dismissed findings, in force at once, taken back as easily. */

import { useState } from "preact/hooks";
import { announce } from "../../base/announce.ts";
import { add, edit, type Item, items, offerUndo, remove } from "../../base/case.ts";
import { plural } from "../../base/text.ts";
import type { Finding, Findings } from "../../engine/contract.ts";
import { PlainTable } from "../../widgets/plaintable.tsx";
import { Captured } from "../../widgets/text.tsx";
import { Writing } from "../../widgets/writing.tsx";

/** "c2.beacon of 10.0.0.5 to updates.example.com", as the engine says it. */
function says({ detection, host, peer }: Item<"allow">["body"]): string {
	return `${detection || "everything"}${host ? ` of ${host}` : ""}${peer ? ` to ${peer}` : ""}`;
}

const peerOf = (f: Finding): string => f.domain ?? f.dst ?? "";

/** Offered where a finding was dismissed: how much of its pattern is expected. */
export function AllowFrom({ f, reason }: { f: Finding; reason: string }) {
	const host = f.src ?? "";
	const peer = peerOf(f);
	const [wide, setWide] = useState(host && peer ? "both" : peer ? "peer" : "host");
	const choices = [
		...(host && peer ? [["both", `only of ${host} to ${peer}`]] : []),
		...(peer ? [["peer", `of every host to ${peer}`]] : []),
		...(host ? [["host", `of ${host}, whoever the other side is`]] : []),
	] as [string, string][];
	if (choices.length === 0) return null;
	return (
		<div class="row">
			<label class="field inline">
				Expect {f.detection}
				<select value={wide} onChange={(e) => setWide(e.currentTarget.value)}>
					{choices.map(([value, title]) => (
						<option key={value} value={value}>
							{title}
						</option>
					))}
				</select>
			</label>
			<button
				type="button"
				class="button small"
				onClick={() => {
					const body = {
						detection: f.detection,
						host: wide === "peer" ? "" : host,
						peer: wide === "host" ? "" : peer,
						reason,
						on: true,
					};
					add("allow", body, "understand");
					offerUndo(`Allowed: ${says(body)}. The rule stands above the findings.`);
				}}
			>
				Allow from now on
			</button>
		</div>
	);
}

export function AllowList({ of }: { of: Findings }) {
	const rules = items("allow");
	if (rules.length === 0) return null;
	const hits = (rule: Item<"allow">): number => of.allowed.find((r) => r.says === says(rule.body))?.findings ?? 0;
	const off = rules.filter((r) => !r.body.on).length;
	return (
		<details class="card">
			<summary>
				<h2>What is allowed here</h2>{" "}
				<span class="muted">
					{plural(rules.length, "rule")}
					{off > 0 && `, ${off} of them off`};{" "}
					{plural(
						of.allowed.reduce((n, r) => n + r.findings, 0),
						"finding",
					)}{" "}
					allowed
				</span>
			</summary>
			<p class="hint">
				A rule hides nothing: what it allows is counted, stays in the list below and leads nowhere. The first rule that fits counts.
			</p>
			<PlainTable head={["In force", "Rule", "Reason", { title: "Findings", as: "end" }, { title: "Remove", as: "offscreen" }]}>
				{rules.map((r) => (
					<tr key={r.id}>
						<td>
							<input
								type="checkbox"
								aria-label={`In force: ${says(r.body)}`}
								checked={r.body.on}
								onChange={(e) => {
									edit<"allow">(r.id, { on: e.currentTarget.checked });
									announce(`${says(r.body)} ${e.currentTarget.checked ? "in force" : "not in force"}`);
								}}
							/>
						</td>
						<td>
							<Captured text={says(r.body)} />
						</td>
						<td>
							<Writing
								label={`Reason for ${says(r.body)}`}
								value={r.body.reason}
								onInput={(reason) => edit<"allow">(r.id, { reason }, "reason")}
							/>
						</td>
						<td class="n">{r.body.on ? hits(r) : "off"}</td>
						<td>
							<button type="button" class="button small" aria-label={`Remove the rule ${says(r.body)}`} onClick={() => remove(r.id)}>
								Remove
							</button>
						</td>
					</tr>
				))}
			</PlainTable>
		</details>
	);
}
