//! How to get to PostgreSQL: in plain text, or over TLS to a server whose certificate is known.

use std::sync::Arc;

use rustls::{
    ClientConfig, RootCertStore,
    crypto::ring,
    pki_types::{CertificateDer, pem::PemObject},
};
use tokio_postgres::{Client, Config, config::SslMode};
use tokio_postgres_rustls::MakeRustlsConnect;

use super::unavailable;
use crate::config;
use crate::store::error::StoreError;

/// A PostgreSQL server.
#[derive(Clone)]
pub(super) struct Server {
    pub(super) config: Config,
    pub(super) tls: MakeRustlsConnect,
}

impl Server {
    /// Reads the URL and the roots.
    pub(super) fn new(config: &config::Store) -> Result<Self, StoreError> {
        let mut server: Config = config.url.parse()?;
        let mut roots = RootCertStore::empty();
        if !config.roots.as_os_str().is_empty() {
            let unreadable = |error| {
                let path = config.roots.display();
                StoreError::Unavailable(format!(
                    "cannot read the certificates in `{path}`: {error}"
                ))
            };
            for root in CertificateDer::pem_file_iter(&config.roots).map_err(unreadable)? {
                roots
                    .add(root.map_err(unreadable)?)
                    .map_err(|error| unavailable(&error))?;
            }
            // Never in plain text, whatever the server would like.
            server.ssl_mode(SslMode::Require);
        } else if server.get_ssl_mode() == SslMode::Require {
            let reason =
                "`store.url` asks for TLS; name the file with the server's roots in `store.roots`";
            return Err(StoreError::Unavailable(reason.to_owned()));
        } else {
            server.ssl_mode(SslMode::Disable);
        }
        let client = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .map_err(|error| unavailable(&error))?
            .with_root_certificates(roots)
            .with_no_client_auth();
        Ok(Self {
            config: server,
            tls: MakeRustlsConnect::new(client),
        })
    }

    /// Opens a connection.
    pub(super) async fn connect(&self) -> Result<Client, StoreError> {
        let (client, connection) = self.config.connect(self.tls.clone()).await?;
        tokio::spawn(async move {
            if let Err(error) = connection.await {
                tracing::warn!(%error, "a connection to PostgreSQL was lost");
            }
        });
        Ok(client)
    }
}
