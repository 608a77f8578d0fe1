//! Chores of this repository, started as `cargo xtask VERB`. Anything a machine lacks for a chore is installed first.
//!
//! One file, one noun: `arguments`, `shell` (child processes), `tools` (the per-user cache), `setup` (what a chore needs),
//! `site` (Trunk: build and serve), `post_build` (what Trunk leaves undone), `html`, `policy`, `cloud_file`, `licences`, `tests`, `tally`, `fuzz`,
//! `bench`.

mod arguments;
mod bench;
mod cloud_file;
#[path = "../../engine/src/clouds.rs"]
#[allow(dead_code)] // the app uses the rest of it
mod clouds;
mod fuzz;
mod html;
mod licences;
mod policy;
mod post_build;
mod setup;
mod shell;
mod site;
mod tally;
mod tests;
mod tools;

use std::process::ExitCode;

use arguments::{Arguments, Verb};
use setup::Need;
use shell::Shell;

fn main() -> ExitCode {
    match Arguments::parse(std::env::args().skip(1)).and_then(run) {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("xtask: {message}");
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: Arguments) -> Result<(), String> {
    let shell = Shell::new()?;
    match arguments.verb {
        Verb::Serve => site::serve(&shell, &arguments),
        Verb::Build => site::build(&shell, &arguments),
        Verb::Test => tests::run(&shell, &arguments),
        Verb::Bench => bench::run(&shell, &arguments),
        Verb::Tenant => {
            setup::ensure(&shell, &[Need::Crates])?;
            shell.run(
                shell
                    .command("cargo")
                    .args(["run", "--package", "tenant", "--bin", "tenant", "--"])
                    .args(&arguments.rest),
            )
        }
        Verb::Query => {
            setup::ensure(&shell, &[Need::Crates])?;
            let mut command = shell.command("cargo");
            command.args(["run", "--quiet", "--profile=chore", "--package=cli", "--bin=query", "--manifest-path"]);
            // Folders are named from where one stands.
            let here = std::env::current_dir().map_err(|error| format!("no current folder: {error}"))?;
            command.arg(shell.root.join("Cargo.toml")).arg("--").args(&arguments.rest).current_dir(here);
            if shell.run(&mut command).is_err() {
                // It has said why.
                std::process::exit(1);
            }
            Ok(())
        }
        Verb::Fuzz => fuzz::run(&shell, &arguments.fuzzing),
        Verb::PostBuild => post_build::run(&shell),
    }
}
