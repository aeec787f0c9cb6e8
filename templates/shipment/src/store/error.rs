//! Why the store does not do what it is asked.

use crate::domain::Refusal;

/// Why the store did not do what it was asked.
#[derive(Clone, Debug, thiserror::Error)]
pub enum StoreError {
    /// The rules of the domain forbid it.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// More is waiting to be written than the queue holds.
    #[error("the write queue is full; try again later")]
    Full,
    /// The database cannot be reached, or the outcome of the commit is unknown.
    #[error("the store is unavailable; repeat the call with the same `event_id`")]
    Unavailable(String),
    /// What the database holds cannot be read.
    #[error("the store holds damaged data")]
    Damaged(String),
}

impl StoreError {
    /// The cause, for the log and for whoever starts the service. Callers do not learn it.
    #[must_use]
    pub fn cause(&self) -> String {
        match self {
            Self::Unavailable(cause) | Self::Damaged(cause) => cause.clone(),
            Self::Refused(_) | Self::Full => self.to_string(),
        }
    }
}
