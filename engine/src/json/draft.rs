//! Records in the making: their texts are borrowed where they stand, so that one which is only written costs no copies.

use alloc::borrow::Cow;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use super::{Json, ToJson};

/// A text, borrowed where it stands or made.
pub(crate) type Text<'a> = Cow<'a, str>;

impl ToJson for Text<'_> {
    fn to_json(&self) -> Json {
        Json::Text(self.to_string())
    }

    fn write_json(&self, out: &mut String) {
        super::write::text(out, self);
    }
}

/// What can be drafted before it is made.
pub(crate) trait Drafted: Sized {
    /// The draft. Its JSON form is that of what it is a draft of.
    type Draft<'a>: ToJson;

    /// What it is a draft of, which borrows nothing.
    fn of_draft(draft: Self::Draft<'_>) -> Self;
}

impl Drafted for String {
    type Draft<'a> = Text<'a>;

    fn of_draft(draft: Text<'_>) -> Self {
        draft.into_owned()
    }
}

impl<T: Drafted> Drafted for Option<T> {
    type Draft<'a> = Option<T::Draft<'a>>;

    fn of_draft(draft: Self::Draft<'_>) -> Self {
        draft.map(T::of_draft)
    }
}

impl<T: Drafted> Drafted for Vec<T> {
    type Draft<'a> = Vec<T::Draft<'a>>;

    fn of_draft(draft: Self::Draft<'_>) -> Self {
        draft.into_iter().map(T::of_draft).collect()
    }
}

/// What borrows nothing is its own draft.
macro_rules! own_draft {
    ($($type:ty),*) => {
        $(impl $crate::json::Drafted for $type {
            type Draft<'a> = $type;

            fn of_draft(draft: $type) -> $type {
                draft
            }
        })*
    };
}

own_draft!(bool, u32, [u32; 5]);

pub(crate) use own_draft;
