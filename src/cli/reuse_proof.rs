//! The messages that prove a reuse. Of the old holder only its declaration is known, so it is declared once more, in a
//! message or enum of its own.

use std::borrow::Cow;
use std::sync::Arc;

use crate::checks::breaking::Proof;
use crate::compatibility::Verdict;
use crate::compatibility::witness::{self, NoWitness, Subject, Surface, Witness};
use crate::history::{Kind, ReuseFinding, Reused};
use crate::schema::diff::Pair;
use crate::schema::{Edition, Input, Message, Role, Schema};
use crate::syntax::File;
use crate::syntax::tree::Scalar;
use crate::text::Source;

/// The message that stands for the type.
const HOLDER: &str = "Holder";

/// A proof for each surface on which something happens.
pub(super) fn proofs(found: &ReuseFinding, verdict: &Verdict, today: &Schema) -> Vec<Proof> {
    Surface::harmed_by(verdict)
        .map(|surface| Proof {
            surface,
            witness: prove(found, today, surface),
        })
        .collect()
}

fn prove(
    found: &ReuseFinding,
    today: &Schema,
    surface: Surface,
) -> Result<Witness, Cow<'static, str>> {
    let number = found.symbol.rsplit_once('#');
    let Some((name, number)) = number.and_then(|(name, number)| Some((name, number.parse().ok()?)))
    else {
        return Err("what it is about has no number".into());
    };
    if found.kind == Kind::Enum {
        let value = |name: &str| {
            linked(&format!(
                "syntax = \"proto2\";\nenum Value {{ {name} = {number}; }}\nmessage {HOLDER} {{ optional Value value = 1; }}\n"
            ))
        };
        let (before, after) = (value(&found.old.name), value(&found.new.name));
        return between(before.message(HOLDER), after.message(HOLDER), 1, surface);
    }
    let Some(message) = today.message(name) else {
        return Err("the message is not there".into());
    };
    let old = &found.old;
    let words = old.type_name.split(|c: char| !c.is_alphanumeric());
    let mut types = words.filter(|word| !word.is_empty() && *word != "map");
    if types.any(|word| Scalar::from_keyword(word).is_none()) {
        let unknown = &old.type_name;
        return Err(format!("the history does not keep what `{unknown}` holds").into());
    }
    if old.type_name.is_empty() {
        return Err("the lock file does not keep the type".into());
    }
    let (head, optional) = match message.file().edition() {
        Edition::Proto2 if old.type_name.starts_with("map") => ("syntax = \"proto2\";", ""),
        Edition::Proto2 => ("syntax = \"proto2\";", "optional"),
        Edition::Proto3 => ("syntax = \"proto3\";", ""),
        _ => ("edition = \"2023\";", ""),
    };
    // What was required would only be refused for its absence.
    let label = if old.label.as_ref() == "repeated" {
        "repeated"
    } else {
        optional
    };
    let before = linked(&format!(
        "{head}\nmessage {HOLDER} {{ {label} {} {} = {number}; }}\n",
        old.type_name, old.name
    ));
    let is_number = found.what == Reused::Number && surface == Surface::Wire;
    let Some(holder) = before.message(HOLDER) else {
        return Err("its old declaration does not compile by itself".into());
    };
    let subject = if is_number {
        Subject::Taken(number)
    } else {
        Subject::Field(number)
    };
    let messages = Pair {
        before: holder,
        after: message,
    };
    told(witness::find_written_by_baseline(
        messages,
        &[subject],
        surface,
    ))
}

fn between(
    before: Option<Message<'_>>,
    after: Option<Message<'_>>,
    number: i32,
    surface: Surface,
) -> Result<Witness, Cow<'static, str>> {
    let (Some(before), Some(after)) = (before, after) else {
        return Err("its old declaration does not compile by itself".into());
    };
    let subjects = [Subject::Taken(number)];
    told(witness::find_written_by_baseline(
        Pair { before, after },
        &subjects,
        surface,
    ))
}

fn told(found: Result<Witness, NoWitness>) -> Result<Witness, Cow<'static, str>> {
    found.map_err(|_| "everything that was tried is read as it was written".into())
}

fn linked(text: &str) -> Schema {
    // A text of a few lines is never too large.
    let source = Source::new("history.proto", "history.proto", text.as_bytes().to_vec());
    let inputs = source
        .into_iter()
        .map(|source| Input::new(Arc::new(File::parse(Arc::new(source))), Role::Target));
    Schema::link(inputs.collect())
}
