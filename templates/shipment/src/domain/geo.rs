//! Distances on the ground.

use crate::pb::logistics::shipment::v1::Location;

/// Mean radius of the earth, in metres (IUGG).
const EARTH_RADIUS: f64 = 6_371_008.8;

/// Metres between two places along the great circle.
#[must_use]
pub fn distance(a: &Location, b: &Location) -> f64 {
    let (lat_a, lat_b) = (a.latitude.to_radians(), b.latitude.to_radians());
    let half_lat = (lat_b - lat_a) / 2.0;
    let half_lon = (b.longitude - a.longitude).to_radians() / 2.0;
    let h = half_lat.sin().powi(2) + lat_a.cos() * lat_b.cos() * half_lon.sin().powi(2);
    2.0 * EARTH_RADIUS * h.sqrt().min(1.0).asin()
}

/// Metres from `place` to the nearest point of the line through `waypoints`. `None` without waypoints.
///
/// Each leg is treated as straight on a plane around `place`: exact to a metre near the line, where
/// it matters, for legs of up to some hundred kilometres.
#[must_use]
pub fn distance_to_line(place: &Location, waypoints: &[Location]) -> Option<f64> {
    let at = |waypoint: &Location| on_plane(place, waypoint);
    let legs = waypoints
        .windows(2)
        .map(|leg| origin_to_segment(at(&leg[0]), at(&leg[1])));
    legs.min_by(f64::total_cmp)
        .or_else(|| waypoints.first().map(|only| distance(place, only)))
}

/// Metres east and north of `origin`.
fn on_plane(origin: &Location, place: &Location) -> (f64, f64) {
    let east = (place.longitude - origin.longitude + 540.0).rem_euclid(360.0) - 180.0;
    let north = place.latitude - origin.latitude;
    (
        east.to_radians() * origin.latitude.to_radians().cos() * EARTH_RADIUS,
        north.to_radians() * EARTH_RADIUS,
    )
}

fn origin_to_segment((ax, ay): (f64, f64), (bx, by): (f64, f64)) -> f64 {
    let (dx, dy) = (bx - ax, by - ay);
    let length_squared = dx * dx + dy * dy;
    let along = if length_squared == 0.0 {
        0.0
    } else {
        -(ax * dx + ay * dy) / length_squared
    };
    let along = along.clamp(0.0, 1.0);
    (ax + along * dx).hypot(ay + along * dy)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place(latitude: f64, longitude: f64) -> Location {
        Location {
            latitude,
            longitude,
            ..Location::default()
        }
    }

    #[test]
    fn a_degree_of_latitude_is_111_kilometres() {
        assert!((distance(&place(0.0, 0.0), &place(1.0, 0.0)) - 111_195.0).abs() < 1.0);
    }

    #[test]
    fn the_nearest_leg_counts() {
        let line = [place(52.0, 13.0), place(52.0, 14.0), place(53.0, 14.0)];
        let off = |p| distance_to_line(&p, &line).unwrap_or(f64::NAN);
        assert!(off(place(52.0, 13.5)) < 1.0);
        assert!(
            (off(place(51.995, 13.5)) - 556.0).abs() < 1.0,
            "five thousandths of a degree south"
        );
        assert!(
            (off(place(52.5, 14.01)) - 677.0).abs() < 1.0,
            "a hundredth of a degree east"
        );
        assert!(
            (off(place(51.0, 13.0)) - 111_195.0).abs() < 1.0,
            "beyond the first end"
        );
        assert_eq!(distance_to_line(&place(0.0, 0.0), &[]), None);
    }

    #[test]
    fn a_line_may_cross_the_date_line() {
        let line = [place(0.0, 179.9), place(0.0, -179.9)];
        assert!(distance_to_line(&place(0.0, 180.0), &line).is_some_and(|d| d < 1.0));
    }
}
