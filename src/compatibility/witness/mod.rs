//! The messages that prove a verdict: what one schema writes, as bytes and as JSON, and what the other reads from it.
//!
//! What is sent is built by prost-reflect and read by two decoders, prost-reflect's and our own; see [`reflected`].

mod reflected;
mod shown;
mod survival;
mod values;
mod way;

use super::Verdict;
use super::dynamic;
use crate::schema::diff::Pair;
use crate::schema::{Enum, Message};

pub use values::candidates;
use way::Way;

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
            let value = node.value_numbered(number)?;
            Some(value.name().text.to_owned())
        };
        let name = named(enums.before, number)?;
        let mut bytes = vec![0x08];
        dynamic::write_varint(i64::from(number).cast_unsigned(), &mut bytes);
        let is_named = enums.after.value_named(&name).is_some();
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
