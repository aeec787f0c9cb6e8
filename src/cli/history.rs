//! `protogov history`

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::{Args, ValueEnum};

use super::config::ConfigArgs;
use super::fixing::counted;
use super::{Failure, Global, Outcome, Result, Subcommand, terminal};
use crate::diagnostic::Diagnostic;
use crate::history::{
    CommitView, HistoryView, Ledger, NumberView, NumbersLock, Reach, Releases, View,
};
use crate::sources::Environment;
use crate::sources::git::Repository;
use crate::text::similar::closest;

/// Arguments of `protogov history`.
#[derive(Debug, Args)]
pub struct History {
    /// A message, enum or service (`pkg.Message`), or one of its numbers (`pkg.Message#7`); by default everything that
    /// was used again
    #[arg(value_name = "NAME[#NUMBER]")]
    symbol: Option<Symbol>,
    #[command(flatten)]
    ledger: LedgerArgs,
    /// The format of what is printed
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    format: HistoryFormat,
    /// Write all numbers that were given up to a file, for CI that clones without history
    #[arg(long, value_name = "FILE", conflicts_with = "symbol")]
    write: Option<PathBuf>,
    /// Compare such a file with the history
    #[arg(long, value_name = "FILE", conflicts_with_all = ["symbol", "write"])]
    verify: Option<PathBuf>,
}

/// Whose history is read. Shared by all subcommands that need it.
#[derive(Debug, Args)]
pub(super) struct LedgerArgs {
    /// The revision whose history is read
    #[arg(long, value_name = "REV", default_value = "HEAD")]
    head: String,
    /// Read the commits of merged branches too, not only the first parents: numbers that were in use on a branch and given
    /// up before it was merged count as used
    #[arg(long)]
    all: bool,
    #[command(flatten)]
    config: ConfigArgs,
}

/// How a history is printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum HistoryFormat {
    /// For people.
    Text,
    /// One JSON object.
    Json,
    /// Tables, for a pull request or a page.
    Markdown,
}

/// The full name of a type, and one of its numbers.
#[derive(Debug, Clone)]
struct Symbol {
    name: String,
    number: Option<i32>,
}

impl std::str::FromStr for Symbol {
    type Err = String;

    fn from_str(text: &str) -> std::result::Result<Self, String> {
        let (name, number) = match text.split_once('#') {
            Some((name, number)) => (name, Some(number)),
            None => (text, None),
        };
        let parsed = number.map(str::parse).transpose();
        Ok(Self {
            name: name.trim_start_matches('.').to_owned(),
            number: parsed.map_err(|_| "what follows `#` must be a number".to_owned())?,
        })
    }
}

/// A ledger with all that is needed to show it.
pub(super) struct Opened {
    pub(super) repository: Arc<Repository>,
    pub(super) ledger: Ledger,
    pub(super) releases: Releases,
}

impl LedgerArgs {
    /// Reads the ledger of the repository around the current directory.
    pub(super) fn open(&self) -> Result<Opened> {
        let failure = |problem: Diagnostic| Failure::from(vec![problem]);
        let here = Path::new(".");
        let here = here.canonicalize().unwrap_or_else(|_| PathBuf::from("."));
        let repository = Repository::discover(&here, &Environment::of_process())
            .map_err(failure)?
            .ok_or_else(|| {
                Failure::with_help(
                    "there is no git repository here, and the history of numbers is git's",
                    "run `protogov` inside a clone",
                )
            })?;
        let head = repository.head().map_err(failure)?;
        let head = match self.head.as_str() {
            "HEAD" => head,
            revision => repository.resolve(revision, head.commit).map_err(failure)?,
        };
        let config = self.config.load(&here)?;
        let reach = match self.all {
            true => Reach::All,
            false => Reach::FirstParents,
        };
        let ledger = Ledger::read(&repository, head.commit, reach).map_err(failure)?;
        let releases = Releases::read(&repository, &ledger, &config.release_tags.value);
        Ok(Opened {
            ledger,
            releases: releases.map_err(failure)?,
            repository,
        })
    }
}

