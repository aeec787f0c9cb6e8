//! Two rpcs share a message as request or response, or one rpc uses the same for both.
//!
//! ## Why
//! Every rpc grows its own fields sooner or later. Where the message belongs to several, a field for one is a field for
//! all, and separating them later is a breaking change for every client.
//!
//! ## Examples
//! ```proto,bad
//! message Order {}
//! message GetOrderRequest {}
//! service OrderService {
//!   rpc GetOrder(GetOrderRequest) returns (Order);
//!   rpc UpdateOrder(Order) returns (Order);
//! }
//! ```
//! ```proto,good
//! message GetOrderRequest {}
//! message GetOrderResponse {}
//! message UpdateOrderRequest {}
//! message UpdateOrderResponse {}
//! service OrderService {
//!   rpc GetOrder(GetOrderRequest) returns (GetOrderResponse);
//!   rpc UpdateOrder(UpdateOrderRequest) returns (UpdateOrderResponse);
//! }
//! ```
//!
//! ## Options
//! `allow_same_request_response`: one rpc may use the same message for both.
//! `allow_google_protobuf_empty_requests`, `allow_google_protobuf_empty_responses`: any number of rpcs may take, or
//! give, `google.protobuf.Empty`.

use rustc_hash::FxHashMap;

use crate::checks::Cx;
use crate::checks::package::Module;
use crate::checks::rule::{Check, FixSafety, Group, Rule, Visit};
use crate::schema::{Message, Method};

use super::rpc_standard_name::is_empty_message;

pub(super) static RULE: Rule = Rule {
    group: Group::Buf,
    since: "0.1.0",
    fix: FixSafety::None,
    same_as: &[],
    check: Check::Lint(Visit::Module(check)),
};

const HELP: &str = "give each rpc a request and a response message of its own";

fn check<'s>(module: &Module<'s>, cx: &mut Cx<'s>) {
    let options = &cx.options().rpc_request_response_unique;
    let mut users: Users<'s> = Users::default();
    for file in module.files() {
        for method in file.all_methods() {
            let (input, output) = (method.input(), method.output());
            let same = input.is_some() && input == output;
            for message in [input, output.filter(|_| !same)].into_iter().flatten() {
                users.add(message, method);
            }
            let is_free = options.allow_google_protobuf_empty_requests
                && options.allow_google_protobuf_empty_responses;
            if let Some(message) = input
                && same
                && !options.allow_same_request_response
                && !(is_free && is_empty_message(message))
            {
                let (name, message) = (method.name(), message.full_name());
                cx.in_file(file)
                    .report(
                        method.span(),
                        format!("rpc `{name}` takes and gives the same message, `{message}`"),
                    )
                    .help(HELP);
            }
        }
    }
    for (message, mut methods) in users.messages {
        let mut role = "request or response";
        if is_empty_message(message) {
            match (
                options.allow_google_protobuf_empty_requests,
                options.allow_google_protobuf_empty_responses,
            ) {
                (false, false) => {}
                (true, true) => continue,
                (true, false) => {
                    methods.retain(|method| method.output() == Some(message));
                    role = "response";
                }
                (false, true) => {
                    methods.retain(|method| method.input() == Some(message));
                    role = "request";
                }
            }
        }
        report(&methods, message, role, cx);
    }
}

/// Reports all methods that share a message.
fn report<'s>(methods: &[Method<'s>], message: Message<'s>, role: &str, cx: &mut Cx<'s>) {
    let [first, second, ..] = methods else {
        return;
    };
    let name = message.full_name();
    for method in methods {
        let other = if method == first { second } else { first };
        let (own, others) = (method.name(), methods.len() - 1);
        let others = match others {
            1 => "another rpc".to_owned(),
            others => format!("{others} other rpcs"),
        };
        cx.in_file(method.file())
            .report(
                method.span(),
                format!("rpc `{own}` shares `{name}` with {others}, as {role}"),
            )
            .label_in(other.file(), other.name(), "one of them is here")
            .help(HELP);
    }
}

/// Which methods use which message, in the order in which both come up.
#[derive(Default)]
struct Users<'s> {
    known: FxHashMap<&'s str, usize>,
    messages: Vec<(Message<'s>, Vec<Method<'s>>)>,
}

impl<'s> Users<'s> {
    fn add(&mut self, message: Message<'s>, method: Method<'s>) {
        let at = *self.known.entry(message.full_name()).or_insert_with(|| {
            self.messages.push((message, Vec::new()));
            self.messages.len() - 1
        });
        self.messages[at].1.push(method);
    }
}
