//! Resources, and the standard methods on them, recognised by their shape.
//!
//! The shapes are those of <https://google.aip.dev/130> to `135`, widened by what contracts in the wild do: requests
//! that repeat the fields of the resource, answers that wrap it, identifiers called `id`. A method whose shape is not
//! recognised in full stays a stub, so nothing is ever guessed halfway.

mod body;
mod field;
mod resource;

use heck::ToSnakeCase;

use super::rust::{self, Viewpoint};
use crate::schema::{Cardinality, Field, FieldKind, Message, Method, Service};
use crate::syntax::tree::Scalar;

pub use body::{Answer, Body, DeleteAnswer, KeySource, ListPlan, Wrapper};
pub use field::{EnumField, FieldPlan, TimeField, TimeUnit};
pub use resource::{InlineCreate, Resource};

use body::{answer, delete_answer};
use field::{comment, is_deprecated, is_message, is_text, same_type, single, text_field};

/// The resources found so far, with the messages they were made of.
#[derive(Debug, Default)]
pub struct Resources<'s> {
    /// Them.
    pub found: Vec<Resource>,
    messages: Vec<Message<'s>>,
}

impl<'s> Resources<'s> {
    /// Looks for the resources of a service: what its Get methods answer and its Create methods make.
    pub fn collect(&mut self, service: Service<'s>) {
        for method in service.methods() {
            let name = method.name().text;
            let Some(noun) = ["Get", "Create"]
                .into_iter()
                .find_map(|verb| name.strip_prefix(verb))
            else {
                continue;
            };
            if method.is_client_streaming() || method.is_server_streaming() {
                continue;
            }
            if let Some(message) = method.output().and_then(|output| held(output, noun)) {
                self.add(message);
            }
        }
    }

    fn add(&mut self, message: Message<'s>) {
        if self.messages.contains(&message) || rust::is_wrapper(message) {
            return;
        }
        if let Some(mut resource) = resource::resource(message) {
            let module = self.free_module(&resource);
            if module != resource.module {
                resource.rename(module);
            }
            self.found.push(resource);
            self.messages.push(message);
        }
    }

    /// A module for a resource that neither is nor hides anything else.
    fn free_module(&self, resource: &Resource) -> String {
        /// Names of variables and crates beside which it is used.
        const TAKEN: &[&str] = &[
            "answer",
            "futures_util",
            "id",
            "mod",
            "pb",
            "private",
            "request",
            "secret",
            "shutdown",
            "std",
            "tonic",
        ];
        let noun = &resource.noun;
        let is_free = |module: &str| {
            !TAKEN.contains(&module)
                && !rust::is_keyword(module)
                && !self.found.iter().any(|other| other.module == module)
        };
        let package = resource.package.replace('.', "_").to_snake_case();
        let qualified = format!("{package}_{noun}");
        let numbered = (2..).map(|number| format!("{noun}_{number}"));
        let names = [noun.clone(), format!("{noun}_resource"), qualified];
        let mut names = names.into_iter().chain(numbered);
        names.find(|module| is_free(module)).unwrap_or_default()
    }

    /// What the code of a method can be.
    pub fn recognise(&mut self, method: Method<'s>) -> Body {
        let (Some(input), Some(output)) = (method.input(), method.output()) else {
            return Body::Stub;
        };
        let found = match (method.is_client_streaming(), method.is_server_streaming()) {
            (false, false) => self.unary(method, input, output),
            (false, true) => self.watch(method, input, output),
            (true, true) => self.each(method, input, output),
            (true, false) => None,
        };
        found.unwrap_or(Body::Stub)
    }

