//! Findings for people: what is wrong, the source, why it matters, what to do. The only file that knows miette.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::fmt;
use std::io::{self, Write};
use std::sync::Arc;

use miette::{
    GraphicalReportHandler, GraphicalTheme, LabeledSpan, MietteError, MietteSpanContents,
    SourceCode, SourceSpan, SpanContents,
};

use rayon::prelude::*;

use super::place::Place;
use super::printable::{escaped, masked};
use super::{Report, Style};
use crate::checks;
use crate::diagnostic::{Code, Diagnostic, Label, Location, Severity};
use crate::text::{Columns, Source, Span};

/// Bytes of one line that are shown before and after what is meant.
const MARGIN: usize = 160;

/// Findings that one thread renders in one go.
const RENDERED_AT_ONCE: usize = 256;

pub(super) fn write(report: &Report, style: &Style, out: &mut dyn Write) -> io::Result<()> {
    // A reason is read once: it stands at the first finding that has it.
    let mut reasons = HashSet::new();
    let findings: Vec<(&Diagnostic, bool)> = (report.findings().iter())
        .map(|finding| {
            let is_new = reasons.insert((finding.code, finding.reason.as_deref()));
            (finding, is_new)
        })
        .collect();
    for findings in findings.chunks(RENDERED_AT_ONCE * rayon::current_num_threads()) {
        let texts: Vec<String> = findings
            .par_chunks(RENDERED_AT_ONCE)
            .map(|findings| {
                let mut writer = Writer {
                    style,
                    handlers: BTreeMap::new(),
                    shown: None,
                };
                let texts = findings.iter();
                texts
                    .map(|&(finding, shows_reason)| writer.render(finding, shows_reason))
                    .collect()
            })
            .collect();
        for text in texts {
            out.write_all(text.as_bytes())?;
        }
    }
    writeln!(out, "{}", summary(report))
}

/// Why a finding matters: its own words, or the first paragraph of its rule's.
fn reason(finding: &Diagnostic) -> Option<String> {
    if let Some(reason) = &finding.reason {
        return Some(reason.clone());
    }
    let docs = checks::rule(finding.code.0)?.docs();
    let paragraph = docs.reason().split("\n\n").next()?.trim();
    (!paragraph.is_empty()).then(|| paragraph.replace('\n', " "))
}

/// What waivers call a finding, and whom to ask about it.
fn identity(finding: &Diagnostic) -> Option<String> {
    let mut identity = finding.fingerprint?.to_string();
    if !finding.owners.is_empty() {
        let owners = finding.owners.join(" ");
        identity = format!("{identity}, owned by {owners}");
    }
    Some(identity)
}

/// `2 errors and 1 warning in 2 of 14 files, 1 waived`
fn summary(report: &Report) -> String {
    let found = found(report);
    match report.waived().len() {
        0 => found,
        waived => format!("{found}, {waived} waived"),
    }
}

fn found(report: &Report) -> String {
    let checked = counted(report.files, "file");
    let counts: Vec<String> = [
        (Severity::Error, "error"),
        (Severity::Warning, "warning"),
        (Severity::Info, "info"),
    ]
    .into_iter()
    .map(|(severity, noun)| (report.count(severity), noun))
    .filter(|&(count, _)| count > 0)
    .map(|(count, noun)| counted(count, noun))
    .collect();
    let Some((last, first)) = counts.split_last() else {
        return format!("no findings in {checked}");
    };
    let counts = if first.is_empty() {
        last.clone()
    } else {
        format!("{} and {last}", first.join(", "))
    };
    let paths: BTreeSet<&str> = (report.findings().iter())
        .filter_map(|finding| finding.shown_at())
        .map(|location| location.source.path())
        .collect();
    match paths.len() {
        0 => counts,
        with if report.files >= with => format!("{counts} in {with} of {checked}"),
        with => format!("{counts} in {}", counted(with, "file")),
    }
}

fn counted(count: usize, noun: &str) -> String {
    let plural = if count == 1 { "" } else { "s" };
    format!("{count} {noun}{plural}")
}

struct Writer<'r> {
    style: &'r Style,
    /// A renderer for each word that a finding can start with.
    handlers: BTreeMap<(Severity, Code), GraphicalReportHandler>,
    /// The source last shown. Findings come sorted by file, so this is nearly always the next one's, too.
    shown: Option<Arc<Excerpt>>,
}

