//! Reading filters.

use prost_reflect::{FieldDescriptor, Kind, MessageDescriptor};

use super::condition::{Condition, Operand, Operator, is_time};

/// How deep parentheses and `NOT` may be nested.
const MAX_DEPTH: usize = 32;

/// Reads a filter for messages of a type. Otherwise says what is wrong with it, to go after "the filter".
pub(super) fn parse(message: MessageDescriptor, text: &str) -> Result<Condition, String> {
    let tokens = tokens(text)?;
    let mut parser = Parser {
        tokens: &tokens,
        message,
        depth: 0,
    };
    let condition = parser.all()?;
    match parser.tokens {
        [] => Ok(condition),
        [token, ..] => Err(format!(
            "has `{}` where `AND` or the end is due",
            token.text()
        )),
    }
}

#[derive(Clone, Debug, PartialEq)]
enum Token {
    Word(String),
    Quoted(String),
    Sign(&'static str),
}

impl Token {
    fn text(&self) -> &str {
        match self {
            Self::Word(text) | Self::Quoted(text) => text,
            Self::Sign(text) => text,
        }
    }
}

fn tokens(text: &str) -> Result<Vec<Token>, String> {
    const SIGNS: [&str; 9] = ["!=", "<=", ">=", "=", "<", ">", ":", "(", ")"];
    let mut tokens = Vec::new();
    let mut rest = text.trim_start();
    while let Some(first) = rest.chars().next() {
        if first == '"' || first == '\'' {
            let mut quoted = String::new();
            let mut characters = rest[1..].char_indices();
            let end = loop {
                match characters.next() {
                    Some((_, '\\')) => quoted.extend(characters.next().map(|(_, escaped)| escaped)),
                    Some((index, character)) if character == first => break index,
                    Some((_, character)) => quoted.push(character),
                    None => return Err("has a quotation mark that is not closed".to_owned()),
                }
            };
            tokens.push(Token::Quoted(quoted));
            rest = &rest[end + 2..];
        } else if let Some(sign) = SIGNS.into_iter().find(|sign| rest.starts_with(sign)) {
            tokens.push(Token::Sign(sign));
            rest = &rest[sign.len()..];
        } else {
            let end =
                |character: char| character.is_whitespace() || "!=<>:()\"'".contains(character);
            let length = rest.find(end).unwrap_or(rest.len()).max(first.len_utf8());
            tokens.push(Token::Word(rest[..length].to_owned()));
            rest = &rest[length..];
        }
        rest = rest.trim_start();
    }
    Ok(tokens)
}

struct Parser<'a> {
    tokens: &'a [Token],
    message: MessageDescriptor,
    depth: usize,
}

