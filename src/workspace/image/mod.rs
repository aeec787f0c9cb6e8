//! Descriptor sets and buf images as sources: each file is printed as proto text and read like any other.
//!
//! So nothing above knows that images exist. What a descriptor does not hold (comments, order between kinds of
//! declarations) is not there; everything that a comparison looks at is. It is here and not in `sources` because the
//! names of options come from the definitions in the set and in `descriptor.proto`.
//!
//! <https://buf.build/docs/reference/images/>

mod body;
mod descriptors;
mod json;
mod options;
mod print;
mod types;
mod wire;

use rayon::prelude::*;

use crate::diagnostic::{Diagnostic, Severity};
use crate::sources::{INPUT, Memory, Result, Selection, well_known};

use descriptors::FileDescriptor;
use types::Types;

/// A descriptor set as sources.
#[derive(Debug)]
pub struct Image {
    /// The files by the names that they are imported by.
    pub files: Memory,
    /// The files that are more than imports. A set that is not of buf does not tell; there all but the bundled ones are.
    pub targets: Selection,
}

/// Reads a `FileDescriptorSet` or a buf image in binary form, or in JSON. `shown` is the set as the user named it.
///
/// # Errors
/// When the bytes are no descriptor set, or it holds no file.
pub fn read(bytes: &[u8], is_json: bool, shown: &str) -> Result<Image> {
    let mut types = Types::of_descriptors();
    let files = match is_json {
        true => json::read_set(&mut types, bytes).map_err(|why| no_set(shown, &why))?,
        false => descriptors::read_set(bytes)
            .ok_or_else(|| no_set(shown, "the bytes are not of that format"))?,
    };
    if files.is_empty() {
        return Err(no_set(shown, "it holds no file"));
    }
    types.add(&files);
    let printed: Vec<(String, Vec<u8>)> = files
        .par_iter()
        .map(|file| (file.name.clone(), print::file(&types, file).into_bytes()))
        .collect();
    let imports = files.iter().filter(|file| is_import(file));
    let targets = Selection::all().without(imports.map(|file| file.name.as_str()));
    Ok(Image {
        files: Memory::new(shown, printed),
        targets,
    })
}

fn is_import(file: &FileDescriptor) -> bool {
    match file.image_file {
        Some(image_file) => image_file.is_import,
        None => well_known::text(&file.name).is_some(),
    }
}

fn no_set(shown: &str, why: &str) -> Diagnostic {
    Diagnostic::without_place(
        INPUT,
        Severity::Error,
        format!("`{shown}` is no descriptor set: {why}"),
    )
    .with_help("make one with `protogov build --include-imports -o image.binpb`")
}
