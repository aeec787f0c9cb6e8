//! Transport security in both directions.

use std::path::Path;

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use tonic::{
    Code,
    transport::{Certificate, Channel, ClientTlsConfig, Identity},
};

use {{ c.lib }}::config::{Config, Tls};

use crate::harness::{Running, call};

const HEALTH: &str = "/grpc.health.v1.Health/Check";

fn authority() -> CertifiedIssuer<'static, KeyPair> {
    let mut params = CertificateParams::new([]).expect("parameters");
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    CertifiedIssuer::self_signed(params, KeyPair::generate().expect("a key"))
        .expect("a certificate")
}

fn issue(authority: &CertifiedIssuer<'static, KeyPair>) -> (String, String) {
    let key = KeyPair::generate().expect("a key");
    let params = CertificateParams::new(["localhost".to_owned()]).expect("parameters");
    (
        params
            .signed_by(&key, authority)
            .expect("a certificate")
            .pem(),
        key.serialize_pem(),
    )
}

fn settings(authority: &CertifiedIssuer<'static, KeyPair>) -> impl FnOnce(&mut Config, &Path) {
    let (certificate, key) = issue(authority);
    let roots = authority.pem();
    move |config, directory| {
        let write = |name: &str, text: &str| {
            let path = directory.join(name);
            std::fs::write(&path, text).expect("written");
            path
        };
        config.tls = Some(Tls {
            certificate: write("server.pem", &certificate),
            key: write("server.key", &key),
            client_roots: write("roots.pem", &roots),
        });
    }
}

async fn code(running: &Running, roots: &str, identity: Option<(String, String)>) -> Code {
    let mut tls = ClientTlsConfig::new()
        .domain_name("localhost")
        .ca_certificate(Certificate::from_pem(roots));
    if let Some((certificate, key)) = identity {
        tls = tls.identity(Identity::from_pem(certificate, key));
    }
    let endpoint = Channel::from_shared(format!("https://{}", running.grpc)).expect("a URL");
    call(
        endpoint.tls_config(tls).expect("valid").connect_lazy(),
        HEALTH,
        &[],
    )
    .await
    .0
}

#[tokio::test]
async fn only_clients_with_a_certificate_of_ours_get_through() {
    let ours = authority();
    let foreign = authority();
    let running = Running::with(settings(&ours)).await;
    assert_eq!(
        code(&running, &ours.pem(), Some(issue(&ours))).await,
        Code::Ok
    );
    assert_eq!(code(&running, &ours.pem(), None).await, Code::Unavailable);
    assert_eq!(
        code(&running, &ours.pem(), Some(issue(&foreign))).await,
        Code::Unavailable
    );
    assert_eq!(
        code(&running, &foreign.pem(), Some(issue(&ours))).await,
        Code::Unavailable
    );
    assert_eq!(
        call(running.channel(), HEALTH, &[]).await.0,
        Code::Unavailable,
        "plain text"
    );
}
