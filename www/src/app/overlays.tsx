/** What opens over the page: palette, key sheet, explanation, settings. */

import { useState } from "preact/hooks";
import { forgetEverything } from "../base/case.ts";
import { decodeAsked } from "../base/decodeas.ts";
import { allCommands, shownKey } from "../base/keys.ts";
import { bringing } from "../base/map.ts";
import { go, route } from "../base/routes.ts";
import { type Settings, set, settings } from "../base/settings.ts";
import { plural, refang } from "../base/text.ts";
import { validZone } from "../base/time.ts";
import { captures } from "../engine/client.ts";
import { narrow } from "../engine/narrowing.ts";
import { BUILD } from "../engine/start.ts";
import { PAGES } from "../pages/index.ts";
import { STEPS } from "../steps/index.ts";
import { Dialog } from "../widgets/dialog.tsx";
import { type Choice, Palette } from "../widgets/palette.tsx";
import { PlainTable } from "../widgets/plaintable.tsx";
import { Refusal } from "../widgets/states.tsx";
import { toast } from "../widgets/toast.tsx";
import { AskHelp } from "./askhelp.tsx";
import { BringDialog } from "./bring.tsx";
import { CameDialog } from "./came.tsx";
import { Conflicts } from "./conflicts.tsx";
import { DecodeAsDialog } from "./decodeas.tsx";
import { newCase } from "./files.ts";
import { Kept } from "./kept.tsx";
import { NameField } from "./readonly.tsx";
import { SaveCase } from "./savecase.tsx";
import { overlay } from "./state.ts";
import { offeredTemplate, TemplateDialog } from "./template.tsx";

const close = (): void => {
	overlay.value = "";
};

function special(text: string): Choice[] | null {
	const rest = refang(text.slice(1));
	if (text.startsWith(":")) {
		const m = /^(?:([A-Za-z]{1,3}):?)?p?(\d{1,9})$/.exec(rest);
		if (!m) return rest === "" ? [] : null;
		const p = `${(m[1] ?? captures.value[0]?.capture ?? "A").toUpperCase()}:${m[2]}`;
		return [{ id: "goto", title: `Go to packet ${p}`, hint: "Packets", run: () => go(`#/understand/packets?p=${p}`) }];
	}
	if (text.startsWith("@"))
		return rest
			? [{ id: "host", title: `Show host ${rest}`, hint: "Hosts", run: () => go(`#/understand/hosts?host=${encodeURIComponent(rest)}`) }]
			: [];
	if (text.startsWith("#"))
		return [
			{
				id: "finding",
				title: rest ? `Show finding ${rest}` : "Show all findings",
				hint: "Findings",
				run: () => go(`#/understand/findings${rest ? `?id=${encodeURIComponent(rest)}` : ""}`),
			},
		];
	if (text.startsWith("/"))
		return rest
			? [
					{
						id: "filter",
						title: `Filter to ${rest}`,
						hint: "Packets",
						run: () => {
							narrow({ filter: rest });
							go("#/understand/packets");
						},
					},
				]
			: [];
	return null;
}

/** The lists of the traffic search their own rows. */
function elsewhere(text: string): Choice[] {
	if (text.length < 2 || captures.value.length === 0) return [];
	return ["Requests", "Files", "Hosts", "Conversations", "Packets"].map((list) => ({
		id: `find-${list}`,
		title: `Find “${text}” in ${list}`,
		hint: "rows that contain it",
		run: () => go(`#/understand/${list.toLowerCase()}?text=${encodeURIComponent(text)}`),
	}));
}

function SingleKeys() {
	return (
		<label class="check">
			<input type="checkbox" checked={settings.value.single_keys} onChange={(e) => set("single_keys", e.currentTarget.checked)} />
			Single letters are keys (outside of text fields)
		</label>
	);
}

