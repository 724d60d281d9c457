/** The watch list and open questions: looked at again in every capture that is dropped later. */

import { useId, useState } from "preact/hooks";
import { announce } from "../../base/announce.ts";
import { add, items, remove } from "../../base/case.ts";
import { go } from "../../base/routes.ts";
import { guessIndicator } from "../../base/scope.ts";
import { useCasework } from "../../engine/casework.ts";
import { ask, captures, engine } from "../../engine/client.ts";
import { PRIORITY, type WatchResult } from "../../engine/contract.ts";
import { combine, narrow } from "../../engine/narrowing.ts";
import { toError } from "../../engine/results.ts";
import { Icon } from "../../widgets/icons.tsx";
import { PlainTable } from "../../widgets/plaintable.tsx";
import { Refusal } from "../../widgets/states.tsx";
import { EvidenceText, Refs } from "../../widgets/text.tsx";

const STATE_WORDS: Record<WatchResult["state"], string> = { seen: "seen", not_seen: "not seen", cannot_tell: "cannot tell", open: "open" };
const STATE_CLASS: Record<WatchResult["state"], string> = { seen: "high", not_seen: "muted", cannot_tell: "medium", open: "muted" };
const SORT_WORDS: Record<string, string> = {
	filter: "filter",
	indicator: "indicator",
	finding: "finding",
	checkin: "expected check-in",
	question: "question",
};

function Add() {
	const [text, setText] = useState("");
	const [sort, setSort] = useState<"filter" | "indicator" | "question">("filter");
	const [wrong, setWrong] = useState<string | null>(null);
	const why = useId();
	const put = async (): Promise<void> => {
		const what = text.trim();
		if (what === "") return setWrong("Write what is to be watched.");
		if (sort === "filter") {
			try {
				const check =
					engine.value.state === "ready" ? await ask("filter.check", { text: what, caret: 0 }, { priority: PRIORITY.filter }) : null;
				if (check?.error) return setWrong(check.error.message);
			} catch (e) {
				return setWrong(toError(e).message);
			}
			add("watch", { sort, what, filter: what }, "actions");
		} else if (sort === "indicator") {
			const i = guessIndicator(what);
			if (!i) return setWrong("Neither a name, an address, a file nor a hash.");
			add("watch", { sort, what: `${i.kind} ${i.value}`, kind: i.kind, value: i.value }, "actions");
		} else add("watch", { sort, what }, "actions");
		announce(`Watching: ${what}`);
		setWrong(null);
		setText("");
	};
	return (
		<form
			class="row"
			onSubmit={(e) => {
				e.preventDefault();
				void put();
			}}
		>
			<label class="field inline">
				Watch a
				<select value={sort} onChange={(e) => setSort(e.currentTarget.value as "filter")}>
					<option value="filter">filter</option>
					<option value="indicator">name, address, file or hash</option>
					<option value="question">question</option>
				</select>
			</label>
			<input
				type="text"
				class="grow mono"
				aria-label="What to watch"
				aria-invalid={wrong !== null}
				aria-describedby={wrong ? why : undefined}
				placeholder={
					sort === "filter" ? "smb2 && ip.src == 192.0.2.7" : sort === "indicator" ? "files.example.net" : "Who has the badge of room 12?"
				}
				value={text}
				onInput={(e) => setText(e.currentTarget.value)}
			/>
			<button type="submit" class="button">
				<Icon name="plus" /> Watch
			</button>
			<Refusal id={why} text={wrong} />
		</form>
	);
}

export function WatchList() {
	const r = useCasework();
	const own = new Map(items("watch").map((w) => [w.id, w.body]));
	const told = (r.value?.watched ?? []).filter((w) => own.has(w.id) || w.sort === "question");
	const waiting: WatchResult[] = [...own]
		.filter(([id]) => !told.some((t) => t.id === id))
		.map(([id, b]) => {
			const last = b.results?.at(-1);
			const says = captures.value.length === 0 ? "no capture is loaded" : "being looked at";
			return {
				id,
				sort: b.sort,
				what: b.what,
				state: "open",
				says,
				evidence: [],
				filter: b.filter ?? "",
				of: "",
				before: last?.says ?? null,
			};
		});
	const rows = [...told, ...waiting];
	return (
		<div class="card stack">
			<h2>Watch list and open questions</h2>
			<p class="hint">
				Looked at again in every capture that you drop into this case. “Not seen” is of these captures. A note or heading that ends with “?”
				stands here, too. On the terminal: <code>weir watch --case CASE FILE</code>.
			</p>
			<Add />
			{r.state === "failed" && r.error && <p class="medium small">Not looked at: {r.error.message}</p>}
			{rows.length === 0 ? (
				<p class="muted">Nothing is watched. A confirmed finding in step 6 offers to be watched, a beacon its next check-in.</p>
			) : (
				<PlainTable head={["What", "Now", "With the captures before", "Evidence", { title: "Remove", as: "offscreen" }]}>
					{rows.map((w) => (
						<tr key={w.id}>
							<td class="break">
								<EvidenceText text={w.what} /> <span class="muted small">{SORT_WORDS[w.sort] ?? w.sort}</span>
							</td>
							<td>
								<strong class={STATE_CLASS[w.state]}>{STATE_WORDS[w.state]}</strong> <span class="small">{w.says}</span>
							</td>
							<td class="small muted">
								<bdi>{w.before ?? "none before"}</bdi>
							</td>
							<td>
								<Refs list={w.evidence} most={3} />
								{w.filter !== "" && captures.value.length > 0 && (
									<button
										type="button"
										class="button plain small link"
										aria-label={`Show packets of ${w.what}`}
										onClick={() => {
											narrow({ filter: combine(w.filter, "only") });
											go("#/understand/packets");
										}}
									>
										show
									</button>
								)}
							</td>
							<td>
								{own.has(w.id) ? (
									<button type="button" class="button plain small" aria-label={`Stop watching ${w.what}`} onClick={() => remove(w.id)}>
										<Icon name="trash" />
									</button>
								) : (
									<a class="small" href="#/notes">
										notes
									</a>
								)}
							</td>
						</tr>
					))}
				</PlainTable>
			)}
		</div>
	);
}
