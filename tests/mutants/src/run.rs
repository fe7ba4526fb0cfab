//! Runs tests of the copy, within limits.

use std::os::unix::process::ExitStatusExt;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use crate::compile::Binary;
use crate::table::{ENVIRONMENT, MEMORY};

/// How a run ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ended {
    /// Every test passed.
    Passed,
    /// One failed, or the process broke down.
    Failed,
    /// It took too long.
    TooLong,
}

/// Runs these tests of a binary, one after the other, with the environment given.
/// `limit` bounds the time on the processor; the time on the wall may be four times that, for a busy machine.
///
/// # Errors
/// When it can't be started.
pub fn run(binary: &Binary, tests: &[&str], limit: Duration, environment: &[(&str, &str)]) -> Result<Ended, String> {
    let script = format!(
        "ulimit -c 0; ulimit -v {}; ulimit -t {}; exec \"$@\"",
        MEMORY * 1024,
        limit.as_secs_f64().ceil().max(1.0)
    );
    let mut command = Command::new("sh");
    command.args(["-c", &script, "sh"]).arg(&binary.file);
    command.args(["--quiet", "--test-threads=1", "--exact"]).args(tests);
    command.current_dir(&binary.folder).env_remove("ABEY_MUTANT").env_remove("ABEY_MUTANTS_REACHED");
    command.envs(ENVIRONMENT.iter().copied()).envs(environment.iter().copied());
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    let started = Instant::now();
    let mut child = command.spawn().map_err(|error| format!("{}: {error}", binary.file.display()))?;
    let mut pause = Duration::from_millis(1);
    loop {
        if let Some(status) = child.try_wait().map_err(|error| error.to_string())? {
            // SIGKILL and SIGXCPU: the limit of the processor's time.
            return Ok(match (status.success(), status.signal()) {
                (true, _) => Ended::Passed,
                (false, Some(9 | 24)) => Ended::TooLong,
                (false, _) => Ended::Failed,
            });
        }
        if started.elapsed() > limit * 4 {
            let _ = child.kill();
            let _ = child.wait();
            return Ok(Ended::TooLong);
        }
        std::thread::sleep(pause);
        pause = (pause * 2).min(Duration::from_millis(10));
    }
}

/// The names of the tests of a binary.
///
/// # Errors
/// When it can't be started.
pub fn names(binary: &Binary) -> Result<Vec<String>, String> {
    let listed = Command::new(&binary.file).args(["--list", "--format", "terse"]).output();
    let listed = listed.map_err(|error| format!("{}: {error}", binary.file.display()))?;
    let text = String::from_utf8_lossy(&listed.stdout);
    Ok(text.lines().filter_map(|line| line.strip_suffix(": test")).map(str::to_string).collect())
}
