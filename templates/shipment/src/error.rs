//! What can go wrong, and what callers are told of it.

use std::time::Duration;

use tonic::{Code, Status};
use tonic_types::{ErrorDetails, StatusExt};

use crate::domain::Refusal;
use crate::store::StoreError;

/// Why an rpc failed.
#[derive(Debug, thiserror::Error)]
pub enum ServiceError {
    /// The rules of the domain forbid it.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// The store could not do it now.
    #[error("{0}")]
    Unavailable(StoreError),
    /// Too much to do.
    #[error("too many requests are waiting to be written; try again later")]
    Overloaded,
    /// Anything else. Callers do not learn what.
    #[error("internal error")]
    Internal(#[source] Box<dyn std::error::Error + Send + Sync>),
}

impl ServiceError {
    /// Hides an error from callers; the log gets it.
    pub fn internal(error: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self::Internal(error.into())
    }
}

impl From<StoreError> for ServiceError {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Refused(refusal) => Self::Refused(refusal),
            StoreError::Full => Self::Overloaded,
            StoreError::Unavailable(_) => Self::Unavailable(error),
            StoreError::Damaged(cause) => Self::Internal(cause.into()),
        }
    }
}

impl From<ServiceError> for Status {
    fn from(error: ServiceError) -> Self {
        let message = error.to_string();
        let mut details = ErrorDetails::new();
        let code = match error {
            ServiceError::Refused(refusal) => explain(refusal, &message, &mut details),
            ServiceError::Unavailable(error) => {
                tracing::warn!(cause = error.cause(), "the store is unavailable");
                details.set_retry_info(Some(Duration::from_secs(1)));
                Code::Unavailable
            }
            ServiceError::Overloaded => {
                details.set_retry_info(Some(Duration::from_millis(100)));
                Code::ResourceExhausted
            }
            ServiceError::Internal(source) => {
                tracing::error!(error = %source, "internal error");
                return Status::internal(message);
            }
        };
        Status::with_error_details(code, message, details)
    }
}

fn explain(refusal: Refusal, message: &str, details: &mut ErrorDetails) -> Code {
    const SHIPMENT: &str = "logistics.shipment.v1.Shipment";
    match refusal {
        Refusal::Invalid(violations) => {
            for violation in violations {
                details.add_bad_request_violation(violation.field, violation.rule);
            }
            Code::InvalidArgument
        }
        Refusal::UnknownShipment(shipment) => {
            details.set_resource_info(SHIPMENT, shipment.as_str(), "", message);
            Code::NotFound
        }
        Refusal::Transition { shipment, .. } => {
            details.add_precondition_failure_violation(
                "STATUS_TRANSITION",
                shipment.as_str(),
                message,
            );
            Code::FailedPrecondition
        }
        Refusal::EventTaken(event) => {
            details.set_resource_info(
                "logistics.shipment.v1.ShipmentEvent",
                event.as_str(),
                "",
                message,
            );
            Code::AlreadyExists
        }
    }
}
