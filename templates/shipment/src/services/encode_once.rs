//! Events of `StreamUpdates` go to the wire as they are kept. The generated server would need them
//! decoded, to encode them again for every reader.

use std::{
    convert::Infallible,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
};

use bytes::BufMut;
use tonic::{
    Status,
    body::Body,
    codec::{Codec, EncodeBuf, Encoder},
    server::{Grpc, NamedService},
};
use tonic_prost::ProstDecoder;
use tower::{Service, service_fn};

use crate::domain::Event;
use crate::pb::logistics::shipment::v1::{
    StreamUpdatesRequest, shipment_tracking_service_server::ShipmentTrackingServiceServer,
};
use crate::services::ShipmentTrackingHandler;

const STREAM_UPDATES: &str = "/logistics.shipment.v1.ShipmentTrackingService/StreamUpdates";

/// The service with a shortcut: events of `StreamUpdates` go to the wire as they are kept. The generated
/// server would need them decoded, to encode them again for every reader.
#[derive(Clone)]
pub struct EncodeOnce {
    inner: ShipmentTrackingServiceServer<ShipmentTrackingHandler>,
    handler: ShipmentTrackingHandler,
    max_request_bytes: usize,
}

impl EncodeOnce {
    /// Serves `inner`, which was made with `handler`.
    #[must_use]
    pub fn new(
        inner: ShipmentTrackingServiceServer<ShipmentTrackingHandler>,
        handler: ShipmentTrackingHandler,
        max_request_bytes: usize,
    ) -> Self {
        Self {
            inner,
            handler,
            max_request_bytes,
        }
    }
}

impl NamedService for EncodeOnce {
    const NAME: &'static str =
        <ShipmentTrackingServiceServer<ShipmentTrackingHandler> as NamedService>::NAME;
}

impl Service<http::Request<Body>> for EncodeOnce {
    type Response = http::Response<Body>;
    type Error = Infallible;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, Infallible>> + Send>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Service::<http::Request<Body>>::poll_ready(&mut self.inner, context)
    }

    fn call(&mut self, request: http::Request<Body>) -> Self::Future {
        if request.uri().path() != STREAM_UPDATES {
            return self.inner.call(request);
        }
        let handler = self.handler.clone();
        let max_request_bytes = Some(self.max_request_bytes);
        Box::pin(async move {
            let follow = service_fn(move |request| {
                let handler = handler.clone();
                async move { handler.follow(request).await }
            });
            let mut grpc =
                Grpc::new(EncodedEvents).apply_max_message_size_config(max_request_bytes, None);
            Ok(grpc.server_streaming(follow, request).await)
        })
    }
}

/// Reads requests as usual and writes events as they are.
#[derive(Clone, Copy, Debug, Default)]
struct EncodedEvents;

impl Codec for EncodedEvents {
    type Encode = Arc<Event>;
    type Decode = StreamUpdatesRequest;
    type Encoder = Self;
    type Decoder = ProstDecoder<StreamUpdatesRequest>;

    fn encoder(&mut self) -> Self::Encoder {
        Self
    }

    fn decoder(&mut self) -> Self::Decoder {
        ProstDecoder::default()
    }
}

impl Encoder for EncodedEvents {
    type Item = Arc<Event>;
    type Error = Status;

    fn encode(&mut self, event: Arc<Event>, buffer: &mut EncodeBuf<'_>) -> Result<(), Status> {
        buffer.put_slice(&event.body);
        Ok(())
    }
}
