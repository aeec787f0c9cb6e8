//! Counts for Prometheus. Labels take their values from the contract only, so that callers cannot
//! add series.

use std::{fmt, sync::Arc, time::Duration};

use prometheus_client::{
    encoding::{EncodeLabelSet, text::encode},
    metrics::{counter::Counter, family::Family, gauge::Gauge, histogram::Histogram},
    registry::Registry,
};
use tonic::Code;

use crate::methods::Method;

/// Upper bounds of the buckets, in seconds.
const BUCKETS: [f64; 14] = [
    0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0,
];

/// The counts of this process. Clones share them.
#[derive(Clone)]
pub struct Metrics(Arc<Inner>);

struct Inner {
    registry: Registry,
    calls: Family<CallLabels, Counter>,
    seconds: Family<MethodLabels, Histogram>,
    open: Family<MethodLabels, Gauge>,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct MethodLabels {
    service: &'static str,
    method: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct CallLabels {
    service: &'static str,
    method: &'static str,
    code: &'static str,
}

impl Default for Metrics {
    fn default() -> Self {
        let mut registry = Registry::default();
        let calls = Family::<CallLabels, Counter>::default();
        let seconds =
            Family::<MethodLabels, Histogram>::new_with_constructor(|| Histogram::new(BUCKETS));
        let open = Family::<MethodLabels, Gauge>::default();
        registry.register("grpc_requests", "Calls that have ended", calls.clone());
        registry.register(
            "grpc_request_duration_seconds",
            "How long calls took",
            seconds.clone(),
        );
        registry.register("grpc_requests_open", "Calls that go on", open.clone());
        Self(Arc::new(Inner {
            registry,
            calls,
            seconds,
            open,
        }))
    }
}

impl fmt::Debug for Metrics {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Metrics").finish_non_exhaustive()
    }
}

impl Metrics {
    /// Counts a call that begins; none stands for a method outside the contract.
    pub fn started(&self, method: Option<&'static Method>) {
        self.0.open.get_or_create(&labels(method)).inc();
    }

    /// Counts a call that has ended.
    pub fn ended(&self, method: Option<&'static Method>, code: Code, elapsed: Duration) {
        let labels = labels(method);
        self.0.open.get_or_create(&labels).dec();
        self.0
            .seconds
            .get_or_create(&labels)
            .observe(elapsed.as_secs_f64());
        let MethodLabels { service, method } = labels;
        let labels = CallLabels {
            service,
            method,
            code: code_name(code),
        };
        self.0.calls.get_or_create(&labels).inc();
    }

    /// All counts in the text format of Prometheus.
    pub fn text(&self) -> Result<String, fmt::Error> {
        let mut text = String::new();
        encode(&mut text, &self.0.registry)?;
        Ok(text)
    }
}

fn labels(method: Option<&'static Method>) -> MethodLabels {
    match method {
        Some(method) => MethodLabels {
            service: method.service,
            method: method.name,
        },
        None => MethodLabels {
            service: "other",
            method: "other",
        },
    }
}

/// The name of a code, as the specification of gRPC writes it.
#[must_use]
pub fn code_name(code: Code) -> &'static str {
    match code {
        Code::Ok => "OK",
        Code::Cancelled => "CANCELLED",
        Code::Unknown => "UNKNOWN",
        Code::InvalidArgument => "INVALID_ARGUMENT",
        Code::DeadlineExceeded => "DEADLINE_EXCEEDED",
        Code::NotFound => "NOT_FOUND",
        Code::AlreadyExists => "ALREADY_EXISTS",
        Code::PermissionDenied => "PERMISSION_DENIED",
        Code::ResourceExhausted => "RESOURCE_EXHAUSTED",
        Code::FailedPrecondition => "FAILED_PRECONDITION",
        Code::Aborted => "ABORTED",
        Code::OutOfRange => "OUT_OF_RANGE",
        Code::Unimplemented => "UNIMPLEMENTED",
        Code::Internal => "INTERNAL",
        Code::Unavailable => "UNAVAILABLE",
        Code::DataLoss => "DATA_LOSS",
        Code::Unauthenticated => "UNAUTHENTICATED",
    }
}
