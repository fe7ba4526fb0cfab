//! Commands that tests run: `abey` itself, and programs.

use std::process::{Command, Stdio};

use abey_cli::Colour;

/// Runs the `abey` command as a library: its exit status, and what it printed to either stream.
///
/// # Panics
/// When it printed what isn't UTF-8.
#[expect(clippy::expect_used, reason = "a command that prints no text must fail the test at hand")]
pub fn abey(arguments: &[&str], input: &str) -> (u8, String, String) {
    let (mut out, mut err) = (Vec::new(), Vec::new());
    let arguments = std::iter::once("abey").chain(arguments.iter().copied()).map(Into::into);
    let code = abey_cli::run(arguments, &mut input.as_bytes(), &mut out, &mut err, Colour::default());
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("the command prints UTF-8");
    (code, text(out), text(err))
}

/// Runs a program; what it printed.
///
/// # Errors
/// When it can't be run, or fails: with all that it printed.
pub fn told(command: &mut Command) -> Result<String, String> {
    let name = command.get_program().display().to_string();
    let output = command.stdin(Stdio::null()).output().map_err(|error| format!("{name} can't be run: {error}"))?;
    let (out, err) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    if output.status.success() { Ok(out.into_owned()) } else { Err(format!("{name} failed\n{out}{err}")) }
}
