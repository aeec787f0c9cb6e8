//! Inputs as they are spelled on a command line: `proto`, `old.tar.gz`, `image.binpb`, and buf's
//! `path#key=value,key=value` (<https://buf.build/docs/reference/inputs/>).

use std::path::Path;

use super::archive::{Compression, Format, Layout};
use super::{Result, input_error};
use crate::diagnostic::Diagnostic;

/// An input that a user named.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Input {
    /// The path; `-` is standard input.
    pub path: String,
    /// What lies there.
    pub kind: InputKind,
}

/// What an input is, and what of it is meant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum InputKind {
    /// A directory.
    Directory {
        /// The directory in it that is the root; empty for the directory itself.
        subdirectory: String,
    },
    /// A git repository.
    Git {
        /// The revision; `None` for what is checked out.
        revision: Option<String>,
        /// The directory in it that is the root; empty for its top.
        subdirectory: String,
    },
    /// A tar or zip archive.
    Archive {
        /// How it is put together.
        format: Format,
        /// How it is compressed as a whole.
        compression: Compression,
        /// How its paths are read.
        layout: Layout,
    },
    /// A `FileDescriptorSet` or a buf image.
    DescriptorSet {
        /// Whether it is JSON; otherwise it is binary.
        is_json: bool,
        /// How it is compressed.
        compression: Compression,
    },
    /// A single proto file.
    ProtoFile,
}

impl Input {
    /// Reads the spelling of an input. Nothing is looked up but whether a path is a directory.
    ///
    /// # Errors
    /// When a key or a value is not known, or the input lies on the network.
    pub fn parse(text: &str) -> Result<Self> {
        let (path, keys) = match text.split_once('#') {
            Some((path, keys)) => (path, Keys::parse(text, keys)?),
            None => (text, Keys::default()),
        };
        let path = path.strip_prefix("file://").unwrap_or(path);
        if is_remote(path) {
            return Err(input_error(format!("`{path}` is not on this machine"))
                .with_reason("protogov never uses the network")
                .with_help("clone it and name a revision, as in `--against origin/main`"));
        }
        let spelled = Spelled::of(path);
        let format = match &keys.format {
            Some(format) => Spelled::format(text, format)?,
            None => spelled.format,
        };
        let compression = match &keys.compression {
            Some(compression) => compression_named(text, compression)?,
            None => spelled.compression,
        };
        let subdirectory = keys.subdirectory.clone().unwrap_or_default();
        let kind = match format {
            Named::Directory => InputKind::Directory { subdirectory },
            Named::Git => InputKind::Git {
                revision: keys.revision(),
                subdirectory,
            },
            Named::Archive(format) => InputKind::Archive {
                format,
                compression,
                layout: Layout {
                    strip_components: keys.strip_components.unwrap_or(0),
                    subdirectory,
                    ..Layout::default()
                },
            },
            Named::DescriptorSet { is_json } => InputKind::DescriptorSet {
                is_json,
                compression,
            },
            Named::ProtoFile => InputKind::ProtoFile,
        };
        keys.check(text, &kind)?;
        Ok(Self {
            path: path.to_owned(),
            kind,
        })
    }

    /// Whether a text can only be an input, not the name of a revision.
    pub fn is_spelled(text: &str) -> bool {
        text == "-"
            || text.contains('#')
            || text.contains("://")
            || text.starts_with("./")
            || text.starts_with("../")
            || text.starts_with('/')
            || matches!(text, "." | "..")
            || text.ends_with('/')
            || !matches!(Spelled::of(text).format, Named::Directory)
    }
}

/// What the name of an input says of it.
struct Spelled {
    format: Named,
    compression: Compression,
}

#[derive(Clone, Copy)]
enum Named {
    Directory,
    Git,
    Archive(Format),
    DescriptorSet { is_json: bool },
    ProtoFile,
}

impl Spelled {
    fn of(path: &str) -> Self {
        let lower = path.to_ascii_lowercase();
        let (name, compression) = if let Some(name) = lower.strip_suffix(".gz") {
            (name.to_owned(), Compression::Gzip)
        } else if let Some(name) = lower.strip_suffix(".zst") {
            (name.to_owned(), Compression::Zstd)
        } else if let Some(name) = lower.strip_suffix(".tgz") {
            (format!("{name}.tar"), Compression::Gzip)
        } else {
            (lower, Compression::None)
        };
        let extension = Path::new(&name)
            .extension()
            .and_then(|extension| extension.to_str())
            .unwrap_or_default();
        let format = match extension {
            // `.git` has no extension.
            _ if name == ".git" || name.ends_with("/.git") => Named::Git,
            _ if Path::new(path).is_dir() && extension != "git" => Named::Directory,
            "tar" => Named::Archive(Format::Tar),
            "zip" => Named::Archive(Format::Zip),
            "binpb" | "bin" | "pb" | "desc" | "protoset" => Named::DescriptorSet { is_json: false },
            "json" => Named::DescriptorSet { is_json: true },
            "proto" => Named::ProtoFile,
            "git" => Named::Git,
            // buf takes an image from standard input.
            _ if name == "-" => Named::DescriptorSet { is_json: false },
            _ => Named::Directory,
        };
        Self {
            format,
            compression,
        }
    }

