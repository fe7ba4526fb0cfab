//! From the typed policy to the image: names become numbers, trees become tables.

use std::sync::Arc;

use abey_engine::image as tables;
use abey_engine::image::{Image, Position};
use abey_engine::limits;

use crate::Compiled;
use crate::diagnostic::{Code, Diagnostic};
use crate::lines::Lines;
use crate::model::{Claim, Condition, Effect, Means, Policy, Scope, Value};
use crate::resolve::Top;
use crate::syntax::Span;

/// The tables of a policy, with places in its source.
///
/// # Errors
/// A condition that waits for itself.
pub fn lower(policy: &Policy, top: Top) -> Result<Image, Box<Diagnostic>> {
    let mut lowering = Lowering {
        values: Vec::new(),
        conditions: Vec::new(),
        words: 0,
        quoted: 0,
        lines: policy.layers.iter().map(|layer| Lines::of(&layer.source)).collect(),
    };
    let image = lowering.policy(policy).map_err(|(layer, span, most, what)| {
        let top_layer = layer + 1 == policy.layers.len();
        Box::new(too_much(if top_layer { span } else { top.over() }, most, what))
    })?;
    if let Some(facet) = image.circular() {
        // A vocabulary alone has no such circle, so an edge of the policy closes it: the last one that is conditional.
        let edges = policy.terms.get(facet as usize).into_iter().flatten().flat_map(|term| &term.parents);
        let conditional = edges.filter(|edge| edge.when.is_some()).map(|edge| &edge.origin);
        let span = conditional.max_by_key(|origin| origin.unit).map(|origin| top.place(origin)).unwrap_or_default();
        let message = format!("whether one {} lies below another depends on itself", crate::resolve::noun(facet));
        let fault = Diagnostic::error(Code::CircularCondition, span, message)
            .help("an edge's condition can't speak of its own facet, nor, for places and purposes, of authorisation or measures");
        return Err(Box::new(fault));
    }
    Ok(image)
}

fn too_much(at: Span, most: usize, what: &str) -> Diagnostic {
    let fault = Diagnostic::error(Code::TooMuch, at, format!("there are more than {most} {what}"));
    fault.help("what a clause says for all its rules counts for each: say it once, of a word above them")
}

/// The image with one more rule for each property, in order, behind its own rules: a prohibition of what a property
/// says is never allowed, or stricter than a layer, and an instruction for what it says always is.
///
/// It is for asking about properties, not for checking operations.
///
/// # Errors
/// A limit that these rules pass.
pub fn stated(compiled: &Compiled) -> Result<Image, Box<Diagnostic>> {
    let Compiled { policy, image, .. } = compiled;
    let mut image = image.clone();
    if policy.properties.is_empty() {
        return Ok(image);
    }
    let top = policy.layers.len().saturating_sub(1);
    let quoted = image.rules.iter().flat_map(|rule| &rule.parts).map(|part| part.text.len());
    let tested = image.conditions.iter().map(|condition| match condition {
        tables::Condition::Test(test) => test.text.len(),
        _ => 0,
    });
    let mut lowering = Lowering {
        words: image.rules.iter().map(tables::Rule::words).sum(),
        quoted: quoted.chain(tested).sum(),
        values: std::mem::take(&mut image.values),
        conditions: std::mem::take(&mut image.conditions),
        lines: policy.layers.iter().map(|layer| Lines::of(&layer.source)).collect(),
    };
    if image.clauses.is_empty() {
        // A rule stands in some clause.
        image.clauses.push(tables::Clause {
            label: tables::Wording::default(),
            title: tables::Wording::default(),
            layer: top as u32,
            absolute: false,
            deferred: false,
            position: Position { line: 0, column: 0 },
            because: None,
            ask: None,
            notes: Vec::new(),
        });
    }
    for property in &policy.properties {
        let rule = tables::Rule {
            clause: 0,
            effect: match property.claim {
                Claim::Never | Claim::Stricter(_) => tables::Effect::Forbid,
                Claim::Always => tables::Effect::Allow(Vec::new()),
            },
            parts: property.scope.iter().map(|part| lowering.part(part)).collect(),
            because: None,
            ask: None,
            position: lowering.position(top, property.span),
            text: property.text.as_str().into(),
        };
        lowering.words += rule.words();
        image.rules.push(rule);
        let beyond = match image.rules.len() > limits::RULES {
            true => Err((top, property.span, limits::RULES, "rules")),
            false => lowering.fits(top, property.span),
        };
        beyond.map_err(|(_, at, most, what)| Box::new(too_much(at, most, what)))?;
    }
    (image.values, image.conditions) = (lowering.values, lowering.conditions);
    Ok(image)
}

/// The declared facts as the image has them.
#[must_use]
pub(crate) fn facts(policy: &Policy) -> Vec<tables::Fact> {
    policy
        .facts
        .iter()
        .map(|fact| tables::Fact { name: fact.name.clone(), about: fact.about, kind: fact.kind.clone() })
        .collect()
}

