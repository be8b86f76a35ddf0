<!-- ... usings and constructor same as before ... -->
        public bool Strict { get; set; }
        public char Separator { get; set; } = ';';

        public IEnumerable<Sample> ReadAll()
        <!-- ... -->
            var parts = text.Split(Separator);
            if (parts.Length != 3)
<!-- ... -->
