//! What a function may return instead of what it computes.

use syn::{GenericArgument, PathArguments, ReturnType, Type};

use crate::table::VALUES;

/// At most so many values of one type.
const MOST: usize = 4;

/// The values for a return type; `own` is the type that `Self` stands for.
pub fn returned(output: &ReturnType, own: Option<&str>) -> Vec<String> {
    match output {
        ReturnType::Default => vec!["()".into()],
        ReturnType::Type(_, kind) => {
            let mut values = of(kind, own);
            values.truncate(MOST);
            values
        }
    }
}

fn of(kind: &Type, own: Option<&str>) -> Vec<String> {
    match kind {
        Type::Tuple(tuple) => tuples(&tuple.elems.iter().map(|part| of(part, own)).collect::<Vec<_>>()),
        Type::Array(array) => {
            let each = of(&array.elem, own).into_iter();
            each.map(|value| format!("core::array::from_fn(|_| {value})")).collect()
        }
        Type::Reference(reference) => {
            let inner = of(&reference.elem, own);
            match &*reference.elem {
                Type::Path(path) if path.path.is_ident("str") => inner,
                Type::Slice(slice) => {
                    let one = of(&slice.elem, own).into_iter().take(1);
                    let one = one.map(|value| format!("alloc::vec::Vec::leak(alloc::vec![{value}])"));
                    ["&mut []".to_string()].into_iter().chain(one).collect()
                }
                _ => inner
                    .into_iter()
                    .map(|value| format!("alloc::boxed::Box::leak(alloc::boxed::Box::new({value}))"))
                    .collect(),
            }
        }
        Type::Path(path) => path.path.segments.last().map_or(Vec::new(), |last| named(last, own)),
        Type::Paren(inner) => of(&inner.elem, own),
        _ => Vec::new(),
    }
}

/// The first value of each part; then each part once with each of its other values.
fn tuples(parts: &[Vec<String>]) -> Vec<String> {
    let Some(plain) = parts.iter().map(|part| part.first().cloned()).collect::<Option<Vec<String>>>() else {
        return Vec::new();
    };
    let written = |values: &[String]| match values {
        [] => "()".to_string(),
        values => format!("({},)", values.join(", ")),
    };
    let mut found = vec![written(&plain)];
    for (index, part) in parts.iter().enumerate() {
        for other in part.iter().skip(1) {
            let mut values = plain.clone();
            if let Some(value) = values.get_mut(index) {
                value.clone_from(other);
            }
            found.push(written(&values));
        }
    }
    found
}

fn named(segment: &syn::PathSegment, own: Option<&str>) -> Vec<String> {
    let name = segment.ident.to_string();
    let name = if name == "Self" { own.unwrap_or("Self") } else { &name };
    let arguments: Vec<Vec<String>> = match &segment.arguments {
        PathArguments::AngleBracketed(generic) => generic
            .args
            .iter()
            .filter_map(|argument| match argument {
                GenericArgument::Type(kind) => Some(of(kind, own)),
                _ => None,
            })
            .collect(),
        _ => Vec::new(),
    };
    let inner = arguments.first().cloned();
    let wrapped = |before: &str, after: &str| -> Vec<String> {
        inner.iter().flatten().map(|value| format!("{before}{value}{after}")).collect()
    };
    match name {
        "Option" => ["None".to_string()].into_iter().chain(wrapped("Some(", ")")).collect(),
        // `Result` without arguments is that of `fmt`.
        "Result" if inner.is_none() => vec!["Ok(())".into()],
        "Result" => wrapped("Ok(", ")"),
        "Vec" => {
            let mut values = vec!["alloc::vec::Vec::new()".to_string()];
            values.extend(wrapped("alloc::vec![", "]").into_iter().take(1));
            values
        }
        "Box" => wrapped("alloc::boxed::Box::new(", ")"),
        "Cow" => vec!["alloc::borrow::Cow::Owned(Default::default())".into()],
        _ => match VALUES.iter().find(|(known, _)| *known == name) {
            Some((_, values)) => values.iter().map(ToString::to_string).collect(),
            None => vec!["Default::default()".into()],
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn by_type() {
        let read = |text: &str| match syn::parse_str::<ReturnType>(text) {
            Ok(output) => returned(&output, Some("Truth")).join(" | "),
            Err(error) => error.to_string(),
        };
        assert_eq!(read(""), "()");
        assert_eq!(read("-> bool"), "true | false");
        assert_eq!(read("-> Option<Self>").matches("Some(crate::truth::Truth::").count(), 3);
        assert_eq!(read("-> core::fmt::Result"), "Ok(())");
        assert_eq!(read("-> Result<(bool, u8), E>"), "Ok((true, 0,)) | Ok((false, 0,)) | Ok((true, 1,))");
        assert_eq!(read("-> &'a [u8]"), "&mut [] | alloc::vec::Vec::leak(alloc::vec![0])");
        assert_eq!(read("-> Vec<Strange>"), "alloc::vec::Vec::new() | alloc::vec![Default::default()]");
        assert_eq!(read("-> impl Iterator<Item = u8>"), "", "its type is fixed by the body");
    }
}
