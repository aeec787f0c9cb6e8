//! A verdict and its proofs, as reports tell them.

use super::proof::Proof;
use crate::compatibility::witness::{Direction, Surface, Survival, Witness};
use crate::compatibility::{Outcome, Verdict};
use crate::diagnostic::{Effect, Proven, Sent, SurfaceEffect};

pub(super) fn of(verdict: &Verdict, proofs: &[Proof]) -> Effect {
    let surface = |outcome: &Outcome| SurfaceEffect {
        outcome: outcome.word(),
        explanation: outcome.explanation().map(str::to_owned),
    };
    Effect {
        wire: surface(&verdict.wire),
        json: surface(&verdict.json),
        source: surface(&verdict.source),
        proofs: proofs.iter().map(proven).collect(),
    }
}

fn proven(proof: &Proof) -> Proven {
    let surface = match proof.surface {
        Surface::Wire => "wire",
        Surface::Json => "json",
    };
    match &proof.witness {
        Ok(witness) => Proven {
            surface,
            sentence: shown(witness),
            sent: Some(sent(witness)),
        },
        Err(reason) => Proven {
            surface,
            sentence: format!("no witness: {reason}"),
            sent: None,
        },
    }
}

fn sent(witness: &Witness) -> Sent {
    let (writer, reader) = match witness.direction {
        Direction::OldToNew => ("baseline", "today"),
        Direction::NewToOld => ("today", "baseline"),
    };
    Sent {
        writer,
        reader,
        written: witness.written.clone(),
        hex: witness.hex(),
        json: witness.json.clone(),
        read: witness.read.clone(),
        refused: match &witness.survival {
            Survival::Refused(reason) => Some(reason.clone()),
            _ => None,
        },
    }
}

/// A witness in one sentence.
fn shown(witness: &Witness) -> String {
    let (writer, reader) = match witness.direction {
        Direction::OldToNew => ("the baseline", "today's schema"),
        Direction::NewToOld => ("today's schema", "the baseline"),
    };
    let mut written = if witness.written.is_empty() {
        "an empty message".to_owned()
    } else {
        format!("`{}`", witness.written.join("`, `"))
    };
    if witness.is_partial {
        written.push_str(" (and what is required, which is left out here)");
    }
    let sent = match witness.surface {
        Surface::Json => format!("`{}`", witness.json),
        Surface::Wire if witness.bytes.is_empty() => "no bytes".to_owned(),
        Surface::Wire => format!("`{}`", witness.hex()),
    };
    let read = match &witness.survival {
        Survival::Refused(error) => format!("refuses it: {error}"),
        _ if witness.read.is_empty() => "reads an empty message".to_owned(),
        _ => format!("reads `{}`", witness.read.join("`, `")),
    };
    format!("{writer} writes {written} as {sent}, and {reader} {read}")
}
