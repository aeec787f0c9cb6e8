//! Messages, oneofs, groups and extend blocks.

use super::{Block, MAX_NESTING, Owner, Parsed, Parser};
use crate::syntax::token::{Token, TokenKind, TokenRange};
use crate::syntax::tree::{
    Extend, Field, FieldParent, Item, Message, NodeIndex, NodeRange, Oneof, Parent, Visibility,
};

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

    pub(super) fn expect_body(&mut self, what: &str) -> Parsed {
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
