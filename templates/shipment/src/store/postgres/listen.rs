//! Hearing of what other replicas commit, and agreeing on which one of them speaks to the bus.

use std::{future::poll_fn, sync::Arc, time::Duration};

use tokio::{sync::watch, time::sleep};
use tokio_postgres::AsyncMessage;

use super::server::Server;
use crate::bus::Hub;

/// Where replicas are told that there are new events.
pub(super) const CHANNEL: &str = "shipment_events";

/// Held by the replica that hands events to the bus. The server takes it back when the connection ends.
const LEADER_LOCK: i64 = 0x7368_6971;

/// How often to try to become the leader, and to connect again.
const PAUSE: Duration = Duration::from_millis(500);

/// Stirs `hub` whenever any replica has committed, and says in `leading` whether this one leads. Ends when
/// nobody is interested in that any more.
pub(super) async fn listen(server: Server, hub: Arc<Hub>, leading: watch::Sender<bool>) {
    while !leading.is_closed() {
        if let Err(error) = listen_once(&server, &hub, &leading).await {
            tracing::warn!(%error, "cannot hear of new events from PostgreSQL; will connect again");
        }
        leading.send_replace(false);
        sleep(PAUSE).await;
    }
}

async fn listen_once(
    server: &Server,
    hub: &Arc<Hub>,
    leading: &watch::Sender<bool>,
) -> Result<(), tokio_postgres::Error> {
    let (client, mut connection) = server.config.connect(server.tls.clone()).await?;
    let stirred = hub.clone();
    let listening = tokio::spawn(async move {
        while let Some(message) = poll_fn(|context| connection.poll_message(context)).await {
            match message {
                Ok(AsyncMessage::Notification(_)) => stirred.stir(),
                Ok(_) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(())
    });
    client.batch_execute(&format!("LISTEN {CHANNEL}")).await?;
    // Something may have been committed while nobody listened.
    hub.stir();
    while !leading.is_closed() && !listening.is_finished() {
        if !*leading.borrow() {
            let row = client
                .query_one("SELECT pg_try_advisory_lock($1)", &[&LEADER_LOCK])
                .await?;
            leading.send_replace(row.try_get(0)?);
        }
        sleep(PAUSE).await;
    }
    drop(client);
    listening.await.unwrap_or(Ok(()))
}
