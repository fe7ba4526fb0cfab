//! Hostile bytes (law 8): every byte string offered as source, image or operation gives an answer or a clean
//! error, in steps and sizes that are bounded.

mod damage;
mod ends;
mod image;
mod json;
mod source;
mod structure;
mod waiting;

use abey_engine::NativeChecker;
use abey_engine::image::{Image, ImageError};

/// A policy with something in every table of its image.
const RICH: &str = r#"
policy rich "Rich" version "1" in force from 2026-01-01 until 2030-12-31;
offset +02:00;
applies when service is cmp ask dpo;
data mail, chat is personal_data;
data ticket is unstructured containing mail, chat;
purpose support, sales;
place EU; place DE is EU;
place US is EU from 2026-01-01 until 2027-01-01 when sealed is yes;
measure tls; measure tls_1_3 is tls;
form hashed, salted;
basis consent;
actor agent;
subject child;
recipient fact trains: yes/no;
recipient fact regions: set of place;
recipient vendor in DE, US under tls for support notified 2026-02-01 authorised from 2026-03-01
    given trains is no, regions is (DE, US);
fact service: one of (cmp, other);
fact sealed: yes/no;
fact count: number;
fact ended, asked: date;
fact moment: instant;
fact note: text;
fact consented: set of purpose;
item fact source: one of (user, server);
subject fact years: number;
setting window: duration = 30 days at least 1 day at most 90 days;
setting longer: duration = window;
setting open: number;
setting limit: duration = kept;
table kept by place { DE = 6 months; US = 1 year; otherwise 1 month; }
table aged by service { cmp = 12.5; other = -3; }
clause "1" "Instructions" of mail, chat because "read so" ask dpo {
  allow store, share by agent for support resting on consent;
  forbid any of any to any except authorised unless measures includes tls;
}
clause "2" absolute { require one of (tls, form hashed, basis consent) for any of hashed salted mail, raw chat in any except EU; }
clause "3" { require (consented includes purpose and years at least aged or not note is "x") for store of any about child; }
clause "4" { keep any of mail at least 1 day at most least of (limit, 2 years) after ended then delete; }
clause "5" { keep any of chat until earliest of (ended + longer, end of month of asked, end of year of moment) then delete; }
clause "6" { keep any of ticket while sealed is yes; keep any of mail never unless count at most open + 1; }
clause "7" { owe "answer" within 30 days of asked for anything; authorise after window ask dpo; note "text"; }
clause "8" { waive clauses "4" to "5" for delete of any when form within (hashed, salted) or age at most 1 year; }
clause "9" deferred of any in US { }
clause "10" { forbid any of any when recipient.trains is yes or recipient.notified after time or place is one of (EU, US) or collected before 2026-01-01; }
"#;

/// Operations that look at every part of [`RICH`].
const OPERATIONS: [&str; 4] = [
    r#"{"action":"store","data":["mail"]}"#,
    r#"{"action":"store","data":[{"category":"mail","form":["hashed","salted"],"collected":"2026-02-01","facts":{"source":"user"}}],
        "subjects":[{"subject":"child","facts":{"years":12}}],"actor":"agent","purpose":"support","recipient":"vendor",
        "place":"US","origin":"DE","role":"processor","basis":"consent","measures":["tls_1_3"],"retention":"P6M",
        "time":"2026-11-20T10:00:00Z","facts":{"service":"cmp","sealed":true,"count":1.5,"ended":"2026-05-01",
        "asked":"none","moment":"2026-05-01T00:00:00Z","note":"x","consented":["support","sales"]}}"#,
    r#"{"action":"delete","data":["ticket",{"category":"chat","form":[],"contains":["mail"],"collected":"now"}],
        "purpose":["support","sales"],"legs":[{"recipient":"vendor","place":"DE","measures":["tls"]},{"recipient":"none"}],
        "origin":["DE","US"],"measures":[],"retention":"agreed","time":"9999-12-31T23:59:59.999999Z",
        "facts":{"service":"cmp","ended":"9999-12-31","asked":"0001-01-01"}}"#,
    r#"{"action":"share","data":["personal_data"],"place":"EU","origin":"none","time":"0001-01-01T00:00:00Z",
        "facts":{"service":"cmp","sealed":false,"moment":"0001-01-01T00:00:00Z"}}"#,
];

fn tables() -> Image {
    match abey::Policy::compile(RICH) {
        Ok(policy) => policy.tables().clone(),
        Err(error) => panic!("{error}"),
    }
}

/// Loads the bytes of an image, whose hash nothing vouches for.
fn load(image: &Image) -> Result<NativeChecker, ImageError> {
    NativeChecker::load(&image.to_bytes(|_| [0; 32]))
}

/// Decides every operation in every way; a verdict and a decision agree.
fn decide(checker: &NativeChecker) {
    for text in OPERATIONS {
        let operation = abey::Operation::from_json(text).unwrap();
        match (checker.verdict(&operation), checker.decide(&operation)) {
            (Ok(verdict), Ok(decision)) => assert_eq!(verdict, decision.verdict),
            (Err(fault), Err(other)) => assert_eq!(fault, other),
            other => panic!("{other:?}"),
        }
        let _ = checker.trace(&operation);
    }
}
