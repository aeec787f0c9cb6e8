//! Shipments and events go to the wire as they are kept: encoded. The generated server would need them
//! decoded, to encode them again for every answer and every reader.

use std::{
    convert::Infallible,
    marker::PhantomData,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
};

use bytes::BufMut;
use prost::Message;
use tonic::{
    Status,
    body::Body,
    codec::{Codec, CompressionEncoding, EncodeBuf, Encoder},
    server::{Grpc, NamedService},
};
use tonic_prost::ProstDecoder;
use tower::{Service, service_fn};

use crate::config;
use crate::domain::{Event, Shipment};
use crate::pb::logistics::shipment::v1::shipment_tracking_service_server::ShipmentTrackingServiceServer;
use crate::services::ShipmentTrackingHandler;

/// The service, with shortcuts for the methods whose answers are kept encoded.
#[derive(Clone)]
pub struct EncodeOnce {
    inner: ShipmentTrackingServiceServer<ShipmentTrackingHandler>,
    handler: ShipmentTrackingHandler,
    max_request_bytes: usize,
    max_response_bytes: usize,
}

impl EncodeOnce {
    /// Serves `inner`, which was made with `handler`.
    #[must_use]
    pub fn new(
        inner: ShipmentTrackingServiceServer<ShipmentTrackingHandler>,
        handler: ShipmentTrackingHandler,
        config: &config::Grpc,
    ) -> Self {
        Self {
            inner,
            handler,
            max_request_bytes: config.max_request_bytes,
            max_response_bytes: config.max_response_bytes,
        }
    }

    fn grpc<T: Kept, R: Message + Default + 'static>(&self) -> Grpc<AsKept<T, R>> {
        Grpc::new(AsKept(PhantomData))
            .apply_max_message_size_config(
                Some(self.max_request_bytes),
                Some(self.max_response_bytes),
            )
            .accept_compressed(CompressionEncoding::Gzip)
    }
}

impl NamedService for EncodeOnce {
    const NAME: &'static str =
        <ShipmentTrackingServiceServer<ShipmentTrackingHandler> as NamedService>::NAME;
}

/// Answers a call with a method of the handler.
macro_rules! answer {
    ($grpc:expr, $self:ident, $request:ident, $kind:ident, $method:ident) => {{
        let (mut grpc, handler) = ($grpc, $self.handler.clone());
        let method = service_fn(move |request| {
            let handler = handler.clone();
            async move { handler.$method(request).await }
        });
        Box::pin(async move { Ok(grpc.$kind(method, $request).await) })
    }};
}

impl Service<http::Request<Body>> for EncodeOnce {
    type Response = http::Response<Body>;
    type Error = Infallible;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, Infallible>> + Send>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Service::<http::Request<Body>>::poll_ready(&mut self.inner, context)
    }

    fn call(&mut self, request: http::Request<Body>) -> Self::Future {
        match request.uri().path() {
            "/logistics.shipment.v1.ShipmentTrackingService/GetShipment" => {
                answer!(compressed(self.grpc()), self, request, unary, find)
            }
            "/logistics.shipment.v1.ShipmentTrackingService/UpdateStatus" => {
                answer!(compressed(self.grpc()), self, request, unary, update)
            }
            "/logistics.shipment.v1.ShipmentTrackingService/StreamUpdates" => {
                // Events are too small to gain by it.
                answer!(self.grpc(), self, request, server_streaming, follow)
            }
            _ => self.inner.call(request),
        }
    }
}

fn compressed<C: Codec>(grpc: Grpc<C>) -> Grpc<C> {
    grpc.send_compressed(CompressionEncoding::Gzip)
}

/// What is kept encoded as a message of the contract.
trait Kept: Send + 'static {
    fn put(&self, buffer: &mut impl BufMut);
}

impl Kept for Arc<Event> {
    fn put(&self, buffer: &mut impl BufMut) {
        buffer.put_slice(&self.body);
    }
}

impl Kept for Arc<Shipment> {
    fn put(&self, buffer: &mut impl BufMut) {
        self.encode(buffer);
    }
}

/// Reads requests as usual and writes answers as they are.
struct AsKept<T, R>(PhantomData<fn(T) -> R>);

impl<T: Kept, R: Message + Default + 'static> Codec for AsKept<T, R> {
    type Encode = T;
    type Decode = R;
    type Encoder = Self;
    type Decoder = ProstDecoder<R>;

    fn encoder(&mut self) -> Self::Encoder {
        Self(PhantomData)
    }

    fn decoder(&mut self) -> Self::Decoder {
        ProstDecoder::default()
    }
}

impl<T: Kept, R> Encoder for AsKept<T, R> {
    type Item = T;
    type Error = Status;

    fn encode(&mut self, item: T, buffer: &mut EncodeBuf<'_>) -> Result<(), Status> {
        item.put(buffer);
        Ok(())
    }
}
