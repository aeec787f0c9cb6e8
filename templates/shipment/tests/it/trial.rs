//! A first start, without any setting.

use shipment::{config::Config, pb::logistics::shipment::v1::GetShipmentRequest, trial};

use crate::harness::Running;

#[tokio::test]
async fn an_empty_store_is_filled_once() {
    let server = Running::with(|config, _| config.trial = true).await;
    trial::fill(&server.store).await.expect("nothing to do");
    assert_eq!(
        server
            .store
            .reader()
            .last_sequence()
            .await
            .expect("readable"),
        10
    );
    let commands = trial::commands(server.grpc, server.http);
    let id = "SHP-2025-00482931";
    assert!(commands.contains(&format!(
        "curl localhost:{}/v1/shipments/{id}",
        server.http.port()
    )));
    let request = GetShipmentRequest {
        shipment_id: id.to_owned(),
    };
    let shipment = server
        .client()
        .get_shipment(request)
        .await
        .expect("it exists")
        .into_inner();
    assert_eq!(shipment.history.len(), 5);
    assert!(
        shipment
            .destination
            .is_some_and(|place| place.city == "New York")
    );
    assert!(!Config::default().trial, "not in production");
}
