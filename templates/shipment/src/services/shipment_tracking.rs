//! `logistics.shipment.v1.ShipmentTrackingService`.

use std::sync::Arc;

use futures_util::{StreamExt, TryStreamExt};
use tonic::{Request, Response, Status, Streaming};

use crate::bus::Hub;
use crate::domain::{Event, NewEvent, Shipment, ShipmentKey, TenantId, ids, validate};
use crate::error::ServiceError;
use crate::pb::logistics::shipment::v1 as pb;
use crate::services::{Answers, tenant::tenant, update_stream};
use crate::store::{Selection, Store};

/// How many events of a `BulkIngest` stream are handed to the store at once.
const CHUNK: usize = 256;

/// How many chunks of one stream are on their way: while one is written, the next is read.
const CHUNKS_IN_FLIGHT: usize = 2;

/// How many refused events are named in an answer. Their number is always exact.
const FAILED_IDS_LIMIT: usize = 10_000;

/// How many shipments one stream may follow by name.
const FOLLOWED_LIMIT: usize = 1_000;

/// Answers the rpcs of `ShipmentTrackingService`.
#[derive(Clone)]
pub struct ShipmentTrackingHandler {
    /// Where shipments are kept.
    pub store: Store,
    /// Where events come from while they happen.
    pub hub: Arc<Hub>,
    /// How many events a reader may be behind.
    pub stream_buffer: usize,
}

#[tonic::async_trait]
impl pb::shipment_tracking_service_server::ShipmentTrackingService for ShipmentTrackingHandler {
    async fn get_shipment(
        &self,
        request: Request<pb::GetShipmentRequest>,
    ) -> Result<Response<pb::ShipmentResponse>, Status> {
        decoded(&self.find(request).await?)
    }

    async fn update_status(
        &self,
        request: Request<pb::UpdateStatusRequest>,
    ) -> Result<Response<pb::ShipmentResponse>, Status> {
        decoded(&self.update(request).await?)
    }

    type StreamUpdatesStream = Answers<pb::ShipmentEvent>;

    async fn stream_updates(
        &self,
        request: Request<pb::StreamUpdatesRequest>,
    ) -> Result<Response<Self::StreamUpdatesStream>, Status> {
        let events = self.follow(request).await?.into_inner();
        let messages = events.map(|event| {
            event?
                .message()
                .map_err(|error| ServiceError::internal(error).into())
        });
        Ok(Response::new(messages.boxed()))
    }

    async fn bulk_ingest(
        &self,
        request: Request<Streaming<pb::ShipmentEvent>>,
    ) -> Result<Response<pb::BulkIngestResponse>, Status> {
        let tenant = tenant(&request)?;
        // A chunk is what has arrived by now, so that a slow stream is not kept waiting for more.
        let chunks = request.into_inner().ready_chunks(CHUNK);
        let tallies = chunks
            .map(|chunk| self.ingest(&tenant, chunk))
            .buffered(CHUNKS_IN_FLIGHT);
        let answer = tallies.try_fold(
            pb::BulkIngestResponse::default(),
            |mut sum, tally| async move {
                sum.accepted += tally.accepted;
                sum.rejected += tally.rejected;
                let room = FAILED_IDS_LIMIT.saturating_sub(sum.failed_event_ids.len());
                sum.failed_event_ids
                    .extend(tally.failed_event_ids.into_iter().take(room));
                Ok(sum)
            },
        );
        Ok(Response::new(answer.await?))
    }
}

impl ShipmentTrackingHandler {
    /// The shipment that a `GetShipment` request asks for.
    pub async fn find(
        &self,
        request: Request<pb::GetShipmentRequest>,
    ) -> Result<Response<Arc<Shipment>>, Status> {
        let tenant = tenant(&request)?;
        let shipment =
            validate::shipment_id(&request.get_ref().shipment_id).map_err(ServiceError::from)?;
        let key = ShipmentKey { tenant, shipment };
        let shipment = self.store.shipment(&key).await;
        Ok(Response::new(shipment.map_err(ServiceError::from)?))
    }

