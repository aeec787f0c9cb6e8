//! Identifier case, converted as buf converts it, so that naming rules agree on every odd name.

/// `lower_snake_case`.
pub fn lower_snake(name: &str) -> String {
    if name.is_ascii() && is_lower_snake(name) {
        return name.to_owned();
    }
    snake(name).to_lowercase()
}

/// `UPPER_SNAKE_CASE`.
pub fn upper_snake(name: &str) -> String {
    if name.is_ascii() && is_upper_snake(name) {
        return name.to_owned();
    }
    snake(name).to_uppercase()
}

/// `PascalCase`. Runs of capitals stay as they are: `HTTPRequest` is its own form.
pub fn pascal(name: &str) -> String {
    let mut out = String::with_capacity(name.len());
    let mut boundary = true;
    for c in name.trim().chars() {
        if is_delimiter(c) {
            boundary = true;
        } else if boundary {
            out.extend(c.to_uppercase());
            boundary = false;
        } else if c.is_uppercase() {
            out.push(c);
        } else {
            out.extend(c.to_lowercase());
        }
    }
    out
}

/// Whether [`lower_snake`] would change nothing; decided in place for ASCII.
pub fn is_lower_snake(name: &str) -> bool {
    if name.is_ascii() {
        return is_snake(name.as_bytes(), u8::is_ascii_uppercase);
    }
    lower_snake(name) == name
}

/// Whether [`upper_snake`] would change nothing; decided in place for ASCII.
pub fn is_upper_snake(name: &str) -> bool {
    if name.is_ascii() {
        return is_snake(name.as_bytes(), u8::is_ascii_lowercase);
    }
    upper_snake(name) == name
}

/// Whether [`pascal`] would change nothing; decided in place for ASCII.
pub fn is_pascal(name: &str) -> bool {
    if name.is_ascii() {
        let first_is_lower = name.bytes().next().is_some_and(|c| c.is_ascii_lowercase());
        return !first_is_lower
            && !name.bytes().any(|c| is_delimiter(char::from(c)))
            && name.trim().len() == name.len();
    }
    pascal(name) == name
}

/// Whether ASCII words are joined by single underscores and hold no letter of the wrong case. In such a name no letter
/// starts a word inside of a run: all letters are of one case.
fn is_snake(name: &[u8], is_wrong: impl Fn(&u8) -> bool) -> bool {
    let mut before = b'_';
    for byte in name {
        let bad_delimiter = *byte != b'_' && is_delimiter(char::from(*byte));
        if bad_delimiter || is_wrong(byte) || (*byte == b'_' && before == b'_') {
            return false;
        }
        before = *byte;
    }
    name.is_empty() || before != b'_'
}

/// The words of a name in any case: split at delimiters, and before a capital that begins one.
pub fn words(name: &str) -> impl Iterator<Item = &str> {
    let mut rest = name;
    std::iter::from_fn(move || {
        rest = rest.trim_start_matches(is_delimiter);
        let end = word_end(rest.as_bytes());
        let (word, after) = rest.split_at_checked(end)?;
        rest = after;
        (!word.is_empty()).then_some(word)
    })
}

/// Bytes of the first word: up to a delimiter, or to a capital after a small letter or before one.
fn word_end(name: &[u8]) -> usize {
    let ends = |&at: &usize| {
        let (before, this) = (name[at - 1], name[at]);
        let next = name.get(at + 1);
        is_delimiter(char::from(this))
            || (this.is_ascii_uppercase()
                && (before.is_ascii_lowercase()
                    || before.is_ascii_digit()
                    || (before.is_ascii_uppercase() && next.is_some_and(u8::is_ascii_lowercase))))
    };
    (1..name.len()).find(ends).unwrap_or(name.len())
}

/// The JSON name that protoc derives from a field's name: an underscore goes and capitalises what follows it.
pub fn json_name(name: &str) -> String {
    let mut out = String::with_capacity(name.len());
    push_json_name(&mut out, name);
    out
}

/// Appends what [`json_name`] gives.
pub fn push_json_name(out: &mut String, name: &str) {
    let mut capitalise = false;
    for c in name.chars() {
        if c == '_' {
            capitalise = true;
        } else if std::mem::take(&mut capitalise) {
            out.push(c.to_ascii_uppercase());
        } else {
            out.push(c);
        }
    }
}

