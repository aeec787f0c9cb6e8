//! Which fixes are applied together: those that do not touch the same bytes, in the order of their places.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use rustc_hash::{FxHashMap, FxHashSet};

use super::problem::Problem;
use super::rename::{self, Renamed, Renames};
use super::unfollowed::Unfollowed;
use super::{Options, Withheld};
use crate::diagnostic::{Claim, Diagnostic, Fix, Safety};
use crate::schema::{FileId, Role, Schema};
use crate::syntax;
use crate::text::{Edit, EditConflict, Source, Span, apply_edits};

/// Fixes that are applied together, and the edits of each.
pub(super) struct Plan<'f> {
    pub(super) fixes: Vec<Planned<'f>>,
    pub(super) renames: Renames,
    /// What cannot be done, and why.
    pub(super) withheld: Vec<Withheld>,
    /// How many fixes are left out because nobody asked for unsafe ones.
    pub(super) unsafe_count: usize,
}

/// A fix that is part of a plan.
pub(super) struct Planned<'f> {
    pub(super) finding: &'f Diagnostic,
    pub(super) fix: &'f Fix,
    pub(super) edits: Vec<(FileId, Edit)>,
}

impl<'f> Plan<'f> {
    /// Chooses among the fixes of findings. Those that `refuse` names are left out.
    pub(super) fn new(
        schema: &Schema,
        findings: &'f [Diagnostic],
        options: &Options<'_>,
        refuse: &dyn Fn(&Diagnostic) -> bool,
    ) -> Self {
        let mut chooser = Chooser::new(schema, options);
        let mut order: Vec<(&Diagnostic, &Fix)> = findings
            .iter()
            .filter_map(|finding| Some((finding, finding.fix.as_deref()?)))
            .filter(|(finding, _)| !refuse(finding))
            .collect();
        order.sort_by_key(|(finding, _)| {
            let place = finding.location.as_ref();
            let place = place.map(|place| (place.source.path(), place.span.start));
            (place, finding.code, finding.message.as_str())
        });
        let candidates: Vec<Candidate<'f>> = order
            .into_iter()
            .filter_map(|(finding, fix)| chooser.candidate(finding, fix))
            .collect();
        chooser.choose(candidates)
    }

    /// The files as they are after the edits, and the edits of each, sorted.
    ///
    /// # Errors
    /// When edits overlap, which choosing rules out.
    pub(super) fn apply(&self, schema: &Schema) -> Result<Applied, EditConflict> {
        let mut edits: FxHashMap<FileId, Vec<Edit>> = FxHashMap::default();
        for (file, edit) in self.fixes.iter().flat_map(|planned| &planned.edits) {
            edits.entry(*file).or_default().push(edit.clone());
        }
        let mut applied = Applied::default();
        let mut ids: Vec<FileId> = edits.keys().copied().collect();
        ids.sort_unstable();
        for id in ids {
            let edits = edits.remove(&id).unwrap_or_default();
            let old = schema.file(id).source();
            let bytes = apply_edits(old.bytes(), &edits)?;
            // Growing beyond the limit is no conflict, but nothing that can be written either.
            let Ok(source) = Source::new(old.shared_name(), old.path(), bytes) else {
                continue;
            };
            let file = syntax::File::parse(Arc::new(source));
            applied.files.insert(id, Arc::new(file));
            applied.edits.insert(id, edits);
        }
        Ok(applied)
    }

    /// The fixes that a problem may come from: those that edited the place, else those that edited the file.
    pub(super) fn near(&self, applied: &Applied, problem: &Problem) -> Vec<usize> {
        let Some(file) = problem.file else {
            return Vec::new();
        };
        let in_file = |at: &usize| {
            let edits = &self.fixes[*at].edits;
            edits.iter().any(|(id, _)| *id == file)
        };
        let all: Vec<usize> = (0..self.fixes.len()).filter(in_file).collect();
        if let Some(place) = problem.place {
            let place = applied.place_before(file, place);
            let is_there = |at: &usize| {
                let mut edits = self.fixes[*at].edits.iter();
                edits.any(|(id, edit)| {
                    *id == file && edit.span.start <= place && place <= edit.span.end
                })
            };
            let there: Vec<usize> = all.iter().copied().filter(is_there).collect();
            if !there.is_empty() {
                return there;
            }
        }
        // A name that is spoken of is where to look first: else one rename spoils all others of a large file.
        let is_spoken_of = |at: &usize| {
            let mut quoted = problem.what.split('`').skip(1).step_by(2);
            let rename = self.fixes[*at].fix.rename.as_ref();
            rename.is_some_and(|rename| quoted.any(|name| name == rename.to))
        };
        let named: Vec<usize> = all.iter().copied().filter(is_spoken_of).collect();
        if named.is_empty() { all } else { named }
    }

