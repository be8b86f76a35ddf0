// ... existing code ...
    fn word(&mut self) -> Token {
        let mut text = String::new();
        while let Some(&c) = self.chars.peek() {
            if c.is_alphabetic() || c == '-' || c == '\'' {
                text.push(c);
                // ... existing code ...
        Token::Word(text)
    }
}
// ... existing code ...
