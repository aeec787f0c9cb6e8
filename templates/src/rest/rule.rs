//! Rules of `google.api.http`: which HTTP method and path stand for which rpc.

use axum::http::{Method, uri::PathAndQuery};
use percent_encoding::percent_decode_str;
use prost_reflect::{DynamicMessage, MethodDescriptor, Value};

use crate::{CONTRACT, methods};

/// One way to call an rpc over HTTP.
#[derive(Clone, Debug)]
pub struct Rule {
    /// The rpc.
    pub method: MethodDescriptor,
    /// Its path in gRPC.
    pub path: PathAndQuery,
    /// The field of the request that the body is; `*` for all that the path does not say.
    pub body: String,
    /// The field of the response that is the answer; empty for all of it.
    pub response_body: String,
    /// The HTTP method.
    pub http: Method,
    template: Template,
}

/// Fields of the request by their paths, with what a URL says of them.
pub type Variables = Vec<(String, String)>;

impl Rule {
    /// What the path says of the request, if this rule is the one for it.
    pub fn matches(&self, method: &Method, path: &str) -> Option<Variables> {
        (self.http == *method).then(|| self.template.matches(path))?
    }

    /// A path that fits the rule.
    pub fn example(&self) -> String {
        let parts = self.template.segments.iter().map(|segment| match segment {
            Segment::Literal(literal) => literal.as_str(),
            Segment::One | Segment::Rest => "1",
        });
        let path = format!("/{}", parts.collect::<Vec<_>>().join("/"));
        let verb = self.template.verb.as_ref().map(|verb| format!(":{verb}"));
        path + verb.unwrap_or_default().as_str()
    }
}

/// The rules of all rpcs that take one message, those first that say more of the path.
pub fn rules() -> Vec<Rule> {
    let Some(extension) = CONTRACT.get_extension_by_name("google.api.http") else {
        return Vec::new();
    };
    let mut rules = Vec::new();
    for method in CONTRACT
        .services()
        .flat_map(|service| service.methods().collect::<Vec<_>>())
    {
        let path = format!("/{}/{}", method.parent_service().full_name(), method.name());
        if methods::find(&path).is_none() || method.is_client_streaming() {
            continue;
        }
        if let (Value::Message(rule), Ok(path)) = (
            method.options().get_extension(&extension).as_ref(),
            PathAndQuery::try_from(path),
        ) {
            let bindings = rule.get_field_by_name("additional_bindings");
            let bindings = bindings.iter().filter_map(|it| it.as_list()).flatten();
            for rule in bindings.filter_map(Value::as_message).chain([rule]) {
                rules.extend(read(&method, &path, rule));
            }
        }
    }
    rules.sort_by_key(|rule: &Rule| std::cmp::Reverse(rule.template.precision()));
    rules
}

fn read(method: &MethodDescriptor, path: &PathAndQuery, rule: &DynamicMessage) -> Option<Rule> {
    let text = |rule: &DynamicMessage, name: &str| {
        Some(rule.get_field_by_name(name)?.as_str()?.to_owned())
    };
    let named = ["get", "put", "post", "delete", "patch"]
        .into_iter()
        .find_map(|name| {
            Some((
                name.to_uppercase(),
                text(rule, name).filter(|it| !it.is_empty())?,
            ))
        });
    let (http, template) = named.or_else(|| {
        let custom = rule.get_field_by_name("custom")?;
        let custom = custom.as_message()?;
        Some((text(custom, "kind")?, text(custom, "path")?))
    })?;
    Some(Rule {
        method: method.clone(),
        path: path.clone(),
        body: text(rule, "body")?,
        response_body: text(rule, "response_body").unwrap_or_default(),
        http: Method::from_bytes(http.as_bytes()).ok()?,
        template: Template::parse(&template)?,
    })
}

