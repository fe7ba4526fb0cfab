//! The formatter: the same tokens in the same order, with the spaces and line breaks of one style.
//!
//! It works on tokens, not on the tree, so that it can't change what a policy
//! means or lose a comment; and since only tokens, comments and blank lines
//! decide the result, formatting twice changes nothing.

use crate::diagnostic::Diagnostic;
use crate::parse;

/// Columns that a line has at most, where it can be broken.
const WIDTH: usize = 110;
/// How far a clause's rules, and the further lines of a statement, are set in.
const INDENT: usize = 2;
const HANG: usize = 4;

/// Formats a source.
///
/// # Errors
/// What keeps it from being parsed.
pub fn format(source: &str) -> Result<String, Vec<Diagnostic>> {
    let (_, faults) = parse::parse(source);
    if !faults.is_empty() {
        return Err(faults);
    }
    let mut writer = Writer { out: String::new(), depth: 0, statement: Vec::new(), blank: false };
    for token in tokens(source) {
        writer.token(token);
    }
    writer.end();
    // What came out must still be what went in: the same tokens, and a source that parses.
    let same = tokens(&writer.out).iter().map(|token| token.text).eq(tokens(source).iter().map(|token| token.text));
    if same && parse::parse(&writer.out).1.is_empty() { Ok(writer.out) } else { Ok(source.to_string()) }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Class {
    Word,
    Text,
    Sign,
    Comment,
}

#[derive(Clone, Debug)]
struct Token<'a> {
    class: Class,
    text: &'a str,
    /// Whether nothing stands between it and the token before.
    glued: bool,
    /// Line ends between it and the token before.
    lines: usize,
}

fn tokens(source: &str) -> Vec<Token<'_>> {
    let bytes = source.as_bytes();
    let mut found = Vec::new();
    let (mut at, mut last) = (0, 0);
    while let Some(byte) = bytes.get(at).copied() {
        if byte.is_ascii_whitespace() {
            at += 1;
            continue;
        }
        let start = at;
        let next = |at: usize| bytes.get(at + 1).copied().unwrap_or(b' ');
        let class = match byte {
            b'"' => {
                at += 1;
                while let Some(byte) = bytes.get(at) {
                    at += if *byte == b'\\' { 2 } else { 1 };
                    if *byte == b'"' {
                        break;
                    }
                }
                Class::Text
            }
            b'/' if next(at) == b'/' => {
                while bytes.get(at).is_some_and(|byte| *byte != b'\n') {
                    at += 1;
                }
                Class::Comment
            }
            b'0'..=b'9' => {
                // Dates, instants and numbers hold signs between their digits.
                while bytes.get(at).is_some_and(|byte| {
                    byte.is_ascii_alphanumeric()
                        || *byte == b'_'
                        || matches!(byte, b'-' | b':' | b'.' | b'+') && next(at).is_ascii_digit()
                }) {
                    at += 1;
                }
                Class::Word
            }
            b'a'..=b'z' | b'A'..=b'Z' | b'_' => {
                // `yes/no` and `recipient.notified` are one.
                while bytes.get(at).is_some_and(|byte| {
                    byte.is_ascii_alphanumeric()
                        || *byte == b'_'
                        || matches!(byte, b'.' | b'/') && next(at).is_ascii_alphabetic()
                }) {
                    at += 1;
                }
                Class::Word
            }
            _ => {
                at += 1;
                while !source.is_char_boundary(at) {
                    at += 1;
                }
                Class::Sign
            }
        };
        let at_most = at.min(source.len());
        let text = source.get(start..at_most).unwrap_or("").trim_end();
        let lines = source.get(last..start).unwrap_or("").matches('\n').count();
        found.push(Token { class, text, glued: last == start, lines });
        last = at_most;
    }
    found
}

/// Words before which a statement is broken, the parts of a phrase and of a rule.
const BREAKS: &[&str] = &[
    "about",
    "by",
    "for",
    "to",
    "in",
    "from",
    "as",
    "on",
    "with",
    "resting",
    "when",
    "unless",
    "keeping",
    "given",
    "because",
    "ask",
    "then",
    "until",
    "while",
    "at",
    "exactly",
    "after",
    "within",
    "under",
    "containing",
    "notified",
    "and",
    "or",
    "citing",
    "owing",
];

/// Statements that declare terms, which break before `is` and `iri` too.
const DECLARATIONS: &[&str] =
    &["action", "data", "form", "subject", "actor", "purpose", "recipient", "place", "measure", "basis", "role"];

/// Words that the next belongs to: `authorised from`, `on or before`, `keeping as agreed`.
const BINDS: &[&str] = &["authorised", "on", "keeping", "force", "fact", "clause"];

struct Writer<'a> {
    out: String,
    depth: usize,
    statement: Vec<Token<'a>>,
    /// Whether a blank line stands before the statement.
    blank: bool,
}

