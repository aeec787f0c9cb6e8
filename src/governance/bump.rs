//! Which part of a version a change asks for: <https://semver.org>, and Cargo's reading of it for versions below 1.0.0.

use std::fmt;

use schemars::JsonSchema;
use semver::Version;
use serde::Serialize;

/// The part of a version that a change asks to be raised.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Bump {
    /// Nothing changed.
    #[default]
    None,
    /// Nothing changed that users can see.
    Patch,
    /// Something was added or deprecated; what there was stays as it was.
    Minor,
    /// Something breaks: bytes, JSON or generated source.
    Major,
}

/// Two versions, `1.4.0..1.5.0`; a `v` before either is taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VersionStep {
    from: Version,
    to: Version,
}

impl Bump {
    /// The word for it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Patch => "patch",
            Self::Minor => "minor",
            Self::Major => "major",
        }
    }
}

impl fmt::Display for Bump {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Display for VersionStep {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}..{}", self.from, self.to)
    }
}

impl std::str::FromStr for VersionStep {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (from, to) = text
            .split_once("..")
            .ok_or("write two versions, as in `1.4.0..1.5.0`")?;
        let version = |text: &str| {
            let number = text.strip_prefix('v').unwrap_or(text);
            Version::parse(number).map_err(|error| format!("`{text}` is no version: {error}"))
        };
        Ok(Self {
            from: version(from)?,
            to: version(to)?,
        })
    }
}

impl VersionStep {
    /// Why the step is too small for a change that asks for `asked`; nothing where it is large enough.
    ///
    /// A pre-release counts as the version that it prepares; from a pre-release on anything goes, since it promises
    /// nothing. Below 1.0.0 the first part that is not zero is the major one, as Cargo has it: from 0.3.1 a break asks
    /// for 0.4.0 and an addition for 0.3.2, from 0.0.3 everything asks for 0.0.4.
    pub fn shortfall(&self, asked: Bump) -> Option<String> {
        if self.to <= self.from {
            return Some(format!("{} does not come after {}", self.to, self.from));
        }
        if asked == Bump::None || !self.from.pre.is_empty() {
            return None;
        }
        let (major, minor, patch) = (self.from.major, self.from.minor, self.from.patch);
        let least = match (asked, major, minor) {
            (Bump::Major, 0, 0) | (Bump::Minor, 0, _) | (Bump::Patch | Bump::None, ..) => {
                Version::new(major, minor, patch.saturating_add(1))
            }
            (Bump::Major, 0, _) | (Bump::Minor, ..) => {
                Version::new(major, minor.saturating_add(1), 0)
            }
            (Bump::Major, ..) => Version::new(major.saturating_add(1), 0, 0),
        };
        let reached = Version::new(self.to.major, self.to.minor, self.to.patch);
        (reached < least).then(|| {
            format!(
                "the change is {asked} and asks for {least} at least, not {}",
                self.to
            )
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_are_large_enough_or_not() {
        use Bump::{Major, Minor, None, Patch};
        for (step, enough, too_small) in [
            ("1.4.0..1.5.0", &[None, Patch, Minor][..], &[Major][..]),
            ("v1.4.0..v1.4.1", &[None, Patch], &[Minor, Major]),
            ("1.4.0..2.0.0", &[Patch, Minor, Major], &[]),
            ("1.4.0..1.5.0-rc.1", &[Patch, Minor], &[Major]),
            ("1.4.0..2.0.0-alpha.1", &[Major], &[]),
            ("2.0.0-alpha.1..2.0.0-alpha.2", &[Major], &[]),
            ("2.0.0-rc.1..2.0.0", &[Major], &[]),
            ("0.3.1..0.4.0", &[Minor, Major], &[]),
            ("0.3.1..0.3.2", &[Patch, Minor], &[Major]),
            ("0.0.3..0.0.4", &[Patch, Minor, Major], &[]),
            ("0.9.0..1.0.0", &[Major], &[]),
            ("1.5.0..1.4.0", &[], &[None, Patch, Minor, Major]),
            ("1.5.0..1.5.0", &[], &[None]),
        ] {
            let step: VersionStep = step.parse().expect("two versions");
            for &bump in enough {
                assert_eq!(step.shortfall(bump), Option::None, "{step} for {bump}");
            }
            for &bump in too_small {
                assert!(step.shortfall(bump).is_some(), "{step} for {bump}");
            }
        }
        for text in ["1.4.0", "1.4..1.5", "a..b", "..", "1.4.0..1.5.0..2.0.0"] {
            assert!(text.parse::<VersionStep>().is_err(), "{text}");
        }
    }
}
