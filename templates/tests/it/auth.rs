//! Who may call.

use std::{
    path::Path,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use jsonwebtoken::{Algorithm, EncodingKey, Header, encode};
use serde_json::{Value, json};
use tonic::Code;

use {{ c.lib }}::config::{Auth, Config};

use crate::harness::{Running, call, method};

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

fn claims(expires_in: i64) -> Value {
    let now = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .expect("after 1970")
        .as_secs();
    json!({
        "sub": "somebody",
        "iss": "the issuer",
        "aud": "this service",
        "exp": i64::try_from(now).expect("before the year 292277026596") + expires_in,
        "scope": format!("other {}", method().scope),
    })
}

fn token(claims: &Value, secret: &[u8]) -> String {
    let token = encode(
        &Header::new(Algorithm::HS256),
        claims,
        &EncodingKey::from_secret(secret),
    );
    format!("Bearer {}", token.expect("a token"))
}

#[tokio::test]
async fn tokens_are_checked() {
    let running = Running::with(settings).await;
    let path = method().path;
    let with = |key: &str, value: &str| {
        let mut claims = claims(60);
        claims[key] = json!(value);
        token(&claims, SECRET)
    };
    let unsigned = format!(
        "Bearer eyJhbGciOiJub25lIn0.{}.",
        token(&claims(60), SECRET)
            .split('.')
            .nth(1)
            .expect("three parts")
    );
    let cases = [
        ("none", String::new(), Code::Unauthenticated),
        ("no bearer", "Basic abc".to_owned(), Code::Unauthenticated),
        ("expired", token(&claims(-5), SECRET), Code::Unauthenticated),
        (
            "wrong key",
            token(&claims(60), b"another secret"),
            Code::Unauthenticated,
        ),
        ("not signed", unsigned, Code::Unauthenticated),
        (
            "wrong audience",
            with("aud", "another service"),
            Code::Unauthenticated,
        ),
        (
            "wrong issuer",
            with("iss", "another issuer"),
            Code::Unauthenticated,
        ),
        (
            "wrong scope",
            with("scope", "other"),
            Code::PermissionDenied,
        ),
    ];
    for (name, token, expected) in cases {
        let (code, message) = call(running.channel(), path, &[("authorization", &token)]).await;
        assert_eq!(code, expected, "{name}: {message}");
    }
    let token = token(&claims(60), SECRET);
    let (code, message) = call(running.channel(), path, &[("authorization", &token)]).await;
    assert!(
        !matches!(code, Code::Unauthenticated | Code::PermissionDenied),
        "{code:?} {message}"
    );
}

#[tokio::test]
async fn health_is_open() {
    let running = Running::with(settings).await;
    let (code, _) = call(running.channel(), "/grpc.health.v1.Health/Check", &[]).await;
    assert_eq!(code, Code::Ok);
}
