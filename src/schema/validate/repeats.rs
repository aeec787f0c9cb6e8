//! Whether a list names anything twice: asked of every message and enum, and nearly always answered with no.

use std::hash::Hasher;

use rustc_hash::FxHasher;

/// Names or numbers as hashes. Where no two are the same, nothing is there twice; only where two are, it is worth while
/// to look for which.
#[derive(Debug, Default)]
pub(super) struct Repeats {
    hashes: Vec<u64>,
}

impl Repeats {
    /// Begins a new list.
    pub(super) fn begin(&mut self) -> &mut Self {
        self.hashes.clear();
        self
    }

    pub(super) fn add(&mut self, name: &str) {
        let mut hasher = FxHasher::default();
        hasher.write(name.as_bytes());
        self.hashes.push(hasher.finish());
    }

    /// Adds a name that is made byte by byte.
    pub(super) fn add_bytes(&mut self, name: impl Iterator<Item = u8>) {
        // FNV-1a, <http://www.isthe.com/chongo/tech/comp/fnv/>
        let hash = name.fold(0xcbf2_9ce4_8422_2325, |hash: u64, byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
        });
        self.hashes.push(hash);
    }

    pub(super) fn add_number(&mut self, number: i32) {
        self.hashes.push(u64::from(number.cast_unsigned()));
    }

    /// Whether anything may be in the list twice.
    pub(super) fn found(&mut self) -> bool {
        if self.hashes.is_sorted_by(|one, next| one < next) {
            return false;
        }
        self.hashes.sort_unstable();
        self.hashes.windows(2).any(|pair| pair[0] == pair[1])
    }
}
