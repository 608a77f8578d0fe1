//! `cargo xtask bench`: how fast the engine is, natively and beside its peers in a browser.

use crate::{
    arguments::{Arguments, Benches},
    setup::{self, Need},
    shell::{Shell, say},
    site,
};

const FOLDER: &str = "dist-bench";
const PAGE: &str = "bench.html";

pub fn run(shell: &Shell, arguments: &Arguments) -> Result<(), String> {
    if arguments.benches != Benches::Page {
        native(shell)?;
    }
    if arguments.benches != Benches::Native {
        page(shell, arguments)?;
    }
    Ok(())
}

/// Criterion compares with the run before, which it keeps in the target folder.
fn native(shell: &Shell) -> Result<(), String> {
    setup::ensure(shell, &[Need::Crates])?;
    say("building the optimised engine, then measuring for about a minute");
    shell.run(shell.command("cargo").args(["bench", "--package=engine", "--bench=speed", "--locked"]))
}

fn page(shell: &Shell, arguments: &Arguments) -> Result<(), String> {
    site::build_page(shell, arguments, PAGE, FOLDER)?;
    let folder = shell.root.join(FOLDER);
    say(&format!(
        "done: {FOLDER}/{PAGE} defines window.bench, in front of the worker that dist/ has. Beside its peers:"
    ));
    println!("node run.mjs --rows 100000 --peer gatebook=dir:{}#{PAGE}", folder.display());
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_has_the_workers_that_are_shipped() {
        let workers = |page: &str| {
            let path = format!("{}/../{page}", env!("CARGO_MANIFEST_DIR"));
            let text = std::fs::read_to_string(&path).expect("the page is part of the repository");
            let tags = crate::html::tags(&text).into_iter();
            let workers = tags.filter(|tag| tag.attribute("data-type") == Some("worker"));
            workers.map(|tag| tag.attributes).collect::<Vec<_>>()
        };
        assert!(!workers(PAGE).is_empty());
        assert_eq!(workers(PAGE), workers("index.html"));
    }
}
