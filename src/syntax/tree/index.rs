//! Where a node stands in the arena of its kind.

use std::marker::PhantomData;
use std::ops::Range;

/// The index of a node of type `T` in its file's tree.
pub struct NodeIndex<T> {
    index: u32,
    node: PhantomData<fn() -> T>,
}

impl<T> NodeIndex<T> {
    /// The node at `index` of its arena.
    pub const fn new(index: u32) -> Self {
        Self {
            index,
            node: PhantomData,
        }
    }

    /// The position in the arena.
    pub const fn get(self) -> usize {
        self.index as usize
    }

    /// The position in the arena, as it is stored.
    pub const fn raw(self) -> u32 {
        self.index
    }
}

impl<T> Clone for NodeIndex<T> {
    fn clone(&self) -> Self {
        *self
    }
}
impl<T> Copy for NodeIndex<T> {}
impl<T> PartialEq for NodeIndex<T> {
    fn eq(&self, other: &Self) -> bool {
        self.index == other.index
    }
}
impl<T> Eq for NodeIndex<T> {}
impl<T> PartialOrd for NodeIndex<T> {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}
impl<T> Ord for NodeIndex<T> {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.index.cmp(&other.index)
    }
}
impl<T> std::hash::Hash for NodeIndex<T> {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        self.index.hash(state);
    }
}
impl<T> std::fmt::Debug for NodeIndex<T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "#{}", self.index)
    }
}

/// A run of nodes that lie side by side in their arena.
pub struct NodeRange<T> {
    start: u32,
    end: u32,
    node: PhantomData<fn() -> T>,
}

impl<T> NodeRange<T> {
    /// The nodes from `start` up to, but not including, `end`.
    pub const fn new(start: u32, end: u32) -> Self {
        Self {
            start,
            end,
            node: PhantomData,
        }
    }

    /// The indices, in order.
    pub fn iter(self) -> impl DoubleEndedIterator<Item = NodeIndex<T>> + ExactSizeIterator + Clone {
        (self.start..self.end).map(NodeIndex::new)
    }

    /// Number of nodes.
    pub const fn len(self) -> usize {
        (self.end - self.start) as usize
    }

    /// Whether there is none.
    pub const fn is_empty(self) -> bool {
        self.start == self.end
    }

    /// The positions in the arena.
    pub const fn range(self) -> Range<usize> {
        self.start as usize..self.end as usize
    }
}

impl<T> Clone for NodeRange<T> {
    fn clone(&self) -> Self {
        *self
    }
}
impl<T> Copy for NodeRange<T> {}
impl<T> Default for NodeRange<T> {
    fn default() -> Self {
        Self::new(0, 0)
    }
}
impl<T> PartialEq for NodeRange<T> {
    fn eq(&self, other: &Self) -> bool {
        (self.start, self.end) == (other.start, other.end)
    }
}
impl<T> Eq for NodeRange<T> {}
impl<T> std::fmt::Debug for NodeRange<T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "#{}..{}", self.start, self.end)
    }
}
