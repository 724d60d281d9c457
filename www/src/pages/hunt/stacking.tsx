/** Stacking: a column's values, the least frequent first; and what was seen once over all columns. */

import { go, route } from "../../base/routes.ts";
import { settings } from "../../base/settings.ts";
import { count, percent, plural } from "../../base/text.ts";
import { captures } from "../../engine/client.ts";
import { PRIORITY, type StackRow } from "../../engine/contract.ts";
import { useResult } from "../../engine/results.ts";
import { Icon } from "../../widgets/icons.tsx";
import { PlainTable } from "../../widgets/plaintable.tsx";
import { Around, Empty } from "../../widgets/states.tsx";
import { Captured, Refs } from "../../widgets/text.tsx";
import { Party, Says } from "./crossings.tsx";
import { at, SHOWN, saveRows } from "./limits.ts";

/** Stacked where nobody has chosen. */
const COMMON = ["http.user_agent", "tls.server_name", "dns.query", "flow.service"];

function Hosts({ r }: { r: StackRow }) {
	if (r.of_hosts === 0) return <span class="muted">none of the network</span>;
	return (
		<>
			{r.hosts.map((h, i) => (
				<span key={h}>
					{i > 0 && ", "}
					<Party address={h} name={null} />
				</span>
			))}
			{r.of_hosts > r.hosts.length && ` and ${count(r.of_hosts - r.hosts.length)} more`}
		</>
	);
}

function Table({ column }: { column: string }) {
	const r = useResult("stack", () => (column ? { column } : null), PRIORITY.analysis, [column], 60);
	return (
		<Around of={r} what={`Stacking ${column}`}>
			{(v) => {
				const shown = v.rows.slice(0, SHOWN);
				return (
					<>
						<div class="toolbar">
							<span class="muted">
								{plural(v.of, "value")} in {plural(v.counted, "place")}, least frequent first.
								{v.absent > 0 && ` ${plural(v.absent, "row")} without a value.`}
								{v.beyond > 0 && ` ${count(v.beyond)} values beyond the bound are only counted.`}
								{shown.length < v.of && ` ${count(shown.length)} are shown; `}
								{shown.length < v.of && <code>weir stack {column}</code>}
								{shown.length < v.of && " prints all."}
							</span>
							<button
								type="button"
								class="button small"
								onClick={() =>
									saveRows(
										`weir-stack-${column}`,
										["value", "count", "share", "hosts", "first"],
										v.rows.map((x) => [x.value, String(x.count), String(x.share), String(x.of_hosts), x.first]),
									)
								}
							>
								<Icon name="download" /> Save as CSV
							</button>
						</div>
						<PlainTable
							head={[
								"Value",
								{ title: "Count", as: "end" },
								{ title: "Share", as: "end" },
								{ title: "Hosts", as: "end" },
								"Which",
								"First",
								"Packets",
							]}
						>
							{shown.map((x, i) => (
								<tr key={`${i}${x.value}`}>
									<td class="value">
										<Captured text={x.value} class="mono" />
									</td>
									<td class="n">{count(x.count)}</td>
									<td class="n">{percent(x.count, v.counted)}</td>
									<td class="n">{count(x.of_hosts)}</td>
									<td>
										<Hosts r={x} />
									</td>
									<td class="num small when">{at(x.first)}</td>
									<td>
										<Refs list={x.evidence} most={3} />
									</td>
								</tr>
							))}
						</PlainTable>
					</>
				);
			}}
		</Around>
	);
}

