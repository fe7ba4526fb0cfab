//! Finds the mutants of a source file.

use std::collections::HashMap;
use std::ops::Range;

use syn::spanned::Spanned;
use syn::visit::{self, Visit};
use syn::{Attribute, BinOp, Block, Expr, Item, Pat, Signature, UnOp};

use crate::macros;
use crate::mutant::{Alternative, Form, Key, Mutant, Site, Source, one_line};
use crate::table::{NAMES, OPERATORS, PREDICATES};
use crate::values;

/// Longest text of a site that a key holds; longer ones are cut.
const SHOWN: usize = 120;

/// Reads a file: adds its mutants to `mutants`, and says where each of them is.
///
/// # Errors
/// When the file isn't Rust.
pub fn read(path: &str, text: String, mutants: &mut Vec<Mutant>) -> Result<Source, String> {
    let file = syn::parse_file(&text).map_err(|error| format!("{path}: {error}"))?;
    let items = file.items.first().map_or(0, |item| item.span().byte_range().start);
    let mut finder = Finder {
        path,
        text: &text,
        mutants,
        sites: Vec::new(),
        scope: Vec::new(),
        own: Vec::new(),
        negated: None,
        met: HashMap::new(),
    };
    finder.visit_file(&file);
    let mut sites = finder.sites;
    // Empty sites first, then outer ones before those in them.
    sites.sort_by_key(|site| (site.range.start, !site.range.is_empty(), usize::MAX - site.range.end));
    Ok(Source { path: path.into(), text, sites, items })
}

/// Walks through a file.
pub struct Finder<'f> {
    path: &'f str,
    text: &'f str,
    mutants: &'f mut Vec<Mutant>,
    sites: Vec<Site>,
    /// The names of the types and functions around.
    scope: Vec<String>,
    /// The types that `Self` stands for.
    own: Vec<String>,
    /// The operand of a negation that is deleted already: to negate it would be the same.
    negated: Option<Range<usize>>,
    /// How often each key was met.
    met: HashMap<Key, usize>,
}

impl Finder<'_> {
    fn of(&self, range: &Range<usize>) -> String {
        self.text.get(range.clone()).unwrap_or("").to_string()
    }

    fn text_of(&self, node: &impl Spanned) -> String {
        self.of(&node.span().byte_range())
    }

    /// Notes a mutant: what takes the place of the site, and what that is called.
    pub fn add(&mut self, range: Range<usize>, form: Form, source: &str, alternative: String, what: String) {
        let source: String = one_line(source).chars().take(SHOWN).collect();
        let mut key = Key { file: self.path.into(), function: self.scope.join("::"), what, source, nth: 0 };
        let met = self.met.entry(key.clone()).or_default();
        *met += 1;
        key.nth = *met;
        let line = self.text.get(..range.start).unwrap_or("").matches('\n').count() + 1;
        let alternative = Alternative { mutant: self.mutants.len(), text: alternative };
        self.mutants.push(Mutant { key, line });
        match self.sites.iter_mut().rev().find(|site| site.range == range && site.form == form) {
            Some(site) => site.alternatives.push(alternative),
            None => self.sites.push(Site { range, form, alternatives: vec![alternative] }),
        }
    }

    /// Notes that an expression may be replaced.
    pub fn instead(&mut self, of: &impl Spanned, alternative: String, what: &str) {
        let range = of.span().byte_range();
        let source = self.of(&range);
        self.add(range, Form::Instead, &source, alternative, what.into());
    }

    /// Notes that the answer of an expression may be negated, unless a negation of it is deleted.
    fn negated(&mut self, of: &impl Spanned, what: &str) {
        if self.negated != Some(of.span().byte_range()) {
            let alternative = format!("!({})", self.text_of(of));
            self.instead(of, alternative, what);
        }
    }

    fn function(&mut self, signature: &Signature, attributes: &[Attribute], block: &Block) {
        if signature.constness.is_some() || for_tests(attributes) {
            return;
        }
        self.scope.push(signature.ident.to_string());
        let open = block.brace_token.span.open().byte_range().end;
        let close = block.brace_token.span.close().byte_range().start;
        self.sites.push(Site { range: open..close, form: Form::Function, alternatives: Vec::new() });
        let body = one_line(&self.of(&(open..close)));
        for value in values::returned(&signature.output, self.own.last().map(String::as_str)) {
            let short = short(&value);
            let same = body == value || body == short || (value == "()" && body.is_empty());
            if !same {
                self.add(open..open, Form::Return, "", value, format!("return {short}"));
            }
        }
        visit::visit_block(self, block);
        self.scope.pop();
    }

    fn binary(&mut self, binary: &syn::ExprBinary) {
        if chains_let(&binary.left) || chains_let(&binary.right) {
            return;
        }
        let operator = self.text_of(&binary.op);
        let (left, right) = (self.text_of(&binary.left), self.text_of(&binary.right));
        let found = OPERATORS.iter().find(|(own, _)| *own == operator).map_or(&[][..], |(_, others)| others);
        for other in found {
            let alternative = match is_assignment(&binary.op) {
                true => format!("{left} {other} {right}"),
                false => format!("({left}) {other} ({right})"),
            };
            self.instead(binary, alternative, &format!("{operator} to {other}"));
        }
    }

    /// A call by its name: the name exchanged or the answer negated. `name` is within `call`.
    fn named(&mut self, call: &Expr, name: &syn::Ident, is_method: bool) {
        let range = call.span().byte_range();
        let at = name.span().byte_range();
        let text = name.to_string();
        let around =
            |name: &str| format!("{}{name}{}", self.of(&(range.start..at.start)), self.of(&(at.end..range.end)));
        if let Some((_, other)) = NAMES.iter().find(|(own, _)| *own == text) {
            let alternative = match other.strip_prefix('!') {
                Some(other) => format!("!({})", around(other)),
                None => around(other),
            };
            self.instead(call, alternative, &format!("{text} to {other}"));
        } else if is_method && (text.starts_with("is_") || PREDICATES.contains(&text.as_str())) {
            self.negated(call, &format!("not {text}"));
        }
    }

    /// The condition of an `if` or a `while`, where nothing else mutates it.
    fn condition(&mut self, condition: &Expr) {
        let plain = match condition {
            Expr::Path(_) | Expr::Field(_) | Expr::Call(_) | Expr::MethodCall(_) => true,
            Expr::Unary(unary) => !matches!(unary.op, UnOp::Not(_)),
            _ => false,
        };
        let range = condition.span().byte_range();
        // A call that is exchanged or negated by its name is noted already.
        if plain && !self.sites.iter().any(|site| site.range == range && site.form == Form::Instead) {
            self.negated(condition, "negate condition");
        }
    }

    fn arms(&mut self, arms: &[syn::Arm]) {
        let takes_all = |arm: &syn::Arm| arm.guard.is_none() && is_irrefutable(&arm.pat);
        for (index, arm) in arms.iter().enumerate() {
            let pattern = self.text_of(&arm.pat);
            if let Some((_, guard)) = &arm.guard {
                self.guard(guard);
            } else if let Some(later) = arms.iter().skip(index + 1).find(|arm| takes_all(arm))
                && one_line(&self.text_of(&arm.body)) != one_line(&self.text_of(&later.body))
            {
                let end = arm.pat.span().byte_range().end;
                self.add(end..end, Form::Arm, &pattern, String::new(), "delete arm".into());
            }
        }
    }

    /// The guard of an arm, taken for true and for false.
    pub fn guard(&mut self, guard: &Expr) {
        for truth in ["true", "false"] {
            if !chains_let(guard) {
                self.instead(guard, truth.into(), &format!("guard to {truth}"));
            }
        }
    }
}

