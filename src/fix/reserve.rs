//! `reserved` statements that are missing after a removal, or that a merge of two branches has made twice.

use std::collections::BTreeSet;

use rustc_hash::FxHashSet;

use crate::checks::{number_ranges, statement};
use crate::diagnostic::{Claim, Diagnostic, Fix, Safety};
use crate::schema::diff::{Change, Diff};
use crate::schema::{Enum, File, Message, SCHEMA, Schema};
use crate::syntax::TokenRange;
use crate::syntax::tree::{Item, NumberRange, Reserved};
use crate::text::{Edit, Span};
use number_ranges::{NumberSpan, Said};

use super::FIX;

/// A message or enum of today, as far as it reserves.
struct Holder<'s> {
    file: File<'s>,
    noun: &'static str,
    full_name: &'s str,
    name: Span,
    whole: TokenRange,
    body: TokenRange,
    items: &'s [Item],
    statements: Vec<&'s Reserved>,
    extension_ranges: Vec<NumberSpan>,
}

impl<'s> Holder<'s> {
    fn message(message: Message<'s>) -> Self {
        let node = message.node();
        Self {
            file: message.file(),
            noun: "message",
            full_name: message.full_name(),
            name: message.name().span,
            whole: node.tokens,
            body: node.body,
            items: message.items(),
            statements: message.reserved_statements().collect(),
            extension_ranges: (message.extension_ranges().filter_map(NumberRange::ends))
                .map(|(first, last)| (first, (last < i64::MAX).then_some(last)))
                .collect(),
        }
    }

    fn enumeration(node: Enum<'s>) -> Self {
        Self {
            file: node.file(),
            noun: "enum",
            full_name: node.full_name(),
            name: node.name().span,
            whole: node.node().tokens,
            body: node.node().body,
            items: node.items(),
            statements: node.reserved_statements().collect(),
            extension_ranges: Vec::new(),
        }
    }
}

/// What a message or enum has lost and does not reserve.
#[derive(Default)]
struct Lost {
    numbers: BTreeSet<i64>,
    names: BTreeSet<String>,
}

/// One finding, with its fix, for each message and enum that has lost numbers or names without reserving them. What is in
/// use again cannot be reserved and is left out.
pub fn missing_reservations(diff: &Diff<'_>) -> Vec<Diagnostic> {
    let mut findings = Vec::new();
    for file in diff.before().files() {
        let mut lost = Lost::default();
        let mut holder: Option<Holder<'_>> = None;
        let mut settle = |holder: Option<Holder<'_>>, lost: Lost| {
            findings.extend(holder.and_then(|holder| finding(&holder, lost)));
        };
        // All changes of one message or enum are told in a row, beginning with the pair itself.
        diff.walk_before(file, &mut |change| match change {
            Change::Message(pair) => {
                settle(
                    holder.replace(Holder::message(pair.after)),
                    std::mem::take(&mut lost),
                );
            }
            Change::Enum(pair) => {
                settle(
                    holder.replace(Holder::enumeration(pair.after)),
                    std::mem::take(&mut lost),
                );
            }
            Change::FieldRemoved(field, pair) => {
                let name = field.name().into_owned();
                if pair.after.field_named(&name).is_none() {
                    lost.names.insert(name);
                }
                lost.numbers.extend(field.number().map(i64::from));
            }
            Change::EnumNumberRemoved(removed, pair) => {
                lost.numbers.insert(removed.number.into());
                for value in &removed.values {
                    let name = value.name().text;
                    if pair.after.value_named(name).is_none() {
                        lost.names.insert(name.to_owned());
                    }
                }
            }
            _ => {}
        });
        settle(holder, lost);
    }
    findings
}

fn finding(holder: &Holder<'_>, mut lost: Lost) -> Option<Diagnostic> {
    let syntax = holder.file.syntax();
    let tree = syntax.tree();
    // What is open to extensions cannot be reserved.
    let mut reserved: Vec<NumberSpan> = holder.extension_ranges.clone();
    for statement in &holder.statements {
        reserved.extend(number_ranges::of_statement(tree, statement)?);
        for (name, _) in names(holder.file, statement) {
            lost.names.remove(&name);
        }
    }
    let numbers: Vec<NumberSpan> = lost.numbers.iter().map(|&at| (at, Some(at))).collect();
    let numbers = number_ranges::without(&numbers, &reserved);
    if numbers.is_empty() && lost.names.is_empty() {
        return None;
    }
    let mut missing = Vec::new();
    if !numbers.is_empty() {
        missing.push(format!("`reserved {};`", number_ranges::written(&numbers)));
    }
    if !lost.names.is_empty() {
        missing.push(format!("`reserved {};`", quoted(holder.file, &lost.names)));
    }
    let missing = missing.join(" and ");
    let edits = edits(holder, &numbers, &lost.names)?;
    let (noun, full_name) = (holder.noun, holder.full_name);
    let message = format!("{noun} `{full_name}` has lost what nothing reserves");
    let title = format!("add {missing}");
    Some(
        Diagnostic::error(FIX, holder.file.source(), holder.name, message)
            .with_help(title.clone())
            .with_fix(reserving(holder.file, title, edits)),
    )
}

