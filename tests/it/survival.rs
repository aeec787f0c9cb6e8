//! What really happens to values between two versions of a message, told without any verdict.
//!
//! Values are written by one schema and read by the other, as bytes and as JSON. Meaning goes by number on the wire and
//! by key in JSON; a value that is read under another name, lost, or refused has come to harm.

use protogov::compatibility::dynamic::{Record, Value, from_json, read, to_json, write};
use protogov::compatibility::witness::candidates;
use protogov::schema::diff::Pair;
use protogov::schema::{Cardinality, Enum, Field, FieldKind, Message};

use super::pairs::Random;

/// On which surface values travel.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Surface {
    Wire,
    Json,
}

/// The two versions in one direction.
#[derive(Clone, Copy)]
struct Way<'s> {
    writer: Message<'s>,
    reader: Message<'s>,
    surface: Surface,
    /// Whether what only one side declares counts as harm too. Additions are no findings, nor are removals that are
    /// reserved: there only what both sides have has to survive.
    strict: bool,
}

/// The first harm that comes to a message, to those in it, or to its enums, in words; none where everything that is tried
/// survives. With `strict`, what only one side declares has to survive too.
pub fn harm(
    pair: Pair<Message<'_>>,
    surface: Surface,
    strict: bool,
    random: &mut Random,
) -> Option<String> {
    let inner = pair.before.messages().filter_map(|before| {
        let name = before.name().text;
        let after = pair
            .after
            .messages()
            .find(|after| after.name().text == name)?;
        Some(Pair { before, after })
    });
    let enums = pair.before.enums().filter_map(|before| {
        let name = before.name().text;
        let after = pair.after.enums().find(|after| after.name().text == name)?;
        Some(Pair { before, after })
    });
    harm_to_message(pair, surface, strict, random)
        .or_else(|| {
            inner
                .into_iter()
                .find_map(|pair| harm_to_message(pair, surface, strict, random))
        })
        .or_else(|| {
            enums
                .into_iter()
                .find_map(|pair| harm_to_enum(pair, surface, strict))
        })
}

/// What comes to a value of an enum, whatever field holds it.
fn harm_to_enum(pair: Pair<Enum<'_>>, surface: Surface, strict: bool) -> Option<String> {
    for (writer, reader) in [(pair.before, pair.after), (pair.after, pair.before)] {
        for value in writer.values() {
            let (name, Some(number)) = (value.name().text, value.number()) else {
                continue;
            };
            if !strict && is_only_in(number, writer, reader) {
                continue;
            }
            let is_listed = reader.values().any(|other| other.number() == Some(number));
            let is_named = reader.values().any(|other| other.name().text == name);
            let first = writer.values().find(|value| value.number() == Some(number));
            let is_written = first.is_some_and(|first| first.name().text == name);
            let is_harmed = match surface {
                Surface::Wire => {
                    is_moved(number, writer, reader) || reader.is_closed() && !is_listed
                }
                Surface::Json => is_written && !is_named,
            };
            if is_harmed {
                return Some(format!("`{name}` ({number}) of an enum"));
            }
        }
    }
    None
}

fn harm_to_message(
    pair: Pair<Message<'_>>,
    surface: Surface,
    strict: bool,
    random: &mut Random,
) -> Option<String> {
    let ways = [
        (pair.before, pair.after, "old to new"),
        (pair.after, pair.before, "new to old"),
    ];
    for (writer, reader, name) in ways {
        let way = Way {
            writer,
            reader,
            surface,
            strict,
        };
        let together = meeting(writer, reader);
        for record in records(writer, random).into_iter().chain(together) {
            if let Some(harm) = way.travel(record) {
                return Some(format!("{name}: {harm}"));
            }
        }
    }
    defaults(pair)
}

