//! The imports of many files without parsing them.

use std::sync::{Arc, Mutex, PoisonError};

use memchr::memmem;

use super::Root;
use super::load::imports_of;
use crate::diagnostic::Diagnostic;
use crate::sources::Result;
use crate::syntax::File;
use crate::syntax::tree::ImportKind;
use crate::text::Source;

/// What a file imports.
#[derive(Debug, Default)]
pub(super) struct Imports {
    /// The index of the root that the file lies in.
    pub(super) root: usize,
    pub(super) path: String,
    /// All that it imports.
    pub(super) imports: Vec<String>,
    /// What it passes on to those who import it.
    pub(super) public_imports: Vec<String>,
}

/// The imports of all targets, sorted by root and path. What stands in comments may be among them.
pub(super) fn of_targets(roots: &[Root]) -> Result<Vec<Imports>> {
    let files = Mutex::new(Vec::new());
    let failed: Mutex<Option<Diagnostic>> = Mutex::default();
    for (index, root) in roots.iter().enumerate() {
        let Some(targets) = &root.targets else {
            continue;
        };
        root.tree
            .visit(targets, &|found| match root.tree.read_found(&found.path) {
                Ok(Some(bytes)) => {
                    let mut imports = of_file(&found.path, bytes);
                    imports.root = index;
                    imports.path = found.path;
                    let mut files = files.lock().unwrap_or_else(PoisonError::into_inner);
                    files.push(imports);
                }
                Ok(None) => {}
                Err(problem) => {
                    *failed.lock().unwrap_or_else(PoisonError::into_inner) = Some(problem);
                }
            });
    }
    if let Some(problem) = failed.into_inner().unwrap_or_else(PoisonError::into_inner) {
        return Err(problem);
    }
    let mut files = files.into_inner().unwrap_or_else(PoisonError::into_inner);
    files.sort_by(|a: &Imports, b| (a.root, &a.path).cmp(&(b.root, &b.path)));
    Ok(files)
}

fn of_file(path: &str, bytes: Vec<u8>) -> Imports {
    scanned(&bytes).unwrap_or_else(|| parsed(path, bytes))
}

/// The imports where all of them are written plainly; `None` where only the parser can tell.
fn scanned(bytes: &[u8]) -> Option<Imports> {
    let mut imports = Imports::default();
    for at in memmem::find_iter(bytes, b"import") {
        let is_word = |byte: Option<&u8>| {
            byte.is_some_and(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.'))
        };
        let rest = bytes.get(at + b"import".len()..).unwrap_or_default();
        if is_word(bytes.get(..at).and_then(<[u8]>::last)) || is_word(rest.first()) {
            continue;
        }
        let rest = rest.trim_ascii_start();
        let word_length = rest
            .iter()
            .take_while(|byte| byte.is_ascii_lowercase())
            .count();
        let (word, rest) = rest.split_at_checked(word_length)?;
        let rest = rest.trim_ascii_start();
        let (Some(quote @ (b'"' | b'\'')), b"" | b"public" | b"weak" | b"option") =
            (rest.first(), word)
        else {
            // A comment may stand between the word and the path.
            if rest.first() == Some(&b'/') {
                return None;
            }
            continue;
        };
        let text = rest.get(1..)?;
        let end = memchr::memchr3(*quote, b'\\', b'\n', text)?;
        let is_plain = text.get(end) == Some(quote)
            && text.get(end + 1..)?.trim_ascii_start().first() == Some(&b';');
        if !is_plain {
            return None;
        }
        let name = String::from_utf8(text.get(..end)?.to_vec()).ok()?;
        if word == b"public" {
            imports.public_imports.push(name.clone());
        }
        imports.imports.push(name);
    }
    Some(imports)
}

fn parsed(path: &str, bytes: Vec<u8>) -> Imports {
    let mut imports = Imports::default();
    let Ok(source) = Source::new(path, path, bytes) else {
        return imports;
    };
    let file = File::parse(Arc::new(source));
    for (index, name) in imports_of(&file) {
        let name = name.into_owned();
        let import = file.tree().imports.get(index.get());
        if import.is_some_and(|import| import.kind == ImportKind::Public) {
            imports.public_imports.push(name.clone());
        }
        imports.imports.push(name);
    }
    imports
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scanning_finds_what_parsing_finds() {
        let plain = "import \"a.proto\";\nimport public 'b.proto' ;import weak\n\"c.proto\";\n\
                     message important { int32 import = 1; } import option \"d.proto\";";
        let scanned = scanned(plain.as_bytes()).expect("all is plain");
        assert_eq!(
            scanned.imports,
            ["a.proto", "b.proto", "c.proto", "d.proto"]
        );
        assert_eq!(scanned.public_imports, ["b.proto"]);
        let parsed = parsed("x.proto", plain.into());
        assert_eq!(parsed.imports, scanned.imports);
        assert_eq!(parsed.public_imports, scanned.public_imports);
    }

    #[test]
    fn what_is_not_plain_is_parsed() {
        for text in [
            "import \"a\" \".proto\";",
            "import \"\\141.proto\";",
            "import /* x */ \"a.proto\";",
            "import \"a.proto\" /* x */;",
        ] {
            assert!(scanned(text.as_bytes()).is_none(), "{text}");
            assert_eq!(
                of_file("x.proto", text.into()).imports,
                ["a.proto"],
                "{text}"
            );
        }
    }
}
