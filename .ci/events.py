"""Reads GitHub's published examples of events whole, and checks the ones of our own making against its schemas.

Usage: python .ci/events.py NODE_MODULES (with @octokit/webhooks-examples and @octokit/webhooks-schemas in it)
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from jsonschema import Draft7Validator

from bot.action.events import CommentWritten, read_event

READ = ("issue_comment", "pull_request_review", "pull_request_review_comment", "push", "workflow_dispatch")
PULL_REQUEST = ("url", "html_url", "diff_url", "patch_url")


def main(modules: Path) -> int:
    examples = json.loads((modules / "@octokit/webhooks-examples/api.github.com/index.json").read_text("utf-8"))
    schema = json.loads((modules / "@octokit/webhooks-schemas/schema.json").read_text("utf-8"))
    definition = {"$ref": "#/definitions/issue_comment$created", "definitions": schema["definitions"]}
    validator = Draft7Validator(definition)
    read = ours = 0
    for entry in examples:
        if entry["name"] not in READ:
            continue
        for example in entry["examples"]:
            read_event(entry["name"], json.dumps(example).encode())
            read += 1
            if entry["name"] == "issue_comment" and example["action"] == "created":
                ours += _on_a_pull_request(example, validator)
    print(f"events: {read} published examples read, {ours} of our own making valid by GitHub's schema")
    return 0 if read >= 20 and ours else 1


def _on_a_pull_request(example: dict[str, Any], validator: Draft7Validator) -> int:
    """Only on a pull request does a comment give a command; no published example is on one."""
    address = f"{example['repository']['html_url']}/pull/1"
    example["issue"]["pull_request"] = dict.fromkeys(PULL_REQUEST, address)
    found = read_event("issue_comment", json.dumps(example).encode())
    # Some examples are older than the schemas, and lack what GitHub has added since.
    return int(isinstance(found, CommentWritten) and validator.is_valid(example))


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
