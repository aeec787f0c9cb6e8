//! What is counted.

use crate::harness::{Running, call, method};

#[tokio::test]
async fn calls_are_counted_by_method_and_code() {
    let running = Running::start().await;
    let (code, _) = call(running.channel(), method().path, &[]).await;
    let (status, text) = running.page("/metrics").await;
    assert_eq!(status, 200);
    let name = method().name;
    let line = text
        .lines()
        .find(|it| it.starts_with("grpc_requests_total{") && it.contains(name));
    assert!(
        line.is_some_and(|it| it.ends_with(" 1")),
        "no count of {name} ({code:?}) in:\n{text}"
    );
    let open = text
        .lines()
        .find(|it| it.starts_with("grpc_requests_open{") && it.contains(name));
    assert!(open.is_some_and(|it| it.ends_with(" 0")), "{text}");
}

#[tokio::test]
async fn unknown_paths_add_no_series() {
    let running = Running::start().await;
    let channel = running.channel();
    call(channel.clone(), "/a/b", &[]).await;
    let before = running.page("/metrics").await.1.lines().count();
    for number in 0..1000 {
        call(
            channel.clone(),
            &format!("/no.such.Service{number}/Method"),
            &[],
        )
        .await;
    }
    let after = running.page("/metrics").await.1.lines().count();
    assert_eq!(before, after);
}
