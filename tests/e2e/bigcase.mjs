/** A case with a mind map of many nodes and edges: always the same for the same numbers. */

const SORTS = ["host", "file", "name", "event", "hypothesis", "open", "action"];
const VERBS = ["fetched", "sent", "resolved", "contacted", "then", "same content"];

/** Numbers of 32 bits in a row that is always the same. */
function row(seed) {
	let s = seed >>> 0;
	return (most) => {
		s = (Math.imul(s, 1664525) + 1013904223) >>> 0;
		return Math.floor((s / 2 ** 32) * most);
	};
}

/** `nodes` in a tree of four to twelve children each, and `edges` between any two of them. */
export function bigCase(nodes, edges) {
	const next = row(7);
	const author = "b".repeat(32);
	let counter = 0;
	const item = (n, kind, body) => ({
		id: n.toString(16).padStart(32, "0"),
		kind,
		stamp: { author, counter: ++counter, at: "2026-03-04T12:00:00.000Z" },
		pass: 1,
		step: "notes",
		body,
	});
	const id = (n) => (n + 1).toString(16).padStart(32, "0");
	const items = [];
	for (let n = 0; n < nodes; n++) {
		const parent = n === 0 ? "" : id(Math.floor((n - 1) / 8));
		const sort = n === 0 ? "question" : SORTS[next(SORTS.length)];
		const text = n === 0 ? "Who fetched the file?" : `${sort} ${n}: 192.168.100.${n % 250} and what it had to do with number ${next(nodes)}`;
		items.push(item(n + 1, "node", { text, parent, order: n, sort, evidence: `[[p${n + 1}]]` }));
	}
	for (let e = 0; e < edges; e++) {
		const from = next(nodes);
		const to = (from + 1 + next(nodes - 1)) % nodes;
		items.push(item(nodes + e + 1, "edge", { from: id(from), to: id(to), verb: VERBS[next(VERBS.length)] }));
	}
	return { schema: 1, id: "c".repeat(32), title: "A big map", items };
}