/// The values that are tried: each field alone with all that is worth trying, and some with several fields.
fn records(writer: Message<'_>, random: &mut Random) -> Vec<Record> {
    let base = required(writer);
    let fields: Vec<(Field<'_>, i32)> = writer
        .fields()
        .filter_map(|field| Some((field, field.number()?)))
        .collect();
    let mut records = vec![base.clone()];
    for (field, number) in &fields {
        for values in candidates(*field) {
            let mut record = base.clone();
            *record.get_mut(*number) = values;
            records.push(record);
        }
    }
    let mut whole = base.clone();
    let mut oneofs = Vec::new();
    for (field, number) in &fields {
        if !field.oneof().is_some_and(|oneof| oneofs.contains(&oneof)) {
            oneofs.extend(field.oneof());
            *whole.get_mut(*number) = candidates(*field).into_iter().next().unwrap_or_default();
        }
    }
    records.push(whole);
    for _ in 0..6 {
        let mut record = base.clone();
        let mut oneofs = Vec::new();
        for (field, number) in &fields {
            if random.one_in(3) || field.oneof().is_some_and(|oneof| oneofs.contains(&oneof)) {
                continue;
            }
            oneofs.extend(field.oneof());
            let values = candidates(*field);
            *record.get_mut(*number) = random.pick(&values).clone();
        }
        records.push(record);
    }
    for record in &mut records {
        record.fields.retain(|(_, values)| !values.is_empty());
    }
    records
}

/// Any two fields that the reader has in one oneof, set together.
fn meeting(writer: Message<'_>, reader: Message<'_>) -> Vec<Record> {
    let fields: Vec<(Field<'_>, i32)> = writer
        .fields()
        .filter_map(|field| Some((field, field.number()?)))
        .collect();
    let mut records = Vec::new();
    for (at, (one, number)) in fields.iter().enumerate() {
        let Some(oneof) = reader.field_numbered(*number).and_then(Field::oneof) else {
            continue;
        };
        for (other, second) in &fields[at + 1..] {
            let meets = reader.field_numbered(*second).and_then(Field::oneof) == Some(oneof);
            let are_apart = one.oneof().is_none() || one.oneof() != other.oneof();
            if meets && are_apart {
                let mut record = required(writer);
                for (field, number) in [(one, number), (other, second)] {
                    let set = candidates(*field)
                        .into_iter()
                        .find(|values| !values.is_empty());
                    *record.get_mut(*number) = set.unwrap_or_default();
                }
                records.push(record);
            }
        }
    }
    records
}

/// What has to be set, with the plainest values.
fn required(message: Message<'_>) -> Record {
    let mut record = Record::default();
    for field in message.fields() {
        if let (Cardinality::Required, Some(number)) = (field.cardinality(), field.number()) {
            let first = candidates(field).into_iter().next().unwrap_or_default();
            *record.get_mut(number) = first;
        }
    }
    record
}

/// A field that is absent means its default, on both sides.
fn defaults(pair: Pair<Message<'_>>) -> Option<String> {
    for before in pair.before.fields() {
        let after = before
            .number()
            .and_then(|number| pair.after.field_numbered(number));
        let Some(after) = after else { continue };
        let has_one = |field: Field<'_>| {
            matches!(
                field.cardinality(),
                Cardinality::Explicit | Cardinality::Implicit | Cardinality::Required
            )
        };
        if !has_one(before) || !has_one(after) || before.name() != after.name() {
            continue;
        }
        let set = |field: Field<'_>| field.default_value().map(|value| value.to_descriptor());
        let first = |node: Enum<'_>| {
            let value = node.values().next();
            value.map(|value| (value.number(), value.name().text.to_owned()))
        };
        let differs = match (before.kind(), after.kind()) {
            (FieldKind::Scalar(old), FieldKind::Scalar(new)) => {
                old == new && set(before) != set(after)
            }
            (FieldKind::Enum(old), FieldKind::Enum(new)) => {
                first(old).map(|value| value.0) != first(new).map(|value| value.0)
            }
            _ => false,
        };
        if differs {
            return Some(format!("`{}` has another default", before.name()));
        }
    }
    None
}

