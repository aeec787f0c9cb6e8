//! What the tests of a generated service do with a resource.

use super::plan::{MethodPlan, Plan, ServicePlan};
use super::rust;
use super::standard::{Answer, Body, FieldPlan, ListPlan, Resource};

/// A resource that a service can make, and what else it can do with it.
pub struct Subject<'a> {
    /// The resource.
    pub r: &'a Resource,
    /// The type of the service's client.
    pub client: String,
    /// The rpc that makes one.
    pub create: &'a MethodPlan,
    /// The rpc that reads one.
    pub get: Option<ByKey<'a>>,
    /// The rpc that removes one.
    pub delete: Option<ByKey<'a>>,
    /// The rpc that reads all.
    pub list: Option<Listing<'a>>,
    /// The rpc that follows one.
    pub watch: Option<ByKey<'a>>,
}

/// An rpc that is told an identifier.
pub struct ByKey<'a> {
    /// The rpc.
    pub method: &'a MethodPlan,
    key: &'a FieldPlan,
    /// What leads from the answer to the resource.
    pub resource: String,
}

/// An rpc that reads pages.
pub struct Listing<'a> {
    /// The rpc.
    pub method: &'a MethodPlan,
    /// Its fields.
    pub plan: &'a ListPlan,
}

impl ByKey<'_> {
    /// A request with that identifier.
    pub fn request(&self, id: &str) -> String {
        rust::literal(
            &self.method.input,
            &[(&self.key.ident, self.key.wrap(id))],
            self.method.input_fields,
        )
    }
}

impl Listing<'_> {
    /// A request for two with that token.
    pub fn request(&self, token: &str) -> String {
        let mut fields = Vec::new();
        if let Some(size) = &self.plan.page_size {
            fields.push((size.ident.as_str(), size.wrap("2")));
        }
        if let Some(field) = &self.plan.page_token {
            fields.push((field.ident.as_str(), field.wrap(token)));
        }
        rust::literal(&self.method.input, &fields, self.method.input_fields)
    }

    /// The token of the next page.
    pub fn next(&self) -> String {
        self.plan
            .next_page_token
            .as_ref()
            .map_or_else(|| "String::new()".to_owned(), |field| field.taken("page"))
    }
}

impl Subject<'_> {
    /// An expression that leads from the answer of the rpc that makes one to it.
    pub fn created(&self) -> String {
        match &self.create.body {
            Body::CreateInline { answer, .. } | Body::Create { answer, .. } => unwrapped(answer),
            _ => String::new(),
        }
    }

    /// Whether an empty request is refused.
    pub fn is_checked(&self) -> bool {
        !self.r.required.is_empty()
            || self.r.has_secret()
            || matches!(self.create.body, Body::Create { .. })
    }

    /// A request with everything that is required or unique.
    pub fn sample(&self) -> String {
        let text =
            |field: &FieldPlan| field.wrap(&format!("format!(\"{}-{{number}}\")", field.name));
        let required = &self.r.required;
        let unique = self
            .r
            .unique
            .iter()
            .filter(|field| !required.contains(field));
        let needed: Vec<&FieldPlan> = required.iter().chain(unique).collect();
        let mut fields: Vec<(&str, String)> = Vec::new();
        match (&self.create.body, &self.r.inline) {
            (Body::Create { field, .. }, _) => {
                let inner: Vec<_> = needed
                    .iter()
                    .map(|field| (field.ident.as_str(), text(field)))
                    .collect();
                let path = self.r.path_from(&self.create.package);
                fields.push((
                    &field.ident,
                    field.wrap(&rust::literal(&path, &inner, self.r.fields)),
                ));
            }
            (_, Some(inline)) => {
                let twins = inline.copied.iter().filter(|(_, to)| needed.contains(&to));
                fields.extend(twins.map(|(from, _)| (from.ident.as_str(), text(from))));
                fields.extend(
                    inline
                        .secret
                        .iter()
                        .map(|secret| (secret.ident.as_str(), text(secret))),
                );
            }
            _ => {}
        }
        rust::literal(&self.create.input, &fields, self.create.input_fields)
    }

    /// Whether a sample depends on its number.
    pub fn is_numbered(&self) -> bool {
        self.sample().contains("{number}")
    }
}

/// The resources that a service can make.
pub fn subjects<'a>(plan: &'a Plan, service: &'a ServicePlan) -> Vec<Subject<'a>> {
    let of = |index: usize| {
        let find = |wanted: &dyn Fn(&Body) -> bool| {
            service.methods.iter().find(|method| {
                method.body.resource() == Some(index) && !method.deprecated && wanted(&method.body)
            })
        };
        let create = find(&|body| matches!(body, Body::CreateInline { .. } | Body::Create { .. }))?;
        let by_key = |method: &'a MethodPlan| match &method.body {
            Body::Get { key, answer, .. } => Some(ByKey {
                method,
                key,
                resource: unwrapped(answer),
            }),
            Body::Delete { key, .. } | Body::Watch { key, .. } => Some(ByKey {
                method,
                key,
                resource: String::new(),
            }),
            _ => None,
        };
        let listing = |method: &'a MethodPlan| match &method.body {
            Body::List(plan) if plan.page_size.is_some() => Some(Listing { method, plan }),
            _ => None,
        };
        Some(Subject {
            r: &plan.resources[index],
            client: service.client.clone(),
            create,
            get: find(&|body| matches!(body, Body::Get { .. })).and_then(by_key),
            delete: find(&|body| matches!(body, Body::Delete { .. })).and_then(by_key),
            watch: find(&|body| matches!(body, Body::Watch { .. })).and_then(by_key),
            list: find(&|body| matches!(body, Body::List(_))).and_then(listing),
        })
    };
    service
        .resources
        .iter()
        .filter_map(|index| of(*index))
        .collect()
}

fn unwrapped(answer: &Answer) -> String {
    match answer {
        Answer::Bare => String::new(),
        Answer::Wrapped(wrapper) if wrapper.field.optional => {
            format!(".{}.expect(\"a resource\")", wrapper.field.ident)
        }
        Answer::Wrapped(wrapper) => format!(".{}", wrapper.field.ident),
    }
}
