//! REST, server-sent events and the live page.

use std::time::Duration;

use serde_json::{Value, json};
use shipment::pb::logistics::shipment::v1::ShipmentStatus as S;
use tokio::{
    io::{AsyncBufReadExt, AsyncWriteExt, BufReader},
    net::TcpStream,
};

use crate::{
    browser::Page,
    harness::Running,
    parcels::{create, update},
};

/// Sends a request and reads the whole answer: its status and its body.
async fn send(server: &Running, method: &str, path: &str, body: &str) -> (u16, Value) {
    let mut stream = open(server, method, path, "connection: close\r\n", body).await;
    let mut answer = String::new();
    tokio::io::AsyncReadExt::read_to_string(&mut stream, &mut answer)
        .await
        .expect("an answer");
    let status = answer
        .split(' ')
        .nth(1)
        .and_then(|status| status.parse().ok())
        .expect("a status");
    let body = answer.split_once("\r\n\r\n").expect("a body").1;
    (status, serde_json::from_str(body).unwrap_or(Value::Null))
}

async fn open(
    server: &Running,
    method: &str,
    path: &str,
    headers: &str,
    body: &str,
) -> BufReader<TcpStream> {
    let mut stream = TcpStream::connect(server.http).await.expect("a connection");
    let length = body.len();
    let request = format!(
        "{method} {path} HTTP/1.1\r\nhost: test\r\n{headers}content-length: {length}\r\n\r\n{body}"
    );
    stream.write_all(request.as_bytes()).await.expect("sent");
    BufReader::new(stream)
}

/// The next event of a stream: its id and its data.
async fn next(stream: &mut BufReader<TcpStream>) -> (String, Value) {
    let (mut id, mut data) = (String::new(), Value::Null);
    loop {
        let mut line = String::new();
        let read = tokio::time::timeout(Duration::from_secs(5), stream.read_line(&mut line)).await;
        assert_ne!(read.expect("in time").expect("text"), 0, "the stream ended");
        if let Some(value) = line.strip_prefix("id: ") {
            value.trim().clone_into(&mut id);
        } else if let Some(value) = line.strip_prefix("data: ") {
            data = serde_json::from_str(value).expect("an object");
        } else if line == "\n" && !data.is_null() {
            return (id, data);
        }
    }
}

#[tokio::test]
async fn shipments_are_read_and_updated_over_rest() {
    let server = Running::start().await;
    create(&mut server.client(), "s", 1).await;
    let (status, shipment) = send(&server, "GET", "/v1/shipments/s-0", "").await;
    assert_eq!((status, &shipment["status"]), (200, &json!("IN_TRANSIT")));
    assert_eq!(shipment["history"][1]["sequence"], "2");
    let body = r#"{"status": "OUT_FOR_DELIVERY", "notes": "van 7", "location": {"latitude": 52.5, "countryCode": "DE"}}"#;
    let (status, shipment) = send(&server, "POST", "/v1/shipments/s-0/status", body).await;
    assert_eq!(
        (status, &shipment["history"][2]["notes"]),
        (200, &json!("van 7"))
    );
    for (method, path, body, expected, code) in [
        ("GET", "/v1/shipments/s-404", "", 404, "NOT_FOUND"),
        ("GET", "/v1/shipments/no%20id", "", 400, "INVALID_ARGUMENT"),
        (
            "POST",
            "/v1/shipments/s-0/status",
            "{",
            400,
            "INVALID_ARGUMENT",
        ),
        (
            "POST",
            "/v1/shipments/s-0/status",
            r#"{"status": "LOST"}"#,
            400,
            "INVALID_ARGUMENT",
        ),
        (
            "POST",
            "/v1/shipments/s-0/status",
            r#"{"status": "CREATED"}"#,
            400,
            "FAILED_PRECONDITION",
        ),
        (
            "GET",
            "/v1/shipments/no%20id/events",
            "",
            400,
            "INVALID_ARGUMENT",
        ),
    ] {
        let (status, answer) = send(&server, method, path, body).await;
        assert_eq!(
            (status, answer["code"].as_str()),
            (expected, Some(code)),
            "{method} {path} {body}: {answer}"
        );
    }
}