    fn format(text: &str, format: &str) -> Result<Named> {
        Ok(match format {
            "dir" => Named::Directory,
            "git" => Named::Git,
            "tar" | "targz" => Named::Archive(Format::Tar),
            "zip" => Named::Archive(Format::Zip),
            "bin" | "binpb" | "bingz" => Named::DescriptorSet { is_json: false },
            "json" | "jsongz" => Named::DescriptorSet { is_json: true },
            "protofile" => Named::ProtoFile,
            _ => {
                return Err(wrong(
                    text,
                    &format!("`format={format}` is not read"),
                    "use dir, git, tar, zip, binpb, json or protofile",
                ));
            }
        })
    }
}

fn compression_named(text: &str, compression: &str) -> Result<Compression> {
    match compression {
        "none" => Ok(Compression::None),
        "gzip" => Ok(Compression::Gzip),
        "zstd" => Ok(Compression::Zstd),
        _ => Err(wrong(
            text,
            &format!("`compression={compression}` is not known"),
            "use none, gzip or zstd",
        )),
    }
}

/// The keys after `#`.
#[derive(Default)]
struct Keys {
    format: Option<String>,
    compression: Option<String>,
    branch: Option<String>,
    tag: Option<String>,
    reference: Option<String>,
    subdirectory: Option<String>,
    strip_components: Option<usize>,
    /// The first key that only a clone over the network needs.
    clone_only: Option<String>,
}

impl Keys {
    fn parse(text: &str, keys: &str) -> Result<Self> {
        let mut parsed = Self::default();
        for pair in keys.split(',') {
            let Some((key, value)) = pair.split_once('=').filter(|(_, value)| !value.is_empty())
            else {
                return Err(wrong(
                    text,
                    &format!("`{pair}` is not of the form `key=value`"),
                    "write `path#key=value,key=value`",
                ));
            };
            let value = value.to_owned();
            let place = match key {
                "format" => &mut parsed.format,
                "compression" => &mut parsed.compression,
                "branch" => &mut parsed.branch,
                "tag" => &mut parsed.tag,
                "ref" | "commit" => &mut parsed.reference,
                "subdir" => &mut parsed.subdirectory,
                "strip_components" => {
                    let Ok(count) = value.parse() else {
                        return Err(wrong(
                            text,
                            &format!("`{pair}` is not a number"),
                            "give the number of leading directories to drop",
                        ));
                    };
                    parsed.strip_components = Some(count);
                    continue;
                }
                "depth" | "filter" | "recurse_submodules" | "include_package_files" => {
                    parsed.clone_only = Some(key.to_owned());
                    continue;
                }
                _ => {
                    return Err(wrong(
                        text,
                        &format!("`{key}` is not a key of an input"),
                        "use format, compression, branch, tag, ref, commit, subdir or strip_components",
                    ));
                }
            };
            if place.replace(value).is_some() {
                return Err(wrong(text, &format!("`{key}` is given twice"), "drop one"));
            }
        }
        if let Some(subdirectory) = &mut parsed.subdirectory {
            let trimmed = subdirectory.trim_matches('/');
            let trimmed = trimmed.strip_prefix("./").unwrap_or(trimmed);
            if trimmed != "." && !super::disk::is_plain(trimmed) {
                return Err(wrong(
                    text,
                    "`subdir` leads out of the input",
                    "name a directory in it",
                ));
            }
            *subdirectory = if trimmed == "." { "" } else { trimmed }.to_owned();
        }
        Ok(parsed)
    }

    /// What git is asked for. A `branch` beside `ref` only said what to fetch.
    fn revision(&self) -> Option<String> {
        let branch = || {
            self.branch
                .as_ref()
                .map(|name| format!("refs/heads/{name}"))
        };
        // buf takes a tag where it says commit, and the other way round.
        self.reference
            .clone()
            .or_else(|| self.tag.clone())
            .or_else(branch)
    }

