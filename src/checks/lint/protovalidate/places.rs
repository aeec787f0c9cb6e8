//! Where the parts of an option stand.

use crate::schema::options::{OptionSet, Options};
use crate::schema::{Field, File, Message};
use crate::syntax::TokenRange;
use crate::syntax::literal::{Literal, LiteralField, LiteralKind, LiteralName};
use crate::syntax::tree::{NodeRange, OptionValue};
use crate::text::Span;

/// The places of an element's option and its parts, in the order of the file.
///
/// A part that was set by a statement of its own has that. Within `{…}`, each field with a value of its own has a place;
/// a message there has none but those of its fields, and the fields of a list's messages have none but the list's. So buf
/// has it, which tells findings by these places.
pub(super) struct Places {
    places: Vec<(Vec<i32>, Span)>,
    element: Span,
}

impl Places {
    /// The places of an option; `element` is where parts stand that nothing tells the place of.
    pub(super) fn new<'s>(
        options: Options<'s>,
        option: Field<'s>,
        file: File<'s>,
        element: Span,
    ) -> Self {
        let mut places = Self {
            places: Vec::new(),
            element,
        };
        for setting in options.custom_settings(option) {
            places.add(option, file, setting);
        }
        places
    }

    fn add(&mut self, option: Field<'_>, file: File<'_>, setting: OptionSet<'_>) {
        let OptionValue::Aggregate(tokens) = setting.node().value else {
            self.places.push((setting.path().to_vec(), setting.span()));
            return;
        };
        let Some((message, is_repeated)) = reached(option, &setting.path()[1..]) else {
            self.places.push((setting.path().to_vec(), setting.span()));
            return;
        };
        // A statement that sets a whole message stands from its name to its value, without `option` and `;`.
        let span = if is_repeated {
            setting.span()
        } else {
            Span::new(setting.name_span().start, setting.value_span().end)
        };
        self.places.push((setting.path().to_vec(), span));
        let Ok(literal) = Literal::parse(file.syntax(), tokens) else {
            return;
        };
        let mut walk = Walk {
            file,
            literal: &literal,
            places: &mut self.places,
        };
        walk.message(literal.root(), message, &mut setting.path().to_vec());
    }

    /// Where the part with that path stands: itself, else the first of its parts that has a place, else the nearest
    /// part around it, else the element.
    pub(super) fn find(&self, path: &[i32]) -> Span {
        let exact = self.places.iter().find(|(at, _)| at == path);
        let below = || self.places.iter().find(|(at, _)| at.starts_with(path));
        let above = || {
            let around = self.places.iter().filter(|(at, _)| path.starts_with(at));
            around.max_by_key(|(at, _)| at.len())
        };
        let found = exact.or_else(below).or_else(above);
        found.map_or(self.element, |(_, span)| *span)
    }
}

/// The message that a path of field numbers and positions leads to, and whether the field that holds it is repeated;
/// `None` where an extension is on the way.
fn reached<'s>(option: Field<'s>, path: &[i32]) -> Option<(Message<'s>, bool)> {
    let mut field = option;
    let mut message = option.kind().message()?;
    let mut path = path.iter();
    while let Some(&number) = path.next() {
        field = message.field_numbered(number)?;
        if field.is_repeated() {
            path.next();
        }
        message = field.kind().message()?;
    }
    Some((message, field.is_repeated()))
}

struct Walk<'w, 's> {
    file: File<'s>,
    literal: &'w Literal,
    places: &'w mut Vec<(Vec<i32>, Span)>,
}

impl Walk<'_, '_> {
    /// The parser bounds how deep messages of a literal nest.
    fn message(
        &mut self,
        fields: NodeRange<LiteralField>,
        message: Message<'_>,
        path: &mut Vec<i32>,
    ) {
        let syntax = self.file.syntax();
        let mut occurrences: Vec<(i32, i32)> = Vec::new();
        for field in self.literal.fields(fields) {
            let LiteralName::Field(token) = field.name else {
                continue;
            };
            let Some(declared) = message.field_named(syntax.text(token)) else {
                continue;
            };
            let Some(number) = declared.number() else {
                continue;
            };
            let end = field.separator.unwrap_or(field.tokens.end);
            let span = syntax.span(TokenRange::new(field.tokens.start, end));
            path.push(number);
            if declared.is_repeated() {
                // A list counts once, however many values it has.
                let position = match occurrences.iter_mut().find(|(known, _)| *known == number) {
                    Some((_, count)) => {
                        *count += 1;
                        *count
                    }
                    None => {
                        occurrences.push((number, 0));
                        0
                    }
                };
                path.push(position);
                self.places.push((path.clone(), span));
                path.pop();
            } else {
                let value = self.literal.values(field.values).first().copied();
                match (value.map(|value| value.kind), declared.kind().message()) {
                    (Some(LiteralKind::Message(inner)), Some(message)) => {
                        self.message(inner, message, path);
                    }
                    _ => self.places.push((path.clone(), span)),
                }
            }
            path.pop();
        }
    }
}
