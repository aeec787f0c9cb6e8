//! Spans reach a collector, within the caller's trace.

use std::sync::{Arc, Mutex};

use opentelemetry_proto::tonic::{
    collector::trace::v1::{
        ExportTraceServiceRequest, ExportTraceServiceResponse,
        trace_service_server::{TraceService, TraceServiceServer},
    },
    trace::v1::Span,
};
use tokio::net::TcpListener;
use tonic::{
    Request, Response, Status,
    transport::{Server, server::TcpIncoming},
};

use crate::{
    harness::{call, method},
    process::Process,
};

#[derive(Clone, Default)]
struct Collector(Arc<Mutex<Vec<Span>>>);

#[tonic::async_trait]
impl TraceService for Collector {
    async fn export(
        &self,
        request: Request<ExportTraceServiceRequest>,
    ) -> Result<Response<ExportTraceServiceResponse>, Status> {
        let spans = request.into_inner().resource_spans.into_iter();
        let spans = spans.flat_map(|it| it.scope_spans).flat_map(|it| it.spans);
        self.0.lock().expect("not poisoned").extend(spans);
        Ok(Response::new(ExportTraceServiceResponse::default()))
    }
}

#[tokio::test]
async fn a_span_continues_the_trace_and_is_sent_before_the_end() {
    let collector = Collector::default();
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let endpoint = format!("http://{}", listener.local_addr().expect("an address"));
    let server = Server::builder().add_service(TraceServiceServer::new(collector.clone()));
    tokio::spawn(server.serve_with_incoming(TcpIncoming::from(listener)));

    let mut process = Process::start(&[("TRACES__ENDPOINT", &endpoint)]){% if c.postgres %}.await{% endif %};
    let trace = "0af7651916cd43dd8448eb211c80319c";
    let parent = "b7ad6b7169203331";
    let header = format!("00-{trace}-{parent}-01");
    let (code, _) = call(
        process.channel(),
        method().path,
        &[("traceparent", &header)],
    )
    .await;
    process.terminate();
    assert!(process.wait().await.success());

    let spans = collector.0.lock().expect("not poisoned");
    let name = &method().path[1..];
    let span = spans
        .iter()
        .find(|span| span.name == name)
        .expect("the span of the call");
    let number = |bytes: &[u8]| {
        bytes
            .iter()
            .fold(0_u128, |number, byte| number << 8 | u128::from(*byte))
    };
    let expected = [trace, parent].map(|hex| u128::from_str_radix(hex, 16).expect("a number"));
    assert_eq!(
        [number(&span.trace_id), number(&span.parent_span_id)],
        expected
    );
    let recorded = span
        .attributes
        .iter()
        .find(|it| it.key == "rpc.grpc.status_code");
    let recorded = format!("{recorded:?}");
    assert!(
        recorded.contains(&format!("IntValue({})", code as i32)),
        "{recorded}"
    );
}
