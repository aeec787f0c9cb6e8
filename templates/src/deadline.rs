//! Deadlines: a call ends in time, with `DEADLINE_EXCEEDED`, and what it calls knows how much is left.

use std::{
    pin::Pin,
    task::{Context, Poll, ready},
    time::Duration,
};

use bytes::Bytes;
use http::Request;
use http_body::{Body as HttpBody, Frame};
use tokio::time::{Instant, Sleep, sleep_until, timeout_at};
use tonic::{Status, body::Body};
use tower::{ServiceExt, service_fn};

use crate::{
    layer::{self, Calls},
    methods::{self, Kind},
};

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

/// Allows a call that is not a stream at most `max`, and any call what its caller asks for.
pub fn limit(inner: impl Calls, max: Duration) -> impl Calls {
    service_fn(move |request: Request<Body>| {
        let asked = request.headers().get(HEADER);
        let asked = asked.and_then(|value| parse(value.to_str().ok()?));
        let asked = asked.map(|time| time.saturating_sub(MARGIN.min(time / 10)));
        let is_unary = methods::find(request.uri().path()).is_some_and(|it| it.kind == Kind::Unary);
        let time = asked.into_iter().chain(is_unary.then_some(max)).min();
        let deadline = time.and_then(|time| Instant::now().checked_add(time));
        let response = DEADLINE.scope(deadline, inner.clone().oneshot(request));
        async move {
            let Some(deadline) = deadline else {
                return response.await;
            };
            Ok(match timeout_at(deadline, response).await {
                Ok(response) => response?.map(|body| {
                    let timer = Box::pin(sleep_until(deadline));
                    Body::new(Limited {
                        body,
                        timer,
                        over: false,
                    })
                }),
                Err(_) => exceeded().into_http(),
            })
        }
    })
}

struct Limited {
    body: Body,
    timer: Pin<Box<Sleep>>,
    over: bool,
}

impl HttpBody for Limited {
    type Data = Bytes;
    type Error = Status;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Status>>> {
        if self.over {
            return Poll::Ready(None);
        }
        if let Poll::Ready(frame) = Pin::new(&mut self.body).poll_frame(context) {
            return Poll::Ready(frame);
        }
        ready!(self.timer.as_mut().poll(context));
        self.over = true;
        Poll::Ready(Some(layer::trailers(&exceeded())))
    }

    fn is_end_stream(&self) -> bool {
        self.over || self.body.is_end_stream()
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
