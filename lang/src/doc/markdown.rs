//! A page as Markdown, with tables as GitHub reads them.

use std::fmt::Write;

use super::{Page, Section};

/// Writes a page as Markdown. Nothing in the policy's texts is taken for markup.
#[must_use]
pub fn markdown(page: &Page) -> String {
    let mut out = format!("# {}\n\n", escape(&page.title));
    for (name, lines) in &page.about {
        let lines: Vec<String> = lines.iter().map(|line| escape(line)).collect();
        let _ = match lines.as_slice() {
            [one] => writeln!(out, "- **{name}:** {one}"),
            several => writeln!(out, "- **{name}:**\n  - {}", several.join("\n  - ")),
        };
    }
    page.sections.iter().for_each(|part| section(&mut out, part));
    out
}

fn section(out: &mut String, section: &Section) {
    let _ = write!(out, "\n## {}\n\n{}.\n\n| {} |\n", section.title, section.caption, section.columns.join(" | "));
    let _ = writeln!(out, "|{}", " --- |".repeat(section.columns.len()));
    for row in &section.rows {
        let clause = row.clause.as_ref().map_or(String::new(), |clause| format!(" ({})", escape(clause)));
        let _ = write!(out, "| {}{clause} |", escape(&row.head));
        for cell in &row.cells {
            let lines: Vec<String> = cell.iter().map(|line| escape(line)).collect();
            let _ = write!(out, " {} |", lines.join("<br>"));
        }
        out.push('\n');
    }
}

/// Text that Markdown shows as it is, on one line.
fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '\n' | '\r' | '\t' => out.push(' '),
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '\\' | '|' | '`' | '*' | '_' | '[' | ']' | '~' | '#' => out.extend(['\\', letter]),
            other => out.push(other),
        }
    }
    out
}
