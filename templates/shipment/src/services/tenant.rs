//! For whom a call is made.

use tonic::{Request, Status, metadata::MetadataValue};

use crate::auth::Caller;
use crate::domain::{TenantId, ids};

/// The tenant named by callers when tokens are not asked for.
const HEADER: &str = "x-tenant-id";

/// The tenant when nobody names one.
const DEFAULT: &str = "default";

/// The tenant of a call: the one of the token, and only without tokens the one that the header names.
pub fn tenant<T>(request: &Request<T>) -> Result<TenantId, Status> {
    match request.extensions().get::<Caller>() {
        Some(caller) => of_caller(caller),
        None => named(request.metadata().get(HEADER).map(MetadataValue::as_bytes)),
    }
}

fn of_caller(caller: &Caller) -> Result<TenantId, Status> {
    let message =
        || Status::permission_denied(format!("the claim `tenant` of the token {}", ids::RULE));
    TenantId::parse(&caller.tenant).ok_or_else(message)
}

fn named(header: Option<&[u8]>) -> Result<TenantId, Status> {
    let name = header
        .map_or(Ok(DEFAULT), std::str::from_utf8)
        .unwrap_or_default();
    TenantId::parse(name)
        .ok_or_else(|| Status::invalid_argument(format!("`{HEADER}` {}", ids::RULE)))
}
