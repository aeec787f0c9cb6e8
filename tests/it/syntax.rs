//! Laws of the syntax layer, over every fixture.

use std::sync::Arc;

use protogov::syntax::File;
use protogov::text::Source;

use crate::repository::files;

fn parse(bytes: &[u8]) -> File {
    File::parse(Arc::new(
        Source::new("test.proto", "test.proto", bytes.to_vec()).expect("small enough"),
    ))
}

/// Tokens and gaps, put together.
fn printed(file: &File) -> String {
    let mut out = String::new();
    for token in file.tokens().iter() {
        out.push_str(file.source().slice(file.tokens().gap_before(token)));
        out.push_str(file.text(token));
    }
    out
}

#[test]
fn every_prefix_of_every_contract_gives_itself_back() {
    let contracts = files("proto", "proto");
    assert!(!contracts.is_empty());
    for path in contracts {
        let bytes = std::fs::read(&path).expect("readable");
        for end in 0..=bytes.len() {
            let file = parse(&bytes[..end]);
            assert_eq!(
                printed(&file).len(),
                file.source().text().len(),
                "{path:?} cut at {end}"
            );
        }
        let whole = parse(&bytes);
        assert_eq!(printed(&whole).as_bytes(), bytes, "{path:?}");
        assert!(whole.errors().is_empty(), "{:?}", whole.errors());
    }
}

#[test]
fn every_conformance_case_is_parsed_losslessly() {
    let archives = files("fixtures/conformance", "cases");
    assert!(!archives.is_empty());
    for path in archives {
        let bytes = std::fs::read(&path).expect("readable");
        let file = parse(&bytes);
        assert_eq!(printed(&file), file.source().text(), "{path:?}");
    }
}

#[test]
fn deep_input_does_not_overflow_the_stack() {
    for unit in [
        "message A {",
        "{",
        "[",
        "(",
        "oneof a {",
        "option a = {",
        "extend a { optional group A = 1 {",
        "/*",
        "<",
        "a.",
    ] {
        let text = unit.repeat(100_000);
        let file = parse(text.as_bytes());
        assert_eq!(printed(&file), text);
        assert!(!file.errors().is_empty());
    }
}

#[test]
fn bytes_that_are_no_text_are_kept() {
    for bytes in [
        &b"\xff\xfe\x00message"[..],
        b"\xef\xbb\xbfsyntax = \"proto3\";",
        b"message \0 {}",
        b"// \xc3\x28\nmessage A { string s\xc3 = 1; }",
        b"\xef\xbb",
        b"\r\n\r\n\"abc\r\n",
        b"\"abc\\",
    ] {
        let file = parse(bytes);
        assert_eq!(file.source().bytes(), bytes);
        assert_eq!(printed(&file), file.source().text());
    }
}
