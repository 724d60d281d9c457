/** What is drawn inside may fail without taking the rest of the page with it. */

import { Component, type ComponentChildren } from "preact";

/** A page that fails says so and takes nothing else with it. */
export class Guard extends Component<{ children: ComponentChildren }, { error: string | null }> {
	override state = { error: null };
	static override getDerivedStateFromError(e: unknown) {
		return { error: e instanceof Error ? e.message : String(e) };
	}
	override render() {
		if (this.state.error === null) return this.props.children;
		return (
			<div class="state failed" role="alert">
				<strong>This page could not be drawn: an error in Weir, not in your capture.</strong>
				<span>
					<bdi>{this.state.error}</bdi>
				</span>
				<span>Notes and captures are kept; the other pages work.</span>
				<button type="button" class="button" onClick={() => this.setState({ error: null })}>
					Draw it again
				</button>
			</div>
		);
	}
}
