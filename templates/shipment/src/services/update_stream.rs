//! The events of a selection: first those that were missed, then those that happen, each once.

use std::{sync::Arc, vec};

use futures_util::{Stream, stream};
use tonic::{Code, Status};
use tonic_types::{ErrorDetails, StatusExt};

use crate::bus::{Ended, Hub, Subscription};
use crate::domain::Event;
use crate::error::ServiceError;
use crate::store::{Reader, Selection};

/// How many events are read from the store at once.
const PAGE: usize = 512;

/// Follows `selection`: the events after the one with the sequence `after` first, if it is given.
///
/// What was missed is read from the store until little is left. Then the stream subscribes, which tells it
/// the head of the hub; it reads on up to there, and the subscription brings everything after.
pub fn follow(
    reader: Arc<dyn Reader>,
    hub: Arc<Hub>,
    selection: Selection,
    after: Option<u64>,
    buffer: usize,
) -> impl Stream<Item = Result<Arc<Event>, Status>> + Send {
    let mut following = Following {
        reader,
        hub,
        selection,
        buffer,
        page: Vec::new().into_iter(),
        last: 0,
        phase: Phase::Missed,
    };
    if let Some(after) = after {
        following.last = after;
    } else {
        let (subscription, head) = following.subscribe();
        following.last = head;
        following.phase = Phase::Live(subscription);
    }
    stream::try_unfold(following, |mut following| async {
        let event = following.next().await?;
        Ok(Some((event, following)))
    })
}

struct Following {
    reader: Arc<dyn Reader>,
    hub: Arc<Hub>,
    selection: Selection,
    buffer: usize,
    page: vec::IntoIter<Arc<Event>>,
    /// The sequence of the event that was given out last, or a later one that needs not be given out.
    last: u64,
    phase: Phase,
}

enum Phase {
    /// Reading what was missed.
    Missed,
    /// Reading what happened until the subscription began, at this head.
    Closing(Subscription, u64),
    /// Waiting for what happens.
    Live(Subscription),
}

impl Following {
    async fn next(&mut self) -> Result<Arc<Event>, Status> {
        loop {
            if let Some(event) = self.page.next() {
                self.last = event.sequence;
                return Ok(event);
            }
            if let Phase::Live(subscription) = &mut self.phase {
                let event = subscription
                    .next()
                    .await
                    .map_err(|ended| self.status(ended))?;
                // The store may have been ahead of the hub, so that the event was read there.
                if event.sequence > self.last {
                    self.last = event.sequence;
                    return Ok(event);
                }
            } else {
                self.read().await?;
            }
        }
    }

    async fn read(&mut self) -> Result<(), Status> {
        let page = self.reader.events(&self.selection, self.last, PAGE).await;
        let mut page = page.map_err(ServiceError::from)?;
        let is_last = page.len() < PAGE;
        self.phase = match std::mem::replace(&mut self.phase, Phase::Missed) {
            Phase::Missed if is_last => {
                let (subscription, head) = self.subscribe();
                Phase::Closing(subscription, head)
            }
            Phase::Closing(subscription, head) => {
                page.retain(|event| event.sequence <= head);
                if is_last || page.len() < PAGE {
                    Phase::Live(subscription)
                } else {
                    Phase::Closing(subscription, head)
                }
            }
            phase => phase,
        };
        self.page = page.into_iter();
        Ok(())
    }

    fn subscribe(&self) -> (Subscription, u64) {
        self.hub.subscribe(self.selection.clone(), self.buffer)
    }

    fn status(&self, ended: Ended) -> Status {
        let last = self.last.to_string();
        let (code, reason, message) = match ended {
            Ended::TooSlow => (
                Code::ResourceExhausted,
                "READER_TOO_SLOW",
                format!(
                    "{} events are waiting to be read; go on with `after_sequence` {last}",
                    self.buffer
                ),
            ),
            Ended::Shutdown => (
                Code::Unavailable,
                "SHUTDOWN",
                format!("the server shuts down; go on with `after_sequence` {last}"),
            ),
        };
        let details = ErrorDetails::with_error_info(
            reason,
            env!("CARGO_PKG_NAME"),
            [("after_sequence".to_owned(), last)],
        );
        Status::with_error_details(code, message, details)
    }
}
