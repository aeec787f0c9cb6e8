//! The name that someone who mistyped another probably meant.

/// The candidate closest to `name`, where one is close enough to be worth suggesting: a slip of a few letters away, or
/// what a name that broke off begins. Letter case does not count.
pub fn closest<'a>(name: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let wanted = name.to_lowercase();
    let limit = (wanted.chars().count() / 3).clamp(1, 4);
    let shortens = |candidate: &str| {
        wanted.len() > 2 && candidate.len() <= 2 * wanted.len() && candidate.starts_with(&wanted)
    };
    candidates
        .into_iter()
        .map(|candidate| {
            let candidate_lower = candidate.to_lowercase();
            let distance = strsim::damerau_levenshtein(&wanted, &candidate_lower);
            let distance = if shortens(&candidate_lower) {
                distance.min(limit)
            } else {
                distance
            };
            (distance, candidate)
        })
        .filter(|&(distance, _)| distance <= limit)
        .min()
        .map(|(_, candidate)| candidate)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn suggests_only_what_is_close() {
        let known = ["except", "ignore", "ignore_only", "use"];
        assert_eq!(closest("excpet", known), Some("except"));
        assert_eq!(closest("IGNORE", known), Some("ignore"));
        assert_eq!(closest("ignore-only", known), Some("ignore_only"));
        assert_eq!(closest("us", known), Some("use"));
        assert_eq!(closest("severity", known), None);
        assert_eq!(closest("warn", ["error", "warning"]), Some("warning"));
    }
}
