//! Excerpts of sources, drawn by miette. The only file that knows it.

use std::fmt;
use std::sync::Arc;

use miette::{
    GraphicalReportHandler, GraphicalTheme, LabeledSpan, MietteError, MietteSpanContents,
    SourceCode, SourceSpan, SpanContents,
};

use super::is_beside;
use crate::diagnostic::{Label, Location, Severity};
use crate::report::Style;
use crate::report::printable::{escaped, masked};
use crate::text::{Columns, Source, Span};

/// Bytes of one line that are shown before and after what is meant.
pub(super) const MARGIN: usize = 160;

/// Draws excerpts, one after the other.
pub(super) struct Excerpts {
    handler: GraphicalReportHandler,
    columns: Columns,
    /// The source last shown. Findings come sorted by file, so this is nearly always the next one's, too.
    shown: Option<Arc<Excerpt>>,
}

impl Excerpts {
    pub(super) fn new(style: &Style) -> Self {
        Self {
            handler: GraphicalReportHandler::new_themed(theme(style))
                .with_width(style.width)
                .with_context_lines(0)
                .tab_width(4),
            columns: style.columns,
            shown: None,
        }
    }

    /// Appends the excerpt for a place and the labels beside it.
    pub(super) fn draw(&mut self, location: &Location, labels: &[Label], text: &mut String) {
        let excerpt = self.excerpt(&location.source);
        let mut drawn = String::new();
        // Writing to a string fails only where a source cannot be read, and ours are in memory.
        let _ = (self.handler).render_report(&mut drawn, &excerpt.with_labels(location, labels));
        // The first line is for a message, and ours stands there already.
        text.push_str(drawn.split_once('\n').map_or("", |(_, excerpt)| excerpt));
    }

    fn excerpt(&mut self, source: &Arc<Source>) -> Arc<Excerpt> {
        if let Some(shown) = &self.shown
            && Arc::ptr_eq(&shown.source, source)
        {
            return Arc::clone(shown);
        }
        let excerpt = Arc::new(Excerpt {
            name: escaped(source.path()).into_owned(),
            clean: match masked(source.text()) {
                std::borrow::Cow::Borrowed(_) => None,
                std::borrow::Cow::Owned(clean) => Some(clean),
            },
            source: Arc::clone(source),
            columns: self.columns,
        });
        self.shown = Some(Arc::clone(&excerpt));
        excerpt
    }
}

/// A word in the colour of a severity.
pub(super) fn painted(word: &str, severity: Severity, style: &Style) -> String {
    let styles = theme(style).styles;
    let paint = match severity {
        Severity::Error => styles.error,
        Severity::Warning => styles.warning,
        Severity::Info => styles.advice,
    };
    paint.style(word).to_string()
}

fn theme(style: &Style) -> GraphicalTheme {
    if style.color {
        GraphicalTheme::unicode()
    } else {
        GraphicalTheme::unicode_nocolor()
    }
}

/// A place with what stands beside it, as miette wants it.
#[derive(Debug)]
struct Labelled {
    excerpt: Arc<Excerpt>,
    labels: Vec<LabeledSpan>,
}

impl fmt::Display for Labelled {
    fn fmt(&self, _: &mut fmt::Formatter<'_>) -> fmt::Result {
        Ok(())
    }
}

impl std::error::Error for Labelled {}

impl miette::Diagnostic for Labelled {
    fn source_code(&self) -> Option<&dyn SourceCode> {
        Some(&*self.excerpt)
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        Some(Box::new(self.labels.iter().cloned()))
    }
}

/// A source as far as it is shown: whole lines, cut where they are very long.
#[derive(Debug)]
struct Excerpt {
    source: Arc<Source>,
    name: String,
    /// The text without what a terminal would obey, where there is such.
    clean: Option<String>,
    columns: Columns,
}

impl Excerpt {
    fn text(&self) -> &str {
        self.clean.as_deref().unwrap_or(self.source.text())
    }

    fn with_labels(self: Arc<Self>, location: &Location, labels: &[Label]) -> Labelled {
        let first = self.first_line(location.span);
        let mut spans = vec![LabeledSpan::new_primary_with_span(None, miette_span(first))];
        for label in labels {
            if is_beside(label, location) {
                let span = miette_span(self.first_line(label.location.span));
                let message = escaped(&label.message).into_owned();
                spans.push(LabeledSpan::new_with_span(Some(message), span));
            }
        }
        Labelled {
            excerpt: self,
            labels: spans,
        }
    }

    /// The part of a span on its first line: a whole message would fill the screen.
    fn first_line(&self, span: Span) -> Span {
        let text = self.text();
        // What is missing at the end of a file is missing at the end of its last line.
        let written = text.trim_end().len();
        let start = match span.start as usize {
            at if at >= text.len() => written,
            at => floor(text, at),
        };
        let end = floor(text, (span.end as usize).max(start));
        let line = text[start..end].lines().next().unwrap_or_default();
        let length = line.trim_end().len().min(MARGIN);
        let end = floor(text, start + length);
        Span::new(offset(start), offset(end))
    }

    /// The bytes shown around `start..end`: its lines, without what is far to either side.
    fn window(&self, start: usize, end: usize) -> (usize, usize) {
        let text = self.text();
        let line_start = text[..start].rfind('\n').map_or(0, |at| at + 1);
        let line_end =
            memchr::memchr(b'\n', &text.as_bytes()[end..]).map_or(text.len(), |at| end + at);
        let from = floor(text, line_start.max(start.saturating_sub(MARGIN)));
        let to = floor(text, line_end.min(end + MARGIN));
        let line = text[from..to].trim_end_matches('\r');
        (from, from + line.len().max(end - from))
    }
}

impl SourceCode for Excerpt {
    fn read_span<'a>(
        &'a self,
        span: &SourceSpan,
        _lines_before: usize,
        _lines_after: usize,
    ) -> Result<Box<dyn SpanContents<'a> + 'a>, MietteError> {
        let text = self.text();
        let start = floor(text, span.offset());
        let end = floor(text, span.offset() + span.len());
        let (from, to) = self.window(start, end);
        let lines = self.source.lines();
        let position = lines.position(text, offset(start), self.columns);
        let last = lines.line(offset(end));
        Ok(Box::new(MietteSpanContents::new_named(
            self.name.clone(),
            &text.as_bytes()[from..to],
            (from, to - from).into(),
            position.line as usize,
            position.column as usize,
            (last - position.line) as usize + 1,
        )))
    }
}

fn miette_span(span: Span) -> SourceSpan {
    (span.start as usize, span.len() as usize).into()
}

/// The last character start at or before `at`.
fn floor(text: &str, at: usize) -> usize {
    text.floor_char_boundary(at.min(text.len()))
}

/// Sources are smaller than 4 GiB, so this never saturates.
fn offset(at: usize) -> u32 {
    u32::try_from(at).unwrap_or(u32::MAX)
}
