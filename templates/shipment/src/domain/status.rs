//! The way of a shipment: which status may follow which.

use crate::pb::logistics::shipment::v1::ShipmentStatus::{
    self, Created, Delivered, FailedDelivery, InTransit, OutForDelivery, PickedUp, Returned,
};

/// The statuses that may follow `from`. A status that may follow itself is a new scan, a delay or a
/// word from customs on the same leg.
#[must_use]
pub const fn next(from: ShipmentStatus) -> &'static [ShipmentStatus] {
    match from {
        ShipmentStatus::Unspecified => &[Created],
        Created => &[PickedUp, InTransit],
        PickedUp => &[PickedUp, InTransit, OutForDelivery, Returned],
        InTransit => &[InTransit, OutForDelivery, Returned],
        OutForDelivery => &[OutForDelivery, InTransit, Delivered, FailedDelivery],
        FailedDelivery => &[FailedDelivery, InTransit, OutForDelivery, Returned],
        Delivered => &[Returned],
        Returned => &[],
    }
}

/// Whether a shipment that is `from` may become `to`.
#[must_use]
pub fn may_follow(from: ShipmentStatus, to: ShipmentStatus) -> bool {
    next(from).contains(&to)
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALL: [ShipmentStatus; 8] = [
        ShipmentStatus::Unspecified,
        Created,
        PickedUp,
        InTransit,
        OutForDelivery,
        Delivered,
        FailedDelivery,
        Returned,
    ];

    #[test]
    fn the_way_ends_and_never_starts_again() {
        for from in ALL {
            assert!(!may_follow(from, ShipmentStatus::Unspecified), "{from:?}");
            assert!(
                from == ShipmentStatus::Unspecified || !may_follow(from, Created),
                "{from:?}"
            );
        }
        assert!(next(Returned).is_empty());
        assert_eq!(next(Delivered), [Returned]);
    }

    #[test]
    fn every_status_can_be_reached() {
        for to in ALL.into_iter().skip(1) {
            assert!(
                ALL.iter().any(|from| *from != to && may_follow(*from, to)),
                "{to:?}"
            );
        }
    }
}
