//! `{{ service.full_name }}`.

{% if service.awaits_streams() -%}
use futures_util::TryStreamExt;
{% endif -%}
{% if !service.methods.is_empty() -%}
use tonic::{Request, Response, Status{% if service.takes_streams() %}, Streaming{% endif %}};

{% endif -%}
{% if service.sends_streams() -%}
use super::Answers;
{% endif -%}
use {{ service.pb_import() }};
use crate::{
{%- for module in c.inline_modules(service) %}
    domain::{{ module }},
{%- endfor %}
{%- if c.needs_violation(service) %}
    error::{ServiceError, Violation},
{%- endif %}
{%- if !service.resources.is_empty() %}
    resource::Resources,
{%- endif %}
    shutdown::Shutdown,
};

/// Answers the rpcs of `{{ service.name }}`.
#[derive(Clone, Debug)]
pub struct {{ service.handler }} {
{%- for index in service.resources %}
{%- let resource = c.plan.resources[*index] %}
    /// The resources of type `{{ resource.name }}`.
    pub {{ resource.plural }}: Resources<{{ c.resource_path(resource, service) }}>,
{%- endfor %}
    /// Ends streams when the server closes.
    pub shutdown: Shutdown,
}

#[tonic::async_trait]
impl {{ service.server_trait }} for {{ service.handler }} {
{%- for method in service.methods %}
{%- if !loop.first %}
{% endif %}
{%- if method.kind.sends_stream() %}
    type {{ method.name }}Stream = Answers<{{ method.output }}>;
{% endif %}
    async fn {{ method.ident }}(
        &self,
        {% if method.is_stub() %}_request{% else %}request{% endif %}: Request<{{ method.request_type() }}>,
    ) -> Result<Response<{% if method.kind.sends_stream() %}Self::{{ method.name }}Stream{% else %}{{ method.output }}{% endif %}>, Status> {

{%- match method.body %}
{%- when Body::Stub %}
        Err(Status::unimplemented("`{{ method.name }}` is not written yet"))
{%- when Body::Get { resource, key, answer } %}
{%- let r = c.resource(resource) %}
        let request = request.into_inner();
        let {{ r.module }} = self.{{ r.plural }}.get({{ key.text("request") }}).await?;
        Ok(Response::new({{ answer.build(r.module) }}))
{%- when Body::CreateInline { resource, answer } %}
{%- let r = c.resource(resource) %}
        let ({{ r.module }}, private) = {{ r.module }}::from_create(request.into_inner()){% if r.has_secret() %}.await{% endif %}?;
        let {{ r.module }} = self.{{ r.plural }}.create({{ r.module }}, private).await?;
        Ok(Response::new({{ answer.build(r.module) }}))
{%- when Body::Create { resource, field, id, answer } %}
{%- let r = c.resource(resource) %}
        let request = request.into_inner();
{%- if let Some(id) = id %}
        let id = {{ id.taken("request") }};
{%- endif %}
        let {% if id.is_some() %}mut {% endif %}{{ r.module }} = request
            .{{ field.ident }}
            .ok_or_else(|| ServiceError::from(Violation::new("{{ field.name }}", "must be set")))?;
{%- if id.is_some() %}
        {{ r.module }}.{{ r.key.ident }} = {{ r.key.wrap("id") }};
{%- endif %}
        let {{ r.module }} = self.{{ r.plural }}.create({{ r.module }}, Vec::new()).await?;
        Ok(Response::new({{ answer.build(r.module) }}))
{%- when Body::Update { resource, field, key, mask, answer } %}
{%- let r = c.resource(resource) %}
        let request = request.into_inner();
{%- if let Some(key) = key.in_request() %}
        let id = {{ key.owned("request") }};
{%- endif %}
        let patch = request
            .{{ field.ident }}
            .ok_or_else(|| ServiceError::from(Violation::new("{{ field.name }}", "must be set")))?;
{%- if let Some(mask) = mask %}
        let mask = request.{{ mask.ident }}.as_ref();
{%- endif %}
        let {{ r.module }} = self.{{ r.plural }}.update({% if key.in_request().is_some() %}&id{% else %}{{ r.key.text("patch") }}{% endif %}, &patch, {% if mask.is_some() %}mask{% else %}None{% endif %}).await?;
        Ok(Response::new({{ answer.build(r.module) }}))
{%- when Body::Delete { resource, key, etag, answer } %}
{%- let r = c.resource(resource) %}
        let request = request.into_inner();
        {% if answer.is_resource() %}let {{ r.module }} = {% endif %}self.{{ r.plural }}.delete({{ key.text("request") }}, {% if let Some(etag) = etag %}{{ etag.text("request") }}{% else %}""{% endif %}).await?;
        Ok(Response::new({{ answer.build(r.module) }}))
{%- when Body::List(list) %}
{%- let r = c.resource(list.resource) %}
        let request = request.into_inner();
{%- if let Some(filter) = list.filter %}
        let filter = {{ filter.text("request") }};
{%- else %}
        let filter = "";
{%- endif %}
        let page = self.{{ r.plural }}.list({% if let Some(size) = list.page_size %}{{ size.get("request") }}{% else %}0{% endif %}, {% if let Some(token) = list.page_token %}{{ token.text("request") }}{% else %}""{% endif %}, filter).await?;
{%- if let Some((total, number)) = list.total %}
        let total = self.{{ r.plural }}.count(filter).await?;
{%- endif %}
        Ok(Response::new({{ list.path }} {
            {{ list.items.ident }}: page.items,
{%- if let Some(token) = list.next_page_token %}
            {{ token.ident }}: {{ token.wrap("page.next_page_token") }},
{%- endif %}
{%- if let Some((total, number)) = list.total %}
            {{ total.ident }}: {{ total.wrap(c.total_value(number)) }},
{%- endif %}
{%- if list.more %}
            ..{{ list.path }}::default()
{%- endif %}
        }))
{%- when Body::Watch { resource, key } %}
{%- let r = c.resource(resource) %}
        let request = request.into_inner();
        let changes = self.{{ r.plural }}.watch({{ key.text("request") }}).await?;
        Ok(Response::new(Box::pin(self.shutdown.guard(changes))))
{%- when Body::CreateEach { resource, answer } %}
{%- let r = c.resource(resource) %}
        let resources = self.{{ r.plural }}.clone();
        // The requests are guarded and not the answers, so that what was begun is answered.
        let requests = self.shutdown.guard(request.into_inner());
        let answers = requests.and_then(move |request| {
            let resources = resources.clone();
            async move {
                let ({{ r.module }}, private) = {{ r.module }}::from_create(request){% if r.has_secret() %}.await{% endif %}?;
                let {{ r.module }} = resources.create({{ r.module }}, private).await?;
                Ok({{ answer.build(r.module) }})
            }
        });
        Ok(Response::new(Box::pin(answers)))
{%- when Body::PutEach { resource } %}
{%- let r = c.resource(resource) %}
        let resources = self.{{ r.plural }}.clone();
        // The requests are guarded and not the answers, so that what was begun is answered.
        let requests = self.shutdown.guard(request.into_inner());
        let answers = requests.and_then(move |{{ r.module }}| {
            let resources = resources.clone();
            async move { Ok(resources.put({{ r.module }}).await?) }
        });
        Ok(Response::new(Box::pin(answers)))
{%- endmatch %}
    }
{%- endfor %}
}
