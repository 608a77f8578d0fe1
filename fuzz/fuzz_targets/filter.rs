//! Any text as a filter.
#![no_main]

use fuzz::{Dice, mutate_filter};
use libfuzzer_sys::{fuzz_mutator, fuzz_target, fuzzer_mutate};

#[path = "../../engine/tests/support/filter_text.rs"]
mod filter_text;

fuzz_target!(|input: &[u8]| filter_text::check_input(input));

fuzz_mutator!(|data: &mut [u8], size: usize, max_size: usize, seed: u32| {
    let mut dice = Dice::new(seed);
    // The first byte says which report, and is left to the other mutations.
    if size < 1 || dice.below(2) == 0 {
        return fuzzer_mutate(data, size, max_size);
    }
    1 + mutate_filter(&mut data[1..], size - 1, max_size - 1, &mut dice)
});
