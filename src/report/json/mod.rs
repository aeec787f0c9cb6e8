//! One JSON object per finding and line: buf's keys first, in buf's order and escaping, then ours.

mod object;

use std::io::{self, Write};

use rayon::prelude::*;
use schemars::JsonSchema;
use schemars::generate::SchemaSettings;
use serde::Serialize;

use super::place::Place;
use super::{Report, Style};
use crate::diagnostic::{Code, Diagnostic, Fix, Label, Proven, Safety, SurfaceEffect};
use object::Object;

/// The version of the keys after buf's. It grows when one of them changes its meaning or goes.
const VERSION: u32 = 1;

/// The codes of files that are no valid schema: `syntax::SYNTAX` and `schema::SCHEMA`. buf says `COMPILE` for both.
const COMPILE: [Code; 2] = [Code("SYNTAX"), Code("SCHEMA")];

/// A finding as the format `json` writes it, one per line. Keys without a value are left out.
#[derive(Debug, JsonSchema)]
pub struct Finding<'d> {
    /// The file; left out where no file of today's tree can be pointed at.
    #[schemars(skip_serializing_if = "Option::is_none")]
    path: Option<&'d str>,
    /// Lines and columns count from 1; the end is one past the last character.
    start_line: u32,
    /// Terminal columns, unless `--columns` says otherwise.
    start_column: u32,
    /// The line of the end.
    end_line: u32,
    /// The column of the end.
    end_column: u32,
    /// The id of the rule, or `COMPILE`.
    r#type: &'d str,
    /// What is wrong.
    message: &'d str,
    /// The version of the keys that follow.
    version: u32,
    /// Further rules that see the same change.
    #[schemars(skip_serializing_if = "Vec::is_empty")]
    also: Vec<&'d str>,
    /// `error`, `warning` or `info`.
    severity: &'static str,
    /// The kind of compile error, where `type` is `COMPILE`.
    #[schemars(skip_serializing_if = "Option::is_none")]
    code: Option<&'d str>,
    /// The full name of what it is about, or the path of the file where it is about that.
    #[schemars(skip_serializing_if = "Option::is_none")]
    symbol: Option<&'d str>,
    /// What `protogov waive` calls it: a hash of rule, symbol, and old and new shape.
    #[schemars(skip_serializing_if = "Option::is_none")]
    fingerprint: Option<String>,
    /// Whom to ask, as CODEOWNERS says.
    #[schemars(skip_serializing_if = "<[Box<str>]>::is_empty")]
    owners: &'d [Box<str>],
    /// Why it matters.
    #[schemars(skip_serializing_if = "Option::is_none")]
    reason: Option<&'d str>,
    /// What a change does on each surface.
    #[schemars(skip_serializing_if = "Option::is_none")]
    verdict: Option<FindingVerdict<'d>>,
    /// The messages that prove it, one for bytes and one for JSON where something happens there, or why there is none.
    #[schemars(skip_serializing_if = "<[Proven]>::is_empty")]
    proofs: &'d [Proven],
    /// What to do.
    #[schemars(skip_serializing_if = "Option::is_none")]
    help: Option<&'d str>,
    /// Further places.
    #[schemars(skip_serializing_if = "Vec::is_empty")]
    labels: Vec<FindingLabel<'d>>,
    /// A change that removes the finding.
    #[schemars(skip_serializing_if = "Option::is_none")]
    fix: Option<FindingFix<'d>>,
}

/// What a change does.
#[derive(Debug, Serialize, JsonSchema)]
struct FindingVerdict<'d> {
    /// To bytes.
    wire: &'d SurfaceEffect,
    /// To ProtoJSON.
    json: &'d SurfaceEffect,
    /// To code that was written against generated code.
    source: &'d SurfaceEffect,
}

/// A further place and what is to be seen there.
#[derive(Debug, JsonSchema)]
struct FindingLabel<'d> {
    path: &'d str,
    start_line: u32,
    start_column: u32,
    end_line: u32,
    end_column: u32,
    message: &'d str,
}

/// A change that removes the finding.
#[derive(Debug, Serialize, JsonSchema)]
struct FindingFix<'d> {
    /// What it does.
    title: &'d str,
    /// Whether it changes neither bytes, JSON nor generated source.
    safe: bool,
    edits: Vec<FindingEdit<'d>>,
}

/// A replacement of bytes.
#[derive(Debug, Serialize, JsonSchema)]
struct FindingEdit<'d> {
    path: &'d str,
    /// Offset of the first byte that goes.
    start: u32,
    /// Offset one past the last byte that goes.
    end: u32,
    /// What comes in its place.
    replacement: &'d str,
}

/// The JSON schema of a line, pretty-printed, with a line break at the end.
pub fn findings_schema() -> String {
    let settings = SchemaSettings::draft2020_12().for_serialize();
    let schema = settings
        .into_generator()
        .into_root_schema_for::<Finding<'_>>();
    // A value made of strings, numbers and maps can always be printed.
    serde_json::to_string_pretty(&schema).unwrap_or_default() + "\n"
}

