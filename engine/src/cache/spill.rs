//! A file that makes room for a dataset while it is open.

/// How the names of such files begin.
const PREFIX: &str = "spill-";

/// True for a file that is of no use once the worker that made it is gone.
pub fn is_spill_file(name: &str) -> bool {
    name.starts_with(PREFIX)
}
