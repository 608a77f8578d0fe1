//! The made-up tenant as an HTTPS server. It ends on Ctrl-C, on SIGTERM, and when whoever started it closes its input.

use std::{
    io::{self, Write as _},
    process::ExitCode,
};

use tenant::server::{Server, ServerOptions, USAGE};
use tokio::io::AsyncReadExt as _;

fn main() -> ExitCode {
    let options = match ServerOptions::parse(std::env::args().skip(1)) {
        Ok(options) => options,
        Err(problem) => {
            return say_and_end(&if problem.is_empty() { USAGE.to_owned() } else { format!("{problem}\n") });
        }
    };
    let runtime = match tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return say_and_end(&format!("{error}\n")),
    };
    let outcome = runtime.block_on(run(options));
    // Reading the input blocks a thread that nothing can wake.
    runtime.shutdown_background();
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(problem) => say_and_end(&format!("{problem}\n")),
    }
}

async fn run(options: ServerOptions) -> Result<(), String> {
    let is_answers_wanted = options.is_answers_wanted;
    let server = Server::bind(options).await.map_err(|error| error.to_string())?;
    if is_answers_wanted {
        return say(&server.answers()).map_err(|error| error.to_string());
    }
    let line = server.ready_line().map_err(|error| error.to_string())?;
    say(&line).map_err(|error| error.to_string())?;
    tokio::select! {
        () = server.run() => {}
        () = stopped() => {}
        () = input_closed() => {}
    }
    Ok(())
}

fn say(line: &str) -> io::Result<()> {
    let mut out = io::stdout().lock();
    writeln!(out, "{line}")?;
    out.flush()
}

fn say_and_end(text: &str) -> ExitCode {
    // Nobody is left to tell when even this cannot be written.
    let _ = io::stderr().lock().write_all(text.as_bytes());
    ExitCode::from(2)
}

#[cfg(unix)]
async fn stopped() {
    use tokio::signal::unix::{SignalKind, signal};
    match signal(SignalKind::terminate()) {
        Ok(mut terminate) => tokio::select! {
            _ = tokio::signal::ctrl_c() => {}
            _ = terminate.recv() => {}
        },
        Err(_) => {
            let _ = tokio::signal::ctrl_c().await;
        }
    }
}

#[cfg(not(unix))]
async fn stopped() {
    let _ = tokio::signal::ctrl_c().await;
}

/// Resolves when a pipe from the parent ends. A terminal, a file or the null device never counts as closed.
async fn input_closed() {
    if !is_input_piped() {
        return std::future::pending().await;
    }
    let mut input = tokio::io::stdin();
    let mut buffer = [0; 256];
    while matches!(input.read(&mut buffer).await, Ok(count) if count > 0) {}
}

#[cfg(unix)]
fn is_input_piped() -> bool {
    use std::os::unix::fs::FileTypeExt as _;
    let kind = std::fs::metadata("/dev/stdin").map(|data| data.file_type());
    kind.is_ok_and(|kind| kind.is_fifo() || kind.is_socket())
}

#[cfg(not(unix))]
fn is_input_piped() -> bool {
    use std::io::IsTerminal as _;
    !io::stdin().is_terminal()
}
