//! The work of a check is bounded by sizes: worst cases that are made for each term of the formula, at the limits of
//! policies and operations.

use std::fmt::Write;

use abey::{Item, Operation, Policy};
use abey_engine::NativeChecker;

fn checker(source: &str) -> NativeChecker {
    let policy = Policy::compile(source).unwrap_or_else(|error| panic!("{error}"));
    NativeChecker::load(policy.image()).unwrap()
}

/// The steps that a verdict takes, within its bound; and a decision within its own.
fn within(name: &str, checker: &NativeChecker, operation: &Operation) -> (u64, u128) {
    let _ = checker.take_steps();
    checker.verdict(operation).unwrap();
    let (steps, bound) = (checker.take_steps(), checker.verdict_steps_bound(operation));
    assert!(u128::from(steps) <= bound, "{name}: a verdict took {steps} steps, and the bound is {bound}");
    let _ = checker.check(operation);
    let (decided, most) = (checker.take_steps(), checker.decision_steps_bound(operation));
    assert!(u128::from(decided) <= most, "{name}: a decision took {decided} steps, and the bound is {most}");
    (steps, bound)
}

/// That the bound isn't empty words: the case takes at least so many steps, a part of the bound that can be said.
fn tight(name: &str, checker: &NativeChecker, operation: &Operation, factor: u128) {
    let (steps, bound) = within(name, checker, operation);
    assert!(
        bound <= u128::from(steps) * factor,
        "{name}: {steps} steps, and a bound of {bound} is more than {factor} times that"
    );
}

fn policy(declarations: &str, rules: &str) -> String {
    format!("policy p \"P\" version \"1\";\n{declarations}\nclause \"1\" {{ allow any of any; {rules} }}\n")
}

/// 256 points by 1,000 rules.
#[test]
fn many_points_by_many_rules() {
    // Nothing but the measure tells them from the operation, which the index of the rules doesn't know of.
    let rules = "forbid any of other_data, personal_data about who in away, home with seal;".repeat(1_000);
    let words = "subject who, other; measure seal; place away is country; place home is country;";
    let checker = checker(&policy(words, &rules));
    let items: Vec<Item> = (0..256).map(|_| Item::new("personal_data").form([])).collect();
    let mut operation = Operation::of("store", []).place("home").recipient("none").measures([]);
    operation.data = items;
    tight("many points", &checker, &operation, 40);
}

/// A ladder of words, each below the two before it: the paths double with each rung, the edges don't.
#[test]
fn a_ladder_of_words() {
    let mut words = String::from("purpose p0; purpose p1 is p0 when active is yes;\nfact active: yes/no;\n");
    for rung in 2..60 {
        writeln!(words, "purpose p{rung} is p{}, p{} when active is yes;", rung - 1, rung - 2).unwrap();
    }
    let checker = checker(&policy(&words, "forbid any of any for p0;"));
    let operation = Operation::of("store", [Item::new("personal_data")]).purpose("p59");
    let (steps, _) = within("a ladder", &checker, &operation);
    assert!(steps < 20 * 120, "{steps} steps for 120 edges");
}

/// Sets at their limits: 256 measures against a rule that demands 256 others.
#[test]
fn sets_at_their_limits() {
    let names: Vec<String> = (0..512).map(|index| format!("m{index}")).collect();
    let declarations = format!("measure {};", names.join(", "));
    let demands = names.iter().skip(256).cloned().collect::<Vec<_>>().join(", ");
    let checker = checker(&policy(&declarations, &format!("require one of ({demands}) for any of any;")));
    let mut operation = Operation::of("store", [Item::new("personal_data")]).recipient("none");
    operation.measures = Some(names.into_iter().take(256).collect());
    tight("sets", &checker, &operation, 8);
}