impl<'a> Writer<'a> {
    fn token(&mut self, token: Token<'a>) {
        if self.statement.is_empty() {
            if token.class == Class::Comment && token.lines == 0 && !self.out.is_empty() {
                // Behind a statement that ended on this line.
                let kept = self.out.trim_end().len();
                self.out.truncate(kept);
                self.out.push_str("  ");
                self.out.push_str(token.text);
                self.out.push('\n');
                return;
            }
            self.blank = token.lines > 1;
            if token.class == Class::Comment {
                self.line_start();
                self.out.push_str(token.text);
                self.out.push('\n');
                return;
            }
            if token.text == "}" {
                self.blank = false;
                self.depth = self.depth.saturating_sub(1);
                self.line_start();
                self.out.push_str("}\n");
                return;
            }
        }
        let ends = token.class == Class::Sign && matches!(token.text, ";" | "{");
        let opens = ends && token.text == "{";
        self.statement.push(token);
        if ends {
            self.end();
            self.depth += usize::from(opens);
        }
    }

    fn line_start(&mut self) {
        let opened = self.out.ends_with("{\n");
        if self.blank && !self.out.is_empty() && !opened {
            self.out.push('\n');
        }
        self.blank = false;
        self.out.push_str(&" ".repeat(self.depth * INDENT));
    }

    /// Writes the statement at hand.
    fn end(&mut self) {
        let statement = std::mem::take(&mut self.statement);
        if statement.is_empty() {
            return;
        }
        self.line_start();
        let indent = self.depth * INDENT;
        let forced = operation_start(&statement);
        let declares = statement.first().is_some_and(|first| DECLARATIONS.contains(&first.text));
        let mut line = String::new();
        let mut column = indent;
        // Where the line could be broken: before a part (true), or behind a comma.
        let mut breaks: Vec<(usize, bool)> = Vec::new();
        let mut lines: Vec<String> = Vec::new();
        let mut must_break = false;
        for (index, token) in statement.iter().enumerate() {
            let previous = index.checked_sub(1).and_then(|index| statement.get(index));
            let own_line = token.class == Class::Comment && token.lines > 0;
            if must_break || own_line || forced == Some(index) {
                lines.push(std::mem::take(&mut line));
                column = indent + HANG;
                breaks.clear();
                must_break = false;
            }
            let before = index.checked_sub(2).and_then(|index| statement.get(index));
            let gap = if line.is_empty() { "" } else { previous.map_or("", |previous| space(before, previous, token)) };
            if token.class == Class::Comment {
                line.push_str(if line.is_empty() { "" } else { "  " });
                line.push_str(token.text);
                must_break = true;
                continue;
            }
            let bound = previous.is_some_and(|previous| BINDS.contains(&previous.text));
            let opens = BREAKS.contains(&token.text) || declares && matches!(token.text, "is" | "iri" | "authorised");
            // `on or before` is one.
            let compares = token.text == "on" && statement.get(index + 1).is_some_and(|next| next.text == "or");
            let part = token.class == Class::Word && opens && !bound && !compares;
            if !line.is_empty() && (part || previous.is_some_and(|previous| previous.text == ",")) {
                breaks.push((line.len(), part));
            }
            line.push_str(gap);
            line.push_str(token.text);
            while column + line.chars().count() > WIDTH {
                let fits = |at: &usize| column + at <= WIDTH && column + at > WIDTH / 3;
                let last =
                    |of_part: bool| breaks.iter().filter(|(_, part)| *part == of_part).map(|(at, _)| *at).rfind(fits);
                let wide = breaks.iter().map(|(at, _)| *at).find(|at| column + at > WIDTH / 3);
                let early = breaks.iter().map(|(at, _)| *at).rfind(|at| column + at <= WIDTH);
                let Some(at) = last(true).or(last(false)).or(early).or(wide) else { break };
                let rest = line.split_off(at);
                let trimmed = rest.trim_start();
                let shift = at + rest.len() - trimmed.len();
                breaks = breaks
                    .iter()
                    .filter(|(other, _)| *other > at)
                    .map(|(other, part)| (other - shift, *part))
                    .collect();
                lines.push(std::mem::replace(&mut line, trimmed.to_string()));
                column = indent + HANG;
            }
        }
        lines.push(line);
        let hang = " ".repeat(indent + HANG);
        for (index, line) in lines.iter().filter(|line| !line.is_empty()).enumerate() {
            if index > 0 {
                self.out.push_str(&hang);
            }
            self.out.push_str(line.trim_end());
            self.out.push('\n');
        }
    }
}

