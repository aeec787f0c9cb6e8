//! The text format inside of an option's `{…}` value.
