//! The `abey` command as a library: [`run`] takes arguments and streams, and returns the exit status.
//!
//! Exit status: 0 all is well (every operation allowed, every example passed);
//! 3 some operation paused, some example failed, or some file isn't formatted;
//! 1 a policy or an input can't be used; 2 the arguments are wrong.

#![forbid(unsafe_code)]

mod asked;
mod build;
mod check;
mod diff;
mod doc;
mod each;
mod explain;
mod fmt;
mod input;
mod inspect;
mod lint;
mod prove;
mod test;

use std::ffi::OsString;
use std::io::{ErrorKind, Read, Write};

use clap::{Parser, Subcommand, ValueEnum};

/// All is well.
pub const FINE: u8 = 0;
/// A policy or an input can't be used.
pub const UNUSABLE: u8 = 1;
/// The arguments are wrong.
pub const USAGE: u8 = 2;
/// The answer is no: paused, failed, not formatted.
pub const NO: u8 = 3;

/// Whether the streams are terminals, and so take colours.
#[derive(Clone, Copy, Debug, Default)]
pub struct Colour {
    /// Standard output.
    pub out: bool,
    /// Standard error.
    pub err: bool,
}

#[derive(Parser)]
#[command(name = "abey", version, about = "Policy as code for data processing agreements: obey, or abey.", after_help = EXAMPLES)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

const EXAMPLES: &str = "Examples:
  abey check policies/conma policies/conma/operations/01-consent-stored.json
  abey explain policies/conma policies/conma/operations/03-raw-address-logged.json
  abey test policies
  abey prove policies
  abey doc policies/conma --format html -o conma.html
  abey build policies/conma -o conma.wasm
  abey fmt --check policies

POLICY is a source file (policy.abey), a built policy (.image or .wasm), or a folder that holds policy.abey.
Exit status: 0 fine, 3 paused or failed, 1 a policy or input can't be used, 2 wrong arguments.";

#[derive(Subcommand)]
enum Command {
    /// Decide operations: allow, or pause with every reason
    #[command(after_help = check::EXAMPLES)]
    Check(check::Check),
    /// Show how a decision comes about, over the policy's own text
    #[command(after_help = explain::EXAMPLES)]
    Explain(explain::Explain),
    /// Run the examples of policies
    #[command(after_help = test::EXAMPLES)]
    Test(test::Test),
    /// Settle the properties of policies: proved, or refuted by an example
    #[command(after_help = prove::EXAMPLES)]
    Prove(prove::Prove),
    /// Find what is legal to write in a policy and rarely meant
    #[command(after_help = lint::EXAMPLES)]
    Lint(lint::Lint),
    /// Say what a new version of a policy changes
    #[command(after_help = diff::EXAMPLES)]
    Diff(diff::Diff),
    /// Write the public page of a policy: its register, recipients, retention, security and duties
    #[command(after_help = doc::EXAMPLES)]
    Doc(doc::Doc),
    /// Write a policy as one file that hosts load: a WebAssembly module, or an image
    #[command(after_help = build::EXAMPLES)]
    Build(build::Build),
    /// Print what is in a built policy
    #[command(after_help = inspect::EXAMPLES)]
    Inspect(inspect::Inspect),
    /// Format policy sources in place
    #[command(after_help = fmt::EXAMPLES)]
    Fmt(fmt::Fmt),
}

/// How to print.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For a person.
    Human,
    /// One JSON value a line.
    Json,
}

/// The streams of a run.
struct Streams<'a> {
    input: &'a mut dyn Read,
    out: &'a mut dyn Write,
    err: &'a mut dyn Write,
    colour: Colour,
}

impl Streams<'_> {
    /// Prints an answer, or complains; the exit status.
    fn answer(&mut self, told: Result<String, String>) -> u8 {
        match told {
            Ok(text) => {
                // What can't be written is told by the stream itself, once for every command.
                let _ = self.out.write_all(text.as_bytes());
                FINE
            }
            Err(message) => {
                self.complain(message.trim_end());
                UNUSABLE
            }
        }
    }

    /// Prints a line to standard error; a stream that is closed is no error of ours.
    fn complain(&mut self, message: &str) {
        let _ = writeln!(self.err, "{message}");
    }
}

/// Runs the command and returns its exit status.
pub fn run(
    args: impl IntoIterator<Item = OsString>,
    input: &mut dyn Read,
    out: &mut dyn Write,
    err: &mut dyn Write,
    colour: Colour,
) -> u8 {
    let arguments = match Arguments::try_parse_from(args) {
        Ok(arguments) => arguments,
        Err(refusal) => {
            let text = if colour.err { refusal.render().ansi().to_string() } else { refusal.render().to_string() };
            // Help and version are answers, not errors.
            return if refusal.use_stderr() {
                let _ = err.write_all(text.as_bytes());
                USAGE
            } else {
                let _ = out.write_all(text.as_bytes());
                FINE
            };
        }
    };
    let mut out = Watched { inner: out, failed: None };
    let mut streams = Streams { input, out: &mut out, err, colour };
    let code = match arguments.command {
        Command::Check(check) => check.run(&mut streams),
        Command::Explain(explain) => explain.run(&mut streams),
        Command::Test(test) => test.run(&mut streams),
        Command::Prove(prove) => prove.run(&mut streams),
        Command::Lint(lint) => lint.run(&mut streams),
        Command::Diff(diff) => diff.run(&mut streams),
        Command::Doc(doc) => doc.run(&mut streams),
        Command::Build(build) => build.run(&mut streams),
        Command::Inspect(inspect) => inspect.run(&mut streams),
        Command::Fmt(fmt) => fmt.run(&mut streams),
    };
    let flushed = streams.out.flush();
    match out.failed.or(flushed.err()).filter(|error| error.kind() != ErrorKind::BrokenPipe) {
        Some(error) => {
            let _ = writeln!(err, "error: can't write: {error}");
            UNUSABLE
        }
        None => code,
    }
}

/// An output that remembers whether it could be written to: an answer that nobody gets is none.
struct Watched<'a> {
    inner: &'a mut dyn Write,
    failed: Option<std::io::Error>,
}

impl Write for Watched<'_> {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        let written = self.inner.write(bytes);
        if let Err(error) = &written
            && error.kind() != ErrorKind::Interrupted
            && self.failed.is_none()
        {
            self.failed = Some(std::io::Error::from(error.kind()));
        }
        written
    }

    fn flush(&mut self) -> std::io::Result<()> {
        self.inner.flush()
    }
}
