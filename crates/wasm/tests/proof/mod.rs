//! What both wasm test programs check.

use js_sys::{Array, Reflect, Uint8Array};
use wasm_bindgen::JsValue;
use weir_tests::desk::sample;
use weir_wasm::{Decoder, Engine};

fn get(object: &JsValue, key: &str) -> JsValue {
    Reflect::get(object, &key.into()).unwrap_or(JsValue::UNDEFINED)
}

fn object(text: &str) -> JsValue {
    js_sys::JSON::parse(text).unwrap_or(JsValue::NULL)
}

/// Once memory has grown, the next step makes room for more, and no step after it before that is used.
pub(crate) fn memory_grows_in_large_steps() {
    const PIECE: usize = 4 << 20;
    let mut engine = Engine::new(7);
    engine.step(1, 1);
    let before = engine.memory();
    // Pieces as large as the least room, until no place is left for one: the allocator had to ask.
    let mut held = Vec::new();
    while engine.memory() <= before && held.len() < 64 {
        held.push(std::hint::black_box(vec![1_u8; PIECE]));
    }
    let grown = engine.memory();
    assert!(grown > before, "{grown} {before}");
    engine.step(1, 1);
    let roomy = engine.memory();
    assert!(roomy > grown + f64::from(3 << 20), "{roomy} {grown}");
    engine.step(1, 1);
    held.push(std::hint::black_box(vec![1_u8; PIECE / 2]));
    assert!((engine.memory() - roomy).abs() < 1.0);
}

/// The classes as a worker uses them: load, view, rows, a packet with its bytes, an error.
pub(crate) fn a_worker_is_answered() {
    let bytes = sample();
    let mut engine = Engine::new(7);
    let args = format!(
        r#"{{"files":[{{"source":0,"raw":0,"name":"s.pcap","bytes":{0},"plain_bytes":{0},"compression":null,"modified_ms":0}}]}}"#,
        bytes.len()
    );
    let ask = |engine: &mut Engine, id: u32, op: &str, args: &str| {
        loop_until(engine, id, op, args, &bytes)
    };
    let loaded = ask(&mut engine, 1, "load", &args);
    let captures: Array = get(&get(&loaded, "payload"), "captures").into();
    assert_eq!(captures.length(), 1);
    let packets = get(&captures.get(0), "packets").as_f64().unwrap_or(0.0);
    assert!(packets > 100.0 && (engine.watermark() - packets).abs() < 0.5);

    let view = get(
        &ask(&mut engine, 2, "view", r#"{"table":"packets"}"#),
        "payload",
    );
    assert_eq!(get(&view, "rows").as_f64(), Some(packets));
    let number = get(&view, "view").as_f64().unwrap_or(0.0);
    let rows = ask(
        &mut engine,
        3,
        "rows",
        &format!(r#"{{"view":{number},"from":0,"count":128}}"#),
    );
    let page = Uint8Array::from(get(&rows, "bytes")).to_vec();
    assert_eq!(
        page.first_chunk::<4>(),
        Some(&packets.min(128.0).to_le_u32())
    );

    let packet = get(
        &ask(&mut engine, 4, "packet", r#"{"packet":"A:1"}"#),
        "payload",
    );
    let sources: Array = get(&packet, "sources").into();
    let held = Uint8Array::from(get(&sources.get(0), "bytes"));
    assert!(held.length() > 40);
    assert!(Array::from(&get(&packet, "tree")).length() > 10);

    let wrong = ask(&mut engine, 5, "packet", r#"{"packet":"A:999999"}"#);
    assert_eq!(get(&wrong, "state").as_string().as_deref(), Some("failed"));
    assert_eq!(
        get(&get(&wrong, "error"), "kind").as_string().as_deref(),
        Some("gone")
    );
    assert!(engine.memory() > 0.0);
}

trait Le {
    fn to_le_u32(self) -> [u8; 4];
}

impl Le for f64 {
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
    fn to_le_u32(self) -> [u8; 4] {
        (self as u32).to_le_bytes()
    }
}

fn loop_until(engine: &mut Engine, id: u32, op: &str, args: &str, file: &[u8]) -> JsValue {
    let mut reply = engine.call(id, op, object(args));
    loop {
        let state = get(&reply, "state").as_string().unwrap_or_default();
        if !matches!(state.as_str(), "more" | "need" | "partial") {
            return reply;
        }
        for need in Array::from(&get(&reply, "need")).iter() {
            let at = |key: &str| get(&need, key).as_f64().unwrap_or(0.0);
            #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
            let (start, end) = (at("start") as usize, at("end") as usize);
            let piece = file.get(start..end).unwrap_or_default();
            engine.supply(id, 0, at("start"), piece.to_vec());
        }
        reply = engine.step(id, 1000);
    }
}

/// gzip is recognised and undone in pieces; damage is an error with a kind.
pub(crate) fn compressed_captures_are_unpacked() {
    let plain = sample();
    let packed = weir_tests::packets::http::gzip(&plain);
    assert_eq!(
        Decoder::detect(packed.get(..16).unwrap_or_default()),
        "gzip"
    );
    assert_eq!(Decoder::detect(&plain), "");
    let Ok(mut decoder) = Decoder::new("gzip") else {
        unreachable!("gzip is known")
    };
    let mut out = Vec::new();
    let pieces = packed.chunks(1000).count();
    for (n, piece) in packed.chunks(1000).enumerate() {
        decoder.push(piece, n + 1 == pieces);
        loop {
            let bytes = decoder.take(4096).unwrap_or_default().to_vec();
            if bytes.is_empty() {
                break;
            }
            out.extend(bytes);
        }
    }
    assert!(out == plain, "{} of {} bytes", out.len(), plain.len());
    let Err(error) = Decoder::new("rar") else {
        unreachable!("rar is not known")
    };
    assert_eq!(get(&error, "kind").as_string().as_deref(), Some("request"));
}
