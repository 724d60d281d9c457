/** First thing of all: takes away the one network door that a content security policy does not close. */

for (const name of ["RTCPeerConnection", "webkitRTCPeerConnection", "RTCDataChannel"]) {
	try {
		Object.defineProperty(globalThis, name, { value: undefined, writable: false, configurable: false });
	} catch {
		// Already absent or fixed by the browser.
	}
}
