//! A second version of a small policy: one thing changed, or written otherwise and meaning the same.

use abey::image::Image;
use abey::operations::Choices;
use abey_lang::model::Effect;

use super::{Enumerated, Made, Small, pick};

/// How often a change is tried before the policy is given up.
const TRIES: usize = 30;

/// A small policy, and another version of it.
#[derive(Clone, Debug)]
pub struct Versions {
    /// The first.
    pub old: Small,
    /// The second.
    pub new: Small,
    /// What was changed.
    pub what: &'static str,
    /// Whether both mean the same.
    pub same: bool,
}

/// A rule that stands in a source.
#[derive(Clone, Debug)]
struct Site {
    start: usize,
    end: usize,
    clause: usize,
    effect: Effect,
}

/// Words, bounds and values that stand for one another.
const ALIKE: [&[&str]; 15] = [
    &["d0", "d1", "d2", "personal_data"],
    &["do0", "do1", "any", "store"],
    &["p0", "p1", "p2"],
    &["v0", "v1", "authorised"],
    &["l0", "l1", "r", "country"],
    &["m0", "m1", "m2"],
    &["f0", "f1"],
    &["s0", "s1"],
    &["a0", "a1"],
    &["b0", "b1"],
    &["yes", "no"],
    &["least", "most"],
    &["before", "after"],
    &["processor", "controller"],
    &["free", "pro", "other"],
];

impl Versions {
    /// Two versions of the policy that these numbers make; none where no change compiles. One in five means the same.
    #[must_use]
    pub fn of(numbers: &[u32], choices: &mut Choices) -> Option<Self> {
        // The same numbers make the same pieces.
        let made = Made::of(&mut Choices::of(numbers.to_vec()));
        let old = Small::of(&mut Choices::of(numbers.to_vec()));
        let same = choices.once_in(5);
        (0..TRIES).find_map(|_| {
            let (what, new) = old.changed(&made, same, choices)?;
            (new.compiles() && new.shown() != old.shown()).then(|| Versions { old: old.clone(), new, what, same })
        })
    }

    /// The operations that either version could tell apart.
    #[must_use]
    pub fn enumerated(&self, old: &Image, new: &Image) -> Enumerated {
        let both = Small { source: self.old.shown() + &self.new.shown(), over: None, ..self.new.clone() };
        let mut image = new.clone();
        image.values.extend(old.values.iter().cloned());
        Enumerated::of(&both, &image)
    }

    /// Both versions, as they are shown.
    #[must_use]
    pub fn shown(&self) -> String {
        format!("{}\n=== {}\n{}", self.old.shown(), self.what, self.new.shown())
    }
}

impl Small {
    fn compiles(&self) -> bool {
        abey_lang::compile_over(self.top(), &|_| Some(self.source.clone())).is_ok()
    }

    /// The rules of one source, where they stand.
    fn sites(&self, over: bool) -> Vec<Site> {
        let (source, beneath) = (if over { self.top() } else { &self.source }, Some(self.source.clone()));
        let Ok(compiled) = abey_lang::compile_over(source, &|_| beneath.clone()) else { return Vec::new() };
        let last = compiled.policy.layers.len().saturating_sub(1);
        let clauses = compiled.policy.clauses.iter().enumerate();
        let own = clauses.filter(|(_, clause)| clause.layer == last && !clause.deferred);
        let sites = own.flat_map(|(number, clause)| {
            clause.rules.iter().map(move |rule| Site {
                start: rule.span.start,
                end: rule.span.end,
                clause: number,
                effect: rule.effect.clone(),
            })
        });
        sites.collect()
    }

    /// Another version, and what was changed of this one.
    fn changed(&self, made: &Made, same: bool, choices: &mut Choices) -> Option<(&'static str, Small)> {
        let over = self.over.is_some() && choices.once_in(2);
        let sites = self.sites(over);
        let text = if over { self.over.clone()? } else { self.source.clone() };
        let (what, text) =
            if same { rewritten(&text, &sites, choices) } else { made.edited(&text, &sites, over, choices) }?;
        let mut new = self.clone();
        if over {
            new.over = Some(text);
        } else {
            new.source = text;
        }
        Some((what, new))
    }
}