    fn unary(
        &mut self,
        method: Method<'s>,
        input: Message<'s>,
        output: Message<'s>,
    ) -> Option<Body> {
        let name = method.name().text;
        let view = Viewpoint(method.file().package());
        let verb = ["Get", "Create", "Update", "Delete"]
            .into_iter()
            .find(|verb| name.starts_with(verb));
        let Some(verb) = verb else {
            return if name.starts_with("List") {
                self.list(input, output, view)
            } else {
                None
            };
        };
        let noun = &name[verb.len()..];
        let (index, message) = self.named(noun, method, output)?;
        let answer = || answer(output, message, view);
        match verb {
            "Get" => Some(Body::Get {
                resource: index,
                key: self.key_in(input, index)?,
                answer: answer()?,
            }),
            "Create" => {
                let answer = answer()?;
                if let Some(field) = holder(input, message) {
                    let id = text_field(
                        input,
                        &format!("{}_id", message.name().text.to_snake_case()),
                    );
                    let id = id.map(FieldPlan::of);
                    return Some(Body::Create {
                        resource: index,
                        field: FieldPlan::of(field),
                        id,
                        answer,
                    });
                }
                self.inline(index, message, input)?;
                Some(Body::CreateInline {
                    resource: index,
                    answer,
                })
            }
            "Update" => {
                let field = holder(input, message)?;
                let mask = input.fields().find(|field| {
                    is_message(*field, "google.protobuf.FieldMask") && !is_deprecated(*field)
                });
                Some(Body::Update {
                    resource: index,
                    field: FieldPlan::of(field),
                    key: self
                        .key_in(input, index)
                        .map_or(KeySource::Resource, KeySource::Request),
                    mask: mask.map(FieldPlan::of),
                    answer: answer()?,
                })
            }
            _ => Some(Body::Delete {
                resource: index,
                key: self.key_in(input, index)?,
                etag: text_field(input, "etag").map(FieldPlan::of),
                answer: delete_answer(output, message, view)?,
            }),
        }
    }

    fn list(&self, input: Message<'s>, output: Message<'s>, view: Viewpoint<'_>) -> Option<Body> {
        let (index, items) = output.fields().find_map(|field| {
            if field.cardinality() != Cardinality::Repeated || is_deprecated(field) {
                return None;
            }
            let FieldKind::Message(of) = field.kind() else {
                return None;
            };
            Some((
                self.messages.iter().position(|message| *message == of)?,
                field,
            ))
        })?;
        let total = ["total_size", "total_count", "total"]
            .into_iter()
            .find_map(|name| {
                let field = single(output, name)?;
                let number = match field.kind() {
                    FieldKind::Scalar(Scalar::Int32) => "i32",
                    FieldKind::Scalar(Scalar::Int64) => "i64",
                    FieldKind::Scalar(Scalar::Uint32) => "u32",
                    FieldKind::Scalar(Scalar::Uint64) => "u64",
                    _ => return None,
                };
                Some((FieldPlan::of(field), number))
            });
        let page_size = single(input, "page_size");
        let page_size = page_size
            .filter(|it| it.kind() == FieldKind::Scalar(Scalar::Int32))
            .map(FieldPlan::of);
        let page_token = text_field(input, "page_token").map(FieldPlan::of);
        let next_page_token = text_field(output, "next_page_token").map(FieldPlan::of);
        // A list that cannot be continued would hide what is on the second page.
        if page_token.is_none() || next_page_token.is_none() {
            return None;
        }
        let known = 1 + usize::from(next_page_token.is_some()) + usize::from(total.is_some());
        Some(Body::List(ListPlan {
            resource: index,
            page_size,
            page_token,
            filter: text_field(input, "filter").map(FieldPlan::of),
            path: view.message(output),
            items: FieldPlan::of(items),
            next_page_token,
            total,
            more: rust::struct_fields(output) > known,
        }))
    }

    fn watch(&self, method: Method<'s>, input: Message<'s>, output: Message<'s>) -> Option<Body> {
        if !method.name().text.starts_with("Watch") {
            return None;
        }
        let index = self
            .messages
            .iter()
            .position(|message| *message == output)?;
        Some(Body::Watch {
            resource: index,
            key: self.key_in(input, index)?,
        })
    }

