//! Records in the making: their texts are borrowed where they stand, so that one which is only written costs no copies.

use alloc::borrow::Cow;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use super::{Json, ToJson};
use crate::many::Many;

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
    /// A list of drafts.
    type Drafts<'a>: ToJson;

    /// What it is a draft of, which borrows nothing.
    fn of_draft(draft: Self::Draft<'_>) -> Self;

    /// The list that a list of drafts is one of.
    fn of_drafts(drafts: Self::Drafts<'_>) -> Vec<Self>;
}

impl<T: Drafted> Drafted for Option<T> {
    type Draft<'a> = Option<T::Draft<'a>>;
    type Drafts<'a> = Vec<Self::Draft<'a>>;

    fn of_draft(draft: Self::Draft<'_>) -> Self {
        draft.map(T::of_draft)
    }

    fn of_drafts(drafts: Self::Drafts<'_>) -> Vec<Self> {
        drafts.into_iter().map(Self::of_draft).collect()
    }
}

impl<T: Drafted> Drafted for Vec<T> {
    type Draft<'a> = T::Drafts<'a>;
    type Drafts<'a> = Vec<T::Drafts<'a>>;

    fn of_draft(draft: Self::Draft<'_>) -> Self {
        T::of_drafts(draft)
    }

    fn of_drafts(drafts: Self::Drafts<'_>) -> Vec<Self> {
        drafts.into_iter().map(Self::of_draft).collect()
    }
}

/// Declares drafts, and the lists they stand in.
macro_rules! drafts {
    ($($type:ty as $draft:ty, in $list:ty, made by $made:expr;)*) => {
        $(impl $crate::json::Drafted for $type {
            type Draft<'a> = $draft;
            type Drafts<'a> = $list;

            fn of_draft(draft: Self::Draft<'_>) -> Self {
                let made: for<'a> fn($draft) -> Self = $made;
                made(draft)
            }

            fn of_drafts(drafts: Self::Drafts<'_>) -> alloc::vec::Vec<Self> {
                drafts.into_iter().map(Self::of_draft).collect()
            }
        })*
    };
}

// Texts and points mostly come alone.
drafts! {
    String as Text<'a>, in Many<Text<'a>>, made by |text| text.into_owned();
    [u32; 5] as [u32; 5], in Many<[u32; 5]>, made by |own| own;
    bool as bool, in Vec<bool>, made by |own| own;
    u32 as u32, in Vec<u32>, made by |own| own;
}

/// What can be lent where it stands, at no cost.
pub(crate) trait Lent: Sized {
    /// The loan. Its JSON form is that of what is lent.
    type Loan<'a>: ToJson + Copy;

    /// What is lent, anew.
    fn of_loan(loan: Self::Loan<'_>) -> Self;
}

macro_rules! loans {
    ($($type:ty as $loan:ty, made by $made:expr;)*) => {
        $(impl Lent for $type {
            type Loan<'a> = $loan;

            fn of_loan(loan: Self::Loan<'_>) -> Self {
                let made: for<'a> fn($loan) -> Self = $made;
                made(loan)
            }
        })*
    };
}

loans! {
    String as &'a str, made by |text| text.into();
    Vec<String> as &'a [String], made by |texts| texts.to_vec();
    bool as bool, made by |own| own;
    u32 as u32, made by |own| own;
}

pub(crate) use drafts;
