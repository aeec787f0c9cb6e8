//! `protogov breaking --fix`: reserves what was removed, and mends what a merge has reserved twice.

use super::baseline::VersionArgs;
use super::fixing::{self, FixArgs};
use super::input::InputArgs;
use super::output::OutputArgs;
use super::workspace::Workspace;
use super::{Failure, Global, Outcome, Result};
use crate::diagnostic::Diagnostic;
use crate::fix::{self, Fixed, Options, Subject};
use crate::schema::Schema;
use crate::schema::diff::Diff;
use crate::workspace::ParsedFiles;

/// Today's files, and the baseline that they have lost something of.
struct Reserving {
    before: Schema,
    after: Workspace,
}

impl Subject for Reserving {
    fn schema(&self) -> &Schema {
        &self.after.schema
    }

    fn replace(&mut self, schema: Schema) -> Schema {
        std::mem::replace(&mut self.after.schema, schema)
    }

    fn findings(&self) -> Vec<Diagnostic> {
        // What is there twice comes first: nothing is added to a file that does not compile.
        let doubled = fix::merged_conflicts(&self.after.schema);
        if doubled.is_empty() {
            return fix::missing_reservations(&Diff::new(&self.before, &self.after.schema));
        }
        doubled
    }
}

/// Writes the fixes and gives nothing, so that what is left can be reported; or shows them and ends the run.
pub(super) fn run(
    input: &InputArgs,
    versions: &VersionArgs,
    args: &FixArgs,
    output: &OutputArgs,
    global: &Global,
) -> Result<Option<Outcome>> {
    if !versions.checks_disk() {
        return Err(Failure::with_help(
            "only files on disk can be fixed",
            "leave out `--staged` and `--head`",
        ));
    }
    let limits = input.limits()?;
    let mut all = Fixed::default();
    let mut notes = Vec::new();
    for (config, paths) in input.groups()? {
        let roots = input.roots(&config, &paths)?;
        let sides = versions.sides(&config, &roots, true)?;
        let [sides] = sides.as_slice() else {
            return Err(Failure::with_help(
                "there are several baselines, and each could ask for other fixes",
                "name one with `--against`",
            ));
        };
        let parsed = ParsedFiles::default();
        let load = |roots| Workspace::load(config.clone(), roots, &parsed, limits.clone());
        let mut reserving = Reserving {
            before: load(&sides.before).schema,
            after: load(&sides.after),
        };
        let fixed = fix::apply(
            &mut reserving,
            &Options {
                unsafe_too: false,
                is_published: &|_, _| true,
            },
        )?;
        all.files.extend(fixed.files);
        all.withheld.extend(fixed.withheld);
        for (rule, count) in fixed.counts {
            *all.counts.entry(rule).or_default() += count;
        }
    }
    notes.extend(fixing::notes(&all, args.writes(), None));
    output.write_notes(notes, global)?;
    if args.diff {
        return fixing::print_diff(&all.files).map(Some);
    }
    fixing::write(&all.files)?;
    Ok(None)
}
