//! `protogov scaffold`

mod contract;
mod questions;
mod show;

use std::fs;
use std::path::{Path, PathBuf};

use clap::{Args, Subcommand as ClapSubcommand};

use super::{Failure, Global, Outcome, Result, Subcommand, terminal};
use crate::scaffold::lock::{Contract, LOCK_FILE};
use crate::scaffold::{
    Answers, Changes, CrateName, Features, Lock, Places, Plan, Recipe, Rendered, Store, layout,
    render,
};
use crate::schema::Schema;
use contract::Sources;

/// Arguments of `protogov scaffold`.
#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true, subcommand_negates_reqs = true)]
pub struct Scaffold {
    #[command(subcommand)]
    command: Option<ScaffoldCommand>,
    #[command(flatten)]
    new: Box<New>,
}

#[derive(Debug, ClapSubcommand)]
enum ScaffoldCommand {
    /// Bring a crate up to date with its contract, keeping what you have changed
    Update(Update),
}

#[derive(Debug, Args)]
struct New {
    /// The name of the crate; without `--proto`, that of a ready-made service: `shipment`
    #[arg(required = true)]
    name: Option<String>,
    /// A file or directory of the contract; its services are served
    #[arg(long, value_name = "PATH", num_args = 1..)]
    proto: Vec<PathBuf>,
    /// A directory that imports are relative to; by default those of the configuration, else by each file's package
    #[arg(short = 'I', long = "import-root", value_name = "DIR")]
    roots: Vec<PathBuf>,
    /// The full name of a service to serve, instead of all; can be repeated
    #[arg(long, value_name = "SERVICE")]
    service: Vec<String>,
    /// Where to write the crate; a directory of its name when not given
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// Parts and presets, between commas; an unknown name lists them all
    #[arg(long = "with", value_name = "FEATURES")]
    features: Option<Features>,
    /// Where the standard methods keep their resources: `none`, `memory`, `sqlite` or `postgres`
    #[arg(long, value_name = "STORE")]
    store: Option<Store>,
    /// Make the contract a crate of its own, which clients can depend on, in a workspace with that of the server
    #[arg(long)]
    workspace: bool,
    #[command(flatten)]
    how: How,
}

#[derive(Debug, Args)]
struct Update {
    /// The directory of the crate
    #[arg(default_value = ".")]
    directory: PathBuf,
    /// Take the contract from here from now on
    #[arg(long, value_name = "PATH", num_args = 1..)]
    proto: Vec<PathBuf>,
    /// A directory that imports are relative to
    #[arg(short = 'I', long = "import-root", value_name = "DIR")]
    roots: Vec<PathBuf>,
    /// Have these parts from now on
    #[arg(long = "with", value_name = "FEATURES")]
    features: Option<Features>,
    /// Keep resources there from now on
    #[arg(long, value_name = "STORE")]
    store: Option<Store>,
    /// Write nothing, and fail if anything would be written
    #[arg(long)]
    check: bool,
    #[command(flatten)]
    how: How,
}

/// What is done with the changes.
#[derive(Debug, Clone, Copy, Args)]
struct How {
    /// Only list what would be written
    #[arg(long)]
    dry_run: bool,
    /// Show the changes to the files; alone it writes them too
    #[arg(long)]
    diff: bool,
}

impl Subcommand for Scaffold {
    fn run(self, _: &Global) -> Result {
        match self.command {
            Some(ScaffoldCommand::Update(update)) => update.run(),
            None => self.new.run(),
        }
    }
}

impl New {
    fn run(mut self) -> Result {
        let name = self.name.take().unwrap_or_default();
        let name = CrateName::new(&name).map_err(Failure::new)?;
        let out = self.out.take();
        let directory = out.unwrap_or_else(|| PathBuf::from(name.package()));
        let how = self.how;
        let (schema, answers, contract) = if self.proto.is_empty() {
            self.ready_made(&name)?
        } else {
            self.of_contract(name, &directory)?
        };
        let (plan, rendered) = plan(&schema, answers)?;
        let lock = lock_of(&plan, contract);
        let changes = Changes::new(&directory, &rendered, None, lock).map_err(refused)?;
        if !how.dry_run {
            changes.write().map_err(|refusal| refused(vec![refusal]))?;
        }
        terminal::write_stdout(|out| {
            show::changes(out, &changes, how.diff)?;
            if plan.answers.store != Store::None && !plan.stores() {
                writeln!(out, "no rpc is a standard method, so nothing is stored")?;
            }
            if !how.dry_run {
                writeln!(
                    out,
                    "\nnext:\n  cd {}\n  cargo test\n  cargo run",
                    directory.display()
                )?;
            }
            Ok(())
        })?;
        Ok(Outcome::Clean)
    }

    /// A contract of the user's.
    fn of_contract(self, name: CrateName, directory: &Path) -> Result<(Schema, Answers, Contract)> {
        let (features, store) = questions::ask(self.features, self.store)?;
        let sources = Sources::new(self.proto, self.roots)?;
        let answers = Answers {
            name,
            services: self.service,
            features,
            store,
            workspace: self.workspace,
            recipe: None,
        };
        Ok((sources.link()?, answers, sources.recorded(directory)))
    }

