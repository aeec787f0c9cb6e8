//! Pages of a list.
//!
//! A token holds the position after which the next page begins, not a count of what was sent: what
//! is added or deleted meanwhile neither repeats nor hides anything.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};

use crate::error::Violation;

/// Size of a page when the caller does not say.
pub const DEFAULT_SIZE: usize = 50;

/// Largest page; a caller who asks for more gets this many.
pub const MAX_SIZE: usize = 1000;

/// How many resources a page may have.
pub fn size(asked: i32) -> Result<usize, Violation> {
    match usize::try_from(asked) {
        Ok(0) => Ok(DEFAULT_SIZE),
        Ok(size) => Ok(size.min(MAX_SIZE)),
        Err(_) => Err(Violation::new("page_size", "must not be negative")),
    }
}

/// Makes the token of the page after `position`. `query` is what else the caller asked for; the
/// token does not fit another query.
#[must_use]
pub fn token(query: &[&str], position: u64) -> String {
    let mut bytes = [0; 16];
    bytes[..8].copy_from_slice(&digest(query, position).to_be_bytes());
    bytes[8..].copy_from_slice(&position.to_be_bytes());
    URL_SAFE_NO_PAD.encode(bytes)
}

/// The position in a token; 0, before everything, for an empty one.
pub fn position(query: &[&str], token: &str) -> Result<u64, Violation> {
    if token.is_empty() {
        return Ok(0);
    }
    let read = || {
        let bytes: [u8; 16] = URL_SAFE_NO_PAD.decode(token).ok()?.try_into().ok()?;
        let (check, position) = bytes.split_at(8);
        let position = u64::from_be_bytes(position.try_into().ok()?);
        (digest(query, position).to_be_bytes() == check).then_some(position)
    };
    read().ok_or_else(|| Violation::new("page_token", "is not the token of a page of this list"))
}

/// FNV-1a, which is the same in every build, so that servers of two versions take each other's tokens.
fn digest(query: &[&str], position: u64) -> u64 {
    let mut hash = 0xcbf2_9ce4_8422_2325_u64;
    let mut add = |bytes: &[u8]| {
        for byte in bytes {
            hash = (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3);
        }
    };
    for part in query {
        add(part.as_bytes());
        add(&[0]);
    }
    add(&position.to_be_bytes());
    hash
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_fits_its_query_only() {
        let token = token(&["role = admin"], 7);
        assert_eq!(position(&["role = admin"], &token), Ok(7));
        assert!(position(&["role = guest"], &token).is_err());
        assert_eq!(position(&["anything"], ""), Ok(0));
        for bad in [
            "x",
            "7",
            "AAAAAAAAAAAAAAAAAAAAAA",
            &format!("{token}A"),
            &token[1..],
        ] {
            assert!(position(&["role = admin"], bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn sizes_are_bounded() {
        assert_eq!(size(0), Ok(DEFAULT_SIZE));
        assert_eq!(size(3), Ok(3));
        assert_eq!(size(i32::MAX), Ok(MAX_SIZE));
        assert!(size(-1).is_err());
    }
}
