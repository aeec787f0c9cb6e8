//! Configuration text as a tree of values with spans: one shape for TOML and YAML, one decoder for both.
//!
//! Reading a tree is limited in depth and in number of values, so that no file can exhaust memory or the stack.

mod decode;
mod problem;
mod spanned;
mod toml;
mod yaml;

use std::sync::Arc;

use crate::diagnostic::{Code, Diagnostic};
use crate::text::{Source, Span};

pub use decode::decode;
pub use spanned::Spanned;

/// The code of everything that is wrong with a configuration file.
pub const CONFIG: Code = Code("CONFIG");

/// Levels of nesting that a configuration file may have.
const MAX_DEPTH: usize = 64;

/// Values that a configuration file may hold, those brought in by YAML aliases included.
const MAX_VALUES: usize = 100_000;

/// A language that configuration is written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Language {
    /// TOML 1.1.
    Toml,
    /// YAML 1.2, of which JSON is a part; the first document counts.
    Yaml,
}

/// A value and the bytes it was written in.
#[derive(Debug, Clone)]
pub struct Node {
    /// The whole value.
    pub span: Span,
    /// What it is.
    pub value: Value,
}

/// What a configuration value can be.
#[derive(Debug, Clone)]
pub enum Value {
    /// Nothing, as after `key:` in YAML.
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// A whole number.
    Integer(i64),
    /// A number with a fraction.
    Float(f64),
    /// A string in quotes, or anything else that can only be read as one.
    String(String),
    /// A YAML scalar without quotes: what it is depends on what is wanted.
    Plain(String),
    /// A list.
    Array(Vec<Node>),
    /// Keys, each once, in the order written.
    Table(Vec<Entry>),
}

/// A key and its value.
#[derive(Debug, Clone)]
pub struct Entry {
    /// The key.
    pub key: String,
    /// Where the key stands.
    pub key_span: Span,
    /// What it is set to.
    pub node: Node,
}

impl Value {
    /// What the value is, for messages.
    const fn noun(&self) -> &'static str {
        match self {
            Self::Null => "nothing",
            Self::Bool(_) => "a boolean",
            Self::Integer(_) | Self::Float(_) => "a number",
            Self::String(_) | Self::Plain(_) => "a string",
            Self::Array(_) => "a list",
            Self::Table(_) => "a table",
        }
    }
}

/// Reads `source` to a tree.
///
/// # Errors
/// When the text is not well-formed, gives a key twice, or is larger or deeper than is read.
pub fn parse(source: &Arc<Source>, language: Language) -> Result<Node, Vec<Diagnostic>> {
    let text = source.text();
    let parsed = if source.is_utf8() {
        match language {
            Language::Toml => toml::parse(text),
            Language::Yaml => yaml::parse(text),
        }
    } else {
        let at = text.find('\x1a').unwrap_or(0);
        Err(Malformed::new(at..at + 1, "the file is not UTF-8"))
    };
    parsed.map_err(|error| {
        let diagnostic = Diagnostic::error(CONFIG, source, error.span, error.message);
        vec![match error.help {
            Some(help) => diagnostic.with_help(help),
            None => diagnostic,
        }]
    })
}

/// Why a text is not a tree.
struct Malformed {
    span: Span,
    message: String,
    help: Option<&'static str>,
}

impl Malformed {
    fn new(range: std::ops::Range<usize>, message: impl Into<String>) -> Self {
        Self {
            span: span(range),
            message: message.into(),
            help: None,
        }
    }

    /// What a parser says. The parsers have limits of their own, of which they speak in their own words.
    fn of_parser(range: std::ops::Range<usize>, message: &str) -> Self {
        if message.contains("recurs") {
            Self::too_deep(range)
        } else {
            Self::new(range, message)
        }
    }

    fn too_deep(range: std::ops::Range<usize>) -> Self {
        Self::new(
            range,
            format!("values are nested more than {MAX_DEPTH} levels deep"),
        )
    }

    fn with_help(mut self, help: &'static str) -> Self {
        self.help = Some(help);
        self
    }
}

/// A configuration file is far smaller than 4 GiB (see `discover`), so offsets always fit.
fn span(range: std::ops::Range<usize>) -> Span {
    let offset = |at| u32::try_from(at).unwrap_or(u32::MAX);
    Span::new(offset(range.start), offset(range.end))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn error(text: &str, language: Language) -> String {
        let source = Source::new("c", "c", text.as_bytes().to_vec()).expect("small");
        match parse(&Arc::new(source), language) {
            Ok(node) => format!("{:?}", node.value.noun()),
            Err(errors) => errors[0].message.clone(),
        }
    }

    #[test]
    fn hostile_documents_are_refused_at_once() {
        let deep = error(&"[".repeat(200_000), Language::Yaml);
        assert!(deep.contains("nested more than 64"), "{deep}");
        let deep = error(&format!("{}1", "- ".repeat(100_000)), Language::Yaml);
        assert!(deep.contains("nested more than 64"), "{deep}");
        let deep = error(&format!("a = {}", "[".repeat(200_000)), Language::Toml);
        assert!(deep.contains("nested more than 64"), "{deep}");
        let deep = error(&format!("[{}a]", "a.".repeat(70)), Language::Toml);
        assert!(deep.contains("nested more than 64"), "{deep}");

        let mut bomb = String::from("a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
        for level in 1..12 {
            let alias = format!("*a{}", level - 1);
            bomb += &format!("a{level}: &a{level} [{}]\n", vec![alias; 10].join(", "));
        }
        let bomb = error(&bomb, Language::Yaml);
        assert!(bomb.contains("more than 100000 values"), "{bomb}");
        let cycle = error("a: &a [*a]", Language::Yaml);
        assert!(cycle.contains("alias"), "{cycle}");
    }

    #[test]
    fn keys_are_given_once() {
        assert!(error("version: v2\nversion: v1", Language::Yaml).contains("`version`"));
        assert!(error("a = 1\na = 2", Language::Toml).contains("duplicate key"));
    }
}
