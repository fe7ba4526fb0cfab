//! A module written by hand that says it holds the shop's policy, and of which any part can be another.

use abey::{Checker, ToJson};

use super::{STORE, shop};

/// Where its texts lie. The operation goes to 131 072, and the answer to lines to 65 536.
const NOTHING: u32 = 1024;
const STORED: u32 = 16_384;
const ABOUT: u32 = 32_768;
const LINE: u32 = 65_536;

/// Parts in the text format, each with the name of what it exports.
pub struct Liar(Vec<(&'static str, String)>);

/// A text of the text format.
fn quoted(text: &str) -> String {
    text.bytes().map(|byte| format!("\\{byte:02x}")).collect()
}

/// A text in memory, as an answer.
pub fn at(pointer: u32, length: usize) -> String {
    format!("(i64.const {})", (u64::from(pointer) << 32 | length as u64).cast_signed())
}

impl Liar {
    /// One that tells the truth, though it knows a single operation.
    pub fn honest() -> Self {
        let shop = shop();
        let about = shop.policy().unwrap().to_json().to_string();
        let (nothing, stored) = (shop.check_json(b"").to_json(), shop.check_json(STORE).to_json());
        let line = format!("{stored}\n");
        let data = [(NOTHING, &nothing), (STORED, &stored), (ABOUT, &about), (LINE, &line)];
        let data = data.map(|(place, text)| format!("(data (i32.const {place}) \"{}\")", quoted(text))).concat();
        let (nothing, stored) = (at(NOTHING, nothing.len()), at(STORED, stored.len()));
        let check = format!("(if (result i64) (local.get 1) (then {stored}) (else {nothing}))");
        let body = |name, kind, body: &str| (name, format!("(func (export \"{name}\") {kind} {body})"));
        Liar(vec![
            ("memory", "(memory (export \"memory\") 4)".into()),
            ("data", data),
            body("abey_abi", "(result i32)", "(i32.const 1)"),
            body("abey_alloc", "(param i32) (result i32)", "(i32.const 131072)"),
            body("abey_check", "(param i32 i32) (result i64)", &check),
            body("abey_verdict", "(param i32 i32) (result i32)", "(i32.const 1)"),
            body("abey_batch", "(param i32 i32) (result i64)", &at(LINE, line.len())),
            body("abey_policy", "(result i64)", &at(ABOUT, about.len())),
            body("abey_reset", "", ""),
        ])
    }

    /// The same with another part.
    pub fn with(mut self, name: &'static str, part: &str) -> Self {
        let old = self.0.iter_mut().find(|(known, _)| *known == name);
        match old {
            Some(old) => old.1 = part.into(),
            None => self.0.push((name, part.into())),
        }
        self
    }

    /// The same where a check, once the module is loaded, does this.
    pub fn checking(self, body: &str) -> Self {
        let nothing = at(NOTHING, shop().check_json(b"").to_json().len());
        let start = "(func (export \"abey_check\") (param i32 i32) (result i64) (local i32)";
        let part = format!("{start} (if (i32.eqz (local.get 1)) (then (return {nothing}))) {body})");
        self.with("abey_check", &part)
    }

    /// The names of what it exports.
    pub fn exports(&self) -> Vec<&'static str> {
        self.0.iter().map(|(name, _)| *name).filter(|name| *name != "data").collect()
    }

    /// The module.
    pub fn built(&self) -> Vec<u8> {
        let parts: String = self.0.iter().map(|(_, part)| part.as_str()).collect();
        wat::parse_str(format!("(module {parts})")).unwrap_or_else(|error| panic!("{error}"))
    }
}
