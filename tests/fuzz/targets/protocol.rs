//! Any bytes as traffic of any protocol: the first one chooses it.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    if let [which, rest @ ..] = bytes {
        weir_tests::hostile::every::protocol(usize::from(*which), rest).unwrap();
    }
});
