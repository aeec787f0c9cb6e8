//! What the earlier settings of an element set.

use std::hash::Hasher;

use hashbrown::HashTable;
use rustc_hash::FxHasher;

use super::SettingTable;
use crate::syntax::tree::{NodeIndex, OptionSetting};

/// The paths that the settings of one element have set, with all their beginnings. They stay in
/// [`SettingTable::paths`], and are found there by hash.
#[derive(Debug, Default)]
pub(super) struct Earlier {
    entries: HashTable<Entry>,
}

/// A beginning of a path.
#[derive(Debug, Clone, Copy)]
pub(super) struct Entry {
    start: usize,
    length: usize,
    /// The first setting whose path begins so.
    pub(super) first: NodeIndex<OptionSetting>,
    /// Whether a setting has just this path: it may have set more with a literal.
    pub(super) is_whole: bool,
    /// How many settings have just this path.
    pub(super) count: i32,
}

impl Earlier {
    /// Forgets everything, for the next element.
    pub(super) fn clear(&mut self) {
        /// Emptying a table takes as long as it is large, so that of an extreme element is not kept.
        const KEPT: usize = 64;
        if self.entries.capacity() > KEPT {
            self.entries = HashTable::new();
        } else if !self.entries.is_empty() {
            self.entries.clear();
        }
    }

    /// What was set at this path.
    pub(super) fn find(&self, table: &SettingTable, path: &[i32]) -> Option<Entry> {
        self.entries
            .find(hash(path), |entry| entry.path(table) == path)
            .copied()
    }

    /// Notes that a setting has the path that lies at `start` in the table.
    pub(super) fn add(
        &mut self,
        table: &SettingTable,
        setting: NodeIndex<OptionSetting>,
        start: usize,
        length: usize,
    ) {
        for prefix in 1..=length {
            let is_whole = prefix == length;
            let path = &table.paths[start..start + prefix];
            let hash_of_path = hash(path);
            let found = self
                .entries
                .find_mut(hash_of_path, |entry| entry.path(table) == path);
            if let Some(entry) = found {
                entry.is_whole |= is_whole;
                entry.count += i32::from(is_whole);
                continue;
            }
            let entry = Entry {
                start,
                length: prefix,
                first: setting,
                is_whole,
                count: i32::from(is_whole),
            };
            self.entries
                .insert_unique(hash_of_path, entry, |entry| hash(entry.path(table)));
        }
    }
}

impl Entry {
    fn path(self, table: &SettingTable) -> &[i32] {
        &table.paths[self.start..self.start + self.length]
    }
}

fn hash(path: &[i32]) -> u64 {
    let mut hasher = FxHasher::default();
    for &number in path {
        hasher.write_i32(number);
    }
    hasher.finish()
}
