//! What to compare with where nobody says so.

use super::revision::is_all_zeros;
use super::{CommitId, Repository, Result, Revision, git_error};
use crate::sources::ci::{Announced, announced_base};

impl Repository {
    /// The base that CI announces, else the remote's default branch, else `main` or `master`. The note says which it is.
    ///
    /// # Errors
    /// When CI announces a branch that is not there, or there is nothing to fall back to.
    pub fn default_base(&self, head: CommitId) -> Result<Revision> {
        match announced_base(&self.environment) {
            Some(Announced::Branch { variable, name }) => {
                let remote = self.remote_or_origin();
                // The remote's branch first: a local one of that name may be old.
                let found = self
                    .find(&format!("refs/remotes/{remote}/{name}"))
                    .map(|found| Revision {
                        name: format!("{remote}/{name}"),
                        ..found
                    })
                    .or_else(|| self.find(&name));
                let Some(found) = found else {
                    let mut absent = self.not_found(&name);
                    let named = format!(", which `{variable}` names as the base");
                    absent.message.push_str(&named);
                    let why = || "without it there is nothing to compare with".to_owned();
                    absent.reason.get_or_insert_with(why);
                    return Err(absent);
                };
                Ok(noted(found, |name| {
                    format!("`{variable}` names `{name}` as the base")
                }))
            }
            Some(Announced::Before { variable, id }) => {
                let before = (!is_all_zeros(&id)).then(|| self.find(&id)).flatten();
                if let Some(found) = before {
                    let found = Revision {
                        name: found.commit.short(),
                        ..found
                    };
                    return Ok(noted(found, |name| {
                        format!("`{variable}` says that `{name}` was there before this push")
                    }));
                }
                let why = if is_all_zeros(&id) {
                    "the branch is new"
                } else {
                    "the commit before this push is not here"
                };
                let fallback = self.fallback(head)?;
                Ok(noted(fallback, |name| {
                    format!("{why}, and `{name}` stands in for it")
                }))
            }
            None => self.fallback(head),
        }
    }

    fn fallback(&self, head: CommitId) -> Result<Revision> {
        let found = self.remote_default().or_else(|| {
            ["main", "master"]
                .into_iter()
                .find_map(|branch| self.find(branch))
        });
        match found {
            Some(found) if found.commit == head => Ok(noted(found, |name| {
                format!(
                    "`{name}` is what is checked out, so only what is not committed yet is compared"
                )
            })),
            Some(found) => Ok(noted(found, |name| {
                format!("`{name}` is the default branch")
            })),
            None if self.is_shallow() => {
                let command = format!("git fetch --unshallow {}", self.remote_or_origin());
                Err(self.needs_history(
                    "there is no base branch in this shallow clone".to_owned(),
                    &command,
                ))
            }
            None => Err(git_error(
                "there is no base branch: neither `origin/HEAD`, `main` nor `master`",
            )
            .with_help("name a revision with `--against`")),
        }
    }

    /// What `refs/remotes/origin/HEAD` stands for.
    fn remote_default(&self) -> Option<Revision> {
        let remote = self.remote()?;
        let name = self.with(|repository| {
            let head = format!("refs/remotes/{remote}/HEAD");
            let head = repository.try_find_reference(&head).ok()??;
            let target = head.target().try_name()?.shorten().to_string();
            Some(target)
        })?;
        self.find(&name)
    }
}

fn noted(revision: Revision, note: impl FnOnce(&str) -> String) -> Revision {
    Revision {
        note: Some(note(&revision.name)),
        ..revision
    }
}
