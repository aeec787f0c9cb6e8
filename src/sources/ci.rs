//! What the CI system at hand says of a run: the base that it compares with, and how it is made to fetch whole histories.

use std::fs;

use super::Environment;

/// A CI system that is known by its environment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ci {
    /// GitHub Actions, and what is compatible with it (Gitea, Forgejo).
    GitHub,
    /// GitLab CI.
    GitLab,
    /// Bitbucket Pipelines.
    Bitbucket,
    /// Buildkite.
    Buildkite,
    /// Azure Pipelines.
    Azure,
    /// Jenkins.
    Jenkins,
    /// CircleCI.
    Circle,
    /// Travis CI.
    Travis,
    /// Drone.
    Drone,
    /// Woodpecker.
    Woodpecker,
    /// Cirrus CI.
    Cirrus,
    /// AWS CodeBuild.
    CodeBuild,
}

impl Ci {
    /// The system that this environment belongs to.
    pub fn of(environment: &Environment) -> Option<Self> {
        // Woodpecker before Drone: it sets Drone's variables too.
        let known = [
            ("GITHUB_ACTIONS", Self::GitHub),
            ("GITLAB_CI", Self::GitLab),
            ("BITBUCKET_BUILD_NUMBER", Self::Bitbucket),
            ("BUILDKITE", Self::Buildkite),
            ("TF_BUILD", Self::Azure),
            ("CIRCLECI", Self::Circle),
            ("TRAVIS", Self::Travis),
            ("CIRRUS_CI", Self::Cirrus),
            ("CODEBUILD_BUILD_ID", Self::CodeBuild),
            ("JENKINS_URL", Self::Jenkins),
            ("DRONE", Self::Drone),
        ];
        if environment.is("CI", "woodpecker") || environment.is("CI_SYSTEM_NAME", "woodpecker") {
            return Some(Self::Woodpecker);
        }
        known
            .into_iter()
            .find(|(variable, _)| environment.get(variable).is_some())
            .map(|(_, ci)| ci)
    }

    /// What to write into the system's configuration so that it fetches the whole history.
    pub const fn whole_history(self) -> Option<&'static str> {
        match self {
            Self::GitHub => Some("set `fetch-depth: 0` under `with:` of `actions/checkout`"),
            Self::GitLab => Some("set `GIT_DEPTH: 0` under `variables:` of the job"),
            Self::Bitbucket => Some("set `depth: full` under `clone:` of the step"),
            Self::Azure => Some("set `fetchDepth: 0` on the `checkout` step"),
            Self::Travis => Some("set `depth: false` under `git:`"),
            Self::Drone => Some("set `depth: 0` under `clone:`"),
            Self::Woodpecker => Some("set `partial: false` and `depth: 0` in the `clone` step"),
            Self::Cirrus => Some("set `CIRRUS_CLONE_DEPTH: 0` under `env:`"),
            Self::CodeBuild => Some("set the git clone depth of the source to `Full`"),
            Self::Jenkins => Some("switch off `Shallow clone` in the checkout's clone options"),
            Self::Buildkite | Self::Circle => None,
        }
    }
}

/// The base that a CI system announces, with the variable that says so.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Announced {
    /// The branch that a pull request is to be merged into, without `refs/heads/`.
    Branch {
        /// Where it is said.
        variable: &'static str,
        /// The branch.
        name: String,
    },
    /// The commit that the branch was at before this push.
    Before {
        /// Where it is said.
        variable: &'static str,
        /// The commit's id; all zeros when the branch is new.
        id: String,
    },
}

/// The base that the environment announces: the target of a pull request, else the commit before a push.
pub fn announced_base(environment: &Environment) -> Option<Announced> {
    target_branch(environment).or_else(|| before_push(environment))
}

fn target_branch(environment: &Environment) -> Option<Announced> {
    // Travis sets its variable to the pushed branch outside of pull requests, Buildkite and Drone set theirs to nothing
    // or to the pushed branch.
    let is_travis_pull_request = environment
        .get("TRAVIS_PULL_REQUEST")
        .is_some_and(|number| number != "false");
    let is_drone_pull_request = environment.is("DRONE_BUILD_EVENT", "pull_request");
    let variables = [
        ("GITHUB_BASE_REF", true),
        ("CI_MERGE_REQUEST_TARGET_BRANCH_NAME", true),
        ("CI_EXTERNAL_PULL_REQUEST_TARGET_BRANCH_NAME", true),
        ("BITBUCKET_PR_DESTINATION_BRANCH", true),
        ("BUILDKITE_PULL_REQUEST_BASE_BRANCH", true),
        ("SYSTEM_PULLREQUEST_TARGETBRANCH", true),
        ("CHANGE_TARGET", true),
        ("CIRRUS_BASE_BRANCH", true),
        ("CODEBUILD_WEBHOOK_BASE_REF", true),
        ("CI_COMMIT_TARGET_BRANCH", true),
        ("DRONE_TARGET_BRANCH", is_drone_pull_request),
        ("TRAVIS_BRANCH", is_travis_pull_request),
    ];
    variables.into_iter().find_map(|(variable, counts)| {
        let name = environment.get(variable).filter(|_| counts)?;
        Some(Announced::Branch {
            variable,
            name: name.strip_prefix("refs/heads/").unwrap_or(name).to_owned(),
        })
    })
}

fn before_push(environment: &Environment) -> Option<Announced> {
    if environment.is("GITHUB_EVENT_NAME", "push") {
        let event = fs::read(environment.get("GITHUB_EVENT_PATH")?).ok()?;
        let event: serde_json::Value = serde_json::from_slice(&event).ok()?;
        return Some(Announced::Before {
            variable: "GITHUB_EVENT_PATH",
            id: event.get("before")?.as_str()?.to_owned(),
        });
    }
    if environment.is("CI_PIPELINE_SOURCE", "push") {
        return Some(Announced::Before {
            variable: "CI_COMMIT_BEFORE_SHA",
            id: environment.get("CI_COMMIT_BEFORE_SHA")?.to_owned(),
        });
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn branch(variables: &[(&str, &str)]) -> Option<String> {
        match announced_base(&variables.iter().copied().collect())? {
            Announced::Branch { name, .. } => Some(name),
            Announced::Before { id, .. } => Some(id),
        }
    }

    #[test]
    fn a_pull_request_announces_its_target() {
        for (variables, expected) in [
            (&[("GITHUB_BASE_REF", "main")][..], Some("main")),
            (&[("GITHUB_BASE_REF", "")], None),
            (
                &[("SYSTEM_PULLREQUEST_TARGETBRANCH", "refs/heads/release/1")],
                Some("release/1"),
            ),
            (
                &[("BUILDKITE_PULL_REQUEST_BASE_BRANCH", "trunk")],
                Some("trunk"),
            ),
            (
                &[("TRAVIS_BRANCH", "main"), ("TRAVIS_PULL_REQUEST", "false")],
                None,
            ),
            (
                &[("TRAVIS_BRANCH", "main"), ("TRAVIS_PULL_REQUEST", "7")],
                Some("main"),
            ),
        ] {
            assert_eq!(branch(variables).as_deref(), expected, "{variables:?}");
        }
    }

    #[test]
    fn a_push_announces_what_was_there_before() {
        assert_eq!(
            branch(&[
                ("CI_PIPELINE_SOURCE", "push"),
                ("CI_COMMIT_BEFORE_SHA", "1234"),
            ])
            .as_deref(),
            Some("1234")
        );
        assert_eq!(branch(&[("CI_COMMIT_BEFORE_SHA", "1234")]), None);
    }
}
