/** State of the shell alone: what is open over the page, and whether the evidence stands beside it. */

import { computed, signal } from "@preact/signals";
import { set, settings } from "../base/settings.ts";

export const overlay = signal<
	"" | "palette" | "keys" | "settings" | "explain" | "new-case" | "came" | "conflicts" | "kept" | "ask-help" | "save-case"
>("");
export const chooser: { open: () => void } = { open: () => {} };

/** From here on the drawer has its own column beside a whole rail; below it is opened for a while and never kept open. */
const roomy = matchMedia("(min-width: 1280px)");
export const wide = signal(roomy.matches);
roomy.addEventListener("change", () => (wide.value = roomy.matches));
const forNow = signal(false);

export const drawer = computed(() => (wide.value ? settings.value.drawer : forNow.value));

export function showDrawer(open: boolean): void {
	if (wide.value) set("drawer", open);
	else forNow.value = open;
}
