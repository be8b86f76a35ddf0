// ... existing code ...
    public function group(string $prefix, callable $define): void
    {
        $before = $this->prefix;
        $this->prefix .= $prefix;
        try {
            $define($this);
        } finally {
            $this->prefix = $before;
        }
    }
// ... existing code ...
