//! When to stop, and how the streams that are open learn of it.

use std::io;

use futures_util::{Stream, StreamExt, future, stream};
#[cfg(unix)]
use tokio::signal::unix;
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

/// Listens for SIGTERM and SIGINT from now on, and completes with the first of them. A second one ends
/// the process at once.
pub fn signal() -> io::Result<impl Future<Output = ()>> {
    let mut signals = Signals::new()?;
    Ok(async move {
        signals.next().await;
        tokio::spawn(async move {
            signals.next().await;
            std::process::exit(130);
        });
    })
}

#[cfg(unix)]
struct Signals {
    terminate: unix::Signal,
    interrupt: unix::Signal,
}

#[cfg(unix)]
impl Signals {
    fn new() -> io::Result<Self> {
        Ok(Self {
            terminate: unix::signal(unix::SignalKind::terminate())?,
            interrupt: unix::signal(unix::SignalKind::interrupt())?,
        })
    }

    async fn next(&mut self) {
        tokio::select! {
            _ = self.terminate.recv() => {}
            _ = self.interrupt.recv() => {}
        }
    }
}

#[cfg(windows)]
struct Signals(tokio::signal::windows::CtrlC);

#[cfg(windows)]
impl Signals {
    fn new() -> io::Result<Self> {
        Ok(Self(tokio::signal::windows::ctrl_c()?))
    }

    async fn next(&mut self) {
        self.0.recv().await;
    }
}