/// The bytes of [`json_name`], for comparing without storing.
pub fn json_name_bytes(name: &str) -> impl Iterator<Item = u8> {
    let mut capitalise = false;
    name.bytes().filter_map(move |byte| match byte {
        b'_' => {
            capitalise = true;
            None
        }
        _ if std::mem::take(&mut capitalise) => Some(byte.to_ascii_uppercase()),
        _ => Some(byte),
    })
}

/// Words joined by `_`, letters as they were. Digits never start a word.
fn snake(name: &str) -> String {
    let chars: Vec<char> = name.trim_matches(is_delimiter).chars().collect();
    let mut out = String::with_capacity(name.len() + 4);
    for (at, &c) in chars.iter().enumerate() {
        if is_delimiter(c) {
            if !out.ends_with('_') {
                out.push('_');
            }
            continue;
        }
        if c.is_uppercase() && at > 0 && !out.ends_with('_') {
            let ends_run = chars.get(at + 1).is_some_and(|next| {
                !next.is_uppercase() && !next.is_ascii_digit() && !is_delimiter(*next)
            });
            if ends_run || chars[at - 1].is_lowercase() {
                out.push('_');
            }
        }
        out.push(c);
    }
    out
}

fn is_delimiter(c: char) -> bool {
    matches!(c, '.' | '-' | '_' | ' ' | '\t' | '\n' | '\r')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn snake_follows_buf() {
        for (name, expected) in [
            ("fooBAR", "foo_bar"),
            ("FOOBar", "foo_bar"),
            ("foo1Bar", "foo1_bar"),
            ("foo1BAR", "foo1bar"),
            ("foo_1", "foo_1"),
            ("foo1", "foo1"),
            ("foo__bar", "foo_bar"),
            ("foo_", "foo"),
            ("_foo", "foo"),
            ("a.b-c", "a_b_c"),
        ] {
            assert_eq!(lower_snake(name), expected, "{name}");
        }
        assert_eq!(upper_snake("HTTPStatus"), "HTTP_STATUS");
    }

    #[test]
    fn pascal_keeps_capitals() {
        assert_eq!(pascal("HTTPRequest"), "HTTPRequest");
        assert_eq!(pascal("foo_bar"), "FooBar");
        assert_eq!(pascal("foo.bar-baz"), "FooBarBaz");
    }

    #[test]
    fn deciding_agrees_with_converting() {
        let alphabet = ['a', 'b', 'A', 'B', '1', '_', '.', '-', ' '];
        let mut names = vec![String::new()];
        for length in 0..5 {
            let longer: Vec<String> = names
                .iter()
                .filter(|name| name.len() == length)
                .flat_map(|name| alphabet.iter().map(move |c| format!("{name}{c}")))
                .collect();
            names.extend(longer);
        }
        names.extend(["é", "É_A", "aÉ", "ÉA"].map(str::to_owned));
        for name in &names {
            assert_eq!(is_lower_snake(name), lower_snake(name) == *name, "{name:?}");
            assert_eq!(is_upper_snake(name), upper_snake(name) == *name, "{name:?}");
            assert_eq!(is_pascal(name), pascal(name) == *name, "{name:?}");
        }
    }

    #[test]
    fn words_of_any_case() {
        for (name, expected) in [
            ("order_state", vec!["order", "state"]),
            ("OrderState", vec!["Order", "State"]),
            ("HTTPServer2Pool", vec!["HTTP", "Server2", "Pool"]),
            ("_a__B", vec!["a", "B"]),
            ("", vec![]),
            ("é_É", vec!["é", "É"]),
        ] {
            assert_eq!(words(name).collect::<Vec<_>>(), expected, "{name}");
        }
    }

    #[test]
    fn json_names_follow_protoc() {
        assert_eq!(json_name("foo_bar"), "fooBar");
        assert_eq!(json_name("_foo__bar_1"), "FooBar1");
        assert_eq!(json_name("FooBar"), "FooBar");
        for name in ["foo_bar", "_foo__bar_1", "FooBar", "é_é", "_", ""] {
            assert!(json_name_bytes(name).eq(json_name(name).bytes()), "{name}");
        }
    }
}
