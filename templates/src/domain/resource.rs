//! `{{ r.full_name }}`: what callers may set, what must be unique, what a new one begins with.

use std::time::SystemTime;

use {{ r.pb_import() }};
use crate::{
    error::{ {%- if r.inline.is_some() %}ServiceError, {% endif %}Violation},
    resource::Resource,
{%- if r.has_secret() %}
    secret,
{%- endif %}
    store::Key,
};

impl Resource for {{ r.path }} {
    const TYPE: &'static str = "{{ r.full_name }}";

    const OUTPUT_ONLY: &'static [&'static str] = &[
{%- for name in r.output_only %}"{{ name }}"{% if !loop.last %}, {% endif %}{% endfor %}];

    fn id(&self) -> &str {
        {{ r.key.text("self") }}
    }

    fn set_id(&mut self, id: String) {
        self.{{ r.key.ident }} = {{ r.key.wrap("id") }};
    }
{% if let Some(etag) = r.etag %}
    fn etag(&self) -> &str {
        {{ etag.text("self") }}
    }

    fn set_etag(&mut self, etag: String) {
        self.{{ etag.ident }} = {{ etag.wrap("etag") }};
    }
{% else %}
    fn etag(&self) -> &'static str {
        ""
    }

    fn set_etag(&mut self, _etag: String) {}
{% endif %}
    fn created(&mut self, {% if r.created.is_none() %}_{% endif %}now: SystemTime) {
{%- if let Some(time) = r.created %}
        self.{{ time.field.ident }} = {{ time.value() }};
{%- endif %}
{%- for field in r.initials() %}
        if {{ field.number() }} == 0 {
            self.{{ field.field.ident }} = {{ field.initial_value() }};
        }
{%- endfor %}
    }

    fn updated(&mut self, {% if r.updated.is_none() %}_{% endif %}now: SystemTime) {
{%- if let Some(time) = r.updated %}
        self.{{ time.field.ident }} = {{ time.value() }};
{%- endif %}
    }

    fn keys(&self) -> Vec<Key> {
{%- if r.unique.is_empty() %}
        Vec::new()
{%- else %}
        [
{%- for field in r.unique %}
            ("{{ field.name }}", {{ field.text("self") }}),
{%- endfor %}
        ]
        .into_iter()
        .filter(|(_, value)| !value.is_empty())
        .map(|(field, value)| Key { field, value: value.to_owned() })
        .collect()
{%- endif %}
    }

    fn check(&self) -> Vec<Violation> {
{%- if r.required.is_empty() && r.enums.is_empty() %}
        Vec::new()
{%- else %}
        let mut violations = Vec::new();
{%- for field in r.required %}
        if {{ field.get("self") }}.is_empty() {
            violations.push(Violation::new("{{ field.name }}", "must not be empty"));
        }
{%- endfor %}
{%- for field in r.enums %}
        if {{ field.path }}::try_from({{ field.number() }}).is_err() {
            violations.push(Violation::new("{{ field.field.name }}", "must be a value of `{{ field.enum_name }}`"));
        }
{%- endfor %}
        violations
{%- endif %}
    }
}
{%- if let Some(inline) = r.inline %}

/// The resource that a request describes, and what is kept beside it.
{%- if !inline.ignored.is_empty() %}
///
/// The resource has no place for {{ inline.ignored_names() }} of the request, which is not looked at.
{%- endif %}
pub {% if inline.secret.is_some() %}async {% endif %}fn from_create(request: {{ inline.request }}) -> Result<({{ r.path }}, Vec<u8>), ServiceError> {
    let resource = {{ r.path }} {
{%- for (from, to) in inline.copied %}
        {{ to.ident }}: {{ from.converted(to) }},
{%- endfor %}
{%- if !inline.whole %}
        ..{{ r.path }}::default()
{%- endif %}
    };
{%- if let Some(secret) = inline.secret %}
    let mut violations = resource.check();
    if {{ secret.get("request") }}.is_empty() {
        violations.push(Violation::new("{{ secret.name }}", "must not be empty"));
    }
    if !violations.is_empty() {
        return Err(ServiceError::Invalid(violations));
    }
    let secret = secret::hash({{ secret.taken("request") }}).await?;
    Ok((resource, secret.into_bytes()))
{%- else %}
    Ok((resource, Vec::new()))
{%- endif %}
}
{%- endif %}