impl Way<'_> {
    fn travel(&self, mut record: Record) -> Option<String> {
        if !self.strict && !self.strip(&mut record) {
            return None;
        }
        let shown = format!("{:?}", record.fields);
        let told = |what: String| Some(format!("{shown}: {what}"));
        match self.surface {
            Surface::Wire => match read(self.reader, &write(self.writer, &record)) {
                Ok(got) => self.differs(&record, &got).and_then(told),
                Err(error) => told(error.to_string()),
            },
            Surface::Json => match from_json(self.reader, &to_json(self.writer, &record)) {
                Ok(got) => self.differs(&record, &got).and_then(told),
                Err(error) => told(error.to_string()),
            },
        }
    }

    fn inner<'m>(&self, writer: Message<'m>, reader: Message<'m>) -> Way<'m> {
        Way {
            writer,
            reader,
            surface: self.surface,
            strict: self.strict,
        }
    }

    /// The field that the reader has for a field of the writer.
    fn counterpart(&self, field: Field<'_>) -> Option<Field<'_>> {
        match self.surface {
            Surface::Wire => self.reader.field_numbered(field.number()?),
            Surface::Json => {
                let key = field.json_name();
                let mut fields = self.reader.fields();
                fields.find(|other| other.json_name() == key || other.name() == key)
            }
        }
    }

    /// Whether only the writer knows the field: by number and by name, in JSON by key. A number that the reader has for
    /// a field that the writer has under another one is no relation.
    fn is_one_sided(&self, field: Field<'_>) -> bool {
        let number = field.number().unwrap_or_default();
        if self.counterpart(field).is_some() || self.reader.field_named(&field.name()).is_some() {
            return false;
        }
        match (self.reader.field_numbered(number), self.surface) {
            (None, _) => true,
            (Some(other), Surface::Json) => {
                let key = other.json_name();
                self.writer.fields().any(|field| field.json_name() == key)
            }
            (Some(_), Surface::Wire) => false,
        }
    }

    /// Takes out what only the writer knows; false where nothing is left that could be sent.
    fn strip(&self, record: &mut Record) -> bool {
        let writer = self.writer;
        let mut can_be_sent = true;
        record.fields.retain_mut(|(number, values)| {
            let Some(field) = writer.field_numbered(*number) else {
                return true;
            };
            if self.is_one_sided(field) {
                return false;
            }
            let Some(other) = self.counterpart(field) else {
                return true;
            };
            // A closed enum has no place for what it does not list, and a required field has to be there.
            let is_required = field.cardinality() == Cardinality::Required;
            if is_required && matches!(other.kind(), FieldKind::Enum(node) if node.is_closed()) {
                return true;
            }
            values.retain_mut(|value| match value {
                Value::Entry(entry) => self.keeps(field.kind(), &mut entry.1, other.kind()),
                value => self.keeps(field.kind(), value, other.kind()),
            });
            can_be_sent &= !is_required || !values.is_empty();
            !values.is_empty()
        });
        can_be_sent
    }

    fn keeps(&self, kind: FieldKind<'_>, value: &mut Value, other: FieldKind<'_>) -> bool {
        match (kind, other) {
            (FieldKind::Enum(old), FieldKind::Enum(new)) => match value {
                Value::Enum(number) => !is_only_in(*number, old, new),
                _ => true,
            },
            (
                FieldKind::Message(old) | FieldKind::Delimited(old),
                FieldKind::Message(new) | FieldKind::Delimited(new),
            ) => {
                if let Value::Message(record) = value {
                    return self.inner(old, new).strip(record);
                }
                true
            }
            _ => true,
        }
    }

    /// What of a record was not read as it was written.
    fn differs(&self, written: &Record, got: &Record) -> Option<String> {
        for (number, values) in &written.fields {
            let Some(field) = self.writer.field_numbered(*number) else {
                continue;
            };
            let name = field.name();
            let Some(other) = self.counterpart(field) else {
                let moved = self.reader.field_named(&name).is_some();
                if self.strict || moved {
                    return Some(format!("`{name}` is lost"));
                }
                continue;
            };
            // Each name is one field to people, wherever both sides have it.
            let is_other = other.name() != name
                && (self.reader.field_named(&name).is_some()
                    || self.writer.field_named(&other.name()).is_some());
            let is_shared = self.surface == Surface::Json
                && (self.writer.fields())
                    .any(|second| second != field && self.counterpart(second) == Some(other));
            if is_other || is_shared {
                return Some(format!("`{name}` is read as `{}`", other.name()));
            }
            let read = got.get(other.number().unwrap_or_default());
            if !self.is_same_list((field, values), (other, read)) {
                return Some(format!("`{name}` is read as {read:?}"));
            }
        }
        None
    }

    fn is_same_list(
        &self,
        (field, written): (Field<'_>, &[Value]),
        (other, read): (Field<'_>, &[Value]),
    ) -> bool {
        if read.is_empty() && !written.is_empty() {
            // Without presence a zero is not there: only a writer that has none either meant just that.
            let neither = field.cardinality() == Cardinality::Implicit;
            return neither
                && other.cardinality() == Cardinality::Implicit
                && written.iter().all(is_zero);
        }
        if field.is_map() && other.is_map() {
            return written.len() == read.len()
                && written.iter().all(|value| {
                    read.iter()
                        .any(|got| self.is_same(field.kind(), value, other.kind(), got))
                });
        }
        let is_well_known = |field: Field<'_>| {
            let message = field.kind().message();
            message.is_some_and(|message| message.full_name().starts_with("google.protobuf."))
        };
        if self.surface == Surface::Json && (is_well_known(field) || is_well_known(other)) {
            return rewritten(field, written) == rewritten(other, read);
        }
        written.len() == read.len()
            && written
                .iter()
                .zip(read)
                .all(|(value, got)| self.is_same(field.kind(), value, other.kind(), got))
    }

    fn is_same(
        &self,
        kind: FieldKind<'_>,
        written: &Value,
        other: FieldKind<'_>,
        read: &Value,
    ) -> bool {
        match (kind, written, other, read) {
            (_, Value::Entry(a), _, Value::Entry(b)) => {
                is_plain(&a.0, &b.0) && self.is_same(kind, &a.1, other, &b.1)
            }
            // An entry of a map and the message that stands for it.
            (_, Value::Entry(entry), _, Value::Message(record))
            | (_, Value::Message(record), _, Value::Entry(entry)) => {
                let part = |number, held: &Value| match record.get(number).first() {
                    Some(value) => is_plain(value, held),
                    None => is_zero(held),
                };
                part(1, &entry.0) && part(2, &entry.1)
            }
            (FieldKind::Enum(old), Value::Enum(a), FieldKind::Enum(new), Value::Enum(b)) => {
                match self.surface {
                    Surface::Wire => a == b && !is_moved(*a, old, new) && !is_moved(*a, new, old),
                    Surface::Json => {
                        let name = |node: Enum<'_>, number| {
                            let value = node.values().find(|value| value.number() == Some(number));
                            value.map(|value| value.name().text.to_owned())
                        };
                        let has = |name: &str| {
                            new.values().any(|value| {
                                value.name().text == name && value.number() == Some(*b)
                            })
                        };
                        name(old, *a).map_or(a == b, |name| has(&name))
                    }
                }
            }
            (
                FieldKind::Message(old) | FieldKind::Delimited(old),
                Value::Message(a),
                FieldKind::Message(new) | FieldKind::Delimited(new),
                Value::Message(b),
            ) => self.inner(old, new).differs(a, b).is_none(),
            (
                FieldKind::Message(old) | FieldKind::Delimited(old),
                Value::Message(a),
                _,
                Value::Bytes(b),
            ) => write(old, a) == *b,
            (
                _,
                Value::Bytes(a),
                FieldKind::Message(new) | FieldKind::Delimited(new),
                Value::Message(b),
            ) => write(new, b) == *a,
            _ => is_plain(written, read),
        }
    }
}

