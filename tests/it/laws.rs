//! The laws of `fuzz/`, on mutated contracts and conformance cases. The seed is fixed: a failure can be repeated.

#[path = "../../fuzz/src/laws.rs"]
mod any_bytes;

use crate::repository::files;

/// A small generator of numbers (splitmix64); what is needed here is that a seed gives the same run everywhere.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    fn below(&mut self, end: usize) -> usize {
        usize::try_from(self.next() % u64::try_from(end.max(1)).expect("64 bits")).expect("small")
    }
}

/// What protobuf files are made of, to be thrown in anywhere.
const PIECES: &[&str] = &[
    "message",
    "enum",
    "oneof",
    "map<",
    "extend",
    "group",
    "reserved",
    "extensions",
    "option",
    "service",
    "rpc",
    "returns",
    "stream",
    "import",
    "public",
    "package",
    "syntax",
    "edition",
    "optional",
    "repeated",
    "required",
    "{",
    "}",
    "[",
    "]",
    "(",
    ")",
    "<",
    ">",
    ";",
    ",",
    "=",
    ".",
    "-",
    "1",
    "0x",
    "1e",
    "\"",
    "'",
    "\\",
    "/*",
    "*/",
    "//",
    "\n",
    "\r\n",
    "\0",
    "\u{feff}",
    "to max",
    "export",
    "local",
    "default = ",
    "json_name",
    "features.",
    "{{",
    "a.b.c",
    "\u{e9}",
];

fn mutated(bytes: &[u8], random: &mut Random) -> Vec<u8> {
    let mut out = bytes.to_vec();
    for _ in 0..=random.below(4) {
        let at = random.below(out.len() + 1);
        let length = random.below(24).min(out.len() - at);
        match random.below(5) {
            0 => {
                out.drain(at..at + length);
            }
            1 => out.truncate(at),
            2 => {
                let piece = PIECES[random.below(PIECES.len())];
                out.splice(at..at, piece.bytes());
            }
            3 => {
                let from = random.below(out.len());
                let copied = out[from..(from + 40).min(out.len())].to_vec();
                out.splice(at..at + length, copied);
            }
            _ => {
                if let Some(byte) = out.get_mut(at) {
                    *byte = random.next().to_le_bytes()[0];
                }
            }
        }
    }
    out
}

#[test]
fn mutated_contracts_are_parsed_and_linked() {
    let mut random = Random(35_01);
    let mut inputs = files("proto", "proto");
    inputs.extend(files("fixtures", "proto"));
    inputs.extend(files("src/sources/well_known", "proto"));
    assert!(inputs.len() > 15, "{inputs:?}");
    for path in inputs {
        let bytes = std::fs::read(&path).expect("readable");
        let rounds = (200_000 / (bytes.len() + 1)).clamp(3, 60);
        for _ in 0..rounds {
            any_bytes::front_end(&mutated(&bytes, &mut random));
        }
    }
}

#[test]
fn random_bytes_are_parsed_and_linked() {
    let mut random = Random(20_261_121);
    for _ in 0..300 {
        let length = random.below(400);
        let bytes: Vec<u8> = (0..length)
            .map(|_| random.next().to_le_bytes()[0])
            .collect();
        any_bytes::front_end(&bytes);
        let pieces: String = (0..random.below(60))
            .map(|_| PIECES[random.below(PIECES.len())])
            .collect::<Vec<_>>()
            .join(" ");
        any_bytes::front_end(pieces.as_bytes());
    }
}
