/** A smoke in Firefox ESR over file://: the page opens, reads its sample, and answers. Raw Marionette, no driver. */
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { connect, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { pathToFileURL } from "node:url";
import { built } from "./browser.mjs";

const FIREFOX = process.env.FIREFOX ?? "/usr/bin/firefox-esr";
const WAIT_MS = 90_000;
const sleep = (ms) => new Promise((r) => setTimeout(r, ms));

const freePort = () =>
	new Promise((done) => {
		const s = createServer().listen(0, "127.0.0.1", () => {
			const { port } = s.address();
			s.close(() => done(port));
		});
	});

async function dial(port) {
	for (let t = 0; t < WAIT_MS; t += 250) {
		const socket = await new Promise((done) => {
			const s = connect(port, "127.0.0.1", () => done(s)).on("error", () => done(null));
		});
		if (socket) return socket;
		await sleep(250);
	}
	throw new Error("Firefox does not listen");
}

/** Frames are `LENGTH:JSON`; a request is [0, id, name, args], its answer [1, id, error, value]. */
async function session(port) {
	const socket = await dial(port);
	let buffer = Buffer.alloc(0);
	let id = 0;
	const waiting = new Map();
	socket.on("data", (d) => {
		buffer = Buffer.concat([buffer, d]);
		for (;;) {
			const colon = buffer.indexOf(":");
			if (colon < 0) return;
			const length = Number(buffer.subarray(0, colon).toString());
			if (buffer.length < colon + 1 + length) return;
			const m = JSON.parse(buffer.subarray(colon + 1, colon + 1 + length).toString());
			buffer = buffer.subarray(colon + 1 + length);
			if (!Array.isArray(m)) continue;
			const [ok, fail] = waiting.get(m[1]) ?? [];
			waiting.delete(m[1]);
			if (m[2]) fail?.(new Error(`${m[2].error}: ${m[2].message}`));
			else ok?.(m[3]);
		}
	});
	const send = (name, args = {}) =>
		new Promise((ok, fail) => {
			id++;
			waiting.set(id, [ok, fail]);
			const text = JSON.stringify([0, id, name, args]);
			socket.write(`${Buffer.byteLength(text)}:${text}`);
		});
	return { send, close: () => socket.destroy() };
}

test("Firefox opens the file, reads the sample and answers", { skip: existsSync(FIREFOX) ? false : "no Firefox here" }, async () => {
	const profile = mkdtempSync(join(tmpdir(), "weir-firefox-"));
	const port = await freePort();
	// Without the recommended preferences: they open what a user's Firefox keeps closed for files.
	const prefs = { "marionette.port": port, "remote.prefs.recommended": false, "browser.shell.checkDefaultBrowser": false, "datareporting.policy.dataSubmissionEnabled": false, "app.update.enabled": false };
	writeFileSync(join(profile, "user.js"), Object.entries(prefs).map(([k, v]) => `user_pref(${JSON.stringify(k)}, ${JSON.stringify(v)});`).join("\n"));
	const firefox = spawn(FIREFOX, ["--headless", "--marionette", "--no-remote", "--profile", profile], { stdio: "ignore" });
	try {
		const { send, close } = await session(port);
		await send("WebDriver:NewSession", {});
		await send("WebDriver:Navigate", { url: pathToFileURL(built).href });
		const run = async (script, args = []) => (await send("WebDriver:ExecuteScript", { script, args })).value;
		const until = async (script, what) => {
			for (let t = 0; t < WAIT_MS; t += 200) {
				const v = await run(script);
				if (v) return v;
				await sleep(200);
			}
			assert.fail(`${what}; the page shows: ${(await run("return document.body.innerText")).slice(0, 600)}`);
		};
		await until(`const b = [...document.querySelectorAll("button")].find((x) => x.textContent.includes("Try the sample")); b?.click(); return !!b`, "no sample is offered");
		await until(`return document.body.innerText.includes("Capture health") && !document.querySelector("progress")`, "the sample was not read");
		await run(`location.hash = "#/understand/answers"`);
		const rows = await until(`return document.querySelector(".scroller[data-state=done]") && document.querySelectorAll(".answer-table tbody tr").length`, "no answers came");
		assert.ok(rows > 0);
		assert.deepEqual(await run("return window.wrappedJSObject ? [...window.wrappedJSObject.weirViolations] : window.weirViolations"), []);
		close();
	} finally {
		const gone = new Promise((r) => firefox.once("exit", r));
		firefox.kill();
		await gone;
		rmSync(profile, { recursive: true, force: true });
	}
});
