//! Writes a source file with its mutants in it, each switched on by its number.

use std::collections::BTreeSet;
use std::fmt::Write;
use std::ops::Range;

use crate::mutant::{Form, Site, Source};

/// A rewritten file, and where the mutants are in it, by bytes.
#[derive(Debug, Default)]
pub struct Written {
    /// Its text.
    pub text: String,
    /// Each alternative.
    pub alternatives: Vec<(usize, Range<usize>)>,
    /// Each site with its mutants, those in its alternatives and what it held before included.
    pub sites: Vec<(Vec<usize>, Range<usize>)>,
    /// Each function.
    pub functions: Vec<Range<usize>>,
}

impl Written {
    /// Rewrites a file, without the mutants that are `dropped`.
    pub fn of(source: &Source, dropped: &BTreeSet<usize>) -> Self {
        let mut written = Written::default();
        written.range(source, &source.sites, 0..source.text.len(), dropped);
        written
    }

    /// Writes a part of the file; `sites` are those in it.
    fn range(&mut self, source: &Source, sites: &[Site], range: Range<usize>, dropped: &BTreeSet<usize>) {
        let (mut at, mut rest) = (range.start, sites);
        while let Some((site, further)) = rest.split_first() {
            let inner = further.iter().take_while(|inner| inner.range.end <= site.range.end && !site.range.is_empty());
            let (inner, after) = further.split_at(inner.count());
            self.text.push_str(source.text.get(at..site.range.start).unwrap_or(""));
            self.site(source, site, inner, dropped);
            (at, rest) = (site.range.end, after);
        }
        self.text.push_str(source.text.get(at..range.end).unwrap_or(""));
    }

    fn site(&mut self, source: &Source, site: &Site, inner: &[Site], dropped: &BTreeSet<usize>) {
        let start = self.text.len();
        let on = |mutant: usize| format!("crate::mutant::on({mutant})");
        let mut open = 0;
        for alternative in site.alternatives.iter().filter(|alternative| !dropped.contains(&alternative.mutant)) {
            let mutant = alternative.mutant;
            let (before, after) = match site.form {
                Form::Instead if open == 0 => (format!("(if {} {{ ", on(mutant)), " } else "),
                Form::Instead => (format!("if {} {{ ", on(mutant)), " } else "),
                Form::Return => (format!(" if {} {{ return ", on(mutant)), "; }"),
                Form::Arm => (format!(" if !{}", on(mutant)), ""),
                Form::Function => (String::new(), ""),
            };
            open += 1;
            self.text.push_str(&before);
            let from = self.text.len();
            self.text.push_str(&alternative.text);
            let to = self.text.len();
            // A guard is the whole of its mutant.
            self.alternatives.push((mutant, if site.form == Form::Arm { start..to } else { from..to }));
            self.text.push_str(after);
        }
        let wrapped = site.form == Form::Instead && open > 0;
        self.text.push_str(if wrapped { "{ " } else { "" });
        let from = self.text.len();
        self.range(source, inner, site.range.clone(), dropped);
        if site.form == Form::Function {
            self.functions.push(from..self.text.len());
        }
        self.text.push_str(if wrapped { " })" } else { "" });
        let mutants = site.alternatives.iter().map(|alternative| alternative.mutant).collect();
        self.sites.push((mutants, start..self.text.len()));
    }
}

/// The module `mutant` of the rewritten crate, for so many mutants.
pub fn switch(count: usize) -> String {
    let mut text = String::from(SWITCH);
    let _ = write!(text, "\nstatic MET: [AtomicBool; {count}] = [const {{ AtomicBool::new(false) }}; {count}];\n");
    text
}

const SWITCH: &str = r#"//! Which mutant is on.

use core::sync::atomic::{AtomicBool, AtomicU32, Ordering::Relaxed};
use std::io::Write;

const UNSET: u32 = u32::MAX;
const RECORDING: u32 = u32::MAX - 1;
const NONE: u32 = u32::MAX - 2;

static ACTIVE: AtomicU32 = AtomicU32::new(UNSET);

/// Whether this mutant is on.
#[inline(always)]
pub fn on(mutant: u32) -> bool {
    let active = ACTIVE.load(Relaxed);
    active == mutant || (active >= RECORDING && settle(mutant))
}

#[cold]
#[inline(never)]
fn settle(mutant: u32) -> bool {
    if ACTIVE.load(Relaxed) == UNSET {
        let active = match std::env::var("ABEY_MUTANT") {
            Ok(number) => number.parse().unwrap_or(NONE),
            Err(_) if std::env::var_os("ABEY_MUTANTS_REACHED").is_some() => RECORDING,
            Err(_) => NONE,
        };
        ACTIVE.store(active, Relaxed);
        return on(mutant);
    }
    if let Some(met) = MET.get(mutant as usize) {
        if !met.load(Relaxed) && !met.swap(true, Relaxed) {
            if let Some(path) = std::env::var_os("ABEY_MUTANTS_REACHED") {
                let file = std::fs::OpenOptions::new().create(true).append(true).open(path);
                let _ = file.and_then(|mut file| file.write_all(std::format!("{mutant}\n").as_bytes()));
            }
        }
    }
    false
}
"#;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sites;

    const TEXT: &str = "impl<'a> T<'a> { fn f(&self, a: u8) -> bool { if let 1 = a && a == 2 { return !true; } \
                        match a { 1 if a > 0 => true, 2 => false, _ => g(a) } } }";

    fn read() -> (Source, Vec<String>) {
        let mut mutants = Vec::new();
        let source = sites::read("t.rs", TEXT.into(), &mut mutants);
        let what = mutants.iter().map(|mutant| format!("{} {}", mutant.key.function, mutant.key.what)).collect();
        (
            source.unwrap_or_else(|_| Source { path: String::new(), text: String::new(), sites: Vec::new(), items: 0 }),
            what,
        )
    }

    #[test]
    fn finds_and_guards() {
        let (source, what) = read();
        let expected = [
            "return true",
            "return false",
            "== to !=",
            "delete !",
            "guard to true",
            "guard to false",
            "delete arm",
            "> to >=",
            "> to ==",
            "> to <",
        ];
        assert_eq!(what, expected.map(|what| format!("T::f {what}")));
        let written = Written::of(&source, &BTreeSet::new());
        for part in [
            "{ if crate::mutant::on(0) { return true; } if crate::mutant::on(1) { return false; } if let",
            "&& (if crate::mutant::on(2) { (a) != (2) } else { a == 2 })",
            "(if crate::mutant::on(3) { true } else { !true })",
            "1 if (if crate::mutant::on(4) { true } else if crate::mutant::on(5) { false } else if crate::mutant::on(7) {",
            "2 if !crate::mutant::on(6) => false, _ => g(a) } } }",
        ] {
            assert!(written.text.contains(part), "{part}\n{}", written.text);
        }
        for (mutant, range) in &written.alternatives {
            let text = written.text.get(range.clone()).unwrap_or("");
            assert_eq!(text.contains("on("), *mutant == 6, "{text}");
        }
    }

    #[test]
    fn leaves_out_what_is_dropped() {
        let (source, what) = read();
        assert_eq!(Written::of(&source, &(0..what.len()).collect()).text, TEXT);
    }
}
