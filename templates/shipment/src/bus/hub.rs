//! The hub hands every event, once and in order, to the streams of this process that follow its shipment.

use std::{
    collections::HashMap,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
};

use tokio::sync::{Notify, mpsc};

use crate::domain::{Event, ShipmentKey, TenantId};
use crate::store::Selection;

/// Where events meet those who wait for them.
///
/// Sequences have no gaps, so the hub knows the next one. What it has seen already it drops, which makes
/// it safe to offer an event twice; before what comes too early it asks for the ones between. So
/// it does not matter over which bus events arrive, or whether that bus loses or repeats some.
#[derive(Debug, Default)]
pub struct Hub {
    state: Mutex<State>,
    gap: Notify,
    news: Notify,
}

#[derive(Debug, Default)]
struct State {
    /// The sequence of the last event that was handed on.
    head: u64,
    followers: HashMap<Topic, Vec<Arc<Follower>>>,
    closed: bool,
}

/// Events that can be followed.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum Topic {
    Tenant(TenantId),
    Shipment(ShipmentKey),
}

#[derive(Debug)]
struct Follower {
    /// Empty once the follower has been given up.
    sender: Mutex<Option<mpsc::Sender<Arc<Event>>>>,
    too_slow: AtomicBool,
}

/// Why a subscription has ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ended {
    /// Its buffer was full when an event came.
    TooSlow,
    /// The service shuts down.
    Shutdown,
}

impl Hub {
    /// Begins after the event with this sequence: what is in the store already.
    pub fn start_at(&self, sequence: u64) {
        let mut state = self.lock();
        state.head = state.head.max(sequence);
    }

    /// The sequence of the last event that was handed on.
    #[must_use]
    pub fn head(&self) -> u64 {
        self.lock().head
    }

    /// Hands on what is next among `events`, which are in the order of their sequences. Never waits.
    pub fn offer(&self, events: &[Arc<Event>]) {
        let mut state = self.lock();
        for event in events {
            if event.sequence > state.head + 1 {
                self.stir();
                return;
            }
            if event.sequence == state.head + 1 {
                state.head = event.sequence;
                state.hand_on(event);
            }
        }
        drop(state);
        if !events.is_empty() {
            self.news.notify_one();
        }
    }

    /// Says that the store has events which were not offered.
    pub fn stir(&self) {
        self.gap.notify_one();
    }

    /// Waits until the store has to be asked for events, because one came too early or somebody said so.
    pub async fn gap(&self) {
        self.gap.notified().await;
    }

    /// Waits until events have been handed on. For one waiter.
    pub async fn news(&self) {
        self.news.notified().await;
    }

    /// Follows what `selection` contains, with a buffer of `capacity` events. Also says what the head
    /// is: the subscription gets every event after it, and none before.
    #[must_use]
    pub fn subscribe(
        self: &Arc<Self>,
        selection: Selection,
        capacity: usize,
    ) -> (Subscription, u64) {
        let (sender, receiver) = mpsc::channel(capacity);
        let follower = Arc::new(Follower {
            sender: Mutex::new(Some(sender)),
            too_slow: AtomicBool::new(false),
        });
        let mut state = self.lock();
        if state.closed {
            follower.give_up();
        }
        let topics = topics(selection);
        for topic in &topics {
            let followers = state.followers.entry(topic.clone()).or_default();
            followers.push(follower.clone());
        }
        let head = state.head;
        drop(state);
        let hub = self.clone();
        let subscription = Subscription {
            hub,
            topics,
            follower,
            receiver,
        };
        (subscription, head)
    }

    /// Ends every subscription and those that are still to come.
    pub fn close(&self) {
        let mut state = self.lock();
        state.closed = true;
        state
            .followers
            .values()
            .flatten()
            .for_each(|follower| follower.give_up());
    }

    /// How many lists of followers there are: 0 when nobody follows anything.
    #[must_use]
    pub fn followed(&self) -> usize {
        self.lock().followers.len()
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn hand_on(&self, event: &Arc<Event>) {
        if self.followers.is_empty() {
            return;
        }
        let topics = [
            Topic::Tenant(event.key.tenant.clone()),
            Topic::Shipment(event.key.clone()),
        ];
        let followers = topics.iter().filter_map(|topic| self.followers.get(topic));
        followers
            .flatten()
            .for_each(|follower| follower.send(event));
    }
}

fn topics(selection: Selection) -> Vec<Topic> {
    match selection {
        Selection::Everything => Vec::new(),
        Selection::Tenant(tenant) => vec![Topic::Tenant(tenant)],
        Selection::Shipments(tenant, shipments) => {
            let key = |shipment| ShipmentKey {
                tenant: tenant.clone(),
                shipment,
            };
            shipments
                .into_iter()
                .map(key)
                .map(Topic::Shipment)
                .collect()
        }
    }
}

impl Follower {
    fn send(&self, event: &Arc<Event>) {
        let mut sender = self.sender.lock().unwrap_or_else(PoisonError::into_inner);
        if sender
            .as_ref()
            .is_some_and(|sender| sender.try_send(event.clone()).is_err())
        {
            self.too_slow.store(true, Ordering::Relaxed);
            *sender = None;
        }
    }

    fn give_up(&self) {
        *self.sender.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }
}

/// The events of a selection from now on. Leaves the hub when it is dropped.
#[derive(Debug)]
pub struct Subscription {
    hub: Arc<Hub>,
    topics: Vec<Topic>,
    follower: Arc<Follower>,
    receiver: mpsc::Receiver<Arc<Event>>,
}

impl Subscription {
    /// The next event.
    ///
    /// # Errors
    /// When the subscription has ended; what was in the buffer has been given out before.
    pub async fn next(&mut self) -> Result<Arc<Event>, Ended> {
        self.receiver.recv().await.ok_or_else(|| {
            if self.follower.too_slow.load(Ordering::Relaxed) {
                Ended::TooSlow
            } else {
                Ended::Shutdown
            }
        })
    }
}

impl Drop for Subscription {
    fn drop(&mut self) {
        let mut state = self.hub.lock();
        for topic in &self.topics {
            if let Some(followers) = state.followers.get_mut(topic) {
                followers.retain(|other| !Arc::ptr_eq(other, &self.follower));
                if followers.is_empty() {
                    state.followers.remove(topic);
                }
            }
        }
    }
}
