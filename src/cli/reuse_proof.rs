//! The messages that prove a reuse. Of the old holder only its declaration is known, so it is declared once more, in a
//! message or enum of its own.

use std::borrow::Cow;
use std::fmt::Write as _;
use std::sync::Arc;

use crate::checks::breaking::Proof;
use crate::compatibility::Verdict;
use crate::compatibility::witness::{self, NoWitness, Subject, Surface, Witness};
use crate::history::{Kind, ReuseFinding, Reused};
use crate::schema::diff::Pair;
use crate::schema::{Edition, Enum, FieldKind, Input, Message, Role, Schema};
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
    if old.type_name.is_empty() {
        return Err("the lock file does not keep the type".into());
    }
    let (head, optional) = match message.file().edition() {
        Edition::Proto2 if old.type_name.starts_with("map") => ("syntax = \"proto2\";", ""),
        Edition::Proto2 => ("syntax = \"proto2\";", "optional"),
        Edition::Proto3 => ("syntax = \"proto3\";", ""),
        _ => ("edition = \"2023\";", ""),
    };
    let Some((type_name, declared)) = redeclared(&old.type_name, message, optional) else {
        let unknown = &old.type_name;
        return Err(format!(
            "the history does not keep what `{unknown}` holds, and no type of today is called so"
        )
        .into());
    };
    // What was required would only be refused for its absence.
    let label = if old.label.as_ref() == "repeated" {
        "repeated"
    } else {
        optional
    };
    let before = linked(&format!(
        "{head}\nmessage {HOLDER} {{ {label} {type_name} {} = {number}; {declared} }}\n",
        old.name
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

/// The name of the type that stands for an old one in a message of its own, and its declaration there. A type that is no
/// built-in one is taken from today's schema, where it still has the name: an enum with its values, a message with those of
/// its fields that hold built-in types.
fn redeclared(type_name: &str, message: Message<'_>, optional: &str) -> Option<(String, String)> {
    let value = match type_name.strip_prefix("map<") {
        Some(entry) => entry.strip_suffix('>')?.split_once(',')?.1.trim(),
        None => type_name,
    };
    if Scalar::from_keyword(value).is_some() {
        return Some((type_name.to_owned(), String::new()));
    }
    let schema = message.file().schema();
    let mut scope = Some(message.full_name());
    while let Some(outer) = scope {
        let name = match outer {
            "" => value.to_owned(),
            outer => format!("{outer}.{value}"),
        };
        let declared = match (schema.enumeration(&name), schema.message(&name)) {
            (Some(node), _) => Some(enum_of(node)),
            (None, Some(message)) => Some(message_of(message, optional)),
            (None, None) => None,
        };
        if let Some(declared) = declared {
            return Some((type_name.replace(value, STAND_IN), declared));
        }
        scope = match outer.rsplit_once('.') {
            Some((outer, _)) => Some(outer),
            None if outer.is_empty() => None,
            None => Some(""),
        };
    }
    None
}

/// The type that stands for one of the history.
const STAND_IN: &str = "StandIn";

fn enum_of(node: Enum<'_>) -> String {
    let mut text = format!("enum {STAND_IN} {{ ");
    let mut numbers: Vec<i32> = node.values().filter_map(|value| value.number()).collect();
    let count = numbers.len();
    numbers.sort_unstable();
    numbers.dedup();
    if numbers.len() < count {
        text += "option allow_alias = true; ";
    }
    for value in node.values() {
        if let Some(number) = value.number() {
            let _ = write!(text, "{} = {number}; ", value.name().text);
        }
    }
    text + "}"
}

fn message_of(message: Message<'_>, optional: &str) -> String {
    let mut text = format!("message {STAND_IN} {{ ");
    for field in message.fields() {
        let (FieldKind::Scalar(scalar), false, Some(number)) =
            (field.kind(), field.is_map(), field.number())
        else {
            continue;
        };
        let label = if field.is_repeated() {
            "repeated"
        } else {
            optional
        };
        let (keyword, name) = (scalar.keyword(), field.name());
        let _ = write!(text, "{label} {keyword} {name} = {number}; ");
    }
    text + "}"
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
