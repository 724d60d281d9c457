/** Saving and copying. The only ways anything leaves the page, each by a press. */

/** Saves a blob under a name through the browser's own download. */
export function saveBlob(blob: Blob, name: string): void {
	const url = URL.createObjectURL(blob);
	const a = document.createElement("a");
	a.href = url;
	a.download = name;
	document.body.append(a);
	a.click();
	a.remove();
	setTimeout(() => URL.revokeObjectURL(url), 60_000);
}

export function saveText(text: string, name: string, mime: string): void {
	saveBlob(new Blob([text], { type: `${mime};charset=utf-8` }), name);
}

/** Copies text; falls back to a selection where the clipboard is not allowed. True when it worked. */
export async function copyText(text: string): Promise<boolean> {
	try {
		await navigator.clipboard.writeText(text);
		return true;
	} catch {
		const area = document.createElement("textarea");
		area.value = text;
		area.className = "offscreen";
		document.body.append(area);
		area.select();
		const ok = document.execCommand("copy");
		area.remove();
		return ok;
	}
}