    fn each(
        &mut self,
        method: Method<'s>,
        input: Message<'s>,
        output: Message<'s>,
    ) -> Option<Body> {
        let name = method.name().text;
        let view = Viewpoint(method.file().package());
        if input == output && (name.starts_with("Sync") || name.starts_with("BatchUpsert")) {
            let resource = self
                .messages
                .iter()
                .position(|message| *message == output)?;
            return Some(Body::PutEach { resource });
        }
        let request = Viewpoint(input.file().package()).message(input);
        let resource = name.starts_with("BatchCreate").then(|| {
            self.found.iter().position(|it| {
                it.inline
                    .as_ref()
                    .is_some_and(|inline| inline.request == request)
            })
        })??;
        let answer = answer(output, self.messages[resource], view)?;
        Some(Body::CreateEach { resource, answer })
    }

    /// The resource that a method's name ends with: the one that it answers with, or one of its package.
    fn named(
        &self,
        noun: &str,
        method: Method<'s>,
        output: Message<'s>,
    ) -> Option<(usize, Message<'s>)> {
        let held = held(output, noun);
        let package = method.file().package();
        (0..self.found.len())
            .filter(|&index| self.found[index].name == noun)
            .min_by_key(|&index| {
                (
                    Some(self.messages[index]) != held,
                    self.found[index].package != package,
                )
            })
            .map(|index| (index, self.messages[index]))
    }

    /// The field of a request that holds the identifier of a resource.
    fn key_in(&self, request: Message<'s>, resource: usize) -> Option<FieldPlan> {
        let resource = &self.found[resource];
        let qualified = format!("{}_id", resource.noun);
        [resource.key.name.as_str(), qualified.as_str(), "id", "name"]
            .into_iter()
            .find_map(|name| text_field(request, name))
            .map(FieldPlan::of)
    }

    /// Takes note of how a resource is made of a request that repeats its fields.
    fn inline(&mut self, index: usize, message: Message<'s>, request: Message<'s>) -> Option<()> {
        let mut copied = Vec::new();
        let mut ignored = Vec::new();
        let mut secret = None;
        if request.oneofs().next().is_some() {
            return None;
        }
        for field in request.fields() {
            let name = field.name();
            match message.field_named(&name) {
                Some(twin)
                    if same_type(field, twin) && !is_deprecated(field) && !is_deprecated(twin) =>
                {
                    copied.push((FieldPlan::of(field), FieldPlan::of(twin)))
                }
                _ if name == "password" && is_text(field) => secret = Some(FieldPlan::of(field)),
                _ => ignored.push(name.into_owned()),
            }
        }
        if copied.is_empty() {
            return None;
        }
        let whole = copied.len() == rust::struct_fields(message);
        let resource = &mut self.found[index];
        for field in request
            .fields()
            .filter(|field| is_text(*field) && comment(*field).starts_with("Required"))
            .filter(|field| !is_deprecated(*field))
        {
            let name = field.name();
            if let Some(twin) = message.field_named(&name)
                && !resource.required.iter().any(|it| it.name == name)
            {
                resource.required.push(FieldPlan::of(twin));
            }
        }
        let request = Viewpoint(&resource.package).message(request);
        resource.inline = Some(InlineCreate {
            request,
            copied,
            secret,
            ignored,
            whole,
        });
        Some(())
    }
}

/// The message that an answer is about: itself, or what it holds.
fn held<'s>(output: Message<'s>, noun: &str) -> Option<Message<'s>> {
    if output.name().text == noun {
        return Some(output);
    }
    output.fields().find_map(|field| match field.kind() {
        FieldKind::Message(message) if !field.is_repeated() && message.name().text == noun => {
            Some(message)
        }
        _ => None,
    })
}

/// The single field of a message that holds a message of that type.
fn holder<'s>(of: Message<'s>, message: Message<'s>) -> Option<Field<'s>> {
    of.fields().find(|field| {
        field.kind() == FieldKind::Message(message)
            && matches!(field.cardinality(), Cardinality::Explicit)
            && field.oneof().is_none()
            && !is_deprecated(*field)
    })
}
