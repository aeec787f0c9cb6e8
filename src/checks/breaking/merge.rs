//! One change is one finding, however many rules see it.

use std::collections::BTreeMap;

use super::compare::{Aspect, BreakingFinding};
use super::proof::Proof;
use crate::checks::RuleKind;
use crate::checks::buf_rule;
use crate::diagnostic::Severity;

/// Puts the findings of several rules on one symbol and aspect together, each with what it weighs. What one rule says of
/// a symbol several times stays apart: a message has several reserved ranges.
///
/// The finding that stays is the one that weighs most; of equal ones that of a rule of ours, which is made for the very
/// change. It carries the codes of all, the worst verdict, and the first proof on each surface.
pub fn merged(findings: Vec<(BreakingFinding, Severity)>) -> Vec<(BreakingFinding, Severity)> {
    let mut changes: BTreeMap<Key, Vec<(BreakingFinding, Severity)>> = BTreeMap::new();
    let mut counts: BTreeMap<(String, Aspect, &'static str), usize> = BTreeMap::new();
    for (finding, severity) in findings {
        let (symbol, aspect) = (finding.symbol.clone(), finding.aspect);
        let code = finding.diagnostic.code.0;
        let count = counts.entry((symbol.clone(), aspect, code)).or_default();
        let change = changes.entry((symbol, aspect, *count)).or_default();
        *count += 1;
        change.push((finding, severity));
    }
    changes.into_values().filter_map(one).collect()
}

/// A symbol, an aspect of it, and the position among what one rule says of them.
type Key = (String, Aspect, usize);

fn one(mut findings: Vec<(BreakingFinding, Severity)>) -> Option<(BreakingFinding, Severity)> {
    findings.sort_by_key(|(finding, severity)| {
        let code = finding.diagnostic.code;
        let is_bufs = buf_rule(RuleKind::Breaking, code.0).is_some();
        (std::cmp::Reverse(*severity), is_bufs, code)
    });
    let mut findings = findings.into_iter();
    let (mut first, severity) = findings.next()?;
    for (other, _) in findings {
        first.diagnostic.also.push(other.diagnostic.code);
        first.verdict = match (first.verdict, other.verdict) {
            (Some(one), Some(other)) => Some(one.worst(other)),
            (one, other) => one.or(other),
        };
        for proof in other.proofs {
            let same = |known: &&mut Proof| known.surface == proof.surface;
            match first.proofs.iter_mut().find(same) {
                Some(known) if known.witness.is_err() => *known = proof,
                Some(_) => {}
                None => first.proofs.push(proof),
            }
        }
        first.proofs.sort_by_key(|proof| proof.surface);
    }
    Some((first, severity))
}
