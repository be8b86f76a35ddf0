using System;
using System.Collections.Generic;
using System.IO;

namespace Metering
{
    /// <summary>Reads the values of a heat meter from a text file.</summary>
    public class Reader : IDisposable
    {
        private readonly TextReader _input;
        private int _line;

        public Reader(TextReader input)
        {
            _input = input;
        }

        public int Line => _line;

        public bool Strict { get; set; }

        public IEnumerable<Sample> ReadAll()
        {
            string text;
            while ((text = _input.ReadLine()) != null)
            {
                _line++;
                if (text.Length == 0)
                {
                    continue;
                }

                yield return Parse(text);
            }
        }

        public void Dispose()
        {
            _input.Dispose();
        }

        private Sample Parse(string text)
        {
            var parts = text.Split(';');
            if (parts.Length != 3)
            {
                throw new FormatException($"line {_line}: {parts.Length} fields");
            }

            try
            {
                return new Sample(parts[0], double.Parse(parts[1]), double.Parse(parts[2]));
            }
            catch (FormatException)
            {
                if (Strict)
                {
                    throw;
                }

                return Sample.Empty;
            }
        }
    }
}
