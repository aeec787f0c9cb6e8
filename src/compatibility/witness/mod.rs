//! The messages that prove a verdict: what one schema writes, as bytes and as JSON, and what the other reads from it.
//!
//! What is sent is built by prost-reflect and read by two decoders, prost-reflect's and our own; see [`reflected`].

mod reflected;
mod shown;
mod survival;
mod values;

use super::dynamic::{self, Record, Value};
use super::{Verdict, field_of_key};
use crate::schema::diff::Pair;
use crate::schema::features::Utf8Validation;
use crate::schema::{Cardinality, Enum, Field, FieldKind, Message};
use crate::syntax::tree::Scalar;

use survival::becomes;
pub use values::candidates;
use values::required;

/// Who writes and who reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Direction {
    /// The baseline writes, today's schema reads.
    OldToNew,
    /// Today's schema writes, the baseline reads.
    NewToOld,
}

/// As what a message travels.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Surface {
    /// As bytes.
    Wire,
    /// As ProtoJSON.
    Json,
}

impl Surface {
    /// The surfaces on which something happens.
    pub fn harmed_by(verdict: &Verdict) -> impl Iterator<Item = Self> {
        let surfaces = [(Self::Wire, &verdict.wire), (Self::Json, &verdict.json)];
        let harmed = surfaces
            .into_iter()
            .filter(|(_, outcome)| outcome.rank() > 0);
        harmed.map(|(surface, _)| surface)
    }
}

/// What became of a value on its way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Survival {
    /// It was read as it was written.
    Same,
    /// It was read as absent; its bytes are unknown to the reader.
    Lost,
    /// It was read as another value, without an error.
    Changed,
    /// The reader refused the whole message, for this reason.
    Refused(String),
}

impl Survival {
    /// How bad it is; 0 for no harm.
    const fn rank(&self) -> u8 {
        match self {
            Self::Same => 0,
            Self::Lost => 1,
            Self::Refused(_) => 2,
            Self::Changed => 3,
        }
    }
}

/// What a message is made to hold, to see what becomes of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Subject {
    /// The field of this number, alone.
    Field(i32),
    /// The field of the first number, with the enum's second number in it.
    Value(i32, i32),
    /// The field of this number, whose old holder has nothing to do with the new one: whatever is read is another value.
    Taken(i32),
    /// Two fields at once, as they cannot be where they are members of one oneof.
    Together(i32, i32),
    /// Nothing but what the writer requires.
    Nothing,
    /// Nothing either, to see what the field of this number is then.
    Default(i32),
}

/// A message that does not survive.
#[derive(Debug, Clone, PartialEq)]
pub struct Witness {
    /// As what it is sent.
    pub surface: Surface,
    /// Who writes and who reads.
    pub direction: Direction,
    /// What happens.
    pub survival: Survival,
    /// Whether other fields that are required were left out, since they do not arrive either.
    pub is_partial: bool,
    /// What is sent, as bytes.
    pub bytes: Vec<u8>,
    /// What is sent, as JSON.
    pub json: String,
    /// What the writer meant, a `field = value` line for each.
    pub written: Vec<String>,
    /// What the reader sees; empty where it refuses.
    pub read: Vec<String>,
}

impl Witness {
    /// An `Any` of the baseline that holds a message whose name is gone: <https://protobuf.dev/programming-guides/proto3/#any>.
    pub fn of_type_url(name: &str, surface: Surface) -> Self {
        let url = format!("type.googleapis.com/{name}");
        let mut bytes = vec![0x0a];
        dynamic::write_varint(url.len() as u64, &mut bytes);
        bytes.extend_from_slice(url.as_bytes());
        Self {
            surface,
            direction: Direction::OldToNew,
            survival: Survival::Refused(format!("there is no message `{name}` to unpack it into")),
            is_partial: false,
            bytes,
            json: serde_json::json!({ "@type": url }).to_string(),
            written: vec![format!("type_url = {url:?}")],
            read: Vec::new(),
        }
    }

    /// A number of the baseline's enum in a field that holds it, number 1 of some message. `None` where it arrives.
    pub fn of_enum_value(enums: Pair<Enum<'_>>, number: i32, surface: Surface) -> Option<Self> {
        let named = |node: Enum<'_>, number: i32| {
            let mut values = node.values();
            let value = values.find(|value| value.number() == Some(number))?;
            Some(value.name().text.to_owned())
        };
        let name = named(enums.before, number)?;
        let mut bytes = vec![0x08];
        dynamic::write_varint(i64::from(number).cast_unsigned(), &mut bytes);
        let mut after = enums.after.values();
        let is_named = after.any(|value| value.name().text == name);
        let (survival, read) = match surface {
            Surface::Json if is_named => return None,
            Surface::Json => {
                let reason = format!("there is no enum value `{name}`");
                (Survival::Refused(reason), Vec::new())
            }
            Surface::Wire => match named(enums.after, number) {
                Some(now) if now == name => return None,
                Some(now) => (Survival::Changed, vec![format!("value = {now}")]),
                None if enums.after.is_closed() => {
                    let unknown = format!("unknown field 1: {}", dynamic::hex(&bytes));
                    (Survival::Lost, vec![unknown])
                }
                None => (Survival::Changed, vec![format!("value = {number}")]),
            },
        };
        Some(Self {
            surface,
            direction: Direction::OldToNew,
            survival,
            is_partial: false,
            bytes,
            json: serde_json::json!({ "value": name }).to_string(),
            written: vec![format!("value = {name}")],
            read,
        })
    }

    /// An extension of the baseline with a number that is open to extensions no longer.
    pub fn of_extension(number: i32) -> Self {
        let mut bytes = Vec::new();
        dynamic::write_varint(u64::from(number.cast_unsigned()) << 3, &mut bytes);
        bytes.push(1);
        let read = vec![format!("unknown field {number}: {}", dynamic::hex(&bytes))];
        Self {
            surface: Surface::Wire,
            direction: Direction::OldToNew,
            survival: Survival::Lost,
            is_partial: false,
            bytes,
            json: "{}".to_owned(),
            written: vec![format!("extension {number} = 1")],
            read,
        }
    }

    /// The bytes as hexadecimal digits.
    pub fn hex(&self) -> String {
        dynamic::hex(&self.bytes)
    }
}

