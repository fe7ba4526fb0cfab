//! Runs tests of the copy, within limits.

use std::os::unix::process::ExitStatusExt;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};

use crate::compile::Binary;
use crate::table::{ENVIRONMENT, MEMORY};

/// How a run ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Ended {
    /// Every test passed.
    Passed,
    /// One failed, or the process broke down.
    Failed,
    /// It took too long.
    TooLong,
}

/// Runs these tests of a binary with a mutant on, one after the other.
/// `limit` bounds the time on the processor; the time on the wall may be four times that, for a busy machine.
///
/// # Errors
/// When it can't be started.
pub fn mutated(binary: &Binary, tests: &[&str], mutant: usize, limit: Duration) -> Result<Ended, String> {
    let script = format!("ulimit -t {}; exec \"$@\"", limit.as_secs_f64().ceil().max(1.0));
    let mut command = command(binary, tests, &script);
    command.env("ABEY_MUTANT", mutant.to_string()).stdout(Stdio::null());
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

/// Runs one test with every mutant off. Where a file is given, those that it reaches are written to it, which takes longer.
/// Returns how it ended, and its time on the processor.
///
/// # Errors
/// When it can't be started.
pub fn plain(binary: &Binary, test: &str, reached: Option<&str>, limit: Duration) -> Result<(Ended, Duration), String> {
    let script = format!("ulimit -t {}; \"$@\" > /dev/null; code=$?; times; exit $code", limit.as_secs());
    let mut command = command(binary, &[test], &script);
    let output = command.envs(reached.map(|file| ("ABEY_MUTANTS_REACHED", file))).output();
    let output = output.map_err(|error| format!("{}: {error}", binary.file.display()))?;
    let time = children(&String::from_utf8_lossy(&output.stdout));
    // The shell tells of a signal by 128 and its number.
    let ended = match output.status.code() {
        Some(0) => Ended::Passed,
        Some(137 | 152) => Ended::TooLong,
        _ => Ended::Failed,
    };
    Ok((ended, time))
}

/// What `times` of the shell says of its children, in its second line: `0m1.5s 0m0.5s`.
fn children(times: &str) -> Duration {
    let each = times.lines().nth(1).unwrap_or("").split_whitespace().map(|time| {
        let (minutes, seconds) = time.trim_end_matches('s').split_once('m').unwrap_or(("0", time));
        minutes.parse::<f64>().unwrap_or(0.0) * 60.0 + seconds.parse::<f64>().unwrap_or(0.0)
    });
    Duration::from_secs_f64(each.sum())
}

fn command(binary: &Binary, tests: &[&str], script: &str) -> Command {
    let script = format!("ulimit -c 0; ulimit -v {}; {script}", MEMORY * 1024);
    let mut command = Command::new("sh");
    command.args(["-c", &script, "sh"]).arg(&binary.file);
    command.args(["--quiet", "--test-threads=1", "--exact"]).args(tests);
    command.current_dir(&binary.folder).env_remove("ABEY_MUTANT").env_remove("ABEY_MUTANTS_REACHED");
    command.envs(ENVIRONMENT.iter().copied()).stdin(Stdio::null()).stderr(Stdio::null());
    command
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_time_of_the_children() {
        assert_eq!(children("0m9s 0m9s\n1m1.250000s 0m0.500000s\n"), Duration::from_millis(61_750));
        assert_eq!(children(""), Duration::ZERO);
    }
}
