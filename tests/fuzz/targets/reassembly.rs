//! Any segments of a connection: order, overlaps, holes and wraps as the bytes say.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| weir_tests::hostile::every::segments(bytes).unwrap());
