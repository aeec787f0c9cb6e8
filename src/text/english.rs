//! As much English as naming rules need.

/// Whether a lower-case word is a plural, or has none.
pub fn is_plural(word: &str) -> bool {
    let is_known = UNCOUNTABLE.contains(&word) || PLURAL_OF_VOWEL.contains(&word);
    if is_known || IRREGULAR.iter().any(|(_, plural)| *plural == word) {
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

/// Whether a lower-case word says something of things that are named elsewhere, or not at all, and so has no plural:
/// `disabled_only`, `selected`, `unreachable`.
pub fn has_no_plural(word: &str) -> bool {
    let is_participle = word.ends_with("ed") && !word.ends_with("eed") && word.len() > 4;
    is_participle || is_preposition(word) || WITHOUT_NOUN.contains(&word)
}

/// The first preposition among words of any case that joins two others and is no part of a fixed term.
pub fn preposition<'w>(words: impl Iterator<Item = &'w str>) -> Option<&'w str> {
    let words: Vec<&str> = words.collect();
    let is_in_term = |at: usize| {
        TERMS.iter().any(|term| {
            let starts = at.saturating_sub(term.len() - 1)..=at;
            let mut windows = starts.filter_map(|start| words.get(start..start + term.len()));
            windows.any(|window| {
                window
                    .iter()
                    .zip(*term)
                    .all(|(word, part)| is_form(word, part))
            })
        })
    };
    let at = (0..words.len()).find(|&at| is_preposition(words[at]) && !is_in_term(at))?;
    words.get(at).copied()
}

/// Whether a word is that one, in any case, or its plural.
fn is_form(word: &str, of: &str) -> bool {
    let stem = word.strip_suffix('s').filter(|stem| stem.len() == of.len());
    stem.unwrap_or(word).eq_ignore_ascii_case(of)
}

fn is_preposition(word: &str) -> bool {
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
    "encryption",
    "equipment",
    "evidence",
    "feedback",
    "hardware",
    "info",
    "information",
    "integrity",
    "history",
    "json",
    "metadata",
    "media",
    "money",
    "music",
    "news",
    "privacy",
    "progress",
    "provenance",
    "series",
    "sheep",
    "software",
    "species",
    "staff",
    "support",
    "traffic",
    "usage",
    "weather",
];

/// Words whose plural does not end in `s`, or changes before it.
const IRREGULAR: &[(&str, &str)] = &[
    ("analysis", "analyses"),
    ("axis", "axes"),
    ("basis", "bases"),
    ("corpus", "corpora"),
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

/// Plurals of words that end in a vowel, which look like a single thing.
const PLURAL_OF_VOWEL: &[&str] = &[
    "apis", "clis", "cpus", "emojis", "gpus", "guis", "kpis", "menus", "mtus", "npus", "pois",
    "skus", "taxis", "tpus", "uis", "uris", "vcpus",
];

/// Words that say which things are meant, not what they are.
const WITHOUT_NOUN: &[&str] = &["found", "missing", "only", "unreachable"];

/// Terms that hold a preposition and cannot be turned around; words may be plural.
const TERMS: &[&[&str]] = &[
    &["any", "of"],
    &["area", "of", "interest"],
    &["bill", "of", "material"],
    &["call", "to", "action"],
    &["check", "in"],
    &["cost", "of", "good"],
    &["date", "of", "birth"],
    &["day", "of", "month"],
    &["day", "of", "week"],
    &["day", "of", "year"],
    &["end", "of", "life"],
    &["end", "to", "end"],
    &["group", "by"],
    &["hour", "of", "day"],
    &["line", "of", "business"],
    &["log", "in"],
    &["margin", "of", "error"],
    &["month", "of", "year"],
    &["not", "after"],
    &["not", "before"],
    &["one", "of"],
    &["opt", "in"],
    &["order", "by"],
    &["out", "of", "stock"],
    &["peer", "to", "peer"],
    &["plug", "in"],
    &["point", "in", "time"],
    &["point", "of", "interest"],
    &["point", "of", "sale"],
    &["point", "to", "point"],
    &["proof", "of", "delivery"],
    &["sign", "in"],
    &["site", "to", "site"],
    &["sort", "by"],
    &["speech", "to", "text"],
    &["term", "of", "service"],
    &["text", "to", "speech"],
    &["time", "of", "day"],
    &["time", "to", "live"],
    &["week", "of", "year"],
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
        assert!(is_plural("metadata") && is_plural("series") && is_plural("uris"));
    }

    #[test]
    fn words_without_a_plural() {
        for word in ["unreachable", "only", "selected", "by"] {
            assert!(has_no_plural(word), "{word}");
        }
        for word in ["item", "feed", "bed", "seed", "mapping"] {
            assert!(!has_no_plural(word), "{word}");
        }
    }

    #[test]
    fn prepositions_outside_of_terms() {
        for (name, expected) in [
            ("reason_for_order", Some("for")),
            ("order_by", None),
            ("call_to_actions", None),
            ("days_of_week", None),
            ("time_of_day_in_zone", Some("in")),
            ("order_of_day", Some("of")),
            ("by", Some("by")),
            ("DAY_OF_WEEK", None),
        ] {
            assert_eq!(preposition(name.split('_')), expected, "{name}");
        }
    }
}
