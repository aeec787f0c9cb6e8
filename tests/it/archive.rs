//! Archives, well-meant and hostile.

use std::io::{Cursor, Write};

use protogov::sources::Memory;
use protogov::sources::archive::{Compression, Format, Layout, unpack};

type Entries<'a> = &'a [(&'a str, &'a str)];

/// The bytes of a tar archive; paths are written as they are given, whatever they say.
fn tar_of(entries: Entries<'_>) -> Vec<u8> {
    let mut builder = tar::Builder::new(Vec::new());
    for (path, text) in entries {
        let mut header = tar::Header::new_gnu();
        header.set_size(text.len() as u64);
        header.set_mode(0o644);
        header.as_mut_bytes()[..path.len()].copy_from_slice(path.as_bytes());
        header.set_cksum();
        builder
            .append(&header, text.as_bytes())
            .expect("written to memory");
    }
    builder.into_inner().expect("written to memory")
}

fn tar_with_link(path: &str, target: &str, kind: tar::EntryType) -> Vec<u8> {
    let mut builder = tar::Builder::new(Vec::new());
    let mut header = tar::Header::new_gnu();
    header.set_entry_type(kind);
    header.set_size(0);
    builder
        .append_link(&mut header, path, target)
        .expect("written to memory");
    builder.into_inner().expect("written to memory")
}

fn zip_of(entries: Entries<'_>) -> Vec<u8> {
    let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (path, text) in entries {
        writer
            .start_file(*path, zip::write::SimpleFileOptions::default())
            .expect("written to memory");
        writer
            .write_all(text.as_bytes())
            .expect("written to memory");
    }
    writer.finish().expect("written to memory").into_inner()
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(bytes).expect("written to memory");
    encoder.finish().expect("written to memory")
}

fn zstd(bytes: &[u8]) -> Vec<u8> {
    ruzstd::encoding::compress_to_vec(bytes, ruzstd::encoding::CompressionLevel::Fastest)
}

fn unpacked(
    bytes: &[u8],
    format: Format,
    compression: Compression,
    layout: &Layout,
) -> Result<Vec<(String, String)>, String> {
    let owned = |memory: Memory| {
        let file = |(path, bytes): (&str, &[u8])| {
            (path.to_owned(), String::from_utf8_lossy(bytes).into_owned())
        };
        memory.files().map(file).collect()
    };
    unpack(bytes, format, compression, layout, "a")
        .map(owned)
        .map_err(|problem| problem.into_facts().message)
}

fn owned(entries: Entries<'_>) -> Vec<(String, String)> {
    let pair = |(path, text): &(&str, &str)| ((*path).to_owned(), (*text).to_owned());
    entries.iter().map(pair).collect()
}

const PROJECT: Entries<'_> = &[
    ("project-1.0/proto/a.proto", "1"),
    ("project-1.0/proto/b/c.proto", "2"),
    ("project-1.0/readme.md", "no"),
    ("./project-1.0/other/d.proto", "3"),
];

#[test]
fn each_kind_of_archive_is_unpacked() {
    let expected = owned(&[
        ("project-1.0/other/d.proto", "3"),
        ("project-1.0/proto/a.proto", "1"),
        ("project-1.0/proto/b/c.proto", "2"),
    ]);
    let tar = tar_of(PROJECT);
    let zip = zip_of(PROJECT);
    let whole = Layout::default();
    for (bytes, format, compression) in [
        (tar.clone(), Format::Tar, Compression::None),
        (gzip(&tar), Format::Tar, Compression::Gzip),
        (zstd(&tar), Format::Tar, Compression::Zstd),
        (zip.clone(), Format::Zip, Compression::None),
        (gzip(&zip), Format::Zip, Compression::Gzip),
    ] {
        let found = unpacked(&bytes, format, compression, &whole);
        assert_eq!(found, Ok(expected.clone()), "{format:?} {compression:?}");
    }
}

#[test]
fn leading_directories_are_dropped_and_a_directory_can_be_named() {
    let layout = |strip_components, subdirectory: &str| Layout {
        strip_components,
        subdirectory: subdirectory.to_owned(),
        ..Layout::default()
    };
    let bytes = tar_of(PROJECT);
    for (layout, expected) in [
        (
            layout(1, "proto"),
            owned(&[("a.proto", "1"), ("b/c.proto", "2")]),
        ),
        (
            layout(2, ""),
            owned(&[("a.proto", "1"), ("b/c.proto", "2"), ("d.proto", "3")]),
        ),
        (layout(3, ""), owned(&[("c.proto", "2")])),
        (layout(9, ""), Vec::new()),
        (layout(0, "pro"), Vec::new()),
    ] {
        let found = unpacked(&bytes, Format::Tar, Compression::None, &layout);
        assert_eq!(found, Ok(expected), "{layout:?}");
    }
}

