//! Messages, enums, oneofs, extend blocks, services, and what only stands in them.

use super::{Block, MAX_NESTING, Owner, Parsed, Parser};
use crate::syntax::token::{Token, TokenKind, TokenRange};
use crate::syntax::tree::{
    Enum, EnumValue, Extend, Extensions, Field, FieldParent, Item, Message, Method, MethodType,
    NodeIndex, NodeRange, NumberRange, Oneof, Parent, Reserved, ReservedName, Service, Visibility,
};

/// The message whose body is being read, if any, is needed by what stands in it.
impl Parser<'_> {
    /// `message Name {…}`
    pub(super) fn message(&mut self, visibility: Option<(Visibility, Token)>) -> Parsed {
        self.message_in(visibility, None)
    }

    fn message_in(&mut self, visibility: Option<(Visibility, Token)>, parent: Parent) -> Parsed {
        let keyword = self.advance();
        let name = self.identifier("a message name", "write `message Name {`")?;
        self.expect_body("the message")?;
        let message = self.tree.add(Message {
            tokens: TokenRange::default(),
            visibility,
            keyword,
            name: Some(name),
            body: TokenRange::default(),
            items: NodeRange::default(),
            settings: NodeRange::default(),
            parent,
            group: None,
        });
        self.open.push(Item::Message(message));
        let start = visibility.map_or(keyword, |(_, token)| token);
        self.message_body(message, start)
    }

    /// Reads the body of a message that is in the tree already; the current token is its `{`.
    pub(super) fn message_body(&mut self, message: NodeIndex<Message>, start: Token) -> Parsed {
        let owner = Owner {
            noun: "message",
            name: self.tree[message].name,
        };
        if self.depth >= MAX_NESTING {
            let owner = self.shown(owner);
            self.report_here(
                format!("{owner} is nested more than {MAX_NESTING} levels deep"),
                "move it out to the file, or flatten the messages around it",
            );
            let brace = self.at;
            self.skip_block();
            let block = Block {
                body: self.since(brace),
                items: NodeRange::default(),
                settings: NodeRange::default(),
            };
            self.finish_message(message, start, block);
            return Ok(());
        }
        self.depth += 1;
        let block = self.block(owner, |parser| parser.message_statement(message));
        self.depth -= 1;
        self.finish_message(message, start, block);
        Ok(())
    }

    fn finish_message(&mut self, message: NodeIndex<Message>, start: Token, block: Block) {
        let tokens = self.since(start);
        let message = &mut self.tree.messages[message.get()];
        message.tokens = tokens;
        message.body = block.body;
        message.items = block.items;
        message.settings = block.settings;
    }

    /// Skips from `{` past the `}` that closes it.
    fn skip_block(&mut self) {
        let mut depth = 0_u32;
        loop {
            match self.kind() {
                TokenKind::End => return,
                TokenKind::LeftBrace => depth += 1,
                TokenKind::RightBrace => depth -= 1,
                _ => {}
            }
            self.advance();
            if depth == 0 {
                return;
            }
        }
    }

    fn expect_body(&mut self, what: &str) -> Parsed {
        if self.is(TokenKind::LeftBrace) {
            return Ok(());
        }
        let found = self.found();
        self.stop(
            format!("expected `{{` that opens the body of {what}, found {found}"),
            "a body stands between `{` and `}`, also where it is empty",
        )
    }

    fn message_statement(&mut self, message: NodeIndex<Message>) -> Parsed {
        let parent = Some(message);
        match self.text() {
            "message" => self.message_in(None, parent),
            "enum" => self.enum_in(None, parent),
            "extend" => self.extend_in(parent),
            "extensions" => self.extensions(message),
            "reserved" => self.reserved(false),
            "option" => self.option_statement(),
            "oneof" => self.oneof(message),
            "export" | "local" if self.begins_visible_declaration() => {
                let visibility = self.visibility();
                if self.is_word("message") {
                    self.message_in(Some(visibility), parent)
                } else if self.is_word("enum") {
                    self.enum_in(Some(visibility), parent)
                } else {
                    self.visible_declaration(visibility)
                }
            }
            _ => self.field(FieldParent::Message(message)),
        }
    }

    /// Whether `export` or `local` is a modifier here. Before edition 2024 they are ordinary names, also of types;
    /// then only what cannot be a field is read as a modifier, to be refused with a better message.
    fn begins_visible_declaration(&self) -> bool {
        let next = self.at.next();
        let declares = matches!(self.text_of(next), "message" | "enum")
            && self.tokens.kind(next.next()) == TokenKind::Identifier;
        declares || (self.edition >= 2024 && self.tokens.kind(next) != TokenKind::Dot)
    }

    /// `oneof name {…}`
    fn oneof(&mut self, message: NodeIndex<Message>) -> Parsed {
        let start = self.advance();
        let name = self.identifier("a oneof name", "write `oneof name {`")?;
        self.expect_body("the oneof")?;
        let oneof = self.tree.add(Oneof {
            tokens: TokenRange::default(),
            name: Some(name),
            body: TokenRange::default(),
            items: NodeRange::default(),
            settings: NodeRange::default(),
            parent: message,
        });
        self.open.push(Item::Oneof(oneof));
        let owner = Owner {
            noun: "oneof",
            name: Some(name),
        };
        let block = self.block(owner, |parser| {
            if parser.is_word("option") {
                return parser.option_statement();
            }
            parser.field(FieldParent::Oneof(oneof))
        });
        let tokens = self.since(start);
        let node = &mut self.tree.oneofs[oneof.get()];
        node.tokens = tokens;
        node.body = block.body;
        node.items = block.items;
        node.settings = block.settings;
        Ok(())
    }

    /// `extend Type {…}`
    pub(super) fn extend(&mut self) -> Parsed {
        self.extend_in(None)
    }

    fn extend_in(&mut self, parent: Parent) -> Parsed {
        let start = self.advance();
        let extendee = self.message_type_name("the name of the extended message")?;
        self.expect_body("the `extend` block")?;
        let extend = self.tree.add(Extend {
            tokens: TokenRange::default(),
            extendee,
            body: TokenRange::default(),
            items: NodeRange::default(),
            parent,
        });
        self.open.push(Item::Extend(extend));
        let owner = Owner {
            noun: "this `extend`",
            name: None,
        };
        let block = self.block(owner, |parser| parser.field(FieldParent::Extend(extend)));
        let tokens = self.since(start);
        let node = &mut self.tree.extends[extend.get()];
        node.tokens = tokens;
        node.body = block.body;
        node.items = block.items;
        Ok(())
    }

    /// `enum Name {…}`
    pub(super) fn enumeration(&mut self, visibility: Option<(Visibility, Token)>) -> Parsed {
        self.enum_in(visibility, None)
    }

    fn enum_in(&mut self, visibility: Option<(Visibility, Token)>, parent: Parent) -> Parsed {
        let keyword = self.advance();
        let name = self.identifier("an enum name", "write `enum Name {`")?;
        self.expect_body("the enum")?;
        let enumeration = self.tree.add(Enum {
            tokens: TokenRange::default(),
            visibility,
            keyword,
            name: Some(name),
            body: TokenRange::default(),
            items: NodeRange::default(),
            settings: NodeRange::default(),
            parent,
        });
        self.open.push(Item::Enum(enumeration));
        let owner = Owner {
            noun: "enum",
            name: Some(name),
        };
        let block = self.block(owner, |parser| match parser.text() {
            "option" => parser.option_statement(),
            "reserved" => parser.reserved(true),
            _ => parser.enum_value(enumeration),
        });
        let tokens = self.since(visibility.map_or(keyword, |(_, token)| token));
        let node = &mut self.tree.enums[enumeration.get()];
        node.tokens = tokens;
        node.body = block.body;
        node.items = block.items;
        node.settings = block.settings;
        Ok(())
    }

    /// `NAME = 1 [deprecated = true];`
    fn enum_value(&mut self, parent: NodeIndex<Enum>) -> Parsed {
        let name = self.identifier("the name of an enum value", "write `NAME = 0;`")?;
        self.expect(
            TokenKind::Equals,
            "`=` and a number after the value's name",
            "every enum value has a number: `NAME = 0;`",
        )?;
        let number = self.integer(
            true,
            "the number of the enum value",
            "write a whole number of 32 bits",
        )?;
        let options_read = self.compact_options();
        let (bracket, options) = options_read.unwrap_or_default();
        let ended = options_read.and_then(|_| self.semicolon("the enum value"));
        let value = self.tree.add(EnumValue {
            tokens: self.since(name),
            name,
            number,
            bracket,
            options,
            parent,
        });
        self.open.push(Item::EnumValue(value));
        ended
    }

    /// `reserved 1, 5 to 7;`, `reserved "a";` or `reserved a;`
    fn reserved(&mut self, in_enum: bool) -> Parsed {
        let start = self.advance();
        let ranges = self.tree.mark::<NumberRange>();
        let names = self.tree.mark::<ReservedName>();
        match self.kind() {
            TokenKind::String => self.comma_separated(|parser| {
                let tokens =
                    parser.strings("a reserved name as a string", "write `reserved \"name\";`")?;
                parser.tree.add(ReservedName {
                    tokens,
                    is_identifier: false,
                });
                Ok(())
            })?,
            TokenKind::Identifier => self.comma_separated(|parser| {
                let name = parser.identifier("a reserved name", "write `reserved name;`")?;
                parser.tree.add(ReservedName {
                    tokens: TokenRange::one(name),
                    is_identifier: true,
                });
                Ok(())
            })?,
            _ => self.comma_separated(|parser| parser.number_range(in_enum))?,
        }
        let ranges = self.tree.since(ranges);
        let names = self.tree.since(names);
        let ended = self.semicolon("the reserved statement");
        let reserved = self.tree.add(Reserved {
            tokens: self.since(start),
            ranges,
            names,
        });
        self.open.push(Item::Reserved(reserved));
        ended
    }

    /// `extensions 100 to max [...];`
    fn extensions(&mut self, parent: NodeIndex<Message>) -> Parsed {
        let start = self.advance();
        let ranges = self.tree.mark::<NumberRange>();
        self.comma_separated(|parser| parser.number_range(false))?;
        let ranges = self.tree.since(ranges);
        let (bracket, options) = self.compact_options()?;
        let ended = self.semicolon("the extensions statement");
        let extensions = self.tree.add(Extensions {
            tokens: self.since(start),
            ranges,
            bracket,
            options,
            parent,
        });
        self.open.push(Item::Extensions(extensions));
        ended
    }

    fn comma_separated(&mut self, mut part: impl FnMut(&mut Self) -> Parsed) -> Parsed {
        part(self)?;
        while self.take(TokenKind::Comma).is_some() {
            part(self)?;
        }
        Ok(())
    }

    /// `5`, `5 to 7` or `5 to max`
    fn number_range(&mut self, signed: bool) -> Parsed {
        let first = self.at;
        let start = self.integer(
            signed,
            "a number or a range of numbers",
            "write `5`, `5 to 7` or `5 to max`",
        )?;
        let mut is_max = false;
        let mut end = None;
        if self.take_word("to").is_some() {
            let after = self.at;
            is_max = self.take_word("max").is_some();
            end = Some(if is_max {
                crate::syntax::tree::Number {
                    tokens: self.since(after),
                    value: None,
                }
            } else {
                self.integer(
                    signed,
                    "the last number of the range",
                    "write a number or `max` after `to`",
                )?
            });
        }
        self.tree.add(NumberRange {
            tokens: self.since(first),
            start,
            end,
            is_max,
        });
        Ok(())
    }

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

    /// The field that declares a group, and its message.
    pub(super) fn group(
        &mut self,
        mut field: Field,
        start: Token,
        keyword: Token,
        enclosing: Parent,
    ) -> Parsed {
        if !self.is(TokenKind::LeftBrace) {
            let found = self.found();
            return self.stop(
                format!("expected `{{` that opens the group's body, found {found}"),
                "a group declares its message in place: `optional group Name = 1 { … }`",
            );
        }
        let message = self.tree.add(Message {
            tokens: TokenRange::default(),
            visibility: None,
            keyword,
            name: field.name,
            body: TokenRange::default(),
            items: NodeRange::default(),
            settings: NodeRange::default(),
            parent: enclosing,
            group: None,
        });
        field.group = Some(message);
        let index = self.tree.add(field);
        self.tree.messages[message.get()].group = Some(index);
        self.open.push(Item::Field(index));
        let read = self.message_body(message, start);
        self.tree.fields[index.get()].tokens = self.since(start);
        read
    }
}
