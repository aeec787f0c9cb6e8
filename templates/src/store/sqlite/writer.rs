//! Writes: all that wait share one transaction, and are answered once it is on the disk.

use rusqlite::{Connection, Transaction, TransactionBehavior, params};
use tokio::sync::mpsc;

use super::{Waiting, select, signed};
use crate::{
    bus::{Action, Bus, Change},
    store::{Key, Record, StoreError, Write},
};

/// Writes that share a transaction.
const BATCH: usize = 1024;

/// Writes until the last `Store` is gone.
pub(super) fn write_all(connection: &mut Connection, mut receiver: mpsc::Receiver<Waiting>, bus: &Bus{% if c.nats %}, outbox: bool{% endif %}) {
    while let Some(first) = receiver.blocking_recv() {
        let mut batch = vec![first];
        while batch.len() < BATCH
            && let Ok(next) = receiver.try_recv()
        {
            batch.push(next);
        }
        match write_batch(connection, &batch{% if c.nats %}, outbox{% endif %}) {
            Ok(results) => {
                for (waiting, result) in batch.into_iter().zip(results) {
                    let answer = result.map(|change| {
                        let record = change.record.clone();
                        bus.publish(change);
                        record
                    });
                    // A caller that has gone away does not need the answer.
                    let _ = waiting.answer.send(answer);
                }
            }
            Err(error) => {
                tracing::error!(%error, "cannot write to the store");
                for waiting in batch {
                    let _ = waiting
                        .answer
                        .send(Err(StoreError::Failed(error.to_string())));
                }
            }
        }
    }
}

fn write_batch(
    connection: &mut Connection,
    batch: &[Waiting],
{%- if c.nats %}
    outbox: bool,
{%- endif %}
) -> rusqlite::Result<Vec<Result<Change, StoreError>>> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let mut version: i64 =
        transaction.query_row("SELECT version FROM last_write", [], |row| row.get(0))?;
    let mut results = Vec::with_capacity(batch.len());
    for waiting in batch {
        version += 1;
{%- if c.nats %}
        let change = apply(&transaction, &waiting.write, version.unsigned_abs())?;
        if let Ok(change) = change.as_ref()
            && outbox
        {
            note(&transaction, change)?;
        }
        results.push(change);
{%- else %}
        results.push(apply(&transaction, &waiting.write, version.unsigned_abs())?);
{%- endif %}
    }
    transaction.execute("UPDATE last_write SET version = ?1", [version])?;
    transaction.commit()?;
    Ok(results)
}

/// Makes one change. It looks at all conditions before it writes, so that a refused change leaves
/// nothing behind in the transaction it shares.
fn apply(
    transaction: &Transaction<'_>,
    write: &Write,
    version: u64,
) -> rusqlite::Result<Result<Change, StoreError>> {
    let (kind, id) = match write {
        Write::Insert { kind, id, .. }
        | Write::Replace { kind, id, .. }
        | Write::Delete { kind, id, .. } => (*kind, id.as_str()),
    };
    let stored = select(transaction, kind, id)?;
    let change = match (write, stored) {
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
            if let Some(key) = taken(transaction, kind, id, keys)? {
                return Ok(Err(StoreError::Taken(key)));
            }
            transaction
                .prepare_cached(
                    "INSERT INTO record (kind, id, created, version, body, private)
                     VALUES (?1, ?2, ?3, ?3, ?4, ?5)",
                )?
                .execute(params![kind, id, signed(version), body, private])?;
            reserve(transaction, kind, id, keys)?;
            let record = Record {
                id: id.to_owned(),
                created: version,
                version,
                body: body.clone(),
            };
            Change {
                kind,
                record,
                action: Action::Created,
            }
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
            if let Some(key) = taken(transaction, kind, id, keys)? {
                return Ok(Err(StoreError::Taken(key)));
            }
            transaction
                .prepare_cached(
                    "UPDATE record SET version = ?3, body = ?4 WHERE kind = ?1 AND id = ?2",
                )?
                .execute(params![kind, id, signed(version), body])?;
            release(transaction, kind, id)?;
            reserve(transaction, kind, id, keys)?;
            let record = Record {
                version,
                body: body.clone(),
                ..stored
            };
            Change {
                kind,
                record,
                action: Action::Updated,
            }
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
            transaction
                .prepare_cached("DELETE FROM record WHERE kind = ?1 AND id = ?2")?
                .execute(params![kind, id])?;
            release(transaction, kind, id)?;
            let record = Record { version, ..stored };
            Change {
                kind,
                record,
                action: Action::Deleted,
            }
        }
    };
    Ok(Ok(change))
}
{%- if c.nats %}

fn note(transaction: &Transaction<'_>, change: &Change) -> rusqlite::Result<()> {
    let Change { kind, record, action } = change;
    let (created, version) = (signed(record.created), signed(record.version));
    transaction
        .prepare_cached("INSERT INTO change VALUES (?1, ?2, ?3, ?4, ?5, ?6)")?
        .execute(params![version, kind, record.id, created, record.body, action.number()])?;
    Ok(())
}
{%- endif %}

/// The first key that another resource has.
fn taken(
    transaction: &Transaction<'_>,
    kind: &str,
    id: &str,
    keys: &[Key],
) -> rusqlite::Result<Option<Key>> {
    let mut statement = transaction.prepare_cached(
        "SELECT 1 FROM unique_value WHERE kind = ?1 AND field = ?2 AND value = ?3 AND id <> ?4",
    )?;
    for key in keys {
        if statement.exists(params![kind, key.field, key.value, id])? {
            return Ok(Some(key.clone()));
        }
    }
    Ok(None)
}

fn reserve(
    transaction: &Transaction<'_>,
    kind: &str,
    id: &str,
    keys: &[Key],
) -> rusqlite::Result<()> {
    let mut statement = transaction.prepare_cached(
        "INSERT INTO unique_value (kind, field, value, id) VALUES (?1, ?2, ?3, ?4)",
    )?;
    for key in keys {
        statement.execute(params![kind, key.field, key.value, id])?;
    }
    Ok(())
}

fn release(transaction: &Transaction<'_>, kind: &str, id: &str) -> rusqlite::Result<()> {
    transaction
        .prepare_cached("DELETE FROM unique_value WHERE kind = ?1 AND id = ?2")?
        .execute(params![kind, id])?;
    Ok(())
}
