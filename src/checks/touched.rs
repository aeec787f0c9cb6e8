//! What a change has added or touched: declarations whose own text differs from that of a baseline.
//!
//! A declaration's own text is its tokens and comments without those of the declarations inside of it: a message is not
//! touched by a new field. It is known by its full name, so that moving it to another file does not touch it either.

use std::hash::Hasher;

use rustc_hash::{FxHashMap, FxHasher};

use super::registry::rule;
use crate::diagnostic::Diagnostic;
use crate::schema::{DeclaredPlaces, File, Schema};
use crate::syntax::TokenKind;

/// Own texts by symbol, as hashes.
type Texts = FxHashMap<String, u64>;

/// Two versions of files, and what differs between them.
#[derive(Debug)]
pub struct Touched<'s> {
    before: &'s Schema,
    /// Of the files that differ.
    old: Texts,
    new: Texts,
    /// Whether names that the baseline has are asked to change too.
    insists_on_names: bool,
}

impl<'s> Touched<'s> {
    /// Compares files with those of a baseline.
    pub fn new(before: &'s Schema, after: &Schema, insists_on_names: bool) -> Self {
        Self {
            before,
            old: texts(before, after),
            new: texts(after, before),
            insists_on_names,
        }
    }

    /// Whether a finding of the later version is about something that the change added or touched, and does not ask to
    /// change a name that is known already.
    pub fn holds(&self, finding: &Diagnostic) -> bool {
        let (Some(symbol), Some(place)) = (&finding.symbol, &finding.location) else {
            return true;
        };
        let (old, new) = (self.old.get(&**symbol), self.new.get(&**symbol));
        if new.is_none() || old == new {
            return false;
        }
        let is_published = old.is_some();
        // A statement of a file has no name; it is new where its text is.
        if **symbol == *place.source.name() && !place.span.is_empty() {
            let statement = place.source.slice(place.span);
            let before = self.before.file_named(place.source.name());
            if before.is_some_and(|file| file.source().text().contains(statement)) {
                return false;
            }
        }
        let is_about_name = rule(finding.code.0).is_some_and(|rule| rule.rule().fix.is_rename());
        self.insists_on_names || !(is_about_name && is_published)
    }
}

/// The own texts in the files of a schema that `other` does not have with the same bytes.
fn texts(schema: &Schema, other: &Schema) -> Texts {
    let mut texts = Texts::default();
    for file in schema.targets() {
        let same = other.file_named(file.path());
        if same.is_none_or(|same| same.source().bytes() != file.source().bytes()) {
            add(file, &mut texts);
        }
    }
    texts
}

fn add(file: File<'_>, texts: &mut Texts) {
    let syntax = file.syntax();
    let source = file.source();
    let places = DeclaredPlaces::new(file);
    let mut parts: FxHashMap<String, FxHasher> = FxHashMap::default();
    parts.entry(file.path().to_owned()).or_default();
    let mut last = file.path().to_owned();
    let mut last_end = 0;
    for token in syntax.tokens().iter() {
        let span = syntax.tokens().span(token);
        let symbol = match syntax.tokens().kind(token) {
            TokenKind::End => file.path().to_owned(),
            _ => places.symbol(span.start),
        };
        for comment in syntax.each_comment_before(token) {
            // What begins on the line of the last token is about that.
            let lines = source.lines();
            let trails = token.0 > 0 && lines.line(comment.start) == lines.line(last_end);
            let owner = if trails { &last } else { &symbol };
            let hasher = parts.entry(owner.clone()).or_default();
            hasher.write(source.slice(comment).as_bytes());
        }
        let hasher = parts.entry(symbol.clone()).or_default();
        hasher.write(source.slice(span).as_bytes());
        hasher.write_u8(0);
        (last, last_end) = (symbol, span.end);
    }
    texts.extend(
        parts
            .into_iter()
            .map(|(symbol, hasher)| (symbol, hasher.finish())),
    );
}