    /// A service that leaves nothing open but its place.
    fn ready_made(&self, name: &CrateName) -> Result<(Schema, Answers, Contract)> {
        let recipe = recipe(name)?;
        let choices = [
            ("--import-root", !self.roots.is_empty()),
            ("--service", !self.service.is_empty()),
            ("--with", self.features.is_some()),
            ("--store", self.store.is_some()),
            ("--workspace", self.workspace),
        ];
        if let Some((choice, _)) = choices.iter().find(|(_, is_made)| *is_made) {
            return Err(Failure::with_help(
                format!(
                    "`{choice}` says nothing to `{}`, which is ready-made",
                    recipe.name()
                ),
                "leave it out, or say where another contract is with `--proto PATH`",
            ));
        }
        let schema = contract::embedded(recipe.contract())?;
        let answers = Answers::ready_made(recipe).map_err(Failure::new)?;
        Ok((schema, answers, Contract::default()))
    }
}

/// The ready-made service of that name.
fn recipe(name: &CrateName) -> Result<Recipe> {
    let names: Vec<_> = Recipe::ALL
        .iter()
        .map(|recipe| format!("`{}`", recipe.name()))
        .collect();
    Recipe::named(name.package()).ok_or_else(|| {
        Failure::with_help(
            format!(
                "`{}` is not a ready-made service, and no contract was given",
                name.package()
            ),
            format!(
                "say where the contract is with `--proto PATH`, or choose among {}",
                names.join(", ")
            ),
        )
    })
}

impl Update {
    fn run(self) -> Result {
        let path = self.directory.join(LOCK_FILE);
        let text = fs::read_to_string(&path).map_err(|error| {
            Failure::with_help(
                format!("cannot read `{}`: {error}", path.display()),
                "give the directory of a crate that `protogov scaffold` has written",
            )
        })?;
        let before = Lock::parse(&text).map_err(|error| {
            Failure::new(format!("`{}` cannot be used: {error}", path.display()))
        })?;
        let mut answers = before.answers.clone();
        if let Some(features) = self.features {
            answers.features = features;
        }
        if let Some(store) = self.store {
            answers.store = store;
        }
        let places = Places::of(&answers);
        let (merged, contract) = if self.proto.is_empty() {
            (
                contract::merged(&self.directory, &places, &before.contract)?,
                before.contract.clone(),
            )
        } else {
            let sources = Sources::new(self.proto, self.roots)?;
            let contract = sources.recorded(&self.directory);
            let merged = contract::merged(&self.directory, &places, &contract)?;
            (merged, contract)
        };
        let (plan, mut rendered) = plan(&merged.schema, answers)?;
        for file in &mut rendered {
            file.base = merged.bases.get(&file.path).cloned();
        }
        let lock = lock_of(&plan, contract);
        let changes =
            Changes::new(&self.directory, &rendered, Some(&before), lock).map_err(refused)?;
        let writes = !self.how.dry_run && !self.check;
        if writes && !changes.is_empty() {
            changes.write().map_err(|refusal| refused(vec![refusal]))?;
        }
        terminal::write_stdout(|out| show::changes(out, &changes, self.how.diff))?;
        let drifts = self.check && !changes.is_empty();
        Ok(if changes.has_conflicts() || drifts {
            Outcome::Findings
        } else {
            Outcome::Clean
        })
    }
}

/// Decides and renders. The schema must be free of errors.
fn plan(schema: &Schema, answers: Answers) -> Result<(Plan, Vec<Rendered>)> {
    let plan = Plan::new(schema, answers)?;
    let mut rendered = render(&plan)
        .map_err(|error| Failure::new(format!("a template does not fit the plan: {error}")))?;
    layout::lay_out(&mut rendered);
    Ok((plan, rendered))
}

fn lock_of(plan: &Plan, mut contract: Contract) -> Lock {
    contract.files.clone_from(&plan.roots);
    Lock {
        answers: plan.answers.clone(),
        contract,
        files: std::collections::BTreeMap::new(),
    }
}

fn refused(refusals: Vec<crate::scaffold::update::Refusal>) -> Failure {
    let texts: Vec<_> = refusals.iter().map(ToString::to_string).collect();
    Failure::with_help(texts.join("\n       "), "nothing was written")
}

/// A path from one directory to a place, with `/`.
fn relative(from: &Path, to: &Path) -> String {
    let absolute = |path: &Path| {
        let existing = path.ancestors().find_map(|ancestor| {
            let ancestor = if ancestor.as_os_str().is_empty() {
                Path::new(".")
            } else {
                ancestor
            };
            let real = fs::canonicalize(ancestor).ok()?;
            Some(real.join(path.strip_prefix(ancestor).unwrap_or(path)))
        });
        existing.unwrap_or_else(|| path.to_owned())
    };
    let (from, to) = (absolute(from), absolute(to));
    let shared = from
        .components()
        .zip(to.components())
        .take_while(|(one, other)| one == other)
        .count();
    let up = from.components().skip(shared).map(|_| "..".to_owned());
    let down = to
        .components()
        .skip(shared)
        .map(|part| part.as_os_str().to_string_lossy().into_owned());
    let parts: Vec<_> = up.chain(down).collect();
    if parts.is_empty() {
        ".".to_owned()
    } else {
        parts.join("/")
    }
}