/// Why there is no witness.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NoWitness {
    /// Everything that was tried arrives as it was written.
    Harmless,
    /// prost-reflect and our own decoder do not read the same from the message that was found.
    Disagreement,
}

/// Searches the worst thing that happens to what `subjects` name, and the shortest message that shows it.
///
/// # Errors
/// Where there is none, with the reason.
pub fn find(
    pair: Pair<Message<'_>>,
    subjects: &[Subject],
    surface: Surface,
) -> Result<Witness, NoWitness> {
    let directions = [Direction::OldToNew, Direction::NewToOld];
    find_in(pair, subjects, surface, &directions)
}

/// The same where only what the baseline has written is at stake.
///
/// # Errors
/// Where there is none, with the reason.
pub fn find_written_by_baseline(
    pair: Pair<Message<'_>>,
    subjects: &[Subject],
    surface: Surface,
) -> Result<Witness, NoWitness> {
    find_in(pair, subjects, surface, &[Direction::OldToNew])
}

fn find_in(
    pair: Pair<Message<'_>>,
    subjects: &[Subject],
    surface: Surface,
    directions: &[Direction],
) -> Result<Witness, NoWitness> {
    let found = directions
        .iter()
        .filter_map(|&direction| {
            let way = Way::new(pair, direction, surface);
            way.worst(subjects).map(|trial| (way, trial))
        })
        .min_by_key(|(way, trial)| (trial.order(), way.direction == Direction::NewToOld));
    let (way, trial) = found.ok_or(NoWitness::Harmless)?;
    if !reflected::agrees(way.writer, way.reader, &trial.record, &trial.bytes) {
        return Err(NoWitness::Disagreement);
    }
    Ok(way.told(trial))
}

/// What is tried for a field in one direction, as bytes.
pub fn trials(pair: Pair<Message<'_>>, number: i32, direction: Direction) -> Vec<Witness> {
    let way = Way::new(pair, direction, Surface::Wire);
    let trials = way.trials(Subject::Field(number));
    trials.into_iter().map(|trial| way.told(trial)).collect()
}

/// A message on its way, before it is put in words.
struct Trial {
    record: Record,
    bytes: Vec<u8>,
    read: Record,
    survival: Survival,
    is_partial: bool,
    /// The field whose absence is what is looked at.
    absent: Option<i32>,
}

impl Trial {
    /// The worst first, then the shortest.
    fn order(&self) -> (u8, usize) {
        (u8::MAX - self.survival.rank(), self.bytes.len())
    }
}

/// Two versions of a message in one direction.
#[derive(Clone, Copy)]
struct Way<'s> {
    writer: Message<'s>,
    reader: Message<'s>,
    direction: Direction,
    surface: Surface,
    /// Whether nobody asks for what is required.
    is_partial: bool,
}

impl<'s> Way<'s> {
    fn new(pair: Pair<Message<'s>>, direction: Direction, surface: Surface) -> Self {
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

    fn worst(&self, subjects: &[Subject]) -> Option<Trial> {
        // Where what is required does not arrive, nothing that is sent with it proves anything: then it is left out.
        let is_blocked = self.send(required(self.writer), &[]).survival != Survival::Same;
        let partial = Self {
            is_partial: true,
            ..*self
        };
        let tried = subjects.iter().flat_map(|&subject| match subject {
            Subject::Nothing => self.trials(subject),
            _ if is_blocked => partial.trials(subject),
            _ => self.trials(subject),
        });
        tried
            .filter(|trial| trial.survival != Survival::Same)
            .min_by_key(Trial::order)
    }

    fn trials(&self, subject: Subject) -> Vec<Trial> {
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
                for trial in &mut trials {
                    let is_read = !trial.read.get(number).is_empty();
                    if trial.survival == Survival::Same && is_read {
                        trial.survival = Survival::Changed;
                    }
                }
                trials
            }
            Subject::Value(number, value) => {
                let holds = |field: &Field<'_>| {
                    let is_listed = match field.kind() {
                        FieldKind::Enum(node) => {
                            node.values().any(|listed| listed.number() == Some(value))
                        }
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

    fn told(&self, trial: Trial) -> Witness {
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
