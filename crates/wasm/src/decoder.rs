//! Streaming decompression outside the session: the worker spools compressed captures with it.

use js_sys::Uint8Array;
use serde::Serialize;
use serde_wasm_bindgen::Serializer;
use wasm_bindgen::prelude::*;
use weir_capture::compression::{self, Fed};
use weir_capture::{Compression, Container, SNIFF_LEN, sniff};
use weir_session::{ErrorKind, SessionError};

/// Decodes one compressed file.
#[wasm_bindgen]
pub struct Decoder {
    inner: compression::Decoder,
    input: Vec<u8>,
    used: usize,
    out: Vec<u8>,
    /// Bytes of `out` already given.
    given: usize,
    broken: Option<SessionError>,
}

fn thrown(error: &SessionError) -> JsValue {
    error
        .serialize(&Serializer::json_compatible())
        .unwrap_or_else(|_| JsValue::from_str(&error.message))
}

#[wasm_bindgen]
impl Decoder {
    /// `kind` is `gzip` or `zstd`.
    ///
    /// # Errors
    /// Any other kind.
    #[wasm_bindgen(constructor)]
    pub fn new(kind: &str) -> Result<Decoder, JsValue> {
        let compression = match kind {
            "gzip" => Compression::Gzip,
            "zstd" => Compression::Zstd,
            other => {
                let message = format!("\u{201c}{other}\u{201d} is no compression that is undone");
                return Err(thrown(&SessionError::new(ErrorKind::Request, message)));
            }
        };
        Ok(Self {
            inner: compression::Decoder::new(compression),
            input: Vec::new(),
            used: 0,
            out: Vec::new(),
            given: 0,
            broken: None,
        })
    }

    /// By the first bytes: `gzip`, `zstd` or nothing.
    #[must_use]
    pub fn detect(head: &[u8]) -> String {
        match sniff(head.get(..SNIFF_LEN.min(head.len())).unwrap_or(head)) {
            Ok(Container::Compressed(c)) => c.name().to_owned(),
            _ => String::new(),
        }
    }

    /// Compressed bytes; `last` with the final piece.
    pub fn push(&mut self, bytes: &[u8], last: bool) {
        self.input.drain(..self.used);
        self.used = 0;
        self.input.extend_from_slice(bytes);
        if last {
            self.inner.finish();
        }
    }

    /// Up to `max` plain bytes; none when it needs more input.
    ///
    /// # Errors
    /// The file is damaged or swells beyond bounds; what came before was given.
    pub fn take(&mut self, max: u32) -> Result<Uint8Array, JsValue> {
        while self.given == self.out.len() {
            if let Some(error) = self.broken.take() {
                return Err(thrown(&error));
            }
            self.out.clear();
            self.given = 0;
            let mut rest = self.input.get(self.used..).unwrap_or_default();
            let fed = self.inner.feed(&mut rest, &mut self.out);
            self.used = self.input.len() - rest.len();
            match fed {
                Fed::More => {}
                Fed::NeedMore | Fed::End => break,
                Fed::Stopped(stop) => {
                    let message = format!("the compressed file is damaged: {}", stop.why);
                    let kind = if stop.limit.is_some() {
                        ErrorKind::Limit
                    } else {
                        ErrorKind::Input
                    };
                    let mut error =
                        SessionError::new(kind, message).at(format!("byte {}", stop.offset));
                    error.kept = Some(format!("{} bytes unpacked", stop.kept));
                    self.broken = Some(error);
                }
            }
        }
        let end = self.out.len().min(self.given.saturating_add(max as usize));
        let piece = self.out.get(self.given..end).unwrap_or_default();
        self.given = end;
        Ok(Uint8Array::from(piece))
    }
}
