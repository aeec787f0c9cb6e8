//! The version that a package's name ends with.

/// The version of a package: `a.v1`, `a.v1beta2`, `a.v1p1alpha1`, `a.v1test`.
///
/// The forms are buf's: <https://buf.build/docs/lint/rules/#package_version_suffix>
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PackageVersion {
    /// The number after the `v`.
    pub major: u32,
    /// How settled it is.
    pub channel: Channel,
}

/// How settled a version is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Channel {
    /// `v1alpha1`
    Alpha,
    /// `v1beta1`
    Beta,
    /// `v1test`
    Test,
    /// `v1`
    Stable,
}

impl Channel {
    /// Whether it may still change.
    pub const fn is_unstable(self) -> bool {
        !matches!(self, Self::Stable)
    }

    /// The word for it in a sentence.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Alpha => "alpha",
            Self::Beta => "beta",
            Self::Test => "test",
            Self::Stable => "stable",
        }
    }
}

impl PackageVersion {
    /// The version of a package of two or more parts whose last part is one.
    pub fn of_package(package: &str) -> Option<Self> {
        let (_, last) = package.rsplit_once('.')?;
        Self::parse(last)
    }

    /// Reads one part of a package's name.
    pub fn parse(part: &str) -> Option<Self> {
        let rest = part.strip_prefix('v')?;
        // Whatever follows `test` is free, so it is looked for first.
        if let Some((major, _)) = rest.split_once("test") {
            return Some(Self {
                major: number(major)?,
                channel: Channel::Test,
            });
        }
        let mut channels = [("alpha", Channel::Alpha), ("beta", Channel::Beta)]
            .into_iter()
            .filter_map(|(word, channel)| Some((channel, rest.split_once(word)?)));
        let Some((channel, (version, revision))) = channels.next() else {
            return Some(Self {
                major: number(rest)?,
                channel: Channel::Stable,
            });
        };
        if channels.next().is_some() {
            return None;
        }
        if !revision.is_empty() {
            number(revision)?;
        }
        let major = match version.split_once('p') {
            Some((major, patch)) => {
                number(patch)?;
                major
            }
            None => version,
        };
        Some(Self {
            major: number(major)?,
            channel,
        })
    }
}

/// A whole number from 1 on in 31 bits; leading zeros pass.
fn number(text: &str) -> Option<u32> {
    if !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    text.parse::<u32>().ok().filter(|&number| number >= 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_read_as_buf_reads_them() {
        let version = |major, channel| Some(PackageVersion { major, channel });
        for (package, expected) in [
            ("a.v1", version(1, Channel::Stable)),
            ("a.b.v01", version(1, Channel::Stable)),
            ("a.v1beta1", version(1, Channel::Beta)),
            ("a.v2alpha", version(2, Channel::Alpha)),
            ("a.v1p2beta3", version(1, Channel::Beta)),
            ("a.v1test", version(1, Channel::Test)),
            ("a.v1testfoo", version(1, Channel::Test)),
            ("v1", None),
            ("a.v0", None),
            ("a.v", None),
            ("a.v1alpha1beta1", None),
            ("a.v1beta0", None),
            ("a.v1p0beta1", None),
            ("a.v99999999999", None),
            ("a.one", None),
        ] {
            assert_eq!(PackageVersion::of_package(package), expected, "{package}");
        }
    }
}