fn reserving(file: File<'_>, title: String, edits: Vec<Edit>) -> Fix {
    let edit = |edit| (std::sync::Arc::clone(file.source()), edit);
    Fix {
        title,
        safety: Safety::Safe,
        claim: Claim::Reserved,
        edits: edits.into_iter().map(edit).collect(),
        rename: None,
    }
}

/// The names of a statement, each with its tokens.
fn names(file: File<'_>, statement: &Reserved) -> Vec<(String, Span)> {
    let syntax = file.syntax();
    let name = |name: &crate::syntax::tree::ReservedName| {
        let text = match name.is_identifier {
            true => syntax.joined(name.tokens).into_owned(),
            false => String::from_utf8_lossy(&syntax.string_value(name.tokens)).into_owned(),
        };
        (text, syntax.span(name.tokens))
    };
    syntax.tree()[statement.names].iter().map(name).collect()
}

/// Names as the file's syntax wants them: strings, in editions identifiers.
fn quoted(file: File<'_>, names: &BTreeSet<String>) -> String {
    let shown = |name: &String| match file.edition().is_edition() {
        true => name.clone(),
        false => format!("\"{name}\""),
    };
    names.iter().map(shown).collect::<Vec<_>>().join(", ")
}

/// Puts numbers and names into the statements that are there, or writes new ones.
fn edits(
    holder: &Holder<'_>,
    numbers: &[NumberSpan],
    lost_names: &BTreeSet<String>,
) -> Option<Vec<Edit>> {
    let syntax = holder.file.syntax();
    let source = holder.file.source();
    let tree = syntax.tree();
    let is_plain = |span: Span| !source.slice(span).contains('/');
    let mut edits = Vec::new();
    let mut new = Vec::new();
    if !numbers.is_empty() {
        let list = holder.statements.iter().find_map(|statement| {
            let ranges = &tree[statement.ranges];
            let span = syntax
                .span(ranges.first()?.tokens)
                .to(syntax.span(ranges.last()?.tokens));
            is_plain(span).then_some((*statement, span))
        });
        match list {
            Some((statement, span)) => {
                let mut all = number_ranges::of_statement(tree, statement)?;
                all.extend_from_slice(numbers);
                let text = number_ranges::written(&number_ranges::merged(&all));
                edits.push(Edit::replace(span, text));
            }
            None => new.push(format!("reserved {};", number_ranges::written(numbers))),
        }
    }
    if !lost_names.is_empty() {
        let list = holder.statements.iter().find_map(|statement| {
            let held = names(holder.file, statement);
            let span = held.first()?.1.to(held.last()?.1);
            is_plain(span).then_some((held, span))
        });
        match list {
            Some((held, span)) => {
                let mut all: Vec<(String, String)> = held
                    .into_iter()
                    .map(|(name, span)| (name, source.slice(span).to_owned()))
                    .collect();
                for name in lost_names {
                    let one = BTreeSet::from([name.clone()]);
                    all.push((name.clone(), quoted(holder.file, &one)));
                }
                all.sort();
                let texts: Vec<String> = all.into_iter().map(|(_, text)| text).collect();
                edits.push(Edit::replace(span, texts.join(", ")));
            }
            None => new.push(format!("reserved {};", quoted(holder.file, lost_names))),
        }
    }
    if !new.is_empty() {
        edits.push(insertion(holder, &new)?);
    }
    Some(edits)
}

/// New statements behind those that are there, else at the beginning of the body.
fn insertion(holder: &Holder<'_>, statements: &[String]) -> Option<Edit> {
    let syntax = holder.file.syntax();
    let source = holder.file.source();
    if let Some(last) = holder.statements.last() {
        let indentation = statement::indentation(source, syntax.span(last.tokens).start);
        return Some(match statement::after_line(syntax, last.tokens.last()) {
            Some(place) => Edit::insert(place, lines(indentation, statements)),
            None => {
                let place = syntax.span(last.tokens).end;
                Edit::insert(place, format!(" {}", statements.join(" ")))
            }
        });
    }
    let open = holder.body.start;
    let outer = statement::indentation(source, syntax.span(holder.whole).start);
    let is_empty = holder.items.is_empty();
    let gap = syntax.tokens().gap_before(open.next());
    if let Some(place) = statement::after_line(syntax, open) {
        let inner = match is_empty {
            true => format!("{outer}  "),
            false => {
                let first = syntax.tokens().span(open.next()).start;
                statement::indentation(source, first).to_owned()
            }
        };
        return Some(Edit::insert(place, lines(&inner, statements)));
    }
    let place = syntax.tokens().span(open).end;
    if is_empty && source.slice(gap).trim().is_empty() {
        let text = format!("\n{}{outer}", lines(&format!("{outer}  "), statements));
        return Some(Edit::replace(gap, text));
    }
    Some(Edit::insert(place, format!(" {}", statements.join(" "))))
}

