/** One polite live region: at most one message in two seconds, the newest wins. Errors go at once. */

import { signal } from "@preact/signals";

export const polite = signal("");
export const assertive = signal("");

/** The same sentence a second time is a change as well, or nobody would hear it. */
const again = (old: string, text: string): string => (old === text ? `${text}\u00a0` : text);

const QUIET_MS = 2000;
let last = 0;
let timer: ReturnType<typeof setTimeout> | undefined;

export function announce(text: string): void {
	clearTimeout(timer);
	const wait = Math.max(0, last + QUIET_MS - performance.now());
	timer = setTimeout(() => {
		last = performance.now();
		polite.value = again(polite.value, text);
	}, wait);
}

export function alarm(text: string): void {
	assertive.value = again(assertive.value, text);
}
