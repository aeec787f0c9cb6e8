//! Fields as the templates see them, and what is asked of fields everywhere.

use crate::scaffold::rust;
use crate::schema::{Cardinality, Field, FieldKind, Message};
use crate::syntax::tree::Scalar;

/// A field as Rust code sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldPlan {
    /// Its name in the contract.
    pub name: String,
    /// Its identifier.
    pub ident: String,
    /// Whether it is an `Option`.
    pub optional: bool,
}

impl FieldPlan {
    pub(super) fn of(field: Field<'_>) -> Self {
        Self {
            name: field.name().into_owned(),
            ident: rust::snake(&field.name()),
            optional: field.cardinality() == Cardinality::Explicit,
        }
    }

    /// An expression of type `&str` or of a copied scalar; prost makes a getter for what is optional.
    pub fn get(&self, of: &str) -> String {
        if self.optional {
            format!("{of}.{}()", self.ident)
        } else {
            format!("{of}.{}", self.ident)
        }
    }

    /// An expression that borrows text.
    pub fn text(&self, of: &str) -> String {
        if self.optional {
            format!("{of}.{}()", self.ident)
        } else {
            format!("&{of}.{}", self.ident)
        }
    }

    /// The value as text of its own.
    pub fn owned(&self, of: &str) -> String {
        if self.optional {
            format!("{of}.{}().to_owned()", self.ident)
        } else {
            format!("{of}.{}", self.ident)
        }
    }

    /// The value, moved out of its message.
    pub fn taken(&self, of: &str) -> String {
        if self.optional {
            format!("{of}.{}.unwrap_or_default()", self.ident)
        } else {
            format!("{of}.{}", self.ident)
        }
    }

    /// The value of this field of a request as another field takes it.
    pub fn converted(&self, to: &Self) -> String {
        match (self.optional, to.optional) {
            (true, false) => self.taken("request"),
            (false, true) => format!("Some(request.{})", self.ident),
            _ => format!("request.{}", self.ident),
        }
    }

    /// A value made to fit the field.
    pub fn wrap(&self, value: &str) -> String {
        if self.optional {
            format!("Some({value})")
        } else {
            value.to_owned()
        }
    }
}

/// A moment in a resource.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TimeField {
    /// The field.
    pub field: FieldPlan,
    /// What it counts.
    pub unit: TimeUnit,
}

impl TimeField {
    /// The moment `now` as the field holds it.
    pub fn value(&self) -> String {
        self.field.wrap(match self.unit {
            TimeUnit::Timestamp => "now.into()",
            TimeUnit::Seconds => "crate::resource::milliseconds(now) / 1000",
            TimeUnit::Milliseconds => "crate::resource::milliseconds(now)",
        })
    }
}

/// How a moment is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TimeUnit {
    /// As `google.protobuf.Timestamp`.
    Timestamp,
    /// As seconds since the Unix epoch.
    Seconds,
    /// As milliseconds since the Unix epoch.
    Milliseconds,
}

/// An enum in a resource.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EnumField {
    /// The field.
    pub field: FieldPlan,
    /// The path of the enum.
    pub path: String,
    /// Its name, as messages tell it.
    pub enum_name: String,
    /// The variant that a new resource has.
    pub initial: Option<String>,
}

impl EnumField {
    /// The number in the field.
    pub fn number(&self) -> String {
        if self.field.optional {
            format!("self.{}.unwrap_or_default()", self.field.ident)
        } else {
            format!("self.{}", self.field.ident)
        }
    }

    /// What a new resource has there.
    pub fn initial_value(&self) -> String {
        let variant = self.initial.as_deref().unwrap_or_default();
        self.field.wrap(&format!("{}::{variant}.into()", self.path))
    }
}

/// A field that is there at most once, in no oneof, and in use.
pub(super) fn single<'s>(message: Message<'s>, name: &str) -> Option<Field<'s>> {
    let field = message
        .field_named(name)
        .filter(|field| !is_deprecated(*field))?;
    let is_single = matches!(
        field.cardinality(),
        Cardinality::Implicit | Cardinality::Explicit
    );
    (is_single && field.oneof().is_none()).then_some(field)
}

/// Whether naming a field makes rustc warn.
pub(super) fn is_deprecated(field: Field<'_>) -> bool {
    let syntax = field.file().syntax();
    field.option_settings().any(|setting| {
        syntax.joined(setting.name_tokens) == "deprecated"
            && &*syntax.joined(setting.value.tokens()) == "true"
    })
}

pub(super) fn text_field<'s>(message: Message<'s>, name: &str) -> Option<Field<'s>> {
    single(message, name).filter(|field| is_text(*field))
}

pub(super) fn is_text(field: Field<'_>) -> bool {
    field.kind() == FieldKind::Scalar(Scalar::String)
        && matches!(
            field.cardinality(),
            Cardinality::Implicit | Cardinality::Explicit
        )
}

pub(super) fn is_message(field: Field<'_>, full_name: &str) -> bool {
    !field.is_repeated()
        && matches!(field.kind(), FieldKind::Message(of) if of.full_name() == full_name)
}

pub(super) fn same_type(one: Field<'_>, other: Field<'_>) -> bool {
    let same_number = match (one.cardinality(), other.cardinality()) {
        (
            Cardinality::Implicit | Cardinality::Explicit,
            Cardinality::Implicit | Cardinality::Explicit,
        ) => true,
        (one, other) => one == other,
    };
    same_number
        && one.kind() == other.kind()
        && one.map_key() == other.map_key()
        && one.oneof().is_none()
        && other.oneof().is_none()
        && !matches!(one.kind(), FieldKind::Delimited(_) | FieldKind::Unknown)
}

/// The comment in the lines before a field, joined.
pub(super) fn comment(field: Field<'_>) -> String {
    let text = field.file().source().text();
    let before = text.get(..field.span().start as usize).unwrap_or_default();
    let before = before.rsplit_once('\n').map_or("", |(before, _)| before);
    let mut lines: Vec<&str> = before
        .lines()
        .rev()
        .map_while(|line| line.trim().strip_prefix("//"))
        .map(str::trim)
        .collect();
    lines.reverse();
    lines.join(" ")
}
