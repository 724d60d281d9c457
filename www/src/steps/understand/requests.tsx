/** Requests: the messages that name what was asked for, over all protocols that have them. */

import { useState } from "preact/hooks";
import { ViewTable } from "./viewtable.tsx";

const MESSAGE_PROTOCOLS = ["http", "ftp", "dns", "tls"];

/** The packet and the time are those of the request; the packet that ends the answer stands behind it. */
const ORDER = [
	{ id: "first", width: 9, title: "Request" },
	{ id: "packet", width: 9, title: "Answer" },
	{ id: "time", width: 23 },
	{ id: "protocol", width: 8 },
	{ id: "client", width: 15 },
	{ id: "server", width: 15 },
];

export function Requests() {
	const [protocols, setProtocols] = useState<string[]>([]);
	return (
		<div class="pane">
			<div class="toolbar">
				{MESSAGE_PROTOCOLS.map((p) => (
					<button
						type="button"
						class="button small"
						key={p}
						aria-pressed={protocols.includes(p)}
						onClick={() => setProtocols(protocols.includes(p) ? protocols.filter((x) => x !== p) : [...protocols, p])}
					>
						{p.toUpperCase()}
					</button>
				))}
			</div>
			<ViewTable
				table="messages"
				label="Requests"
				empty="No HTTP, FTP, DNS or TLS messages were found (recognised by content on every port)."
				keys="table"
				first={ORDER}
				more={{ protocols }}
			/>
		</div>
	);
}
