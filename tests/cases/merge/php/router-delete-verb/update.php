    // ... existing code ...

    public function post(string $path, callable $handler): self
    {
        return $this->add('POST', $path, $handler);
    }

    public function delete(string $path, callable $handler): self
    {
        return $this->add('DELETE', $path, $handler);
    }

    public function group(string $prefix, callable $define): void
    {
        // ... existing code ...
    }

    // ... existing code ...
