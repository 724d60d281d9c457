/** The status line: engine, privacy, save state, pass, zone. */

import { doc, pass, readOnly, saved } from "../base/case.ts";
import { set, settings } from "../base/settings.ts";
import { bytes, plural } from "../base/text.ts";
import { engine, memory } from "../engine/client.ts";
import { loading } from "../engine/loads.ts";
import { overlay } from "./state.ts";
import { unsettled } from "./together.ts";

const HERE = Intl.DateTimeFormat().resolvedOptions().timeZone;

export function Status() {
	const e = engine.value;
	const s = saved.value;
	const words =
		e.state === "starting" ? "engine is starting" : e.state === "dead" ? "engine stopped" : loading.value ? "reading" : "engine ready";
	const zone = settings.value.zone;
	return (
		<footer class="foot">
			<span class={e.state === "dead" ? "high" : e.state === "ready" ? "ok" : "muted"}>
				<span class="dot" aria-hidden="true" /> {words}
				{memory.value > 0 && `, ${bytes(memory.value)} in use`}
			</span>
			<span>All data stays on this machine. This page cannot make network requests.</span>
			<span class={s.state === "failed" ? "high" : ""}>
				{readOnly.value
					? "reading a copy: nothing is kept"
					: s.state === "failed"
						? "Notes could not be stored in this browser: save the case file"
						: s.state === "waiting"
							? "saving…"
							: s.state === "saved"
								? s.at
									? `notes kept ${s.at.slice(11, 19)} UTC`
									: "notes restored"
								: doc.value.items.length === 0
									? "no notes yet"
									: ""}
			</span>
			{unsettled.value > 0 && (
				<button type="button" class="button plain small" onClick={() => (overlay.value = "conflicts")}>
					{plural(unsettled.value, "conflict")}
				</button>
			)}
			<span>pass {pass.value}</span>
			<span class="grow" />
			{HERE !== "UTC" && (
				<button
					type="button"
					class="button plain small"
					onClick={() => set("zone", zone === "UTC" ? HERE : "UTC")}
					title="One switch for every time on every screen"
				>
					Times in {zone}
				</button>
			)}
			{HERE === "UTC" && <span>Times in {zone}</span>}
			<span>{e.version && `Weir ${e.version}`}</span>
		</footer>
	);
}
