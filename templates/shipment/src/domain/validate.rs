//! The rules of every field. A request is checked whole, so that its sender learns of all mistakes at once.

use std::collections::BTreeSet;

use prost::Message;

use crate::domain::countries::is_country_code;
use crate::domain::event::Ends;
use crate::domain::ids::{self, EventId, ShipmentId, TenantId, VehicleId};
use crate::domain::{Event, Instant, NewEvent, Refusal, ShipmentKey, Violation};
use crate::pb::logistics::{
    shipment::v1::{
        CustomsStatus, Location, ShipmentEvent, ShipmentStatus, UpdateStatusRequest,
        shipment_event::Detail,
    },
    tracking::v1::VehiclePosition,
};

/// The longest text in a field that people write, in characters.
const MAX_TEXT: usize = 1_000;

/// How far ahead of ours the clock of a reporter may be.
const MAX_CLOCK_SKEW_MICROS: i64 = 5 * 60 * 1_000_000;

/// Reads the identifier of a shipment.
///
/// # Errors
/// When it breaks the rule of identifiers.
pub fn shipment_id(text: &str) -> Result<ShipmentId, Refusal> {
    let mut check = Check::default();
    let id = check.identifier("shipment_id", ShipmentId::parse(text));
    check.finish(id)
}

/// Reads the identifiers of the shipments to follow, each once.
///
/// # Errors
/// When one breaks the rule of identifiers, or when there are more than `limit`.
pub fn shipment_ids(texts: &[String], limit: usize) -> Result<Vec<ShipmentId>, Refusal> {
    let mut check = Check::default();
    if texts.len() > limit {
        check.breaks(
            "shipment_ids",
            format!("must name at most {limit} shipments; follow the tenant, or open more streams"),
        );
        return check.finish(None);
    }
    let mut ids = BTreeSet::new();
    for (index, text) in texts.iter().enumerate() {
        if let Some(id) =
            check.identifier(&format!("shipment_ids[{index}]"), ShipmentId::parse(text))
        {
            ids.insert(id);
        }
    }
    check.finish(Some(ids.into_iter().collect()))
}

/// Reads a moment.
///
/// # Errors
/// When it lies outside the years 1 to 9999.
pub fn moment(field: &str, timestamp: &prost_types::Timestamp) -> Result<Instant, Refusal> {
    let mut check = Check::default();
    let moment = check.moment(field, timestamp);
    check.finish(moment)
}

/// Makes an event of a status update that was reported now.
///
/// # Errors
/// With every field that breaks its rule.
pub fn update(tenant: &TenantId, request: UpdateStatusRequest) -> Result<NewEvent, Refusal> {
    let reported = ShipmentEvent {
        event_id: request.event_id,
        shipment_id: request.shipment_id,
        status: request.status,
        location: request.location,
        timestamp: Some(Instant::now().to_timestamp()),
        notes: request.notes,
        ..ShipmentEvent::default()
    };
    let generated = reported.event_id.is_empty().then(EventId::generate);
    event_with_id(tenant, reported, generated)
}

/// Takes an event as it was reported.
///
/// # Errors
/// With every field that breaks its rule.
pub fn event(tenant: &TenantId, reported: ShipmentEvent) -> Result<NewEvent, Refusal> {
    event_with_id(tenant, reported, None)
}

fn event_with_id(
    tenant: &TenantId,
    mut reported: ShipmentEvent,
    generated: Option<EventId>,
) -> Result<NewEvent, Refusal> {
    let mut check = Check::default();
    let repeatable = generated.is_none();
    let event_id =
        generated.or_else(|| check.identifier("event_id", EventId::parse(&reported.event_id)));
    let shipment = check.identifier("shipment_id", ShipmentId::parse(&reported.shipment_id));
    let status = check.status(reported.status);
    check.location("location", reported.location.as_ref());
    check.location("destination", reported.destination.as_ref());
    if status != Some(ShipmentStatus::Created) && reported.destination.is_some() {
        check.breaks("destination", "may be set with `CREATED` only");
    }
    check.text("notes", &reported.notes);
    match &reported.timestamp {
        None => check.breaks("timestamp", "must be set"),
        Some(timestamp) => {
            let latest = Instant(Instant::now().0.saturating_add(MAX_CLOCK_SKEW_MICROS));
            if check
                .moment("timestamp", timestamp)
                .is_some_and(|moment| moment > latest)
            {
                check.breaks(
                    "timestamp",
                    "must not be more than five minutes ahead of the clock of the service",
                );
            }
        }
    }
    check.detail(reported.detail.as_ref());
    reported.sequence = 0;
    let parts = event_id.zip(shipment).zip(status);
    check.finish(parts.map(|((event_id, shipment), status)| {
        if !repeatable {
            event_id.as_str().clone_into(&mut reported.event_id);
        }
        let key = ShipmentKey {
            tenant: tenant.clone(),
            shipment,
        };
        let room = reported.encoded_len() + Event::SEQUENCE_BYTES;
        let mut encoded = Vec::with_capacity(room);
        // A vector grows, so there is room in any case.
        let _ = reported.encode(&mut encoded);
        let place = |place: &Location| place.encode_to_vec().into();
        let ends = (status == ShipmentStatus::Created).then(|| Ends {
            origin: reported.location.as_ref().map(place),
            destination: reported.destination.as_ref().map(place),
        });
        NewEvent {
            key,
            event_id,
            repeatable,
            status,
            ends,
            encoded,
        }
    }))
}