#[tokio::test]
async fn calls_over_rest_are_counted_as_the_rpcs_they_stand_for() {
    let server = Running::start().await;
    create(&mut server.client(), "s", 1).await;
    send(&server, "GET", "/v1/shipments/s-0", "").await;
    send(&server, "GET", "/v1/shipments/s-404", "").await;
    let mut metrics = open(&server, "GET", "/metrics", "connection: close\r\n", "").await;
    let mut text = String::new();
    let read = tokio::io::AsyncReadExt::read_to_string(&mut metrics, &mut text);
    read.await.expect("text");
    for (method, code) in [("GetShipment", "OK"), ("GetShipment", "NOT_FOUND")] {
        let is_counted = text.lines().any(|line| {
            line.contains(&format!("\"{method}\""))
                && line.contains(&format!("\"{code}\""))
                && line.ends_with(" 1")
        });
        assert!(is_counted, "{method} {code}: {text}");
    }
}

#[tokio::test]
async fn a_browser_that_connects_again_goes_on_where_it_was() {
    let server = Running::start().await;
    create(&mut server.client(), "s", 2).await;
    let mut stream = open(&server, "GET", "/v1/shipments/s-0/events", "", "").await;
    assert_eq!(next(&mut stream).await.1["status"], "CREATED");
    let (id, event) = next(&mut stream).await;
    assert_eq!((id.as_str(), &event["status"]), ("3", &json!("IN_TRANSIT")));
    server
        .client()
        .update_status(update("s-0", S::OutForDelivery))
        .await
        .expect("accepted");
    assert_eq!(next(&mut stream).await.0, "5", "live");
    drop(stream);
    server
        .client()
        .update_status(update("s-0", S::Delivered))
        .await
        .expect("accepted");
    let mut stream = open(
        &server,
        "GET",
        "/v1/shipments/s-0/events",
        "last-event-id: 5\r\n",
        "",
    )
    .await;
    let (id, event) = next(&mut stream).await;
    assert_eq!((id.as_str(), &event["status"]), ("6", &json!("DELIVERED")));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_live_page_shows_the_history_in_a_browser_as_it_grows() {
    let server = Running::start().await;
    let mut client = server.client();
    create(&mut client, "s", 1).await;
    let url = format!("http://{}/", server.http);
    let opened = tokio::task::block_in_place(|| Page::open(&url));
    let Some(mut page) = opened else { return };
    tokio::task::block_in_place(|| {
        page.wait_for("document.readyState === 'complete'");
        page.wait_for(
            "document.forms[0].shipment.value = 's-0', document.forms[0].requestSubmit(), true",
        );
        page.wait_for("document.querySelector('#state')?.textContent === 'IN TRANSIT'");
        page.wait_for("document.querySelector('#link')?.textContent === 'live'");
    });
    for status in [S::OutForDelivery, S::Delivered] {
        client
            .update_status(update("s-0", status))
            .await
            .expect("accepted");
    }
    tokio::task::block_in_place(|| {
        page.wait_for("document.querySelector('#state').textContent === 'DELIVERED'");
        let items =
            "[...document.querySelectorAll('#history li')].map(item => item.dataset.status)";
        assert_eq!(
            page.wait_for(items),
            json!(["DELIVERED", "OUT_FOR_DELIVERY", "IN_TRANSIT", "CREATED"])
        );
        let first = page.wait_for("document.querySelector('#history li:last-child').textContent");
        assert!(
            first
                .as_str()
                .is_some_and(|text| text.starts_with("created · Berlin, DE")),
            "{first}"
        );
        assert_eq!(
            page.wait_for("document.querySelectorAll('#map circle').length"),
            json!(2),
            "the way is drawn"
        );
    });
}
