<?php
# ... namespace ...

use Harbor\Http\Exception\MethodNotAllowed;
use Harbor\Http\Exception\NotFound;
# ... properties and verbs ...

    foreach ($this->routes as $handlers) {
        foreach (array_keys($handlers) as $pattern) {
            if (preg_match($pattern, $request->path()) === 1) {
                throw new MethodNotAllowed($request->method());
            }
        }
    }

    throw new NotFound($request->path());
# ... add() ...
