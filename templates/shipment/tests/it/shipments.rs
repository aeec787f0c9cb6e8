//! `GetShipment` and `UpdateStatus`.

use shipment::pb::logistics::shipment::v1::{
    GetShipmentRequest, Location, ShipmentEvent, ShipmentStatus as S, UpdateStatusRequest,
};
use tonic::Code;
use tonic_types::StatusExt;

use crate::{
    harness::Running,
    parcels::{berlin, create, event, of, refused, update},
};

fn get(shipment: &str) -> GetShipmentRequest {
    GetShipmentRequest {
        shipment_id: shipment.to_owned(),
    }
}

#[tokio::test]
async fn a_shipment_goes_its_way_and_keeps_its_history() {
    let server = Running::start().await;
    let mut client = server.client();
    let mut created = event("e-1", "s-1", S::Created);
    created.destination = Some(Location {
        latitude: 48.14,
        longitude: 11.58,
        ..Location::default()
    });
    client
        .bulk_ingest(tokio_stream::iter([created]))
        .await
        .expect("accepted");
    let way = [
        S::PickedUp,
        S::InTransit,
        S::InTransit,
        S::OutForDelivery,
        S::FailedDelivery,
        S::OutForDelivery,
        S::Delivered,
    ];
    for status in way {
        let request = UpdateStatusRequest {
            notes: format!("now {status:?}"),
            location: Some(berlin()),
            ..update("s-1", status)
        };
        let shipment = client
            .update_status(request)
            .await
            .expect("it may follow")
            .into_inner();
        assert_eq!(shipment.status(), status);
    }
    let shipment = client
        .get_shipment(get("s-1"))
        .await
        .expect("it exists")
        .into_inner();
    let history: Vec<_> = shipment.history.iter().map(ShipmentEvent::status).collect();
    assert_eq!(history, [&[S::Created], &way[..]].concat());
    let sequences: Vec<_> = shipment
        .history
        .iter()
        .map(|event| event.sequence)
        .collect();
    assert_eq!(sequences, (1..=8).collect::<Vec<_>>());
    assert_eq!(shipment.history[1].notes, "now PickedUp");
    assert_eq!(shipment.origin, Some(berlin()));
    assert!(
        shipment
            .destination
            .is_some_and(|place| place.latitude > 48.0)
    );
    assert!(shipment.created_at.is_some() && shipment.updated_at.is_some());
}

#[tokio::test]
async fn what_may_not_follow_is_refused_with_what_may() {
    let server = Running::start().await;
    let mut client = server.client();
    create(&mut client, "s", 1).await;
    for status in [S::OutForDelivery, S::Delivered] {
        client
            .update_status(update("s-0", status))
            .await
            .expect("it may follow");
    }
    let status = client
        .update_status(update("s-0", S::Created))
        .await
        .expect_err("it is delivered");
    assert_eq!(status.code(), Code::FailedPrecondition);
    assert_eq!(
        status.message(),
        "shipment `s-0` is DELIVERED and cannot become CREATED; allowed: RETURNED"
    );
    let failure = status.get_details_precondition_failure().expect("details");
    assert_eq!(failure.violations[0].r#type, "STATUS_TRANSITION");
    client
        .update_status(update("s-0", S::Returned))
        .await
        .expect("it may follow");
    let (code, message) = refused(client.update_status(update("s-0", S::InTransit)).await);
    assert_eq!(code, Code::FailedPrecondition);
    assert!(
        message.ends_with("nothing follows that status"),
        "{message}"
    );
    let shipment = client
        .get_shipment(get("s-0"))
        .await
        .expect("it exists")
        .into_inner();
    assert_eq!(
        shipment.history.len(),
        5,
        "refused events leave nothing behind"
    );
}

#[tokio::test]
async fn every_mistake_of_a_request_is_named() {
    let server = Running::start().await;
    let mut client = server.client();
    let request = UpdateStatusRequest {
        shipment_id: "no/such".to_owned(),
        status: 99,
        location: Some(Location {
            latitude: f64::NAN,
            longitude: 181.0,
            country_code: "Germany".to_owned(),
            ..Location::default()
        }),
        notes: "x".repeat(1_001),
        event_id: "a b".to_owned(),
    };
    let status = client
        .update_status(request)
        .await
        .expect_err("it is wrong");
    assert_eq!(status.code(), Code::InvalidArgument);
    let violations = status
        .get_details_bad_request()
        .expect("details")
        .field_violations;
    let fields: Vec<_> = violations
        .iter()
        .map(|violation| violation.field.as_str())
        .collect();
    assert_eq!(
        fields,
        [
            "event_id",
            "shipment_id",
            "status",
            "location.latitude",
            "location.longitude",
            "location.country_code",
            "notes"
        ]
    );
    assert_eq!(
        refused(client.get_shipment(get("")).await).0,
        Code::InvalidArgument
    );
    let (code, message) = refused(client.get_shipment(get("s-404")).await);
    assert_eq!(code, Code::NotFound);
    assert!(message.contains("`s-404`"), "{message}");
    assert_eq!(
        refused(client.update_status(update("s-404", S::InTransit)).await).0,
        Code::NotFound
    );
    create(&mut client, "alive", 1).await;
}

#[tokio::test]
async fn an_update_that_is_repeated_is_applied_once() {
    let server = Running::start().await;
    let mut client = server.client();
    create(&mut client, "s", 2).await;
    let request = UpdateStatusRequest {
        event_id: "scan-1".to_owned(),
        ..update("s-0", S::InTransit)
    };
    let (one, two) = (
        client.clone().update_status(request.clone()).await,
        client.update_status(request.clone()).await,
    );
    assert_eq!(
        one.expect("accepted").into_inner().history,
        two.expect("accepted").into_inner().history
    );
    let other = UpdateStatusRequest {
        shipment_id: "s-1".to_owned(),
        ..request
    };
    assert_eq!(
        refused(client.update_status(other).await).0,
        Code::AlreadyExists
    );
}

#[tokio::test]
async fn tenants_do_not_see_each_other() {
    let server = Running::start().await;
    let mut client = server.client();
    for tenant in ["blue", "red"] {
        let events = tokio_stream::iter([event("e-1", "s-1", S::Created)]);
        assert_eq!(
            client
                .bulk_ingest(of(tenant, events))
                .await
                .expect("accepted")
                .into_inner()
                .accepted,
            1
        );
    }
    client
        .update_status(of("blue", update("s-1", S::PickedUp)))
        .await
        .expect("accepted");
    for (tenant, events) in [("blue", 2), ("red", 1)] {
        let shipment = client
            .get_shipment(of(tenant, get("s-1")))
            .await
            .expect("it exists")
            .into_inner();
        assert_eq!(shipment.history.len(), events, "{tenant}");
    }
    assert_eq!(
        refused(client.get_shipment(get("s-1")).await).0,
        Code::NotFound
    );
    assert_eq!(
        refused(client.get_shipment(of("no tenant", get("s-1"))).await).0,
        Code::InvalidArgument
    );
}
