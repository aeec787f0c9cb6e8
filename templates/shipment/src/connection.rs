//! Connections: one that says nothing is closed, what is ready together is sent together, and no room for another
//! one is no reason to stop.

use std::{
    io,
    net::SocketAddr,
    pin::Pin,
    task::{Context, Poll, ready},
    time::Duration,
};

use bytes::{Buf, BufMut, BytesMut};
use futures_util::{Stream, stream};
use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    net::{TcpListener, TcpStream},
    time::{Sleep, sleep},
};
use tonic::transport::server::{Connected, TcpConnectInfo};

/// What the client of an HTTP/2 connection has to say first: the preface. Whoever has said it is asked
/// for signs of life by the server itself.
const PREFACE: usize = 24;

/// How long to wait after a connection could not be taken in: the process may have no file left for it.
const PAUSE: Duration = Duration::from_millis(100);

/// How many bytes may wait to be sent together.
const MAX_UNSENT: usize = 64 * 1024;

/// The next connection.
pub async fn accept(listener: &TcpListener) -> (TcpStream, SocketAddr) {
    loop {
        match listener.accept().await {
            Ok((stream, client)) => match stream.set_nodelay(true) {
                Ok(()) => return (stream, client),
                // The client has gone already.
                Err(error) => tracing::debug!(%error, "a connection was lost"),
            },
            Err(error) => {
                tracing::warn!(%error, "cannot take in a connection");
                sleep(PAUSE).await;
            }
        }
    }
}

/// All connections, each with so much time for its first words.
pub fn incoming(
    listener: TcpListener,
    patience: Duration,
) -> impl Stream<Item = io::Result<Prompt>> + Send {
    stream::unfold(listener, move |listener| async move {
        let (stream, _) = accept(&listener).await;
        let connection = Prompt {
            stream,
            heard: 0,
            patience: Some(Box::pin(sleep(patience))),
            unsent: BytesMut::new(),
            waited: false,
        };
        Some((Ok(connection), listener))
    })
}

/// A connection that is closed when its client does not speak up, and that writes together what is ready together.
///
/// The server flushes a connection as soon as one of its calls has something to say. Under load many calls have, and
/// a system call for each is what an answer costs most. So a flush lets everybody have a turn first.
#[derive(Debug)]
pub struct Prompt {
    stream: TcpStream,
    heard: usize,
    /// Until enough was heard.
    patience: Option<Pin<Box<Sleep>>>,
    unsent: BytesMut,
    /// Whether everybody has had a turn since the flush was asked for.
    waited: bool,
}

impl Prompt {
    fn send(&mut self, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        while self.unsent.has_remaining() {
            let sent = ready!(Pin::new(&mut self.stream).poll_write(context, &self.unsent))?;
            if sent == 0 {
                return Poll::Ready(Err(io::ErrorKind::WriteZero.into()));
            }
            self.unsent.advance(sent);
        }
        Poll::Ready(Ok(()))
    }
}

impl AsyncRead for Prompt {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buffer.filled().len();
        let read = Pin::new(&mut self.stream).poll_read(context, buffer);
        let Some(patience) = &mut self.patience else {
            return read;
        };
        if read.is_pending() {
            ready!(patience.as_mut().poll(context));
            return Poll::Ready(Err(io::ErrorKind::TimedOut.into()));
        }
        self.heard += buffer.filled().len() - before;
        if self.heard >= PREFACE {
            self.patience = None;
        }
        read
    }
}

impl AsyncWrite for Prompt {
    fn poll_write(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        self.poll_write_vectored(context, &[io::IoSlice::new(bytes)])
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffers: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        if self.unsent.len() >= MAX_UNSENT {
            ready!(self.send(context))?;
        }
        let before = self.unsent.len();
        for buffer in buffers {
            let room = MAX_UNSENT.saturating_sub(self.unsent.len());
            let taken = buffer.get(..room).unwrap_or(buffer);
            self.unsent.put_slice(taken);
        }
        Poll::Ready(Ok(self.unsent.len() - before))
    }

    fn is_write_vectored(&self) -> bool {
        true
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        if !self.unsent.is_empty() && !std::mem::replace(&mut self.waited, true) {
            // A task that wakes itself comes after all that are ready.
            context.waker().wake_by_ref();
            return Poll::Pending;
        }
        ready!(self.send(context))?;
        self.waited = false;
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        ready!(self.send(context))?;
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}

impl Connected for Prompt {
    type ConnectInfo = TcpConnectInfo;

    fn connect_info(&self) -> TcpConnectInfo {
        self.stream.connect_info()
    }
}
