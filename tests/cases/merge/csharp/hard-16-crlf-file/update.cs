// ... existing code ...
                _line++;
                if (string.IsNullOrWhiteSpace(text))
                {
                    continue;
                }
// ... existing code ...
