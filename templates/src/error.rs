//! What can go wrong, and what callers are told of it.

use std::time::Duration;

use tonic::{Code, Status};
use tonic_types::{ErrorDetails, StatusExt};

/// Why an rpc failed.
#[derive(Debug, thiserror::Error)]
pub enum ServiceError {
    /// There is no such resource.
    #[error("{kind} `{id}` was not found")]
    NotFound {
        /// Type of the resource.
        kind: &'static str,
        /// Its identifier.
        id: String,
    },
    /// There is such a resource already.
    #[error("a {kind} with {field} `{value}` exists already")]
    AlreadyExists {
        /// Type of the resource.
        kind: &'static str,
        /// The field that must be unique.
        field: &'static str,
        /// The value that is taken.
        value: String,
    },
    /// Fields of the request have values that are refused.
    #[error("{}", summary(.0))]
    Invalid(Vec<Violation>),
    /// The resource has changed since the caller read it.
    #[error("{kind} `{id}` has changed since it was read")]
    Changed {
        /// Type of the resource.
        kind: &'static str,
        /// Its identifier.
        id: String,
    },
    /// Too much to do.
    #[error("too many requests are waiting")]
    Overloaded,
    /// Anything else. Callers do not learn what.
    #[error("internal error")]
    Internal(#[source] Box<dyn std::error::Error + Send + Sync>),
}

/// A field with a value that is refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Violation {
    /// Path of the field in the request.
    pub field: String,
    /// What is wrong with it.
    pub description: String,
}

impl Violation {
    /// Says what is wrong with a field.
    pub fn new(field: impl Into<String>, description: impl Into<String>) -> Self {
        Self {
            field: field.into(),
            description: description.into(),
        }
    }
}

impl From<Violation> for ServiceError {
    fn from(violation: Violation) -> Self {
        Self::Invalid(vec![violation])
    }
}

impl ServiceError {
    /// Hides an error from callers; the log gets it.
    pub fn internal(error: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self::Internal(error.into())
    }
}

impl From<ServiceError> for Status {
    fn from(error: ServiceError) -> Self {
        let message = error.to_string();
        let mut details = ErrorDetails::new();
        let code = match error {
            ServiceError::NotFound { kind, id } => {
                details.set_resource_info(kind, id, "", &message);
                Code::NotFound
            }
            ServiceError::AlreadyExists { kind, value, .. } => {
                details.set_resource_info(kind, value, "", &message);
                Code::AlreadyExists
            }
            ServiceError::Invalid(violations) => {
                for violation in violations {
                    details.add_bad_request_violation(violation.field, violation.description);
                }
                Code::InvalidArgument
            }
            ServiceError::Changed { kind, id } => {
                details.set_resource_info(kind, id, "", &message);
                details.set_error_info(
                    "ETAG_MISMATCH",
                    env!("CARGO_PKG_NAME"),
                    [] as [(String, String); 0],
                );
                Code::Aborted
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

fn summary(violations: &[Violation]) -> String {
    let violations = violations
        .iter()
        .map(|it| format!("`{}` {}", it.field, it.description));
    violations.collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_error_has_its_code_and_details() {
        let kind = "example.v1.Thing";
        let cases = [
            (
                ServiceError::NotFound {
                    kind,
                    id: "a".to_owned(),
                },
                Code::NotFound,
            ),
            (
                ServiceError::AlreadyExists {
                    kind,
                    field: "name",
                    value: "a".to_owned(),
                },
                Code::AlreadyExists,
            ),
            (
                Violation::new("name", "must not be empty").into(),
                Code::InvalidArgument,
            ),
            (
                ServiceError::Changed {
                    kind,
                    id: "a".to_owned(),
                },
                Code::Aborted,
            ),
            (ServiceError::Overloaded, Code::ResourceExhausted),
        ];
        for (error, code) in cases {
            let status = Status::from(error);
            assert_eq!(status.code(), code);
            assert!(!status.details().is_empty(), "{code:?} has no details");
        }
    }

    #[test]
    fn callers_do_not_learn_internals() {
        let status = Status::from(ServiceError::internal(
            "the password of the database is `secret`",
        ));
        assert_eq!(status.code(), Code::Internal);
        assert_eq!(status.message(), "internal error");
        assert!(status.details().is_empty());
    }
}
