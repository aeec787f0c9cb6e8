//! The standard methods: get, list, create, update, delete and watch, for resources of any type.

use std::{marker::PhantomData, sync::Arc, time::SystemTime};

use futures_util::{Stream, stream};
use prost::Message;
use prost_types::FieldMask;
use tokio::sync::broadcast::{Receiver, error::RecvError};
use tonic::Status;

use crate::{
    bus::{Action, Change},
    error::{ServiceError, Violation},
    field_mask,
    filter::Filter,
    page,
    store::{Key, Record, Store, StoreError, Write},
};

/// A type of resource. The modules of `domain` say what holds for each.
pub trait Resource: Message + Default + Clone + 'static {
    /// Full name of the message.
    const TYPE: &'static str;

    /// Fields that callers cannot set.
    const OUTPUT_ONLY: &'static [&'static str];

    /// The identifier.
    fn id(&self) -> &str;

    /// Sets the identifier.
    fn set_id(&mut self, id: String);

    /// The etag that the caller sent; empty when it does not matter, or the message has no place for it.
    fn etag(&self) -> &str;

    /// Sets the etag, if the message has a place for it.
    fn set_etag(&mut self, etag: String);

    /// Sets what a new resource has from the beginning.
    fn created(&mut self, now: SystemTime);

    /// Sets what every change changes.
    fn updated(&mut self, now: SystemTime);

    /// The values that no other resource may have.
    fn keys(&self) -> Vec<Key>;

    /// What is wrong with the values.
    fn check(&self) -> Vec<Violation>;
}

/// One page of a list.
#[derive(Clone, Debug)]
pub struct Page<R> {
    /// The resources.
    pub items: Vec<R>,
    /// Token of the next page; empty on the last one.
    pub next_page_token: String,
}

/// The resources of one type.
#[derive(Debug)]
pub struct Resources<R> {
    store: Store,
    of: PhantomData<fn() -> R>,
}

impl<R> Clone for Resources<R> {
    fn clone(&self) -> Self {
        Self {
            store: self.store.clone(),
            of: PhantomData,
        }
    }
}

impl<R: Resource> Resources<R> {
    /// The resources in a store.
    #[must_use]
    pub fn new(store: Store) -> Self {
        Self {
            store,
            of: PhantomData,
        }
    }

    /// Reads one resource.
    pub async fn get(&self, id: &str) -> Result<R, ServiceError> {
        open(&self.load(id).await?)
    }

    /// Adds a resource, under an identifier of its own unless it has one. `private` is kept beside it.
    pub async fn create(&self, mut resource: R, private: Vec<u8>) -> Result<R, ServiceError> {
        if resource.id().is_empty() {
            resource.set_id(uuid::Uuid::now_v7().to_string());
        }
        let now = SystemTime::now();
        resource.created(now);
        resource.updated(now);
        checked(&resource)?;
        let id = resource.id().to_owned();
        let write = Write::Insert {
            kind: R::TYPE,
            id: id.clone(),
            keys: resource.keys(),
            body: close(resource),
            private,
        };
        let stored = self.store.write(write).await;
        open(&stored.map_err(|error| explain::<R>(&id, error))?)
    }

    /// Changes the fields that the mask names, or those that are set. An etag in `patch` must be
    /// the one of the stored resource.
    pub async fn update(
        &self,
        id: &str,
        patch: &R,
        mask: Option<&FieldMask>,
    ) -> Result<R, ServiceError> {
        loop {
            let record = self.load(id).await?;
            expect_etag::<R>(&record, patch.etag())?;
            let current = open::<R>(&record)?;
            let mut changed = field_mask::merge(R::TYPE, &current, patch, mask, R::OUTPUT_ONLY)?;
            changed.updated(SystemTime::now());
            checked(&changed)?;
            let write = Write::Replace {
                kind: R::TYPE,
                id: id.to_owned(),
                keys: changed.keys(),
                body: close(changed),
                version: record.version,
            };
            match self.store.write(write).await {
                Ok(record) => return open(&record),
                // Someone else was faster. Without an etag the caller wants the change all the same.
                Err(StoreError::Changed) if patch.etag().is_empty() => {}
                Err(error) => return Err(explain::<R>(id, error)),
            }
        }
    }

