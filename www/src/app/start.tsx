/** The start page: a drop, or the question first. */

import { items } from "../base/case.ts";
import { plural } from "../base/text.ts";
import { block } from "../engine/start.ts";
import { Icon } from "../widgets/icons.tsx";
import { takeSample } from "./files.ts";
import { chooser } from "./state.ts";

export function Start() {
	const notes = items("note").length + items("pin").length;
	return (
		<section class="step" id="content" tabIndex={-1} aria-label="Start">
			<h1 tabIndex={-1}>What do you want to find out?</h1>
			<div class="columns">
				<div class="start-drop">
					<Icon name="upload" />
					<h2>Drop a capture anywhere in this window</h2>
					<p class="muted">pcap, pcapng, gzip or zstd, Zeek conn logs. Several at once are one session.</p>
					<div class="row">
						<button type="button" class="button primary" onClick={() => chooser.open()}>
							Choose files…
						</button>
						{block("weir-sample") !== "" && (
							<button type="button" class="button" onClick={() => void takeSample()}>
								Try the sample: a suspected malware download
							</button>
						)}
					</div>
				</div>
				<div class="card stack">
					<h2>Or begin with the question</h2>
					<p>
						Weir leads through nine steps: issue, scope, targets, capture, filter, understanding, notes, summary and the actions that
						follow. No step is locked, and you may start anywhere.
					</p>
					<p class="row">
						<a class="button primary" href="#/issue">
							Start with the issue →
						</a>
						{notes > 0 && (
							<a class="button" href="#/notes">
								Go on with {plural(notes, "note")} kept in this browser
							</a>
						)}
					</p>
				</div>
				<div class="card stack across">
					<h2>What stays where</h2>
					<p>Nothing is uploaded. This page cannot make network requests. Captures are read from your disk in pieces and never stored.</p>
					<p>
						Notes are kept in this browser, where other local pages of this browser may read them. Save the case file to keep them yourself.
					</p>
				</div>
			</div>
		</section>
	);
}
