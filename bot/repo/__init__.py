"""The hand for git: repositories, their trees, new commits on branches. GitPython is imported by `command` alone."""

from bot.repo.apart import repository_beside
from bot.repo.command import GitError
from bot.repo.refs import check_branch
from bot.repo.repository import BOT, Repository, Signing
from bot.repo.tree import Tree

__all__ = ["BOT", "GitError", "Repository", "Signing", "Tree", "check_branch", "repository_beside"]
