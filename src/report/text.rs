//! Findings for people: what is wrong, the source, why it matters, what to do.

mod excerpt;
mod plain;

use std::collections::{BTreeSet, HashSet};
use std::io::{self, Write};
use std::sync::Arc;

use rayon::prelude::*;
use textwrap::{WordSeparator, WordSplitter};

use self::excerpt::{Excerpts, MARGIN, painted};
use super::place::Place;
use super::printable::{escaped, is_printable_ascii};
use super::{Report, Style};
use crate::checks;
use crate::diagnostic::{Diagnostic, Label, Location, Severity};
use crate::text::Span;

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
                    excerpts: Excerpts::new(style),
                    text: String::new(),
                };
                for &(finding, shows_reason) in findings {
                    writer.render(finding, shows_reason);
                }
                writer.text
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
    if !finding.owners().is_empty() {
        let owners = finding.owners().join(" ");
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
    excerpts: Excerpts,
    text: String,
}

impl Writer<'_> {
    fn render(&mut self, finding: &Diagnostic, shows_reason: bool) {
        let word = format!("{}[{}]", finding.severity, finding.code);
        self.head(&word, finding.severity, &finding.message);
        let shown_at = finding.shown_at();
        if let Some(location) = shown_at {
            self.excerpt(location, &finding.labels);
        }
        for label in &finding.labels {
            match shown_at {
                Some(location) if is_beside(label, location) => {}
                Some(location) if is_in(label, location) => {
                    let place = Place::new(&label.location, self.style.columns);
                    let (path, line, column) = (place.path, place.start_line, place.start_column);
                    let sentence = format!("{} ({path}:{line}:{column})", label.message);
                    self.paragraph("note", &sentence);
                }
                _ => {
                    self.head("note", Severity::Info, &label.message);
                    self.excerpt(&label.location, &[]);
                }
            }
        }
        if !finding.also.is_empty() {
            let codes: Vec<&str> = finding.also.iter().map(|code| code.0).collect();
            self.paragraph("rules", &format!("also {}", codes.join(", ")));
        }
        if let Some(effect) = &finding.effect {
            for (name, surface) in effect.surfaces() {
                self.paragraph(name, &surface.to_string());
            }
            let mut told = HashSet::new();
            for proof in &effect.proofs {
                if told.insert(proof.sentence.as_str()) {
                    self.paragraph("proof", &proof.sentence);
                }
            }
        } else if shows_reason && let Some(reason) = reason(finding) {
            self.paragraph("why", &reason);
        }
        if let Some(help) = &finding.help {
            self.paragraph("help", help);
        } else if let Some(fix) = &finding.fix {
            self.paragraph("help", &fix.title);
        }
        if let Some(identity) = identity(finding) {
            self.paragraph("fingerprint", &identity);
        }
        self.text.push('\n');
    }

    /// The first line of a finding or of what belongs to it.
    fn head(&mut self, word: &str, severity: Severity, message: &str) {
        let (bar, mut painted_word) = ("│", format!("{word}:"));
        let mut painted_bar = bar.to_owned();
        if self.style.color {
            painted_word = painted(&painted_word, severity, self.style);
            painted_bar = painted(bar, severity, self.style);
        }
        let indent = Indent {
            first: &format!("  {painted_word} "),
            rest: &format!("  {painted_bar} "),
            columns: word.len() + 4,
        };
        self.fill(message, &indent, self.style.width.saturating_sub(2));
    }

    fn paragraph(&mut self, word: &str, sentence: &str) {
        let columns = word.len() + 4;
        let mut first = format!("  {word}: ");
        if self.style.color {
            first = format!("  \x1b[36m{word}:\x1b[0m ");
        }
        let indent = Indent {
            first: &first,
            rest: &" ".repeat(columns),
            columns,
        };
        self.fill(sentence, &indent, self.style.width.max(20));
    }

    /// Appends a sentence in as many lines as it takes. Names and paths stay in one piece, so that they can be copied.
    fn fill(&mut self, sentence: &str, indent: &Indent<'_>, width: usize) {
        let sentence = escaped(sentence);
        if indent.columns + sentence.len() <= width
            && is_printable_ascii(&sentence)
            && !sentence.ends_with(' ')
        {
            self.text.push_str(indent.first);
            self.text.push_str(&sentence);
        } else {
            let options = textwrap::Options::new(width)
                .initial_indent(indent.first)
                .subsequent_indent(indent.rest)
                .word_separator(WordSeparator::AsciiSpace)
                .word_splitter(WordSplitter::NoHyphenation)
                .break_words(false);
            self.text.push_str(&textwrap::fill(&sentence, options));
        }
        self.text.push('\n');
    }

    fn excerpt(&mut self, location: &Location, labels: &[Label]) {
        let is_alone = !labels.iter().any(|label| is_beside(label, location));
        if is_alone && !self.style.color {
            let drawn = plain::draw(location, self.style.columns, &mut self.text);
            if drawn.is_some() {
                return;
            }
        }
        self.excerpts.draw(location, labels, &mut self.text);
    }
}

/// What stands before the lines of a paragraph.
struct Indent<'i> {
    first: &'i str,
    rest: &'i str,
    /// Columns that the first takes on a terminal.
    columns: usize,
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
