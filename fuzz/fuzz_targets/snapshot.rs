#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| schemacheck_fuzz::snapshot(data));