function Keys() {
	const all = allCommands().filter((c) => c.keys.length > 0);
	const scopes = [...new Set(all.map((c) => c.scope))];
	const fixed: [string, [string, string][]][] = [
		[
			"in tables",
			[
				["↑ ↓ PgUp PgDn Home End, j k", "Move to another row"],
				["← →", "Move to another column"],
				["Enter", "Go into the details"],
				["Menu key, Shift F10", "What can be done with this cell"],
				["F, X", "Filter to this value, exclude it"],
				["Ctrl C, Ctrl Shift C", "Copy the value, copy as reference"],
				["S", "Follow the stream"],
				["[ ]", "Previous, next packet of the conversation"],
			],
		],
		[
			"in trees and outlines",
			[
				["→ ←", "Unfold, fold or go to the parent"],
				["*", "Unfold everything"],
			],
		],
		[
			"while writing",
			[
				["[[, #", "Offer what can be referred to, offer known tags"],
				["↑ ↓, Enter or Tab, Esc", "In that list: choose, write it, close the list"],
				["Ctrl B, Ctrl I, Ctrl E", "In a note: strong, emphasis, code"],
				["Enter", "In a note: the next item of a list; in an empty one: the list ends"],
			],
		],
		[
			"among bytes",
			[
				["← → ↑ ↓", "Move, with the field that holds the byte"],
				["Shift and an arrow or a click", "Mark bytes: E pins them, N writes on them"],
			],
		],
		[
			"on the timeline",
			[
				["← →", "Move"],
				["Shift ← →", "Select a range"],
				["Enter, Esc", "Keep, drop the range"],
				["Shift T", "Show as table"],
			],
		],
	];
	return (
		<Dialog title="Keys" onClose={close}>
			<div class="columns">
				{scopes.map((s) => (
					<div key={s}>
						<h3>{s === "global" ? "everywhere" : `in ${s}`}</h3>
						<PlainTable>
							{all
								.filter((c) => c.scope === s)
								.map((c) => (
									<tr key={c.id}>
										<td>
											<span class="key">{c.keys.map(shownKey).join(" or ")}</span>
										</td>
										<td>{c.title}</td>
									</tr>
								))}
						</PlainTable>
					</div>
				))}
				{fixed.map(([title, rows]) => (
					<div key={title}>
						<h3>{title}</h3>
						<PlainTable>
							{rows.map(([k, t]) => (
								<tr key={k}>
									<td>
										<span class="key">{k}</span>
									</td>
									<td>{t}</td>
								</tr>
							))}
						</PlainTable>
					</div>
				))}
			</div>
			<SingleKeys />
		</Dialog>
	);
}

function Explain() {
	const def = [...STEPS, ...PAGES].find((s) => s.id === route.value.step);
	return (
		<Dialog title={def ? def.title : "Weir"} onClose={close}>
			<p>{def ? def.lead : "Weir looks at captures of network traffic on this machine alone."}</p>
			{def?.explain?.() && <p>{def.explain()}</p>}
			<p>
				Every number and sentence that rests on packets carries a reference such as <code>[[p12]]</code>: a click leads there.{" "}
				<span class="key">E</span> pins what is selected, <span class="key">N</span> writes a note on it, <span class="key">?</span> lists
				all keys.
			</p>
			<p>“Not seen” always says what was checked. “Cannot tell” says what in the capture stands in the way.</p>
		</Dialog>
	);
}

function Select<K extends keyof Settings>({ name, title, options }: { name: K; title: string; options: [Settings[K], string][] }) {
	return (
		<label class="field">
			{title}
			<select value={String(settings.value[name])} onChange={(e) => set(name, e.currentTarget.value as Settings[K])}>
				{options.map(([v, t]) => (
					<option key={String(v)} value={String(v)}>
						{t}
					</option>
				))}
			</select>
		</label>
	);
}

