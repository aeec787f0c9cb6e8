//! The messages that prove what a change does, or why no message can.

use std::borrow::Cow;
use std::sync::OnceLock;

use rustc_hash::FxHashMap;

use super::aspect::Aspect;
use super::ranges;
use crate::compatibility::Verdict;
use crate::compatibility::witness::{self, NoWitness, Subject, Surface, Witness};
use crate::schema::diff::{Change, Diff, Pair};
use crate::schema::{Cardinality, Enum, Field, FieldKind, File, Message, Method, Oneof};

/// A message that shows what a change does on a surface, or the reason that none does.
#[derive(Debug, Clone, PartialEq)]
pub struct Proof {
    /// The surface.
    pub surface: Surface,
    /// What was found.
    pub witness: Result<Witness, Cow<'static, str>>,
}

/// Fields that are tried of a message, or as holders of an enum.
const MOST_FIELDS: usize = 64;

/// Where enums are held: the fields of messages that are on both sides, by the enum's full name. Most comparisons never ask.
pub(super) type Holders<'s> = OnceLock<FxHashMap<&'s str, Vec<(Pair<Message<'s>>, i32)>>>;

/// Proves the verdicts on one change, each surface and aspect once, however many rules see it.
pub(super) struct Prover<'c, 's> {
    diff: &'c Diff<'s>,
    holders: &'c Holders<'s>,
    change: &'c Change<'s>,
    known: Vec<(Aspect, Option<i32>, Proof)>,
}

impl<'c, 's> Prover<'c, 's> {
    pub(super) fn new(
        diff: &'c Diff<'s>,
        holders: &'c Holders<'s>,
        change: &'c Change<'s>,
    ) -> Self {
        Self {
            diff,
            holders,
            change,
            known: Vec::new(),
        }
    }

    /// A proof for each surface on which something happens. `number` is that of the field or enum value which a finding is
    /// about.
    pub(super) fn proofs(
        &mut self,
        aspect: Aspect,
        number: Option<i32>,
        verdict: &Verdict,
    ) -> Vec<Proof> {
        Surface::harmed_by(verdict)
            .map(|surface| {
                let known = self.known.iter().find(|(of, about, proof)| {
                    (*of, *about, proof.surface) == (aspect, number, surface)
                });
                if let Some((.., proof)) = known {
                    return proof.clone();
                }
                let proof = Proof {
                    surface,
                    witness: self.prove(aspect, number, surface),
                };
                self.known.push((aspect, number, proof.clone()));
                proof
            })
            .collect()
    }

    fn prove(
        &self,
        aspect: Aspect,
        number: Option<i32>,
        surface: Surface,
    ) -> Result<Witness, Cow<'static, str>> {
        if let Some(reason) = beyond_messages(aspect) {
            return Err(reason.into());
        }
        match self.change {
            Change::Field(pair) | Change::MapEntry(pair) => of_field(*pair, aspect, surface),
            Change::FieldRemoved(field, messages) => of_one_side(*field, *messages, surface),
            Change::FieldAdded(field, messages) => of_one_side(*field, *messages, surface),
            Change::Extension(_) | Change::ExtensionRemoved(_) => {
                Err("it is an extension, and those are not tried".into())
            }
            Change::OneofRemoved(oneof, messages) => found(*messages, &together(*oneof), surface),
            Change::Enum(enums)
            | Change::EnumNumber(_, enums)
            | Change::EnumNumberRemoved(_, enums)
            | Change::EnumNumberAdded(_, enums) => self.of_enum(*enums, aspect, number, surface),
            Change::Message(messages) => match (aspect, surface) {
                (Aspect::ExtensionRange, _) => of_extension_range(*messages, surface),
                (Aspect::Cardinality, _) => found(*messages, &[Subject::Nothing], surface),
                _ => Err("it changes no message that could be sent".into()),
            },
            Change::Method(pair) => of_method(*pair, aspect, surface),
            Change::MethodRemoved(method, _) => Err(of_call(*method).into()),
            Change::ServiceRemoved(service) => match service.methods().next() {
                Some(method) => Err(of_call(method).into()),
                None => Err("the service has no method to call".into()),
            },
            Change::MessageRemoved(message) => {
                Ok(Witness::of_type_url(message.full_name(), surface))
            }
            Change::File(Pair { before: file, .. }) | Change::FileRemoved(file) => {
                self.of_file(*file, surface)
            }
            _ => Err("it changes no message that could be sent".into()),
        }
    }

    /// An enum is sent in the fields that hold it.
    fn of_enum(
        &self,
        enums: Pair<Enum<'s>>,
        aspect: Aspect,
        number: Option<i32>,
        surface: Surface,
    ) -> Result<Witness, Cow<'static, str>> {
        let holders = self.holders.get_or_init(|| holders(self.diff));
        let name = enums.before.full_name();
        let Some(fields) = holders.get(name) else {
            let value = number.filter(|_| aspect != Aspect::Default);
            if let Some(witness) =
                value.and_then(|number| Witness::of_enum_value(enums, number, surface))
            {
                return Ok(witness);
            }
            return Err(format!("no field of a message on both sides holds `{name}`").into());
        };
        let mut reason = Cow::Borrowed("");
        for &(messages, field) in fields {
            let subject = match (aspect, number) {
                (Aspect::Default, _) => Subject::Default(field),
                (_, Some(value)) => Subject::Value(field, value),
                (_, None) => Subject::Field(field),
            };
            match found(messages, &[subject], surface) {
                Ok(witness) => return Ok(witness),
                Err(why) => reason = why,
            }
        }
        Err(reason)
    }

    /// What a file declares is named in type URLs and in the paths of calls.
    fn of_file(&self, file: File<'s>, surface: Surface) -> Result<Witness, Cow<'static, str>> {
        let after = self.diff.after();
        let is_gone = |name: &str| after.symbol(name).is_none();
        let mut messages = file.all_messages();
        if let Some(message) = messages.find(|message| is_gone(message.full_name())) {
            return Ok(Witness::of_type_url(message.full_name(), surface));
        }
        let mut services = file.services();
        let service = services.find(|service| is_gone(service.full_name()));
        let method = service.and_then(|service| service.methods().next());
        Err(match method {
            Some(method) => of_call(method).into(),
            None => "it changes no message that could be sent".into(),
        })
    }
}

