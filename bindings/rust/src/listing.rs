//! The tables of an image as text, for whoever wants to see what a checker really holds.
//!
//! Nodes of values and conditions go by the number that others name them with: `v12`, `c3`.

use std::fmt::{Display, Write as _};

use abey_engine::image::{
    About, Condition, DataList, DataPick, Demand, Effect, Facet, Key, List, Literal, Means, Pick, Position, Rule,
    Scope, Type, Value, Wording,
};
use abey_engine::image::{Base, Image};

/// How much there is of everything. A few lines.
#[must_use]
pub fn brief(image: &Image) -> String {
    let mut out = Out(String::new());
    out.head(image);
    let terms: Vec<String> =
        Facet::ALL.iter().map(|facet| format!("{} {}", image.facet(*facet).len(), facet.word())).collect();
    out.line(1, format_args!("terms: {}", terms.join(", ")));
    let counts = [
        (image.facts.len(), "facts"),
        (image.settings.len(), "settings"),
        (image.tables.len(), "tables"),
        (image.values.len(), "values"),
        (image.conditions.len(), "conditions"),
        (image.clauses.len(), "clauses"),
        (image.rules.len(), "rules"),
    ];
    let counts: Vec<String> = counts.iter().map(|(count, what)| format!("{count} {what}")).collect();
    out.line(1, counts.join(", "));
    out.0
}

/// Every row of every table.
#[must_use]
pub fn full(image: &Image) -> String {
    let mut out = Out(String::new());
    out.head(image);
    let shown = Shown { image };
    out.terms(&shown);
    out.section(
        "facts",
        image.facts.iter().map(|fact| {
            let about = if fact.about == About::Operation { String::new() } else { format!("{} ", fact.about.word()) };
            format!("{about}fact {}: {}", fact.name, kind(&fact.kind))
        }),
    );
    out.section("settings", image.settings.iter().map(|setting| shown.setting(setting)));
    out.section(
        "tables",
        image.tables.iter().map(|table| {
            let rows = table.rows.iter().map(|row| {
                format!("{} = {}", shown.each(&row.keys, |key| shown.literal(key)), shown.literal(&row.value))
            });
            let otherwise = table.otherwise.iter().map(|value| format!("otherwise {}", shown.literal(value)));
            let rows: Vec<String> = rows.chain(otherwise).collect();
            format!("table {} by {}: {}", table.name, shown.key(&table.key), rows.join("; "))
        }),
    );
    let numbered = |letter: char, index: usize, text: String| format!("{letter}{index} = {text}");
    out.section("values", image.values.iter().enumerate().map(|(i, value)| numbered('v', i, shown.value(value))));
    let conditions = image.conditions.iter().enumerate();
    out.section("conditions", conditions.map(|(i, condition)| numbered('c', i, shown.condition(condition))));
    if let Some(notice) = &image.notice {
        out.line(1, format_args!("notice v{}{}", notice.period, said("ask", notice.ask.as_ref())));
    }
    out.clauses(&shown);
    out.0
}

/// What a rule says of itself and of nobody else, in front of it.
fn said(what: &str, text: Option<&Wording>) -> String {
    text.map(|text| format!(" {what} {text:?}")).unwrap_or_default()
}

fn place(position: &Position) -> String {
    format!("{}:{}", position.line, position.column)
}

fn kind(kind: &Type) -> String {
    let base = match &kind.base {
        Base::YesNo => "yes or no".into(),
        Base::Number => "number".into(),
        Base::Duration => "duration".into(),
        Base::Date => "date".into(),
        Base::Instant => "instant".into(),
        Base::Text => "text".into(),
        Base::OneOf(words) => format!("one of {}", words.join(", ")),
        Base::Term(facet) => facet.word().into(),
    };
    if kind.set { format!("set of {base}") } else { base }
}

struct Out(String);

impl Out {
    fn line(&mut self, depth: usize, text: impl Display) {
        // Writing to a text can't fail.
        let _ = writeln!(self.0, "{:width$}{text}", "", width = depth * 2);
    }

