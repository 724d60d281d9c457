/** Chips with an entry field, copy buttons, and other small shared parts. */

import type { ComponentChildren } from "preact";
import { useId, useState } from "preact/hooks";
import { announce } from "../base/announce.ts";
import { copyText } from "../base/download.ts";
import { Icon } from "./icons.tsx";
import { Refusal } from "./states.tsx";
import { complain, toast } from "./toast.tsx";

export function Chip({ children, onRemove, label }: { children: ComponentChildren; onRemove: () => void; label: string }) {
	return (
		<span class="chip">
			<span class="text">{children}</span>
			<button type="button" aria-label={`Remove ${label}`} onClick={onRemove}>
				×
			</button>
		</span>
	);
}

/** A field whose Enter or button adds what was typed; the field keeps what was refused and says why. */
export function AddField({
	label,
	placeholder,
	button,
	onAdd,
	hint,
}: {
	label: string;
	placeholder: string;
	button: string;
	onAdd: (text: string) => string | null;
	hint?: string;
}) {
	const [text, setText] = useState("");
	const [error, setError] = useState<string | null>(null);
	const why = useId();
	const add = (): void => {
		if (text.trim() === "") return;
		const e = onAdd(text);
		setError(e);
		if (e !== null) return;
		setText("");
		announce(`Added ${text.trim().slice(0, 120)}`);
	};
	return (
		<div class="stack tight">
			<div class="row nowrap">
				<input
					type="text"
					class="grow"
					aria-label={label}
					aria-invalid={error !== null}
					aria-describedby={error ? why : undefined}
					placeholder={placeholder}
					value={text}
					onInput={(e) => {
						setText(e.currentTarget.value);
						setError(null);
					}}
					onKeyDown={(e) => {
						if (e.key === "Enter" && !e.ctrlKey && !e.metaKey) {
							e.preventDefault();
							add();
						}
					}}
				/>
				<button type="button" class="button" onClick={add}>
					<Icon name="plus" /> {button}
				</button>
			</div>
			{error ? <Refusal id={why} text={error} /> : hint && <span class="hint">{hint}</span>}
		</div>
	);
}

export function CopyButton({ text, what }: { text: string; what: string }) {
	return (
		<button
			type="button"
			class="button small"
			aria-label={`Copy ${what}`}
			onClick={async () => {
				const ok = await copyText(text);
				if (ok) toast(`Copied ${what}.`);
				else complain("Copying is not allowed here; select the text instead.");
			}}
		>
			<Icon name="copy" /> Copy
		</button>
	);
}
