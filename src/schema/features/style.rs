//! Names as the style guide wants them, which edition 2024 enforces unless `enforce_naming_style` says otherwise.
//!
//! <https://protobuf.dev/programming-guides/style/>

use super::NamingStyle;
use super::check::Checker;
use crate::schema::{Field, Message, Name};
use crate::text::Span;

/// How a name has to look.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Style {
    Title,
    LowerSnake,
    UpperSnake,
}

impl Style {
    /// What is wrong with a name.
    fn problem(self, name: &str) -> Option<&'static str> {
        let is_first = |first: fn(&char) -> bool| name.chars().next().is_some_and(|c| first(&c));
        match self {
            Self::Title => {
                if name.contains('_') {
                    Some("should be in Title, without underscores")
                } else if !is_first(char::is_ascii_uppercase) {
                    Some("should begin with a capital letter")
                } else {
                    None
                }
            }
            Self::LowerSnake => {
                if name.contains(|c: char| c.is_ascii_uppercase()) {
                    Some("should be in lower_snake_case")
                } else if !is_first(char::is_ascii_lowercase) {
                    Some("should begin with a lower-case letter")
                } else {
                    underscores(name)
                }
            }
            Self::UpperSnake => {
                if name.contains(|c: char| c.is_ascii_lowercase()) {
                    Some("should be in UPPER_SNAKE_CASE")
                } else if !is_first(char::is_ascii_uppercase) {
                    Some("should begin with a capital letter")
                } else {
                    underscores(name)
                }
            }
        }
    }
}

/// An underscore stands between two words, and a word begins with a letter.
fn underscores(name: &str) -> Option<&'static str> {
    let is_wrong = name
        .split('_')
        .skip(1)
        .any(|word| !word.starts_with(|c: char| c.is_ascii_alphabetic()));
    is_wrong.then_some("should have a letter behind each underscore")
}

impl<'s> Checker<'s> {
    /// Checks all names of the file.
    pub(super) fn styles(&mut self) {
        use Style::{LowerSnake, Title, UpperSnake};
        let file = self.file;
        if let Some(package) = file.syntax().tree().packages.first()
            && file.features().naming_style != NamingStyle::Legacy
        {
            let span = file.syntax().span(package.name);
            let name = file.package();
            if let Some(problem) = name.split('.').find_map(|part| LowerSnake.problem(part)) {
                self.bad_name("package", name, span, problem);
            }
        }
        for message in file.all_messages() {
            let style = message.features().naming_style;
            self.style(style, "message", message.name(), Title);
            for oneof in message.oneofs() {
                let style = oneof.features().naming_style;
                self.style(style, "oneof", oneof.name(), LowerSnake);
                if style == NamingStyle::Style2026 && oneof.name().text == "descriptor" {
                    self.collision("oneof", oneof.name(), None);
                }
            }
        }
        for field in file.all_fields() {
            let style = field.features().naming_style;
            self.style(style, "field", field.written_name(), LowerSnake);
            if style == NamingStyle::Style2026 {
                self.collisions(field);
            }
        }
        for node in file.all_enums() {
            let style = node.features().naming_style;
            self.style(style, "enum", node.name(), Title);
            for value in node.values() {
                let style = value.features().naming_style;
                self.style(style, "enum value", value.name(), UpperSnake);
            }
        }
        for service in file.services() {
            let style = service.features().naming_style;
            self.style(style, "service", service.name(), Title);
            for method in service.methods() {
                let style = method.features().naming_style;
                self.style(style, "method", method.name(), Title);
            }
        }
    }

    fn style(&mut self, in_force: NamingStyle, noun: &str, name: Name<'s>, style: Style) {
        if in_force == NamingStyle::Legacy || name.text.is_empty() {
            return;
        }
        if let Some(problem) = style.problem(name.text) {
            self.bad_name(noun, name.text, name.span, problem);
        }
    }

    fn bad_name(&mut self, noun: &str, name: &str, span: Span, problem: &str) {
        self.error(
            span,
            format!("{noun} name `{name}` {problem}"),
            "rename it, or set `features.enforce_naming_style = STYLE_LEGACY`",
        );
    }

    /// Names that generated code makes up from those of other fields.
    fn collisions(&mut self, field: Field<'s>) {
        let name = field.written_name();
        if name.text == "descriptor" {
            return self.collision("field", name, None);
        }
        let Some(message) = field.containing_message() else {
            return;
        };
        let others = ["has_", "get_", "set_", "clear_"]
            .into_iter()
            .filter_map(|prefix| name.text.strip_prefix(prefix))
            .chain(name.text.strip_suffix("_value"));
        for other in others {
            if is_member(message, other) {
                return self.collision("field", name, Some(other));
            }
        }
    }

    fn collision(&mut self, noun: &str, name: Name<'s>, with: Option<&str>) {
        let what = match with {
            Some(other) => format!("what is generated for field `{other}`"),
            None => "what is generated for every message".to_owned(),
        };
        self.error(
            name.span,
            format!("{noun} name `{name}` may collide with {what}"),
            "rename it, or set `features.enforce_naming_style = STYLE2024`",
        );
    }
}

/// Whether a field or oneof of the message has that name.
fn is_member(message: Message<'_>, name: &str) -> bool {
    message.field_named(name).is_some() || message.oneofs().any(|oneof| oneof.name().text == name)
}

#[cfg(test)]
mod tests {
    use super::Style::{LowerSnake, Title, UpperSnake};

    #[test]
    fn styles_are_those_of_protoc() {
        for (style, good, bad) in [
            (
                Title,
                &["Foo", "HTTPServer", "FOO", "Foo2Bar"][..],
                &["foo", "Foo_Bar", "_Foo", "Foo_"][..],
            ),
            (
                LowerSnake,
                &["foo", "foo1_bar2", "a"],
                &["Foo", "fooBar", "_foo", "foo_", "foo__bar", "foo_1"],
            ),
            (
                UpperSnake,
                &["FOO", "FOO_BAR", "A2_B"],
                &["foo", "Foo_A", "_FOO", "FOO_", "FOO__A", "FOO_1"],
            ),
        ] {
            for name in good {
                assert_eq!(style.problem(name), None, "{name}");
            }
            for name in bad {
                assert!(style.problem(name).is_some(), "{name}");
            }
        }
    }
}
