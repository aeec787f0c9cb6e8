//! What the resources are and which values they may have. These files are yours.
{% for resource in c.plan.resources %}
pub mod {{ resource.module }};
{%- endfor %}
