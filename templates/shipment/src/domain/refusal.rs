//! Why a request is refused: by the rules of the domain, not for lack of anything.

use crate::domain::ids::{EventId, ShipmentId};
use crate::domain::status;
use crate::pb::logistics::shipment::v1::ShipmentStatus;

/// One field that does not keep to its rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Violation {
    /// Path of the field in the request, as in the contract.
    pub field: String,
    /// The rule, as a sentence about the field.
    pub rule: String,
}

/// Why a request is refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// Fields of the request break their rules.
    #[error("{}", describe(.0))]
    Invalid(Vec<Violation>),
    /// The tenant has no such shipment.
    #[error(
        "shipment `{0}` does not exist; the first event of a shipment is `CREATED`, through `BulkIngest`"
    )]
    UnknownShipment(ShipmentId),
    /// The shipment cannot go from its status to the one asked for.
    #[error("shipment `{shipment}` is {} and cannot become {}; {}", from.as_str_name(), to.as_str_name(), allowed(*from))]
    Transition {
        shipment: ShipmentId,
        from: ShipmentStatus,
        to: ShipmentStatus,
    },
    /// The event identifier was used for another shipment.
    #[error("event `{0}` belongs to another shipment; an identifier names one event of the tenant")]
    EventTaken(EventId),
}

fn describe(violations: &[Violation]) -> String {
    let list: Vec<_> = violations
        .iter()
        .map(|v| format!("`{}` {}", v.field, v.rule))
        .collect();
    list.join("; ")
}

fn allowed(from: ShipmentStatus) -> String {
    let names: Vec<_> = status::next(from)
        .iter()
        .map(ShipmentStatus::as_str_name)
        .collect();
    match names.as_slice() {
        [] => "nothing follows that status".to_owned(),
        names => format!("allowed: {}", names.join(", ")),
    }
}
