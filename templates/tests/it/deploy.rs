//! The periods in `deploy` fit each other and the defaults.

use std::time::Duration;

use {{ c.lib }}::config::Config;

const ENVOY: &str = include_str!("{{ c.places.up() }}deploy/envoy.yaml");
const KUBERNETES: &str = include_str!("{{ c.places.up() }}deploy/kubernetes.yaml");
const COMPOSE: &str = include_str!("{{ c.places.up() }}deploy/docker-compose.yaml");

/// The first number that `name` has in `text` after `section`.
fn number(text: &str, section: &str, name: &str) -> u64 {
    let (_, rest) = text.split_once(section).expect("the section is there");
    let (_, rest) = rest
        .split_once(&format!("{name}: "))
        .expect("the setting is there");
    let digits = rest
        .split(|character: char| !character.is_ascii_digit())
        .next();
    digits
        .and_then(|digits| digits.parse().ok())
        .expect("a number")
}

#[test]
fn a_server_that_drains_is_left_alone_before_it_closes() {
    let drain = Config::default().shutdown.drain;
    let setting = |text, section, name| number(text, section, name);
    let envoy = setting(ENVOY, "health_checks:", "interval")
        * setting(ENVOY, "health_checks:", "unhealthy_threshold")
        + setting(ENVOY, "health_checks:", "timeout");
    assert!(drain >= Duration::from_secs(envoy), "Envoy takes {envoy} s");
    let kubernetes = setting(KUBERNETES, "readinessProbe:", "periodSeconds")
        * setting(KUBERNETES, "readinessProbe:", "failureThreshold")
        + setting(KUBERNETES, "readinessProbe:", "timeoutSeconds");
    assert!(
        drain >= Duration::from_secs(kubernetes),
        "Kubernetes takes {kubernetes} s"
    );
}

#[test]
fn the_program_is_not_killed_while_it_drains() {
    let config = Config::default();
    let needed = config.shutdown.drain + config.shutdown.timeout;
    let grace = number(KUBERNETES, "", "terminationGracePeriodSeconds");
    assert!(
        Duration::from_secs(grace) > needed,
        "Kubernetes waits {grace} s"
    );
    let grace = number(COMPOSE, "", "stop_grace_period");
    assert!(
        Duration::from_secs(grace) > needed,
        "Compose waits {grace} s"
    );
    assert!(
        config.shutdown.timeout >= config.grpc.deadline,
        "a call may take its whole time"
    );
}
