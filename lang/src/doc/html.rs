//! A page as one HTML file that needs nothing else: no scripts, no other resources.

use std::fmt::Write;

use super::{Page, Row, Section};

const STYLE: &str = include_str!("page.css");

/// Writes a page as one self-contained HTML file, for screens, phones and paper. All text is escaped.
#[must_use]
pub fn html(page: &Page) -> String {
    let title = escape(&page.title);
    let mut out = format!(
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <title>{title}</title>\n<style>\n{STYLE}</style>\n</head>\n<body>\n<header>\n<h1>{title}</h1>\n<dl>\n"
    );
    for (name, lines) in &page.about {
        let _ = write!(out, "<div><dt>{}</dt>", escape(name));
        lines.iter().for_each(|line| out.push_str(&format!("<dd>{}</dd>", escape(line))));
        out.push_str("</div>\n");
    }
    out.push_str("</dl>\n</header>\n<nav aria-label=\"Sections\">\n<ul>\n");
    for section in &page.sections {
        let _ = writeln!(out, "<li><a href=\"#{}\">{}</a></li>", section.id, escape(section.title));
    }
    out.push_str("</ul>\n</nav>\n<main>\n");
    page.sections.iter().for_each(|part| section(&mut out, part));
    out.push_str("</main>\n</body>\n</html>\n");
    out
}

/// A section. Roles are written out, because tables that the style stacks on a phone lose theirs.
fn section(out: &mut String, section: &Section) {
    let _ = write!(
        out,
        "<section id=\"{0}\" aria-labelledby=\"{0}-title\">\n<h2 id=\"{0}-title\">{1}</h2>\n<table role=\"table\">\n\
         <caption>{2}</caption>\n<thead role=\"rowgroup\">\n<tr role=\"row\">",
        section.id,
        escape(section.title),
        escape(section.caption),
    );
    for column in section.columns {
        let _ = write!(out, "<th scope=\"col\" role=\"columnheader\">{}</th>", escape(column));
    }
    out.push_str("</tr>\n</thead>\n<tbody role=\"rowgroup\">\n");
    section.rows.iter().for_each(|own| row(out, section, own));
    out.push_str("</tbody>\n</table>\n</section>\n");
}

fn row(out: &mut String, section: &Section, row: &Row) {
    let _ = write!(out, "<tr role=\"row\"><th scope=\"row\" role=\"rowheader\">{}", escape(&row.head));
    if let Some(clause) = &row.clause {
        let _ = write!(out, " <small>{}</small>", escape(clause));
    }
    out.push_str("</th>");
    for (column, cell) in section.columns.iter().skip(1).zip(&row.cells) {
        let lines: Vec<String> = cell.iter().map(|line| format!("<p>{}</p>", escape(line))).collect();
        let _ = write!(out, "<td role=\"cell\" data-column=\"{}\">{}</td>", escape(column), lines.concat());
    }
    out.push_str("</tr>\n");
}

/// Text that is safe in elements and in quoted attributes.
fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            other => out.push(other),
        }
    }
    out
}
