//! Puts load on a shipment tracking service, whoever wrote it, and says how it bears it.
#![allow(
    clippy::cast_possible_truncation,
    clippy::cast_precision_loss,
    clippy::cast_sign_loss,
    reason = "figures for people"
)]
//!
//! ```text
//! cargo run --release --example load -- [update|get|bulk|stream] [OPTION VALUE]...
//!   --target http://127.0.0.1:50051   the service
//!   --rate 834                        calls a second, sent on time whether answers have come or not
//!   --callers 64                      instead: so many callers, each waiting for its answer
//!   --seconds 10                      how long
//!   --connections 3                   over how many connections
//!   --shipments 10000                 about how many shipments
//!   --readers 20                      `stream`: how many streams follow them
//!   --streams 8                       `bulk`: how many streams send events
//!   --pid PID                         the process of the service, to see its time and memory
//!   --svg FILE                        where to draw the latencies
//!   --json                            one line for programs instead of a table
//! ```
//!
//! With a rate, a latency counts from the moment a call was due. A service that stalls cannot hide it by
//! keeping later calls from being sent.

mod drive;
mod options;
mod plot;
mod report;

use std::error::Error;

use options::{Options, Work};

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let options = Options::parse(std::env::args().skip(1))?;
    let mut clients = drive::connect(&options)?;
    drive::prepare(&mut clients, &options).await?;
    let before = report::Usage::of(options.pid);
    let run = match options.work {
        Work::Bulk => drive::bulk(&clients, &options).await?,
        Work::Stream => drive::stream(&clients, &options).await?,
        Work::Update | Work::Get => match options.callers {
            Some(callers) => drive::closed(&clients, &options, callers).await?,
            None => drive::open(&clients, &options).await?,
        },
    };
    let usage = report::Usage::of(options.pid).map(|after| after.since(before));
    let report = report::Report::new(&options, run, usage);
    if options.json {
        println!("{}", report.json());
    } else {
        println!("{report}");
    }
    if let Some(path) = &options.svg {
        std::fs::write(path, plot::svg(&report))?;
    }
    Ok(())
}
