//! Which rpcs take or give a message.

use std::sync::OnceLock;

use rustc_hash::FxHashMap;

use crate::schema::{File, Message, Method, Schema};

/// The rpcs of all files by their messages, looked up when the first rule asks.
#[derive(Debug)]
pub(super) struct RpcUsers<'s> {
    schema: &'s Schema,
    by_message: OnceLock<FxHashMap<&'s str, Vec<Method<'s>>>>,
}

impl<'s> RpcUsers<'s> {
    pub(super) fn new(schema: &'s Schema) -> Self {
        let by_message = OnceLock::new();
        Self { schema, by_message }
    }

    /// The rpcs that take or give a message; one that does both is there twice.
    pub(super) fn of(&self, message: Message<'_>) -> &[Method<'s>] {
        let by_message = self.by_message.get_or_init(|| {
            let mut by_message: FxHashMap<&str, Vec<Method<'s>>> = FxHashMap::default();
            for method in self.schema.files().flat_map(File::all_methods) {
                let sides = [method.input(), method.output()];
                for side in sides.into_iter().flatten() {
                    by_message.entry(side.full_name()).or_default().push(method);
                }
            }
            by_message
        });
        by_message
            .get(message.full_name())
            .map_or(&[], Vec::as_slice)
    }
}
