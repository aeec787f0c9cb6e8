//! Waivers against findings: which pass, which come back, and which waivers are of no use any more.

use std::collections::HashMap;

use crate::config::Waiver;
use crate::diagnostic::{Code, Diagnostic, Fingerprint, Severity};
use crate::text::Day;

/// The code of a waiver that no finding needs.
pub const UNUSED_WAIVER: Code = Code("UNUSED_WAIVER");

/// A finding that a waiver lets pass.
#[derive(Debug, Clone)]
pub struct Waived {
    /// What was found.
    pub diagnostic: Diagnostic,
    /// What lets it pass.
    pub waiver: Waiver,
}

/// The waivers of a run. Each covers one finding.
#[derive(Debug)]
pub struct WaiverBook {
    entries: Vec<Entry>,
    by_fingerprint: HashMap<Fingerprint, Vec<usize>>,
    today: Day,
}

#[derive(Debug)]
struct Entry {
    waiver: Waiver,
    /// The finding that it covers or would have covered, as `path: message`: with several baselines the same finding
    /// comes more than once.
    finding: Option<String>,
}

impl WaiverBook {
    /// Waivers, on a day.
    pub fn new(waivers: Vec<Waiver>, today: Day) -> Self {
        let mut by_fingerprint: HashMap<Fingerprint, Vec<usize>> = HashMap::new();
        for (at, waiver) in waivers.iter().enumerate() {
            by_fingerprint
                .entry(waiver.fingerprint)
                .or_default()
                .push(at);
        }
        let entries = waivers.into_iter();
        Self {
            entries: entries
                .map(|waiver| Entry {
                    waiver,
                    finding: None,
                })
                .collect(),
            by_fingerprint,
            today,
        }
    }

    /// The waiver that lets a finding pass. Where there is one that has expired, the finding is told so.
    pub fn covers(&mut self, finding: &mut Diagnostic) -> Option<&Waiver> {
        let fingerprint = finding.fingerprint?;
        let positions = self.by_fingerprint.get(&fingerprint)?;
        let path = finding
            .location
            .as_ref()
            .map_or("", |place| place.source.path());
        let identity = format!("{path}: {}", finding.message);
        let is_free = |&&at: &&usize| {
            self.entries.get(at).is_some_and(|entry| {
                entry.waiver.rule == finding.code.0
                    && entry
                        .finding
                        .as_ref()
                        .is_none_or(|taken| *taken == identity)
            })
        };
        let at = *positions.iter().find(is_free)?;
        let entry = self.entries.get_mut(at)?;
        entry.finding = Some(identity);
        if !entry.waiver.is_expired(self.today) {
            return Some(&entry.waiver);
        }
        tell_expired(&entry.waiver, finding);
        None
    }

    /// The positions of the waivers that cover nothing, of those that could have: `ran` tells by rule and symbol.
    pub fn unused(&self, ran: impl Fn(&Waiver) -> bool) -> Vec<usize> {
        let entries = self.entries.iter().enumerate();
        entries
            .filter(|(_, entry)| entry.finding.is_none() && ran(&entry.waiver))
            .map(|(at, _)| at)
            .collect()
    }

    /// A warning for each of the waivers at these positions.
    pub fn tell_unused(&self, positions: &[usize]) -> Vec<Diagnostic> {
        let entries = positions.iter().filter_map(|&at| self.entries.get(at));
        entries.map(|entry| unused(&entry.waiver)).collect()
    }

    /// The waiver of a finding, expired or not.
    pub fn find(&self, fingerprint: Fingerprint) -> Option<&Waiver> {
        let at = self.by_fingerprint.get(&fingerprint)?.first()?;
        self.entries.get(*at).map(|entry| &entry.waiver)
    }
}

/// Says in the finding itself whom to ask, so that it is read in every format.
fn tell_expired(waiver: &Waiver, finding: &mut Diagnostic) {
    let Some(last) = waiver.expires else { return };
    let owner = &waiver.owner;
    finding.message = format!(
        "{}; its waiver expired on {last}, ask `{owner}`",
        finding.message
    );
    finding.labels.push(crate::diagnostic::Label {
        location: waiver.place.clone(),
        message: format!("waived until {last}: {}", waiver.reason).into(),
    });
    let renew = finding.fingerprint.map_or_else(String::new, |fingerprint| {
        format!("mend it, or renew the waiver: `protogov waive {fingerprint} --expires DAY`")
    });
    finding.help = Some(match finding.help.take() {
        Some(help) => format!("{help}; {renew}"),
        None => renew,
    });
}

fn unused(waiver: &Waiver) -> Diagnostic {
    let about = waiver.symbol.as_deref().unwrap_or(&waiver.rule);
    let message = format!(
        "the waiver `{}` of `{}` for `{about}` covers no finding",
        waiver.fingerprint, waiver.rule
    );
    Diagnostic::error(
        UNUSED_WAIVER,
        &waiver.place.source,
        waiver.place.span,
        message,
    )
    .with_severity(Severity::Warning)
    .with_reason("the change is in the baseline by now, was taken back, or is another one")
    .with_help("run `protogov waive --prune` to take out all waivers that cover nothing")
}
