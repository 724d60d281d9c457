/** Reference: the protocols that are read, how far, and their fields. The same list that dissects. */

import { useEffect, useState } from "preact/hooks";
import { announce } from "../../base/announce.ts";
import { takeFocus } from "../../base/focus.ts";
import { go, replaceQuery, route } from "../../base/routes.ts";
import type { StepDef } from "../../base/step.ts";
import { count, plural } from "../../base/text.ts";
import { captures } from "../../engine/client.ts";
import { type AnomalyEntry, type FieldEntry, PRIORITY, type ProtocolEntry } from "../../engine/contract.ts";
import { narrow } from "../../engine/narrowing.ts";
import { useResult } from "../../engine/results.ts";
import { PlainTable } from "../../widgets/plaintable.tsx";
import { Around, Empty } from "../../widgets/states.tsx";

/** Words of a value list shown before the rest is unfolded. */
const WORDS = 12;

const to = (name: string): string => `#/reference?name=${encodeURIComponent(name)}`;

const has = (text: string, ...parts: string[]): boolean => parts.some((p) => p.toLowerCase().includes(text));

function where(p: ProtocolEntry): string {
	const keys = p.carried.length > 4 ? [...p.carried.slice(0, 3), `${p.carried.length - 3} more`] : p.carried;
	if (p.by_content) keys.push("by content");
	return keys.length > 0 ? keys.join(", ") : "inside other protocols";
}

function List({ text }: { text: string }) {
	const r = useResult("reference", () => ({}), PRIORITY.analysis);
	return (
		<Around of={r} what="Listing the protocols">
			{(v) => {
				const shown = v.protocols.filter((p) => has(text, p.name, p.title, p.spec));
				return shown.length === 0 ? (
					<Empty title={`No protocol is called “${text}”`}>
						<span>A field’s whole name leads to its protocol: press Enter.</span>
					</Empty>
				) : (
					<>
						<p class="muted small">{plural(shown.length, "protocol")}.</p>
						<PlainTable head={["Protocol", "How far it is read", "Where it is looked for", { title: "Fields", as: "end" }, "Defined in"]}>
							{shown.map((p) => (
								<tr key={p.name}>
									<td>
										<a href={to(p.name)}>{p.title}</a> <code class="muted">{p.name}</code>
									</td>
									<td>{p.level}</td>
									<td class="break">{where(p)}</td>
									<td class="n">{count(p.fields)}</td>
									<td>{p.spec}</td>
								</tr>
							))}
						</PlainTable>
					</>
				);
			}}
		</Around>
	);
}

function Values({ of }: { of: FieldEntry["values"] }) {
	if (of.length === 0) return null;
	const line = (list: FieldEntry["values"]): string => list.map(([n, word]) => `${n} ${word}`).join(" · ");
	return of.length <= WORDS ? (
		<div class="muted small">{line(of)}</div>
	) : (
		<details class="muted small">
			<summary>{plural(of.length, "named value")}</summary>
			{line(of)}
		</details>
	);
}

function Fields({ all, text, asked }: { all: FieldEntry[]; text: string; asked: string }) {
	const shown = all.filter((f) => has(text, f.name, f.title, ...f.part_of));
	return (
		<>
			<h2>Fields</h2>
			{shown.length === 0 && (
				<p class="muted">{all.length === 0 ? "None of its own." : `None of its ${all.length} fields has “${text}”.`}</p>
			)}
			{shown.length > 0 && (
				<PlainTable head={["Field", "Meaning", "Type", "Defined in", { title: "Filter", as: "offscreen" }]}>
					{shown.map((f) => (
						<tr key={f.name} aria-current={f.name === asked || f.part_of.includes(asked) ? "true" : undefined}>
							<td>
								<code>{f.name}</code>
								{f.part_of.length > 0 && <div class="muted small">also {f.part_of.join(", ")}</div>}
							</td>
							<td>
								{f.title}
								<Values of={f.values} />
							</td>
							<td>{f.type}</td>
							<td>{f.spec}</td>
							<td>
								<button
									type="button"
									class="button small"
									aria-label={`Filter to packets with ${f.name}`}
									disabled={captures.value.length === 0}
									onClick={() => {
										narrow({ filter: f.name });
										go("#/understand/packets");
									}}
								>
									Filter
								</button>
							</td>
						</tr>
					))}
				</PlainTable>
			)}
		</>
	);
}

