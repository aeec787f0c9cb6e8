//! The log{% if c.traces %}, and traces over OTLP{% endif %}.
{% if c.traces %}
use http::HeaderMap;
use opentelemetry::{propagation::TextMapPropagator, trace::TracerProvider};
use opentelemetry_http::{HeaderExtractor, HeaderInjector};
use opentelemetry_otlp::{SpanExporter, WithExportConfig};
use opentelemetry_sdk::{
    Resource,
    propagation::TraceContextPropagator,
    trace::{Sampler, SdkTracerProvider},
};
{%- endif %}
use tower::BoxError;
{%- if c.traces %}
use tracing::Span;
use tracing_opentelemetry::OpenTelemetrySpanExt;
{%- endif %}
use tracing_subscriber::{EnvFilter, Layer, layer::SubscriberExt, util::SubscriberInitExt};

use crate::config::{Config, LogFormat{% if c.traces %}, Traces{% endif %}};
{% if c.traces %}
/// The log and the traces of this process, from start to stop.
#[derive(Debug)]
pub struct Telemetry {
    provider: Option<SdkTracerProvider>,
}

impl Telemetry {
    /// Begins to write the log, to standard error, and to send traces if that is configured.
    pub fn start(config: &Config) -> Result<Self, BoxError> {
        let filter = EnvFilter::try_new(&config.log.filter)?;
        let log = tracing_subscriber::fmt::layer().with_writer(std::io::stderr);
        let log = match config.log.format {
            LogFormat::Json => log.json().flatten_event(true).with_current_span(false).boxed(),
            LogFormat::Text => log.boxed(),
        };
        // Calls need a span only where traces are collected, so the log has a filter of its own.
        let log = log.with_filter(filter);
        let provider = config.traces.as_ref().map(provider).transpose()?;
        let traces = provider.as_ref().map(|provider| {
            let tracer = provider.tracer(env!("CARGO_PKG_NAME"));
            tracing_opentelemetry::layer().with_tracer(tracer)
        });
        tracing_subscriber::registry().with(log).with(traces).try_init()?;
        Ok(Self { provider })
    }

    /// Sends what has not been sent yet.
    pub async fn stop(self) {
        if let Some(provider) = self.provider {
            // It waits for the exporter, which must be able to run meanwhile.
            let stopped = tokio::task::spawn_blocking(move || provider.shutdown()).await;
            if !matches!(stopped, Ok(Ok(()))) {
                tracing::warn!("the last spans could not be sent");
            }
        }
    }
}

fn provider(config: &Traces) -> Result<SdkTracerProvider, BoxError> {
    let exporter = SpanExporter::builder()
        .with_tonic()
        .with_endpoint(&config.endpoint)
        .build()?;
    let sampler = Sampler::ParentBased(Box::new(Sampler::TraceIdRatioBased(config.ratio)));
    Ok(SdkTracerProvider::builder()
        .with_resource(
            Resource::builder()
                .with_service_name(env!("CARGO_PKG_NAME"))
                .build(),
        )
        .with_sampler(sampler)
        .with_batch_exporter(exporter)
        .build())
}

/// Makes `span` a part of the caller's trace.
pub fn continue_trace(span: &Span, headers: &HeaderMap) {
    if headers.contains_key("traceparent") {
        let context = TraceContextPropagator::new().extract(&HeaderExtractor(headers));
        // It fails where nobody collects traces, which is no trouble.
        let _ = span.set_parent(context);
    }
}

/// Tells the next service which trace the current span belongs to.
pub fn pass_on_trace(headers: &mut HeaderMap) {
    let context = Span::current().context();
    TraceContextPropagator::new().inject_context(&context, &mut HeaderInjector(headers));
}
{%- else %}
/// Begins to write the log, to standard error.
pub fn start(config: &Config) -> Result<(), BoxError> {
    let filter = EnvFilter::try_new(&config.log.filter)?;
    let log = tracing_subscriber::fmt::layer().with_writer(std::io::stderr);
    let log = match config.log.format {
        LogFormat::Json => log.json().flatten_event(true).with_current_span(false).boxed(),
        LogFormat::Text => log.boxed(),
    };
    tracing_subscriber::registry().with(filter).with(log).try_init()?;
    Ok(())
}
{%- endif %}
