/** What the analyst says that ports and types carry: items of the case, and the wish to say so. */

import { signal } from "@preact/signals";
import { add, items, log, remove } from "./case.ts";

export const DECODE_KEYS = { "tcp.port": "TCP port", "udp.port": "UDP port", "eth.type": "Ethernet type" } as const;
export type DecodeKey = keyof typeof DECODE_KEYS;

/** The dialog is wanted, perhaps for this port or type. */
export const decodeAsked = signal<{ key: DecodeKey; value: number | null } | null>(null);

export function decodeWords(key: string, value: number): string {
	const name = DECODE_KEYS[key as DecodeKey] ?? key;
	return `${name} ${key === "eth.type" ? `0x${value.toString(16).padStart(4, "0")}` : value}`;
}

/** Says it; what was said of the same port or type before is replaced. */
export function decodeAs(key: DecodeKey, value: number, protocol: string): void {
	for (const i of items("decode_as")) if (i.body.key === key && i.body.value === value) remove(i.id);
	add("decode_as", { key, value, protocol }, "capture");
	log(`decoded ${decodeWords(key, value)} as ${protocol}`, "decode_as", { key, value, protocol });
}

/** A port or Ethernet type as it is written: decimal, or hexadecimal after 0x. */
export function readKey(text: string): number | null {
	const t = text.trim();
	const n = /^0x[0-9a-f]{1,4}$/i.test(t) ? Number.parseInt(t, 16) : /^\d{1,5}$/.test(t) ? Number(t) : Number.NaN;
	return n >= 0 && n <= 0xffff ? n : null;
}

/** What of a line of the details tree can be decoded as something else. */
export function decodable(name: string, value: string | null): { key: DecodeKey; value: number } | null {
	const key = /^(tcp|udp)\.(src|dst)?port$/.exec(name)?.[1];
	const which: DecodeKey | null = key ? (`${key}.port` as DecodeKey) : name === "eth.type" ? "eth.type" : null;
	const number = /0x[0-9a-f]{1,4}|\d{1,5}/i.exec(value ?? "")?.[0];
	const n = number === undefined ? null : readKey(number);
	return which !== null && n !== null ? { key: which, value: n } : null;
}
