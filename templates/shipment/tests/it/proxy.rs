//! Two replicas behind Envoy: callers do not notice that one of them goes away.

use std::{net::SocketAddr, time::Duration};

use shipment::pb::logistics::shipment::v1::{
    GetShipmentRequest, ShipmentStatus as S, UpdateStatusRequest,
    shipment_tracking_service_client::ShipmentTrackingServiceClient,
};
use tokio::{
    sync::Mutex,
    time::{Instant, sleep_until},
};
use tonic::{Status, transport::Channel};

use crate::{
    parcels::{Client, create, update},
    peers::{Envoy, Postgres},
    process::Process,
};

/// Calls a second, by turns one that may be sent again and one that may not.
const RATE: u32 = 200;

const SHIPMENTS: u32 = 20;

/// How long a server goes on after it was asked to end: Envoy sees it in three probes of a second each, and one
/// second for the last of them to fail.
const DRAIN: &str = "5s";

/// Held by the test that puts load on the machine.
static LOAD: Mutex<()> = Mutex::const_new(());

/// Two replicas, the proxy before them, and what they share.
struct Pair {
    one: Process,
    // The other one, and what has to outlive both.
    _rest: (Process, Envoy, Postgres),
    client: Client,
}

impl Pair {
    async fn start() -> Option<Self> {
        let postgres = Postgres::start()?;
        let url = postgres.url();
        let settings = [
            ("STORE__KIND", "postgres"),
            ("STORE__URL", url.as_str()),
            ("SHUTDOWN__DRAIN", DRAIN),
        ];
        let (one, two) = (Process::start(&settings), Process::start(&settings));
        let envoy = Envoy::start([one.address(), two.address()])?;
        let mut client = ShipmentTrackingServiceClient::new(channel(envoy.address));
        create(&mut client, "s", usize::try_from(SHIPMENTS).expect("small")).await;
        Some(Self {
            one,
            _rest: (two, envoy, postgres),
            client,
        })
    }

    /// Calls for so many seconds, each call when it is due. Returns what the calls that failed ended with:
    /// those that may be sent again, and the others.
    fn call(&self, seconds: u32) -> tokio::task::JoinHandle<[Vec<Status>; 2]> {
        let client = self.client.clone();
        tokio::spawn(async move {
            let start = Instant::now();
            let mut calls = Vec::new();
            for number in 0..RATE * seconds {
                sleep_until(start + Duration::from_secs(1) / RATE * number).await;
                calls.push(tokio::spawn(call(client.clone(), number)));
            }
            let mut failed = [Vec::new(), Vec::new()];
            for (number, call) in calls.into_iter().enumerate() {
                let ended = call.await.expect("no panic");
                failed[number % 2].extend(ended.err());
            }
            failed
        })
    }
}

async fn call(mut client: Client, number: u32) -> Result<(), Status> {
    let shipment_id = format!("s-{}", number / 2 % SHIPMENTS);
    if number.is_multiple_of(2) {
        return client
            .get_shipment(GetShipmentRequest { shipment_id })
            .await
            .map(drop);
    }
    let update = UpdateStatusRequest {
        event_id: format!("e-{number}"),
        ..update(&shipment_id, S::InTransit)
    };
    client.update_status(update).await.map(drop)
}

fn channel(address: SocketAddr) -> Channel {
    Channel::from_shared(format!("http://{address}"))
        .expect("a URL")
        .connect_lazy()
}

#[tokio::test(flavor = "multi_thread")]
async fn no_call_fails_while_one_of_two_replicas_is_asked_to_end() {
    let _alone = LOAD.lock().await;
    let Some(mut pair) = Pair::start().await else {
        return;
    };
    let calls = pair.call(9);
    tokio::time::sleep(Duration::from_secs(1)).await;
    pair.one.terminate();
    assert!(pair.one.wait().await.success());
    let [repeatable, others] = calls.await.expect("no panic");
    assert!(repeatable.is_empty(), "{repeatable:?}");
    assert!(others.is_empty(), "{others:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn no_idempotent_call_fails_when_one_of_two_replicas_dies() {
    let _alone = LOAD.lock().await;
    let Some(pair) = Pair::start().await else {
        return;
    };
    let calls = pair.call(6);
    tokio::time::sleep(Duration::from_secs(1)).await;
    pair.one.kill();
    let [repeatable, others] = calls.await.expect("no panic");
    assert!(repeatable.is_empty(), "{repeatable:?}");
    // What was on its way when the server died, and may not be sent again: far less than a second's calls. What had
    // not left goes to the other one.
    assert!(others.len() < 25, "{others:?}");
    for status in others {
        assert!(
            status.message().ends_with("connection termination"),
            "{status}"
        );
    }
}
