//! Who calls, and whether they may: JSON web tokens with a scope for each method.

use std::{
    collections::HashSet,
    fs,
    path::Path,
    sync::Arc,
};

use http::{HeaderMap, Request};
use jsonwebtoken::{Algorithm, DecodingKey, Validation, decode};
use serde::Deserialize;
use tonic::{Status, body::Body};
use tower::{ServiceExt, service_fn};

use crate::{config, layer::Calls, methods::{self, Method}};

/// Who calls. Handlers find this in the extensions of the request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Caller {
    /// Whom the token was issued for.
    pub subject: String,
{%- if c.tenants %}
    /// Whose data the caller works on; empty when the token does not say.
    pub tenant: String,
{%- endif %}
    /// What the caller may do.
    pub scopes: Vec<String>,
}

/// Checks tokens.
pub struct Verifier {
    keys: Vec<DecodingKey>,
    validation: Validation,
}

#[derive(Deserialize)]
struct Claims {
    #[serde(default)]
    sub: String,
{%- if c.tenants %}
    #[serde(default, alias = "tenantId", alias = "tenant_id")]
    tenant: String,
{%- endif %}
    /// Scopes between spaces, as RFC 8693 has them.
    #[serde(default)]
    scope: String,
    /// Scopes as a list, as some issuers have them.
    #[serde(default)]
    scp: Vec<String>,
}

/// A key that cannot be used.
#[derive(Debug, thiserror::Error)]
#[error("cannot use the key `{path}`: {reason}")]
pub struct KeyError {
    path: String,
    reason: String,
}

impl Verifier {
    /// Reads the keys. The algorithm is the configured one whatever a token says.
    pub fn new(config: &config::Auth) -> Result<Self, KeyError> {
        let mut validation = Validation::new(config.algorithm);
        validation.leeway = config.leeway.as_secs();
        validation.validate_nbf = true;
        validation.required_spec_claims =
            HashSet::from(["exp", "iss", "aud", "sub"].map(ToOwned::to_owned));
        validation.set_issuer(&[&config.issuer]);
        validation.set_audience(&[&config.audience]);
        let keys = config
            .keys
            .iter()
            .map(|path| read_key(config.algorithm, path));
        Ok(Self {
            keys: keys.collect::<Result<_, _>>()?,
            validation,
        })
    }

    /// Finds out who calls.
    pub fn caller(&self, headers: &HeaderMap) -> Result<Caller, Status> {
        let refused = || Status::unauthenticated("a valid bearer token is needed");
        let header = headers
            .get(http::header::AUTHORIZATION)
            .ok_or_else(refused)?;
        let header = header.to_str().map_err(|_| refused())?;
        let (scheme, token) = header.split_once(' ').ok_or_else(refused)?;
        if !scheme.eq_ignore_ascii_case("bearer") {
            return Err(refused());
        }
        let claims = self
            .keys
            .iter()
            .find_map(|key| decode::<Claims>(token, key, &self.validation).ok());
        let claims = claims.ok_or_else(refused)?.claims;
        let mut scopes = claims.scp;
        scopes.extend(claims.scope.split_whitespace().map(ToOwned::to_owned));
        Ok(Caller {
            subject: claims.sub,
{%- if c.tenants %}
            tenant: claims.tenant,
{%- endif %}
            scopes,
        })
    }

    /// Finds out who calls, and whether they may call `method`.
    pub fn authorize(&self, headers: &HeaderMap, method: &Method) -> Result<Caller, Status> {
        let caller = self.caller(headers)?;
        if caller.scopes.iter().any(|scope| scope == method.scope) {
            return Ok(caller);
        }
        let message = format!("the token does not have the scope `{}`", method.scope);
        Err(Status::permission_denied(message))
    }
}

fn read_key(algorithm: Algorithm, path: &Path) -> Result<DecodingKey, KeyError> {
    let failed = |reason: String| KeyError {
        path: path.display().to_string(),
        reason,
    };
    let bytes = fs::read(path).map_err(|error| failed(error.to_string()))?;
    let key = match algorithm {
        Algorithm::HS256 | Algorithm::HS384 | Algorithm::HS512 => {
            Ok(DecodingKey::from_secret(bytes.trim_ascii_end()))
        }
        Algorithm::ES256 | Algorithm::ES384 => DecodingKey::from_ec_pem(&bytes),
        Algorithm::EdDSA => DecodingKey::from_ed_pem(&bytes),
        _ => DecodingKey::from_rsa_pem(&bytes),
    };
    key.map_err(|error| failed(error.to_string()))
}

/// Lets only those calls through that have the scope of their method, if there is a `verifier`. Methods
/// outside the contract, such as health checks, are open.
pub fn check(inner: impl Calls, verifier: Option<Arc<Verifier>>) -> impl Calls {
    service_fn(move |mut request: Request<Body>| {
        let method = methods::find(request.uri().path());
        let caller = verifier.as_ref().zip(method);
        let caller = caller.map(|(verifier, method)| verifier.authorize(request.headers(), method));
        let inner = inner.clone();
        async move {
            match caller {
                Some(Err(status)) => return Ok(status.into_http()),
                Some(Ok(caller)) => drop(request.extensions_mut().insert(caller)),
                None => {}
            }
            inner.oneshot(request).await
        }
    })
}