    /// Brings a resource into the state that is sent, adding it if there is none.
    pub async fn put(&self, resource: R) -> Result<R, ServiceError> {
        let everything = FieldMask {
            paths: vec!["*".to_owned()],
        };
        loop {
            let id = resource.id();
            if !id.is_empty() {
                match self.update(id, &resource, Some(&everything)).await {
                    Err(ServiceError::NotFound { .. }) if resource.etag().is_empty() => {}
                    result => return result,
                }
            }
            match self.create(resource.clone(), Vec::new()).await {
                // Someone else has added it since we looked.
                Err(ServiceError::AlreadyExists { field: "id", .. }) => {}
                result => return result,
            }
        }
    }

    /// Removes a resource and returns what it was.
    pub async fn delete(&self, id: &str, etag: &str) -> Result<R, ServiceError> {
        let version = if etag.is_empty() {
            required("id", id)?;
            None
        } else {
            let record = self.load(id).await?;
            expect_etag::<R>(&record, etag)?;
            Some(record.version)
        };
        let write = Write::Delete {
            kind: R::TYPE,
            id: id.to_owned(),
            version,
        };
        let stored = self.store.write(write).await;
        open(&stored.map_err(|error| explain::<R>(id, error))?)
    }

    /// Reads a page. All pages of a list must be asked for with the same filter.
    pub async fn list(
        &self,
        size: i32,
        token: &str,
        filter: &str,
    ) -> Result<Page<R>, ServiceError> {
        let size = page::size(size)?;
        let query = [R::TYPE, filter];
        let mut position = page::position(&query, token)?;
        let filter = Filter::parse(R::TYPE, filter)?;
        let mut page = Page {
            items: Vec::new(),
            next_page_token: String::new(),
        };
        'pages: loop {
            let records = self
                .store
                .list(R::TYPE, position, size + 1)
                .await
                .map_err(failed)?;
            let is_last = records.len() <= size;
            for record in records {
                let resource = open::<R>(&record)?;
                if filter.matches(&resource)? {
                    if page.items.len() == size {
                        page.next_page_token = page::token(&query, position);
                        break 'pages;
                    }
                    page.items.push(resource);
                }
                position = record.created;
            }
            if is_last {
                break;
            }
        }
        Ok(page)
    }

    /// How many resources the filter finds on all pages together.
    pub async fn count(&self, filter: &str) -> Result<u64, ServiceError> {
        let filter = Filter::parse(R::TYPE, filter)?;
        if filter.is_empty() {
            return self.store.count(R::TYPE).await.map_err(failed);
        }
        let (mut count, mut position) = (0, 0);
        loop {
            let records = self
                .store
                .list(R::TYPE, position, page::MAX_SIZE)
                .await
                .map_err(failed)?;
            let Some(last) = records.last() else {
                return Ok(count);
            };
            position = last.created;
            for record in &records {
                count += u64::from(filter.matches(&open::<R>(record)?)?);
            }
        }
    }

    /// The resource as it is now, and again after every change. The stream ends with `NOT_FOUND`
    /// when the resource is deleted.
    pub async fn watch(
        &self,
        id: &str,
    ) -> Result<impl Stream<Item = Result<R, Status>> + Send + use<R>, ServiceError> {
        // Listens before it reads, so that no change is missed in between.
        let changes = self.store.bus().subscribe();
        let record = self.load(id).await?;
        let watch = Watch {
            resources: self.clone(),
            changes,
            sent: record.version,
            id: record.id.clone(),
        };
        let first = open::<R>(&record)?;
        Ok(stream::try_unfold(
            (watch, Some(first)),
            |(mut watch, first)| async move {
                match first {
                    Some(first) => Ok(Some((first, (watch, None)))),
                    None => Ok(watch.next().await?.map(|next| (next, (watch, None)))),
                }
            },
        ))
    }

    async fn load(&self, id: &str) -> Result<Record, ServiceError> {
        required("id", id)?;
        let record = self.store.get(R::TYPE, id).await.map_err(failed)?;
        record.ok_or_else(|| ServiceError::NotFound {
            kind: R::TYPE,
            id: id.to_owned(),
        })
    }
}

