//! Clients that mean no good, or are broken: the server neither goes down nor keeps anything of theirs.

use std::{
    fs,
    net::SocketAddr,
    time::{Duration, Instant},
};

use shipment::pb::logistics::shipment::v1::{GetShipmentRequest, StreamUpdatesRequest};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};
use tonic::Code;

use crate::{
    parcels::{Client, create, refused},
    process::Process,
};

/// How long a client may take over its first words.
const PATIENCE: (&str, &str) = ("GRPC__HANDSHAKE_TIMEOUT", "2s");

/// Connections of each kind.
const MANY: usize = 100;

/// Sends `words` bit by bit for as long as the server listens, `pause` after each. Returns what it said.
async fn trickle(address: SocketAddr, words: &'static [u8], pause: Duration) -> Vec<u8> {
    let mut stream = TcpStream::connect(address).await.expect("a connection");
    let (mut reader, mut writer) = stream.split();
    let speak = async {
        for word in words {
            if writer.write_all(&[*word]).await.is_err() {
                break;
            }
            tokio::time::sleep(pause).await;
        }
        std::future::pending::<()>().await;
    };
    let mut answer = Vec::new();
    tokio::select! {
        // A connection that is reset has ended too.
        _ = reader.read_to_end(&mut answer) => {}
        () = speak => {}
    }
    answer
}

fn open_files(process: &Process) -> usize {
    let files = fs::read_dir(format!("/proc/{}/fd", process.id())).expect("it runs");
    files.count()
}

fn memory(process: &Process) -> u64 {
    let status = fs::read_to_string(format!("/proc/{}/status", process.id())).expect("it runs");
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let kilobytes = line.and_then(|line| line.split_whitespace().next());
    kilobytes
        .and_then(|number| number.parse().ok())
        .expect("a number")
}

fn get() -> GetShipmentRequest {
    GetShipmentRequest {
        shipment_id: "s-0".to_owned(),
    }
}

fn everything() -> StreamUpdatesRequest {
    StreamUpdatesRequest {
        since: Some(prost_types::Timestamp::default()),
        ..StreamUpdatesRequest::default()
    }
}

async fn served(client: &mut Client) {
    let call = tokio::time::timeout(Duration::from_secs(5), client.get_shipment(get()));
    call.await.expect("in time").expect("an answer");
}

/// Waits until the process has no more files open than `before`, and some for readers of the database.
async fn settled(process: &Process, before: usize) {
    let start = Instant::now();
    while open_files(process) > before + 10 {
        let open = open_files(process);
        assert!(
            start.elapsed() < Duration::from_secs(20),
            "{open} files are open, {before} before"
        );
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_does_not_speak_up_is_shown_out() {
    let process = Process::start(&[PATIENCE]);
    let mut client = Client::new(process.channel());
    create(&mut client, "s", 1).await;
    let before = open_files(&process);
    let (grpc, http) = (process.address(), process.http_address());
    let pause = Duration::from_millis(300);
    let mut clients = tokio::task::JoinSet::new();
    for _ in 0..MANY {
        // Silence, the preface of HTTP/2 in drops, and the head of a request in drops.
        for address in [grpc, http] {
            clients.spawn(trickle(address, b"", pause));
        }
        clients.spawn(trickle(grpc, b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", pause));
        clients.spawn(trickle(
            http,
            b"GET /v1/shipments/s-0 HTTP/1.1\r\nhost: x\r\n",
            pause,
        ));
    }
    tokio::time::sleep(Duration::from_secs(1)).await;
    assert!(
        open_files(&process) > before + 3 * MANY,
        "all of them are in"
    );
    let start = Instant::now();
    served(&mut client).await;
    while let Some(ended) = clients.join_next().await {
        ended.expect("no panic");
        assert!(
            start.elapsed() < Duration::from_secs(20),
            "some are still there"
        );
    }
    settled(&process, before).await;
    served(&mut client).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_body_that_never_ends_has_the_time_of_a_call() {
    let process = Process::start(&[("GRPC__DEADLINE", "1s")]);
    let words =
        b"POST /v1/shipments/s-0/status HTTP/1.1\r\nhost: x\r\ncontent-length: 9000\r\n\r\n{";
    let answer = trickle(process.http_address(), words, Duration::ZERO);
    let answer = tokio::time::timeout(Duration::from_secs(9), answer)
        .await
        .expect("in time");
    let answer = String::from_utf8_lossy(&answer);
    assert!(answer.starts_with("HTTP/1.1 504"), "{answer}");
}

#[tokio::test(flavor = "multi_thread")]
async fn no_room_for_another_connection_is_no_reason_to_stop() {
    let process = Process::start_limited(64, &[PATIENCE]);
    let mut client = Client::new(process.channel());
    create(&mut client, "s", 1).await;
    let mut idle = Vec::new();
    for _ in 0..100 {
        idle.push(
            TcpStream::connect(process.address())
                .await
                .expect("the kernel takes it"),
        );
    }
    tokio::time::sleep(Duration::from_millis(500)).await;
    // Who is in is served, and who comes later is when the silent ones are gone.
    served(&mut client).await;
    let start = Instant::now();
    while Client::new(process.channel())
        .get_shipment(get())
        .await
        .is_err()
    {
        assert!(start.elapsed() < Duration::from_secs(30), "nobody gets in");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn ten_thousand_calls_that_were_given_up_or_refused_leave_nothing_behind() {
    let process = Process::start(&[("GRPC__MAX_REQUEST_BYTES", "100000")]);
    let mut first = Client::new(process.channel());
    create(&mut first, "s", 1).await;
    let mut before = None;
    for round in 0..11 {
        let client = Client::new(process.channel());
        let mut calls = tokio::task::JoinSet::new();
        for number in 0..1_000 {
            let mut client = client.clone();
            calls.spawn(async move {
                // Too long, not there, and given up before and after the first event.
                match number % 4 {
                    0 if number % 40 == 0 => {
                        let shipment_id = "x".repeat(100_001);
                        let call = client.get_shipment(GetShipmentRequest { shipment_id });
                        assert_eq!(refused(call.await).0, Code::OutOfRange);
                    }
                    0 | 1 => {
                        let shipment_id = format!("nowhere-{number}");
                        let call = client.get_shipment(GetShipmentRequest { shipment_id });
                        assert_eq!(refused(call.await).0, Code::NotFound);
                    }
                    2 => drop(client.stream_updates(everything()).await.expect("opened")),
                    _ => {
                        let stream = client.stream_updates(everything()).await;
                        let mut stream = stream.expect("opened").into_inner();
                        stream.message().await.expect("no error").expect("an event");
                    }
                }
            });
        }
        while let Some(call) = calls.join_next().await {
            call.expect("the right status");
        }
        drop(client);
        // The first round fills pools and caches.
        if round == 0 {
            before = Some((open_files(&process), memory(&process)));
        }
    }
    let (files, kilobytes) = before.expect("there was a first round");
    settled(&process, files).await;
    let after = memory(&process);
    assert!(
        after < kilobytes * 3 / 2 + 8_192,
        "{kilobytes} kB have become {after} kB"
    );
    served(&mut first).await;
}
