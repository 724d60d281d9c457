import assert from "node:assert/strict";
import { test } from "node:test";
import { decode, encode } from "./base91.ts";

test("any bytes come back, in signs that begin no markup, a quarter longer at most", () => {
	let seed = 1;
	const random = (): number => {
		seed = (Math.imul(seed, 1103515245) + 12345) >>> 0;
		return seed >>> 16;
	};
	for (let n = 0; n < 600; n++) {
		const kind = n % 3;
		const bytes = Uint8Array.from({ length: n }, () => (kind === 0 ? random() & 255 : kind === 1 ? 0 : 255));
		const text = encode(bytes);
		assert.deepEqual(decode(text), bytes, `${n} bytes`);
		assert.doesNotMatch(text, /[<\\'\s]/);
		if (n > 100) assert.ok(text.length <= n * 1.25, `${n}: ${text.length}`);
	}
	assert.deepEqual(decode(`\n${encode(new Uint8Array([1, 2, 3]))}\n`), new Uint8Array([1, 2, 3]));
});
