/** State of the shell alone: what is open over the page. */

import { signal } from "@preact/signals";

export const overlay = signal<"" | "palette" | "keys" | "settings" | "explain">("");
export const chooser: { open: () => void } = { open: () => {} };