/// What JSON has for a field, numbers as text: some of them are written so.
fn rewritten(field: Field<'_>, values: &[Value]) -> Option<String> {
    let record = Record::of(field.number()?, values.to_vec());
    let json = to_json(field.containing_message()?, &record);
    let value = json.get(field.json_name())?;
    Some(value.to_string().replace('"', ""))
}

/// Whether a listed number is known to one enum only, by number and by every name.
fn is_only_in(number: i32, old: Enum<'_>, new: Enum<'_>) -> bool {
    let mut names = old
        .values()
        .filter(|value| value.number() == Some(number))
        .peekable();
    names.peek().is_some()
        && !new.values().any(|value| value.number() == Some(number))
        && names.all(|value| {
            !new.values()
                .any(|other| other.name().text == value.name().text)
        })
}

/// Whether a name of the number has another number in the other enum.
fn is_moved(number: i32, from: Enum<'_>, to: Enum<'_>) -> bool {
    from.values()
        .filter(|value| value.number() == Some(number))
        .any(|value| {
            to.values().any(|other| {
                other.name().text == value.name().text && other.number() != Some(number)
            })
        })
}

fn is_zero(value: &Value) -> bool {
    match value {
        Value::Bool(value) => !value,
        Value::Integer(value) => *value == 0,
        Value::Enum(value) => *value == 0,
        Value::Float(value) => value.to_bits() == 0,
        Value::Double(value) => value.to_bits() == 0,
        Value::String(value) | Value::Bytes(value) => value.is_empty(),
        Value::Message(record) => record.fields.is_empty(),
        Value::Entry(_) => false,
    }
}

/// Whether two values are one to people, their types aside.
fn is_plain(a: &Value, b: &Value) -> bool {
    let number = |value: &Value| match value {
        Value::Bool(value) => Some(i128::from(*value)),
        Value::Integer(value) => Some(*value),
        Value::Enum(value) => Some(i128::from(*value)),
        _ => None,
    };
    let real = |value: &Value| match value {
        Value::Float(value) => Some(f64::from(*value)),
        Value::Double(value) => Some(*value),
        #[allow(
            clippy::cast_precision_loss,
            reason = "compared as a float is what is meant"
        )]
        Value::Integer(value) => Some(*value as f64),
        _ => None,
    };
    match (a, b) {
        (Value::String(a) | Value::Bytes(a), Value::String(b) | Value::Bytes(b)) => a == b,
        _ if number(a).is_some() && number(b).is_some() => number(a) == number(b),
        _ => real(a).is_some() && real(a) == real(b),
    }
}
