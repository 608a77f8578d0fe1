//! Child processes: started in the repository's root with our tools on PATH, ended when we are.

use std::{
    env,
    ffi::OsString,
    io::{self, BufRead, BufReader},
    path::{Path, PathBuf},
    process::{Child, Command, ExitStatus, Stdio},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use crate::tools;

pub struct Shell {
    pub root: PathBuf,
    path: OsString,
    running: Arc<Mutex<Vec<u32>>>,
}

impl Shell {
    pub fn new() -> Result<Self, String> {
        // Cargo says at run time which clone this is; several may share one target folder.
        let package = env::var_os("CARGO_MANIFEST_DIR").unwrap_or_else(|| env!("CARGO_MANIFEST_DIR").into());
        let root = Path::new(&package).parent().ok_or("xtask has no parent folder")?.to_path_buf();
        let mut folders = tools::folders()?;
        folders.push(root.join("node_modules").join(".bin"));
        folders.extend(env::split_paths(&env::var_os("PATH").unwrap_or_default()));
        let path = env::join_paths(folders).map_err(|error| format!("PATH: {error}"))?;
        let running = Arc::new(Mutex::new(Vec::new()));
        let to_end = Arc::clone(&running);
        // A terminal's Ctrl-C reaches the children by itself; a signal to us alone does not.
        ctrlc::set_handler(move || {
            // Held to the end, so that nothing is started any more.
            let ids: MutexGuard<'_, Vec<u32>> = to_end.lock().unwrap_or_else(PoisonError::into_inner);
            for id in ids.iter() {
                end(*id);
            }
            std::process::exit(130);
        })
        .map_err(|error| format!("cannot listen for Ctrl-C: {error}"))?;
        Ok(Self { root, path, running })
    }

    /// A command with our tools on its PATH, in the root folder.
    pub fn command(&self, program: &str) -> Command {
        let mut command = Command::new(self.find(program).unwrap_or_else(|| program.into()));
        command.current_dir(&self.root).env("PATH", &self.path);
        command
    }

    /// Where a program is: on our PATH, or itself when it is a path.
    pub fn find(&self, program: &str) -> Option<PathBuf> {
        let endings: &[&str] = if cfg!(windows) { &["", ".exe", ".cmd"] } else { &[""] };
        let found = |folder: &Path| {
            endings.iter().map(|ending| folder.join(format!("{program}{ending}"))).find(|path| path.is_file())
        };
        if Path::new(program).components().count() > 1 {
            return found(Path::new(""));
        }
        env::split_paths(&self.path).find_map(|folder| found(&folder))
    }

    /// Runs to the end; anything but success is an error.
    pub fn run(&self, command: &mut Command) -> Result<(), String> {
        let (mut child, _running) = self.start(command)?;
        succeeded(command, child.wait())
    }

    /// Runs to the end, shows standard output line by line and gives each line to `hear`.
    pub fn run_heard(&self, command: &mut Command, mut hear: impl FnMut(&str)) -> Result<(), String> {
        let (mut child, _running) = self.start(command.stdout(Stdio::piped()))?;
        if let Some(output) = child.stdout.take() {
            for line in BufReader::new(output).split(b'\n').map_while(Result::ok) {
                let line = String::from_utf8_lossy(&line);
                println!("{line}");
                hear(&line);
            }
        }
        succeeded(command, child.wait())
    }

    /// Standard output of a command that succeeds; `None` when it does not start or fails. What it complains about is not shown.
    pub fn output(&self, command: &mut Command) -> Option<String> {
        self.captured(command.stderr(Stdio::null())).ok()
    }

    /// Standard output of a command that succeeds.
    pub fn captured(&self, command: &mut Command) -> Result<String, String> {
        let (child, _running) = self.start(command.stdin(Stdio::null()).stdout(Stdio::piped()))?;
        let output = child.wait_with_output().map_err(|error| cannot_start(command, &error))?;
        succeeded(command, Ok(output.status))?;
        Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned())
    }

    fn start(&self, command: &mut Command) -> Result<(Child, Running), String> {
        // Locked while starting, so that a signal finds either no child or a listed one.
        let mut ids = self.running.lock().unwrap_or_else(PoisonError::into_inner);
        let child = command.spawn().map_err(|error| cannot_start(command, &error))?;
        ids.push(child.id());
        let running = Running { list: Arc::clone(&self.running), id: child.id() };
        Ok((child, running))
    }
}

/// Says what a slow step does, before it does it.
pub fn say(message: &str) {
    eprintln!("[xtask] {message}");
}

/// Lists a child for as long as this lives.
struct Running {
    list: Arc<Mutex<Vec<u32>>>,
    id: u32,
}

impl Drop for Running {
    fn drop(&mut self) {
        self.list.lock().unwrap_or_else(PoisonError::into_inner).retain(|id| *id != self.id);
    }
}

fn end(id: u32) {
    let mut command = if cfg!(windows) {
        let mut command = Command::new("taskkill");
        command.args(["/T", "/F", "/PID", &id.to_string()]);
        command
    } else {
        let mut command = Command::new("sh");
        command.args(["-c", &format!("kill -INT {id} || true")]);
        command
    };
    // A child that is gone already is what we want.
    let _ = command.stdout(Stdio::null()).stderr(Stdio::null()).status();
}

fn succeeded(command: &Command, status: io::Result<ExitStatus>) -> Result<(), String> {
    let status = status.map_err(|error| cannot_start(command, &error))?;
    if status.success() { Ok(()) } else { Err(format!("{} failed ({status})", shown(command))) }
}

fn shown(command: &Command) -> String {
    let program = Path::new(command.get_program()).file_stem().unwrap_or_default();
    let words = std::iter::once(program).chain(command.get_args());
    words.map(|word| word.to_string_lossy()).collect::<Vec<_>>().join(" ")
}

fn cannot_start(command: &Command, error: &io::Error) -> String {
    format!("cannot start {}: {error}", shown(command))
}
