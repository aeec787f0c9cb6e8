use crate::text::Span;

/// What a token is. White space and comments are not tokens: they are the gaps between them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum TokenKind {
    /// A letter or underscore, then letters, digits and underscores. Keywords are identifiers too.
    Identifier,
    /// A decimal, octal or hexadecimal number without point or exponent.
    Integer,
    /// A number with a point, an exponent, or both.
    Float,
    /// A quoted string, quotes included; unterminated ones end at the line's end.
    String,
    /// `;`
    Semicolon,
    /// `,`
    Comma,
    /// `.`
    Dot,
    /// `=`
    Equals,
    /// `:`
    Colon,
    /// `-`
    Minus,
    /// `/`
    Slash,
    /// `(`
    LeftParen,
    /// `)`
    RightParen,
    /// `[`
    LeftBracket,
    /// `]`
    RightBracket,
    /// `{`
    LeftBrace,
    /// `}`
    RightBrace,
    /// `<`
    LeftAngle,
    /// `>`
    RightAngle,
    /// Any other character, or a run of control characters.
    Other,
    /// The end of the file: the last token, without bytes.
    End,
}

impl TokenKind {
    /// By the bits of a packed token: as long as these can count, so that no look-up can miss.
    const ALL: [Self; 1 << KIND_BITS] = {
        let mut all = [Self::End; 1 << KIND_BITS];
        let mut kind = 0;
        while kind < Self::KINDS.len() {
            all[kind] = Self::KINDS[kind];
            kind += 1;
        }
        all
    };

    const KINDS: [Self; 21] = [
        Self::Identifier,
        Self::Integer,
        Self::Float,
        Self::String,
        Self::Semicolon,
        Self::Comma,
        Self::Dot,
        Self::Equals,
        Self::Colon,
        Self::Minus,
        Self::Slash,
        Self::LeftParen,
        Self::RightParen,
        Self::LeftBracket,
        Self::RightBracket,
        Self::LeftBrace,
        Self::RightBrace,
        Self::LeftAngle,
        Self::RightAngle,
        Self::Other,
        Self::End,
    ];
}

/// The index of a token in its file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Token(pub u32);

impl Token {
    /// The token after this one.
    #[must_use]
    pub const fn next(self) -> Self {
        Self(self.0 + 1)
    }

    /// The token before this one; the first token's is itself.
    #[must_use]
    pub const fn previous(self) -> Self {
        Self(self.0.saturating_sub(1))
    }
}

/// A half-open run of tokens.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct TokenRange {
    /// The first token.
    pub start: Token,
    /// The token after the last one.
    pub end: Token,
}

impl TokenRange {
    /// The tokens from `start` up to, but not including, `end`.
    pub const fn new(start: Token, end: Token) -> Self {
        Self { start, end }
    }

    /// Just one token.
    pub const fn one(token: Token) -> Self {
        Self {
            start: token,
            end: token.next(),
        }
    }

    /// Whether there is no token in it.
    pub const fn is_empty(self) -> bool {
        self.end.0 <= self.start.0
    }

    /// Number of tokens.
    pub const fn len(self) -> usize {
        self.end.0.saturating_sub(self.start.0) as usize
    }

    /// The last token; the first where the range is empty.
    pub const fn last(self) -> Token {
        if self.is_empty() {
            self.start
        } else {
            self.end.previous()
        }
    }

    /// The tokens, in order.
    pub fn iter(self) -> impl DoubleEndedIterator<Item = Token> + ExactSizeIterator + Clone {
        (self.start.0..self.end.0.max(self.start.0)).map(Token)
    }
}

/// All tokens of a file, in order, ending with one [`TokenKind::End`].
///
/// A token is packed in eight bytes: its start, and its length above its kind.
#[derive(Debug, Clone, Default)]
pub struct Tokens {
    packed: Vec<(u32, u32)>,
}

const KIND_BITS: u32 = 5;

impl Tokens {
    pub(super) fn push(&mut self, kind: TokenKind, start: usize, end: usize) {
        // A source has less than 2^27 bytes, so neither number is cut.
        #[expect(
            clippy::cast_possible_truncation,
            reason = "sources are smaller than 2^27 bytes"
        )]
        self.packed.push((
            start as u32,
            ((end - start) as u32) << KIND_BITS | kind as u32,
        ));
    }

    /// Room for more tokens than will ever come is taken back.
    pub(super) fn clear(&mut self, most_kept: usize) {
        self.packed.clear();
        self.packed.shrink_to(most_kept);
    }

    /// Number of tokens, the end of the file included.
    pub fn len(&self) -> usize {
        self.packed.len()
    }

    /// Never true: there is always the end of the file.
    pub fn is_empty(&self) -> bool {
        self.packed.is_empty()
    }

    /// What the token is; the end of the file for tokens past it.
    pub fn kind(&self, token: Token) -> TokenKind {
        self.packed
            .get(token.0 as usize)
            .map_or(TokenKind::End, |&(_, packed)| {
                TokenKind::ALL[(packed & ((1 << KIND_BITS) - 1)) as usize]
            })
    }

    /// The bytes of the token; an empty place at the end of the file for tokens past it.
    pub fn span(&self, token: Token) -> Span {
        match self
            .packed
            .get(token.0 as usize)
            .or_else(|| self.packed.last())
        {
            Some(&(start, packed)) => Span::new(start, start + (packed >> KIND_BITS)),
            None => Span::default(),
        }
    }

    /// The bytes from the first to the last token of the range; an empty place where the range is empty.
    pub fn range_span(&self, range: TokenRange) -> Span {
        let start = self.span(range.start);
        if range.is_empty() {
            return Span::at(start.start);
        }
        Span::new(start.start, self.span(range.last()).end)
    }

    /// The white space and comments before the token.
    pub fn gap_before(&self, token: Token) -> Span {
        let end = self.span(token).start;
        let start = if token.0 == 0 {
            0
        } else {
            self.span(token.previous()).end
        };
        Span::new(start.min(end), end)
    }

    /// The token that is last to start at or before `offset`.
    pub fn at_offset(&self, offset: u32) -> Token {
        let after = self.packed.partition_point(|&(start, _)| start <= offset);
        Token(u32::try_from(after.saturating_sub(1)).unwrap_or(u32::MAX))
    }

    /// The whole file, without its end.
    pub fn all(&self) -> TokenRange {
        let end = u32::try_from(self.packed.len().saturating_sub(1)).unwrap_or(u32::MAX);
        TokenRange::new(Token(0), Token(end))
    }

    /// All tokens, the end of the file included.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = Token> + ExactSizeIterator + Clone {
        (0..u32::try_from(self.packed.len()).unwrap_or(u32::MAX)).map(Token)
    }
}
