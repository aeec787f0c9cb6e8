//! Whose shipments a caller works on: those of the tenant in the token, over gRPC and over REST.

use std::{
    path::Path,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use jsonwebtoken::{Algorithm, EncodingKey, Header, encode};
use serde_json::json;
use shipment::{
    config::{Auth, Config},
    methods::METHODS,
    pb::logistics::shipment::v1::{
        GetShipmentRequest, ShipmentStatus as S, StreamUpdatesRequest,
        shipment_tracking_service_client::ShipmentTrackingServiceClient,
    },
};
use tonic::{
    Code, Request, Status,
    metadata::MetadataValue,
    service::{Interceptor, interceptor::InterceptedService},
    transport::Channel,
};

use crate::{
    harness::Running,
    parcels::{event, refused, update},
};

const SECRET: &[u8] = b"a secret that only the test and the server know";

fn settings(config: &mut Config, directory: &Path) {
    let key = directory.join("key");
    std::fs::write(&key, SECRET).expect("written");
    config.auth = Some(Auth {
        algorithm: Algorithm::HS256,
        keys: vec![key],
        issuer: "the issuer".to_owned(),
        audience: "this service".to_owned(),
        leeway: Duration::from_secs(2),
    });
}

/// A token with all scopes but `without`.
fn token(tenant: Option<&str>, without: &str) -> String {
    let now = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .expect("after 1970");
    let scopes = METHODS.iter().map(|method| method.scope);
    let scopes: Vec<_> = scopes.filter(|scope| *scope != without).collect();
    let mut claims = json!({
        "sub": "somebody",
        "iss": "the issuer",
        "aud": "this service",
        "exp": now.as_secs() + 60,
        "scp": scopes,
    });
    if let Some(tenant) = tenant {
        claims["tenant"] = json!(tenant);
    }
    let key = EncodingKey::from_secret(SECRET);
    encode(&Header::new(Algorithm::HS256), &claims, &key).expect("a token")
}

/// Calls with a token, and claims another tenant in the header, which must not count.
#[derive(Clone)]
struct With(String);

impl Interceptor for With {
    fn call(&mut self, mut request: Request<()>) -> Result<Request<()>, Status> {
        let bearer = MetadataValue::try_from(format!("Bearer {}", self.0)).expect("a header");
        request.metadata_mut().insert("authorization", bearer);
        let header = MetadataValue::from_static("acme");
        request.metadata_mut().insert("x-tenant-id", header);
        Ok(request)
    }
}

type Client = ShipmentTrackingServiceClient<InterceptedService<Channel, With>>;

fn client(server: &Running, token: String) -> Client {
    ShipmentTrackingServiceClient::with_interceptor(server.channel(), With(token))
}

fn get() -> GetShipmentRequest {
    GetShipmentRequest {
        shipment_id: "s-1".to_owned(),
    }
}

async fn create(client: &mut Client) {
    let events = tokio_stream::iter([event("e-1", "s-1", S::Created)]);
    let answer = client.bulk_ingest(events).await.expect("an answer");
    assert_eq!(answer.into_inner().accepted, 1);
}

#[tokio::test]
async fn tenants_do_not_see_each_other() {
    let server = Running::with(settings).await;
    let mut acme = client(&server, token(Some("acme"), ""));
    let mut other = client(&server, token(Some("other"), ""));
    create(&mut acme).await;
    acme.get_shipment(get()).await.expect("its own");
    let update = update("s-1", S::InTransit);
    assert_eq!(refused(other.get_shipment(get()).await).0, Code::NotFound);
    assert_eq!(
        refused(other.update_status(update.clone()).await).0,
        Code::NotFound
    );
    // The same names belong to another shipment and another event there.
    create(&mut other).await;
    other.update_status(update).await.expect("its own");
    let shipment = acme.get_shipment(get()).await.expect("its own");
    assert_eq!(shipment.into_inner().status(), S::Created);

    let request = StreamUpdatesRequest {
        since: Some(prost_types::Timestamp::default()),
        ..StreamUpdatesRequest::default()
    };
    let stream = other.stream_updates(request).await.expect("opened");
    let mut stream = stream.into_inner();
    for sequence in [2, 3] {
        let event = stream.message().await.expect("no error").expect("an event");
        assert_eq!(event.sequence, sequence, "only its own");
    }
}

#[tokio::test]
async fn a_token_without_a_tenant_is_for_nobodys_shipments() {
    let server = Running::with(settings).await;
    for tenant in [None, Some("not a name")] {
        let mut client = client(&server, token(tenant, ""));
        let (code, message) = refused(client.get_shipment(get()).await);
        assert_eq!(code, Code::PermissionDenied, "{message}");
    }
}

#[tokio::test]
async fn rest_asks_for_the_same_tokens() {
    let server = Running::with(settings).await;
    create(&mut client(&server, token(Some("acme"), ""))).await;
    let read = "logistics.shipment.v1.ShipmentTrackingService/GetShipment";
    let read = METHODS.iter().find(|method| method.path.ends_with(read));
    let acme = token(Some("acme"), "");
    let path = "/v1/shipments/s-1";
    let (stream, with) = (format!("{path}/events"), |token: &str| {
        format!("Bearer {token}")
    });
    for (path, authorization, expected) in [
        (path, String::new(), 401),
        (path, "Bearer nonsense".to_owned(), 401),
        (path, with(&acme), 200),
        (path, with(&token(Some("other"), "")), 404),
        (path, with(&token(None, "")), 403),
        (
            path,
            with(&token(Some("acme"), read.expect("there").scope)),
            403,
        ),
        (&stream, String::new(), 401),
        (
            &format!("{stream}?access_token=nonsense"),
            String::new(),
            401,
        ),
        ("/healthz", String::new(), 200),
        ("/metrics", String::new(), 200),
    ] {
        let (status, answer) = server
            .page_with(path, &[("authorization", &authorization)])
            .await;
        assert_eq!(status, expected, "{path} {authorization}: {answer}");
    }
    // A browser cannot send headers for a stream, so the token may stand in the URL.
    let url = format!("{stream}?access_token={acme}");
    let start = server.beginning(&url, "data: ").await;
    assert!(start.starts_with("HTTP/1.1 200"), "{start}");
    assert!(start.contains(r#""status":"CREATED""#), "{start}");
}
