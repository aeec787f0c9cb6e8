//! The group commit: what has come in since the last commit, and while it is decided about, goes into the next one.

use std::sync::Arc;

use tokio::sync::{mpsc, oneshot};

use crate::bus::Hub;
use crate::domain::{NewEvent, Shipment};
use crate::store::{Backend, Refused, StoreError, Wanted, batch::Batch, snapshots::Snapshots};

/// A batch takes no further command once it has this many events.
const BATCH_EVENTS: usize = 2_048;

type Reply<T> = oneshot::Sender<Result<T, StoreError>>;

/// Work for the writer. Whoever sent it waits for the reply.
#[derive(Debug)]
pub enum Command {
    /// One event of a shipment that exists.
    Update {
        event: NewEvent,
        reply: Reply<Arc<Shipment>>,
    },
    /// Events of any shipments; `CREATED` makes a new one. Answered with those that were refused.
    Ingest {
        events: Vec<NewEvent>,
        reply: Reply<Refused>,
    },
    /// Events up to this sequence have been handed to the bus.
    Published(u64),
}

/// What is answered once the batch is durable.
enum Answer {
    Update(Reply<Arc<Shipment>>, Result<Arc<Shipment>, StoreError>),
    Ingest(Reply<Refused>, Refused),
    Nobody,
}

/// The one that writes.
pub(super) struct Writer<B> {
    backend: B,
    snapshots: Arc<Snapshots>,
    hub: Arc<Hub>,
}

impl<B: Backend> Writer<B> {
    pub(super) fn new(backend: B, snapshots: Arc<Snapshots>, hub: Arc<Hub>) -> Self {
        Self {
            backend,
            snapshots,
            hub,
        }
    }

    /// Works until the queue is closed and empty.
    pub(super) async fn run(mut self, mut queue: mpsc::Receiver<Command>) {
        while let Some(first) = queue.recv().await {
            match self.backend.begin().await {
                Ok(end) => self.write(Batch::new(end), first, &mut queue).await,
                Err(error) => first.fail(&error),
            }
        }
    }

    /// Decides, commits, tells the readers, answers: in this order.
    async fn write(
        &mut self,
        mut batch: Batch,
        first: Command,
        queue: &mut mpsc::Receiver<Command>,
    ) {
        let (mut answers, mut events, mut next) = (Vec::new(), 0, Some(first));
        // Those who were answered after the last commit come back one by one: the batch waits for them by working.
        while let Some(first) = next {
            let mut commands = Vec::new();
            let more = std::iter::from_fn(|| queue.try_recv().ok());
            for command in std::iter::once(first).chain(more) {
                events += command.events().len();
                commands.push(command);
                if events >= BATCH_EVENTS {
                    break;
                }
            }
            match self.backend.read(&self.wanted(&commands, &mut batch)).await {
                Ok(found) => batch.learn(found),
                Err(error) => {
                    for command in commands {
                        command.fail(&error);
                    }
                    return answers
                        .into_iter()
                        .for_each(|answer: Answer| answer.fail(&error));
                }
            }
            answers.extend(
                commands
                    .into_iter()
                    .map(|command| command.decide(&mut batch)),
            );
            let has_room = B::SOLE_WRITER && events < BATCH_EVENTS;
            next = has_room.then(|| queue.try_recv().ok()).flatten();
        }
        let changes = batch.into_changes();
        if let Err(error) = self.backend.commit(&changes).await {
            return answers.into_iter().for_each(|answer| answer.fail(&error));
        }
        if B::SOLE_WRITER {
            for shipment in changes.shipments {
                self.snapshots.insert(shipment.key.clone(), shipment);
            }
        }
        self.hub.offer(&changes.events);
        // Those who wait are woken where they run, so that the writer can go on.
        tokio::spawn(async move { answers.into_iter().for_each(Answer::send) });
    }

    fn wanted(&self, commands: &[Command], batch: &mut Batch) -> Wanted {
        let events = commands.iter().flat_map(Command::events);
        // Where others write too, what is in memory may not be true any more.
        let in_memory = |key: &_| self.snapshots.get(key).filter(|_| B::SOLE_WRITER);
        let mut wanted = batch.gather(events, in_memory);
        wanted.histories = B::SOLE_WRITER || commands.iter().any(Command::shows_history);
        wanted
    }
}

impl Command {
    fn events(&self) -> &[NewEvent] {
        match self {
            Self::Update { event, .. } => std::slice::from_ref(event),
            Self::Ingest { events, .. } => events,
            Self::Published(_) => &[],
        }
    }

    /// Whether it is answered with a whole shipment.
    fn shows_history(&self) -> bool {
        matches!(self, Self::Update { .. })
    }

    fn decide(self, batch: &mut Batch) -> Answer {
        match self {
            Self::Update { event, reply } => {
                Answer::Update(reply, batch.update(event).map_err(StoreError::from))
            }
            Self::Ingest { events, reply } => {
                let refused = events.into_iter().filter_map(|event| {
                    let id = event.event_id.clone();
                    batch.ingest(event).err().map(|refusal| (id, refusal))
                });
                Answer::Ingest(reply, refused.collect())
            }
            Self::Published(sequence) => {
                batch.mark_published(sequence);
                Answer::Nobody
            }
        }
    }

    fn fail(self, error: &StoreError) {
        match self {
            Self::Update { reply, .. } => drop(reply.send(Err(error.clone()))),
            Self::Ingest { reply, .. } => drop(reply.send(Err(error.clone()))),
            Self::Published(_) => {}
        }
    }
}

impl Answer {
    fn send(self) {
        // Who has gone away in the meantime needs no answer.
        match self {
            Self::Update(reply, outcome) => drop(reply.send(outcome)),
            Self::Ingest(reply, refused) => drop(reply.send(Ok(refused))),
            Self::Nobody => {}
        }
    }

    /// Answers that nothing was done, also to those who would have been refused: what they were
    /// refused for may rest on another event of the batch.
    fn fail(self, error: &StoreError) {
        match self {
            Self::Update(reply, _) => drop(reply.send(Err(error.clone()))),
            Self::Ingest(reply, _) => drop(reply.send(Err(error.clone()))),
            Self::Nobody => {}
        }
    }
}
