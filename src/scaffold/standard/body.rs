//! What the code of an rpc does.

use super::field::{FieldPlan, is_deprecated};
use super::holder;
use crate::scaffold::rust::{self, Viewpoint};
use crate::schema::{Cardinality, Field, FieldKind, Message};
use crate::syntax::tree::Scalar;

/// What an rpc answers with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// The resource.
    Bare,
    /// A message with the resource in a field.
    Wrapped(Wrapper),
}

impl Answer {
    /// The expression of an answer with that value.
    pub fn build(&self, value: &str) -> String {
        match self {
            Self::Bare => value.to_owned(),
            Self::Wrapped(wrapper) => wrapper.build(value),
        }
    }
}

impl Wrapper {
    fn build(&self, value: &str) -> String {
        rust::literal(
            &self.path,
            &[(&self.field.ident, self.field.wrap(value))],
            self.fields,
        )
    }
}

/// A message around something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wrapper {
    /// The path of its type.
    pub path: String,
    /// The field that holds it.
    pub field: FieldPlan,
    /// How many fields it has.
    pub fields: usize,
}

/// How a request tells which resource it means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum KeySource {
    /// By a field of its own.
    Request(FieldPlan),
    /// By the resource that it holds.
    Resource,
}

impl KeySource {
    /// The field of the request.
    pub fn in_request(&self) -> Option<&FieldPlan> {
        match self {
            Self::Request(field) => Some(field),
            Self::Resource => None,
        }
    }
}

/// What the code of an rpc does. `resource` is the index of the resource that it works on.
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(missing_docs, reason = "the fields are called after what they hold")]
pub enum Body {
    /// Nothing yet.
    Stub,
    /// Reads a resource.
    Get {
        resource: usize,
        key: FieldPlan,
        answer: Answer,
    },
    /// Adds a resource whose fields the request repeats.
    CreateInline { resource: usize, answer: Answer },
    /// Adds the resource in the request.
    Create {
        resource: usize,
        field: FieldPlan,
        id: Option<FieldPlan>,
        answer: Answer,
    },
    /// Changes a resource.
    Update {
        resource: usize,
        field: FieldPlan,
        key: KeySource,
        mask: Option<FieldPlan>,
        answer: Answer,
    },
    /// Removes a resource.
    Delete {
        resource: usize,
        key: FieldPlan,
        etag: Option<FieldPlan>,
        answer: DeleteAnswer,
    },
    /// Reads a page.
    List(ListPlan),
    /// Sends a resource as often as it changes.
    Watch { resource: usize, key: FieldPlan },
    /// Adds resources of a stream.
    CreateEach { resource: usize, answer: Answer },
    /// Stores resources of a stream.
    PutEach { resource: usize },
}

/// What is answered to a deletion.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DeleteAnswer {
    /// A message without content; its path.
    Empty(String),
    /// A message with a flag.
    Flag(Wrapper),
    /// The resource that was.
    Resource(Answer),
}

impl DeleteAnswer {
    /// Whether the resource is answered.
    pub fn is_resource(&self) -> bool {
        matches!(self, Self::Resource(_))
    }

    /// The expression of an answer; the value is the resource that was.
    pub fn build(&self, value: &str) -> String {
        match self {
            Self::Empty(path) if path == "()" => "()".to_owned(),
            Self::Empty(path) => format!("{path} {{}}"),
            Self::Flag(wrapper) => wrapper.build("true"),
            Self::Resource(answer) => answer.build(value),
        }
    }
}

/// A list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListPlan {
    /// What is listed.
    pub resource: usize,
    /// Size of a page.
    pub page_size: Option<FieldPlan>,
    /// Token of the page.
    pub page_token: Option<FieldPlan>,
    /// Which are wanted.
    pub filter: Option<FieldPlan>,
    /// The answer's type.
    pub path: String,
    /// The answer's items.
    pub items: FieldPlan,
    /// The answer's token.
    pub next_page_token: Option<FieldPlan>,
    /// How many there are, and whether in 64 bits.
    pub total: Option<(FieldPlan, &'static str)>,
    /// Whether the answer has further fields.
    pub more: bool,
}

impl Body {
    /// The resource that it works on.
    pub fn resource(&self) -> Option<usize> {
        match self {
            Self::Stub => None,
            Self::Get { resource, .. }
            | Self::CreateInline { resource, .. }
            | Self::Create { resource, .. }
            | Self::Update { resource, .. }
            | Self::Delete { resource, .. }
            | Self::Watch { resource, .. }
            | Self::CreateEach { resource, .. }
            | Self::PutEach { resource } => Some(*resource),
            Self::List(list) => Some(list.resource),
        }
    }

    /// Whether it only reads.
    pub fn only_reads(&self) -> bool {
        matches!(self, Self::Get { .. } | Self::List(_) | Self::Watch { .. })
    }
}

pub(super) fn answer<'s>(
    output: Message<'s>,
    message: Message<'s>,
    view: Viewpoint<'_>,
) -> Option<Answer> {
    if output == message {
        return Some(Answer::Bare);
    }
    let field = holder(output, message)?;
    Some(Answer::Wrapped(wrapper(output, field, view)))
}

fn wrapper(output: Message<'_>, field: Field<'_>, view: Viewpoint<'_>) -> Wrapper {
    Wrapper {
        path: view.message(output),
        field: FieldPlan::of(field),
        fields: rust::struct_fields(output),
    }
}

pub(super) fn delete_answer<'s>(
    output: Message<'s>,
    message: Message<'s>,
    view: Viewpoint<'_>,
) -> Option<DeleteAnswer> {
    if let Some(answer) = answer(output, message, view) {
        return Some(DeleteAnswer::Resource(answer));
    }
    if rust::is_wrapper(output) {
        return None;
    }
    let flag = output.fields().find(|field| {
        !is_deprecated(*field)
            && field.kind() == FieldKind::Scalar(Scalar::Bool)
            && !field.is_repeated()
            && field.oneof().is_none()
    });
    match flag {
        Some(flag) if flag.cardinality() != Cardinality::Required => {
            Some(DeleteAnswer::Flag(wrapper(output, flag, view)))
        }
        None if output.fields().next().is_none() => Some(DeleteAnswer::Empty(view.message(output))),
        _ => None,
    }
}
