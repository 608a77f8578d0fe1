//! The engine on the command line: takes in a folder of recorded Graph responses and answers one question in JSON.
//! `cargo xtask query` starts it. Everything goes through the engine's own messages, so that what it answers is what the page shows.
//!
//! `arguments` reads the command line, `session` talks to the engine, `outside` is the engine's world without a browser,
//! `answers` writes JSON, `complaints` says in words what is wrong with a name or a filter.

mod answers;
mod arguments;
mod complaints;
mod outside;
mod session;

use std::{
    io::{self, Write},
    process::ExitCode,
};

use arguments::{Arguments, Question};
use session::Session;

fn main() -> ExitCode {
    match Arguments::parse(std::env::args().skip(1)).and_then(run) {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("query: {message}");
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: Option<Arguments>) -> Result<(), String> {
    let mut output = io::stdout().lock();
    let Some(arguments) = arguments else { return print(&mut output, arguments::USAGE.as_bytes()) };
    let filter = complaints::filter(arguments.report, &arguments.filter, outside::now())?;
    let session = Session::open(arguments.report, &arguments.folder)?;
    let limit = arguments.limit;
    let (head, total) = answers::head(&session, &filter)?;
    let answer = match &arguments.question {
        Question::Count => head,
        Question::Facets(columns) => answers::facets(&session, &filter, columns, limit, head)?,
        Question::Groups(columns) => answers::groups(&session, &filter, columns, limit, head)?,
        Question::Histogram(buckets) => answers::histogram(&session, &filter, *buckets, head)?,
        Question::Records => {
            // The records alone on standard output, so that they can be read again.
            eprintln!("{}", answers::text(&head));
            let count = limit.unwrap_or(total);
            return session.records(&filter, count, |bytes| write(&mut output, bytes));
        }
    };
    print(&mut output, format!("{}\n", answers::text(&answer)).as_bytes())
}

fn print(output: &mut impl Write, bytes: &[u8]) -> Result<(), String> {
    write(output, bytes)?;
    output.flush().map_err(|error| format!("standard output: {error}"))
}

fn write(output: &mut impl Write, bytes: &[u8]) -> Result<(), String> {
    match output.write_all(bytes) {
        // Whoever reads only the beginning has what was wanted.
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => std::process::exit(0),
        result => result.map_err(|error| format!("standard output: {error}")),
    }
}
