//! As much English as naming rules need.

/// Whether a lower-case word is a plural, or has none.
pub fn is_plural(word: &str) -> bool {
    if UNCOUNTABLE.contains(&word) || IRREGULAR.iter().any(|(_, plural)| *plural == word) {
        return true;
    }
    if IRREGULAR.iter().any(|(single, _)| *single == word) || SINGLE_IN_S.contains(&word) {
        return false;
    }
    let word = word.trim_end_matches(|c: char| c.is_ascii_digit());
    word.ends_with('s') && !word.ends_with("ss") && !word.ends_with("us") && !word.ends_with("is")
}

/// The plural of a lower-case word.
pub fn plural(word: &str) -> String {
    if let Some((_, plural)) = IRREGULAR.iter().find(|(single, _)| *single == word) {
        return (*plural).to_owned();
    }
    let before_last = word.chars().rev().nth(1);
    if let Some(stem) = word.strip_suffix('y')
        && before_last.is_some_and(|c| !matches!(c, 'a' | 'e' | 'i' | 'o' | 'u'))
    {
        return format!("{stem}ies");
    }
    if let Some(stem) = word.strip_suffix("is").filter(|stem| stem.len() > 2) {
        return format!("{stem}es");
    }
    let hisses = ["s", "x", "z", "ch", "sh"]
        .iter()
        .any(|end| word.ends_with(end));
    format!("{word}{}", if hisses { "es" } else { "s" })
}

/// Whether a word, in any case, is a preposition that joins two others.
pub fn is_preposition(word: &str) -> bool {
    PREPOSITIONS
        .iter()
        .any(|preposition| preposition.eq_ignore_ascii_case(word))
}

/// Words that stand for many, or for no number at all.
const UNCOUNTABLE: &[&str] = &[
    "bytes",
    "content",
    "data",
    "debris",
    "equipment",
    "evidence",
    "feedback",
    "hardware",
    "info",
    "information",
    "history",
    "json",
    "metadata",
    "media",
    "money",
    "music",
    "news",
    "progress",
    "series",
    "sheep",
    "software",
    "species",
    "staff",
    "traffic",
    "weather",
];

/// Words whose plural does not end in `s`, or changes before it.
const IRREGULAR: &[(&str, &str)] = &[
    ("analysis", "analyses"),
    ("axis", "axes"),
    ("basis", "bases"),
    ("bus", "buses"),
    ("child", "children"),
    ("criterion", "criteria"),
    ("crisis", "crises"),
    ("datum", "data"),
    ("foot", "feet"),
    ("half", "halves"),
    ("index", "indices"),
    ("leaf", "leaves"),
    ("life", "lives"),
    ("man", "men"),
    ("matrix", "matrices"),
    ("medium", "media"),
    ("mouse", "mice"),
    ("person", "people"),
    ("phenomenon", "phenomena"),
    ("quiz", "quizzes"),
    ("schema", "schemas"),
    ("self", "selves"),
    ("shelf", "shelves"),
    ("status", "statuses"),
    ("tooth", "teeth"),
    ("vertex", "vertices"),
    ("woman", "women"),
];

/// Words that end in `s` and are one thing.
const SINGLE_IN_S: &[&str] = &[
    "alias", "atlas", "bias", "canvas", "dns", "gas", "lens", "tls",
];

const PREPOSITIONS: &[&str] = &[
    "after",
    "at",
    "before",
    "between",
    "but",
    "by",
    "except",
    "for",
    "from",
    "in",
    "including",
    "into",
    "of",
    "over",
    "since",
    "to",
    "toward",
    "under",
    "until",
    "upon",
    "with",
    "within",
    "without",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plurals() {
        for (single, many) in [
            ("item", "items"),
            ("city", "cities"),
            ("key", "keys"),
            ("address", "addresses"),
            ("box", "boxes"),
            ("status", "statuses"),
            ("analysis", "analyses"),
            ("hypothesis", "hypotheses"),
            ("child", "children"),
            ("alias", "aliases"),
        ] {
            assert!(!is_plural(single), "{single}");
            assert_eq!(plural(single), many);
            assert!(is_plural(many), "{many}");
        }
        assert!(is_plural("metadata") && is_plural("series"));
    }
}