    fn check(&self, text: &str, kind: &InputKind) -> Result<()> {
        let is_git = matches!(kind, InputKind::Git { .. });
        let is_archive = matches!(kind, InputKind::Archive { .. });
        let is_compressed = is_archive || matches!(kind, InputKind::DescriptorSet { .. });
        let has_directories = is_git || is_archive || matches!(kind, InputKind::Directory { .. });
        let misplaced = [
            ("branch", self.branch.is_some() && !is_git),
            ("tag", self.tag.is_some() && !is_git),
            ("ref", self.reference.is_some() && !is_git),
            (
                "strip_components",
                self.strip_components.is_some() && !is_archive,
            ),
            ("compression", self.compression.is_some() && !is_compressed),
            ("subdir", self.subdirectory.is_some() && !has_directories),
        ];
        match misplaced
            .into_iter()
            .find(|(_, is_misplaced)| *is_misplaced)
        {
            Some((key, _)) => Err(wrong(
                text,
                &format!("`{key}` does not go with this kind of input"),
                "name the kind with `format=`, or drop the key",
            )),
            None => Ok(()),
        }
    }
}

fn is_remote(path: &str) -> bool {
    let is_scp = || {
        let (host, _) = path.split_once(':')?;
        Some(host.len() > 1 && host.contains('@') && !host.contains('/'))
    };
    path.contains("://") || is_scp().unwrap_or(false)
}

fn wrong(text: &str, message: &str, help: &str) -> Diagnostic {
    input_error(format!("input `{text}`: {message}")).with_help(help)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kind(text: &str) -> std::result::Result<InputKind, String> {
        let parsed = Input::parse(text).map_err(|error| error.into_facts().message)?;
        Ok(parsed.kind)
    }

    fn git(revision: &str, subdirectory: &str) -> std::result::Result<InputKind, String> {
        Ok(InputKind::Git {
            revision: (!revision.is_empty()).then(|| revision.to_owned()),
            subdirectory: subdirectory.to_owned(),
        })
    }

    #[test]
    fn git_inputs_are_read_as_buf_spells_them() {
        assert_eq!(kind(".git#branch=main"), git("refs/heads/main", ""));
        assert_eq!(kind(".git#tag=v1.0,subdir=proto"), git("v1.0", "proto"));
        assert_eq!(
            kind("x/.git#ref=HEAD~1,branch=main,depth=50"),
            git("HEAD~1", "")
        );
        assert_eq!(
            kind("../repo.git#commit=1234,subdir=./a/b/"),
            git("1234", "a/b")
        );
        assert_eq!(kind(".#format=git,tag=v1.0"), git("v1.0", ""));
        assert_eq!(kind("file:///srv/x/.git"), git("", ""));
    }

    #[test]
    fn names_say_what_a_file_is() {
        let archive = |format, compression| {
            Ok(InputKind::Archive {
                format,
                compression,
                layout: Layout::default(),
            })
        };
        assert_eq!(kind("a.tar"), archive(Format::Tar, Compression::None));
        assert_eq!(kind("a.tar.gz"), archive(Format::Tar, Compression::Gzip));
        assert_eq!(kind("a.tgz"), archive(Format::Tar, Compression::Gzip));
        assert_eq!(kind("a.tar.zst"), archive(Format::Tar, Compression::Zstd));
        assert_eq!(kind("a.zip"), archive(Format::Zip, Compression::None));
        assert_eq!(
            kind("a#format=tar,compression=zstd"),
            archive(Format::Tar, Compression::Zstd)
        );
        assert_eq!(
            kind("image.json.gz"),
            Ok(InputKind::DescriptorSet {
                is_json: true,
                compression: Compression::Gzip,
            })
        );
        assert_eq!(
            kind("-"),
            Ok(InputKind::DescriptorSet {
                is_json: false,
                compression: Compression::None,
            })
        );
    }

    #[test]
    fn what_makes_no_sense_is_refused() {
        for (text, expected) in [
            ("a.tar#nothing=1", "`nothing` is not a key of an input"),
            ("a.tar#subdir", "`subdir` is not of the form `key=value`"),
            (
                "a.tar#branch=main",
                "`branch` does not go with this kind of input",
            ),
            (
                "a.tar#strip_components=x",
                "`strip_components=x` is not a number",
            ),
            (".git#subdir=../x", "`subdir` leads out of the input"),
            ("a#format=txtpb", "`format=txtpb` is not read"),
            ("a.tar#compression=xz", "`compression=xz` is not known"),
            (".git#tag=a,tag=b", "`tag` is given twice"),
        ] {
            assert_eq!(kind(text), Err(format!("input `{text}`: {expected}")));
        }
        for text in [
            "https://example.com/x.git#branch=main",
            "git@example.com:x/y.git",
        ] {
            assert!(kind(text).is_err_and(|error| error.ends_with("is not on this machine")));
        }
    }
}