/// Reads the position of a vehicle.
///
/// # Errors
/// With every field that breaks its rule.
pub fn position(position: &VehiclePosition) -> Result<(VehicleId, Location), Refusal> {
    let mut check = Check::default();
    let vehicle = check.identifier("vehicle_id", VehicleId::parse(&position.vehicle_id));
    check.location("location", position.location.as_ref());
    check.location("destination", position.destination.as_ref());
    if position.location.is_none() {
        check.breaks("location", "must be set");
    }
    check.finish(vehicle.zip(position.location.clone()))
}

/// Checks the two ends of a route.
///
/// # Errors
/// When one is missing or is no place.
pub fn ends(
    origin: Option<Location>,
    destination: Option<Location>,
) -> Result<(Location, Location), Refusal> {
    let mut check = Check::default();
    for (field, end) in [("origin", &origin), ("destination", &destination)] {
        check.location(field, end.as_ref());
        if end.is_none() {
            check.breaks(field, "must be set");
        }
    }
    check.finish(origin.zip(destination))
}

/// Collects what is wrong with one request.
#[derive(Default)]
struct Check {
    violations: Vec<Violation>,
}

impl Check {
    fn breaks(&mut self, field: &str, rule: impl Into<String>) {
        self.violations.push(Violation {
            field: field.to_owned(),
            rule: rule.into(),
        });
    }

    /// Ends the check. `value` is `None` only where a violation was noted.
    fn finish<T>(self, value: Option<T>) -> Result<T, Refusal> {
        match value {
            Some(value) if self.violations.is_empty() => Ok(value),
            _ => Err(Refusal::Invalid(self.violations)),
        }
    }

    fn identifier<T>(&mut self, field: &str, parsed: Option<T>) -> Option<T> {
        if parsed.is_none() {
            self.breaks(field, ids::RULE);
        }
        parsed
    }

    fn status(&mut self, number: i32) -> Option<ShipmentStatus> {
        let status = ShipmentStatus::try_from(number)
            .ok()
            .filter(|status| *status != ShipmentStatus::Unspecified);
        if status.is_none() {
            self.breaks(
                "status",
                "must be a status of the contract other than `SHIPMENT_STATUS_UNSPECIFIED`",
            );
        }
        status
    }

    fn location(&mut self, field: &str, location: Option<&Location>) {
        let Some(location) = location else { return };
        // A comparison with NaN is false, so NaN is refused here too.
        for (name, value, limit) in [
            ("latitude", location.latitude, 90.0),
            ("longitude", location.longitude, 180.0),
        ] {
            if !(-limit..=limit).contains(&value) {
                self.breaks(
                    &format!("{field}.{name}"),
                    format!("must be from -{limit} to {limit} degrees"),
                );
            }
        }
        for (name, text) in [("address", &location.address), ("city", &location.city)] {
            if text.len() > MAX_TEXT {
                self.text(&format!("{field}.{name}"), text);
            }
        }
        if !location.country_code.is_empty() && !is_country_code(&location.country_code) {
            self.breaks(
                &format!("{field}.country_code"),
                "must be two capital letters of ISO 3166-1, such as `DE`",
            );
        }
    }

    fn text(&mut self, field: &str, text: &str) {
        if text.len() > MAX_TEXT && text.chars().count() > MAX_TEXT {
            self.breaks(field, format!("must be at most {MAX_TEXT} characters"));
        }
    }

    fn moment(&mut self, field: &str, timestamp: &prost_types::Timestamp) -> Option<Instant> {
        let moment = Instant::from_timestamp(timestamp);
        if moment.is_none() {
            self.breaks(
                field,
                "must lie in the years 1 to 9999, with 0 to 999,999,999 nanoseconds",
            );
        }
        moment
    }

    fn detail(&mut self, detail: Option<&Detail>) {
        match detail {
            None => {}
            Some(Detail::Delay(delay)) => {
                self.text("delay.reason", &delay.reason);
                if delay.estimated_delay_minutes < 0 {
                    self.breaks("delay.estimated_delay_minutes", "must not be negative");
                }
            }
            Some(Detail::Customs(customs)) => {
                self.text("customs.declaration_id", &customs.declaration_id);
                let status = CustomsStatus::try_from(customs.customs_status);
                if matches!(status, Err(_) | Ok(CustomsStatus::Unspecified)) {
                    self.breaks(
                        "customs.customs_status",
                        "must be a status of the contract other than `CUSTOMS_STATUS_UNSPECIFIED`",
                    );
                }
            }
            Some(Detail::DeliveryAttempt(attempt)) => {
                self.text("delivery_attempt.failure_reason", &attempt.failure_reason);
                if attempt.attempt_number < 1 {
                    self.breaks("delivery_attempt.attempt_number", "must be 1 or more");
                }
            }
        }
    }
}
