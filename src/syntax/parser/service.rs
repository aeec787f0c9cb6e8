//! Services and their methods.

use super::{Owner, Parsed, Parser};
use crate::syntax::token::{TokenKind, TokenRange};
use crate::syntax::tree::{Item, Method, MethodType, NodeIndex, NodeRange, Service};

impl Parser<'_> {
    /// `service Name {…}`
    pub(super) fn service(&mut self) -> Parsed {
        let start = self.advance();
        let name = self.identifier("a service name", "write `service Name {`")?;
        self.expect_body("the service")?;
        let service = self.tree.add(Service {
            tokens: TokenRange::default(),
            name: Some(name),
            body: TokenRange::default(),
            items: NodeRange::default(),
            settings: NodeRange::default(),
        });
        self.open.push(Item::Service(service));
        let owner = Owner {
            noun: "service",
            name: Some(name),
        };
        let block = self.block(owner, |parser| match parser.text() {
            "option" => parser.option_statement(),
            "rpc" => parser.method(service),
            _ => {
                let found = parser.found();
                parser.stop(
                    format!("expected `rpc` or `option`, found {found}"),
                    "a service holds methods: `rpc Name(Request) returns (Response);`",
                )
            }
        });
        let tokens = self.since(start);
        let node = &mut self.tree.services[service.get()];
        node.tokens = tokens;
        node.body = block.body;
        node.items = block.items;
        node.settings = block.settings;
        Ok(())
    }

    /// `rpc Name(Request) returns (stream Response);`
    fn method(&mut self, parent: NodeIndex<Service>) -> Parsed {
        let start = self.advance();
        let name = self.identifier(
            "a method name",
            "write `rpc Name(Request) returns (Response);`",
        )?;
        let input = self.method_type("the request type")?;
        if self.take_word("returns").is_none() {
            let found = self.found();
            return self.stop(
                format!("expected `returns`, found {found}"),
                "write `rpc Name(Request) returns (Response);`",
            );
        }
        let output = self.method_type("the response type")?;
        let method = self.tree.add(Method {
            tokens: TokenRange::default(),
            name: Some(name),
            input,
            output,
            body: None,
            items: NodeRange::default(),
            settings: NodeRange::default(),
            parent,
        });
        self.open.push(Item::Method(method));
        let mut ended = Ok(());
        if self.is(TokenKind::LeftBrace) {
            let owner = Owner {
                noun: "method",
                name: Some(name),
            };
            let block = self.block(owner, |parser| {
                if parser.is_word("option") {
                    return parser.option_statement();
                }
                let found = parser.found();
                parser.stop(
                    format!("expected `option`, found {found}"),
                    "a method's body holds options only",
                )
            });
            let node = &mut self.tree.methods[method.get()];
            node.body = Some(block.body);
            node.items = block.items;
            node.settings = block.settings;
        } else {
            ended = self.semicolon("the method");
        }
        let tokens = self.since(start);
        self.tree.methods[method.get()].tokens = tokens;
        ended
    }

    /// `(stream Type)`
    fn method_type(&mut self, what: &str) -> Parsed<MethodType> {
        if self.take(TokenKind::LeftParen).is_none() {
            let found = self.found();
            return self.stop(
                format!("expected `(` before {what}, found {found}"),
                "write `rpc Name(Request) returns (Response);`",
            );
        }
        let stream = self.take_word("stream");
        let name = self.message_type_name(what)?;
        if self.take(TokenKind::RightParen).is_none() {
            let found = self.found();
            return self.stop(
                format!("expected `)` after {what}, found {found}"),
                "close the parenthesis",
            );
        }
        Ok(MethodType { stream, name })
    }
}
