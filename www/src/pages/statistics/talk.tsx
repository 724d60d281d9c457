/** Whose conversations and endpoints are listed: the choice stands in the address. */

import { replaceQuery, route } from "../../base/routes.ts";
import { PRIORITY, type Talk } from "../../engine/contract.ts";
import { shown } from "../../engine/narrowing.ts";
import { useResult } from "../../engine/results.ts";
import { hasPackets } from "./within.ts";

const TALKS: { id: Talk; name: string }[] = [
	{ id: "eth", name: "Ethernet" },
	{ id: "ip", name: "IPv4" },
	{ id: "ipv6", name: "IPv6" },
	{ id: "tcp", name: "TCP" },
	{ id: "udp", name: "UDP" },
];

export const talkOf = (): Talk => TALKS.find((t) => t.id === route.value.query.type)?.id ?? "ip";
export const talkName = (talk: Talk): string => TALKS.find((t) => t.id === talk)?.name ?? talk;
export const hasPorts = (talk: Talk): boolean => talk === "tcp" || talk === "udp";

/** "192.0.2.1:80", "[2001:db8::1]:80", or the address alone. */
export function endText(address: string, port: number | null): string {
	if (port === null) return address;
	return address.includes(":") ? `[${address}]:${port}` : `${address}:${port}`;
}

export function useTalk(talk: Talk) {
	return useResult(
		"statistics.conversations",
		() => (hasPackets() ? { narrowing: shown.value, type: talk } : null),
		PRIORITY.analysis,
		[talk],
		200,
	);
}

export function TalkChoice() {
	return (
		<div class="toolbar">
			<label class="row">
				Between
				<select value={talkOf()} onChange={(e) => replaceQuery({ type: e.currentTarget.value })}>
					{TALKS.map((t) => (
						<option key={t.id} value={t.id}>
							{t.name} {hasPorts(t.id) ? "ports" : "addresses"}
						</option>
					))}
				</select>
			</label>
		</div>
	);
}
