//! The bytes of a whole options message, as protoc writes them.
//!
//! protoc appends each setting to the options as an unknown field and then parses them again: what the compiled-in
//! `descriptor.proto` knows is merged and comes first, by number; custom options stay as they were, setting by setting.

use super::view::{OptionSet, Options};
use super::wire::{self, Payload, Record, push_message};

impl Options<'_> {
    /// Appends the options message that protoc would write; nothing where no option is set.
    pub fn encode(self, out: &mut Vec<u8>) {
        self.encode_only(out, |_| true);
    }

    /// Appends an options message that holds only the features: what the fields of a map's entry get from the map.
    pub fn encode_features(self, out: &mut Vec<u8>) {
        self.encode_only(out, |set| set.is_feature());
    }

    fn encode_only(self, out: &mut Vec<u8>, is_meant: impl Fn(OptionSet<'_>) -> bool) {
        let mut sets = self.all().filter(|&set| is_meant(set));
        let (Some(first), second) = (sets.next(), sets.next()) else {
            return;
        };
        let Some(second) = second else {
            // A setting by itself is what it was encoded to.
            return out.extend_from_slice(first.encoded());
        };
        let mut known: Vec<Record<'_>> = Vec::new();
        let mut custom: Vec<&[u8]> = Vec::new();
        for set in [first, second].into_iter().chain(sets) {
            if set.is_custom() {
                custom.push(set.encoded());
            } else {
                known.extend(wire::records(set.encoded()));
            }
        }
        if known.len() > 1 {
            merge(
                &mut known,
                Merge::Options(self.kind().features_number()),
                out,
            );
        } else if let Some(record) = known.first() {
            out.extend_from_slice(record.raw);
        }
        for record in custom {
            out.extend_from_slice(record);
        }
    }
}

/// Which messages are known, so that records of one field become one.
#[derive(Debug, Clone, Copy)]
enum Merge {
    /// An options message with this number for `features`.
    Options(i32),
    /// `FeatureSet`.
    Features,
    /// A message without known messages in it.
    Plain,
}

impl Merge {
    /// How a singular message field is merged; `None` where the field is no such.
    fn inside(self, number: i32) -> Option<Self> {
        /// `feature_support` of fields, and of enum values.
        const FEATURE_SUPPORT: [(i32, i32); 2] = [(21, 22), (2, 4)];
        /// `pb.cpp` and `pb.java`, which are compiled into protoc.
        const LANGUAGES: std::ops::RangeInclusive<i32> = 1000..=1001;
        match self {
            Self::Options(features) if number == features => Some(Self::Features),
            Self::Options(features) if FEATURE_SUPPORT.contains(&(features, number)) => {
                Some(Self::Plain)
            }
            Self::Features if LANGUAGES.contains(&number) => Some(Self::Plain),
            _ => None,
        }
    }

    /// Whether protoc's own `FeatureSet` has a field of that number; others stay where they are.
    fn knows(self, number: i32) -> bool {
        !matches!(self, Self::Features) || number < 1000 || self.inside(number).is_some()
    }
}

fn merge(records: &mut [Record<'_>], message: Merge, out: &mut Vec<u8>) {
    records.sort_by_key(|record| {
        if message.knows(record.number) {
            record.number
        } else {
            i32::MAX
        }
    });
    let mut rest = &records[..];
    while let Some(&first) = rest.first() {
        let same = rest
            .iter()
            .take_while(|record| record.number == first.number)
            .count();
        let (group, after) = rest.split_at(same);
        rest = after;
        match message.inside(first.number) {
            Some(inner) if same > 1 => {
                let mut fields: Vec<Record<'_>> = group
                    .iter()
                    .filter_map(|record| match record.payload {
                        Payload::Bytes(bytes) => Some(wire::records(bytes)),
                        _ => None,
                    })
                    .flatten()
                    .collect();
                push_message(out, first.number, false, |out| {
                    merge(&mut fields, inner, out);
                });
            }
            _ => {
                for record in group {
                    out.extend_from_slice(record.raw);
                }
            }
        }
    }
}
