//! The wasm build tells of the sample what the native one tells; in Node.

#![cfg(target_arch = "wasm32")]

use wasm_bindgen_test::wasm_bindgen_test;
use weir_tests::desk::{SAMPLE_DIGEST, digest_of_sample};

#[wasm_bindgen_test]
fn the_sample_is_told_as_natively() {
    assert_eq!(digest_of_sample(), SAMPLE_DIGEST);
}
