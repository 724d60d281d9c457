//! Any text as a filter.
#![no_main]

libfuzzer_sys::fuzz_target!(|text: &str| weir_tests::hostile::every::filter(text));
