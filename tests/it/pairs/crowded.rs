//! Two messages that know nothing of each other, made of so few names, numbers and keys that they meet in all of them.
//!
//! Changes of the kinds that the table knows move one field at a time; here a name may have gone to one number, its key to
//! another field and its number to a third.

use super::{Enum, Field, Kind, Label, Message, Random, Syntax};

const NAMES: [&str; 3] = ["a", "b", "c"];

/// Types that JSON writes otherwise than by their fields, and types that look like theirs.
const WELL_KNOWN: &[&str] = &[
    "google.protobuf.Timestamp",
    "google.protobuf.Duration",
    "google.protobuf.FieldMask",
    "google.protobuf.Int32Value",
    "google.protobuf.Int64Value",
    "google.protobuf.StringValue",
    "google.protobuf.Struct",
    "google.protobuf.Value",
    "google.protobuf.ListValue",
    "google.protobuf.Any",
    "google.protobuf.Empty",
    "int32",
    "string",
    "bytes",
];

impl Message {
    /// Two messages of one name and syntax. Either their fields differ, or a message in them, or their enum.
    pub fn crowded(name: &str, random: &mut Random) -> [Self; 2] {
        let syntax = *random.pick(&Syntax::ALL);
        let mut one = Self::empty(name, syntax);
        one.enums.push(Enum::crowd("E0", syntax, random));
        for inner in ["S0", "S1"] {
            let mut inner = Self::empty(inner, syntax);
            inner.fill(random);
            one.messages.push(inner);
        }
        if random.one_in(3) {
            one.oneofs.push("choice".to_owned());
        }
        let mut other = one.clone();
        one.fill(random);
        match random.below(6) {
            0 => {
                other.messages[0] = Self::empty("S0", syntax);
                other.messages[0].fill(random);
                other.fields.clone_from(&one.fields);
            }
            1 => {
                other.enums[0] = Enum::crowd("E0", syntax, random);
                other.fields.clone_from(&one.fields);
            }
            _ => other.fill(random),
        }
        one.drop_empty_oneofs();
        other.drop_empty_oneofs();
        [one, other]
    }

    fn fill(&mut self, random: &mut Random) {
        let names = shuffled(&NAMES, random);
        let numbers = shuffled(&[1, 2, 3], random);
        let count = 1 + random.below(NAMES.len()).min(random.below(NAMES.len()));
        for (at, (name, number)) in names.into_iter().zip(numbers).enumerate() {
            if at >= count {
                if !random.one_in(4) {
                    self.reserved.push((name.to_owned(), number));
                }
                continue;
            }
            let kind = match random.below(14) {
                5 | 6 => Kind::Scalar(random.word(WELL_KNOWN)),
                0 => Kind::Map("string", Box::new(Kind::Scalar("int32"))),
                1 if !self.enums.is_empty() => Kind::Enum(0),
                2 | 3 if !self.messages.is_empty() => {
                    Kind::Message(random.below(self.messages.len()))
                }
                4 => Kind::Scalar("int32"),
                _ => Kind::Scalar("string"),
            };
            let label = match random.below(8) {
                0 if self.syntax != Syntax::Proto3 => Label::Required,
                1 => Label::Repeated,
                2 if self.syntax != Syntax::Proto2 && !is_message(&kind) => Label::Implicit,
                3 | 4 if !self.oneofs.is_empty() => Label::Oneof(0),
                _ => Label::Explicit,
            };
            let label = match kind {
                Kind::Map(..) => Label::Explicit,
                _ => label,
            };
            self.fields.push(Field {
                name: name.to_owned(),
                number,
                kind,
                label,
                packed: None,
                delimited: random.one_in(6),
                unverified: false,
                json_name: random.one_in(4).then(|| random.word(&NAMES).to_owned()),
                default: None,
            });
        }
        // A key that is the name of another field, or its key, belongs to nobody.
        for at in 0..self.fields.len() {
            let key = self.fields[at].json_name.clone();
            let is_taken = self.fields.iter().enumerate().any(|(other, field)| {
                other != at && (Some(&field.name) == key.as_ref() || field.json_name == key)
            });
            if is_taken {
                self.fields[at].json_name = None;
            }
        }
    }
}

impl Enum {
    fn crowd(name: &str, syntax: Syntax, random: &mut Random) -> Self {
        let mut values: Vec<(String, i32)> = Vec::new();
        for value in shuffled(&["X", "Y", "Z"], random) {
            let number = match (values.is_empty(), syntax) {
                (true, Syntax::Proto2) | (false, _) => random.below(3) as i32,
                (true, _) => 0,
            };
            if values.is_empty() || !random.one_in(3) {
                values.push((format!("{name}_{value}"), number));
            }
        }
        Self {
            name: name.to_owned(),
            closed: false,
            alias: false,
            values,
            reserved: Vec::new(),
        }
    }
}

fn is_message(kind: &Kind) -> bool {
    matches!(kind, Kind::Scalar(name) if name.starts_with("google."))
}

fn shuffled<T: Clone>(all: &[T], random: &mut Random) -> Vec<T> {
    let mut rest = all.to_vec();
    let mut out = Vec::new();
    while !rest.is_empty() {
        out.push(rest.remove(random.below(rest.len())));
    }
    out
}