impl Opened {
    /// What a reader must know before relying on a history that was cut off.
    pub(super) fn incomplete(&self) -> Option<String> {
        let since = self
            .ledger
            .begins()
            .map(|begins| crate::text::Day::of_seconds(begins).to_string());
        self.ledger.is_incomplete().then(|| {
            format!(
                "history incomplete, checked back to {}: this clone is shallow; run `git fetch --unshallow`",
                since.unwrap_or_else(|| "the newest commit".to_owned())
            )
        })
    }

    /// The lock file that this history makes.
    fn lock(&self) -> Result<NumbersLock> {
        if let Some(note) = self.incomplete() {
            return Err(Failure::with_help(
                note,
                "a lock file is made and verified where the whole history is",
            ));
        }
        Ok(NumbersLock::of(&self.ledger, &self.releases))
    }

    /// That no type of that name was ever declared, with the name that is most like it.
    pub(super) fn unknown(&self, name: &str) -> Failure {
        let names = self.ledger.records().iter().map(|record| &*record.name);
        let similar = closest(name, names);
        let what = format!("no message, enum or service was ever called `{name}`");
        match similar {
            Some(similar) => Failure::with_help(what, format!("did you mean `{similar}`?")),
            None => Failure::with_help(
                what,
                "give the full name, with the package, as in `shop.v1.Order`",
            ),
        }
    }
}

impl Subcommand for History {
    fn run(self, _: &Global) -> Result {
        let opened = self.ledger.open()?;
        if let Some(path) = self.write.as_ref().or(self.verify.as_ref()) {
            let lock = opened.lock()?;
            return match self.write.is_some() {
                true => write_lock(path, &lock),
                false => verify_lock(path, &lock),
            };
        }
        let view = View {
            ledger: &opened.ledger,
            releases: &opened.releases,
        };
        let (name, number) = match &self.symbol {
            Some(symbol) => (Some(symbol.name.as_str()), symbol.number),
            None => (None, None),
        };
        let history = view.history(name, number);
        if let Some(name) = name
            && history.types.is_empty()
        {
            return Err(opened.unknown(name));
        }
        let text = match self.format {
            HistoryFormat::Json => {
                let json = serde_json::to_string_pretty(&history);
                json.map_err(|error| Failure::new(error.to_string()))? + "\n"
            }
            HistoryFormat::Text => text(&history, name.is_some()),
            HistoryFormat::Markdown => markdown(&history, name.is_some()),
        };
        terminal::write_stdout(|out| out.write_all(text.as_bytes()))?;
        if let Some(note) = opened.incomplete() {
            terminal::write_stderr(&format!("warning: {note}\n"));
        }
        Ok(Outcome::Clean)
    }
}

/// Reads a lock file.
pub(super) fn read_lock(path: &Path) -> Result<NumbersLock> {
    let refuse = |error: String| Failure::new(format!("cannot read `{}`: {error}", path.display()));
    let text = std::fs::read_to_string(path).map_err(|error| refuse(error.to_string()))?;
    NumbersLock::parse(&text).map_err(refuse)
}

fn write_lock(path: &Path, lock: &NumbersLock) -> Result {
    std::fs::write(path, lock.text())
        .map_err(|error| Failure::new(format!("cannot write `{}`: {error}", path.display())))?;
    Ok(Outcome::Clean)
}

/// Says where a lock file and the history differ.
fn verify_lock(path: &Path, expected: &NumbersLock) -> Result {
    let differences = read_lock(path)?.differences(expected);
    if differences.is_empty() {
        return Ok(Outcome::Clean);
    }
    let shown = path.display();
    let mut text = String::new();
    for difference in &differences {
        let _ = writeln!(text, "{shown}: {difference}");
    }
    let _ = writeln!(text, "help: run `protogov history --write {shown}`");
    terminal::write_stdout(|out| out.write_all(text.as_bytes()))?;
    Ok(Outcome::Findings)
}

fn short(commit: &CommitView) -> &str {
    commit.commit.get(..10).unwrap_or(&commit.commit)
}

