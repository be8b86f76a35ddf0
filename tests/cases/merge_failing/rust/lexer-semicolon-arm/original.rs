//! Splits a recipe into tokens.

use std::iter::Peekable;
use std::str::Chars;

#[derive(Debug, Clone, PartialEq)]
pub enum Token {
    Number(f64),
    Word(String),
    Comma,
    Newline,
}

#[derive(Debug, PartialEq)]
pub enum LexError {
    BadNumber(String),
    BadChar(char),
}

pub struct Lexer<'a> {
    chars: Peekable<Chars<'a>>,
}

impl<'a> Lexer<'a> {
    pub fn new(text: &'a str) -> Self {
        Lexer { chars: text.chars().peekable() }
    }

    fn number(&mut self) -> Result<Token, LexError> {
        let mut text = String::new();
        while let Some(&c) = self.chars.peek() {
            if c.is_ascii_digit() || c == '.' {
                text.push(c);
                self.chars.next();
            } else {
                break;
            }
        }
        text.parse().map(Token::Number).map_err(|_| LexError::BadNumber(text))
    }

    fn word(&mut self) -> Token {
        let mut text = String::new();
        while let Some(&c) = self.chars.peek() {
            if c.is_alphabetic() || c == '-' {
                text.push(c);
                self.chars.next();
            } else {
                break;
            }
        }
        Token::Word(text)
    }
}

impl<'a> Iterator for Lexer<'a> {
    type Item = Result<Token, LexError>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            let c = *self.chars.peek()?;
            return Some(match c {
                ' ' | '\t' => {
                    self.chars.next();
                    continue;
                }
                ',' => {
                    self.chars.next();
                    Ok(Token::Comma)
                }
                '\n' => {
                    self.chars.next();
                    Ok(Token::Newline)
                }
                '0'..='9' => self.number(),
                c if c.is_alphabetic() => Ok(self.word()),
                c => Err(LexError::BadChar(c)),
            });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn splits_a_line() {
        let tokens: Result<Vec<_>, _> = Lexer::new("2 eggs, salt").collect();
        assert_eq!(tokens.unwrap().len(), 4);
    }
}