/// What no message shows, whatever it holds.
const fn beyond_messages(aspect: Aspect) -> Option<&'static str> {
    Some(match aspect {
        Aspect::Reserved => "nothing happens until what was reserved is used",
        Aspect::Http => "the path of a request changes, and no message does",
        Aspect::Behavior => "what callers have to set is asked for by the service, not by a reader",
        Aspect::CustomOption => {
            "what the option asks for is checked by the service, not by a reader"
        }
        Aspect::Operation => "the type is named in an `Any` that the service fills in",
        Aspect::Order => "readers that know both names read either",
        Aspect::Syntax | Aspect::Option => "it changes no message that could be sent",
        _ => return None,
    })
}

fn found(
    messages: Pair<Message<'_>>,
    subjects: &[Subject],
    surface: Surface,
) -> Result<Witness, Cow<'static, str>> {
    witness::find(messages, subjects, surface).map_err(|why| match why {
        NoWitness::Harmless => "everything that was tried is read as it was written".into(),
        NoWitness::Disagreement => "two decoders do not read the same from it".into(),
    })
}

fn of_field(
    pair: Pair<Field<'_>>,
    aspect: Aspect,
    surface: Surface,
) -> Result<Witness, Cow<'static, str>> {
    let sides = pair.map(Field::containing_message);
    let (Some(before), Some(after), Some(number)) =
        (sides.before, sides.after, pair.before.number())
    else {
        return Err("the message that it is part of is not there".into());
    };
    let messages = Pair { before, after };
    let mut subjects = vec![Subject::Field(number)];
    match aspect {
        Aspect::Default => subjects = vec![Subject::Default(number)],
        Aspect::Cardinality => subjects.push(Subject::Nothing),
        Aspect::Oneof => {
            for oneof in [pair.before.oneof(), pair.after.oneof()]
                .into_iter()
                .flatten()
            {
                let others = members(oneof).filter(|&other| other != number);
                subjects.extend(others.map(|other| Subject::Together(number, other)));
            }
        }
        _ => {}
    }
    found(messages, &subjects, surface)
}