fn text(history: &HistoryView, is_of_type: bool) -> String {
    let mut out = String::new();
    for shown in &history.types {
        let state = if shown.declared { "in" } else { "deleted from" };
        let _ = writeln!(out, "{} {} {state} {}", shown.kind, shown.name, shown.path);
        for former in &shown.former_names {
            let _ = writeln!(out, "  formerly {former}");
        }
        for held in &shown.numbers {
            held_text(&mut out, held);
        }
        out.push('\n');
    }
    for reuse in &history.reuses {
        let _ = writeln!(
            out,
            "{}[{}]: `{}` of {} took over from `{}`",
            reuse.severity,
            reuse.rule,
            reuse.new.declaration(),
            reuse.r#type,
            reuse.old.declaration()
        );
        if !is_of_type {
            for (word, held) in [("old", &reuse.old), ("new", &reuse.new)] {
                let _ = writeln!(out, "  {word}: {}", span_text(held));
            }
        }
    }
    if is_of_type {
        for hole in &history.holes {
            let _ = writeln!(
                out,
                "note: `{}` was given up and is not reserved; add `reserved {};`",
                hole.last.declaration(),
                hole.last.number.unwrap_or_default()
            );
        }
    } else {
        let _ = writeln!(
            out,
            "{} read back to {}; {} numbers or names used again, {} given up and not reserved, {} revisions of files that do not compile stepped over",
            counted(history.commits, "commit"),
            history.since.as_deref().unwrap_or("the beginning"),
            history.reuses.len(),
            history.holes.len(),
            history.skipped_revisions
        );
    }
    out
}

fn held_text(out: &mut String, held: &NumberView) {
    let _ = writeln!(out, "\n  {}", held.declaration());
    if !held.oneof.is_empty() {
        let _ = writeln!(out, "    in oneof {}", held.oneof);
    }
    if let Some(under) = &held.under {
        let _ = writeln!(out, "    as part of {under}");
    }
    let _ = writeln!(out, "    {}", span_text(held));
}

/// From which commit to which, and in which releases.
fn span_text(held: &NumberView) -> String {
    let mut text = format!(
        "from {} ({}, {})",
        held.from.date,
        short(&held.from),
        held.from.author
    );
    if let (Some(until), Some(ended)) = (&held.until, held.ended) {
        let _ = write!(
            text,
            ", {ended} {} ({}, {})",
            until.date,
            short(until),
            until.author
        );
    }
    let _ = write!(text, "; releases: {}", held.releases());
    text
}

fn markdown(history: &HistoryView, is_of_type: bool) -> String {
    let mut out = String::new();
    for shown in &history.types {
        let _ = writeln!(out, "## {} `{}`\n", shown.kind, shown.name);
        for former in &shown.former_names {
            let _ = writeln!(out, "Formerly `{former}`.\n");
        }
        out += "| Declaration | From | Until | Releases |\n|---|---|---|---|\n";
        for held in &shown.numbers {
            let until = held.until.as_ref().zip(held.ended);
            let until = until.map_or_else(String::new, |(until, ended)| {
                format!("{} `{}` ({ended})", until.date, short(until))
            });
            let _ = writeln!(
                out,
                "| `{}` | {} `{}` {} | {until} | {} |",
                held.declaration(),
                held.from.date,
                short(&held.from),
                held.from.author.replace('|', "\\|"),
                held.releases()
            );
        }
        out.push('\n');
    }
    if !history.reuses.is_empty() || !is_of_type {
        out += "| Severity | Rule | Type | Was | Until | Releases | Now | Since |\n|---|---|---|---|---|---|---|---|\n";
    }
    for reuse in &history.reuses {
        let until = reuse.old.until.as_ref();
        let _ = writeln!(
            out,
            "| {} | {} | `{}` | `{}` | {} | {} | `{}` | {} |",
            reuse.severity,
            reuse.rule,
            reuse.r#type,
            reuse.old.declaration(),
            until.map_or("", |until| &until.date),
            reuse.old.releases(),
            reuse.new.declaration(),
            reuse.new.from.date
        );
    }
    if !history.complete {
        let since = history.since.as_deref().unwrap_or("the newest commit");
        let _ = writeln!(out, "\n**History incomplete, checked back to {since}.**");
    }
    out
}