/// A comparison of two sets, in place and as written.
#[test]
fn a_set_within_another() {
    let names: Vec<String> = (0..256).map(|index| format!("m{index}")).collect();
    let declarations = format!("measure {};", names.join(", "));
    let condition = format!("measures within ({})", names.iter().rev().cloned().collect::<Vec<_>>().join(", "));
    let checker = checker(&policy(&declarations, &format!("forbid any of any unless {condition};")));
    let mut operation = Operation::of("store", [Item::new("personal_data")]).recipient("none");
    operation.measures = Some(names);
    within("within", &checker, &operation);
}

/// Tables whose keys aren't told, in sums up to the limit of combinations and past it.
#[test]
fn tables_past_the_combinations() {
    let mut declarations = String::from("fact count: number;\n");
    for table in 0..24 {
        let words: Vec<String> = (0..4).map(|word| format!("w{table}_{word}")).collect();
        writeln!(declarations, "fact f{table}: one of ({});", words.join(", ")).unwrap();
        let rows: String =
            words.iter().enumerate().map(|(at, word)| format!("{word} = {};", at << (2 * (table % 8)))).collect();
        writeln!(declarations, "table t{table} by f{table} {{ {rows} }}").unwrap();
    }
    let sum = (0..24).map(|table| format!("t{table}")).collect::<Vec<_>>().join(" + ");
    let checker = checker(&policy(&declarations, &format!("forbid any of any when count at most {sum};")));
    within("tables", &checker, &Operation::of("store", [Item::new("personal_data")]).fact("count", 1));
}

/// A table by data with a row for each of 500 categories, its key a general word.
#[test]
fn a_table_of_many_rows() {
    let names: Vec<String> = (0..500).map(|index| format!("d{index}")).collect();
    let rows: String = names.iter().enumerate().map(|(index, name)| format!("{name} = {} days;", index % 7)).collect();
    let declarations = format!("data {} is personal_data; table kept by data {{ {rows} }}", names.join(", "));
    let checker = checker(&policy(&declarations, "keep any of any at most kept;"));
    let operation =
        Operation::of("store", [Item::new("personal_data").collected_now()]).keeping(abey::calendar::Duration::days(3));
    within("a table", &checker, &operation);
}

/// Contents at their limit against long lists of data.
#[test]
fn contents_at_their_limit() {
    let names: Vec<String> = (0..256).map(|index| format!("d{index}")).collect();
    let declarations = format!("data {} is personal_data; data other is personal_data;", names.join(", "));
    let rules = format!("forbid any of {};", names.join(", "));
    let checker = checker(&policy(&declarations, &rules));
    let mut item = Item::new("unstructured").form([]);
    item.contains = Some((0..256).map(|_| "other".to_string()).collect());
    let (steps, _) = within("contents", &checker, &Operation::of("store", [item]));
    assert!(steps > 256 * 256, "{steps}");
}

/// Whether data leaves a country is settled once for a point, however many rules name transfers.
#[test]
fn many_transfers() {
    let lands: Vec<String> = (0..200).map(|index| format!("land{index}")).collect();
    let declarations = format!("place {} is country;", lands.join(", "));
    let rules = "forbid transfer of other_data;".repeat(500);
    let checker = checker(&policy(&declarations, &rules));
    let operation =
        Operation::of("store", [Item::new("personal_data")]).place("land0").origin("land1").recipient("none");
    let (steps, _) = within("transfers", &checker, &operation);
    assert!(steps < 500 * 200, "each of 500 rules walked 200 places: {steps}");
}

/// Many reasons, each with many remedies: what is tried is counted.
#[test]
fn many_reasons_with_remedies() {
    let names: Vec<String> = (0..100).map(|index| format!("m{index}")).collect();
    let rules: String = names.iter().map(|name| format!("require {name} for any of any;")).collect();
    let checker = checker(&policy(&format!("measure {};", names.join(", ")), &rules));
    let operation = Operation::of("store", [Item::new("personal_data")]).recipient("none").measures([]);
    within("remedies", &checker, &operation);
    assert_eq!(checker.check(&operation).reasons.len(), 100);
}
