//! Trunk: builds the page and extension into `dist/`, or serves them and rebuilds on change.

use std::process::Command;

use crate::{
    arguments::Arguments,
    cloud_file,
    setup::{self, Need},
    shell::{Shell, say},
};

/// How `post-build`, which Trunk starts, learns the cloud: as `cloud_file` describes it.
pub const CLOUD_VARIABLE: &str = "GATEBOOK_CLOUD";

pub fn build(shell: &Shell, arguments: &Arguments) -> Result<(), String> {
    setup::ensure(shell, Need::BUILD)?;
    let (kind, time) = kind(arguments.is_release);
    say(&format!("building the {kind} build for the cloud {}: {time}", arguments.cloud.id));
    shell.run(&mut trunk(shell, "build", arguments))?;
    say("done: dist/ is the page for any static host, and the unpacked extension");
    Ok(())
}

pub fn serve(shell: &Shell, arguments: &Arguments) -> Result<(), String> {
    setup::ensure(shell, Need::BUILD)?;
    let (kind, time) = kind(arguments.is_release);
    say(&format!("building the {kind} build for the cloud {}: {time}", arguments.cloud.id));
    say(&format!("the page will be at http://localhost:{}/ (reload it after a change; Ctrl-C ends)", arguments.port));
    shell.run(trunk(shell, "serve", arguments).args(["--port", &arguments.port.to_string()]))
}

/// The page for another cloud, into a folder of its own.
pub fn build_into(shell: &Shell, arguments: &Arguments, folder: &str) -> Result<(), String> {
    setup::ensure(shell, Need::BUILD)?;
    let place = shell.root.join(folder);
    std::fs::create_dir_all(&place).map_err(|error| format!("{}: {error}", place.display()))?;
    say(&format!("building for the cloud {} into {folder}", arguments.cloud.id));
    shell.run(trunk(shell, "build", arguments).args(["--dist", folder]))
}

/// A page of ours that is not shipped, with the very workers that are, into a folder of its own.
pub fn build_page(shell: &Shell, arguments: &Arguments, page: &str, folder: &str) -> Result<(), String> {
    setup::ensure(shell, Need::BUILD)?;
    let (kind, time) = kind(true);
    say(&format!("building {page} with the workers of the {kind} build: {time}"));
    shell.run(trunk(shell, "build", arguments).args(["--release", "--dist", folder, "--html-output", page, page]))
}

fn trunk(shell: &Shell, verb: &str, arguments: &Arguments) -> Command {
    let mut command = shell.command("trunk");
    // Trunk reads this one as its own flag, and refuses the value 1 that some terminals and CI systems set.
    command.arg(verb).env(CLOUD_VARIABLE, cloud_file::described(arguments.cloud).to_string()).env_remove("NO_COLOR");
    if arguments.is_release {
        command.arg("--release");
    }
    command
}

fn kind(is_release: bool) -> (&'static str, &'static str) {
    if is_release {
        ("release", "3 to 6 minutes the first time on two cores")
    } else {
        ("development", "1 to 2 minutes the first time on two cores, seconds later")
    }
}