function SettingsDialog() {
	const [refused, setRefused] = useState("");
	return (
		<Dialog title="Settings and privacy" onClose={close}>
			<div class="form-row">
				<Select
					name="theme"
					title="Theme"
					options={[
						["system", "as the system"],
						["light", "light"],
						["dark", "dark"],
					]}
				/>
				<Select
					name="density"
					title="Rows"
					options={[
						["dense", "dense"],
						["normal", "normal"],
						["comfortable", "comfortable"],
					]}
				/>
				<div class="stack tight">
					<label class="field">
						Zone of every time
						<input
							type="text"
							list="zones"
							aria-invalid={refused !== ""}
							aria-describedby={refused ? "zone-why" : undefined}
							value={settings.value.zone}
							onChange={(e) => {
								const z = e.currentTarget.value.trim() || "UTC";
								setRefused("");
								if (validZone(z)) set("zone", z);
								else {
									setRefused(`“${z}” is no time zone of this browser.`);
									e.currentTarget.value = settings.value.zone;
								}
							}}
						/>
						<datalist id="zones">
							{["UTC", ...(Intl.supportedValuesOf?.("timeZone") ?? [])].map((z) => (
								<option key={z} value={z} />
							))}
						</datalist>
					</label>
					<Refusal id="zone-why" text={refused} />
				</div>
			</div>
			<label class="check">
				<input type="checkbox" checked={settings.value.tints} onChange={(e) => set("tints", e.currentTarget.checked)} /> Tint rows by
				protocol family
			</label>
			<SingleKeys />
			<h3>Privacy</h3>
			<p class="small">
				Notes and settings are kept in this browser’s storage, which other local files opened in this browser may be able to read. Captured
				payload, file bodies and credentials are never stored. “Forget everything” removes it all, every kept case among it; a saved case
				file is not touched.
			</p>
			<NameField />
			<p class="row">
				<button
					type="button"
					class="button danger"
					onClick={async () => {
						await forgetEverything();
						close();
						toast("Everything this page kept in the browser is gone.");
					}}
				>
					Forget everything
				</button>
			</p>
			<p class="small muted">Build {BUILD()}</p>
		</Dialog>
	);
}

/** What becomes of the captures when a new case begins. */
function NewCase() {
	const start = (keep: boolean): void => {
		close();
		void newCase(keep);
	};
	return (
		<Dialog title="Start a new case" onClose={close}>
			<p>This case is saved as a file first. {plural(captures.value.length, "capture is", "captures are")} loaded:</p>
			<ul>
				{captures.value.map((c) => (
					<li key={c.capture}>
						<bdi>
							{c.capture} {c.name}
						</bdi>
					</li>
				))}
			</ul>
			<p class="row">
				<button type="button" class="button primary" onClick={() => start(false)}>
					Start empty
				</button>
				<button type="button" class="button" onClick={() => start(true)}>
					Keep the captures loaded
				</button>
			</p>
		</Dialog>
	);
}

export function Overlays() {
	if (decodeAsked.value !== null)
		return (
			<DecodeAsDialog
				onClose={() => {
					decodeAsked.value = null;
				}}
			/>
		);
	if (bringing.value !== null) return <BringDialog />;
	if (offeredTemplate.value !== null) return <TemplateDialog />;
	switch (overlay.value) {
		case "palette":
			return (
				<Palette
					onClose={close}
					special={special}
					elsewhere={elsewhere}
					choices={allCommands()
						.filter((c) => c.scope === "global" && c.id !== "palette")
						.map((c) => ({ id: c.id, title: c.title, hint: c.keys.map(shownKey).join(" "), run: c.run }))}
				/>
			);
		case "keys":
			return <Keys />;
		case "settings":
			return <SettingsDialog />;
		case "explain":
			return <Explain />;
		case "new-case":
			return <NewCase />;
		case "ask-help":
			return <AskHelp onClose={close} />;
		case "save-case":
			return <SaveCase onClose={close} />;
		case "came":
			return <CameDialog onClose={close} />;
		case "conflicts":
			return <Conflicts onClose={close} />;
		case "kept":
			return <Kept onClose={close} />;
		default:
			return null;
	}
}
