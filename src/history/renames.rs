//! What became of the types that left a file: moved to another file, renamed, or deleted.

use std::sync::Arc;

use rustc_hash::{FxHashMap, FxHashSet};

use super::facts::{Kind, TypeFacts};

/// How much of two types must be alike, in hundredths, for one to be the other renamed.
const ALIKE: usize = 50;

/// Types of a file that share a member with a new one are as many as these at most that are held against it.
const MOST_LIKE_IT: usize = 64;

/// A member as two types share it: its number and its name.
type Key<'f> = (Option<i32>, &'f str);

fn keys(facts: &TypeFacts) -> impl Iterator<Item = Key<'_>> {
    let members = facts.members.iter();
    members.map(|member| (member.number, &*member.holder.name))
}

/// A type that left a file or came to it.
#[derive(Debug, Clone)]
pub(super) struct Appeared {
    /// The position of the file's path.
    pub(super) path: u32,
    pub(super) facts: Arc<TypeFacts>,
}

impl Appeared {
    /// The name in the package.
    fn relative(&self) -> &str {
        let facts = &self.facts;
        facts.name.get(facts.package_length..).unwrap_or_default()
    }
}

/// What a commit did to types that did not just stay in their file.
#[derive(Debug, Default)]
pub(super) struct Settled {
    /// The same name in another file.
    pub(super) moved: Vec<(Appeared, Appeared)>,
    /// Another name.
    pub(super) renamed: Vec<(Appeared, Appeared)>,
    /// Deleted.
    pub(super) gone: Vec<Appeared>,
    /// New, or come back.
    pub(super) come: Vec<Appeared>,
}

/// Pairs what left with what came.
pub(super) fn settle<'a>(
    gone: Vec<Appeared>,
    come: Vec<Appeared>,
    path: &dyn Fn(u32) -> &'a str,
) -> Settled {
    let mut settled = Settled::default();
    if gone.is_empty() || come.is_empty() {
        settled.gone = gone;
        settled.come = come;
        return settled;
    }
    let mut gone: Vec<Option<Appeared>> = gone.into_iter().map(Some).collect();
    let rest = pair_moves(&mut gone, come, path, &mut settled);
    pair_renames(&mut gone, &rest, path, &mut settled);
    settled.gone = gone.into_iter().flatten().collect();
    settled
}

fn file_name(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

/// The same name in another file: of several, the one in a file that is called the same.
fn pair_moves<'a>(
    gone: &mut [Option<Appeared>],
    come: Vec<Appeared>,
    path: &dyn Fn(u32) -> &'a str,
    settled: &mut Settled,
) -> Vec<Appeared> {
    let mut by_name: FxHashMap<(Kind, Box<str>), Vec<usize>> = FxHashMap::default();
    for (at, old) in gone.iter().enumerate() {
        if let Some(old) = old {
            let key = (old.facts.kind, old.facts.name.clone());
            by_name.entry(key).or_default().push(at);
        }
    }
    let mut rest = Vec::new();
    for new in come {
        let key = (new.facts.kind, new.facts.name.clone());
        let found = by_name.get_mut(&key).and_then(|olds| {
            let is_alike = |at: &usize| {
                let old = gone.get(*at).and_then(Option::as_ref);
                old.is_some_and(|old| file_name(path(old.path)) == file_name(path(new.path)))
            };
            let at = olds.iter().position(is_alike).unwrap_or(0);
            (at < olds.len()).then(|| olds.remove(at))
        });
        match found.and_then(|at| gone.get_mut(at)).and_then(Option::take) {
            Some(old) => settled.moved.push((old, new)),
            None => rest.push(new),
        }
    }
    rest
}

/// Another name: of the types that left, the one that is most like the new one; in the same file, or with the same name
/// in another package.
fn pair_renames<'a>(
    gone: &mut [Option<Appeared>],
    come: &[Appeared],
    path: &dyn Fn(u32) -> &'a str,
    settled: &mut Settled,
) {
    let mut by_relative: FxHashMap<(Kind, Box<str>), Vec<usize>> = FxHashMap::default();
    let mut by_member: FxHashMap<(Kind, u32, Key<'_>), Vec<usize>> = FxHashMap::default();
    let left: Vec<(usize, Appeared)> = (gone.iter().enumerate())
        .filter_map(|(at, old)| Some((at, old.clone()?)))
        .collect();
    for (at, old) in &left {
        let kind = old.facts.kind;
        let key = (kind, old.relative().into());
        by_relative.entry(key).or_default().push(*at);
        for key in keys(&old.facts) {
            let like_it = by_member.entry((kind, old.path, key)).or_default();
            like_it.push(*at);
        }
    }
    for new in come {
        let kind = new.facts.kind;
        let same_name = by_relative.get(&(kind, new.relative().into()));
        let same_name = same_name.into_iter().flatten().copied();
        let is_left = |at: &usize| gone.get(*at).is_some_and(Option::is_some);
        for key in keys(&new.facts) {
            if let Some(found) = by_member.get_mut(&(kind, new.path, key)) {
                while found.pop_if(|at| !is_left(at)).is_some() {}
            }
        }
        let in_same_file = |key| {
            by_member
                .get(&(kind, new.path, key))
                .map_or(&[][..], Vec::as_slice)
        };
        let mut like_it: Vec<&[usize]> = keys(&new.facts).map(in_same_file).collect();
        // What shares half of the members shares one of any that are more than half.
        like_it.sort_by_key(|found| found.len());
        like_it.truncate(like_it.len() / 2 + 1);
        let same_file = like_it.into_iter().flat_map(|found| {
            (found.iter().rev())
                .filter(|at| is_left(at))
                .take(MOST_LIKE_IT)
        });
        let mut seen = FxHashSet::default();
        let candidates = same_name
            .chain(same_file.copied())
            .filter(|at| seen.insert(*at));
        let best = candidates
            .filter_map(|at| {
                let old = gone.get(at).and_then(Option::as_ref)?;
                let alike = likeness(&old.facts, &new.facts)?;
                let is_named_so = old.relative() == new.relative();
                let is_at_home = file_name(path(old.path)) == file_name(path(new.path));
                (alike >= ALIKE).then_some((is_named_so, is_at_home, alike, at))
            })
            .max();
        match best
            .and_then(|(.., at)| gone.get_mut(at))
            .and_then(Option::take)
        {
            Some(old) => settled.renamed.push((old, new.clone())),
            None => settled.come.push(new.clone()),
        }
    }
}

/// How many of the members two types share, in hundredths of those of the larger; none where there is nothing to share.
fn likeness(one: &TypeFacts, other: &TypeFacts) -> Option<usize> {
    let known: FxHashSet<_> = keys(one).collect();
    let shared = keys(other).filter(|key| known.contains(key)).count();
    let most = one.members.len().max(other.members.len());
    (shared * 100).checked_div(most)
}
