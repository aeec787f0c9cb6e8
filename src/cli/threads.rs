//! The threads that all stages share.

use std::hint::black_box;

/// Bytes of each of two blocks that a thread's part of the heap grows by at once: less than [`RELEASED`], and together
/// less than the 64 MiB (`HEAP_MAX_SIZE`) that such a part can grow to before glibc begins another.
const ROOM: usize = 28 << 20;

/// Bytes of an allocation beyond which glibc returns the memory whatever it has learned (`DEFAULT_MMAP_THRESHOLD_MAX`),
/// less what it adds for itself.
const RELEASED: usize = (32 << 20) - (64 << 10);

/// Starts the threads. Where that fails, they are started on first use, as they would be without this.
pub(super) fn start() {
    let threads = rayon::ThreadPoolBuilder::new().start_handler(|_| reserve());
    drop(threads.build_global());
}

/// Lets the heap of a thread grow in one step.
///
/// glibc grows the heap of any thread but the first a page at a time, by a system call that stops the page faults of all
/// threads: 21,000 of them for a tree of 7,000 files, a tenth of the whole time. What is freed is kept if an allocation
/// of its size was freed before, so the first allocation makes it keep the others. No page of them is touched, so
/// they take no memory; other allocators do not mind.
fn reserve() {
    drop(black_box(room(RELEASED)));
    drop(black_box([room(ROOM), room(ROOM)]));
}

/// Room for so many bytes. Where there is none, the heap grows as it can.
fn room(bytes: usize) -> Vec<u8> {
    let mut room = Vec::new();
    let _ = room.try_reserve_exact(black_box(bytes));
    room
}
