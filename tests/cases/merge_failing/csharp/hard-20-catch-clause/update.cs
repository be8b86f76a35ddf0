            // ... existing code ...
            catch (OverflowException)
            {
                return Sample.Empty;
            }
            catch (FormatException)
            {
                // ... existing code ...
