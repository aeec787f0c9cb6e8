//! JSON objects written key by key, with the escapes that Go's encoder makes.
//!
//! Tens of thousands of findings are mostly strings without anything to escape. Whether there is something is found out
//! for many bytes at once, and then they are copied; serde would look at each of them by itself.

use std::io;

use serde::Serialize;

/// An object that is being written.
pub(super) struct Object<'o> {
    out: &'o mut Vec<u8>,
    is_empty: bool,
}

impl<'o> Object<'o> {
    /// Opens an object at the end of `out`.
    pub(super) fn begin(out: &'o mut Vec<u8>) -> Self {
        out.push(b'{');
        Self {
            out,
            is_empty: true,
        }
    }

    fn key(&mut self, key: &'static str) {
        if !std::mem::replace(&mut self.is_empty, false) {
            self.out.push(b',');
        }
        self.out.push(b'"');
        self.out.extend_from_slice(key.as_bytes());
        self.out.extend_from_slice(b"\":");
    }

    /// Adds a string.
    pub(super) fn text(&mut self, key: &'static str, text: &str) {
        self.key(key);
        if needs_escapes(text) {
            let escaped = serde_json::Value::from(text).to_string();
            push_as_go_does(&escaped, self.out);
        } else {
            self.out.push(b'"');
            self.out.extend_from_slice(text.as_bytes());
            self.out.push(b'"');
        }
    }

    /// Adds those of the strings that are there.
    pub(super) fn texts<const N: usize>(&mut self, texts: [(&'static str, Option<&str>); N]) {
        for (key, text) in texts {
            if let Some(text) = text {
                self.text(key, text);
            }
        }
    }

    /// Adds a number.
    pub(super) fn number(&mut self, key: &'static str, number: u32) -> io::Result<()> {
        self.key(key);
        Ok(serde_json::to_writer(&mut *self.out, &number)?)
    }

    /// Adds whatever serde can write.
    pub(super) fn value(
        &mut self,
        key: &'static str,
        value: &(impl Serialize + ?Sized),
    ) -> io::Result<()> {
        self.key(key);
        push_as_go_does(&serde_json::to_string(value)?, self.out);
        Ok(())
    }

    /// Adds a list of what `write` writes.
    pub(super) fn list<T>(
        &mut self,
        key: &'static str,
        items: &[T],
        write: impl Fn(&T, &mut Vec<u8>) -> io::Result<()>,
    ) -> io::Result<()> {
        self.key(key);
        for (at, item) in items.iter().enumerate() {
            self.out.push(if at == 0 { b'[' } else { b',' });
            write(item, self.out)?;
        }
        if items.is_empty() {
            self.out.push(b'[');
        }
        self.out.push(b']');
        Ok(())
    }

    /// Closes the object.
    pub(super) fn end(self) {
        self.out.push(b'}');
    }
}

/// Whether a string cannot be written as it is; true also of some that can.
fn needs_escapes(text: &str) -> bool {
    let is_special = |byte: u8| {
        byte < b' '
            || matches!(byte, b'"' | b'\\' | b'<' | b'>' | b'&')
            || byte == FIRST_OF_LINE_SEPARATOR
    };
    // Without a branch for each byte.
    text.bytes().fold(false, |any, byte| any | is_special(byte))
}

/// The first byte of U+2028 and U+2029.
const FIRST_OF_LINE_SEPARATOR: u8 = 0xe2;

/// Appends JSON with the escapes that Go's encoder makes besides serde's: these characters occur in strings only.
fn push_as_go_does(json: &str, out: &mut Vec<u8>) {
    let mut rest = json;
    while let Some(at) = rest.find(['<', '>', '&', '\u{2028}', '\u{2029}']) {
        let (plain, special) = rest.split_at(at);
        out.extend_from_slice(plain.as_bytes());
        let mut characters = special.chars();
        let code = characters.next().map_or(0, u32::from);
        out.extend_from_slice(format!("\\u{code:04x}").as_bytes());
        rest = characters.as_str();
    }
    out.extend_from_slice(rest.as_bytes());
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes_are_those_of_go() {
        let mut out = Vec::new();
        let mut object = Object::begin(&mut out);
        object.text("plain", "caf\u{e9}\u{7f}");
        object.text("escaped", "a<b>&\u{2028}\u{2029}\"\n\u{2030}");
        object.value("list", &["<", "\\"]).expect("JSON");
        object.number("number", 7).expect("JSON");
        object.end();
        assert_eq!(
            String::from_utf8(out).expect("text"),
            "{\"plain\":\"caf\u{e9}\u{7f}\",\"escaped\":\"a\\u003cb\\u003e\\u0026\\u2028\\u2029\\\"\\n\u{2030}\",\
             \"list\":[\"\\u003c\",\"\\\\\"],\"number\":7}"
        );
    }
}
