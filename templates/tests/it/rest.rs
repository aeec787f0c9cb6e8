//! The rpcs over HTTP.

use {{ c.lib }}::rest::{Rule, rules};

use crate::harness::Running;

#[tokio::test]
async fn paths_without_a_rule_are_not_found() {
    let running = Running::start().await;
    let (status, text) = running.page("/no/such/path").await;
    assert_eq!(status, 404, "{text}");
    assert!(text.contains("no rpc has this method and path"), "{text}");
}

#[tokio::test]
async fn paths_with_a_rule_reach_their_rpc() {
    let running = Running::start().await;
    let reads = |rule: &&Rule| rule.http == "GET" && !rule.method.is_server_streaming();
    for rule in rules().iter().filter(reads) {
        let path = rule.example();
        let (_, text) = running.page(&path).await;
        assert!(!text.contains("no rpc has this method and path"), "{path}: {text}");
    }
}
