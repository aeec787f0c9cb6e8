//! Resources, and the standard methods on them, recognised by their shape.
//!
//! The shapes are those of <https://google.aip.dev/130> to `135`, widened by what contracts in the wild do: requests
//! that repeat the fields of the resource, answers that wrap it, identifiers called `id`. A method whose shape is not
//! recognised in full stays a stub, so nothing is ever guessed halfway.

use heck::ToSnakeCase;

use super::rust::{self, Viewpoint};
use crate::schema::{Cardinality, Field, FieldKind, Message, Method, Service};
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
    fn of(field: Field<'_>) -> Self {
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

/// A message that the standard methods keep.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Resource {
    /// Full name of the message.
    pub full_name: String,
    /// Its own name.
    pub name: String,
    /// The package that `pb` stands for in its module.
    pub package: String,
    /// The path of its type in that module.
    pub path: String,
    /// The module in `domain`, also what a variable is called that holds one.
    pub module: String,
    /// What a field is called that holds all.
    pub plural: String,
    /// The identifier.
    pub key: FieldPlan,
    /// The etag.
    pub etag: Option<FieldPlan>,
    /// When it was made.
    pub created: Option<TimeField>,
    /// When it was changed.
    pub updated: Option<TimeField>,
    /// The enums.
    pub enums: Vec<EnumField>,
    /// Text that must not be empty.
    pub required: Vec<FieldPlan>,
    /// Text that no two may share.
    pub unique: Vec<FieldPlan>,
    /// Names of the fields that callers cannot set.
    pub output_only: Vec<String>,
    /// How one is made of a request that repeats its fields.
    pub inline: Option<InlineCreate>,
    /// How many fields it has.
    pub fields: usize,
}

impl Resource {
    /// What `pb` is imported from in its module.
    pub fn pb_import(&self) -> String {
        super::plan::pb_import(&self.package)
    }

    /// The path of its type where `pb` stands for another package.
    pub fn path_from(&self, package: &str) -> String {
        if package == self.package {
            return self.path.clone();
        }
        let rest = self.path.strip_prefix("pb").unwrap_or(&self.path);
        format!("{}{rest}", super::plan::pb_module(&self.package))
    }

    /// The path of its type in the module of an rpc that takes it: prost spells it like that of the request.
    pub fn path_from_method(&self, method: &super::plan::MethodPlan) -> String {
        self.path_from(&method.package)
    }

    /// Whether a secret is kept beside it.
    pub fn has_secret(&self) -> bool {
        self.inline
            .as_ref()
            .is_some_and(|inline| inline.secret.is_some())
    }

    /// The enums that a new one has a value of.
    pub fn initials(&self) -> impl Iterator<Item = &EnumField> {
        self.enums.iter().filter(|field| field.initial.is_some())
    }
}

impl InlineCreate {
    /// The fields that are not looked at, as a sentence tells them.
    pub fn ignored_names(&self) -> String {
        let names: Vec<_> = self
            .ignored
            .iter()
            .map(|name| format!("`{name}`"))
            .collect();
        names.join(", ")
    }
}

/// A request that repeats the fields of a resource.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InlineCreate {
    /// The path of the request's type.
    pub request: String,
    /// Fields that both have.
    pub copied: Vec<(FieldPlan, FieldPlan)>,
    /// A password, of which the hash is kept.
    pub secret: Option<FieldPlan>,
    /// Fields of the request that the resource does not have.
    pub ignored: Vec<String>,
    /// Whether the copied fields are all that the resource has.
    pub whole: bool,
}

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
        if let Some(resource) = resource(message) {
            self.found.push(resource);
            self.messages.push(message);
        }
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
        let (index, message) = self.named(noun)?;
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
                let mask = input
                    .fields()
                    .find(|field| is_message(*field, "google.protobuf.FieldMask"));
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
            if field.cardinality() != Cardinality::Repeated {
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

    /// The resource that a method's name ends with.
    fn named(&self, noun: &str) -> Option<(usize, Message<'s>)> {
        let index = self
            .found
            .iter()
            .position(|resource| resource.name == noun)?;
        Some((index, self.messages[index]))
    }

    /// The field of a request that holds the identifier of a resource.
    fn key_in(&self, request: Message<'s>, resource: usize) -> Option<FieldPlan> {
        let resource = &self.found[resource];
        let qualified = format!("{}_id", resource.module);
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
                Some(twin) if same_type(field, twin) => {
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
    })
}

