//! The excerpt of the common case, which is nearly every finding of a large run: one place on one short line of printable
//! ASCII, without colours. It is drawn as miette draws it, in a tenth of the time; everything else is miette's.

use std::fmt::Write;

use super::super::printable::is_printable_ascii;
use crate::diagnostic::Location;
use crate::text::Columns;

/// Columns between two tab stops.
const TAB: usize = 4;

/// Bytes of a line that are drawn here; miette is given a part of a longer one.
const LONGEST: usize = super::excerpt::MARGIN;

/// Appends the excerpt for a place, or nothing where it is not the common case.
pub(super) fn draw(location: &Location, columns: Columns, text: &mut String) -> Option<()> {
    let source = &*location.source;
    let lines = source.lines();
    let (start, end) = (location.span.start, location.span.end);
    let number = lines.line(start);
    let line_start = lines.start_of(number);
    let line = lines.line_text(source.text(), number);
    let is_plain = line.len() <= LONGEST && line.split('\t').all(is_printable_ascii);
    if !is_plain || !is_printable_ascii(source.path()) {
        return None;
    }
    // Of a span over several lines the first is shown, without the blanks at its end.
    let from = (start - line_start) as usize;
    let to = ((end - line_start) as usize).min(line.len());
    let meant = line.get(from..to)?.trim_end();
    if meant.is_empty() {
        return None;
    }
    let before = width(&line[..from], 0);
    let meant = width(meant, before) - before;
    let column = lines.position(source.text(), start, columns).column + 1;
    let number = (number + 1).to_string();
    let margin = number.len();
    let path = source.path();
    text.reserve(path.len() + line.len() + 3 * (before + meant) + 8 * margin + 64);
    // Writing to a string cannot fail.
    let _ = writeln!(text, "{:margin$}  ╭─[{path}:{number}:{column}]", "");
    let _ = write!(text, " {number} │ ");
    expand(line, text);
    let _ = write!(text, "\n {:margin$} · {:before$}", "", "");
    text.extend(std::iter::repeat_n('─', meant));
    let _ = writeln!(text, "\n{:margin$}  ╰────", "");
    Some(())
}

/// The column after a text that starts in the column `start`.
fn width(text: &str, start: usize) -> usize {
    text.bytes().fold(start, |column, byte| match byte {
        b'\t' => column + TAB - column % TAB,
        _ => column + 1,
    })
}

/// Appends a line with blanks for its tabs.
fn expand(line: &str, text: &mut String) {
    let mut column = 0;
    for (at, part) in line.split('\t').enumerate() {
        if at > 0 {
            let blanks = TAB - column % TAB;
            text.extend(std::iter::repeat_n(' ', blanks));
            column += blanks;
        }
        text.push_str(part);
        column += part.len();
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::super::excerpt::Excerpts;
    use super::*;
    use crate::report::Style;
    use crate::text::{Source, Span};

    /// What miette draws for a place.
    fn by_miette(location: &Location, columns: Columns) -> String {
        let style = Style {
            columns,
            ..Style::default()
        };
        let mut text = String::new();
        Excerpts::new(&style).draw(location, &[], &mut text);
        text
    }

    /// Compares every span of a source, as long as they are not too many, and says how many were drawn here.
    fn compare(text: &str) -> usize {
        let source = Arc::new(Source::new("a/b.proto", "b.proto", text.into()).expect("small"));
        let length = u32::try_from(text.len()).expect("small");
        let mut drawn = 0;
        for start in 0..length {
            for end in start..(start + 12).min(length) {
                let location = Location::new(&source, Span::new(start, end));
                for columns in [Columns::Display, Columns::Bytes, Columns::Descriptor] {
                    let mut own = String::new();
                    if draw(&location, columns, &mut own).is_some() {
                        assert_eq!(
                            own,
                            by_miette(&location, columns),
                            "{start}..{end}: {text:?}"
                        );
                        drawn += 1;
                    }
                }
            }
        }
        drawn
    }

    #[test]
    fn spans_of_odd_lines_are_drawn_as_miette_draws_them() {
        let long = format!("{};", "x".repeat(LONGEST + 9));
        for text in [
            "a",
            "message A {\n\tint32 b = 1;\r\n \t  string\tc = 2; \n}\n",
            "\n\n  \n\t\n;\r\n;",
            "é b\nc \u{1b}[31m d\ne\u{202e}f\n",
            "a\rb\n",
            &long,
        ] {
            compare(text);
        }
        assert!(compare("message A {\n\tint32 b = 1;\n}\n") > 500);
    }

    #[test]
    fn numbers_of_any_width_are_drawn_as_miette_draws_them() {
        for lines in [0, 8, 9, 98, 99, 100, 998, 999, 1000, 10_000] {
            let text = format!("{}  int32 é = 1;\n  int32 a = 2;\n", "\n".repeat(lines));
            let source = Source::new("b.proto", "b.proto", text.clone().into_bytes());
            let source = Arc::new(source.expect("small"));
            let at = u32::try_from(text.rfind("a =").expect("it is there")).expect("small");
            let location = Location::new(&source, Span::new(at, at + 1));
            let mut own = String::new();
            draw(&location, Columns::Display, &mut own).expect("a common case");
            assert_eq!(own, by_miette(&location, Columns::Display));
        }
    }
}
