//! Where resources are kept, as encoded messages: a field added to the contract needs no migration.

{% if c.sqlite %}mod sqlite;

pub use sqlite::Store;{% else if c.postgres %}mod postgres;

pub use postgres::Store;{% else %}mod memory;

pub use memory::Store;{% endif %}

{%- if c.postgres || c.nats %}

/// The types of resources.
pub const KINDS: &[&str] = &[
{%- for resource in c.plan.resources %}
    "{{ resource.full_name }}",
{%- endfor %}
];
{%- endif %}

/// A resource as it is stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record {
    /// Identifier, unique among resources of a type.
    pub id: String,
    /// Position in the order of creation.
    pub created: u64,
    /// Number of the write that left it like this; grows with every write to any resource.
    pub version: u64,
    /// The encoded message.
    pub body: Vec<u8>,
}

/// A value that only one resource of a type may have.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Key {
    /// Name of the field.
    pub field: &'static str,
    /// The value.
    pub value: String,
}

/// A change to one resource. It happens whole or not at all.
#[derive(Clone, Debug)]
pub enum Write {
    /// Adds a resource.
    Insert {
        /// Its type.
        kind: &'static str,
        /// Its identifier.
        id: String,
        /// The encoded message.
        body: Vec<u8>,
        /// The values nobody else may have.
        keys: Vec<Key>,
        /// What is kept beside the message and is never sent, such as the hash of a password.
        private: Vec<u8>,
    },
    /// Replaces the message of a resource.
    Replace {
        /// Its type.
        kind: &'static str,
        /// Its identifier.
        id: String,
        /// The encoded message.
        body: Vec<u8>,
        /// The values nobody else may have.
        keys: Vec<Key>,
        /// The version that the new message was made from.
        version: u64,
    },
    /// Removes a resource.
    Delete {
        /// Its type.
        kind: &'static str,
        /// Its identifier.
        id: String,
        /// The version that is to be removed; none for any.
        version: Option<u64>,
    },
}

/// Why the store did not do as it was told.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// There is no such resource.
    #[error("there is no such resource")]
    Missing,
    /// Another resource has the value.
    #[error("another resource has `{}` in `{}`", .0.value, .0.field)]
    Taken(Key),
    /// The resource has another version than expected.
    #[error("the resource has changed")]
    Changed,
    /// Too many writes are waiting.
    #[error("too many writes are waiting")]
    Full,
    /// The database does not work as it should.
    #[error("the store failed: {0}")]
    Failed(String),
}
