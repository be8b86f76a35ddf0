// ... existing code ...
                ',' | ';' => {
                    self.chars.next();
                    Ok(Token::Comma)
                }
                '\r' => {
                    self.chars.next();
                    continue;
                }
                '\n' => {
                    self.chars.next();
                    Ok(Token::Newline)
                }
// ... existing code ...
