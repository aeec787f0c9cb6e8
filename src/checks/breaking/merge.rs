//! One change is one finding, however many rules see it.

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::sync::Arc;

use rustc_hash::FxHashSet;

use super::compare::{Aspect, BreakingFinding};
use super::proof::Proof;
use crate::checks::RuleKind;
use crate::checks::buf_rule;
use crate::diagnostic::{Label, Severity};

/// Puts the findings of several rules on one symbol and aspect together, each with what it weighs. What one rule says of
/// a symbol several times stays apart: a message has several reserved ranges. The same sentence of several places is one.
///
/// The finding that stays is the one that weighs most; of equal ones one that judges the change, and of those that of a rule
/// of ours, which is made for the very change. It carries the codes of all, the worst verdict, what they have to say of other
/// places, and the first proof on each surface.
pub fn merged(findings: Vec<(BreakingFinding, Severity)>) -> Vec<(BreakingFinding, Severity)> {
    let mut changes: BTreeMap<Key, Vec<(BreakingFinding, Severity)>> = BTreeMap::new();
    let mut counts: BTreeMap<(String, Aspect, &'static str), usize> = BTreeMap::new();
    let mut said = FxHashSet::default();
    for (finding, severity) in findings {
        let sentence = (finding.symbol.clone(), finding.diagnostic.message.clone());
        if !said.insert((finding.diagnostic.code, sentence)) {
            continue;
        }
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
        let is_judged = finding.verdict.is_some();
        (Reverse(*severity), Reverse(is_judged), is_bufs, code)
    });
    let mut findings = findings.into_iter();
    let (mut first, severity) = findings.next()?;
    for (mut other, _) in findings {
        first.diagnostic.also.push(other.diagnostic.code);
        first.verdict = match (first.verdict, other.verdict) {
            (Some(one), Some(other)) => Some(one.worst(other)),
            (one, other) => one.or(other),
        };
        for label in std::mem::take(&mut other.diagnostic.labels) {
            add_label(&mut first.diagnostic.labels, label);
        }
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

/// Adds what is said of a place; of what is said of the same place, what says more stays.
fn add_label(labels: &mut Vec<Label>, label: Label) {
    let same = |known: &&mut Label| {
        Arc::ptr_eq(&known.location.source, &label.location.source)
            && known.location.span == label.location.span
    };
    match labels.iter_mut().find(same) {
        Some(known) if known.message.len() < label.message.len() => *known = label,
        Some(_) => {}
        None => labels.push(label),
    }
}