    /// The shipment as it is once an `UpdateStatus` request is done.
    pub async fn update(
        &self,
        request: Request<pb::UpdateStatusRequest>,
    ) -> Result<Response<Arc<Shipment>>, Status> {
        let tenant = tenant(&request)?;
        let event = validate::update(&tenant, request.into_inner()).map_err(ServiceError::from)?;
        let shipment = self.store.update(event).await;
        Ok(Response::new(shipment.map_err(ServiceError::from)?))
    }

    /// The events that a `StreamUpdates` request asks for, as they are kept: encoded.
    ///
    /// # Errors
    /// When the request is not valid or the store cannot be read.
    pub async fn follow(
        &self,
        request: Request<pb::StreamUpdatesRequest>,
    ) -> Result<Response<Answers<Arc<Event>>>, Status> {
        let tenant = tenant(&request)?;
        let request = request.into_inner();
        let shipments = validate::shipment_ids(&request.shipment_ids, FOLLOWED_LIMIT)
            .map_err(ServiceError::from)?;
        let selection = if shipments.is_empty() {
            Selection::Tenant(tenant)
        } else {
            Selection::Shipments(tenant, shipments)
        };
        let since = request
            .since
            .map(|since| validate::moment("since", &since))
            .transpose();
        let since = since.map_err(ServiceError::from)?;
        let after = match (request.after_sequence, since) {
            (0, None) => None,
            (0, Some(since)) => Some(
                self.store
                    .reader()
                    .last_before(since)
                    .await
                    .map_err(ServiceError::from)?,
            ),
            (sequence, _) => Some(sequence),
        };
        let reader = self.store.reader().clone();
        let events = update_stream::follow(
            reader,
            self.hub.clone(),
            selection,
            after,
            self.stream_buffer,
        );
        Ok(Response::new(events.boxed()))
    }

    /// Hands a chunk of a stream to the store and counts what became of it. Events that arrived before
    /// their stream broke are stored: sending them again is harmless.
    async fn ingest(
        &self,
        tenant: &TenantId,
        chunk: Vec<Result<pb::ShipmentEvent, Status>>,
    ) -> Result<pb::BulkIngestResponse, Status> {
        let mut tally = pb::BulkIngestResponse::default();
        let mut events: Vec<NewEvent> = Vec::with_capacity(chunk.len());
        let mut broken = None;
        for reported in chunk {
            match reported {
                Err(status) => broken = Some(status),
                Ok(reported) => {
                    let id = reported.event_id.clone();
                    match validate::event(tenant, reported) {
                        Ok(event) => events.push(event),
                        Err(_) => reject(&mut tally, &id),
                    }
                }
            }
        }
        let sent = events.len();
        let refused = self.store.ingest(events).await;
        let refused = refused.map_err(ServiceError::from)?;
        tally.accepted += i32::try_from(sent - refused.len()).unwrap_or(i32::MAX);
        for (id, _) in &refused {
            reject(&mut tally, id.as_str());
        }
        match broken {
            None => Ok(tally),
            Some(status) => {
                tracing::info!(accepted = tally.accepted, %status, "a bulk stream broke; its last chunk is stored");
                Err(status)
            }
        }
    }
}

fn decoded(shipment: &Response<Arc<Shipment>>) -> Result<Response<pb::ShipmentResponse>, Status> {
    let shipment = shipment.get_ref().to_response();
    Ok(Response::new(shipment.map_err(ServiceError::internal)?))
}

fn reject(tally: &mut pb::BulkIngestResponse, id: &str) {
    tally.rejected += 1;
    // What is no identifier may be of any length.
    tally
        .failed_event_ids
        .push(id.chars().take(ids::MAX_LENGTH).collect());
}
