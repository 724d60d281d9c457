/**
 * Focus that its own action took away: a removed row, a chip that is gone, a button that went dead. The browser drops it
 * to the beginning of the page; here it goes to the neighbour of what was there. A change of the page is not its affair.
 */

const FOCUSABLE =
	'a[href], button:not(:disabled), input:not(:disabled):not([type="hidden"]):not([hidden]), select:not(:disabled), textarea:not(:disabled), summary, [tabindex="0"]';
/** Inside of these; what replaces one of them as a whole places the focus itself. */
const REGIONS = "#content, .limits, aside.side";

/** The last element with the focus, with the way up to its region: each ancestor and the place of its child. */
let last: HTMLElement | null = null;
let way: [Element, number][] = [];
let verb = "";

const firstWord = (e: Element): string => (e.getAttribute("aria-label") ?? e.textContent ?? "").trim().split(/\s/, 1)[0] ?? "";

function remember(e: Event): void {
	const to = e.target;
	if (!(to instanceof HTMLElement)) return;
	last = to;
	verb = firstWord(to);
	way = [];
	const region = to.closest(REGIONS);
	for (let at: Element = to; region && at !== region && at.parentElement; at = at.parentElement)
		way.push([at.parentElement, [...at.parentElement.children].indexOf(at)]);
}

function shown(e: Element): e is HTMLElement {
	return e instanceof HTMLElement && e.getClientRects().length > 0;
}

/** The neighbour below `box`: what does the same before what does something else, what comes after before what came before. */
function neighbour(box: Element, place: number): HTMLElement | null {
	const all = [...box.querySelectorAll(FOCUSABLE)].filter(shown);
	const after = all.filter((e) => [...box.children].findIndex((c) => c.contains(e)) >= place);
	const before = all.filter((e) => !after.includes(e));
	const same = (e: Element): boolean => verb !== "" && firstWord(e) === verb;
	return after.find(same) ?? before.findLast(same) ?? after[0] ?? before.at(-1) ?? null;
}

function heading(box: Element): HTMLElement | null {
	const h = [...box.querySelectorAll<HTMLElement>("h1, h2, h3")].find(shown);
	if (h && !h.hasAttribute("tabindex")) h.tabIndex = -1;
	return h ?? null;
}

function restore(): void {
	if (!last || way.length === 0) return;
	const at = document.activeElement;
	const dead = last.isConnected && "disabled" in last && last.disabled === true;
	if (at !== document.body && !(dead && at === last)) return;
	if (last.isConnected && !dead) return;
	const from = way.findIndex(([box]) => box.isConnected);
	const region = way.at(-1)?.[0];
	// What is left of a page that was replaced as a whole is its frame.
	if (from < 0 || !region?.isConnected || (way[from]?.[0] === region && region.id === "content")) return;
	for (const [box, place] of way.slice(from)) {
		const to = neighbour(box, place) ?? heading(box);
		if (!to) continue;
		to.focus();
		return;
	}
}

/** Who left a control that is still there, for nothing, is not called back to it later. */
function forget(e: Event): void {
	const from = e.target;
	setTimeout(() => {
		const alive = last === from && last?.isConnected && !("disabled" in last && last.disabled === true);
		if (alive && document.activeElement === document.body) last = null;
	}, 0);
}

export function startNeighbours(root: HTMLElement): void {
	root.addEventListener("focusin", remember);
	root.addEventListener("focusout", forget);
	new MutationObserver(restore).observe(root, { childList: true, subtree: true, attributes: true, attributeFilter: ["disabled"] });
}