    /// What the fixes may change in each file.
    pub(super) fn claims(&self) -> FxHashMap<FileId, BTreeSet<Claim>> {
        let mut claims: FxHashMap<FileId, BTreeSet<Claim>> = FxHashMap::default();
        for planned in &self.fixes {
            for (file, _) in &planned.edits {
                claims.entry(*file).or_default().insert(planned.fix.claim);
            }
        }
        claims
    }
}

/// Files after edits.
#[derive(Default)]
pub(super) struct Applied {
    pub(super) files: FxHashMap<FileId, Arc<syntax::File>>,
    pub(super) edits: FxHashMap<FileId, Vec<Edit>>,
}

impl Applied {
    /// Where a place of a file as it is now was before the edits.
    pub(super) fn place_before(&self, file: FileId, offset: u32) -> u32 {
        let mut edits: Vec<&Edit> = self.edits.get(&file).into_iter().flatten().collect();
        edits.sort_by_key(|edit| edit.span);
        let mut shift = 0_i64;
        let offset = i64::from(offset);
        for edit in edits {
            let start = i64::from(edit.span.start) + shift;
            let written = i64::try_from(edit.replacement.len()).unwrap_or(0);
            if offset < start {
                break;
            }
            if offset < start + written {
                return edit.span.start;
            }
            shift += written - i64::from(edit.span.len());
        }
        u32::try_from(offset - shift).unwrap_or(0)
    }
}

/// A fix that may be applied, if nothing is in its way.
struct Candidate<'f> {
    finding: &'f Diagnostic,
    fix: &'f Fix,
    edits: Vec<(FileId, Edit)>,
    renamed: Option<Renamed>,
}

struct Chooser<'c, 's> {
    schema: &'s Schema,
    options: &'c Options<'c>,
    ids: FxHashMap<*const Source, FileId>,
    broken: FxHashSet<FileId>,
    unfollowed: Option<Unfollowed>,
    withheld: Vec<Withheld>,
    unsafe_count: usize,
}

impl<'c, 's> Chooser<'c, 's> {
    fn new(schema: &'s Schema, options: &'c Options<'c>) -> Self {
        let ids: FxHashMap<*const Source, FileId> = schema
            .files()
            .map(|file| (Arc::as_ptr(file.source()), file.id()))
            .collect();
        let broken = schema
            .errors()
            .filter_map(|error| {
                let place = error.location.as_ref()?;
                ids.get(&Arc::as_ptr(&place.source)).copied()
            })
            .collect();
        Self {
            schema,
            options,
            ids,
            broken,
            unfollowed: None,
            withheld: Vec::new(),
            unsafe_count: 0,
        }
    }

    /// The fix as edits of files, if it is wanted and can be made.
    fn candidate<'f>(&mut self, finding: &'f Diagnostic, fix: &'f Fix) -> Option<Candidate<'f>> {
        let made = self.made(finding, fix);
        match made {
            Ok(candidate) => candidate,
            Err(why) => {
                self.withheld.push(Withheld::new(finding, fix, why));
                None
            }
        }
    }