impl<'ast> Visit<'ast> for Finder<'_> {
    fn visit_item(&mut self, item: &'ast Item) {
        let attributes: &[Attribute] = match item {
            Item::Fn(of) => &of.attrs,
            Item::Impl(of) => &of.attrs,
            Item::Mod(of) => &of.attrs,
            Item::Trait(of) => &of.attrs,
            _ => return,
        };
        if !for_tests(attributes) {
            visit::visit_item(self, item);
        }
    }

    fn visit_item_impl(&mut self, item: &'ast syn::ItemImpl) {
        let own = without_lifetimes(&one_line(&self.text_of(&item.self_ty)));
        let name = match &item.trait_ {
            Some((_, path, _)) => format!("<{own} as {}>", one_line(&self.text_of(path))),
            None => own.clone(),
        };
        let plain = own.split('<').next().and_then(|name| name.rsplit("::").next()).unwrap_or(&own);
        self.own.push(plain.into());
        self.scope.push(name);
        visit::visit_item_impl(self, item);
        self.scope.pop();
        self.own.pop();
    }

    fn visit_item_trait(&mut self, item: &'ast syn::ItemTrait) {
        self.scope.push(item.ident.to_string());
        visit::visit_item_trait(self, item);
        self.scope.pop();
    }

    fn visit_item_fn(&mut self, item: &'ast syn::ItemFn) {
        self.function(&item.sig, &item.attrs, &item.block);
    }

    fn visit_impl_item_fn(&mut self, item: &'ast syn::ImplItemFn) {
        self.function(&item.sig, &item.attrs, &item.block);
    }

    fn visit_trait_item_fn(&mut self, item: &'ast syn::TraitItemFn) {
        if let Some(block) = &item.default {
            self.function(&item.sig, &item.attrs, block);
        }
    }

    // What is computed while compiling can't be switched, and neither patterns nor types compute anything.
    fn visit_impl_item_const(&mut self, _: &'ast syn::ImplItemConst) {}
    fn visit_trait_item_const(&mut self, _: &'ast syn::TraitItemConst) {}
    fn visit_expr_const(&mut self, _: &'ast syn::ExprConst) {}
    fn visit_pat(&mut self, _: &'ast Pat) {}
    fn visit_type(&mut self, _: &'ast syn::Type) {}
    fn visit_attribute(&mut self, _: &'ast Attribute) {}
    fn visit_generic_argument(&mut self, _: &'ast syn::GenericArgument) {}

    fn visit_expr_repeat(&mut self, repeat: &'ast syn::ExprRepeat) {
        self.visit_expr(&repeat.expr);
    }

    fn visit_macro(&mut self, invocation: &'ast syn::Macro) {
        macros::visit(self, invocation);
    }

    fn visit_expr(&mut self, expression: &'ast Expr) {
        match expression {
            Expr::Binary(binary) => self.binary(binary),
            Expr::Unary(unary) if matches!(unary.op, UnOp::Not(_) | UnOp::Neg(_)) => {
                let alternative = self.text_of(&unary.expr);
                self.instead(unary, alternative, &format!("delete {}", self.text_of(&unary.op)));
                self.negated = Some(unary.expr.span().byte_range());
            }
            Expr::MethodCall(call) => self.named(expression, &call.method, true),
            Expr::Call(call) => {
                if let Expr::Path(path) = &*call.func {
                    if let Some(last) = path.path.segments.last() {
                        self.named(expression, &last.ident, false);
                    }
                    // The name is part of the call.
                    call.args.iter().for_each(|argument| self.visit_expr(argument));
                    return;
                }
            }
            Expr::Path(path) if path.path.segments.len() > 1 => {
                if let Some(last) = path.path.segments.last() {
                    self.named(expression, &last.ident, false);
                }
            }
            Expr::Macro(invocation) if invocation.mac.path.is_ident("matches") => {
                self.negated(invocation, "not matches!");
            }
            Expr::Match(matched) => self.arms(&matched.arms),
            Expr::If(branch) => {
                visit::visit_expr(self, expression);
                self.condition(&branch.cond);
                return;
            }
            Expr::While(repeated) => {
                visit::visit_expr(self, expression);
                self.condition(&repeated.cond);
                return;
            }
            _ => {}
        }
        visit::visit_expr(self, expression);
    }
}

/// A type without the lifetimes that it takes: `Reader<'a>` is `Reader`.
fn without_lifetimes(name: &str) -> String {
    let mut text = name.to_string();
    while let Some((before, rest)) = text.split_once("<'") {
        let Some((lifetime, after)) = rest.split_once('>') else { break };
        if !lifetime.chars().all(|c| c.is_alphanumeric() || c == '_') {
            break;
        }
        text = format!("{before}{after}");
    }
    text
}

/// A value as a reader would write it: the last two names of a path.
fn short(value: &str) -> String {
    let mut text = value.to_string();
    for prefix in [
        "alloc::vec::",
        "alloc::string::",
        "alloc::boxed::",
        "alloc::borrow::",
        "core::cmp::",
        "core::array::",
        "alloc::",
    ] {
        text = text.replace(prefix, "");
    }
    for module in ["truth", "check::input", "decision", "calendar", "value", "json"] {
        text = text.replace(&format!("crate::{module}::"), "");
    }
    text
}

/// Whether an item is compiled for tests only.
pub fn for_tests(attributes: &[Attribute]) -> bool {
    attributes.iter().any(|attribute| {
        let is_cfg = attribute.path().is_ident("cfg")
            && attribute.parse_args::<syn::Path>().is_ok_and(|path| path.is_ident("test"));
        is_cfg || attribute.path().is_ident("test")
    })
}

/// Whether an expression is a `let` of a condition, or a chain that has one.
fn chains_let(expression: &Expr) -> bool {
    match expression {
        Expr::Let(_) => true,
        Expr::Binary(binary) => chains_let(&binary.left) || chains_let(&binary.right),
        _ => false,
    }
}

fn is_irrefutable(pattern: &Pat) -> bool {
    match pattern {
        Pat::Wild(_) => true,
        Pat::Ident(binding) => {
            binding.subpat.is_none() && binding.ident.to_string().starts_with(|c: char| c.is_lowercase() || c == '_')
        }
        Pat::Tuple(tuple) => tuple.elems.iter().all(is_irrefutable),
        Pat::Paren(inner) => is_irrefutable(&inner.pat),
        Pat::Reference(inner) => is_irrefutable(&inner.pat),
        _ => false,
    }
}

fn is_assignment(operator: &BinOp) -> bool {
    matches!(
        operator,
        BinOp::AddAssign(_)
            | BinOp::SubAssign(_)
            | BinOp::MulAssign(_)
            | BinOp::DivAssign(_)
            | BinOp::RemAssign(_)
            | BinOp::BitXorAssign(_)
            | BinOp::BitAndAssign(_)
            | BinOp::BitOrAssign(_)
            | BinOp::ShlAssign(_)
            | BinOp::ShrAssign(_)
    )
}
