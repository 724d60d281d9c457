/** The head: brand, case, captures, search, help, theme. */

import { doc, rename } from "../base/case.ts";
import { shownKey } from "../base/keys.ts";
import { go } from "../base/routes.ts";
import { set, settings } from "../base/settings.ts";
import { bytes, plural } from "../base/text.ts";
import { startPass } from "../engine/casework.ts";
import { captures } from "../engine/client.ts";
import { block } from "../engine/start.ts";
import { openMenu, showMenu } from "../widgets/dialog.tsx";
import { Icon } from "../widgets/icons.tsx";
import { complain } from "../widgets/toast.tsx";
import { caseName, saveOrSay, savePage, startCase, takeSample } from "./files.ts";
import { chooser, drawer, overlay, showDrawer } from "./state.ts";
import { saveTemplate } from "./template.tsx";
import { unsettled } from "./together.ts";

const THEMES = { system: "screen", light: "sun", dark: "moon" } as const;

function caseMenu(e: MouseEvent): void {
	const box = (e.currentTarget as HTMLElement).getBoundingClientRect();
	showMenu(box.left, box.bottom + 4, "Case", [
		{ title: "Open captures or a case file…", key: shownKey("Mod+o"), run: () => chooser.open() },
		...(block("weir-sample") ? [{ title: "Open the sample capture", run: () => void takeSample() }] : []),
		"line",
		{ title: "Save the case file", key: shownKey("Mod+s"), run: () => void saveOrSay() },
		{ title: "Save Weir with this case inside", run: () => void savePage(true) },
		{ title: "Save with packets or files…", run: () => (overlay.value = "save-case") },
		{ title: "Save as a template, without evidence", run: () => void saveTemplate(caseName()) },
		{ title: "Save an empty copy of Weir", run: () => void savePage(false) },
		{ title: "Ask for help…", run: () => (overlay.value = "ask-help") },
		"line",
		...(unsettled.value > 0 ? [{ title: `Settle ${plural(unsettled.value, "conflict")}…`, run: () => (overlay.value = "conflicts") }] : []),
		{ title: "Cases kept in this browser…", run: () => (overlay.value = "kept") },
		{
			title: "Start another pass",
			run: () => {
				startPass(complain);
				go("#/issue");
			},
		},
		{ title: "Start a new case… (saves this one first)", run: () => startCase() },
		{ title: "Settings and privacy…", run: () => (overlay.value = "settings") },
	]);
}

export function Head() {
	const theme = settings.value.theme;
	const next = theme === "system" ? "light" : theme === "light" ? "dark" : "system";
	return (
		<header class="head">
			<a class="brand" href="#/" aria-label="Weir, start page">
				<Icon name="weir" />
				<span>Weir</span>
			</a>
			<input
				class="case-name"
				type="text"
				aria-label="Name of the case"
				placeholder="Unnamed case"
				value={doc.value.title}
				onInput={(e) => rename(e.currentTarget.value)}
			/>
			<button type="button" class="button plain small" aria-haspopup="menu" aria-expanded={openMenu.value === "Case"} onClick={caseMenu}>
				Case <span aria-hidden="true">▾</span>
			</button>
			<a class="button plain small" href="#/capture">
				{captures.value.length === 0 ? (
					"No capture"
				) : captures.value.length === 1 ? (
					<bdi>{`${captures.value[0]?.capture} ${captures.value[0]?.name}`}</bdi>
				) : (
					`${captures.value.length} captures, ${bytes(captures.value.reduce((n, c) => n + c.bytes, 0))}`
				)}
			</a>
			<span class="grow" />
			<button type="button" class="button small search" onClick={() => (overlay.value = "palette")}>
				<span>
					<Icon name="search" /> Search or run…
				</span>
				<span class="key">{shownKey("Mod+k")}</span>
			</button>
			<button
				type="button"
				class="button plain small"
				aria-label="Keys and help"
				title="Keys and help (?)"
				onClick={() => (overlay.value = "keys")}
			>
				<Icon name="help" />
			</button>
			<button
				type="button"
				class="button plain small"
				aria-label={`Theme: ${theme}. Change to ${next}`}
				title={`Theme: ${theme}`}
				onClick={() => set("theme", next)}
			>
				<Icon name={THEMES[theme]} />
			</button>
			<button
				type="button"
				class="button plain small"
				id="evidence-toggle"
				aria-expanded={drawer.value}
				title="Evidence drawer"
				aria-label="Evidence drawer"
				onClick={() => showDrawer(!drawer.value)}
			>
				<Icon name="pin" />
			</button>
		</header>
	);
}