/// Every two members of a oneof at once.
fn together(oneof: Oneof<'_>) -> Vec<Subject> {
    let mut subjects = Vec::new();
    let numbers: Vec<i32> = members(oneof).collect();
    for (at, &one) in numbers.iter().enumerate() {
        let others = numbers[at + 1..].iter();
        subjects.extend(others.map(|&other| Subject::Together(one, other)));
    }
    subjects
}

/// The numbers of a oneof's members that are tried.
fn members(oneof: Oneof<'_>) -> impl Iterator<Item = i32> {
    let numbers = oneof.fields().filter_map(Field::number);
    numbers.take(MOST_FIELDS)
}

/// A field that one side has: what it holds is lost, and where it is required, so is every message without it.
fn of_one_side(
    field: Field<'_>,
    messages: Pair<Message<'_>>,
    surface: Surface,
) -> Result<Witness, Cow<'static, str>> {
    let Some(number) = field.number() else {
        return Err("it has no number".into());
    };
    // A name that lives on under another number is the same key.
    let mut subjects = vec![Subject::Field(number)];
    if field.cardinality() == Cardinality::Required {
        subjects.insert(0, Subject::Nothing);
    }
    found(messages, &subjects, surface)
}

fn of_extension_range(
    messages: Pair<Message<'_>>,
    surface: Surface,
) -> Result<Witness, Cow<'static, str>> {
    let (before, after) = (messages.before, messages.after);
    let kept = ranges::Ranges::of(after.extension_ranges());
    let lost = before.extension_ranges().find(|range| !kept.cover(range));
    let number = lost.and_then(|range| i32::try_from(range.start.value?).ok());
    match (number, surface) {
        (Some(number), Surface::Wire) => Ok(Witness::of_extension(number)),
        _ => Err("in JSON the key of an extension is its full name".into()),
    }
}

fn of_method(
    pair: Pair<Method<'_>>,
    aspect: Aspect,
    surface: Surface,
) -> Result<Witness, Cow<'static, str>> {
    let messages = match aspect {
        Aspect::Request => pair.map(Method::input),
        Aspect::Response => pair.map(Method::output),
        _ => return Err("it changes no message that could be sent".into()),
    };
    match (messages.before, messages.after) {
        (Some(before), Some(after)) if before.full_name() != after.full_name() => {
            let fields = before.fields().chain(after.fields());
            let mut numbers: Vec<i32> = fields.filter_map(Field::number).collect();
            numbers.sort_unstable();
            numbers.dedup();
            let subjects = numbers.into_iter().take(MOST_FIELDS).map(Subject::Field);
            let subjects: Vec<Subject> = [Subject::Nothing].into_iter().chain(subjects).collect();
            found(Pair { before, after }, &subjects, surface)
        }
        _ => Err(of_call(pair.before).into()),
    }
}

/// A call fails whatever its messages hold.
fn of_call(method: Method<'_>) -> String {
    let service = method.parent().full_name();
    format!(
        "it is the call of `/{service}/{}` that fails, whatever its messages hold",
        method.name().text
    )
}

fn holders<'s>(diff: &Diff<'s>) -> FxHashMap<&'s str, Vec<(Pair<Message<'s>>, i32)>> {
    let mut holders: FxHashMap<&str, Vec<(Pair<Message<'_>>, i32)>> = FxHashMap::default();
    for before in diff.before().files().flat_map(File::all_messages) {
        let mut paired = None;
        for field in before.fields() {
            let (FieldKind::Enum(node), false) = (field.kind(), field.is_map()) else {
                continue;
            };
            let after = *paired.get_or_insert_with(|| diff.after().message(before.full_name()));
            let (Some(after), Some(number)) = (after, field.number()) else {
                break;
            };
            let other = after.field_numbered(number).map(Field::kind);
            let is_held = matches!(other, Some(FieldKind::Enum(other)) if other.full_name() == node.full_name());
            let held = holders.entry(node.full_name()).or_default();
            if is_held && held.len() < MOST_FIELDS {
                held.push((Pair { before, after }, number));
            }
        }
    }
    holders.retain(|_, held| !held.is_empty());
    holders
}
