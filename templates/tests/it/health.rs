//! Health, by gRPC{% if c.http %} and by HTTP{% endif %}.

use tonic::Code;
use tonic_health::pb::{
    HealthCheckRequest, health_check_response::ServingStatus, health_client::HealthClient,
};

use {{ c.lib }}::methods::SERVICES;

use crate::harness::Running;

fn ask(service: &str) -> HealthCheckRequest {
    HealthCheckRequest {
        service: service.to_owned(),
    }
}

#[tokio::test]
async fn every_service_and_the_whole_are_serving() {
    let running = Running::start().await;
    let mut client = HealthClient::new(running.channel());
    for service in SERVICES.iter().copied().chain([""]) {
        let answer = client
            .check(ask(service))
            .await
            .expect("an answer")
            .into_inner();
        assert_eq!(answer.status(), ServingStatus::Serving, "{service}");
    }
    let error = client
        .check(ask("no.such.Service"))
        .await
        .expect_err("it is unknown");
    assert_eq!(error.code(), Code::NotFound);
}

#[tokio::test]
async fn a_watch_hears_of_the_drain_and_does_not_hold_up_the_end() {
    let mut running = Running::start().await;
    let mut client = HealthClient::new(running.channel());
    let mut watch = client.watch(ask("")).await.expect("a stream").into_inner();
    let first = watch.message().await.expect("no error").expect("a message");
    assert_eq!(first.status(), ServingStatus::Serving);
{%- if c.http %}
    assert_eq!(running.page("/healthz").await.0, 200);
    assert_eq!(running.page("/readyz").await.0, 200);
{%- endif %}

    running.stop.cancel();
    let second = watch.message().await.expect("no error").expect("a message");
    assert_eq!(second.status(), ServingStatus::NotServing);
{%- if c.http %}
    assert_eq!(running.page("/healthz").await.0, 200);
    assert_eq!(running.page("/readyz").await.0, 503);
{%- endif %}
    (&mut running.task).await.expect("the server ends");
}