    fn section(&mut self, name: &str, lines: impl Iterator<Item = String>) {
        let mut lines = lines.peekable();
        if lines.peek().is_some() {
            self.line(1, name);
        }
        lines.for_each(|line| self.line(2, line));
    }

    fn head(&mut self, image: &Image) {
        for layer in &image.layers {
            let mut force = String::new();
            for (word, date) in [("from", layer.in_force.from), ("until", layer.in_force.until)] {
                if let Some(date) = date {
                    force += &format!(" {word} {date}");
                }
            }
            self.line(0, format_args!("{} {:?} version {:?}{force}", layer.name, layer.title, layer.version));
            if let Some(guard) = &layer.applies {
                self.line(1, format_args!("applies when c{}: {}", guard.condition, guard.text));
            }
        }
        let used: Vec<String> =
            image.vocabularies.iter().map(|used| format!("{} {}", used.name, used.version)).collect();
        self.line(1, format_args!("vocabularies: {}", used.join(", ")));
        self.line(1, format_args!("days begin {} minutes east of UTC", image.offset));
    }

    fn terms(&mut self, shown: &Shown<'_>) {
        for facet in Facet::ALL {
            let terms = shown.image.facet(*facet);
            self.line(1, format_args!("{} ({})", facet.word(), terms.len()));
            for (index, term) in terms.iter().enumerate() {
                let mut text = term.name.clone();
                for (nth, edge) in term.parents.iter().enumerate() {
                    text += if nth == 0 { " is " } else { ", " };
                    text += shown.image.word(*facet, edge.parent);
                    for (word, date) in [("from", edge.period.from), ("until", edge.period.until)] {
                        text += &date.map(|date| format!(" {word} {date}")).unwrap_or_default();
                    }
                    text += &edge.when.map(|when| format!(" when c{when}")).unwrap_or_default();
                }
                if let Some(containing) = &term.containing {
                    text += &format!(" containing {}", shown.words(*facet, containing));
                }
                if *facet == Facet::Recipient {
                    text += &shown.recipient(index);
                }
                self.line(2, text);
            }
        }
    }

    fn clauses(&mut self, shown: &Shown<'_>) {
        self.line(1, "clauses");
        for (index, clause) in shown.image.clauses.iter().enumerate() {
            let layer = shown.image.layers.get(clause.layer as usize).map_or("", |layer| &layer.name);
            let marks = [(clause.absolute, " absolute"), (clause.deferred, " deferred")];
            let marks: String = marks.iter().filter(|(set, _)| *set).map(|(_, mark)| *mark).collect();
            let (label, title, at) = (&clause.label, &clause.title, place(&clause.position));
            self.line(2, format_args!("{layer} {label:?} {title:?}{marks} at {at}"));
            for note in &clause.notes {
                self.line(3, format_args!("note {note:?}"));
            }
            for (what, text) in [("because", &clause.because), ("ask", &clause.ask)] {
                if let Some(text) = text {
                    self.line(3, format_args!("{what} {text:?}"));
                }
            }
            for (nth, rule) in shown.image.rules.iter().enumerate().filter(|(_, rule)| rule.clause as usize == index) {
                self.line(3, format_args!("rule {nth} at {}: {}", place(&rule.position), shown.rule(rule)));
            }
        }
    }
}

/// The image, to put the words of its terms in place of their numbers.
struct Shown<'a> {
    image: &'a Image,
}