#[test]
fn a_path_that_leads_out_refuses_the_archive() {
    for path in [
        "../a.proto",
        "x/../../a.proto",
        "/etc/a.proto",
        "C:/a.proto",
        "x\\..\\a.proto",
        "../readme.md",
    ] {
        for (bytes, format) in [
            (tar_of(&[(path, "1")]), Format::Tar),
            (zip_of(&[(path, "1")]), Format::Zip),
        ] {
            let found = unpacked(&bytes, format, Compression::None, &Layout::default());
            assert!(
                found
                    .as_ref()
                    .is_err_and(|message| message.contains("leads out of it")),
                "{path} in {format:?}: {found:?}"
            );
        }
    }
}

#[test]
fn a_link_that_leads_out_refuses_the_archive_and_another_is_left_out() {
    use tar::EntryType::{Link, Symlink};
    for (path, target, kind) in [
        ("a/b.proto", "../../etc/passwd", Symlink),
        ("a/b", "/etc", Symlink),
        ("a/b.proto", "../etc/passwd", Link),
    ] {
        let bytes = tar_with_link(path, target, kind);
        let found = unpacked(&bytes, Format::Tar, Compression::None, &Layout::default());
        assert!(
            found.is_err_and(|message| message.contains("which leads out of it")),
            "{path} {target}"
        );
    }
    for (path, target, kind) in [
        ("a/b.proto", "../c.proto", Symlink),
        ("a/b.proto", "c.proto", Link),
    ] {
        let bytes = tar_with_link(path, target, kind);
        let found = unpacked(&bytes, Format::Tar, Compression::None, &Layout::default());
        assert_eq!(found, Ok(Vec::new()), "{path} {target}");
    }
    let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
    writer
        .add_symlink(
            "a.proto",
            "../../etc/passwd",
            zip::write::SimpleFileOptions::default(),
        )
        .expect("written to memory");
    let bytes = writer.finish().expect("written to memory").into_inner();
    let found = unpacked(&bytes, Format::Zip, Compression::None, &Layout::default());
    assert!(found.is_err_and(|message| message.contains("which leads out of it")));
}

#[test]
fn a_bomb_is_refused() {
    let layout = Layout {
        most_bytes: 1 << 20,
        ..Layout::default()
    };
    let zeros = "\0".repeat(4 << 20);
    for path in ["a.proto", "readme.md"] {
        let tar = gzip(&tar_of(&[(path, &zeros)]));
        let zip = gzip(&zip_of(&[(path, &zeros)]));
        assert!(tar.len() < 64 << 10 && zip.len() < 64 << 10);
        let found = unpacked(&tar, Format::Tar, Compression::Gzip, &layout);
        assert!(found.is_err(), "{path}");
    }
    let zip = zip_of(&[("a.proto", &zeros)]);
    let found = unpacked(&zip, Format::Zip, Compression::None, &layout);
    assert!(found.is_err_and(|message| message.contains("unpacks to more than 1048576 bytes")));
    let large = Compression::Gzip.undo_whole(gzip(zeros.as_bytes()), 1 << 20, "a");
    assert!(large.is_err_and(|problem| problem.message.contains("unpacks to more than")));
}

#[test]
fn what_is_broken_is_said_at_every_cut() {
    let tar = tar_of(PROJECT);
    for (bytes, format, compression) in [
        (gzip(&tar), Format::Tar, Compression::Gzip),
        (zstd(&tar), Format::Tar, Compression::Zstd),
        (zip_of(PROJECT), Format::Zip, Compression::None),
    ] {
        for end in (0..bytes.len() - 1).step_by(7) {
            // A cut may fall behind all that is needed; what must not happen is a panic.
            let _ = unpacked(&bytes[..end], format, compression, &Layout::default());
        }
        let found = unpacked(
            &bytes[..bytes.len() / 2],
            format,
            compression,
            &Layout::default(),
        );
        assert!(
            found
                .as_ref()
                .is_err_and(|message| message.contains("cannot be unpacked")),
            "{format:?} {compression:?}: {found:?}"
        );
    }
    let nonsense = unpacked(
        b"nonsense",
        Format::Zip,
        Compression::None,
        &Layout::default(),
    );
    assert!(nonsense.is_err());
}
