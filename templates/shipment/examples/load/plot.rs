//! The latencies as a picture: how many calls kept to how much time.

use std::fmt::Write;

use crate::report::Report;

const WIDTH: f64 = 720.0;
const HEIGHT: f64 = 360.0;
const MARGIN: f64 = 56.0;

/// Percentiles along the bottom, each step to the right a tenth of the calls that are left, and
/// milliseconds upwards, each step tenfold.
pub fn svg(report: &Report) -> String {
    const STEPS: f64 = 4.0;
    let at = |share: f64| {
        report
            .percentile((1.0 - share) * 100.0)
            .map(|time| time.as_secs_f64() * 1e3)
    };
    let (low, high) = (at(1.0).unwrap_or(0.01).max(0.001), at(0.0).unwrap_or(1.0));
    let (low, high) = (low.log10().floor(), high.log10().ceil());
    let x = |step: f64| MARGIN + step / STEPS * (WIDTH - 2.0 * MARGIN);
    let y = |milliseconds: f64| {
        let share = (milliseconds.max(0.001).log10() - low) / (high - low).max(1.0);
        HEIGHT - MARGIN - share * (HEIGHT - 2.0 * MARGIN)
    };
    let mut lines = String::new();
    // Writing to a string cannot fail.
    for power in low as i32..=high as i32 {
        let (milliseconds, y) = (10_f64.powi(power), y(10_f64.powi(power)));
        let _ = writeln!(
            lines,
            r##"<path d="M{MARGIN} {y:.1}H{}" stroke="#ddd"/>"##,
            WIDTH - MARGIN
        );
        let _ = writeln!(
            lines,
            r#"<text x="{}" y="{:.1}" text-anchor="end">{milliseconds} ms</text>"#,
            MARGIN - 6.0,
            y + 4.0
        );
    }
    for (step, name) in (0..).zip(["0 %", "90 %", "99 %", "99.9 %", "99.99 %"]) {
        let x = x(f64::from(step));
        let _ = writeln!(
            lines,
            r##"<path d="M{x:.1} {MARGIN}V{}" stroke="#ddd"/>"##,
            HEIGHT - MARGIN
        );
        let _ = writeln!(
            lines,
            r#"<text x="{x:.1}" y="{}" text-anchor="middle">{name}</text>"#,
            HEIGHT - MARGIN + 20.0
        );
    }
    let points = (0..=200).filter_map(|point| {
        let step = f64::from(point) / 200.0 * STEPS;
        Some(format!("{:.1},{:.1}", x(step), y(at(10_f64.powf(-step))?)))
    });
    let points = points.collect::<Vec<_>>().join(" ");
    format!(
        r##"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" font-family="sans-serif" font-size="12">
<rect width="100%" height="100%" fill="white"/>
<text x="{MARGIN}" y="30" font-size="15">{}</text>
{lines}<polyline points="{points}" fill="none" stroke="#2f7ac2" stroke-width="2"/>
</svg>
"##,
        report.title
    )
}
