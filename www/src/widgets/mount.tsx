/** Mounts the class widgets into Preact. */

import { useEffect, useRef } from "preact/hooks";
import { HexView } from "./hex.ts";
import { Table, type TableModel } from "./table.ts";

export function TableHost({
	model,
	take,
	version,
	keys,
}: {
	model: TableModel;
	take?: (t: Table | null) => void;
	version: unknown;
	keys?: string;
}) {
	const host = useRef<HTMLDivElement>(null);
	const table = useRef<Table | null>(null);
	useEffect(() => {
		if (!host.current) return;
		const t = new Table(host.current, model);
		table.current = t;
		take?.(t);
		return () => {
			take?.(null);
			t.destroy();
			table.current = null;
		};
	}, []);
	useEffect(() => {
		table.current?.update(model);
	}, [model, version]);
	return <div ref={host} data-keys={keys} />;
}

export function HexHost({
	bytes,
	name,
	start,
	end,
	onPick,
	onRange,
	fieldAt,
}: {
	bytes: Uint8Array;
	name: string;
	start: number;
	end: number;
	onPick: (offset: number) => void;
	onRange: (start: number, end: number) => void;
	fieldAt: (offset: number) => string;
}) {
	const host = useRef<HTMLDivElement>(null);
	const view = useRef<HexView | null>(null);
	const pick = useRef(onPick);
	pick.current = onPick;
	const range = useRef(onRange);
	range.current = onRange;
	const field = useRef(fieldAt);
	field.current = fieldAt;
	useEffect(() => {
		if (!host.current) return;
		const v = new HexView(
			host.current,
			(o) => pick.current(o),
			(a, b) => range.current(a, b),
			(o) => field.current(o),
		);
		view.current = v;
		return () => v.destroy();
	}, []);
	useEffect(() => view.current?.show(bytes, name), [bytes, name]);
	useEffect(() => view.current?.light(start, end), [bytes, start, end]);
	return <div ref={host} data-keys="hex" />;
}
