//! The `abey` command: see the library of this package.

use std::io::{IsTerminal, stderr, stdin, stdout};
use std::process::ExitCode;

fn main() -> ExitCode {
    let colour = abey_cli::Colour { out: stdout().is_terminal(), err: stderr().is_terminal() };
    let code =
        abey_cli::run(std::env::args_os(), &mut stdin().lock(), &mut stdout().lock(), &mut stderr().lock(), colour);
    ExitCode::from(code)
}
