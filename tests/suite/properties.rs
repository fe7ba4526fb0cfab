//! Properties and silenced lints: what the compiler makes of them, and that no image knows of them.

use abey_engine::image::{Effect, Image};
use abey_engine::limits;
use abey_lang::diagnostic::Code;
use abey_lang::model::{Claim, Silence};
use abey_lang::{Compiled, compile, compile_over, image_bytes, stated};

const POLICY: &str = "policy p \"P\" version \"1\";
use dpv;
fact n: number;
clause \"1\" of email_address { allow store when n at least 2; }
clause \"2\" { forbid any of special_category; }
";

const PROPERTIES: &str = "property \"a\": never allow any of special_category;
property \"b\": always allow store of email_address // so far
    unless n at most 3;
";

/// What `stated` gives, which must load.
fn asked(compiled: &Compiled) -> Image {
    let image = stated(compiled).unwrap();
    let loaded = abey_engine::NativeChecker::load(&image_bytes(&image));
    assert!(loaded.is_ok(), "{:?}", loaded.err());
    image
}

#[test]
fn an_image_knows_of_no_property() {
    let without = compile(POLICY).unwrap();
    let with = compile(&format!("{POLICY}{PROPERTIES}allow(open_list, \"so\");\n")).unwrap();
    assert_eq!(with.policy.properties.len(), 2);
    assert_eq!(with.policy.silences.len(), 1);
    assert_eq!(image_bytes(&with.image), image_bytes(&without.image));
    assert_eq!(asked(&without), without.image);
}

#[test]
fn each_property_is_one_more_rule() {
    let compiled = compile(&format!("{POLICY}{PROPERTIES}")).unwrap();
    let image = asked(&compiled);
    let own = compiled.image.rules.len();
    assert_eq!(image.rules.len(), own + compiled.policy.properties.len());
    assert_eq!(image.rules[..own], compiled.image.rules[..]);
    let [never, always] = &image.rules[own..] else { panic!("{:?}", image.rules) };
    assert_eq!((never.clause, &never.effect), (0, &Effect::Forbid));
    assert_eq!(never.text, "never allow any of special_category");
    // The scope of clause 1 isn't the property's.
    let texts: Vec<&str> = never.parts.iter().map(|part| part.text.as_str()).collect();
    assert_eq!(texts, ["any", "of special_category"]);
    assert_eq!((always.clause, &always.effect), (0, &Effect::Allow(Vec::new())));
    assert_eq!(always.text, "always allow store of email_address unless n at most 3");
    assert_eq!((always.position.line, always.position.column), (7, 10));
    // All else is the same, with the conditions of properties behind those of rules.
    assert!(image.conditions.starts_with(&compiled.image.conditions));
    assert_eq!(image.conditions.len(), compiled.image.conditions.len() + 1);
    assert_eq!(image.clauses, compiled.image.clauses);
}

#[test]
fn a_policy_without_clauses_can_be_asked() {
    let compiled = compile("policy p \"P\" version \"1\";\nproperty \"a\": never allow anything;\n").unwrap();
    assert!(compiled.image.clauses.is_empty());
    let image = asked(&compiled);
    assert_eq!((image.rules.len(), image.clauses.len()), (1, 1));
    assert_eq!(image.clauses[0].label, "");
}

#[test]
fn one_property_too_many_is_said() {
    let mut compiled = compile(&format!("{POLICY}property \"a\": never allow anything;\n")).unwrap();
    let rule = compiled.image.rules[0].clone();
    compiled.image.rules.resize(limits::RULES - 1, rule.clone());
    assert!(stated(&compiled).is_ok());
    compiled.image.rules.push(rule);
    let fault = stated(&compiled).unwrap_err();
    assert_eq!((fault.code, fault.span), (Code::TooMuch, compiled.policy.properties[0].span));
}

/// An agreement answers for its own properties; what a clause beneath silences goes with the clause.
#[test]
fn properties_of_an_agreement() {
    let terms = format!(
        "{POLICY}property \"beneath\": never allow anything;
allow(open_list, \"everywhere beneath\");
clause \"3\" {{ note \"x\"; allow(open_list, \"beneath\"); }}
clause \"4\" {{ allow(open_list, \"replaced\"); note \"x\"; }}
"
    );
    let middle = "agreement q \"Q\" version \"1\" over p;\n";
    let source = "agreement r \"R\" version \"1\" over q;
property \"stricter\": stricter than q;
property \"in part\": stricter than p for any of special_category when n at least 1;
property \"for a purpose\": stricter than p for marketing;
replace clause \"4\" { note \"y\"; allow(never_decides, \"mine\"); }
allow(open_recipients, \"they are \\\"open\\\"\");
";
    let compiled =
        compile_over(source, &|name| Some(if name == "p" { terms.clone() } else { middle.to_string() })).unwrap();
    let found: Vec<_> = compiled.policy.properties.iter().map(|found| (&*found.name, found.claim)).collect();
    let expected =
        [("stricter", Claim::Stricter(1)), ("in part", Claim::Stricter(0)), ("for a purpose", Claim::Stricter(0))];
    assert_eq!(found, expected);
    let scopes: Vec<usize> = compiled.policy.properties.iter().map(|found| found.scope.len()).collect();
    assert_eq!(scopes, [0, 3, 1]);
    assert_eq!(compiled.policy.properties[1].text, "stricter than p for any of special_category when n at least 1");
    let silences = compiled.policy.silences.iter();
    let silences: Vec<_> = silences
        .map(|Silence { lint, reason, clause, .. }| {
            (&**lint, &**reason, clause.map(|clause| &*compiled.policy.clauses[clause].label))
        })
        .collect();
    let expected = [
        ("open_recipients", "they are \"open\"", None),
        ("open_list", "beneath", Some("3")),
        ("never_decides", "mine", Some("4")),
    ];
    assert_eq!(silences, expected);
    let image = asked(&compiled);
    assert!(image.rules[image.rules.len() - 3..].iter().all(|rule| rule.effect == Effect::Forbid));
}

/// The words of properties stay names, on a line of their own too.
#[test]
fn their_words_are_no_reserved_ones() {
    let source = "policy p \"P\" version \"1\";
data property, always, stricter, than is other_data;
clause \"1\" {
  allow store of always, stricter, than,
property, other_data;
}
property \"property\": never allow store of property, always, stricter, than;
";
    let compiled = compile(source).unwrap();
    assert_eq!(compiled.policy.properties[0].text, "never allow store of property, always, stricter, than");
}
