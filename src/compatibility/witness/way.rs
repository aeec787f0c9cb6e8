//! A message on its way from one version to the other, and what became of it.

use super::survival::becomes;
use super::values::{candidates, required, requires_too_much};
use super::{Direction, Subject, Surface, Survival, Witness, shown};
use crate::compatibility::dynamic::{self, Record, Value};
use crate::compatibility::field_of_key;
use crate::schema::diff::Pair;
use crate::schema::features::Utf8Validation;
use crate::schema::{Cardinality, Field, FieldKind, Message};
use crate::syntax::tree::Scalar;

/// A message on its way, before it is put in words.
pub(super) struct Trial {
    pub(super) record: Record,
    pub(super) bytes: Vec<u8>,
    read: Record,
    survival: Survival,
    is_partial: bool,
    /// The field whose absence is what is looked at.
    absent: Option<i32>,
}

impl Trial {
    /// The worst first, then the shortest.
    pub(super) fn order(&self) -> (u8, usize) {
        (u8::MAX - self.survival.rank(), self.bytes.len())
    }
}

/// Two versions of a message in one direction.
#[derive(Clone, Copy)]
pub(super) struct Way<'s> {
    pub(super) writer: Message<'s>,
    pub(super) reader: Message<'s>,
    pub(super) direction: Direction,
    surface: Surface,
    /// Whether nobody asks for what is required.
    is_partial: bool,
}

impl<'s> Way<'s> {
    pub(super) fn new(pair: Pair<Message<'s>>, direction: Direction, surface: Surface) -> Self {
        let (writer, reader) = match direction {
            Direction::OldToNew => (pair.before, pair.after),
            Direction::NewToOld => (pair.after, pair.before),
        };
        Self {
            writer,
            reader,
            direction,
            surface,
            is_partial: false,
        }
    }

    pub(super) fn worst(&self, subjects: &[Subject]) -> Option<Trial> {
        // Where what is required does not arrive, nothing that is sent with it proves anything: then it is left out.
        let is_blocked = requires_too_much(self.writer)
            || self.send(required(self.writer), &[]).survival != Survival::Same;
        let partial = Self {
            is_partial: true,
            ..*self
        };
        let tried = subjects.iter().flat_map(|&subject| match subject {
            Subject::Nothing if requires_too_much(self.writer) => Vec::new(),
            Subject::Nothing => self.trials(subject),
            _ if is_blocked => partial.trials(subject),
            _ => self.trials(subject),
        });
        tried
            .filter(|trial| trial.survival != Survival::Same)
            .min_by_key(Trial::order)
    }