/// Findings that one thread writes in one go.
const WRITTEN_AT_ONCE: usize = 512;

pub(super) fn write(report: &Report, style: &Style, out: &mut dyn Write) -> io::Result<()> {
    for findings in (report.findings()).chunks(WRITTEN_AT_ONCE * rayon::current_num_threads()) {
        let texts: Vec<io::Result<Vec<u8>>> = findings
            .par_chunks(WRITTEN_AT_ONCE)
            .map(|findings| lines(findings, style))
            .collect();
        for text in texts {
            out.write_all(&text?)?;
        }
    }
    Ok(())
}

fn lines(findings: &[Diagnostic], style: &Style) -> io::Result<Vec<u8>> {
    let mut lines = Vec::with_capacity(findings.len() * 640);
    for finding in findings {
        Finding::new(finding, style).write(&mut lines)?;
        lines.push(b'\n');
    }
    Ok(lines)
}

impl<'d> Finding<'d> {
    /// The finding, with columns as `style` counts them.
    pub fn new(finding: &'d Diagnostic, style: &Style) -> Self {
        let place = finding
            .location
            .as_ref()
            .map(|location| Place::new(location, style.columns));
        let is_compile = COMPILE.contains(&finding.code);
        Self {
            path: place.map(|place| place.path),
            start_line: place.map_or(1, |place| place.start_line),
            start_column: place.map_or(1, |place| place.start_column),
            end_line: place.map_or(1, |place| place.end_line),
            end_column: place.map_or(1, |place| place.end_column),
            r#type: if is_compile {
                "COMPILE"
            } else {
                finding.code.0
            },
            message: &finding.message,
            version: VERSION,
            also: finding.also.iter().map(|code| code.0).collect(),
            severity: finding.severity.as_str(),
            code: is_compile.then_some(finding.code.0),
            symbol: finding.symbol.as_deref(),
            fingerprint: finding.fingerprint.map(|name| name.to_string()),
            owners: finding.owners(),
            reason: finding.reason.as_deref(),
            verdict: finding.effect.as_ref().map(|effect| FindingVerdict {
                wire: &effect.wire,
                json: &effect.json,
                source: &effect.source,
            }),
            proofs: (finding.effect.as_ref()).map_or(&[], |effect| &effect.proofs),
            help: finding.help.as_deref(),
            labels: (finding.labels.iter())
                .map(|label| FindingLabel::new(label, style))
                .collect(),
            fix: finding.fix.as_deref().map(FindingFix::new),
        }
    }

    /// Appends the object.
    ///
    /// # Errors
    /// None that is known: everything in it can be written as JSON.
    pub fn write(&self, out: &mut Vec<u8>) -> io::Result<()> {
        let mut object = Object::begin(out);
        object.texts([("path", self.path)]);
        object.number("start_line", self.start_line)?;
        object.number("start_column", self.start_column)?;
        object.number("end_line", self.end_line)?;
        object.number("end_column", self.end_column)?;
        object.text("type", self.r#type);
        object.text("message", self.message);
        object.number("version", self.version)?;
        if !self.also.is_empty() {
            object.value("also", &self.also)?;
        }
        object.text("severity", self.severity);
        let texts = [
            ("code", self.code),
            ("symbol", self.symbol),
            ("fingerprint", self.fingerprint.as_deref()),
        ];
        object.texts(texts);
        if !self.owners.is_empty() {
            object.value("owners", self.owners)?;
        }
        object.texts([("reason", self.reason)]);
        if let Some(verdict) = &self.verdict {
            object.value("verdict", verdict)?;
        }
        if !self.proofs.is_empty() {
            object.value("proofs", self.proofs)?;
        }
        object.texts([("help", self.help)]);
        if !self.labels.is_empty() {
            object.list("labels", &self.labels, FindingLabel::write)?;
        }
        if let Some(fix) = &self.fix {
            object.value("fix", fix)?;
        }
        object.end();
        Ok(())
    }
}

impl<'d> FindingLabel<'d> {
    fn new(label: &'d Label, style: &Style) -> Self {
        let place = Place::new(&label.location, style.columns);
        Self {
            path: place.path,
            start_line: place.start_line,
            start_column: place.start_column,
            end_line: place.end_line,
            end_column: place.end_column,
            message: &label.message,
        }
    }

    fn write(&self, out: &mut Vec<u8>) -> io::Result<()> {
        let mut object = Object::begin(out);
        object.text("path", self.path);
        object.number("start_line", self.start_line)?;
        object.number("start_column", self.start_column)?;
        object.number("end_line", self.end_line)?;
        object.number("end_column", self.end_column)?;
        object.text("message", self.message);
        object.end();
        Ok(())
    }
}

impl<'d> FindingFix<'d> {
    fn new(fix: &'d Fix) -> Self {
        let edits = fix.edits.iter().map(|(source, edit)| FindingEdit {
            path: source.path(),
            start: edit.span.start,
            end: edit.span.end,
            replacement: &edit.replacement,
        });
        Self {
            title: &fix.title,
            safe: fix.safety == Safety::Safe,
            edits: edits.collect(),
        }
    }
}