function Anomalies({ all }: { all: AnomalyEntry[] }) {
	if (all.length === 0) return null;
	return (
		<>
			<h2>What it complains about</h2>
			<PlainTable head={["Anomaly", "Severity", "Group", "In words"]}>
				{all.map((a) => (
					<tr key={a.id}>
						<td>
							<code>{a.id}</code>
						</td>
						<td>{a.severity}</td>
						<td>{a.group}</td>
						<td>{a.says}</td>
					</tr>
				))}
			</PlainTable>
		</>
	);
}

function One({ name, text }: { name: string; text: string }) {
	const r = useResult("reference", () => ({ name }), PRIORITY.selection, [name]);
	useEffect(() => {
		if (r.state !== "done") return;
		const row = document.querySelector<HTMLElement>(".reference tr[aria-current]");
		row?.scrollIntoView({ block: "center" });
		const heading = document.querySelector<HTMLElement>(".reference h2");
		if (heading) takeFocus(heading);
		announce(r.value?.protocol ? `${r.value.protocol.title}, ${plural(r.value.fields.length, "field")}` : `Nothing is called ${name}`);
	}, [r.state, name]);
	return (
		<Around of={r} what={`Looking up ${name}`}>
			{({ protocol: p, fields }) =>
				p === null ? (
					<Empty title={`No protocol or field is called “${name}”`}>
						<a class="button" href="#/reference">
							All protocols
						</a>
					</Empty>
				) : (
					<div class="stack">
						<h2 tabIndex={-1}>
							{p.title} <code class="muted">{p.name}</code>
						</h2>
						<p>
							Read: {p.level}. Looked for: {where({ ...p, carried: p.carried })}.{p.spec !== "" && ` Defined in ${p.spec}.`}
						</p>
						<Fields all={fields} text={text} asked={name} />
						{p.logs.map((log) => (
							<div key={log.map((c) => c.name).join()}>
								<h2>Messages</h2>
								<p class="muted small">
									Columns of <code>weir log {p.name}</code>, named as Zeek names them where it has the log.
								</p>
								<PlainTable head={["Column", "Meaning"]}>
									{log.map((c) => (
										<tr key={c.name}>
											<td>
												<code>{c.name}</code>
											</td>
											<td>{c.title}</td>
										</tr>
									))}
								</PlainTable>
							</div>
						))}
						<Anomalies all={p.anomalies} />
					</div>
				)
			}
		</Around>
	);
}

function View() {
	const name = route.value.query.name ?? "";
	const [text, setText] = useState("");
	useEffect(() => setText(""), [name]);
	const search = text.trim().toLowerCase();
	return (
		<div class="stack reference">
			<div class="row">
				<label class="field grow">
					{name === "" ? "Find a protocol; Enter opens a field by its name" : "Find a field of it"}
					<input
						type="search"
						value={text}
						placeholder={name === "" ? "tls, or http.host" : "host"}
						onInput={(e) => setText(e.currentTarget.value)}
						onKeyDown={(e) => {
							if (e.key === "Enter" && name === "" && search !== "") go(to(search));
						}}
					/>
				</label>
				{name !== "" && (
					<button type="button" class="button" onClick={() => replaceQuery({})}>
						All protocols
					</button>
				)}
			</div>
			{name === "" ? <List text={search} /> : <One name={name} text={search} />}
		</div>
	);
}

export const reference: StepDef = {
	id: "reference",
	name: "Reference",
	title: "Protocols and fields",
	lead: "What is read, how far, and under which names: filters, columns and logs use them.",
	number: null,
	phase: "Environment",
	icon: "more",
	state: () => ({ state: "none", words: "for looking things up" }),
	primary: null,
	View,
};
