//! Prints what a check costs beside other engines, as Markdown.
//!
//! `--only NAME` takes the project's own checker and one engine, `--quick` a first look, `--rules` or `--conma` one of
//! the two tables.

use std::process::{Command, ExitCode};

use abey_peers::clock::{Effort, measure};
use abey_peers::scaling::{self, ratio, short};
use abey_peers::side::{Input, Side};
use abey_peers::{ENGINES, agreement, operations};

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let has = |flag: &str| arguments.iter().any(|argument| argument == flag);
    let only = arguments.iter().position(|argument| argument == "--only").map(|place| arguments.get(place + 1));
    let only = match only {
        Some(Some(name)) if ENGINES.iter().any(|(known, _)| known == name) => Some(name.as_str()),
        Some(_) => {
            eprintln!("--only takes one of {}", ENGINES.map(|(name, _)| name).join(", "));
            return ExitCode::FAILURE;
        }
        None => None,
    };
    let effort = if has("--quick") { Effort::QUICK } else { Effort::FULL };
    println!("{}\n", conditions(effort));
    if !has("--rules") {
        match conma(only, effort) {
            Ok(table) => println!("{table}\n"),
            Err(fault) => {
                eprintln!("{fault}");
                return ExitCode::FAILURE;
            }
        }
    }
    if !has("--conma") {
        println!("By rules: the last row allows / no row does (× what the checker takes), operations prebuilt.\n");
        println!("{}", scaling::table(only, effort, &scaling::SIZES));
    }
    ExitCode::SUCCESS
}

/// The table over Conma's operations.
fn conma(only: Option<&str>, effort: Effort) -> Result<String, String> {
    let texts = operations::texts();
    let mut sides: Vec<Side> = ENGINES
        .iter()
        .filter(|(name, _)| *name == "abey" || only.is_none_or(|only| only == *name))
        .flat_map(|(_, make)| make(&texts))
        .collect();
    let verdicts = agreement::agree(&mut sides, &texts)?;
    let allowed = verdicts.iter().filter(|allowed| **allowed).count();
    let bytes = texts.iter().map(String::len).sum::<usize>() / texts.len();
    let mut passes: Vec<Box<dyn FnMut() + '_>> = sides
        .iter_mut()
        .map(|side| {
            let mut seen = vec![false; texts.len()];
            Box::new(move || {
                (side.pass)(&mut seen);
                std::hint::black_box(&seen);
            }) as Box<dyn FnMut() + '_>
        })
        .collect();
    let mut calls: Vec<(usize, &mut dyn FnMut())> =
        passes.iter_mut().map(|pass| (texts.len(), pass.as_mut() as &mut dyn FnMut())).collect();
    let times = measure(&mut calls, effort);
    drop(passes);

    let found = |name: &str, input: Input| {
        let place = sides.iter().position(|side| side.input == input && side.name() == name);
        place.map(|place| times[place])
    };
    let own = sides[0].name();
    let mut names: Vec<String> = Vec::new();
    for side in &sides {
        if !names.contains(&side.name()) {
            names.push(side.name());
        }
    }
    let mut lines = vec![
        format!(
            "Conma's policy over {} operations of {bytes} bytes on average, {allowed} of them allowed; all sides agree \
             on each. Time per check, and × what the checker's verdict takes.\n",
            texts.len()
        ),
        "| | from JSON text | × | prebuilt | × |".to_string(),
        "| --- | ---: | ---: | ---: | ---: |".to_string(),
    ];
    for name in names {
        let cells = [Input::Text, Input::Prebuilt].map(|input| match (found(&name, input), found(&own, input)) {
            (Some(time), Some(own)) => format!("{} | {}", short(time), ratio(time / own)),
            _ => "– | –".to_string(),
        });
        lines.push(format!("| {name} | {} |", cells.join(" | ")));
    }
    Ok(lines.join("\n"))
}

/// When, on what and how it was measured.
fn conditions(effort: Effort) -> String {
    let said = |program: &str, arguments: &[&str]| {
        let output = Command::new(program).args(arguments).output().ok()?;
        Some(String::from_utf8_lossy(&output.stdout).trim().to_string())
    };
    let cpu = std::fs::read_to_string("/proc/cpuinfo").ok().and_then(|text| {
        let line = text.lines().find(|line| line.starts_with("model name"))?;
        Some(line.split_once(':')?.1.trim().to_string())
    });
    let load = std::fs::read_to_string("/proc/loadavg").ok();
    let load = load.as_deref().and_then(|text| text.split(' ').next());
    let unknown = || "unknown".to_string();
    format!(
        "{}; {}, {} threads, load {}; {}; median of {} rounds of {} ms, in turn",
        said("date", &["+%Y-%m-%d"]).unwrap_or_else(unknown),
        cpu.unwrap_or_else(unknown),
        std::thread::available_parallelism().map_or(0, usize::from),
        load.unwrap_or("unknown"),
        said("rustc", &["--version"]).unwrap_or_else(unknown),
        effort.rounds,
        effort.span.as_millis()
    )
}
