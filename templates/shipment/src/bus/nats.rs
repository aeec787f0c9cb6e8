//! Handing events to NATS JetStream: all of them, in order, each once.
//!
//! The log of events in the store is the outbox. One replica reads it in order and publishes each event on the
//! condition that the stream is where it should be: after the event before. So a publisher that was wrong
//! about what the stream holds, because it crashed or because another one took over, adds nothing; it asks the
//! stream which event was the last one and goes on from there.

use std::time::Duration;

use async_nats::{
    HeaderMap,
    header::NATS_MESSAGE_ID,
    jetstream::{self, message::PublishMessage, stream},
};
use tokio::time::{sleep, timeout};
use tower::BoxError;

use crate::bus::Hub;
use crate::config;
use crate::domain::Event;
use crate::store::{Selection, Store};

/// How many events are on their way at once.
const PAGE: usize = 256;

/// How long to wait after a failure, and at most for news.
const PAUSE: Duration = Duration::from_millis(500);

/// Publishes what the store holds and what it will hold. Never returns.
pub async fn relay(config: config::Nats, store: Store, hub: &Hub) {
    loop {
        store.lead().await;
        if let Err(error) = publish(&config, &store, hub).await {
            tracing::warn!(%error, "events wait for NATS; will try again");
        }
        sleep(PAUSE).await;
    }
}

/// Publishes while this process leads.
async fn publish(config: &config::Nats, store: &Store, hub: &Hub) -> Result<(), BoxError> {
    let context = jetstream::new(async_nats::connect(config.url.as_str()).await?);
    let stream = stream::Config {
        name: config.stream.clone(),
        subjects: vec![format!("{}.>", config.subject)],
        ..stream::Config::default()
    };
    let mut stream = context.get_or_create_stream(stream).await?;
    let (mut held, mut published) = position(&mut stream, store).await?;
    while store.leads() {
        let events = store
            .reader()
            .events(&Selection::Everything, published, PAGE)
            .await?;
        let Some(last) = events.last() else {
            // Both outcomes mean the same: it is time to look.
            let _ = timeout(PAUSE, hub.news()).await;
            continue;
        };
        let mut acknowledgements = Vec::with_capacity(events.len());
        for event in &events {
            acknowledgements.push(
                context
                    .send_publish(subject(config, event), message(event, held))
                    .await?,
            );
            held += 1;
        }
        for acknowledgement in acknowledgements {
            acknowledgement.await?;
        }
        published = last.sequence;
        store.mark_published(published).await;
    }
    Ok(())
}

/// How many messages the stream has ever held, and the sequence of the last event in it.
async fn position(stream: &mut stream::Stream, store: &Store) -> Result<(u64, u64), BoxError> {
    let state = stream.info().await?.state.clone();
    if state.messages == 0 {
        // Everything has grown too old for the stream, or nothing was ever in it.
        return Ok((state.last_sequence, store.reader().published().await?));
    }
    let last = stream.get_raw_message(state.last_sequence).await?;
    let id = last
        .headers
        .get(NATS_MESSAGE_ID)
        .and_then(|id| id.as_str().parse().ok());
    let id =
        id.ok_or("the last message of the stream is not one of ours; use another `nats.stream`")?;
    Ok((state.last_sequence, id))
}

fn subject(config: &config::Nats, event: &Event) -> String {
    format!(
        "{}.{}.{}",
        config.subject, event.key.tenant, event.key.shipment
    )
}

fn message(event: &Event, held: u64) -> PublishMessage {
    let mut headers = HeaderMap::new();
    headers.insert(
        "Content-Type",
        "application/protobuf; proto=logistics.shipment.v1.ShipmentEvent",
    );
    PublishMessage::build()
        .headers(headers)
        .payload(event.body.clone().into())
        .message_id(event.sequence.to_string())
        .expected_last_sequence(held)
}
