/** A confirmed finding can be watched: in later captures, or for its next check-in. */

import { announce } from "../../base/announce.ts";
import { add, items } from "../../base/case.ts";
import { epoch, rfc3339 } from "../../base/time.ts";
import type { Finding } from "../../engine/contract.ts";
import { at } from "./format.ts";

const quote = (text: string): string => `"${text.replace(/[\\"]/g, "\\$&")}"`;
const address = (ip: string): string => `${ip.includes(":") ? "ipv6" : "ip"}.addr == ${ip}`;

const time = (seconds: number): bigint => BigInt(Math.round(seconds)) * 1_000_000_000n;

/** Packets between host and peer in the interval of the next check-in; null where host or peer is not known. */
export function checkInFilter(f: Finding): string | null {
	if (!f.src || !f.next) return null;
	// An address may serve many names: the name, where there is one, is what checks in.
	const peer = f.domain
		? ["dns.qry.name", "http.host", "tls.handshake.extensions_server_name"].map((n) => `${n} == ${quote(f.domain ?? "")}`).join(" || ")
		: f.dst && address(f.dst);
	if (!peer) return null;
	const within = `frame.time >= "${rfc3339(time(f.next.lo))}" && frame.time <= "${rfc3339(time(f.next.hi))}"`;
	return `${address(f.src)} && (${peer}) && ${within}`;
}

export function Watching({ f }: { f: Finding }) {
	const peer = f.domain ?? f.dst ?? "";
	const list = items("watch").map((w) => w.body);
	const kind = list.some((w) => w.sort === "finding" && w.detection === f.detection && w.host === (f.src ?? "") && w.peer === peer);
	const filter = checkInFilter(f);
	const next = filter !== null && list.some((w) => w.sort === "checkin" && w.filter === filter);
	const who = `${f.src ?? "a host"}${peer && ` to ${peer}`}`;
	return (
		<>
			{kind ? (
				<span class="muted small">watched in later captures</span>
			) : (
				<button
					type="button"
					class="button small"
					onClick={() => {
						add(
							"watch",
							{ sort: "finding", what: `${f.detection} of ${who}`, detection: f.detection, host: f.src ?? "", peer },
							"understand",
						);
						announce(`Watching ${f.detection} of ${who} in later captures`);
					}}
				>
					Watch for it in later captures
				</button>
			)}
			{filter !== null &&
				f.next &&
				(next ? (
					<span class="muted small">its next check-in is watched</span>
				) : (
					<button
						type="button"
						class="button small"
						onClick={() => {
							if (!f.next) return;
							const [from, to] = [rfc3339(time(f.next.lo)), rfc3339(time(f.next.hi))];
							add("watch", { sort: "checkin", what: `next check-in of ${who}, ${from} to ${to}`, filter, from, to }, "understand");
							announce("Watching for its next check-in");
						}}
					>
						Watch for its next check-in, {at(epoch(time(f.next.lo)))}
					</button>
				))}
		</>
	);
}
