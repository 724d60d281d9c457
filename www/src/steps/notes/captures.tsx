/** The captures of the case, as Weir keeps them, each with the analyst's remark. Stands also when none is loaded. */

import { factsOf, kept, LISTED, remarkOn, remarksOn } from "../../base/captures.ts";
import { authorName, type Item, isOwn, readOnly, remove } from "../../base/case.ts";
import { settings } from "../../base/settings.ts";
import { plural } from "../../base/text.ts";
import { captures } from "../../engine/client.ts";
import { Icon } from "../../widgets/icons.tsx";
import { Captured } from "../../widgets/text.tsx";

function Remark({ c, r }: { c: Item<"capture">; r: Item<"remark"> | undefined }) {
	const by = r && !isOwn(r.stamp.author) ? authorName(r.stamp.author) : "";
	return (
		<div class="row nowrap top">
			<label class="field grow">
				{by ? `Remark of ${by}` : "Your remark"}
				<textarea
					rows={1}
					aria-label={`Remark on capture ${c.body.capture} ${c.body.name}`}
					value={r?.body.text ?? ""}
					disabled={readOnly.value}
					placeholder="What the file cannot say: who took it, where, what happened meanwhile. Evidence is written [[p12]]."
					onInput={(e) => remarkOn(c.body, e.currentTarget.value, r?.id)}
				/>
			</label>
			{r && r.body.text !== "" && !readOnly.value && (
				<button type="button" class="button plain small" aria-label={`Remove the remark on ${c.body.name}`} onClick={() => remove(r.id)}>
					<Icon name="trash" />
				</button>
			)}
		</div>
	);
}

function Capture({ c }: { c: Item<"capture"> }) {
	const here = captures.value.find((x) => (x.sha256 && x.sha256 === c.body.sha256) || (x.name === c.body.name && x.bytes === c.body.bytes));
	const facts = factsOf(c.body, settings.value.zone);
	const remarks = remarksOn(c.body);
	const more = remarks.length - LISTED.remarks;
	const spoken = facts.find((f) => f.name === "Duration")?.says;
	return (
		<li class="kept-capture">
			<details>
				<summary>
					<span class="kept" aria-hidden="true">
						▣
					</span>{" "}
					{c.body.capture} <Captured text={c.body.name} />
					<span class="muted small num">
						{" "}
						{plural(c.body.packets, "packet")}
						{spoken && `, ${spoken}`}
						{!here && ", not loaded: drop it to follow its evidence"}
					</span>
				</summary>
				<dl class="facts">
					{facts.map((f, i) => (
						<div class="pair" key={`${f.name}${i}`}>
							<dt>{f.name}</dt>
							<dd class={f.name === "SHA-256" ? "mono small break" : "break"}>{f.data ? <Captured text={f.says} /> : f.says}</dd>
						</div>
					))}
				</dl>
				<p class="small">
					<a href="#/capture">{here ? "Its health, placement and clock offset stand in step 4" : "Read it again in step 4"}</a>
				</p>
			</details>
			{(remarks.length > 0 ? remarks.slice(0, LISTED.remarks) : [undefined]).map((r, place) => (
				// By its place: with the first letter the remark gets an id, and the field that is typed in has to stay.
				<Remark key={place} c={c} r={r} />
			))}
			{more > 0 && <p class="muted small">and {plural(more, "more remark")}</p>}
		</li>
	);
}

export function CaptureNotes() {
	const all = kept();
	if (all.length === 0) return null;
	return (
		<section class="card stack tight kept-captures" aria-label="Captures">
			<div class="row between">
				<h2>Captures</h2>
				<span class="muted small">kept by Weir, not written by you</span>
			</div>
			<ul>
				{all.slice(0, LISTED.captures).map((c) => (
					<Capture key={c.id} c={c} />
				))}
			</ul>
			{all.length > LISTED.captures && <p class="muted small">and {plural(all.length - LISTED.captures, "more capture")}</p>}
		</section>
	);
}
