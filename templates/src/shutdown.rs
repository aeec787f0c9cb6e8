//! When to stop, and how the streams that are open learn of it.

use futures_util::{Stream, StreamExt, future, stream};
use tokio_util::sync::CancellationToken;
use tonic::Status;

/// Tells every open stream that the server is about to close.
#[derive(Clone, Debug, Default)]
pub struct Shutdown(CancellationToken);

impl Shutdown {
    /// Ends all streams and stops taking in connections.
    pub fn start(&self) {
        self.0.cancel();
    }

    /// Completes once the server closes.
    pub async fn started(&self) {
        self.0.cancelled().await;
    }

    /// Passes `stream` on until the server closes, then ends it with UNAVAILABLE, which tells the
    /// client to open it again elsewhere.
    pub fn guard<T, S>(&self, stream: S) -> impl Stream<Item = Result<T, Status>> + Send + use<T, S>
    where
        S: Stream<Item = Result<T, Status>> + Send,
        T: Send,
    {
        let token = self.0.clone();
        let closing = stream::once(async move { token.is_cancelled() })
            .filter(|closing| future::ready(*closing))
            .map(|_| Err(Status::unavailable("the server is shutting down")));
        stream
            .take_until(self.0.clone().cancelled_owned())
            .chain(closing)
    }
}

/// Completes with SIGTERM or SIGINT. A second signal ends the process at once.
pub async fn signal() {
    received().await;
    tokio::spawn(async {
        received().await;
        std::process::exit(130);
    });
}

#[cfg(unix)]
async fn received() {
    use tokio::signal::unix::{SignalKind, signal};

    match (
        signal(SignalKind::terminate()),
        signal(SignalKind::interrupt()),
    ) {
        (Ok(mut terminate), Ok(mut interrupt)) => {
            tokio::select! {
                _ = terminate.recv() => {}
                _ = interrupt.recv() => {}
            }
        }
        (Err(error), _) | (_, Err(error)) => {
            tracing::error!(%error, "cannot listen for signals");
            future::pending::<()>().await;
        }
    }
}

#[cfg(not(unix))]
async fn received() {
    if let Err(error) = tokio::signal::ctrl_c().await {
        tracing::error!(%error, "cannot listen for signals");
        future::pending::<()>().await;
    }
}
