"""A file that the pull request has renamed since somebody commented on it is still the file that they meant."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from bot.entries import Standing
from bot.errors import Refusal
from bot.pull_request.occasion import ruled
from bot.review.threads import ThreadComment

if TYPE_CHECKING:
    from bot.asks import Request
    from bot.pull_request.occasion import Occasion
    from bot.repo import Repository
    from bot.review.gathering import Asked
    from bot.workplace import Base


def follow_renames(repo: Repository, files: Base, occasion: Occasion) -> Occasion:
    """The occasion with the requests about files that are not at the head (`files`) any more at their new paths.

    Git says what became of a file since the commit that the comment was written on, where that commit is here.
    """
    head = occasion.pull.head.commit
    pairs = zip(occasion.gathered.asked, occasion.batch.requests, strict=True)
    requests = tuple(_followed(repo, files, asked, request, head) for asked, request in pairs)
    requests = tuple(ruled(request, occasion.rules) for request in requests)
    return replace(occasion, batch=replace(occasion.batch, requests=requests))


def _followed(repo: Repository, files: Base, asked: Asked, request: Request, head: str) -> Request:
    if asked.thread is None or not isinstance(asked.comment, ThreadComment):
        return request
    old, since = asked.thread.path, asked.comment.original_commit
    if not since or all(part.path != old for part in request.parts):
        return request
    try:
        if files.standing(old) is not Standing.NOTHING:
            return request
    except Refusal:  # one that differs in case alone, say: the pipeline tells
        return request
    new = repo.moved_to(old, since, head)
    if new is None:
        return request
    parts = tuple(replace(part, path=new) if part.path == old else part for part in request.parts)
    return replace(request, parts=parts)
