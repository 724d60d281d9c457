//! The wasm build tells of the sample what the native one tells; in Node.

#![cfg(target_arch = "wasm32")]

mod proof;

use js_sys::{Function, Reflect, Uint8Array};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_test::{console_log, wasm_bindgen_test};
use weir_tests::desk::{SAMPLE_DIGEST, digest_of, digest_of_sample};

#[wasm_bindgen_test]
fn the_sample_is_told_as_natively() {
    assert_eq!(digest_of_sample(), SAMPLE_DIGEST);
}

#[wasm_bindgen_test]
fn a_worker_is_answered() {
    proof::a_worker_is_answered();
}

#[wasm_bindgen_test]
fn memory_grows_in_large_steps() {
    proof::memory_grows_in_large_steps();
}

#[wasm_bindgen_test]
fn compressed_captures_are_unpacked() {
    proof::compressed_captures_are_unpacked();
}

fn get(object: &JsValue, key: &str) -> JsValue {
    Reflect::get(object, &key.into()).unwrap_or(JsValue::UNDEFINED)
}

fn read(path: &str) -> Vec<u8> {
    let process = get(&js_sys::global(), "process");
    let module = get(&process, "getBuiltinModule").unchecked_into::<Function>();
    let files = module
        .call1(&process, &"fs".into())
        .unwrap_or(JsValue::UNDEFINED);
    let read = get(&files, "readFileSync").unchecked_into::<Function>();
    match read.call1(&files, &path.into()) {
        Ok(bytes) => bytes.unchecked_into::<Uint8Array>().to_vec(),
        Err(e) => {
            console_log!("{path}: {e:?}");
            Vec::new()
        }
    }
}

/// `$WEIR_CORPUS_DIGEST` is what `weir-corpus-digest` wrote: every capture must be told the same here.
#[wasm_bindgen_test]
fn the_corpus_is_told_as_natively() {
    let env = get(&get(&js_sys::global(), "process"), "env");
    let Some(list) = get(&env, "WEIR_CORPUS_DIGEST").as_string() else {
        console_log!("skipped: no digests of the native build: the corpus is not compared");
        return;
    };
    let list = String::from_utf8(read(&list)).unwrap_or_default();
    let (mut compared, mut differ) = (0, Vec::new());
    for line in list.lines() {
        let line = js_sys::JSON::parse(line).unwrap_or(JsValue::NULL);
        let text = |key: &str| get(&line, key).as_string().unwrap_or_default();
        let name = text("name");
        let (here, there) = (digest_of(&name, read(&text("path"))), text("digest"));
        let parts = here.lines().zip(there.lines());
        let wrong: Vec<&str> = parts
            .filter(|(a, b)| a != b)
            .filter_map(|(a, _)| a.split(' ').next())
            .collect();
        if !wrong.is_empty() || here.len() != there.len() {
            differ.push(format!("{name}: {}", wrong.join(", ")));
        }
        compared += 1;
    }
    console_log!("{compared} captures of the corpus compared with the native build");
    assert!(differ.is_empty(), "{}", differ.join("\n"));
}
