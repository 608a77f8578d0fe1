//! Any bytes as a page of a report, twice.
#![no_main]

use fuzz::{Dice, mutate_page};
use libfuzzer_sys::{fuzz_mutator, fuzz_target, fuzzer_mutate};

#[path = "../../engine/tests/support/broken.rs"]
mod broken;

fuzz_target!(|input: &[u8]| broken::check_input(input));

fuzz_mutator!(|data: &mut [u8], size: usize, max_size: usize, seed: u32| {
    let mut dice = Dice::new(seed);
    // The first byte says which report, and is left to the other mutations.
    if size < 2 || dice.below(3) == 0 {
        return fuzzer_mutate(data, size, max_size);
    }
    let mut length = size;
    for _ in 0..=dice.below(3) {
        length = 1 + mutate_page(&mut data[1..], length - 1, max_size - 1, &mut dice);
    }
    length
});