fn lines(indentation: &str, statements: &[String]) -> String {
    let line = |statement: &String| format!("{indentation}{statement}\n");
    statements.iter().map(line).collect()
}

/// One finding, with its fix, for each statement that says again what the file says already, as after a merge of two
/// branches that both added it: numbers and names of `reserved` statements, and imports. Compilers refuse such files.
pub fn merged_conflicts(schema: &Schema) -> Vec<Diagnostic> {
    let broken: BTreeSet<&str> = schema
        .errors()
        .filter_map(|error| Some(error.location.as_ref()?.source.path()))
        .collect();
    let mut findings = Vec::new();
    for file in schema.targets() {
        if !broken.contains(file.source().path()) {
            continue;
        }
        imported_twice(file, &mut findings);
        for message in file.all_messages() {
            reserved_twice(&Holder::message(message), &mut findings);
        }
        for node in file.all_enums() {
            reserved_twice(&Holder::enumeration(node), &mut findings);
        }
    }
    findings
}

fn imported_twice(file: File<'_>, findings: &mut Vec<Diagnostic>) {
    let syntax = file.syntax();
    let mut seen: Vec<(Vec<u8>, crate::syntax::tree::ImportKind)> = Vec::new();
    for import in &syntax.tree().imports {
        let import_of = (syntax.string_value(import.path), import.kind);
        if !seen.contains(&import_of) {
            seen.push(import_of);
            continue;
        }
        let span = syntax.span(import.tokens);
        let path = String::from_utf8_lossy(&import_of.0).into_owned();
        let line = statement::whole_lines(file.source(), span);
        let title = "remove the second import".to_owned();
        let mut fix = reserving(file, title, vec![Edit::delete(line)]);
        fix.claim = Claim::Imports;
        let message = format!("`{path}` is imported twice");
        findings.push(Diagnostic::error(SCHEMA, file.source(), span, message).with_fix(fix));
    }
}

fn reserved_twice(holder: &Holder<'_>, findings: &mut Vec<Diagnostic>) {
    let file = holder.file;
    let syntax = file.syntax();
    let tree = syntax.tree();
    let mut numbers = Said::default();
    let mut held: FxHashSet<String> = FxHashSet::default();
    for statement in &holder.statements {
        let span = syntax.span(statement.tokens);
        let Some(own) = number_ranges::of_statement(tree, statement) else {
            continue;
        };
        let left: Vec<NumberSpan> = own.iter().flat_map(|range| numbers.add(*range)).collect();
        let own_names = names(file, statement);
        let mut left_names = own_names.clone();
        left_names.retain(|(name, _)| held.insert(name.clone()));
        let is_same = left == own && left_names.len() == own_names.len();
        let has_comment = source_has_comment(file, statement.tokens);
        if !is_same && !has_comment {
            let (noun, full_name) = (holder.noun, holder.full_name);
            let message = format!("{noun} `{full_name}` reserves something twice");
            let (title, edit) = if left.is_empty() && left_names.is_empty() {
                let line = statement::whole_lines(file.source(), span);
                ("remove the second statement".to_owned(), Edit::delete(line))
            } else {
                let mut parts = Vec::new();
                if !left.is_empty() {
                    parts.push(number_ranges::written(&left));
                }
                let texts = left_names
                    .iter()
                    .map(|(_, span)| file.source().slice(*span));
                parts.extend(texts.map(str::to_owned));
                let text = format!("reserved {};", parts.join(", "));
                (format!("write `{text}`"), Edit::replace(span, text))
            };
            let fix = reserving(file, title, vec![edit]);
            findings.push(Diagnostic::error(SCHEMA, file.source(), span, message).with_fix(fix));
        }
    }
}

fn source_has_comment(file: File<'_>, tokens: TokenRange) -> bool {
    let syntax = file.syntax();
    let inner = tokens.iter().skip(1);
    inner
        .flat_map(|token| syntax.each_comment_before(token))
        .next()
        .is_some()
}
