//! Telling other services of changes over NATS `JetStream`: all of them, in order, each once.
//!
//! A write notes its change in the outbox, in its own transaction. The relay reads the outbox in order and
//! publishes each change on the condition that the stream is where it should be: after the change before.
//! So a relay that was wrong about what the stream holds, because it crashed or because another server was
//! faster, adds nothing; it asks the stream which change was the last one and goes on from there.

use std::time::Duration;

use async_nats::{
    HeaderMap,
    header::NATS_MESSAGE_ID,
    jetstream::{self, message::PublishMessage, stream},
};
use tokio::time::{sleep, timeout};
use tower::BoxError;

use crate::{
    bus::{Action, Change},
    config,
    store::Store,
};

/// How many changes are on their way at once.
const PAGE: usize = 256;

/// How long to wait after a failure, and at most for news.
const PAUSE: Duration = Duration::from_millis(500);

/// Publishes what the outbox holds and what it will hold. Never returns.
pub async fn run(config: config::Nats, store: Store) {
    loop {
        if let Err(error) = publish(&config, &store).await {
            tracing::warn!(%error, "changes wait for NATS; will try again");
        }
        sleep(PAUSE).await;
    }
}

async fn publish(config: &config::Nats, store: &Store) -> Result<(), BoxError> {
    let context = jetstream::new(async_nats::connect(config.url.as_str()).await?);
    let stream = stream::Config {
        name: config.stream.clone(),
        subjects: vec![format!("{}.>", config.subject)],
        ..stream::Config::default()
    };
    let mut stream = context.get_or_create_stream(stream).await?;
    let mut news = store.bus().subscribe();
    let (mut held, mut published) = position(&mut stream, store).await?;
    loop {
        let changes = store.changes(published, PAGE).await?;
        let Some(last) = changes.last().map(|change| change.record.version) else {
            // All outcomes mean the same: it is time to look.
            let _ = timeout(PAUSE, news.recv()).await;
            continue;
        };
        let mut acknowledgements = Vec::with_capacity(changes.len());
        for change in changes {
            let subject = format!("{}.{}", config.subject, topic(&change));
            let message = message(change, held);
            acknowledgements.push(context.send_publish(subject, message).await?);
            held += 1;
        }
        for acknowledgement in acknowledgements {
            acknowledgement.await?;
        }
        published = last;
        store.mark_published(published).await?;
    }
}

/// How many messages the stream has ever held, and the version of the last change in it.
async fn position(stream: &mut stream::Stream, store: &Store) -> Result<(u64, u64), BoxError> {
    let state = stream.info().await?.state.clone();
    if state.messages == 0 {
        // Everything has grown too old for the stream, or nothing was ever in it.
        return Ok((state.last_sequence, store.published().await?));
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

/// The name of the type, and what was done.
fn topic(change: &Change) -> String {
    let name = change.kind.rsplit('.').next().unwrap_or(change.kind);
    let action = match change.action {
        Action::Created => "created",
        Action::Updated => "updated",
        Action::Deleted => "deleted",
    };
    format!("{name}.{action}")
}

fn message(change: Change, held: u64) -> PublishMessage {
    let mut headers = HeaderMap::new();
    let kind = format!("application/protobuf; proto={}", change.kind);
    headers.insert("Content-Type", kind.as_str());
    PublishMessage::build()
        .headers(headers)
        .message_id(change.record.version.to_string())
        .payload(change.record.body.into())
        .expected_last_sequence(held)
}