impl Writer<'_> {
    fn render(&mut self, finding: &Diagnostic, shows_reason: bool) -> String {
        let mut text = String::new();
        let head = Head {
            message: escaped(&finding.message).into_owned(),
            severity: match finding.severity {
                Severity::Error => miette::Severity::Error,
                Severity::Warning => miette::Severity::Warning,
                Severity::Info => miette::Severity::Advice,
            },
            excerpt: finding.shown_at().map(|location| {
                let excerpt = self.excerpt(&location.source);
                excerpt.with_labels(location, &finding.labels)
            }),
        };
        let code = (finding.severity, finding.code);
        // Writing to a string fails only where a source cannot be read, and ours are in memory.
        let _ = self.handler(code).render_report(&mut text, &head);
        for label in &finding.labels {
            match finding.shown_at() {
                Some(location) if is_beside(label, location) => {}
                Some(location) if is_in(label, location) => {
                    let place = Place::new(&label.location, self.style.columns);
                    let (path, line, column) = (place.path, place.start_line, place.start_column);
                    let sentence = format!("{} ({path}:{line}:{column})", label.message);
                    self.paragraph("note", &sentence, &mut text);
                }
                _ => self.render_label(label, &mut text),
            }
        }
        if !finding.also.is_empty() {
            let codes: Vec<&str> = finding.also.iter().map(|code| code.0).collect();
            self.paragraph("rules", &format!("also {}", codes.join(", ")), &mut text);
        }
        if let Some(effect) = &finding.effect {
            for (name, surface) in effect.surfaces() {
                self.paragraph(name, &surface.to_string(), &mut text);
            }
            let mut told = HashSet::new();
            for proof in &effect.proofs {
                if told.insert(proof.sentence.as_str()) {
                    self.paragraph("proof", &proof.sentence, &mut text);
                }
            }
        } else if shows_reason && let Some(reason) = reason(finding) {
            self.paragraph("why", &reason, &mut text);
        }
        if let Some(help) = &finding.help {
            self.paragraph("help", help, &mut text);
        } else if let Some(fix) = &finding.fix {
            self.paragraph("help", &fix.title, &mut text);
        }
        if let Some(identity) = identity(finding) {
            self.paragraph("fingerprint", &identity, &mut text);
        }
        text.push('\n');
        text
    }

    /// Shows a place in another file.
    fn render_label(&mut self, label: &Label, text: &mut String) {
        let excerpt = self.excerpt(&label.location.source);
        let head = Head {
            message: escaped(&label.message).into_owned(),
            severity: miette::Severity::Advice,
            excerpt: Some(excerpt.with_labels(&label.location, &[])),
        };
        let note = (Severity::Info, Code("note"));
        let _ = self.handler(note).render_report(text, &head);
    }

    fn handler(&mut self, code: (Severity, Code)) -> &GraphicalReportHandler {
        let style = self.style;
        self.handlers.entry(code).or_insert_with(|| {
            let mut theme = if style.color {
                GraphicalTheme::unicode()
            } else {
                GraphicalTheme::unicode_nocolor()
            };
            let word = match code {
                (_, Code("note")) => "note:".to_owned(),
                (severity, code) => format!("{severity}[{code}]:"),
            };
            let characters = &mut theme.characters;
            characters.error.clone_from(&word);
            characters.warning.clone_from(&word);
            characters.advice = word;
            GraphicalReportHandler::new_themed(theme)
                .with_width(style.width)
                .with_context_lines(0)
                .tab_width(4)
        })
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
            columns: self.style.columns,
        });
        self.shown = Some(Arc::clone(&excerpt));
        excerpt
    }

    fn paragraph(&self, word: &str, sentence: &str, text: &mut String) {
        let indent = format!("  {word}: ");
        let rest = " ".repeat(indent.len());
        let indent = if self.style.color {
            format!("  \x1b[36m{word}:\x1b[0m ")
        } else {
            indent
        };
        let sentence = escaped(sentence);
        let options = textwrap::Options::new(self.style.width.max(20))
            .initial_indent(&indent)
            .subsequent_indent(&rest)
            .break_words(false);
        text.push_str(&textwrap::fill(&sentence, options));
        text.push('\n');
    }
}

fn is_in(label: &Label, location: &Location) -> bool {
    Arc::ptr_eq(&label.location.source, &location.source)
}

/// Whether a label lies so close to what is meant that one excerpt shows both. On a very long line it does not: miette
/// would show all that lies between, and panics where that is more than 65,535 columns.
fn is_beside(label: &Label, location: &Location) -> bool {
    let line = |span: Span| location.source.lines().line(span.start);
    let distance = label.location.span.start.abs_diff(location.span.start);
    is_in(label, location)
        && distance as usize <= 4 * MARGIN
        && line(label.location.span).abs_diff(line(location.span)) <= 1
}

/// The first lines of a finding, as miette wants them.
#[derive(Debug)]
struct Head {
    message: String,
    severity: miette::Severity,
    excerpt: Option<Labelled>,
}

impl fmt::Display for Head {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Head {}

impl miette::Diagnostic for Head {
    fn severity(&self) -> Option<miette::Severity> {
        Some(self.severity)
    }

    fn source_code(&self) -> Option<&dyn SourceCode> {
        let excerpt = self.excerpt.as_ref()?;
        Some(&*excerpt.excerpt)
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        let excerpt = self.excerpt.as_ref()?;
        Some(Box::new(excerpt.labels.iter().cloned()))
    }
}

#[derive(Debug)]
struct Labelled {
    excerpt: Arc<Excerpt>,
    labels: Vec<LabeledSpan>,
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