/// The space between two tokens of a line.
fn space(before: Option<&Token<'_>>, previous: &Token<'_>, token: &Token<'_>) -> &'static str {
    let clings = matches!(token.text, ";" | "," | ")" | ":") && token.class == Class::Sign;
    let after_open = previous.class == Class::Sign && previous.text == "(";
    // The sign of a number stays with it: `+02:00`, `-5`; that of a sum doesn't.
    let summed = before.is_some_and(|before| match before.class {
        Class::Word => !VALUE_FOLLOWS.contains(&before.text),
        Class::Text => true,
        _ => before.text == ")",
    });
    let signed = previous.class == Class::Sign && matches!(previous.text, "+" | "-") && token.glued && !summed;
    // `allow(lint, "reason")`
    let silences = token.text == "(" && token.class == Class::Sign && previous.text == "allow";
    if clings || after_open || signed || silences { "" } else { " " }
}

/// Words behind which a value stands, so that a sign there belongs to it.
const VALUE_FOLLOWS: &[&str] = &[
    "most",
    "least",
    "is",
    "not",
    "exactly",
    "after",
    "until",
    "within",
    "before",
    "includes",
    "of",
    "otherwise",
    "offset",
];

/// Where the operation of an example begins: it has a line of its own.
fn operation_start(statement: &[Token<'_>]) -> Option<usize> {
    let significant = || statement.iter().enumerate().filter(|(_, token)| token.class != Class::Comment);
    if significant().next().is_none_or(|(_, token)| token.text != "example") {
        return None;
    }
    let verdict =
        significant().position(|(_, token)| matches!(token.text, "allow" | "pause") && token.class == Class::Word)?;
    let mut head = significant().skip(verdict + 1).peekable();
    while let Some((index, token)) = head.next() {
        let in_head = match token.class {
            Class::Text => true,
            Class::Sign => token.text == ",",
            Class::Word => {
                let next_is_text = head.peek().is_some_and(|(_, next)| next.class == Class::Text);
                let next_is_date =
                    head.peek().is_some_and(|(_, next)| next.text.starts_with(|c: char| c.is_ascii_digit()));
                matches!(token.text, "citing" | "owing") && next_is_text
                    || token.text == "by" && next_is_date
                    || token.text.starts_with(|c: char| c.is_ascii_digit())
            }
            Class::Comment => true,
        };
        if !in_head {
            return Some(index);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::format;

    fn check(source: &str, expected: &str) {
        let once = format(source).unwrap_or_default();
        assert_eq!(once, expected);
        assert_eq!(format(&once).unwrap_or_default(), once, "a second time changes something");
    }

    #[test]
    fn signs_stay_with_their_numbers() {
        for values in
            ["when n is one of (1, -5)", "when n at most -5", "when n at most 3 - -5", "when d after e + 1 day"]
        {
            let head = "policy p \"P\";\nfact n: number;\nfact d, e: date;\nclause \"1\" {\n  allow store of any";
            check(&format!("{head} {values};\n}}\n"), &format!("{head} {values};\n}}\n"));
        }
        check("policy p \"P\";\nsetting n: number =-5;\n", "policy p \"P\";\nsetting n: number = -5;\n");
    }

    #[test]
    fn spaces_lines_and_comments() {
        check(
            "policy  p   \"P\";\n\n\n\ndata a,b   is personal_data;// tail\n // own\nclause \"1\" {   allow store of a\n  ;\n // inside\n\n forbid any of b when age at most 3 days+1 day; }\n",
            "policy p \"P\";\n\ndata a, b is personal_data;  // tail\n// own\nclause \"1\" {\n  allow store of a;\n  // inside\n\n  forbid any of b when age at most 3 days + 1 day;\n}\n",
        );
    }

    #[test]
    fn a_comment_inside_a_statement_stays() {
        check(
            "policy p \"P\";\nclause \"1\" {\n  allow store // which\n    of any;\n}\n",
            "policy p \"P\";\nclause \"1\" {\n  allow store  // which\n      of any;\n}\n",
        );
    }

    #[test]
    fn examples_put_their_operation_on_a_line_of_its_own() {
        check(
            "policy p \"P\"; clause \"1\" { allow store of any; }\nexample \"x\" pause citing \"1\" store of raw personal_data to none with () keeping as agreed;",
            "policy p \"P\";\nclause \"1\" {\n  allow store of any;\n}\nexample \"x\" pause citing \"1\"\n    store of raw personal_data to none with () keeping as agreed;\n",
        );
    }

    #[test]
    fn properties_and_silenced_lints() {
        check(
            "policy p \"P\"; property  \"a\" :never\nallow anything  // why\n;\nallow (open_list ,\n\"so\") ;// tail\nclause \"1\" { allow( open_list,\"so\"); }",
            "policy p \"P\";\nproperty \"a\": never allow anything  // why\n    ;\nallow(open_list, \"so\");  // tail\nclause \"1\" {\n  allow(open_list, \"so\");\n}\n",
        );
        check(
            "policy p \"P\";\nproperty \"special categories never pass\": never allow any of special_category about a_subject to any in somewhere;\n",
            "policy p \"P\";\nproperty \"special categories never pass\": never allow any of special_category about a_subject to any\n    in somewhere;\n",
        );
    }

    #[test]
    fn long_statements_break_before_parts() {
        let long = "policy p \"P\";\nclause \"1\" {\n  allow store of personal_data about someone_with_a_long_name for a_purpose_with_a_long_name to a_recipient in anywhere;\n}\n";
        let once = format(long).unwrap_or_default();
        assert!(once.lines().all(|line| line.len() <= super::WIDTH), "{once}");
        assert_eq!(format(&once).unwrap_or_default(), once);
    }
}
