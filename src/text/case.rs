//! Identifier case, converted as buf converts it, so that naming rules agree on every odd name.

/// `lower_snake_case`.
pub fn lower_snake(name: &str) -> String {
    snake(name).to_lowercase()
}

/// `UPPER_SNAKE_CASE`.
pub fn upper_snake(name: &str) -> String {
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

/// The JSON name that protoc derives from a field's name: an underscore goes and capitalises what follows it.
pub fn json_name(name: &str) -> String {
    let mut out = String::with_capacity(name.len());
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
    out
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
    fn json_names_follow_protoc() {
        assert_eq!(json_name("foo_bar"), "fooBar");
        assert_eq!(json_name("_foo__bar_1"), "FooBar1");
        assert_eq!(json_name("FooBar"), "FooBar");
    }
}
