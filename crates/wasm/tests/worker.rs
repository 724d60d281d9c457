//! The wasm build tells of the sample what the native one tells; in a dedicated worker of a browser.

#![cfg(target_arch = "wasm32")]

mod proof;

use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};
use weir_tests::desk::{SAMPLE_DIGEST, digest_of_sample};

wasm_bindgen_test_configure!(run_in_dedicated_worker);

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