impl Shown<'_> {
    fn each<T>(&self, values: &[T], show: impl Fn(&T) -> String) -> String {
        values.iter().map(show).collect::<Vec<_>>().join(", ")
    }

    fn words(&self, facet: Facet, terms: &[u32]) -> String {
        self.each(terms, |term| self.image.word(facet, *term).into())
    }

    fn nodes(&self, letter: char, nodes: &[u32]) -> String {
        self.each(nodes, |node| format!("{letter}{node}"))
    }

    fn fact(&self, fact: u32) -> String {
        self.image.facts.get(fact as usize).map_or_else(String::new, |fact| format!("fact {}", fact.name))
    }

    fn literal(&self, literal: &Literal) -> String {
        match literal {
            Literal::None => "none".into(),
            Literal::Bool(value) => if *value { "yes" } else { "no" }.into(),
            Literal::Number(number) => number.to_string(),
            Literal::Duration(duration) => duration.to_string(),
            Literal::Date(date) => date.to_string(),
            Literal::Instant(instant) => instant.to_string(),
            Literal::Text(text) => format!("{text:?}"),
            Literal::Choice(word) => word.clone(),
            Literal::Term((facet, term)) => self.image.word(*facet, *term).into(),
            Literal::Set(members) => format!("[{}]", self.each(members, |member| self.literal(member))),
        }
    }

    fn setting(&self, setting: &abey_engine::image::Setting) -> String {
        let mut text = format!("setting {}: {}", setting.name, kind(&setting.kind));
        for (word, bound) in
            [("at least", &setting.at_least), ("at most", &setting.at_most), ("set to", &setting.given)]
        {
            text += &bound.as_ref().map(|bound| format!(" {word} {}", self.literal(bound))).unwrap_or_default();
        }
        text += &setting.default.map(|default| format!(" default v{default}")).unwrap_or_default();
        text + if setting.fixed { " fixed" } else { "" }
    }

    fn recipient(&self, index: usize) -> String {
        let Some(recipient) = self.image.recipients.get(index) else { return String::new() };
        let mut text = String::new();
        let lists = [
            (" in ", Facet::Place, Some(&recipient.places)),
            (" under ", Facet::Measure, Some(&recipient.measures)),
            (" for ", Facet::Purpose, recipient.purposes.as_ref()),
        ];
        for (word, facet, terms) in lists {
            if let Some(terms) = terms.filter(|terms| !terms.is_empty() || facet == Facet::Purpose) {
                text = text + word + &self.words(facet, terms);
            }
        }
        for (word, date) in [("notified", recipient.notified), ("authorised from", recipient.authorised)] {
            text += &date.map(|date| format!(" {word} {date}")).unwrap_or_default();
        }
        for (fact, value) in &recipient.facts {
            text += &format!(" {} = {}", self.fact(*fact), self.literal(value));
        }
        text
    }

    fn key(&self, key: &Key) -> String {
        match key {
            Key::Slot(slot) => slot.word().into(),
            Key::Data => "data".into(),
            Key::Fact(fact) => self.fact(*fact),
        }
    }

    fn value(&self, value: &Value) -> String {
        let of = |what: &str, nodes: &[u32]| format!("{what} of {}", self.nodes('v', nodes));
        match value {
            Value::Literal(literal) => self.literal(literal),
            Value::Slot(slot) => slot.word().into(),
            Value::Data => "data".into(),
            Value::Form => "form".into(),
            Value::Measures => "measures".into(),
            Value::Time => "time".into(),
            Value::Age => "age".into(),
            Value::Collected => "collected".into(),
            Value::Fact(fact) => self.fact(*fact),
            Value::Setting(setting) => {
                let setting = self.image.settings.get(*setting as usize);
                format!("setting {}", setting.map_or("", |setting| &setting.name))
            }
            Value::Notified => "notified".into(),
            Value::AuthorisedFrom => "authorised from".into(),
            Value::Plus((left, right)) => format!("v{left} + v{right}"),
            Value::Minus((left, right)) => format!("v{left} - v{right}"),
            Value::Earliest(nodes) => of("earliest", nodes),
            Value::Latest(nodes) => of("latest", nodes),
            Value::Least(nodes) => of("least", nodes),
            Value::Greatest(nodes) => of("greatest", nodes),
            Value::EndOfMonth(node) => format!("end of month v{node}"),
            Value::EndOfYear(node) => format!("end of year v{node}"),
            Value::Table(table) => {
                let table = self.image.tables.get(*table as usize);
                format!("table {}", table.map_or("", |table| &table.name))
            }
        }
    }

    fn condition(&self, condition: &Condition) -> String {
        match condition {
            Condition::All(nodes) => format!("all of {}", self.nodes('c', nodes)),
            Condition::Any(nodes) => format!("any of {}", self.nodes('c', nodes)),
            Condition::Not(node) => format!("not c{node}"),
            Condition::Authorised => "authorised".into(),
            Condition::Test(test) => {
                let (left, word, right) = (test.left, test.compare.word(), self.nodes('v', &test.right));
                format!("v{left} {word} {right} (\"{}\")", test.text).replace("  ", " ")
            }
        }
    }

    fn pick(&self, facet: Facet, pick: &Pick) -> String {
        match pick {
            Pick::Term(term) => self.image.word(facet, *term).into(),
            Pick::None => "none".into(),
            Pick::Authorised => "authorised".into(),
        }
    }

    fn data(&self, pick: &DataPick) -> String {
        let raw = if pick.raw { "raw".into() } else { self.words(Facet::Form, &pick.forms).replace(',', "") };
        let category = pick.category.map_or("any", |term| self.image.word(Facet::Data, term));
        format!("{raw} {category}").trim_start().into()
    }

    fn scope(&self, scope: &Scope) -> String {
        match scope {
            Scope::Slot((slot, list)) => {
                let picks = |picks: &[Pick]| self.each(picks, |pick| self.pick(slot.facet(), pick));
                let list = match list {
                    List::These(these) => picks(these),
                    List::Any => "any".into(),
                    List::AnyExcept(these) => format!("any except {}", picks(these)),
                };
                format!("{} {list}", slot.word())
            }
            Scope::Data(list) => {
                let picks = |picks: &[DataPick]| self.each(picks, |pick| self.data(pick));
                match list {
                    DataList::These(these) => format!("data {}", picks(these)),
                    DataList::Any => "data any".into(),
                    DataList::AnyExcept(these) => format!("data any except {}", picks(these)),
                }
            }
            Scope::Measures(terms) => format!("with {}", self.words(Facet::Measure, terms)),
            Scope::When(node) => format!("when c{node}"),
            Scope::Unless(node) => format!("unless c{node}"),
        }
    }

    fn demand(&self, demand: &Demand) -> String {
        let means = |means: &Means| match means {
            Means::Measure(term) => self.image.word(Facet::Measure, *term).to_string(),
            Means::Form(term) => format!("form {}", self.image.word(Facet::Form, *term)),
            Means::Basis(term) => format!("basis {}", self.image.word(Facet::Basis, *term)),
            Means::Condition(node) => format!("c{node}"),
        };
        self.each(&demand.any, means).replace(", ", " or ")
    }

    fn effect(&self, effect: &Effect) -> String {
        match effect {
            Effect::Allow(bases) if bases.is_empty() => "allow".into(),
            Effect::Allow(bases) => format!("allow resting on {}", self.words(Facet::Basis, bases)),
            Effect::Forbid => "forbid".into(),
            Effect::Require(demands) => format!("require {}", self.each(demands, |demand| self.demand(demand))),
            Effect::Keep(keep) => {
                let mut text = String::from(if keep.never { "keep never" } else { "keep" });
                let bounds = [
                    ("at least v", keep.at_least),
                    ("at most v", keep.at_most),
                    ("after v", keep.after),
                    ("until v", keep.until),
                    ("during c", keep.during),
                ];
                for (word, node) in bounds {
                    text += &node.map(|node| format!(" {word}{node}")).unwrap_or_default();
                }
                if !keep.then.is_empty() {
                    text += &format!(" then {}", self.words(Facet::Action, &keep.then));
                }
                text
            }
            Effect::Owe(owe) => {
                let within = owe.within.map(|node| format!(" within v{node}")).unwrap_or_default();
                let event = owe.event.map(|node| format!(" of v{node}")).unwrap_or_default();
                format!("owe {:?}{within}{event}", owe.duty)
            }
            Effect::Waive(clauses) => {
                let label = |clause: &u32| {
                    self.image.clauses.get(*clause as usize).map_or_else(String::new, |c| format!("{:?}", c.label))
                };
                format!("waive {}", self.each(clauses, label))
            }
        }
    }

    fn rule(&self, rule: &Rule) -> String {
        let scope = rule.parts.iter().map(|part| self.scope(&part.scope));
        let text: Vec<String> = std::iter::once(self.effect(&rule.effect)).chain(scope).collect();
        text.join(" | ") + &said("because", rule.because.as_ref()) + &said("ask", rule.ask.as_ref())
    }
}
