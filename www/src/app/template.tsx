/** A case as a template: saved without its evidence, and a template's placeholders filled in for this case. */

import { signal } from "@preact/signals";
import { useState } from "preact/hooks";
import { add, type Bodies, doc, type Kind, log } from "../base/case.ts";
import { saveBlob } from "../base/download.ts";
import { go } from "../base/routes.ts";
import { fillIn, type Template } from "../base/template.ts";
import { plural } from "../base/text.ts";
import { ask } from "../engine/client.ts";
import { PRIORITY } from "../engine/contract.ts";
import { toError } from "../engine/results.ts";
import { Dialog } from "../widgets/dialog.tsx";
import { complain, toast } from "../widgets/toast.tsx";

/** The template that waits to be applied. */
export const offeredTemplate = signal<{ name: string; template: Template } | null>(null);

const KIND_WORDS: Record<string, string> = {
	address: "Address",
	network: "Network",
	name: "Name, file, hash or other text",
	time: "Time, as 2026-03-04T12:00:00Z",
	number: "Number",
};

export async function saveTemplate(name: string): Promise<void> {
	try {
		const r = await ask("case.template", { document: doc.value }, { priority: PRIORITY.selection });
		saveBlob(r.blob, `${name}.weir-template.json`);
		log("saved the case as a template", "save");
		toast("Template saved: the method with placeholders, no evidence. Read it before you give it away.");
	} catch (e) {
		complain(`Not saved: ${toError(e).message}`);
	}
}

export function TemplateDialog() {
	const [values, setValues] = useState<Record<string, string>>({});
	const offer = offeredTemplate.value;
	if (!offer) return null;
	const { name, template } = offer;
	const close = (): void => {
		offeredTemplate.value = null;
	};
	const { items, waiting } = fillIn(template, values);
	const apply = (): void => {
		close();
		for (const i of items) add(i.kind as Kind, i.body as unknown as Bodies[Kind], i.step);
		log(`applied the template ${name}: ${plural(items.length, "item")}`, "template");
		toast(`${plural(items.length, "item")} of the template added${waiting > 0 ? `, ${waiting} left out for lack of a value` : ""}.`);
		go("#/issue");
	};
	return (
		<Dialog title="Apply a template" onClose={close}>
			<p>
				<bdi>{name}</bdi> holds how a case was worked. Fill in what is known of this one: what stays empty is left out, and can be written
				later.
			</p>
			{template.placeholders.map((p) => (
				<label class="field" key={p.mark}>
					<span>
						<bdi>{p.mark}</bdi> <span class="muted small">in {plural(p.uses, "place")}</span>
					</span>
					<input
						type="text"
						placeholder={KIND_WORDS[p.kind] ?? p.kind}
						value={values[p.mark] ?? ""}
						onInput={(e) => setValues({ ...values, [p.mark]: e.currentTarget.value })}
					/>
				</label>
			))}
			<p class="row">
				<button type="button" class="button primary" onClick={apply}>
					Apply: {plural(items.length, "item")}
				</button>
				{waiting > 0 && <span class="muted small">{plural(waiting, "item")} wait for a value and are left out</span>}
			</p>
		</Dialog>
	);
}