export function Stacking() {
	const known = useResult("stack.columns", () => (captures.value.length > 0 ? {} : null), PRIORITY.analysis, [], 60);
	return (
		<Around of={known} what="Looking which columns there are">
			{(v) => {
				const ids = new Set(v.columns.map((c) => c.id));
				const asked = route.value.query.column ?? "";
				const column = ids.has(asked) ? asked : (COMMON.find((c) => ids.has(c)) ?? v.columns[0]?.id ?? "");
				if (column === "") return <Empty title="No conversation, file or message to stack" />;
				return (
					<>
						<label class="field inline">
							Column
							<select value={column} onChange={(e) => go(`#/hunt/stacking?column=${encodeURIComponent(e.currentTarget.value)}`)}>
								{v.columns.map((c) => (
									<option key={c.id} value={c.id}>
										{c.id}: {c.title} ({count(c.rows)})
									</option>
								))}
							</select>
						</label>
						{asked !== "" && !ids.has(asked) && (
							<p class="small medium" role="note">
								! What is loaded has no column “{asked}”; {column} is shown.
							</p>
						)}
						<Table column={column} />
					</>
				);
			}}
		</Around>
	);
}

/** Hosts that stick out, above what came once. */
function Outliers() {
	const r = useResult("outliers", () => (captures.value.length > 0 ? { limit: 20 } : null), PRIORITY.analysis, [], 100);
	return (
		<Around of={r} what="Comparing the hosts">
			{(v) => (
				<>
					<h2>Hosts that stick out</h2>
					<Says says={v.says} />
					<p class="muted">
						{v.of === 0
							? "No host is unlike the others."
							: `${plural(v.of, "host and measure", "hosts and measures")}, the first of each measure first.`}
					</p>
					{v.of > 0 && (
						<PlainTable head={["Host", "By", "How far", "Packet"]}>
							{v.rows.map((x) => (
								<tr key={`${x.measure}${x.host}`}>
									<td>
										<a class="ref" href={`#/understand/hosts?host=${encodeURIComponent(x.host ?? "")}`}>
											{x.host}
										</a>{" "}
										{x.name && <Captured text={x.name} />}
									</td>
									<td>{x.measure}</td>
									<td class="value">
										<Captured text={x.says} />
									</td>
									<td>
										<Refs list={x.evidence} most={1} />
									</td>
								</tr>
							))}
						</PlainTable>
					)}
				</>
			)}
		</Around>
	);
}

export function SeenOnce() {
	return (
		<>
			<Outliers />
			<h2>Seen once</h2>
			<Once />
		</>
	);
}

function Once() {
	const r = useResult("seen_once", () => (captures.value.length > 0 ? {} : null), PRIORITY.analysis, [], 100);
	return (
		<Around of={r} what="Looking for what came once">
			{(v) => (
				<>
					<Says says={v.says} />
					{v.rows.length === 0 ? (
						<Empty title="Nothing came once where most comes again">
							<span>Small captures have too few values for one of them to stick out.</span>
						</Empty>
					) : (
						<>
							<div class="toolbar">
								<span class="muted">
									{plural(v.of, "value")} seen once, of the steadiest columns first.
									{v.rows.length < v.of && ` The first ${count(v.rows.length)} are shown.`}
								</span>
								<button
									type="button"
									class="button small"
									onClick={() =>
										saveRows(
											"weir-seen-once",
											["column", "value", "host", "first", "once", "counted"],
											v.rows.map((x) => [x.column, x.value, x.hosts.join(" "), x.first, String(x.once), String(x.counted)]),
										)
									}
								>
									<Icon name="download" /> Save as CSV
								</button>
							</div>
							<PlainTable
								head={["Column", "Value", "Host", `When (${settings.value.zone})`, "Packet", { title: "Seen once there", as: "end" }]}
							>
								{v.rows.map((x, i) => (
									<tr key={`${i}${x.column}`}>
										<td>
											<a href={`#/hunt/stacking?column=${encodeURIComponent(x.column)}`}>{x.column}</a>
											<div class="small muted">{x.title}</div>
										</td>
										<td class="value">
											<Captured text={x.value} class="mono" />
										</td>
										<td>
											<Hosts r={x} />
										</td>
										<td class="num small when">{at(x.first)}</td>
										<td>
											<Refs list={x.evidence} most={1} />
										</td>
										<td class="n">
											{count(x.once)} of {count(x.counted)}
										</td>
									</tr>
								))}
							</PlainTable>
						</>
					)}
				</>
			)}
		</Around>
	);
}