struct Watch<R> {
    resources: Resources<R>,
    changes: Receiver<Arc<Change>>,
    id: String,
    /// Version of what was sent last.
    sent: u64,
}

impl<R: Resource> Watch<R> {
    async fn next(&mut self) -> Result<Option<R>, ServiceError> {
        loop {
            let record = match self.changes.recv().await {
                Ok(change) if change.kind != R::TYPE || change.record.id != self.id => continue,
                Ok(change) if change.action == Action::Deleted => {
                    return Err(ServiceError::NotFound {
                        kind: R::TYPE,
                        id: self.id.clone(),
                    });
                }
                Ok(change) => change.record.clone(),
                // Too slow to be told of every change, so look at where they have led.
                Err(RecvError::Lagged(_)) => self.resources.load(&self.id).await?,
                Err(RecvError::Closed) => return Ok(None),
            };
            if record.version > self.sent {
                self.sent = record.version;
                return Ok(Some(open(&record)?));
            }
        }
    }
}

/// Refuses an empty value.
pub fn required(field: &str, value: &str) -> Result<(), Violation> {
    if value.is_empty() {
        return Err(Violation::new(field, "must not be empty"));
    }
    Ok(())
}

fn checked<R: Resource>(resource: &R) -> Result<(), ServiceError> {
    let violations = resource.check();
    if violations.is_empty() {
        Ok(())
    } else {
        Err(ServiceError::Invalid(violations))
    }
}

fn expect_etag<R: Resource>(record: &Record, etag: &str) -> Result<(), ServiceError> {
    if etag.is_empty() || etag == etag_of(record) {
        return Ok(());
    }
    Err(ServiceError::Changed {
        kind: R::TYPE,
        id: record.id.clone(),
    })
}

/// Every write has a version of its own, so a version names one state of one resource.
fn etag_of(record: &Record) -> String {
    format!("{:x}", record.version)
}

fn open<R: Resource>(record: &Record) -> Result<R, ServiceError> {
    let mut resource = R::decode(record.body.as_slice()).map_err(ServiceError::internal)?;
    resource.set_etag(etag_of(record));
    Ok(resource)
}

fn close<R: Resource>(mut resource: R) -> Vec<u8> {
    resource.set_etag(String::new());
    resource.encode_to_vec()
}

fn failed(error: StoreError) -> ServiceError {
    ServiceError::internal(error)
}

fn explain<R: Resource>(id: &str, error: StoreError) -> ServiceError {
    let (kind, id) = (R::TYPE, id.to_owned());
    match error {
        StoreError::Missing => ServiceError::NotFound { kind, id },
        StoreError::Taken(Key { field, value }) => {
            ServiceError::AlreadyExists { kind, field, value }
        }
        StoreError::Changed => ServiceError::Changed { kind, id },
        StoreError::Full => ServiceError::Overloaded,
        error @ StoreError::Failed(_) => ServiceError::internal(error),
    }
}

/// A moment as milliseconds since the Unix epoch.
#[must_use]
pub fn milliseconds(time: SystemTime) -> i64 {
    let age = time
        .duration_since(SystemTime::UNIX_EPOCH)
        .unwrap_or_default();
    i64::try_from(age.as_millis()).unwrap_or(i64::MAX)
}
