//! What type parameters stand for.
//!
//! Each call of a generic function has parameters of its own, which are found out by comparing types: unification, with
//! attempts that can be taken back.

use std::sync::Arc;

use super::types::Type;

/// What is known of the type parameters of one expression.
#[derive(Default)]
pub(super) struct Bindings {
    known: Vec<Option<Type>>,
    /// What was known before, so that a failed attempt can be taken back.
    undo: Vec<(usize, Option<Type>)>,
}

/// A state of [`Bindings`] to go back to.
pub(super) struct Mark(usize);

impl Bindings {
    /// A type that nothing is known of.
    pub(super) fn fresh(&mut self) -> Type {
        self.known.push(None);
        Type::Parameter(self.known.len() - 1)
    }

    /// Room for the parameters of a declaration: the number of the first.
    pub(super) fn declare(&mut self, parameters: usize) -> usize {
        let first = self.known.len();
        self.known.resize(first + parameters, None);
        first
    }

    /// The state at hand.
    pub(super) fn mark(&self) -> Mark {
        Mark(self.undo.len())
    }

    /// Whether a value of type `from` may stand where `to` is wanted. What this says of type parameters is kept if so.
    pub(super) fn assignable(&mut self, from: &Type, to: &Type) -> bool {
        let mark = self.mark();
        let fits = self.unify(from, to);
        if !fits {
            self.take_back(mark);
        }
        fits
    }

    fn unify(&mut self, from: &Type, to: &Type) -> bool {
        match (from, to) {
            (Type::Parameter(a), Type::Parameter(b)) if a == b => true,
            (other, Type::Parameter(index)) | (Type::Parameter(index), other) => {
                self.bind(*index, other)
            }
            (from, to) if from.is_dyn_or_error() || to.is_dyn_or_error() => true,
            (Type::Null, other) | (other, Type::Null) => matches!(
                other,
                Type::Null | Type::Wrapper(_) | Type::Message(_) | Type::Duration | Type::Timestamp
            ),
            (Type::Wrapper(a), Type::Wrapper(b)) => a == b,
            (Type::Wrapper(wrapped), other) | (other, Type::Wrapper(wrapped)) => {
                **wrapped == *other
            }
            (Type::List(a), Type::List(b)) => self.unify(a, b),
            (Type::Map(a, b), Type::Map(c, d)) => self.unify(a, c) && self.unify(b, d),
            (Type::Kind(_), Type::Kind(_)) => true,
            (from, to) => from == to,
        }
    }

    fn bind(&mut self, index: usize, other: &Type) -> bool {
        if let Some(bound) = self.known[index].clone() {
            if !self.unify(other, &bound) {
                return false;
            }
            let general = more_general(other.clone(), bound);
            if !self.occurs(index, &general) {
                self.set(index, general);
            }
            return true;
        }
        if self.occurs(index, other) {
            return false;
        }
        self.set(index, other.clone());
        true
    }

    fn set(&mut self, index: usize, bound: Type) {
        let before = self.known[index].replace(bound);
        self.undo.push((index, before));
    }

    /// Forgets what was found since.
    pub(super) fn take_back(&mut self, mark: Mark) {
        for (index, before) in self.undo.drain(mark.0..).rev() {
            self.known[index] = before;
        }
    }

    /// Whether a type parameter is a part of a type; it cannot stand for that.
    fn occurs(&self, index: usize, within: &Type) -> bool {
        match within {
            Type::Parameter(other) if *other == index => true,
            Type::Parameter(other) => self.known[*other]
                .as_ref()
                .is_some_and(|bound| self.occurs(index, bound)),
            Type::List(element) => self.occurs(index, element),
            Type::Map(key, value) => self.occurs(index, key) || self.occurs(index, value),
            Type::Kind(of) => self.occurs(index, of),
            _ => false,
        }
    }

    /// The type with all type parameters replaced that are known.
    pub(super) fn resolved(&self, found: &Type) -> Type {
        match found {
            Type::Parameter(index) => match &self.known[*index] {
                Some(bound) => self.resolved(bound),
                None => found.clone(),
            },
            Type::List(element) => Type::list(self.resolved(element)),
            Type::Map(key, value) => Type::map(self.resolved(key), self.resolved(value)),
            Type::Kind(of) => Type::Kind(Arc::new(self.resolved(of))),
            _ => found.clone(),
        }
    }
}

/// A declaration's type with its parameters numbered from `first`.
pub(super) fn instantiated(declared: &Type, first: usize) -> Type {
    match declared {
        Type::Parameter(index) => Type::Parameter(first + index),
        Type::List(element) => Type::list(instantiated(element, first)),
        Type::Map(key, value) => Type::map(instantiated(key, first), instantiated(value, first)),
        Type::Kind(of) => Type::Kind(Arc::new(instantiated(of, first))),
        other => other.clone(),
    }
}

/// Of two types of which one fits where the other does, that which fits more.
pub(super) fn more_general(one: Type, other: Type) -> Type {
    match (one, other) {
        (dynamic @ (Type::Dyn | Type::Error | Type::Any), _) => dynamic,
        (_, dynamic @ (Type::Dyn | Type::Error | Type::Any)) => dynamic,
        (Type::Parameter(_), other) => other,
        (wrapper @ Type::Wrapper(_), _) | (_, wrapper @ Type::Wrapper(_)) => wrapper,
        (Type::Null, other) => other,
        (Type::List(a), Type::List(b)) => {
            Type::list(more_general(Type::clone(&a), Type::clone(&b)))
        }
        (one, _) => one,
    }
}
