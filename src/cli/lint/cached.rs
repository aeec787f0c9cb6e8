//! Linting what was linted before.

use super::super::Result;
use super::super::governed::Governor;
use super::super::input::Unread;
use super::super::result_cache::{Entry, Key, ResultCache};
use super::super::sinks::Outputs;
use super::super::workspace::Workspace;
use super::Lint;
use crate::report::Report;
use crate::text::Day;

/// The outputs of a run, and what the cache may have for them.
pub(super) struct Cached {
    outputs: Outputs,
    /// Where this result is kept, if it may be.
    place: Option<(ResultCache, Key)>,
}

impl Cached {
    /// The result of linting `unread`.
    pub(super) fn new(lint: &Lint, unread: &[Unread], outputs: Outputs) -> Self {
        let is_on = !lint.no_cache && !lint.input.is_stdin();
        let cache = is_on.then(ResultCache::of_user).flatten();
        let place = cache.map(|cache| (cache, key(lint, unread, &outputs)));
        Self { outputs, place }
    }

    /// Whether the findings are wanted with their fixes.
    pub(super) fn carries_fixes(&self) -> bool {
        self.outputs.carry_fixes()
    }

    /// Whether results are kept.
    pub(super) fn is_on(&self) -> bool {
        self.place.is_some()
    }

    /// The result of an earlier run, if nothing has changed since.
    pub(super) fn current(&self, unread: &[Unread]) -> Option<Entry> {
        let (cache, key) = self.place.as_ref()?;
        let entry = cache.find(*key)?;
        let is_current = self.outputs.fit(&entry) && is_current(&entry, unread);
        is_current.then_some(entry)
    }

    /// Writes what the earlier run has written.
    pub(super) fn replay(&self, entry: &Entry) -> Result<()> {
        self.outputs.replay(entry)
    }

    /// Writes the findings, and keeps them for the next run.
    pub(super) fn write(self, report: &Report, read: &[Workspace], fails: bool) -> Result<()> {
        let contents = read.iter().map(|workspace| workspace.contents.clone());
        let recording = (self.place.as_ref().zip(contents.collect()))
            .and_then(|((cache, key), contents)| cache.record(*key, contents, fails));
        let Some(mut recording) = recording else {
            return self.outputs.write(report, None);
        };
        self.outputs.write(report, Some(&mut recording))?;
        if let Some((cache, _)) = &self.place {
            cache.keep(recording);
        }
        Ok(())
    }
}

/// What decides the result besides the contracts.
fn key(lint: &Lint, unread: &[Unread], outputs: &Outputs) -> Key {
    let mut parts = vec![
        format!("{:?} {:?}", std::env::current_dir(), Day::today()),
        format!("{:?} {:?} {outputs:?}", lint.input, lint.fail_on),
    ];
    for Unread { config, roots } in unread {
        parts.push(format!("{config:?} {roots:?}"));
        let text = config.source.as_ref().map(|source| source.text());
        parts.push(text.unwrap_or_default().to_owned());
        for file in Governor::files(config) {
            parts.push(format!("{file:?} {:?}", std::fs::read(&file)));
        }
    }
    Key::of(&parts)
}

/// Whether an entry is as it was written, and nothing that it was made of has changed.
fn is_current(entry: &Entry, unread: &[Unread]) -> bool {
    let contents = entry.contents();
    let are_same = || {
        contents.len() == unread.len()
            && (contents.iter().zip(unread))
                .all(|(contents, unread)| contents.are_in(&unread.roots))
    };
    let (is_whole, are_same) = rayon::join(|| entry.is_whole(), are_same);
    is_whole && are_same
}
