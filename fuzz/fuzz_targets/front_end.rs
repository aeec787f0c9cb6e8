//! Any bytes: parsed without loss, linked without a panic.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| protogov_fuzz::front_end(bytes));
