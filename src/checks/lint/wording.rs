//! How rules put several things into one sentence.

/// Joins things that are sorted already: `a and b`, or `a, b and 3 more` where there are many.
pub(super) fn listed(items: impl ExactSizeIterator<Item = String>) -> String {
    const MOST: usize = 4;
    let count = items.len();
    let shown = if count > MOST { MOST - 1 } else { count };
    let mut out = String::new();
    for (at, item) in items.take(shown).enumerate() {
        match at {
            0 => {}
            at if at + 1 == count => out.push_str(" and "),
            _ => out.push_str(", "),
        }
        out.push_str(&item);
    }
    if count > shown {
        out.push_str(&format!(" and {} more", count - shown));
    }
    out
}

#[cfg(test)]
mod tests {
    use super::listed;

    #[test]
    fn lists_read_well() {
        let list = |count: u8| listed((0..count).map(|at| char::from(b'a' + at).to_string()));
        assert_eq!(list(1), "a");
        assert_eq!(list(2), "a and b");
        assert_eq!(list(4), "a, b, c and d");
        assert_eq!(list(6), "a, b, c and 3 more");
    }
}