impl Parser<'_> {
    fn all(&mut self) -> Result<Condition, String> {
        let mut conditions = vec![self.any()?];
        while self.word("AND") {
            conditions.push(self.any()?);
        }
        Ok(Condition::All(conditions))
    }

    fn any(&mut self) -> Result<Condition, String> {
        let mut conditions = vec![self.one()?];
        while self.word("OR") {
            conditions.push(self.one()?);
        }
        Ok(Condition::Any(conditions))
    }

    fn one(&mut self) -> Result<Condition, String> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return Err(format!("is nested deeper than {MAX_DEPTH} levels"));
        }
        let condition = if self.word("NOT") {
            Condition::Not(Box::new(self.one()?))
        } else if self.sign("(") {
            let condition = self.all()?;
            if !self.sign(")") {
                return Err("has a parenthesis that is not closed".to_owned());
            }
            condition
        } else {
            self.comparison()?
        };
        self.depth -= 1;
        Ok(condition)
    }

    fn comparison(&mut self) -> Result<Condition, String> {
        let Some(Token::Word(name)) = self.next() else {
            return Err("has no field where one is due".to_owned());
        };
        let path = self.path(&name)?;
        let field = path.last().ok_or("has an empty path")?.clone();
        let operator = match self.next() {
            Some(Token::Sign("=")) => Operator::Equal,
            Some(Token::Sign("!=")) => Operator::NotEqual,
            Some(Token::Sign("<")) => Operator::Less,
            Some(Token::Sign("<=")) => Operator::LessOrEqual,
            Some(Token::Sign(">")) => Operator::Greater,
            Some(Token::Sign(">=")) => Operator::GreaterOrEqual,
            Some(Token::Sign(":")) => Operator::Has,
            _ => return Err(format!("has no operator after `{name}`")),
        };
        let Some(value @ (Token::Word(_) | Token::Quoted(_))) = self.next() else {
            return Err(format!("has no value to compare `{name}` with"));
        };
        if operator == Operator::Has && value == Token::Word("*".to_owned()) {
            return Ok(Condition::IsSet { path });
        }
        if field.is_list() != (operator == Operator::Has) {
            let sign = if field.is_list() { "`:`" } else { "`=`" };
            return Err(format!("has to compare `{name}` by {sign}"));
        }
        let operand = operand(&field, value.text())?;
        Ok(Condition::Compare {
            path,
            operator,
            operand,
        })
    }

    fn path(&self, name: &str) -> Result<Vec<FieldDescriptor>, String> {
        let mut path: Vec<FieldDescriptor> = Vec::new();
        let mut message = Some(self.message.clone());
        for part in name.split('.') {
            let within =
                message.ok_or_else(|| format!("has `{name}`, but `{part}` is not in a message"))?;
            let field = within
                .get_field_by_name(part)
                .or_else(|| within.get_field_by_json_name(part))
                .ok_or_else(|| {
                    format!(
                        "names `{name}`, but `{}` has no field `{part}`",
                        within.name()
                    )
                })?;
            let single = !field.is_list() && !field.is_map();
            message = single.then(|| field.kind().as_message().cloned()).flatten();
            path.push(field);
        }
        Ok(path)
    }

    fn next(&mut self) -> Option<Token> {
        let (first, rest) = self.tokens.split_first()?;
        self.tokens = rest;
        Some(first.clone())
    }

    fn word(&mut self, word: &str) -> bool {
        self.accept(|token| matches!(token, Token::Word(text) if text == word))
    }

    fn sign(&mut self, sign: &str) -> bool {
        self.accept(|token| matches!(token, Token::Sign(text) if *text == sign))
    }

    fn accept(&mut self, wanted: impl Fn(&Token) -> bool) -> bool {
        match self.tokens.split_first() {
            Some((first, rest)) if wanted(first) => {
                self.tokens = rest;
                true
            }
            _ => false,
        }
    }
}

/// Reads `text` as a value of the field's type.
fn operand(field: &FieldDescriptor, text: &str) -> Result<Operand, String> {
    let name = field.name();
    let wrong =
        |expected: &str| format!("compares `{name}` with `{text}`, which is not {expected}");
    match field.kind() {
        _ if field.is_map() => Err(format!("cannot compare `{name}`, which is a map")),
        Kind::Bool => text
            .parse()
            .map(Operand::Bool)
            .map_err(|_| wrong("`true` or `false`")),
        Kind::Float | Kind::Double => text
            .parse()
            .map(Operand::Number)
            .map_err(|_| wrong("a number")),
        Kind::String => Ok(Operand::Text(text.to_owned())),
        Kind::Bytes => Err(format!("cannot compare `{name}`, which has bytes")),
        Kind::Enum(values) => {
            let number = values
                .get_value_by_name(text)
                .map(|value| i128::from(value.number()));
            let number = number.or_else(|| text.parse().ok());
            number
                .map(Operand::Integer)
                .ok_or_else(|| wrong(&format!("a value of `{}`", values.name())))
        }
        Kind::Message(_) if is_time(field) => text
            .parse()
            .map(Operand::Time)
            .map_err(|_| wrong("a time as in `2025-11-05T14:32:00Z`")),
        Kind::Message(_) => Err(format!("cannot compare `{name}`, which is a message")),
        _ => text
            .parse()
            .map(Operand::Integer)
            .map_err(|_| wrong("a whole number")),
    }
}