/// A path with places for fields, such as `/v1/{name=shelves/*}:merge`.
#[derive(Clone, Debug)]
struct Template {
    segments: Vec<Segment>,
    /// The fields, and where in `segments` each begins and ends.
    variables: Vec<(String, usize, usize)>,
    verb: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Segment {
    Literal(String),
    /// `*`
    One,
    /// `**`, always the last one.
    Rest,
}

impl Template {
    fn parse(text: &str) -> Option<Self> {
        let text = text.strip_prefix('/')?;
        let verb = text
            .rsplit_once(':')
            .filter(|(_, verb)| !verb.contains(['/', '}']));
        let mut rest = verb.map_or(text, |(path, _)| path);
        let mut segments = Vec::new();
        let mut variables = Vec::new();
        while !rest.is_empty() {
            if let Some(variable) = rest.strip_prefix('{') {
                let (variable, after) = variable.split_once('}')?;
                let (name, pattern) = variable.split_once('=').unwrap_or((variable, "*"));
                let start = segments.len();
                segments.extend(pattern.split('/').map(Segment::parse));
                variables.push((name.to_owned(), start, segments.len()));
                rest = if after.is_empty() {
                    after
                } else {
                    after.strip_prefix('/')?
                };
            } else {
                let (segment, after) = rest.split_once('/').unwrap_or((rest, ""));
                segments.push(Segment::parse(segment));
                rest = after;
            }
        }
        let is_misplaced = segments.iter().rev().skip(1).any(|it| *it == Segment::Rest);
        let verb = verb.map(|(_, verb)| verb.to_owned());
        (!is_misplaced).then_some(Self {
            segments,
            variables,
            verb,
        })
    }

    /// How much the template says: literal segments, and a verb before all.
    fn precision(&self) -> (bool, usize) {
        let literals = self
            .segments
            .iter()
            .filter(|it| matches!(it, Segment::Literal(_)));
        (self.verb.is_some(), literals.count())
    }

    fn matches(&self, path: &str) -> Option<Variables> {
        let mut path = path.strip_prefix('/')?;
        if let Some(verb) = &self.verb {
            path = path.strip_suffix(verb.as_str())?.strip_suffix(':')?;
        }
        let parts: Vec<&str> = path.split('/').collect();
        let has_rest = self.segments.last() == Some(&Segment::Rest);
        if parts.len() < self.segments.len() || parts.len() > self.segments.len() && !has_rest {
            return None;
        }
        let fits = |(segment, part): (&Segment, &&str)| match segment {
            Segment::Literal(literal) => literal == part,
            Segment::One => !part.is_empty(),
            Segment::Rest => true,
        };
        if !self.segments.iter().zip(&parts).all(fits) {
            return None;
        }
        let value = |(name, start, end): &(String, usize, usize)| {
            let end = if *end == self.segments.len() {
                parts.len()
            } else {
                *end
            };
            let text = parts.get(*start..end)?.join("/");
            Some((
                name.clone(),
                percent_decode_str(&text).decode_utf8().ok()?.into_owned(),
            ))
        };
        self.variables.iter().map(value).collect()
    }
}

impl Segment {
    fn parse(text: &str) -> Self {
        match text {
            "*" => Self::One,
            "**" => Self::Rest,
            _ => Self::Literal(text.to_owned()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_taken_apart_as_their_template_says() {
        let cases = [
            ("/v1/things", "/v1/things", Some("")),
            ("/v1/things/{id}", "/v1/things/a%20b", Some("id=a b")),
            ("/v1/things/{id}", "/v1/things/", None),
            ("/v1/things/{id}", "/v1/things/a/b", None),
            ("/v1/things/{id}:run", "/v1/things/a:run", Some("id=a")),
            ("/v1/things/{id}:run", "/v1/things/a", None),
            (
                "/v1/{name=shelves/*}/books/{book.id}",
                "/v1/shelves/1/books/2",
                Some("name=shelves/1&book.id=2"),
            ),
            ("/v1/{name=shelves/*}", "/v1/racks/1", None),
            ("/v1/files/{path=**}", "/v1/files/a/b/c", Some("path=a/b/c")),
        ];
        for (template, path, expected) in cases {
            let template = Template::parse(template).expect("well formed");
            let found = template.matches(path).map(|variables| {
                let variables = variables
                    .iter()
                    .map(|(name, value)| format!("{name}={value}"));
                variables.collect::<Vec<_>>().join("&")
            });
            assert_eq!(found.as_deref(), expected, "{path}");
        }
        for bad in ["v1", "/v1/{id", "/v1/{a=**}/b"] {
            assert!(Template::parse(bad).is_none(), "{bad}");
        }
    }
}
