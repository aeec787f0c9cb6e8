//! Tells the streams of this process what any server has written.
//!
//! A write notes its change in the table `change`, in its own transaction, and the commit wakes all
//! servers. Each reads on from the last change it has told, so nothing is missed while a connection
//! is down.

use std::{future::poll_fn, time::Duration};

use deadpool_postgres::{Pool, Transaction};
use tokio::sync::mpsc;
use tokio_postgres::{AsyncMessage, Config, Error, NoTls};

use super::record;
use crate::{
    bus::{Action, Bus, Change},
    store::{KINDS, Record, StoreError},
};

/// Where servers are woken.
const CHANNEL: &str = "record_changes";

/// Writes after which a change is forgotten; no server is that far behind.
const KEPT: i64 = 100_000;

/// How long to rest when nothing is heard, and before connecting again.
const PAUSE: Duration = Duration::from_secs(1);

/// Notes a change in the transaction that makes it.
pub(super) async fn note(
    transaction: &Transaction<'_>,
    kind: &str,
    record: &Record,
    action: Action,
) -> Result<(), Error> {
    const INSERT: &str = "INSERT INTO change (version, kind, id, created, body, action)
        VALUES ($1, $2, $3, $4, $5, $6)";
    let action = action.number();
    let (created, version) = (super::signed(record.created), super::signed(record.version));
    let insert = transaction.prepare_cached(INSERT).await?;
    let values: &[&(dyn tokio_postgres::types::ToSql + Sync)] =
        &[&version, &kind, &record.id, &created, &record.body, &action];
    transaction.execute(&insert, values).await?;
    Ok(())
}

/// Wakes all servers at the commit, and forgets what is old.
pub(super) async fn announce(transaction: &Transaction<'_>, version: i64) -> Result<(), Error> {
    let oldest = version - KEPT;
{%- if c.nats %}
    let forget = "DELETE FROM change WHERE version <= least($1, (SELECT published FROM outbox))";
{%- else %}
    let forget = "DELETE FROM change WHERE version <= $1";
{%- endif %}
    transaction.execute(forget, &[&oldest]).await?;
    transaction.batch_execute(&format!("NOTIFY {CHANNEL}")).await
}

/// Tells changes after the version `told`, until the pool is closed.
pub(super) async fn tell(server: Config, pool: Pool, bus: Bus, mut told: i64) {
    while !pool.is_closed() {
        if let Err(error) = tell_while_connected(&server, &pool, &bus, &mut told).await {
            tracing::warn!(%error, "cannot hear of changes from PostgreSQL; will connect again");
        }
        tokio::time::sleep(PAUSE).await;
    }
}

async fn tell_while_connected(
    server: &Config,
    pool: &Pool,
    bus: &Bus,
    told: &mut i64,
) -> Result<(), StoreError> {
    let (client, mut connection) = server.connect(NoTls).await?;
    // One place is enough: whoever is woken reads everything.
    let (wake, mut woken) = mpsc::channel(1);
    let listening = tokio::spawn(async move {
        while let Some(message) = poll_fn(|context| connection.poll_message(context)).await {
            if let AsyncMessage::Notification(_) = message? {
                let _ = wake.try_send(());
            }
        }
        Ok::<(), Error>(())
    });
    client.batch_execute(&format!("LISTEN {CHANNEL}")).await?;
    while !listening.is_finished() && !pool.is_closed() {
        tell_new(pool, bus, told).await?;
        // What is committed between reading and waiting has filled the place already.
        let _ = tokio::time::timeout(PAUSE, woken.recv()).await;
    }
    drop(client);
    listening.await.map_err(|error| StoreError::Failed(error.to_string()))??;
    Ok(())
}

async fn tell_new(pool: &Pool, bus: &Bus, told: &mut i64) -> Result<(), StoreError> {
    loop {
        let (changes, last) = read(pool, *told, 1000).await?;
        for change in changes {
            bus.publish(change);
        }
        match last {
            Some(last) => *told = last,
            None => return Ok(()),
        }
    }
}

/// Reads up to `limit` changes after a version. Also says which one was the last, as a newer server may
/// know further types, whose changes are passed over.
pub(super) async fn read(
    pool: &Pool,
    after: i64,
    limit: i64,
) -> Result<(Vec<Change>, Option<i64>), StoreError> {
    const QUERY: &str = "SELECT id, created, version, body, kind, action FROM change
        WHERE version > $1 ORDER BY version LIMIT $2";
    let client = pool.get().await?;
    let query = client.prepare_cached(QUERY).await?;
    let rows = client.query(&query, &[&after, &limit]).await?;
    let mut changes = Vec::with_capacity(rows.len());
    let mut last = None;
    for row in rows {
        let record = record(&row)?;
        last = Some(super::signed(record.version));
        let name: String = row.try_get(4)?;
        if let Some(kind) = KINDS.iter().copied().find(|kind| *kind == name) {
            let action = Action::from_number(row.try_get(5)?);
            changes.push(Change { kind, record, action });
        }
    }
    Ok((changes, last))
}