fn answer<'s>(output: Message<'s>, message: Message<'s>, view: Viewpoint<'_>) -> Option<Answer> {
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

fn delete_answer<'s>(
    output: Message<'s>,
    message: Message<'s>,
    view: Viewpoint<'_>,
) -> Option<DeleteAnswer> {
    if let Some(answer) = answer(output, message, view) {
        return Some(DeleteAnswer::Resource(answer));
    }
    let flag = output.fields().find(|field| {
        field.kind() == FieldKind::Scalar(Scalar::Bool)
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

/// A message as a resource, if it has an identifier.
fn resource(message: Message<'_>) -> Option<Resource> {
    let name = message.name().text;
    let module = name.to_snake_case();
    let qualified = format!("{module}_id");
    let key = ["id", qualified.as_str(), "name", "uid"]
        .into_iter()
        .find_map(|name| text_field(message, name))?;
    // What must be set cannot be left out of a default.
    if message
        .fields()
        .any(|field| field.cardinality() == Cardinality::Required)
    {
        return None;
    }
    let etag = text_field(message, "etag");
    let created = ["created_at", "create_time"]
        .into_iter()
        .find_map(|name| time_field(message, name));
    let updated = ["updated_at", "update_time"]
        .into_iter()
        .find_map(|name| time_field(message, name));
    let package = message.file().package();
    let view = Viewpoint(package);
    let mut output_only: Vec<String> = vec![key.name().into_owned()];
    let times = [&created, &updated]
        .into_iter()
        .flatten()
        .map(|time| time.field.name.clone());
    output_only.extend(
        etag.map(|etag| etag.name().into_owned())
            .into_iter()
            .chain(times),
    );
    for field in message
        .fields()
        .filter(|field| comment(*field).starts_with("Output only"))
    {
        if !output_only.iter().any(|name| *name == *field.name()) {
            output_only.push(field.name().into_owned());
        }
    }
    let texts = || {
        message.fields().filter(|field| {
            is_text(*field) && field.oneof().is_none() && field.name() != key.name()
        })
    };
    let is_unique = |field: &Field<'_>| {
        let named = matches!(&*field.name(), "username" | "email" | "slug");
        named
            || comment(*field)
                .to_ascii_lowercase()
                .split(|c: char| !c.is_alphabetic())
                .any(|word| word == "unique")
    };
    let is_required = |field: &Field<'_>| comment(*field).starts_with("Required");
    Some(Resource {
        full_name: message.full_name().to_owned(),
        name: name.to_owned(),
        package: package.to_owned(),
        path: view.message(message),
        plural: plural(&module),
        module,
        key: FieldPlan::of(key),
        etag: etag.map(FieldPlan::of),
        created,
        updated,
        enums: message
            .fields()
            .filter_map(|field| enum_field(field, view))
            .collect(),
        required: texts().filter(is_required).map(FieldPlan::of).collect(),
        unique: texts().filter(is_unique).map(FieldPlan::of).collect(),
        output_only,
        inline: None,
        fields: rust::struct_fields(message),
    })
}

fn enum_field(field: Field<'_>, view: Viewpoint<'_>) -> Option<EnumField> {
    let FieldKind::Enum(of) = field.kind() else {
        return None;
    };
    if field.is_repeated() || field.oneof().is_some() {
        return None;
    }
    let is_state = matches!(&*field.name(), "status" | "state");
    let active = of.values().find(|value| {
        value.name().text.ends_with("ACTIVE") && !value.name().text.ends_with("INACTIVE")
    });
    let zero = of
        .values()
        .next()
        .is_some_and(|value| value.name().text.ends_with("UNSPECIFIED"));
    let initial = active
        .filter(|_| is_state && zero)
        .map(|value| rust::variant(of.name().text, value.name().text));
    Some(EnumField {
        field: FieldPlan::of(field),
        path: view.enumeration(of),
        enum_name: of.name().text.to_owned(),
        initial,
    })
}

fn time_field(message: Message<'_>, name: &str) -> Option<TimeField> {
    let field = single(message, name)?;
    let unit = match field.kind() {
        FieldKind::Message(of) if of.full_name() == "google.protobuf.Timestamp" => {
            TimeUnit::Timestamp
        }
        FieldKind::Scalar(Scalar::Int64)
            if comment(field).contains("seconds") && !comment(field).contains("milliseconds") =>
        {
            TimeUnit::Seconds
        }
        FieldKind::Scalar(Scalar::Int64) => TimeUnit::Milliseconds,
        _ => return None,
    };
    Some(TimeField {
        field: FieldPlan::of(field),
        unit,
    })
}

fn single<'s>(message: Message<'s>, name: &str) -> Option<Field<'s>> {
    let field = message.field_named(name)?;
    let is_single = matches!(
        field.cardinality(),
        Cardinality::Implicit | Cardinality::Explicit
    );
    (is_single && field.oneof().is_none()).then_some(field)
}

fn text_field<'s>(message: Message<'s>, name: &str) -> Option<Field<'s>> {
    single(message, name).filter(|field| is_text(*field))
}

fn is_text(field: Field<'_>) -> bool {
    field.kind() == FieldKind::Scalar(Scalar::String)
        && matches!(
            field.cardinality(),
            Cardinality::Implicit | Cardinality::Explicit
        )
}

fn is_message(field: Field<'_>, full_name: &str) -> bool {
    !field.is_repeated()
        && matches!(field.kind(), FieldKind::Message(of) if of.full_name() == full_name)
}

fn same_type(one: Field<'_>, other: Field<'_>) -> bool {
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

fn plural(word: &str) -> String {
    if let Some(stem) = word.strip_suffix('y')
        && !stem.ends_with(['a', 'e', 'o', 'u'])
    {
        return format!("{stem}ies");
    }
    if word.ends_with(['s', 'x', 'z']) || word.ends_with("ch") || word.ends_with("sh") {
        return format!("{word}es");
    }
    format!("{word}s")
}

/// The comment in the lines before a field, joined.
fn comment(field: Field<'_>) -> String {
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
