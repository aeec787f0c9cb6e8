//! The first document of a YAML text to a tree.

use std::collections::{HashMap, HashSet};
use std::ops::Range;

use saphyr_parser::{Event, Parser, ScalarStyle, ScanError, Span as YamlSpan, StrInput, Tag};

use super::{Entry, MAX_DEPTH, MAX_VALUES, Malformed, Node, Value, span};

pub(super) fn parse(text: &str) -> Result<Node, Malformed> {
    let mut reader = Reader {
        offsets: Offsets::new(text),
        parser: Parser::new_from_str(text),
        anchors: HashMap::new(),
        values: 0,
    };
    loop {
        let (event, at) = reader.next()?;
        match event {
            Event::StreamStart | Event::DocumentStart(_) => {}
            Event::StreamEnd => {
                return Ok(Node {
                    span: span(0..0),
                    value: Value::Null,
                });
            }
            event => return reader.node(event, at, 0),
        }
    }
}

struct Reader<'t> {
    parser: Parser<'t, StrInput<'t>>,
    offsets: Offsets<'t>,
    /// What each anchor names; complete values only, so an alias can never hold itself.
    anchors: HashMap<usize, Node>,
    /// Values made so far, copies for aliases included.
    values: usize,
}

impl<'t> Reader<'t> {
    fn next(&mut self) -> Result<(Event<'t>, Range<usize>), Malformed> {
        match self.parser.next_event() {
            Some(Ok((event, span))) => Ok((event, self.offsets.range(&span))),
            Some(Err(error)) => Err(self.malformed(&error)),
            None => Ok((Event::StreamEnd, 0..0)),
        }
    }

    fn malformed(&self, error: &ScanError) -> Malformed {
        let at = self.offsets.byte(error.marker().index());
        Malformed::of_parser(at..at, error.info())
    }

    fn node(
        &mut self,
        event: Event<'t>,
        at: Range<usize>,
        depth: usize,
    ) -> Result<Node, Malformed> {
        if depth > MAX_DEPTH {
            return Err(Malformed::too_deep(at));
        }
        self.count(1, &at)?;
        let (anchor, node) = match event {
            Event::Scalar(text, style, anchor, tag) => {
                let quoted = style != ScalarStyle::Plain || tag.is_some_and(|tag| is_string(&tag));
                let value = if quoted {
                    Value::String(text.into_owned())
                } else if matches!(&*text, "" | "~" | "null" | "Null" | "NULL") {
                    Value::Null
                } else {
                    Value::Plain(text.into_owned())
                };
                let span = span(at);
                (anchor, Node { span, value })
            }
            Event::SequenceStart(anchor, _) => (anchor, self.sequence(at, depth)?),
            Event::MappingStart(anchor, _) => (anchor, self.mapping(at, depth)?),
            Event::Alias(anchor) => {
                let Some(node) = self.anchors.get(&anchor).cloned() else {
                    return Err(Malformed::new(at, "the alias stands for nothing complete"));
                };
                self.count(size(&node), &at)?;
                (0, node)
            }
            _ => return Err(Malformed::new(at, "a value was expected here")),
        };
        if anchor != 0 {
            self.anchors.insert(anchor, node.clone());
        }
        Ok(node)
    }

    fn sequence(&mut self, start: Range<usize>, depth: usize) -> Result<Node, Malformed> {
        let mut nodes = Vec::new();
        loop {
            let (event, at) = self.next()?;
            if matches!(event, Event::SequenceEnd) {
                return Ok(Node {
                    span: self.extent(&start, &at),
                    value: Value::Array(nodes),
                });
            }
            nodes.push(self.node(event, at, depth + 1)?);
        }
    }

    fn mapping(&mut self, start: Range<usize>, depth: usize) -> Result<Node, Malformed> {
        let mut entries = Vec::new();
        let mut seen = HashSet::new();
        loop {
            let (event, at) = self.next()?;
            if matches!(event, Event::MappingEnd) {
                return Ok(Node {
                    span: self.extent(&start, &at),
                    value: Value::Table(entries),
                });
            }
            let key_span = span(at.clone());
            let key = match self.node(event, at.clone(), depth + 1)?.value {
                Value::String(key) | Value::Plain(key) => key,
                other => {
                    let message = format!("a key must be a string, not {}", other.noun());
                    return Err(Malformed::new(at, message));
                }
            };
            if !seen.insert(key.clone()) {
                return Err(
                    Malformed::new(at, format!("the key `{key}` is given twice"))
                        .with_help("keep one of them"),
                );
            }
            let (event, at) = self.next()?;
            entries.push(Entry {
                key,
                key_span,
                node: self.node(event, at, depth + 1)?,
            });
        }
    }

    /// The extent of a collection: block collections end where the next thing starts, so the blanks go.
    fn extent(&self, start: &Range<usize>, end: &Range<usize>) -> crate::text::Span {
        let text = &self.offsets.text[start.start..end.end.max(start.end)];
        span(start.start..start.start + text.trim_end().len())
    }

    fn count(&mut self, values: usize, at: &Range<usize>) -> Result<(), Malformed> {
        self.values = self.values.saturating_add(values);
        if self.values > MAX_VALUES {
            let message = format!("the file holds more than {MAX_VALUES} values");
            return Err(Malformed::new(at.clone(), message)
                .with_help("a configuration file needs no nested aliases; write the values out"));
        }
        Ok(())
    }
}

fn is_string(tag: &Tag) -> bool {
    tag.suffix == "str"
}

fn size(node: &Node) -> usize {
    1 + match &node.value {
        Value::Array(nodes) => nodes.iter().map(size).sum(),
        Value::Table(entries) => entries.iter().map(|entry| 1 + size(&entry.node)).sum(),
        _ => 0,
    }
}

/// The parser counts in characters; everything else here counts in bytes.
struct Offsets<'t> {
    text: &'t str,
    /// Byte offset of each character, unless the text is ASCII and both counts agree.
    bytes: Option<Vec<usize>>,
}

impl<'t> Offsets<'t> {
    fn new(text: &'t str) -> Self {
        let bytes = (!text.is_ascii()).then(|| text.char_indices().map(|(at, _)| at).collect());
        Self { text, bytes }
    }

    fn byte(&self, character: usize) -> usize {
        match &self.bytes {
            None => character.min(self.text.len()),
            Some(bytes) => bytes.get(character).copied().unwrap_or(self.text.len()),
        }
    }

    fn range(&self, span: &YamlSpan) -> Range<usize> {
        self.byte(span.start.index())..self.byte(span.end.index())
    }
}
