using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;

// ... existing code ...

            try
            {
                var culture = CultureInfo.InvariantCulture;
                return new Sample(parts[0], double.Parse(parts[1], culture), double.Parse(parts[2], culture));
            }
            catch (FormatException)
            {
                // ... existing code ...
            }
        }
    }
}
