//! Files that were read because they lie where files were asked for, and do not belong there.

use rustc_hash::FxHashMap;

use super::load::{Loaded, LoadedFile, imports_of};
use crate::schema::Role;

impl Loaded {
    /// The files without those that are left out. One that another file imports stays, as an import.
    #[must_use]
    pub fn without(mut self, is_left_out: impl Fn(&LoadedFile) -> bool) -> Self {
        let mut open: Vec<usize> = Vec::new();
        let mut is_needed: Vec<bool> = Vec::with_capacity(self.files.len());
        let mut any_left_out = false;
        for (at, file) in self.files.iter_mut().enumerate() {
            if file.role == Role::Target && is_left_out(file) {
                file.role = Role::Import;
                any_left_out = true;
            }
            is_needed.push(file.role == Role::Target);
            if file.role == Role::Target {
                open.push(at);
            }
        }
        if !any_left_out {
            return self;
        }
        let files = self.files.iter().enumerate();
        let by_name: FxHashMap<&str, usize> =
            files.map(|(at, file)| (file.file.name(), at)).collect();
        while let Some(at) = open.pop() {
            for (_, name) in imports_of(&self.files[at].file) {
                if let Some(&imported) = by_name.get(name.as_ref())
                    && !std::mem::replace(&mut is_needed[imported], true)
                {
                    open.push(imported);
                }
            }
        }
        let mut is_needed = is_needed.into_iter();
        self.files.retain(|_| is_needed.next().unwrap_or(true));
        self
    }
}
