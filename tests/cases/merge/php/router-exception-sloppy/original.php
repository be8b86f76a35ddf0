<?php

declare(strict_types=1);

namespace Harbor\Http;

use Harbor\Http\Exception\NotFound;

final class Router
{
    /** @var array<string, array<string, callable>> */
    private array $routes = [];

    private string $prefix = '';

    public function get(string $path, callable $handler): self
    {
        return $this->add('GET', $path, $handler);
    }

    public function post(string $path, callable $handler): self
    {
        return $this->add('POST', $path, $handler);
    }

    public function group(string $prefix, callable $define): void
    {
        $before = $this->prefix;
        $this->prefix .= $prefix;
        $define($this);
        $this->prefix = $before;
    }

    public function dispatch(Request $request): Response
    {
        $handlers = $this->routes[$request->method()] ?? [];
        foreach ($handlers as $pattern => $handler) {
            if (preg_match($pattern, $request->path(), $matches) === 1) {
                return $handler($request, ...array_slice($matches, 1));
            }
        }

        throw new NotFound($request->path());
    }

    private function add(string $method, string $path, callable $handler): self
    {
        $pattern = '#^' . preg_replace('/\{\w+\}/', '([^/]+)', $this->prefix . $path) . '$#';
        $this->routes[$method][$pattern] = $handler;

        return $this;
    }
}
