//! What of a thing a change is about.

/// Which side of a thing a rule is about. Findings of several rules on one thing and one aspect are one change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Aspect {
    /// Whether it is there at all.
    Existence,
    /// What it is called, in source or in JSON.
    Name,
    /// Its type, or how it is written.
    Type,
    /// How often it occurs, and whether it knows of its absence.
    Cardinality,
    /// Which oneof it is in.
    Oneof,
    /// Its default value.
    Default,
    /// An option that is read by generators.
    Option,
    /// What is reserved.
    Reserved,
    /// Which numbers are open to extensions.
    ExtensionRange,
    /// Its number.
    Number,
    /// Its request.
    Request,
    /// Its response.
    Response,
    /// The package it is in.
    Package,
    /// The syntax or edition.
    Syntax,
    /// Which of several names of a number is written.
    Order,
    /// The HTTP paths it is reached by.
    Http,
    /// What a long-running operation gives.
    Operation,
    /// What callers have to set, or are let set.
    Behavior,
    /// A custom option.
    CustomOption,
}
