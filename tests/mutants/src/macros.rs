//! The expressions within the invocations of well-known macros.

use syn::parse::{ParseStream, Parser};
use syn::punctuated::Punctuated;
use syn::visit::Visit;
use syn::{Expr, Macro, Pat, Result, Token};

use crate::sites::Finder;

/// Visits the expressions of an invocation, where it is of a macro whose arguments are expressions.
pub fn visit(finder: &mut Finder<'_>, invocation: &Macro) {
    let name = invocation.path.segments.last().map(|last| last.ident.to_string()).unwrap_or_default();
    let tokens = invocation.tokens.clone();
    match name.as_str() {
        "matches" => {
            if let Ok((expression, guard)) = matches.parse2(tokens) {
                finder.visit_expr(&expression);
                if let Some(guard) = guard {
                    finder.guard(&guard);
                    finder.visit_expr(&guard);
                }
            }
        }
        "vec" | "format" | "write" | "writeln" => {
            let arguments = Punctuated::<Expr, Token![,]>::parse_terminated.parse2(tokens.clone());
            let arguments = arguments.or_else(|_| repeated.parse2(tokens));
            for argument in arguments.iter().flatten() {
                match argument {
                    // A named argument.
                    Expr::Assign(named) => finder.visit_expr(&named.right),
                    other => finder.visit_expr(other),
                }
            }
        }
        _ => {}
    }
}

/// The expression of a `matches!`, and the guard of its pattern.
fn matches(input: ParseStream<'_>) -> Result<(Expr, Option<Expr>)> {
    let expression = input.parse()?;
    input.parse::<Token![,]>()?;
    Pat::parse_multi_with_leading_vert(input)?;
    let guard = match input.parse::<Option<Token![if]>>()? {
        Some(_) => Some(input.parse()?),
        None => None,
    };
    input.parse::<Option<Token![,]>>()?;
    Ok((expression, guard))
}

/// `value; count`, as in `vec![0; 4]`.
fn repeated(input: ParseStream<'_>) -> Result<Punctuated<Expr, Token![,]>> {
    let mut found = Punctuated::new();
    found.push(input.parse()?);
    input.parse::<Token![;]>()?;
    found.push(input.parse()?);
    Ok(found)
}