    fn made<'f>(
        &mut self,
        finding: &'f Diagnostic,
        fix: &'f Fix,
    ) -> Result<Option<Candidate<'f>>, String> {
        let mut edits = Vec::with_capacity(fix.edits.len());
        for (source, edit) in &fix.edits {
            let file = self.editable(source)?;
            edits.push((file, with_line_ends(edit, source)));
        }
        let renamed = match &fix.rename {
            None => None,
            Some(rename) => {
                let file = self.editable(&rename.declaration.source)?;
                let renamed = Renamed::new(self.schema, file, rename)?;
                let (schema, broken) = (self.schema, &self.broken);
                let unfollowed = self
                    .unfollowed
                    .get_or_insert_with(|| Unfollowed::of(schema, broken));
                if let Some(why) = unfollowed.refusal(&renamed) {
                    return Err(why);
                }
                edits.extend(rename::declaration(self.schema, &renamed));
                Some(renamed)
            }
        };
        let is_safe = match &renamed {
            None => fix.safety == Safety::Safe,
            Some(renamed) => !(self.options.is_published)(self.schema, renamed),
        };
        if !is_safe && !self.options.unsafe_too {
            self.unsafe_count += 1;
            return Ok(None);
        }
        Ok(Some(Candidate {
            finding,
            fix,
            edits,
            renamed,
        }))
    }

    /// The file that is edited, if it may be.
    fn editable(&self, source: &Arc<Source>) -> Result<FileId, String> {
        let id = self.ids.get(&Arc::as_ptr(source)).copied();
        let path = source.path();
        let id = id.ok_or_else(|| format!("`{path}` is not among the files that are checked"))?;
        if self.schema.file(id).role() != Role::Target {
            return Err(format!("`{path}` is only imported"));
        }
        if !source.is_utf8() {
            return Err(format!("`{path}` is not valid UTF-8"));
        }
        Ok(id)
    }

    /// Takes the candidates that do not touch each other. What is left behind comes again in the next round.
    fn choose(mut self, candidates: Vec<Candidate<'_>>) -> Plan<'_> {
        let mut renames = Renames::default();
        let mut kept: Vec<Candidate<'_>> = Vec::with_capacity(candidates.len());
        for candidate in candidates {
            let is_alone = match &candidate.renamed {
                Some(renamed) => renames.add(kept.len(), renamed),
                None => true,
            };
            if is_alone {
                kept.push(candidate);
            }
        }
        let mut candidates = kept;
        let mut refused: Vec<usize> = Vec::new();
        for (at, file, edit) in renames.edits(self.schema) {
            let source = self.schema.file(file).source();
            match (self.editable(source), candidates.get_mut(at)) {
                (Ok(_), Some(candidate)) => candidate.edits.push((file, edit)),
                (Err(why), Some(candidate)) if refused.last() != Some(&at) => {
                    refused.push(at);
                    let why = format!("it is used where nothing can be changed: {why}");
                    let withheld = Withheld::new(candidate.finding, candidate.fix, why);
                    self.withheld.push(withheld);
                }
                _ => {}
            }
        }
        let mut taken = Taken::default();
        let mut fixes = Vec::new();
        let mut renamed = Vec::new();
        for (at, mut candidate) in candidates.into_iter().enumerate() {
            // Insertions at one place keep their order.
            candidate
                .edits
                .sort_by_key(|(file, edit)| (*file, edit.span));
            candidate
                .edits
                .dedup_by(|a, b| a == b && !a.1.span.is_empty());
            if candidate.edits.is_empty() || refused.contains(&at) || !taken.take(&candidate.edits)
            {
                continue;
            }
            renamed.extend(candidate.renamed);
            fixes.push(Planned {
                finding: candidate.finding,
                fix: candidate.fix,
                edits: candidate.edits,
            });
        }
        let mut renames = Renames::default();
        for (at, renamed) in renamed.iter().enumerate() {
            renames.add(at, renamed);
        }
        renames.derive(self.schema, &renamed);
        Plan {
            fixes,
            renames,
            withheld: self.withheld,
            unsafe_count: self.unsafe_count,
        }
    }
}

/// The bytes that are edited already.
#[derive(Default)]
struct Taken {
    spans: FxHashMap<FileId, BTreeMap<u32, u32>>,
}

impl Taken {
    /// Takes the bytes of a fix, if nobody has any of them.
    fn take(&mut self, edits: &[(FileId, Edit)]) -> bool {
        let is_free = |(file, edit): &(FileId, Edit)| match self.spans.get(file) {
            None => true,
            Some(spans) => !touches(spans, edit.span),
        };
        if !edits.iter().all(is_free) {
            return false;
        }
        for (file, edit) in edits {
            let spans = self.spans.entry(*file).or_default();
            spans.insert(edit.span.start, edit.span.end);
        }
        true
    }
}

/// Whether a span shares a byte with one of the others, or stands at the edge of one: text put in there could come on
/// either side.
fn touches(spans: &BTreeMap<u32, u32>, span: Span) -> bool {
    let before = spans.range(..=span.end).next_back();
    before.is_some_and(|(_, &end)| end >= span.start)
}

/// The edit with its line ends as the file has them.
fn with_line_ends(edit: &Edit, source: &Source) -> Edit {
    let text = source.text();
    let first = memchr::memchr(b'\n', text.as_bytes());
    let has_crlf = first.is_some_and(|at| text[..at].ends_with('\r'));
    if !has_crlf || !edit.replacement.contains('\n') {
        return edit.clone();
    }
    let plain = edit.replacement.replace("\r\n", "\n");
    Edit::replace(edit.span, plain.replace('\n', "\r\n"))
}