    pub(super) fn trials(&self, subject: Subject) -> Vec<Trial> {
        let with = |parts: &[(i32, Vec<Value>)]| {
            let mut record = match self.is_partial {
                true => Record::default(),
                false => required(self.writer),
            };
            for (number, values) in parts {
                record.get_mut(*number).clone_from(values);
            }
            let focus: Vec<i32> = parts.iter().map(|part| part.0).collect();
            self.send(record, &focus)
        };
        match subject {
            Subject::Nothing => vec![with(&[])],
            Subject::Field(number) => {
                let field = self.writer.field_numbered(number);
                let values = field.map(|field| self.values(field)).unwrap_or_default();
                (values.into_iter())
                    .map(|values| with(&[(number, values)]))
                    .collect()
            }
            Subject::Taken(number) => {
                let mut trials = self.trials(Subject::Field(number));
                trials.retain(|trial| !trial.record.get(number).is_empty());
                let is_read = |trial: &Trial| !trial.read.get(number).is_empty();
                // What the new holder reads shows more than what it does not notice.
                if trials.iter().any(is_read) {
                    trials.retain(is_read);
                }
                for trial in &mut trials {
                    if trial.survival == Survival::Same && is_read(trial) {
                        trial.survival = Survival::Changed;
                    }
                }
                trials
            }
            Subject::Value(number, value) => {
                let holds = |field: &Field<'_>| {
                    let is_listed = match field.kind() {
                        FieldKind::Enum(node) => node.value_numbered(value).is_some(),
                        _ => false,
                    };
                    let is_left_out = field.cardinality() == Cardinality::Implicit && value == 0;
                    is_listed && !field.is_map() && !is_left_out
                };
                let field = self.writer.field_numbered(number).filter(holds);
                (field.into_iter())
                    .map(|_| with(&[(number, vec![Value::Enum(value)])]))
                    .collect()
            }
            Subject::Together(one, other) => {
                let fields = [one, other].map(|number| self.writer.field_numbered(number));
                let [Some(first), Some(second)] = fields else {
                    return Vec::new();
                };
                if first.oneof().is_some() && first.oneof() == second.oneof() {
                    return Vec::new();
                }
                let plain = |field| candidates(field).into_iter().next().unwrap_or_default();
                vec![with(&[(one, plain(first)), (other, plain(second))])]
            }
            Subject::Default(number) => {
                let mut trial = with(&[]);
                let fields = [self.writer, self.reader].map(|side| side.field_numbered(number));
                let [Some(writer), Some(reader)] = fields else {
                    return Vec::new();
                };
                if trial.survival == Survival::Same
                    && shown::default(writer) != shown::default(reader)
                {
                    trial.survival = Survival::Changed;
                }
                trial.absent = Some(number);
                vec![trial]
            }
        }
    }

    fn values(&self, field: Field<'_>) -> Vec<Vec<Value>> {
        let mut values = candidates(field);
        let is_text = matches!(field.kind(), FieldKind::Scalar(Scalar::String)) && !field.is_map();
        if is_text
            && self.surface == Surface::Wire
            && field.features().utf8_validation != Utf8Validation::Verify
        {
            values.push(vec![Value::String(vec![0xff])]);
        }
        values
    }

    /// Writes a record, reads it, and looks at what became of the fields of these numbers.
    fn send(&self, record: Record, focus: &[i32]) -> Trial {
        let bytes = dynamic::write(self.writer, &record);
        let reader = self.reader;
        let read = match (self.surface, self.is_partial) {
            (Surface::Wire, false) => dynamic::read(reader, &bytes).map_err(|e| e.to_string()),
            (Surface::Wire, true) => {
                dynamic::read_partially(reader, &bytes).map_err(|e| e.to_string())
            }
            (Surface::Json, is_partial) => {
                let json = dynamic::to_json(self.writer, &record);
                let read = match is_partial {
                    true => dynamic::from_json_partially(reader, &json),
                    false => dynamic::from_json(reader, &json),
                };
                read.map_err(|e| e.to_string())
            }
        };
        let (survival, read) = match read {
            Ok(read) => (self.survival(&record, &read, focus), read),
            Err(error) => (Survival::Refused(error), Record::default()),
        };
        Trial {
            record,
            bytes,
            read,
            survival,
            is_partial: self.is_partial,
            absent: None,
        }
    }

    fn survival(&self, record: &Record, read: &Record, focus: &[i32]) -> Survival {
        let became = focus.iter().filter_map(|&number| {
            let field = self.writer.field_numbered(number)?;
            let written = record.get(number);
            let reader = match self.surface {
                Surface::Wire => self.reader.field_numbered(number),
                Surface::Json => field_of_key(self.reader, &field.json_name()),
            };
            let became = becomes(self.surface, (field, written), reader, read);
            // Under the number there may be another field now, while this one has gone to another number.
            let is_moved = |reader: &Field<'_>| {
                self.surface == Surface::Wire
                    && !written.is_empty()
                    && reader.name() != field.name()
                    && self.reader.field_named(&field.name()).is_some()
            };
            Some(match became {
                Survival::Same if reader.as_ref().is_some_and(is_moved) => Survival::Changed,
                became => became,
            })
        });
        became.max_by_key(Survival::rank).unwrap_or(Survival::Same)
    }

    pub(super) fn told(&self, trial: Trial) -> Witness {
        let mut written = shown::lines(self.writer, &trial.record);
        let mut read = match trial.survival {
            Survival::Refused(_) => Vec::new(),
            _ => shown::lines(self.reader, &trial.read),
        };
        if let Some(number) = trial.absent {
            let told = |message: Message<'_>| message.field_numbered(number).map(shown::absence);
            written.extend(told(self.writer));
            read.extend(told(self.reader));
        }
        Witness {
            surface: self.surface,
            direction: self.direction,
            survival: trial.survival,
            is_partial: trial.is_partial,
            bytes: trial.bytes,
            json: dynamic::to_json(self.writer, &trial.record).to_string(),
            written,
            read,
        }
    }
}