/// The same policy in other words: two rules of a clause in the other order, or a rule twice.
fn rewritten(text: &str, sites: &[Site], choices: &mut Choices) -> Option<(&'static str, String)> {
    let one = sites.get(choices.below(sites.len()))?;
    let other = sites.iter().find(|site| site.clause == one.clause && site.start > one.start);
    match other {
        Some(other) if choices.once_in(2) => {
            let (first, second) = (text.get(one.start..one.end)?, text.get(other.start..other.end)?);
            let between = text.get(one.end..other.start)?;
            let parts = [text.get(..one.start)?, second, between, first, text.get(other.end..)?];
            Some(("rules reordered", parts.concat()))
        }
        _ => {
            let rule = text.get(one.start..one.end)?;
            Some(("a rule doubled", [text.get(..one.end)?, " ", rule, text.get(one.end..)?].concat()))
        }
    }
}

impl Made {
    /// A source with one rule changed.
    fn edited(&self, text: &str, sites: &[Site], over: bool, choices: &mut Choices) -> Option<(&'static str, String)> {
        let kind = choices.below(7);
        let fits = |site: &&Site| match kind {
            4 => matches!(site.effect, Effect::Allow(_) | Effect::Forbid),
            5 => matches!(site.effect, Effect::Keep(_) | Effect::Owe(_)),
            _ => true,
        };
        let sites: Vec<&Site> = sites.iter().filter(fits).collect();
        let site = sites.get(choices.below(sites.len()))?;
        let rule = text.get(site.start..site.end)?;
        let (what, rule) = match kind {
            0 => ("a rule removed", String::new()),
            1 => {
                let further = self.rule(if over { 0 } else { 1 }, &mut Vec::new(), choices);
                ("a rule added", format!("{rule} {further}"))
            }
            2 | 6 => ("a term changed", self.other_term(rule, choices)?),
            3 => match rule.find(" when ").or_else(|| rule.find(" unless ")) {
                // Behind the phrase of a `keep` stands its bound.
                Some(_) if matches!(site.effect, Effect::Keep(_)) => return None,
                Some(at) => ("a condition dropped", format!("{};", rule.get(..at)?)),
                None => {
                    let word = pick(&["when", "unless"], choices);
                    let bare = rule.trim_end_matches(';');
                    ("a condition added", format!("{bare} {word} {};", self.condition(1, choices)))
                }
            },
            4 => match rule.strip_prefix("allow") {
                Some(rest) => ("an instruction turned", format!("forbid{rest}")),
                None => ("a prohibition turned", format!("allow{}", rule.strip_prefix("forbid")?)),
            },
            _ => ("a duty dropped", String::new()),
        };
        Some((what, [text.get(..site.start)?, &rule, text.get(site.end..)?].concat()))
    }

    /// A rule with one of its words, days or lengths another.
    fn other_term(&self, rule: &str, choices: &mut Choices) -> Option<String> {
        let groups = ALIKE.into_iter().chain([self.dates.as_slice(), self.lengths.as_slice()]);
        let mut found: Vec<(usize, usize, &str)> = Vec::new();
        for group in groups {
            for word in group {
                for (at, _) in rule.match_indices(word) {
                    let end = at + word.len();
                    let inside = |letter: Option<char>| letter.is_some_and(|one| one.is_alphanumeric() || one == '_');
                    if inside(rule.get(..at)?.chars().next_back()) || inside(rule.get(end..)?.chars().next()) {
                        continue;
                    }
                    found.extend(group.iter().filter(|other| *other != word).map(|other| (at, end, *other)));
                }
            }
        }
        let (start, end, other) = found.get(choices.below(found.len()))?;
        Some([rule.get(..*start)?, other, rule.get(*end..)?].concat())
    }
}

impl Small {
    /// The same policy with other words in the place of some of its own.
    #[must_use]
    pub fn renamed(&self, words: &[(&str, &str)]) -> Small {
        let rename = |text: &str| {
            let mut renamed = String::new();
            let mut word = String::new();
            let put = |word: &mut String, renamed: &mut String| {
                let other = words.iter().find(|(own, _)| own == word).map(|(_, other)| *other);
                renamed.push_str(other.unwrap_or(word));
                word.clear();
            };
            for letter in text.chars() {
                if letter.is_alphanumeric() || letter == '_' {
                    word.push(letter);
                } else {
                    put(&mut word, &mut renamed);
                    renamed.push(letter);
                }
            }
            put(&mut word, &mut renamed);
            renamed
        };
        Small { source: rename(&self.source), over: self.over.as_deref().map(rename), ..self.clone() }
    }
}
