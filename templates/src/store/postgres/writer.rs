//! Writes: all that wait share one transaction, and are answered once it is committed.

use deadpool_postgres::{Pool, Transaction};
use tokio::sync::mpsc;
use tokio_postgres::Error;

use super::{Waiting, changes, record};
use crate::{
    bus::Action,
    store::{Key, Record, StoreError, Write},
};

/// Writes that share a transaction.
const BATCH: usize = 256;

/// Writes until the last `Store` is gone.
pub(super) async fn write_all(pool: Pool, mut receiver: mpsc::Receiver<Waiting>) {
    let mut batch = Vec::new();
    while receiver.recv_many(&mut batch, BATCH).await > 0 {
        match write_batch(&pool, &batch).await {
            Ok(results) => {
                for (waiting, result) in batch.drain(..).zip(results) {
                    // A caller that has gone away does not need the answer.
                    let _ = waiting.answer.send(result);
                }
            }
            Err(error) => {
                tracing::error!(%error, "cannot write to the store");
                for waiting in batch.drain(..) {
                    let _ = waiting
                        .answer
                        .send(Err(StoreError::Failed(error.to_string())));
                }
            }
        }
    }
}

async fn write_batch(
    pool: &Pool,
    batch: &[Waiting],
) -> Result<Vec<Result<Record, StoreError>>, StoreError> {
    let mut client = pool.get().await?;
    let transaction = client.transaction().await?;
    let head = transaction
        .query_one("SELECT version FROM last_write FOR UPDATE", &[])
        .await?;
    let mut version: i64 = head.try_get(0)?;
    let mut results = Vec::with_capacity(batch.len());
    for waiting in batch {
        version += 1;
        results.push(apply(&transaction, &waiting.write, version).await?);
    }
    transaction
        .execute("UPDATE last_write SET version = $1", &[&version])
        .await?;
    changes::announce(&transaction, version).await?;
    transaction.commit().await?;
    Ok(results)
}

/// Makes one change. It looks at all conditions before it writes, so that a refused change leaves
/// nothing behind in the transaction it shares. Nobody else writes meanwhile: `last_write` is held.
async fn apply(
    transaction: &Transaction<'_>,
    write: &Write,
    version: i64,
) -> Result<Result<Record, StoreError>, Error> {
    let (kind, id) = match write {
        Write::Insert { kind, id, .. }
        | Write::Replace { kind, id, .. }
        | Write::Delete { kind, id, .. } => (*kind, id.as_str()),
    };
    let stored = select(transaction, kind, id).await?;
    let (record, action) = match (write, stored) {
        (Write::Insert { .. }, Some(_)) => {
            let value = id.to_owned();
            return Ok(Err(StoreError::Taken(Key { field: "id", value })));
        }
        (
            Write::Insert {
                body,
                keys,
                private,
                ..
            },
            None,
        ) => {
            if let Some(key) = taken(transaction, kind, id, keys).await? {
                return Ok(Err(StoreError::Taken(key)));
            }
            let insert = transaction
                .prepare_cached("INSERT INTO record VALUES ($1, $2, $3, $3, $4, $5)")
                .await?;
            transaction
                .execute(&insert, &[&kind, &id, &version, body, private])
                .await?;
            reserve(transaction, kind, id, keys).await?;
            let created = version.unsigned_abs();
            let record = Record {
                id: id.to_owned(),
                created,
                version: created,
                body: body.clone(),
            };
            (record, Action::Created)
        }
        (Write::Replace { .. } | Write::Delete { .. }, None) => {
            return Ok(Err(StoreError::Missing));
        }
        (
            Write::Replace {
                version: expected, ..
            },
            Some(stored),
        ) if stored.version != *expected => {
            return Ok(Err(StoreError::Changed));
        }
        (Write::Replace { body, keys, .. }, Some(stored)) => {
            if let Some(key) = taken(transaction, kind, id, keys).await? {
                return Ok(Err(StoreError::Taken(key)));
            }
            let update = transaction
                .prepare_cached(
                    "UPDATE record SET version = $3, body = $4 WHERE kind = $1 AND id = $2",
                )
                .await?;
            transaction
                .execute(&update, &[&kind, &id, &version, body])
                .await?;
            release(transaction, kind, id).await?;
            reserve(transaction, kind, id, keys).await?;
            let record = Record {
                version: version.unsigned_abs(),
                body: body.clone(),
                ..stored
            };
            (record, Action::Updated)
        }
        (
            Write::Delete {
                version: Some(expected),
                ..
            },
            Some(stored),
        ) if stored.version != *expected => {
            return Ok(Err(StoreError::Changed));
        }
        (Write::Delete { .. }, Some(stored)) => {
            let delete = transaction
                .prepare_cached("DELETE FROM record WHERE kind = $1 AND id = $2")
                .await?;
            transaction.execute(&delete, &[&kind, &id]).await?;
            release(transaction, kind, id).await?;
            let record = Record {
                version: version.unsigned_abs(),
                ..stored
            };
            (record, Action::Deleted)
        }
    };
    changes::note(transaction, kind, &record, action).await?;
    Ok(Ok(record))
}

async fn select(
    transaction: &Transaction<'_>,
    kind: &str,
    id: &str,
) -> Result<Option<Record>, Error> {
    const QUERY: &str = "SELECT id, created, version, body FROM record WHERE kind = $1 AND id = $2";
    let query = transaction.prepare_cached(QUERY).await?;
    let row = transaction.query_opt(&query, &[&kind, &id]).await?;
    row.as_ref().map(record).transpose()
}

/// The first key that another resource has.
async fn taken(
    transaction: &Transaction<'_>,
    kind: &str,
    id: &str,
    keys: &[Key],
) -> Result<Option<Key>, Error> {
    const QUERY: &str =
        "SELECT 1 FROM unique_value WHERE kind = $1 AND field = $2 AND value = $3 AND id <> $4";
    for key in keys {
        let query = transaction.prepare_cached(QUERY).await?;
        let row = transaction
            .query_opt(&query, &[&kind, &key.field, &key.value, &id])
            .await?;
        if row.is_some() {
            return Ok(Some(key.clone()));
        }
    }
    Ok(None)
}

async fn reserve(
    transaction: &Transaction<'_>,
    kind: &str,
    id: &str,
    keys: &[Key],
) -> Result<(), Error> {
    for key in keys {
        let insert = transaction
            .prepare_cached(
                "INSERT INTO unique_value (kind, field, value, id) VALUES ($1, $2, $3, $4)",
            )
            .await?;
        transaction
            .execute(&insert, &[&kind, &key.field, &key.value, &id])
            .await?;
    }
    Ok(())
}

async fn release(transaction: &Transaction<'_>, kind: &str, id: &str) -> Result<(), Error> {
    let delete = transaction
        .prepare_cached("DELETE FROM unique_value WHERE kind = $1 AND id = $2")
        .await?;
    transaction.execute(&delete, &[&kind, &id]).await?;
    Ok(())
}
