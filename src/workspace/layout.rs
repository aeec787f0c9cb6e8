//! Which directories look like import roots: those below which files lie where their packages say.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, PoisonError};

use crate::checks::root_above;
use crate::sources::{Selection, Tree};
use crate::syntax;
use crate::text::Source;

/// Directories that hold the contracts of others by custom: they are looked into for imports and not checked.
const BORROWED: [&str; 4] = ["third_party", "vendor", "node_modules", "external"];

/// The import roots that a tree seems to have, relative to it, sorted. The tree itself is the empty path.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Layout {
    /// Those of the team's own contracts.
    pub own: Vec<String>,
    /// Those of contracts that others wrote.
    pub borrowed: Vec<String>,
}

impl Layout {
    /// Looks at the packages of all files; a file that does not lie where its package says is passed over.
    pub fn of(tree: &dyn Tree) -> Self {
        let roots: Mutex<BTreeSet<String>> = Mutex::default();
        tree.visit(&Selection::all(), &|found| {
            let Ok(Some(bytes)) = tree.read_found(&found.path) else {
                return;
            };
            if let Some(root) = root_of(&found.path, bytes) {
                let mut roots = roots.lock().unwrap_or_else(PoisonError::into_inner);
                roots.insert(root);
            }
        });
        let roots = roots.into_inner().unwrap_or_else(PoisonError::into_inner);
        let is_borrowed = |root: &String| root.split('/').any(|part| BORROWED.contains(&part));
        let (borrowed, own) = roots.into_iter().partition(is_borrowed);
        Self { own, borrowed }
    }
}

/// The directory that imports are relative to if a file lies where its package says.
fn root_of(path: &str, bytes: Vec<u8>) -> Option<String> {
    let directory = path.rsplit_once('/')?.0;
    let source = Source::new(path, path, bytes).ok()?;
    let file = syntax::File::parse(Arc::new(source));
    let package = file.joined(file.tree().packages.first()?.name);
    root_above(directory, &package).map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sources::Memory;

    #[test]
    fn roots_follow_from_packages() {
        let file = |package: &str| format!("syntax = \"proto3\";\npackage {package};\n");
        let files = [
            ("proto/shop/v1/order.proto", file("shop.v1")),
            ("proto/shop/v1/price.proto", file("shop.v1")),
            ("api/users/v1/users.proto", file("users.v1")),
            ("api/odd.proto", file("elsewhere")),
            ("third_party/google/type/money.proto", file("google.type")),
        ];
        let files = files.map(|(path, text)| (path.to_owned(), text.into_bytes()));
        let tree = Memory::new("memory", files);
        let layout = Layout::of(&tree);
        assert_eq!(layout.own, ["api", "proto"]);
        assert_eq!(layout.borrowed, ["third_party"]);
    }
}
