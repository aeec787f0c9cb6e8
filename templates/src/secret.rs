//! Secrets that callers choose: only their hashes are kept.

use std::{sync::LazyLock, thread::available_parallelism};

use argon2::{Argon2, PasswordHasher, PasswordVerifier, password_hash::phc::PasswordHash};
use tokio::sync::Semaphore;

use crate::error::ServiceError;

/// A hash takes 19 MiB and a core for a while, so only as many are made at once as there are cores.
static SLOTS: LazyLock<Semaphore> =
    LazyLock::new(|| Semaphore::new(available_parallelism().map_or(1, usize::from)));

/// Hashes a secret with Argon2id and a random salt, into the PHC string format.
pub async fn hash(secret: String) -> Result<String, ServiceError> {
    run(move || {
        let hash = Argon2::default().hash_password(secret.as_bytes());
        hash.map(|hash| hash.to_string())
            .map_err(|error| ServiceError::internal(error.to_string()))
    })
    .await
}

/// Whether `hash` was made from `secret`.
pub async fn verify(secret: String, hash: String) -> Result<bool, ServiceError> {
    run(move || {
        let hash =
            PasswordHash::new(&hash).map_err(|error| ServiceError::internal(error.to_string()))?;
        Ok(Argon2::default()
            .verify_password(secret.as_bytes(), &hash)
            .is_ok())
    })
    .await
}

async fn run<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, ServiceError> + Send + 'static,
) -> Result<T, ServiceError> {
    let slot = SLOTS.acquire().await.map_err(ServiceError::internal)?;
    let result = tokio::task::spawn_blocking(work)
        .await
        .map_err(ServiceError::internal)?;
    drop(slot);
    result
}
