//! The rpcs, a file for each service.
{% for service in c.plan.services %}
mod {{ service.module }};
{%- endfor %}
{% if c.sends_streams() %}
use std::pin::Pin;

use futures_util::Stream;
{%- endif %}
use tonic::{
{%- if c.sends_streams() %}Status, {% endif %}codec::CompressionEncoding, service::RoutesBuilder};

use crate::{
    config::Grpc,
    shutdown::Shutdown,
{%- if c.stores %}
    resource::Resources,
    store::Store,
{%- endif %}
};
{% for service in c.plan.services %}
pub use {{ service.module }}::{{ service.handler }};
{%- endfor %}
{%- if c.sends_streams() %}

/// A stream of answers.
pub type Answers<T> = Pin<Box<dyn Stream<Item = Result<T, Status>> + Send>>;
{%- endif %}

/// Adds all services to the routes of the server.
pub fn add(routes: &mut RoutesBuilder, config: &Grpc,{% if c.stores %} store: &Store,{% endif %} shutdown: &Shutdown) {
{%- for service in c.plan.services %}
    let handler = {{ service.handler }} {
{%- for index in service.resources %}
        {{ c.plan.resources[*index].plural }}: Resources::new(store.clone()),
{%- endfor %}
        shutdown: shutdown.clone(),
    };
    routes.add_service(
        {{ service.server }}::new(handler)
            .max_decoding_message_size(config.max_request_bytes)
            .max_encoding_message_size(config.max_response_bytes)
            .accept_compressed(CompressionEncoding::Gzip)
            .send_compressed(CompressionEncoding::Gzip),
    );
{%- endfor %}
}
