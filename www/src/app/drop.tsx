/** The whole window takes files. */

import { useEffect, useRef, useState } from "preact/hooks";
import { Icon } from "../widgets/icons.tsx";
import { takeFiles } from "./files.ts";
import { chooser } from "./state.ts";

export function DropZone() {
	const [over, setOver] = useState(false);
	const input = useRef<HTMLInputElement>(null);
	useEffect(() => {
		chooser.open = () => input.current?.click();
		let depth = 0;
		const files = (e: DragEvent): boolean => e.dataTransfer?.types.includes("Files") ?? false;
		const enter = (e: DragEvent): void => {
			if (!files(e)) return;
			e.preventDefault();
			depth++;
			setOver(true);
		};
		const leave = (e: DragEvent): void => {
			if (!files(e)) return;
			depth--;
			if (depth <= 0) setOver(false);
		};
		const overIt = (e: DragEvent): void => {
			if (files(e)) e.preventDefault();
		};
		const drop = (e: DragEvent): void => {
			if (!files(e)) return;
			e.preventDefault();
			depth = 0;
			setOver(false);
			if (e.dataTransfer) void takeFiles([...e.dataTransfer.files]);
		};
		addEventListener("dragenter", enter);
		addEventListener("dragleave", leave);
		addEventListener("dragover", overIt);
		addEventListener("drop", drop);
		return () => {
			removeEventListener("dragenter", enter);
			removeEventListener("dragleave", leave);
			removeEventListener("dragover", overIt);
			removeEventListener("drop", drop);
		};
	}, []);
	return (
		<>
			<input
				ref={input}
				type="file"
				multiple
				hidden
				id="weir-files"
				aria-label="Choose captures or a case file"
				onChange={(e) => {
					void takeFiles([...(e.currentTarget.files ?? [])]);
					e.currentTarget.value = "";
				}}
			/>
			{over && (
				<div class="drop" aria-hidden="true">
					<div>
						<Icon name="upload" />
						<strong>Drop to open</strong>
						<span class="muted small">
							pcap, pcapng, gzip or zstd, Zeek conn logs, several at once; a case file or a scope. Nothing is uploaded.
						</span>
					</div>
				</div>
			)}
		</>
	);
}
