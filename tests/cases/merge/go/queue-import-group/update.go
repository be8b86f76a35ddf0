// ... existing code ...
import (
	"errors"
	"slices"
	"sync"
	"time"
)
// ... existing code ...
