/** By this a card is dragged onto the map; the keyboard's way is the command "Add to the map". */

export function Handle() {
	return (
		<span class="handle" draggable data-carry="" title="Drag this onto step 7, Notes: it comes onto the map (M)" aria-hidden="true">
			⠿
		</span>
	);
}
