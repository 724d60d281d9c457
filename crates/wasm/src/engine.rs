//! The engine for a worker: requests in, steps out, as the page's contract has them.

use crate::case;
use crate::casework::Casework;
use crate::report::Reports;
use crate::room::Room;
use js_sys::{Object, Reflect, Uint8Array};
use serde::Serialize;
use serde_wasm_bindgen::Serializer;
use wasm_bindgen::prelude::*;
use weir_session::ops::{self, StepReply};

/// Requests answered over what is loaded.
#[wasm_bindgen]
pub struct Engine {
    inner: ops::Engine,
    reports: Reports,
    casework: Casework,
    room: Room,
}

fn set(object: &JsValue, key: &str, value: &JsValue) {
    // Setting a member of a plain object that was just made cannot fail.
    let _ = Reflect::set(object, &JsValue::from_str(key), value);
}

/// Puts bytes at a JSON pointer of an object.
fn place(root: &JsValue, pointer: &str, bytes: &[u8]) {
    let mut at = root.clone();
    let mut keys = pointer.split('/').skip(1).peekable();
    while let Some(key) = keys.next() {
        if keys.peek().is_none() {
            set(&at, key, &Uint8Array::from(bytes));
        } else {
            at = Reflect::get(&at, &JsValue::from_str(key)).unwrap_or(JsValue::UNDEFINED);
        }
    }
}

fn reply(step: StepReply) -> JsValue {
    let out = step
        .serialize(&Serializer::json_compatible())
        .unwrap_or_else(|_| Object::new().into());
    let bytes = step
        .bytes
        .as_deref()
        .map_or(JsValue::NULL, |b| Uint8Array::from(b).into());
    set(&out, "bytes", &bytes);
    if !step.buffers.is_empty() {
        let payload = Reflect::get(&out, &"payload".into()).unwrap_or(JsValue::NULL);
        for (pointer, bytes) in &step.buffers {
            place(&payload, pointer, bytes);
        }
    }
    out
}

#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
fn offset(n: f64) -> u64 {
    // Offsets of files stay below 2^53; the cast saturates.
    n as u64
}

/// Bytes of wasm memory in use; 0 where there is none.
fn size() -> usize {
    #[cfg(target_arch = "wasm32")]
    return core::arch::wasm32::memory_size(0) << 16;
    #[cfg(not(target_arch = "wasm32"))]
    0
}

#[wasm_bindgen]
impl Engine {
    /// `seed` keys hash tables.
    #[wasm_bindgen(constructor)]
    #[must_use]
    pub fn new(seed: u64) -> Self {
        // What a panic says reaches the worker as the error it stops with.
        std::panic::set_hook(Box::new(|info| wasm_bindgen::throw_str(&info.to_string())));
        Self {
            inner: ops::Engine::new(seed),
            reports: Reports::default(),
            casework: Casework::default(),
            room: Room::default(),
        }
    }

    /// Starts request `id`.
    pub fn call(&mut self, id: u32, op: &str, args: JsValue) -> JsValue {
        let args: serde_json::Value = serde_wasm_bindgen::from_value(args).unwrap_or_default();
        let own = case::answer(op, &args)
            .or_else(|| self.reports.call(&mut self.inner, id, op, &args))
            .or_else(|| self.casework.call(&mut self.inner, id, op, &args));
        reply(own.unwrap_or_else(|| self.inner.call(id, op, args)))
    }

    /// Goes on with at most `fuel` packets, keys or rows.
    pub fn step(&mut self, id: u32, fuel: u32) -> JsValue {
        self.room.make(size);
        let own = self.reports.step(&mut self.inner, id, fuel);
        let own = own.or_else(|| self.casework.step(&mut self.inner, id, fuel));
        reply(own.unwrap_or_else(|| self.inner.step(id, fuel)))
    }

    /// Bytes that request `id` asked for. They are copied into the engine's memory once and stay there.
    pub fn supply(&mut self, id: u32, source: u32, offset: f64, bytes: Vec<u8>) {
        self.inner.supply(id, source, self::offset(offset), bytes);
    }

    /// A range that request `id` asked for cannot be read.
    pub fn unreadable(&mut self, id: u32, source: u32, offset: f64, reason: &str) {
        self.inner
            .unreadable(id, source, self::offset(offset), reason);
    }

    /// Ends a request.
    pub fn cancel(&mut self, id: u32) -> JsValue {
        self.reports.cancel(id);
        self.casework.cancel(id);
        reply(self.inner.cancel(id))
    }

    /// The content of a case file.
    #[allow(clippy::unused_self, reason = "the worker has an engine and no module")]
    pub fn unpack_case(&self, bytes: Vec<u8>) -> JsValue {
        reply(case::unpack(&bytes))
    }

    /// A case file of a document and parts, whose bytes stand in a list of their own.
    #[allow(clippy::unused_self, reason = "the worker has an engine and no module")]
    pub fn pack_case(&self, args: JsValue, bytes: Vec<Uint8Array>) -> JsValue {
        let args = serde_wasm_bindgen::from_value(args).unwrap_or_default();
        reply(case::pack(
            &args,
            bytes.iter().map(Uint8Array::to_vec).collect(),
        ))
    }

    /// Bytes of wasm memory in use.
    #[must_use]
    #[allow(clippy::cast_precision_loss)]
    pub fn memory(&self) -> f64 {
        size() as f64
    }

    /// Packets published so far.
    #[must_use]
    #[allow(clippy::cast_precision_loss)]
    pub fn watermark(&self) -> f64 {
        self.inner.watermark() as f64
    }

    /// Of what results are made from.
    #[must_use]
    pub fn fingerprint(&self) -> String {
        self.inner.fingerprint()
    }

    /// Weir's version.
    #[must_use]
    pub fn version(&self) -> String {
        self.inner.version().to_owned()
    }
}
