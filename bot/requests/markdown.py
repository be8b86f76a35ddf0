"""Instruction files in Markdown: a title, sections that name files, prose and fences. docs/instruction-files.md."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from bot.asks import Batch
from bot.requests.blocks import Fence, Heading, Prose, read_page
from bot.requests.drafts import CodeText, Draft, Unclear, parts_of, request_of
from bot.requests.formats import Format, UnclearFormat, words_of
from bot.requests.identity import with_ordinals
from bot.requests.source import paragraphs
from bot.requests.targets import Contradiction, heading_target, said_of_file, with_file

if TYPE_CHECKING:
    from bot.asks import Part, Request
    from bot.requests.source import Source
    from bot.requests.targets import Target

_NAME_A_FILE = "name the file in backticks: ## `path/of/file`"


@dataclass(slots=True)
class _Section:
    """What stands under one heading; `target` None for a title. `files` are the sub-sections that name files."""

    heading: Heading
    target: Target | None
    content: list[Prose | Fence] = field(default_factory=list)
    files: list[_Section] = field(default_factory=list)

    @property
    def fences(self) -> list[Fence]:
        return [item for item in self.content if isinstance(item, Fence)]

    @property
    def prose(self) -> str:
        return paragraphs(item.text for item in self.content if isinstance(item, Prose))


def read_markdown(source: Source) -> Batch:
    """The requests of a Markdown file; raises InstructionError at the first thing that cannot be read."""
    page = read_page(source.text)
    for problem in (*page.problems, *page.unclosed):
        raise source.error(problem.line, problem.problem, problem.remedy)
    title, sections = _outline(source, page.items)
    requests = [_unowned(source, fence, title.heading.text) for fence in title.fences]
    for section in sections:
        requests += _requests(source, section)
    if not requests:
        raise source.error(1, "no request in it", _NAME_A_FILE)
    return Batch(with_ordinals(requests), title.heading.text, title.prose)


def read_diff(source: Source) -> Batch:
    """The one request of a file that is a unified diff (or a V4A patch); raises InstructionError if it is none."""
    draft = Draft(source, None, "", CodeText(source.text, Format.DIFF, 1, 1), 1)
    return Batch((request_of(draft, parts_of(draft)),))


def _outline(source: Source, items: tuple[Heading | Prose | Fence, ...]) -> tuple[_Section, list[_Section]]:
    """The title with what stands below it, and the sections."""
    title = _Section(Heading(1, "", 1), None)
    sections: list[_Section] = []
    titled = False
    for item in items:
        section = sections[-1] if sections else title
        current = section.files[-1] if section.files else section
        if not isinstance(item, Heading):
            current.content.append(item)
        elif item.level == 1:
            if titled or sections or title.content:
                raise source.error(item.line, "a title that is not the first line", "use ## for sections")
            titled = True
            title.heading = item
        elif item.level == 2:
            sections.append(_Section(item, _target(source, item)))
        elif item.level == 3 and sections and (target := _target(source, item)) is not None:
            if section.target is not None:
                problem = f"a file inside the section of {section.target.path!r}"
                raise source.error(item.line, problem, "use ## for each file, or a title above several ###")
            section.files.append(_Section(item, target))
        else:
            current.content.append(Prose(f"{'#' * item.level} {item.text}", item.line))
    return title, sections


def _target(source: Source, heading: Heading) -> Target | None:
    try:
        return heading_target(heading.text)
    except Contradiction as error:
        raise source.error(heading.line, str(error), _NAME_A_FILE) from error


def _requests(source: Source, section: _Section) -> list[Request]:
    if section.target is not None:
        return [request_of(draft, parts_of(draft)) for draft in _drafts(source, section)]
    if section.files:
        return [_together(source, section)]
    if section.fences:
        words = paragraphs((section.heading.text, section.prose))
        return [_unowned(source, fence, words, _naming(section)) for fence in section.fences]
    raise source.error(section.heading.line, "a section without a file", _naming(section))


def _together(source: Source, section: _Section) -> Request:
    """One request over the files of the sub-sections (and of the fences above them that name their files)."""
    words = section.prose or section.heading.text
    drafts = [Draft(source, None, words, _code(source, fence), fence.line) for fence in section.fences]
    for file in section.files:
        found = _drafts(source, file)
        if len(found) != 1:
            raise source.error(
                found[1].line, "two fences for one file of a request over several", "join them, or use ## sections"
            )
        drafts.append(replace(found[0], words=paragraphs((words, found[0].words))))
    parts: list[Part] = []
    whole = Draft(source, None, words, None, section.heading.line)
    for draft in drafts:
        more = parts_of(draft)
        if isinstance(more, Unclear):
            return request_of(draft, more)
        for part in more:
            if any(part.path == other.path for other in parts):
                raise source.error(draft.line, f"{part.path!r} stands twice in one request", "join the two")
            parts.append(part)
    return request_of(whole, tuple(parts))


def _naming(section: _Section) -> str:
    """How the section's heading would name a file."""
    meant = with_file(section.heading.text)
    if meant is None:
        return _NAME_A_FILE
    return f"a name without a slash or a dot is read as a title: if it is a file, write ## {meant}"


def _unowned(source: Source, fence: Fence, words: str, naming: str = _NAME_A_FILE) -> Request:
    """A fence in a section that names no file: it must name its files itself."""
    draft = Draft(source, None, words, _code(source, fence), fence.line, naming=naming)
    return request_of(draft, parts_of(draft))


def _drafts(source: Source, section: _Section) -> list[Draft]:
    """One draft for each fence of a file's section, or one for the section if it has none.

    The prose before a fence is its instruction; what follows the last fence belongs to that one; a fence right after
    another one takes the section's first prose.
    """
    target = section.target
    words = section.prose
    wanted = words
    if target is not None:
        try:
            said, wanted = said_of_file(words)
            target = replace(target, wishes=target.wishes.also(said))
        except Contradiction as error:
            raise source.error(section.heading.line, str(error), "say one thing of a file in one section") from error
    fences = section.fences
    if len(fences) < 2:
        code = _code(source, fences[0]) if fences else None
        return [Draft(source, target, words, code, section.heading.line, wanted)]
    wishes = target.wishes if target else None
    if wishes and (wishes.create or wishes.delete or wishes.rename_to or wishes.executable is not None):
        raise source.error(fences[1].line, "a second fence for a new, deleted or renamed file", "join the two")
    leads: list[list[str]] = [[]]
    for item in section.content:
        if isinstance(item, Prose):
            leads[-1].append(item.text)
        else:
            leads.append([])
    after = leads.pop()
    leads[-1] += after
    first = next((lead for lead in leads if lead), [])
    return [
        Draft(source, target, paragraphs(lead or first), _code(source, fence), fence.line)
        for fence, lead in zip(fences, leads, strict=True)
    ]


def _code(source: Source, fence: Fence) -> CodeText:
    return CodeText(fence.code, _said(source, fence), fence.line, fence.line + 1)


def _said(source: Source, fence: Fence) -> Format | None:
    try:
        words = words_of(fence.info)
    except UnclearFormat as error:
        raise source.error(fence.line, str(error), f"{error.remedy}, and write `suggestion` alone") from error
    if len(words) > 1:
        raise source.error(fence.line, f"two formats for one fence: {', '.join(words)}", "say one of them")
    return words[0] if words else None
