/** Hash routes: "#/understand/packets?p=A:12". The address is the state; back and forward are the browser's. */

import { signal } from "@preact/signals";
import { enter, leave } from "./places.ts";

export interface Route {
	step: string;
	tab: string;
	query: Record<string, string>;
}

export function parseRoute(hash: string): Route {
	const [path = "", search = ""] = hash.replace(/^#\/?/, "").split("?", 2);
	const [step = "", tab = ""] = path.split("/");
	const query: Record<string, string> = {};
	for (const [k, v] of new URLSearchParams(search)) query[k] = v;
	return { step, tab, query };
}

export function printRoute(r: Route): string {
	const q = new URLSearchParams(r.query).toString();
	return `#/${r.step}${r.tab ? `/${r.tab}` : ""}${q ? `?${q}` : ""}`;
}

export const route = signal<Route>(parseRoute(globalThis.location?.hash ?? ""));

export function startRoutes(): void {
	let shown = location.hash;
	enter();
	const read = (): void => {
		// One change of the address may be told twice.
		if (location.hash === shown) return;
		shown = location.hash;
		leave();
		enter();
		route.value = parseRoute(location.hash);
	};
	addEventListener("hashchange", read);
	addEventListener("popstate", read);
	route.value = parseRoute(location.hash);
}

export function go(hash: string): void {
	if (location.hash === hash) return;
	location.hash = hash;
}

/** Changes the query without a new entry in the history. */
export function replaceQuery(query: Record<string, string>): void {
	const r = { ...route.value, query };
	history.replaceState(history.state, "", printRoute(r));
	route.value = r;
}
