//! The statements that stand in the file itself.

use super::{Parsed, Parser, Stop};
use crate::syntax::string;
use crate::syntax::token::{Token, TokenKind, TokenRange};
use crate::syntax::tree::{Import, ImportKind, Item, Package, Syntax, Visibility};

impl Parser<'_> {
    pub(super) fn file(&mut self) {
        if self.is_word("syntax") || self.is_word("edition") {
            let start = self.at;
            if self.syntax().is_err() {
                self.skip_statement(start);
            }
        }
        while !self.is(TokenKind::End) {
            let start = self.at;
            let declared = self.open.len();
            if self.file_statement().is_err() {
                let resume = self.at;
                self.skip_statement(if self.open.len() > declared {
                    resume
                } else {
                    start
                });
                if self.is(TokenKind::RightBrace) {
                    let brace = self.advance();
                    if brace != start {
                        self.report(
                            self.tokens.span(brace),
                            "this `}` closes nothing",
                            "remove it, or add the `{` it belongs to",
                        );
                    }
                    let index = self.tree.add(TokenRange::one(brace));
                    self.open.push(Item::Skipped(index));
                }
            }
        }
        (self.tree.file_items, self.tree.file_settings) = self.close(0);
    }

    /// `syntax = "proto3";` or `edition = "2023";`
    fn syntax(&mut self) -> Parsed {
        let start = self.at;
        let is_edition = self.is_word("edition");
        self.advance();
        self.expect(
            TokenKind::Equals,
            "`=` after the first word",
            "write `syntax = \"proto3\";` or `edition = \"2023\";`",
        )?;
        let value = self.strings(
            "a string that names the syntax or edition",
            "write `\"proto2\"` or `\"proto3\"` after `syntax =`, or a year such as `\"2023\"` after `edition =`",
        )?;
        if is_edition {
            self.edition = self.year(value);
        }
        let ended = self.semicolon("the syntax statement");
        self.tree.syntax = Some(Syntax {
            tokens: self.since(start),
            is_edition,
            value,
        });
        ended
    }

    /// Whether the file has the rules of proto2, as it also does without a statement about its syntax.
    pub(super) fn is_proto2(&self) -> bool {
        self.tree
            .syntax
            .as_ref()
            .is_none_or(|syntax| !syntax.is_edition && self.unescaped(syntax.value) == b"proto2")
    }

    fn unescaped(&self, value: TokenRange) -> Vec<u8> {
        let mut bytes = Vec::new();
        for token in value.iter() {
            string::unescape_into(self.text_of(token).as_bytes(), &mut bytes);
        }
        bytes
    }

    fn year(&self, value: TokenRange) -> u32 {
        std::str::from_utf8(&self.unescaped(value))
            .ok()
            .and_then(|year| year.parse().ok())
            .unwrap_or(0)
    }

    fn file_statement(&mut self) -> Parsed {
        if let Some(token) = self.take(TokenKind::Semicolon) {
            self.open.push(Item::Empty(token));
            return Ok(());
        }
        if !self.is(TokenKind::Identifier) {
            return self.not_a_declaration();
        }
        match self.text() {
            "message" => self.message(None),
            "enum" => self.enumeration(None),
            "service" => self.service(),
            "extend" => self.extend(),
            "import" => self.import(),
            "package" => self.package(),
            "option" => self.option_statement(),
            "export" | "local" => {
                let visibility = self.visibility();
                self.visible_declaration(visibility)
            }
            "syntax" | "edition" => {
                let word = self.text();
                self.stop(
                    format!("the `{word}` statement is not the first of the file"),
                    "move it above everything but comments, and keep only one",
                )
            }
            _ => self.not_a_declaration(),
        }
    }

    /// Takes `export` or `local`.
    pub(super) fn visibility(&mut self) -> (Visibility, Token) {
        let kind = if self.is_word("export") {
            Visibility::Export
        } else {
            Visibility::Local
        };
        (kind, self.advance())
    }

    /// The message or enum after `export` or `local`.
    pub(super) fn visible_declaration(&mut self, visibility: (Visibility, Token)) -> Parsed {
        if self.is_word("message") {
            return self.message(Some(visibility));
        }
        if self.is_word("enum") {
            return self.enumeration(Some(visibility));
        }
        let word = self.text_of(visibility.1);
        self.report(
            self.tokens.span(visibility.1),
            format!("`{word}` stands before something that is neither a message nor an enum"),
            format!("remove `{word}`: only messages and enums have a visibility"),
        );
        Err(Stop)
    }

    fn not_a_declaration(&mut self) -> Parsed {
        let found = self.found();
        self.stop(
            format!("expected a declaration, found {found}"),
            "a file declares `message`, `enum`, `service`, `extend`, `import`, `package` and `option`",
        )
    }

    /// `import public "a.proto";`
    fn import(&mut self) -> Parsed {
        let start = self.advance();
        let kind = match self.text() {
            "public" => ImportKind::Public,
            "weak" => ImportKind::Weak,
            "option" => ImportKind::Option,
            _ => ImportKind::Plain,
        };
        let modifier = (kind != ImportKind::Plain).then(|| self.advance());
        let path = self.strings(
            "the imported file's path as a string",
            "write `import \"directory/file.proto\";`",
        )?;
        let ended = self.semicolon("the import");
        let import = self.tree.add(Import {
            tokens: self.since(start),
            kind,
            modifier,
            path,
        });
        self.open.push(Item::Import(import));
        ended
    }

    /// `package a.b;`
    fn package(&mut self) -> Parsed {
        let start = self.advance();
        let name = self.dotted_name(
            false,
            "a package name",
            "write a dotted name such as `package acme.orders.v1;`",
        )?;
        let ended = self.semicolon("the package");
        let package = self.tree.add(Package {
            tokens: self.since(start),
            name,
        });
        self.open.push(Item::Package(package));
        ended
    }
}
