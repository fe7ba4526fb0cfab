//! Casbin: a line of policy per clause, and all of it in one matcher. An item is a request.

use casbin::function_map::OperatorFunction;
use casbin::rhai::serde::to_dynamic;
use casbin::rhai::{Dynamic, ImmutableString};
use casbin::{CoreApi, DefaultModel, Enforcer, MemoryAdapter, MgmtApi, Model};

use crate::flat::Flat;
use crate::operations::Operation;
use crate::policy;
use crate::scaling::{Rows, Scaled};
use crate::side::{Input, Side};

const NAME: &str = "casbin";

/// Its sides.
pub fn sides(texts: &[String]) -> Vec<Side> {
    let whole = |text: &String| rows(text, |row| vec![to_dynamic(row).expect("a row")]);
    let columns = |text: &String| rows(text, columns);
    let judge = |enforcer: &Enforcer, items: &[Vec<Dynamic>]| {
        items.iter().all(|item| enforcer.enforce(item.clone()).expect("a verdict"))
    };
    let enforcer = idiomatic();
    let text = Side::new(NAME, "idiomatic", Input::Text, texts.to_vec(), move |text| judge(&enforcer, &whole(text)));
    let enforcer = idiomatic();
    let operations = texts.iter().map(whole).collect();
    let prebuilt = Side::new(NAME, "idiomatic", Input::Prebuilt, operations, move |items: &Vec<Vec<Dynamic>>| {
        judge(&enforcer, items)
    });
    let enforcer = packed();
    let packed_text =
        Side::new(NAME, "packed", Input::Text, texts.to_vec(), move |text| judge(&enforcer, &columns(text)));
    let enforcer = packed();
    let operations = texts.iter().map(columns).collect();
    let packed_prebuilt = Side::new(NAME, "packed", Input::Prebuilt, operations, move |items: &Vec<Vec<Dynamic>>| {
        judge(&enforcer, items)
    });
    vec![text, prebuilt, packed_text, packed_prebuilt]
}

fn rows(text: &str, row: impl Fn(&Flat<'_>) -> Vec<Dynamic>) -> Vec<Vec<Dynamic>> {
    let told: Operation<'_> = serde_json::from_str(text).expect("an operation");
    told.data.iter().map(|item| row(&Flat::new(&told, item))).collect()
}

/// The columns of the packed request.
const COLUMNS: &str = "action, actor, purpose, recipient, place, used_as, retention, measures, end_users, category, \
                       form, raw, holds_nothing, source, over, collected";

fn columns(row: &Flat<'_>) -> Vec<Dynamic> {
    let text = |word: &str| Dynamic::from(ImmutableString::from(word));
    let list = |words: &[&str]| Dynamic::from(words.iter().map(|word| text(word)).collect::<Vec<Dynamic>>());
    vec![
        text(row.action),
        text(row.actor),
        text(row.purpose),
        text(row.recipient),
        text(row.place),
        text(row.used_as),
        text(row.retention),
        list(&row.measures),
        row.end_users.into(),
        text(row.category),
        list(&row.form),
        row.raw.into(),
        row.holds_nothing.into(),
        text(row.source),
        text(row.over),
        row.collected.into(),
    ]
}

fn idiomatic() -> Enforcer {
    let effect = "some(where (p.eft == allow)) && !some(where (p.eft == deny))";
    let rules = policy("conma.casbin")
        .lines()
        .filter_map(|line| line.split_once(": "))
        .filter(|(effect, _)| !effect.starts_with('#'))
        .map(|(effect, rule)| vec![rule.to_string(), effect.to_string()])
        .collect();
    enforcer("op", "rule, eft", effect, "eval(p.rule)", rules)
}

fn packed() -> Enforcer {
    let matcher = policy("packed.casbin").replace('\n', " ");
    enforcer(COLUMNS, "none", "some(where (p.eft == allow))", &matcher, Vec::new())
}

/// An enforcer with the two tables of Section 3 as functions.
pub fn enforcer(request: &str, policy: &str, effect: &str, matcher: &str, rules: Vec<Vec<String>>) -> Enforcer {
    let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
    runtime.block_on(async {
        let mut model = DefaultModel::default();
        for (section, definition) in [("r", request), ("p", policy), ("e", effect), ("m", matcher)] {
            assert!(model.add_def(section, section, definition), "the definition of {section}");
        }
        let mut enforcer = Enforcer::new(model, MemoryAdapter::default()).await.expect("an enforcer");
        enforcer
            .add_function("listed", OperatorFunction::Arg1(|category| word(&category, |word| source(word).is_some())));
        enforcer.add_function(
            "sourced",
            OperatorFunction::Arg2(|category, told| {
                word(&category, |category| {
                    let wanted = source(category).unwrap_or("nowhere");
                    wanted.is_empty() || told.read_lock::<ImmutableString>().is_some_and(|told| told.as_str() == wanted)
                })
            }),
        );
        if !rules.is_empty() {
            enforcer.add_policies(rules).await.expect("rules");
        }
        enforcer
    })
}

/// What a word is found to be.
fn word(word: &Dynamic, is: impl Fn(&str) -> bool) -> Dynamic {
    word.read_lock::<ImmutableString>().is_some_and(|word| is(&word)).into()
}

/// Where Section 3 says that a category comes from, when it is taken in; empty where it doesn't say.
fn source(category: &str) -> Option<&'static str> {
    Some(match category {
        "session_id" => "banner",
        "consent_accepted" | "consent_rejected" | "consent_granular" => "user_interaction",
        "decision_time" => "system",
        "banner_version" => "client_configuration",
        "ip_address" => "server",
        "user_agent" => "browser",
        "integrity_certificate" | "consent_report" => "",
        _ => return None,
    })
}

/// A line of policy for each row.
pub fn scaled(rows: &Rows) -> Option<Scaled> {
    let lines = rows.all().map(|(purpose, item)| vec![purpose, item]).collect();
    let matcher = "r.purpose == p.purpose && r.item == p.item";
    let enforcer = enforcer("purpose, item", "purpose, item", "some(where (p.eft == allow))", matcher, lines);
    let requests = rows.questions().map(|(purpose, item)| vec![Dynamic::from(purpose), Dynamic::from(item)]);
    Some(Box::new(move |question| enforcer.enforce(requests[question].clone()).expect("a verdict")))
}
