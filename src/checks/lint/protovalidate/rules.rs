//! The messages of rules that protovalidate's options hold.

use std::cell::OnceCell;

use super::places::Places;
use crate::checks::Cx;
use crate::schema::options::{OptionMessage, OptionValue, Options, Value};
use crate::schema::{Field, File};
use crate::text::Span;

/// An element with one of protovalidate's options.
pub(super) struct Subject<'s> {
    options: Options<'s>,
    option: Field<'s>,
    file: File<'s>,
    element: Span,
    places: OnceCell<Places>,
}

impl<'s> Subject<'s> {
    /// `element` is where things stand that the file does not tell a place of.
    pub(super) fn new(
        options: Options<'s>,
        option: Field<'s>,
        file: File<'s>,
        element: Span,
    ) -> Self {
        Self {
            options,
            option,
            file,
            element,
            places: OnceCell::new(),
        }
    }

    /// What the option holds; `None` where it is not set.
    pub(super) fn rules(&self) -> Option<Rules<'_, 's>> {
        let message = self.options.custom_message(self.option)?;
        Some(Rules {
            subject: self,
            message,
            path: self.option.number().into_iter().collect(),
            name: format!("({})", self.option.full_name()),
        })
    }

    fn place(&self, path: &[i32]) -> Span {
        let places = self
            .places
            .get_or_init(|| Places::new(self.options, self.option, self.file, self.element));
        places.find(path)
    }
}

/// A message of rules, such as what `(buf.validate.field).string` holds.
#[derive(Clone)]
pub(super) struct Rules<'r, 's> {
    subject: &'r Subject<'s>,
    message: OptionMessage<'s>,
    path: Vec<i32>,
    /// As it is written in an option: `(buf.validate.field).string`.
    pub(super) name: String,
}

impl<'r, 's> Rules<'r, 's> {
    /// The message of rules in a field; `None` where it is not set.
    pub(super) fn part(&self, field: &str) -> Option<Self> {
        let value = self.message.get(field)?;
        self.with(field, value.as_message()?.clone(), None)
    }

    /// The messages of rules in a repeated field.
    pub(super) fn parts(&self, field: &str) -> Vec<Self> {
        let values = self.message.all(field);
        let messages = values.iter().filter_map(OptionValue::as_message);
        messages
            .enumerate()
            .filter_map(|(position, message)| self.with(field, message.clone(), Some(position)))
            .collect()
    }

    fn with(
        &self,
        field: &str,
        message: OptionMessage<'s>,
        position: Option<usize>,
    ) -> Option<Self> {
        Some(Self {
            subject: self.subject,
            message,
            path: self.path(field, position)?,
            name: format!("{}.{field}", self.name),
        })
    }

    /// The rule's name, as it is written in an option.
    pub(super) fn named(&self, field: &str) -> String {
        format!("{}.{field}", self.name)
    }

    /// The names of the fields that are set.
    pub(super) fn set(&self) -> Vec<String> {
        let fields = self.message.fields();
        fields
            .iter()
            .map(|set| set.field.name().into_owned())
            .collect()
    }

    pub(super) fn has(&self, field: &str) -> bool {
        self.get(field).is_some()
    }

    pub(super) fn get(&self, field: &str) -> Option<OptionValue<'s>> {
        self.message.get(field)
    }

    /// The values of a repeated field.
    pub(super) fn all(&self, field: &str) -> Vec<OptionValue<'s>> {
        self.message.all(field)
    }

    pub(super) fn is_true(&self, field: &str) -> bool {
        self.get(field).and_then(|value| value.as_bool()) == Some(true)
    }

    /// A length or count.
    pub(super) fn count(&self, field: &str) -> Option<u64> {
        match self.get(field)? {
            OptionValue::Scalar(Value::Unsigned(count)) => Some(count),
            _ => None,
        }
    }

    /// The bytes of a string, or of a field of type `bytes`.
    pub(super) fn bytes(&self, field: &str) -> Option<Vec<u8>> {
        bytes_of(&self.get(field)?)
    }

    /// A string; what is not UTF-8 is replaced.
    pub(super) fn text(&self, field: &str) -> Option<String> {
        self.bytes(field)
            .map(|bytes| String::from_utf8_lossy(&bytes).into_owned())
    }

    /// The message in a field.
    pub(super) fn message(&self, field: &str) -> Option<OptionMessage<'s>> {
        self.get(field)?.as_message().cloned()
    }

    /// The number and the name of an enum's value.
    pub(super) fn enum_value(&self, field: &str) -> Option<(i32, &'s str)> {
        self.get(field)?.as_enum_value()
    }

    /// Where the rules stand.
    pub(super) fn place(&self) -> Span {
        self.subject.place(&self.path)
    }

    /// Where a rule stands; `position` is that of a value of a repeated one.
    pub(super) fn place_of(&self, field: &str, position: Option<usize>) -> Span {
        match self.path(field, position) {
            Some(path) => self.subject.place(&path),
            None => self.place(),
        }
    }

    fn path(&self, field: &str, position: Option<usize>) -> Option<Vec<i32>> {
        let number = self.message.message_type().field_named(field)?.number()?;
        let mut path = self.path.clone();
        path.push(number);
        if let Some(position) = position {
            path.push(i32::try_from(position).ok()?);
        }
        Some(path)
    }

    /// Reports a rule.
    pub(super) fn report(
        &self,
        cx: &mut Cx<'_>,
        field: &str,
        message: String,
        help: impl Into<String>,
    ) {
        cx.report(self.place_of(field, None), message).help(help);
    }
}

/// The bytes of a string, or of a value of type `bytes`.
pub(super) fn bytes_of(value: &OptionValue<'_>) -> Option<Vec<u8>> {
    match value {
        OptionValue::Scalar(Value::String(bytes) | Value::Bytes(bytes)) => Some(bytes.clone()),
        _ => None,
    }
}
