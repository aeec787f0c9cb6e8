//! Identifiers. A value of one of these types has been checked once, at the door. Short ones need no memory of their own.

use std::fmt;

use smol_str::SmolStr;

/// The longest identifier, in bytes.
pub const MAX_LENGTH: usize = 64;

/// The rule of all identifiers. They are safe as a token of a NATS subject and in a URL path.
pub const RULE: &str = "must be 1 to 64 characters of `A-Z`, `a-z`, `0-9`, `-`, `_` and `:`";

macro_rules! identifier {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub struct $name(SmolStr);

        impl $name {
            /// Takes `text` if it keeps to [`RULE`].
            #[must_use]
            pub fn parse(text: &str) -> Option<Self> {
                is_identifier(text).then(|| Self(SmolStr::new(text)))
            }

            /// The identifier as it was given.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

identifier! {
    /// Who a shipment belongs to. Comes from the token of the caller.
    TenantId
}
identifier! {
    /// Names a shipment among those of its tenant.
    ShipmentId
}
identifier! {
    /// Names an event among those of its tenant.
    EventId
}
identifier! {
    /// Names a vehicle within one `TrackVehicles` stream.
    VehicleId
}

impl EventId {
    /// A new identifier that sorts after the ones made before it.
    #[must_use]
    pub fn generate() -> Self {
        let mut text = uuid::Uuid::encode_buffer();
        Self(SmolStr::new(
            uuid::Uuid::now_v7().as_hyphenated().encode_lower(&mut text),
        ))
    }
}

/// Names a shipment among those of all tenants.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ShipmentKey {
    pub tenant: TenantId,
    pub shipment: ShipmentId,
}

fn is_identifier(text: &str) -> bool {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b':');
    !text.is_empty() && text.len() <= MAX_LENGTH && text.bytes().all(allowed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn identifiers_are_checked() {
        for good in ["SHP-2025-00482931", "a", &"x".repeat(MAX_LENGTH)] {
            assert!(ShipmentId::parse(good).is_some(), "{good}");
        }
        for bad in [
            "",
            " ",
            "a b",
            "a/b",
            "a.b",
            "a*",
            "ä",
            "a\0",
            &"x".repeat(MAX_LENGTH + 1),
        ] {
            assert!(ShipmentId::parse(bad).is_none(), "{bad:?}");
        }
    }
}
