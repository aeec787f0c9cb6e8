//! What was answered outlives the process, however it ends.

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use shipment::pb::logistics::shipment::v1::{
    GetShipmentRequest, ShipmentStatus as S, StreamUpdatesRequest, UpdateStatusRequest,
    shipment_tracking_service_client::ShipmentTrackingServiceClient,
};

use crate::{
    parcels::{create, progress, update},
    process::Process,
};

const WRITERS: usize = 16;

#[tokio::test(flavor = "multi_thread")]
async fn every_answered_update_survives_a_crash_and_none_is_doubled() {
    let mut process = Process::start(&[]);
    create(
        &mut ShipmentTrackingServiceClient::new(process.channel()),
        "s",
        WRITERS,
    )
    .await;
    let mut answered = Vec::new();
    let done = Arc::new(AtomicUsize::new(0));
    for round in 0..4 {
        let writers = (0..WRITERS).map(|writer| {
            let mut client = ShipmentTrackingServiceClient::new(process.channel());
            let done = done.clone();
            tokio::spawn(async move {
                let mut written = Vec::new();
                for number in 0.. {
                    let event_id = format!("{round}-{writer}-{number}");
                    let update = update(&format!("s-{writer}"), S::InTransit);
                    let update = UpdateStatusRequest {
                        event_id: event_id.clone(),
                        ..update
                    };
                    if client.update_status(update).await.is_err() {
                        break;
                    }
                    done.fetch_add(1, Ordering::Relaxed);
                    written.push(event_id);
                }
                written
            })
        });
        let writers: Vec<_> = writers.collect();
        progress(&done, 3 * WRITERS).await;
        process = process.crash().await;
        for writer in writers {
            answered.extend(writer.await.expect("it ends"));
        }
    }

    let mut client = ShipmentTrackingServiceClient::new(process.channel());
    let request = StreamUpdatesRequest {
        since: Some(prost_types::Timestamp::default()),
        ..Default::default()
    };
    let mut events = client
        .stream_updates(request)
        .await
        .expect("opened")
        .into_inner();
    let mut stored = std::collections::HashSet::new();
    while stored.len() < 2 * WRITERS + answered.len() {
        let event = tokio::time::timeout(Duration::from_secs(60), events.message()).await;
        let event = event
            .expect("nothing is missing")
            .expect("no error")
            .expect("not the end");
        assert!(
            stored.insert(event.event_id.clone()),
            "`{}` is doubled",
            event.event_id
        );
        assert_eq!(event.sequence, stored.len() as u64, "no gap");
    }
    // An update may be stored that was not answered any more; one that was answered may not be missing.
    while let Ok(Ok(Some(event))) =
        tokio::time::timeout(Duration::from_millis(200), events.message()).await
    {
        assert!(
            stored.insert(event.event_id.clone()),
            "`{}` is doubled",
            event.event_id
        );
    }
    for id in &answered {
        assert!(stored.contains(id), "`{id}` was answered and is lost");
    }
    let shipment = client
        .get_shipment(GetShipmentRequest {
            shipment_id: "s-0".to_owned(),
        })
        .await;
    let history = shipment.expect("it exists").into_inner().history;
    assert!(history.is_sorted_by_key(|event| event.sequence));
    let file = process.directory().join("shipment.db");
    let check = rusqlite::Connection::open(file).expect("a database");
    let verdict: String = check
        .query_row("PRAGMA quick_check", [], |row| row.get(0))
        .expect("checked");
    assert_eq!(verdict, "ok");
}
