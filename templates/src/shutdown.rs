//! When to stop, and how the streams that are open learn of it.

use std::{future::poll_fn, io, task::Poll};

use futures_util::{Stream, StreamExt, future, stream};
use tokio::signal;
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
    let mut signals = signals()?;
    let mut next = poll_fn(move |context| {
        let mut any = signals.iter_mut().map(|signal| signal.poll_recv(context));
        any.find(Poll::is_ready)
            .map_or(Poll::Pending, |_| Poll::Ready(()))
    });
    Ok(async move {
        (&mut next).await;
        tokio::spawn(async move {
            next.await;
            std::process::exit(130);
        });
    })
}

#[cfg(unix)]
fn signals() -> io::Result<[signal::unix::Signal; 2]> {
    use signal::unix::{SignalKind, signal};
    Ok([
        signal(SignalKind::terminate())?,
        signal(SignalKind::interrupt())?,
    ])
}

#[cfg(windows)]
fn signals() -> io::Result<[signal::windows::CtrlC; 1]> {
    Ok([signal::windows::ctrl_c()?])
}
