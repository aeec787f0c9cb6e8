//! Tests of the service as its clients see it.

{% if c.auth -%}
mod auth;
{% endif -%}
{% if c.clients -%}
mod client;
{% endif -%}
mod deadline;
{% if c.has("kubernetes") && c.has("envoy") && c.has("docker") -%}
mod deploy;
{% endif -%}
{% if c.envoy -%}
mod envoy;
{% endif -%}
mod harness;
{% if c.health -%}
mod health;
{% endif -%}
mod limits;
{% if c.metrics -%}
mod metrics;
{% endif -%}
mod panic;
{% if c.nats -%}
mod nats;
{% endif -%}
{% if c.postgres -%}
mod postgres;
{% endif -%}
mod process;
{% if c.reflection -%}
mod reflection;
{% endif -%}
{% if c.rest -%}
mod rest;
{% endif -%}
{% if c.tls -%}
mod tls;
{% endif -%}
{% if c.traces -%}
mod traces;
{% endif -%}
{% for service in c.plan.services -%}
mod {{ service.module }};
{% endfor -%}
