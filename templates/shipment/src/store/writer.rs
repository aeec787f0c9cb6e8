//! The group commit: what has come in since the last commit, and while it is decided about, goes into the next one.

use std::sync::Arc;

use tokio::sync::{mpsc, oneshot};

use crate::bus::Hub;
use crate::domain::{EventId, NewEvent, Refusal, Shipment};
use crate::store::{
    backend::{Backend, Wanted},
    batch::Batch,
    error::StoreError,
    snapshots::Snapshots,
};

/// A batch takes no further command once it has this many events.
const BATCH_EVENTS: usize = 2_048;

type Reply<T> = oneshot::Sender<Result<T, StoreError>>;

/// Those of some events that were refused.
pub type Refused = Vec<(EventId, Refusal)>;

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
        let (mut batch, mut commands) = (Batch::default(), Vec::new());
        while let Some(first) = queue.recv().await {
            match self.backend.begin().await {
                Ok(end) => {
                    batch.begin(end);
                    commands.push(first);
                    self.write(&mut batch, &mut commands, &mut queue).await;
                }
                Err(error) => first.fail(&error),
            }
        }
    }

    /// Decides about `commands` and what comes in meanwhile, commits, tells the readers, answers: in this order.
    async fn write(
        &mut self,
        batch: &mut Batch,
        commands: &mut Vec<Command>,
        queue: &mut mpsc::Receiver<Command>,
    ) {
        let mut answers = Vec::new();
        let mut events: usize = commands.iter().map(|command| command.events().len()).sum();
        // Those who were answered after the last commit come back one by one: the batch waits for them by working.
        while !commands.is_empty() {
            while events < BATCH_EVENTS
                && let Ok(command) = queue.try_recv()
            {
                events += command.events().len();
                commands.push(command);
            }
            match self.backend.read(&self.wanted(commands, batch)).await {
                Ok(found) => batch.learn(found),
                Err(error) => {
                    commands.drain(..).for_each(|command| command.fail(&error));
                    return answers
                        .into_iter()
                        .for_each(|answer: Answer| answer.fail(&error));
                }
            }
            answers.extend(commands.drain(..).map(|command| command.decide(batch)));
            if B::SOLE_WRITER
                && events < BATCH_EVENTS
                && let Ok(command) = queue.try_recv()
            {
                events += command.events().len();
                commands.push(command);
            }
        }
        let changes = batch.end();
        if let Err(error) = self.backend.commit(&changes).await {
            return answers.into_iter().for_each(|answer| answer.fail(&error));
        }
        if B::SOLE_WRITER {
            for shipment in changes.shipments {
                self.snapshots.insert(shipment.key.clone(), shipment);
            }
        }
        self.hub.offer(&changes.events);
        // Those who wait are woken, and what they no longer need is given back, where they run: the writer goes on.
        tokio::spawn(async move {
            answers.into_iter().for_each(Answer::send);
            drop(changes.events);
        });
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
