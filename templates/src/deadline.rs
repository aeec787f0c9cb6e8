//! Deadlines: a call ends in time, with `DEADLINE_EXCEEDED`, and what it calls knows how much is left.

use std::{
    pin::Pin,
    task::{Context, Poll},
    time::Duration,
};

use bytes::Bytes;
use http::{HeaderMap, Request, Response};
use http_body::{Body as HttpBody, Frame, SizeHint};
use tokio::time::{Instant, Sleep, sleep_until, timeout_at};
use tonic::{Status, body::Body};
use tower::{Layer, Service};

use crate::methods::{self, Kind};

/// The header in which a caller says how long it waits.
pub const HEADER: &str = "grpc-timeout";

/// tonic has a timer of its own for the header, which answers CANCELLED. Ours is earlier by this.
const MARGIN: Duration = Duration::from_millis(5);

tokio::task_local! {
    static DEADLINE: Option<Instant>;
}

/// When the call that this task answers must be over.
#[must_use]
pub fn current() -> Option<Instant> {
    DEADLINE.try_with(|deadline| *deadline).ok().flatten()
}

/// Limits the time of calls.
#[derive(Clone, Copy, Debug)]
pub struct DeadlineLayer {
    max: Duration,
}

impl DeadlineLayer {
    /// Allows a call that is not a stream at most `max`, and any call what its caller asks for.
    #[must_use]
    pub fn new(max: Duration) -> Self {
        Self { max }
    }
}

impl<S> Layer<S> for DeadlineLayer {
    type Service = Deadline<S>;

    fn layer(&self, inner: S) -> Deadline<S> {
        Deadline {
            inner,
            max: self.max,
        }
    }
}

/// The service made by [`DeadlineLayer`].
#[derive(Clone, Debug)]
pub struct Deadline<S> {
    inner: S,
    max: Duration,
}

impl<S, B> Service<Request<Body>> for Deadline<S>
where
    S: Service<Request<Body>, Response = Response<B>>,
    S::Future: Send + 'static,
    S::Error: Send + 'static,
    B: HttpBody<Data = Bytes, Error = Status> + Send + 'static,
{
    type Response = Response<Body>;
    type Error = S::Error;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, Self::Error>> + Send>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, request: Request<Body>) -> Self::Future {
        let asked = request
            .headers()
            .get(HEADER)
            .and_then(|value| parse(value.to_str().ok()?));
        let asked = asked.map(|time| time.saturating_sub(MARGIN.min(time / 10)));
        let is_unary = methods::find(request.uri().path()).is_some_and(|it| it.kind == Kind::Unary);
        let max = is_unary.then_some(self.max);
        let time = asked.into_iter().chain(max).min();
        let deadline = time.and_then(|time| Instant::now().checked_add(time));
        let response = DEADLINE.scope(deadline, self.inner.call(request));
        Box::pin(async move {
            let Some(deadline) = deadline else {
                return Ok(response.await?.map(Body::new));
            };
            match timeout_at(deadline, response).await {
                Ok(response) => Ok(response?.map(|body| {
                    let timer = Box::pin(sleep_until(deadline));
                    Body::new(Limited {
                        body: Box::pin(body),
                        timer,
                        over: false,
                    })
                })),
                Err(_) => Ok(exceeded().into_http()),
            }
        })
    }
}

struct Limited<B> {
    body: Pin<Box<B>>,
    timer: Pin<Box<Sleep>>,
    over: bool,
}

impl<B: HttpBody<Data = Bytes, Error = Status>> HttpBody for Limited<B> {
    type Data = Bytes;
    type Error = Status;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Status>>> {
        if self.over {
            return Poll::Ready(None);
        }
        if let Poll::Ready(frame) = self.body.as_mut().poll_frame(context) {
            return Poll::Ready(frame);
        }
        if self.timer.as_mut().poll(context).is_pending() {
            return Poll::Pending;
        }
        self.over = true;
        let mut trailers = HeaderMap::new();
        Poll::Ready(Some(match exceeded().add_header(&mut trailers) {
            Ok(()) => Ok(Frame::trailers(trailers)),
            Err(status) => Err(status),
        }))
    }

    fn is_end_stream(&self) -> bool {
        self.over || self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

fn exceeded() -> Status {
    Status::deadline_exceeded("the deadline of the call has passed")
}

/// Reads a time as it stands in the header: at most eight digits and a unit.
#[must_use]
pub fn parse(text: &str) -> Option<Duration> {
    let (digits, unit) = text.split_at_checked(text.len().checked_sub(1)?)?;
    if digits.is_empty() || digits.len() > 8 || !digits.bytes().all(|digit| digit.is_ascii_digit())
    {
        return None;
    }
    let number: u64 = digits.parse().ok()?;
    Some(match unit {
        "H" => Duration::from_secs(number * 3600),
        "M" => Duration::from_secs(number * 60),
        "S" => Duration::from_secs(number),
        "m" => Duration::from_millis(number),
        "u" => Duration::from_micros(number),
        "n" => Duration::from_nanos(number),
        _ => return None,
    })
}

/// Writes a time for the header, rounded down to what eight digits can hold.
#[must_use]
pub fn print(time: Duration) -> String {
    const LIMIT: u128 = 100_000_000;
    [
        (time.as_micros(), 'u'),
        (time.as_millis(), 'm'),
        (u128::from(time.as_secs()), 'S'),
    ]
    .into_iter()
    .find(|(number, _)| *number < LIMIT)
    .map_or_else(
        || format!("{}S", LIMIT - 1),
        |(number, unit)| format!("{number}{unit}"),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_read_and_written() {
        assert_eq!(parse("5S"), Some(Duration::from_secs(5)));
        assert_eq!(parse("250m"), Some(Duration::from_millis(250)));
        for bad in ["", "S", "5", "-5S", "5s", "123456789S", "5 S", "µ"] {
            assert_eq!(parse(bad), None, "{bad}");
        }
        for time in [
            Duration::from_micros(7),
            Duration::from_secs(7),
            Duration::from_secs(300_000),
        ] {
            assert_eq!(parse(&print(time)), Some(time));
        }
    }
}
