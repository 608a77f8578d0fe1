//! What fuzzing found, made small and kept, so that it is found at once should it ever come back.
//! A find of a fuzz target is a file in `finds/`, in the folder of the target's name, named after what was wrong.
#![allow(missing_docs)]

#[path = "support/broken.rs"]
#[allow(dead_code, reason = "each test file uses its own part")]
mod broken;

#[path = "support/filter_text.rs"]
mod filter_text;

use std::{fs, panic::catch_unwind, path::Path};

#[test]
fn pages_that_broke_something_once_do_so_no_more() {
    check_all("ingest", broken::check_input);
}

#[test]
fn filters_that_broke_something_once_do_so_no_more() {
    check_all("filter", filter_text::check_input);
}

fn check_all(target: &str, check: fn(&[u8])) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/finds").join(target);
    let files = fs::read_dir(folder).expect("each target has a folder");
    let mut paths: Vec<_> = files.map(|file| file.expect("the folder can be read").path()).collect();
    paths.sort();
    assert!(!paths.is_empty(), "{target} has at least one input to begin with");
    for path in paths {
        let input = fs::read(&path).expect("finds can be read");
        assert!(catch_unwind(|| check(&input)).is_ok(), "{} fails again", path.display());
    }
}
