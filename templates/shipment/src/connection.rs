//! Connections: one that says nothing is closed, what is ready together is sent together, and no room for another
//! one is no reason to stop.

use std::{
    io,
    net::SocketAddr,
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    task::{Context, Poll, ready},
    time::Duration,
};

use bytes::{Buf, BufMut, BytesMut};
use futures_util::{Stream, stream, task::AtomicWaker};
use http::Extensions;
use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    net::{TcpListener, TcpStream},
    time::{Sleep, sleep},
};
use tonic::transport::server::{Connected, TlsConnectInfo};

/// What the client of an HTTP/2 connection has to say first: the preface. Whoever has said it is asked
/// for signs of life by the server itself.
const PREFACE: usize = 24;

/// How long to wait after a connection could not be taken in: the process may have no file left for it.
const PAUSE: Duration = Duration::from_millis(100);

/// How many bytes may wait to be sent together.
const MAX_UNSENT: usize = 64 * 1024;

/// How long what is to be sent waits for the rest of an answer. The rest comes at once, unless the client reads slower
/// than it is answered, or the machine is busy with other things.
const MAX_WAIT: Duration = Duration::from_millis(20);

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
            answers: Arc::default(),
            limit: None,
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
    answers: Arc<Answers>,
    /// Until a flush no longer waits for answers.
    limit: Option<Pin<Box<Sleep>>>,
}

/// The answers that are being handed to a connection: their heads may have been, their ends have not.
#[derive(Debug, Default)]
pub struct Answers {
    unfinished: AtomicUsize,
    flush: AtomicWaker,
}

/// An answer that is being handed over. It has been when this is dropped.
#[derive(Debug)]
pub struct Unfinished(Arc<Answers>);

impl Answers {
    /// Those of the connection that a request has come over.
    #[must_use]
    pub fn of(request: &Extensions) -> Option<Arc<Self>> {
        let plain = request.get::<Arc<Self>>();
        let encrypted = request.get::<TlsConnectInfo<Arc<Self>>>();
        plain
            .or_else(|| encrypted.map(TlsConnectInfo::get_ref))
            .cloned()
    }

    /// Keeps the connection from sending the head of an answer without its end.
    #[must_use]
    pub fn begin(self: Arc<Self>) -> Unfinished {
        self.unfinished.fetch_add(1, Ordering::AcqRel);
        Unfinished(self)
    }

    fn are_finished(&self) -> bool {
        self.unfinished.load(Ordering::Acquire) == 0
    }
}

impl Drop for Unfinished {
    fn drop(&mut self) {
        if self.0.unfinished.fetch_sub(1, Ordering::AcqRel) == 1 {
            self.0.flush.wake();
        }
    }
}

impl Prompt {
    /// Waits until no answer would be torn apart, but not for ever.
    fn poll_finished(&mut self, context: &mut Context<'_>) -> Poll<()> {
        if self.answers.are_finished() {
            return Poll::Ready(());
        }
        self.answers.flush.register(context.waker());
        if self.answers.are_finished() {
            return Poll::Ready(());
        }
        let limit = self.limit.get_or_insert_with(|| Box::pin(sleep(MAX_WAIT)));
        limit.as_mut().poll(context)
    }

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
        if !self.unsent.is_empty() {
            ready!(self.poll_finished(context));
        }
        self.limit = None;
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
    type ConnectInfo = Arc<Answers>;

    fn connect_info(&self) -> Arc<Answers> {
        self.answers.clone()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures_util::StreamExt;
    use tokio::io::{AsyncReadExt, AsyncWriteExt};

    #[tokio::test]
    async fn a_head_waits_for_the_rest_but_not_for_ever() {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("it is bound");
        let mut client = TcpStream::connect(address).await.expect("a connection");
        let mut incoming = Box::pin(incoming(listener, Duration::from_secs(9)));
        let server = incoming.next().await.expect("a connection");
        let mut server = server.expect("a connection");
        let mut buffer = [0; 16];

        let answer = server.answers.clone().begin();
        server.write_all(b"head ").await.expect("there is room");
        tokio::join!(async { server.flush().await.expect("it is open") }, async {
            let early = tokio::time::timeout(MAX_WAIT / 4, client.read(&mut buffer));
            assert!(early.await.is_err(), "the head has left alone");
            drop(answer);
        });
        let read = client.read(&mut buffer).await.expect("it is open");
        assert_eq!(&buffer[..read], b"head ");

        let _answer = server.answers.clone().begin();
        server.write_all(b"head").await.expect("there is room");
        server.flush().await.expect("it is open");
        let read = client.read(&mut buffer).await.expect("it is open");
        assert_eq!(&buffer[..read], b"head");
    }
}
