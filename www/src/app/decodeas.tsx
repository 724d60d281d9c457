/** Decode As: what the analyst says that a port or an Ethernet type carries. */

import { useState } from "preact/hooks";
import { items, remove } from "../base/case.ts";
import { DECODE_KEYS, type DecodeKey, decodeAs, decodeAsked, decodeWords, readKey } from "../base/decodeas.ts";
import { PRIORITY } from "../engine/contract.ts";
import { useResult } from "../engine/results.ts";
import { Dialog } from "../widgets/dialog.tsx";
import { Icon } from "../widgets/icons.tsx";
import { PlainTable } from "../widgets/plaintable.tsx";
import { Around, Refusal } from "../widgets/states.tsx";

export function DecodeAsDialog({ onClose }: { onClose: () => void }) {
	const asked = decodeAsked.peek();
	const [key, setKey] = useState<DecodeKey>(asked?.key ?? "tcp.port");
	const [value, setValue] = useState(asked?.value == null ? "" : (decodeWords(asked.key, asked.value).split(" ").at(-1) ?? ""));
	const [protocol, setProtocol] = useState("");
	const [refused, setRefused] = useState("");
	const r = useResult("reference", () => ({}), PRIORITY.visible);
	const said = items("decode_as");
	return (
		<Dialog title="Decode as" onClose={onClose}>
			<p class="small">
				What you say here goes before what ports and contents say, for all captures. They are read again at once. It is kept in the case and
				stands in the report.
			</p>
			{said.length === 0 ? (
				<p class="muted">Nothing is said yet.</p>
			) : (
				<PlainTable head={["Where", "Decoded as", { title: "Take back", as: "offscreen" }]}>
					{said.map((i) => (
						<tr key={i.id}>
							<td>{decodeWords(i.body.key, i.body.value)}</td>
							<td>
								<bdi>{r.value?.protocols.find((p) => p.name === i.body.protocol)?.title ?? i.body.protocol}</bdi>
							</td>
							<td>
								<button
									type="button"
									class="button plain small"
									aria-label={`Take back ${decodeWords(i.body.key, i.body.value)}`}
									onClick={() => remove(i.id)}
								>
									<Icon name="trash" />
								</button>
							</td>
						</tr>
					))}
				</PlainTable>
			)}
			<Around of={r} what="Listing the protocols">
				{(v) => {
					const choices = v.protocols.filter((p) => p.decode_as.includes(key));
					return (
						<form
							class="stack tight"
							onSubmit={(e) => {
								e.preventDefault();
								const n = readKey(value);
								if (n === null) setRefused(`“${value}” is no ${DECODE_KEYS[key]}: write a number up to 65535, or 0x and hex digits.`);
								else if (!choices.some((p) => p.name === protocol)) setRefused("Choose a protocol.");
								else {
									setRefused("");
									decodeAs(key, n, protocol);
									setValue("");
								}
							}}
						>
							<div class="form-row">
								<label class="field">
									Where
									<select
										value={key}
										onChange={(e) => {
											setKey(e.currentTarget.value as DecodeKey);
											setProtocol("");
										}}
									>
										{Object.entries(DECODE_KEYS).map(([k, t]) => (
											<option key={k} value={k}>
												{t}
											</option>
										))}
									</select>
								</label>
								<label class="field">
									Number
									<input
										type="text"
										size={8}
										value={value}
										aria-invalid={refused !== ""}
										aria-describedby={refused ? "decode-why" : undefined}
										onInput={(e) => setValue(e.currentTarget.value)}
									/>
								</label>
								<label class="field">
									Protocol
									<select value={protocol} onChange={(e) => setProtocol(e.currentTarget.value)}>
										<option value="">choose…</option>
										{choices.map((p) => (
											<option key={p.name} value={p.name}>
												{p.name}: {p.title}
											</option>
										))}
									</select>
								</label>
								<button type="submit" class="button primary">
									Decode
								</button>
							</div>
							<Refusal id="decode-why" text={refused} />
						</form>
					);
				}}
			</Around>
		</Dialog>
	);
}