fn table(table: &crate::model::Table) -> tables::Table {
    let rows = table.rows.iter().map(|(keys, value)| tables::Row { keys: keys.clone(), value: value.clone() });
    tables::Table {
        name: table.name.clone(),
        key: table.key.clone(),
        rows: rows.collect(),
        otherwise: table.otherwise.clone(),
    }
}

/// What is past a limit: the layer and clause, the limit, and of what.
type Beyond = (usize, Span, usize, &'static str);

struct Lowering<'a> {
    values: Vec<tables::Value>,
    conditions: Vec<tables::Condition>,
    /// Words of the rules so far, and bytes of what they quote.
    words: usize,
    quoted: usize,
    lines: Vec<Lines<'a>>,
}

impl Lowering<'_> {
    fn position(&self, layer: usize, span: Span) -> Position {
        self.lines.get(layer).map_or(Position { line: 0, column: 0 }, |lines| lines.position(span))
    }

    /// What is lowered so far is within its limits; each rule adds at most what a source says.
    fn fits(&self, layer: usize, span: Span) -> Result<(), Beyond> {
        let nodes = self.values.len() + self.conditions.len();
        let counts = [
            (self.words, limits::WORDS, "words in rules"),
            (nodes, limits::NODES, "comparisons and values in conditions"),
            (self.quoted, crate::limits::QUOTED_BYTES, "bytes in the scopes of rules"),
        ];
        let beyond = counts.into_iter().find(|(count, most, _)| count > most);
        beyond.map_or(Ok(()), |(_, most, what)| Err((layer, span, most, what)))
    }

    fn policy(&mut self, policy: &Policy) -> Result<Image, Beyond> {
        let terms = policy.terms.iter().map(|terms| terms.iter().map(|term| self.term(term)).collect()).collect();
        let settings = policy.settings.iter().map(|setting| tables::Setting {
            name: setting.name.clone(),
            kind: setting.kind.clone(),
            default: setting.default.as_ref().map(|value| self.value(value)),
            at_least: setting.at_least.clone(),
            at_most: setting.at_most.clone(),
            given: setting.given.clone(),
            fixed: setting.given.is_some(),
        });
        let settings = settings.collect();
        let mut layers = Vec::new();
        for (index, layer) in policy.layers.iter().enumerate() {
            layers.push(tables::Layer {
                name: layer.name.clone(),
                title: layer.title.clone(),
                version: layer.version.clone(),
                in_force: layer.in_force.clone(),
                applies: layer.applies.as_ref().map(|guard| tables::Guard {
                    condition: self.condition(&guard.condition),
                    text: guard.text.as_str().into(),
                    position: self.position(index, guard.span),
                    ask: guard.ask.as_deref().map(Into::into),
                }),
            });
        }
        let notice = policy.notice.as_ref().map(|notice| tables::Notice {
            period: self.value(&notice.period),
            ask: notice.ask.as_deref().map(Into::into),
        });
        let mut clauses = Vec::new();
        let mut rules = Vec::new();
        for (index, clause) in policy.clauses.iter().enumerate() {
            clauses.push(tables::Clause {
                label: clause.label.as_str().into(),
                title: clause.title.as_str().into(),
                layer: clause.layer as u32,
                absolute: clause.absolute,
                deferred: clause.deferred,
                position: self.position(clause.layer, clause.span),
                because: clause.because.as_deref().map(Into::into),
                ask: clause.ask.as_deref().map(Into::into),
                notes: clause.notes.iter().map(Into::into).collect(),
            });
            for rule in &clause.rules {
                let parts = clause.scope.iter().chain(&rule.scope).map(|part| self.part(part)).collect();
                let rule = tables::Rule {
                    clause: index as u32,
                    effect: self.effect(&rule.effect),
                    parts,
                    because: rule.because.as_deref().map(Into::into),
                    ask: rule.ask.as_deref().map(Into::into),
                    position: self.position(clause.layer, rule.span),
                    text: rule.text.as_str().into(),
                };
                self.words += rule.words();
                rules.push(rule);
                self.fits(clause.layer, clause.span)?;
            }
        }
        self.fits(policy.layers.len().saturating_sub(1), Span::default())?;
        let recipients = policy.recipients.iter().map(|recipient| tables::Recipient {
            places: recipient.places.clone(),
            measures: recipient.measures.clone(),
            purposes: recipient.purposes.clone(),
            notified: recipient.notified,
            authorised: recipient.authorised,
            facts: recipient.facts.clone(),
        });
        Ok(Image {
            name: policy.name.clone(),
            title: policy.title.clone(),
            version: policy.version.clone(),
            vocabularies: policy.vocabularies.clone(),
            offset: policy.offset,
            layers,
            terms,
            recipients: recipients.collect(),
            facts: facts(policy),
            settings,
            tables: policy.tables.iter().map(table).collect(),
            values: std::mem::take(&mut self.values),
            conditions: std::mem::take(&mut self.conditions),
            clauses,
            rules,
            notice,
            core: policy.core.clone(),
        })
    }

    fn term(&mut self, term: &crate::model::Term) -> tables::Term {
        let parents = term.parents.iter().map(|edge| tables::Edge {
            parent: edge.parent,
            period: edge.period.clone(),
            when: edge.when.as_ref().map(|when| self.condition(when)),
        });
        tables::Term { name: term.name.clone(), parents: parents.collect(), containing: term.containing.clone() }
    }

    fn part(&mut self, part: &crate::model::Part) -> Arc<tables::Part> {
        let scope = match &part.scope {
            Scope::Slot(slot, list) => tables::Scope::Slot((*slot, list.clone())),
            Scope::Data(list) => tables::Scope::Data(list.clone()),
            Scope::Measures(measures) => tables::Scope::Measures(measures.clone()),
            Scope::When(condition) => tables::Scope::When(self.condition(condition)),
            Scope::Unless(condition) => tables::Scope::Unless(self.condition(condition)),
        };
        self.quoted += part.text.len();
        Arc::new(tables::Part { scope, text: part.text.as_str().into() })
    }

    fn effect(&mut self, effect: &Effect) -> tables::Effect {
        match effect {
            Effect::Allow(bases) => tables::Effect::Allow(bases.clone()),
            Effect::Forbid => tables::Effect::Forbid,
            Effect::Waive(clauses) => tables::Effect::Waive(clauses.clone()),
            Effect::Require(demands) => {
                let demands = demands.iter().map(|demand| tables::Demand {
                    any: demand.any.iter().map(|means| self.means(means)).collect(),
                    text: demand.text.as_str().into(),
                });
                tables::Effect::Require(demands.collect())
            }
            Effect::Keep(keep) => tables::Effect::Keep(Box::new(tables::Keep {
                at_least: self.optional(keep.at_least.as_ref()),
                at_most: self.optional(keep.at_most.as_ref()),
                after: self.optional(keep.after.as_ref()),
                until: self.optional(keep.until.as_ref()),
                during: keep.during.as_ref().map(|during| self.condition(during)),
                never: keep.never,
                then: keep.then.clone(),
                text: keep.text.as_str().into(),
            })),
            Effect::Owe(owe) => tables::Effect::Owe(Box::new(tables::Owe {
                duty: owe.duty.as_str().into(),
                within: self.optional(owe.within.as_ref()),
                event: self.optional(owe.event.as_ref()),
                text: owe.text.as_str().into(),
            })),
        }
    }

    fn means(&mut self, means: &Means) -> tables::Means {
        match means {
            Means::Measure(measure) => tables::Means::Measure(*measure),
            Means::Form(form) => tables::Means::Form(*form),
            Means::Basis(basis) => tables::Means::Basis(*basis),
            Means::Condition(condition) => tables::Means::Condition(self.condition(condition)),
        }
    }

    fn condition(&mut self, condition: &Condition) -> u32 {
        let node = match condition {
            Condition::All(of) => tables::Condition::All(of.iter().map(|part| self.condition(part)).collect()),
            Condition::Any(of) => tables::Condition::Any(of.iter().map(|part| self.condition(part)).collect()),
            Condition::Not(of) => tables::Condition::Not(self.condition(of)),
            Condition::Test(compare, left, right, text) => {
                self.quoted += text.len();
                tables::Condition::Test(tables::Test {
                    compare: *compare,
                    left: self.value(left),
                    right: self.values(right).into(),
                    text: text.into(),
                })
            }
            Condition::Authorised => tables::Condition::Authorised,
        };
        self.conditions.push(node);
        self.conditions.len() as u32 - 1
    }

    fn optional(&mut self, value: Option<&Value>) -> Option<u32> {
        value.map(|value| self.value(value))
    }

    fn values(&mut self, values: &[Value]) -> Vec<u32> {
        values.iter().map(|value| self.value(value)).collect()
    }

    fn value(&mut self, value: &Value) -> u32 {
        let node = match value {
            Value::Literal(literal) => tables::Value::Literal(literal.clone()),
            Value::Slot(slot) => tables::Value::Slot(*slot),
            Value::Data => tables::Value::Data,
            Value::Form => tables::Value::Form,
            Value::Measures => tables::Value::Measures,
            Value::Time => tables::Value::Time,
            Value::Age => tables::Value::Age,
            Value::Collected => tables::Value::Collected,
            Value::Fact(fact) => tables::Value::Fact(*fact),
            Value::Setting(setting) => tables::Value::Setting(*setting),
            Value::Table(table) => tables::Value::Table(*table),
            Value::Notified => tables::Value::Notified,
            Value::AuthorisedFrom => tables::Value::AuthorisedFrom,
            Value::Plus(a, b) => tables::Value::Plus((self.value(a), self.value(b))),
            Value::Minus(a, b) => tables::Value::Minus((self.value(a), self.value(b))),
            Value::Earliest(of) => tables::Value::Earliest(self.values(of)),
            Value::Latest(of) => tables::Value::Latest(self.values(of)),
            Value::Least(of) => tables::Value::Least(self.values(of)),
            Value::Greatest(of) => tables::Value::Greatest(self.values(of)),
            Value::EndOfMonth(of) => tables::Value::EndOfMonth(self.value(of)),
            Value::EndOfYear(of) => tables::Value::EndOfYear(self.value(of)),
        };
        self.values.push(node);
        self.values.len() as u32 - 1
    }
}
