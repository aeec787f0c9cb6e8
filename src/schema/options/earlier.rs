//! What the earlier settings of an element set.

use std::hash::Hasher;

use hashbrown::HashTable;
use rustc_hash::FxHasher;

use super::SettingTable;
use crate::syntax::tree::{NodeIndex, OptionSetting};

/// The paths that the settings of one element have set, with all their beginnings. They stay in
/// [`SettingTable::paths`]. A few are found there one by one, many by hash.
#[derive(Debug, Default)]
pub(super) struct Earlier {
    few: Vec<Entry>,
    /// All of them, once they are more than [`MOST_FEW`].
    many: HashTable<Entry>,
}

/// How many are looked through one by one.
const MOST_FEW: usize = 16;

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
        self.few.clear();
        if !self.many.is_empty() {
            // Emptying a table takes as long as it is large, and few elements need one.
            self.many = HashTable::new();
        }
    }

    /// What was set at this path.
    pub(super) fn find(&self, table: &SettingTable, path: &[i32]) -> Option<Entry> {
        if self.many.is_empty() {
            let mut entries = self.few.iter();
            return entries.find(|entry| entry.path(table) == path).copied();
        }
        let found = self
            .many
            .find(hash(path), |entry| entry.path(table) == path);
        found.copied()
    }

    fn find_mut(&mut self, table: &SettingTable, path: &[i32]) -> Option<&mut Entry> {
        if self.many.is_empty() {
            let mut entries = self.few.iter_mut();
            return entries.find(|entry| entry.path(table) == path);
        }
        self.many
            .find_mut(hash(path), |entry| entry.path(table) == path)
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
            if let Some(entry) = self.find_mut(table, path) {
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
            if self.many.is_empty() && self.few.len() < MOST_FEW {
                self.few.push(entry);
                continue;
            }
            for entry in self.few.drain(..).chain([entry]) {
                self.many
                    .insert_unique(hash(entry.path(table)), entry, |entry| {
                        hash(entry.path(table))
                    });
            }
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
