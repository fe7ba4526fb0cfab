//! Every prefix of an image, and every image with a byte changed: refused, or something that decides.
//!
//! The hash in the header vouches for nothing here: the checker validates what it reads.

use abey_engine::{Checker, ImageError};

use super::{decide, load, tables};

/// A policy of few words, so that each of its bytes can take every value.
fn small() -> Vec<u8> {
    let mut image = tables();
    // What the core vocabulary says is tested by the larger image.
    let core = image.core.clone();
    for (index, terms) in image.terms.iter().enumerate() {
        assert!(!terms.is_empty() || index > 0, "{core:?}");
    }
    image.rules.truncate(3);
    image.clauses.truncate(2);
    image.to_bytes(|_| [0; 32])
}

/// Loads, and decides where that works; says whether it did.
fn survives(bytes: &[u8]) -> bool {
    match Checker::load(bytes) {
        Ok(checker) => {
            decide(&checker);
            true
        }
        Err(error) => {
            assert!(!error.to_string().is_empty());
            false
        }
    }
}

#[test]
fn every_prefix_is_refused() {
    let bytes = tables().to_bytes(|_| [0; 32]);
    assert!(survives(&bytes));
    for length in 0..bytes.len() {
        let error = Checker::load(&bytes[..length]).unwrap_err();
        let fits = match length {
            0..4 => error == ImageError::NotAnImage,
            _ => error == ImageError::Truncated,
        };
        assert!(fits, "{length} bytes: {error}");
    }
    for tail in [&[0u8][..], &[0xff; 9], b"ABEY"] {
        let longer = [&bytes[..], tail].concat();
        assert_eq!(Checker::load(&longer).unwrap_err(), ImageError::Corrupt("bytes after the last table"));
    }
}

/// The values that a byte takes in turn: its ends, its neighbours, and each of its bits.
fn values(byte: u8) -> impl Iterator<Item = u8> {
    let bits = (0..8).map(move |bit| byte ^ 1 << bit);
    [0, 1, 0x7f, 0x80, 0xff, byte.wrapping_add(1), byte.wrapping_sub(1)].into_iter().chain(bits)
}

#[test]
fn every_byte_may_be_another() {
    let bytes = tables().to_bytes(|_| [0; 32]);
    let (mut loaded, mut refused) = (0, 0);
    for at in 37..bytes.len() {
        let mut damaged = bytes.clone();
        for value in values(bytes[at]).filter(|value| *value != bytes[at]) {
            damaged[at] = value;
            if survives(&damaged) { loaded += 1 } else { refused += 1 }
        }
    }
    // Letters of texts may be others; most numbers may not.
    assert!(loaded > 1_000 && refused > 1_000, "{loaded} loaded, {refused} refused");
}

#[test]
fn every_byte_of_a_small_image_takes_every_value() {
    let bytes = small();
    assert!(survives(&bytes));
    for at in 0..bytes.len() {
        let mut damaged = bytes.clone();
        for value in 0..=255u8 {
            damaged[at] = value;
            survives(&damaged);
        }
    }
}

/// The largest and the least that any number of an image can be, and texts that are none.
#[test]
fn numbers_and_texts_at_their_ends() {
    let bytes = tables().to_bytes(|_| [0; 32]);
    for at in 37..bytes.len() {
        for number in [
            &[0xff, 0xff, 0xff, 0xff, 0x0f][..],
            &[0xff; 9],
            &[0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1],
            &[0x80, 0],
        ] {
            let damaged = [&bytes[..at], number, &bytes[at + 1..]].concat();
            survives(&damaged);
        }
    }
    let mut image = tables();
    image.title = "ÄÖ".into();
    let mut bytes = image.to_bytes(|_| [0; 32]);
    let at = bytes.windows(4).position(|window| window == "ÄÖ".as_bytes()).unwrap();
    bytes[at] = 0xff;
    assert_eq!(Checker::load(&bytes).unwrap_err(), ImageError::Corrupt("a text is not UTF-8"));
    assert!(load(&image).is_ok());
}
