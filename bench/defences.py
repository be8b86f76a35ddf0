"""Takes each defence of the pull-request door out of a copy of the project, and shows which test turns red.

    python bench/defences.py            all of them, some minutes
    python bench/defences.py 3.4 3.8    those whose row begins so

A row is a class of attacks; each line printed is: row, test, what became of it. `red` is what has to be there: without
the defence, the test fails. Exits 1 if a test stays green, or does not pass with all defences in their place.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


@dataclass(frozen=True)
class Defence:
    """`swaps`: (file, what stands there, what stands there without the defence). `test` fails then."""

    row: str
    what: str
    test: str
    swaps: tuple[tuple[str, str, str], ...]


def defence(row: str, what: str, test: str, *swap: str) -> Defence:
    return Defence(row, what, test, tuple(zip(swap[::3], swap[1::3], swap[2::3], strict=True)))


GATE = "tests/review/test_gate.py::"
COMMANDS = "tests/review/test_commands.py::"
DENIED = "tests/review/test_denied.py::"
MOVED = "tests/review/test_moved.py::"
ANSWERS = "tests/review/test_answers.py::"
OFFERS = "tests/review/test_state_and_offers.py::"
LADDER = "tests/review/test_ladder.py::"
STORIES = "tests/action/test_commands_stories.py::"
ATTACKS = "tests/action/test_attacks.py::"
QUOTED = "tests/action/test_quoted_text.py::"
RESUMED = "tests/action/test_resumption.py::"
WAITING = "tests/action/test_waiting_commands.py::"
RETRY = "tests/action/test_retry.py::"
ANCHORS = "tests/github/test_anchors.py::"
JOBS = "tests/action/test_jobs_and_files.py::"
EVENTS = "tests/action/test_events.py::"
OUTPUTS = "tests/action/test_outputs.py::"
YAML = "tests/action/test_action_yml.py::"
WHOLE = "tests/action/test_whole_pull.py::"

DEFENCES = (
    defence("3.1 pwn request", "settings come from the base branch",
            STORIES + "test_denied_paths_are_refused_and_the_base_branch_says_more",
            "bot/pull_request/place.py", "return settings_texts(repo, pull.base.commit)", "return settings_texts(repo, pull.head.commit)"),
    defence("3.1 pwn request", "events that mix a stranger's code with rights are refused",
            EVENTS + "test_an_event_that_mixes_a_strangers_code_with_rights_is_refused",
            "bot/action/events.py", 'if name in ("pull_request_target", "workflow_run"):', "if not name:"),
    defence("3.1 pwn request", "the Action's Python does not look into the checkout",
            YAML + "test_the_step_that_installs_starts_nothing_of_the_checkout",
            "action.yml", '"$found" -I -m venv', '"$found" -m venv'),
    defence("3.2 expression injection", "no expression in a script",
            YAML + "test_no_expression_stands_in_a_script_and_none_speaks_of_the_event",
            "action.yml", "-I -m bot.action", '-I -m bot.action "${{ github.event.comment.body }}"'),
    defence("3.3 prompt injection", "only who may write feeds the bot",
            GATE + "test_nobody_else_is_heard",
            "bot/review/gate.py", "if not self.may_write(author.login):", "if not author.login:"),
    defence("3.3 prompt injection", "a request is bound to the files that it names",
            ATTACKS + "test_a_diff_in_a_comment_reaches_no_denied_file",
            "bot/pull_request/occasion.py",
            "refusal = None if request.refusal is not None else denied_request(request, rules)",
            "refusal = None if request.refusal is not None or rules else denied_request(request, rules)",
            "bot/pull_request/delivery.py", "    check_paths((path", "    tuple((path",
            "bot/pull_request/delivery.py", "if path), rules)", "if path))"),
    defence("3.4 TOCTOU", "what was edited after the command is refused",
            STORIES + "test_a_comment_that_was_edited_after_the_command_is_not_applied",
            "bot/review/gate.py", "note.edited_at >= trigger.at", "note.edited_at > note.edited_at"),
    defence("3.4 TOCTOU", "what was edited in the second of the command is refused",
            GATE + "test_what_was_edited_or_written_after_the_command_is_not_what_its_author_saw",
            "bot/review/gate.py", "note.edited_at >= trigger.at", "note.edited_at > trigger.at"),
    defence("3.4 TOCTOU", "what was written after the command waits",
            STORIES + "test_a_comment_that_was_written_after_the_command_waits_for_the_next_one",
            "bot/review/gathering.py", "or note.created_at > scope.trigger.at", "",
            "bot/review/gate.py", "if note.created_at > trigger.at:", "if note.created_at > note.created_at:"),
    defence("3.4 TOCTOU", "an edited command is none",
            STORIES + "test_a_bot_does_not_command_and_neither_does_an_edited_comment",
            "bot/review/gate.py", "and each.note.edited_at is None", ""),
    defence("3.4 TOCTOU", "a command may name the head",
            STORIES + "test_a_named_commit_is_the_head_or_nothing_lands",
            "bot/review/gate.py", "if wanted is not None and pull.head.commit != wanted:", "if wanted == '':"),
    defence("3.4 TOCTOU", "the push is a compare-and-swap",
            ATTACKS + "test_commits_that_were_taken_back_before_the_push_do_not_come_back_with_it",
            "bot/repo/remote.py", 'f"--force-with-lease={ref}:{check_commit_id(expected)}",',
            '"--force" if expected else "",'),
    defence("3.4 TOCTOU", "a moved head is followed only where writers moved it",
            MOVED + "test_any_other_move_is_left_with_what_would_decide",
            "bot/review/moved.py", "reason = _against(move) or _unsafe_push(move.pinned, to, pushes, may_write)",
            "reason = _against(move)"),
    defence("3.5 paths", "a path is normalised and checked before it is compared",
            DENIED + "test_a_path_that_leads_elsewhere_is_denied",
            "bot/review/denied.py", "clean = check_path(path)", "clean = path"),
    defence("3.5 paths", "the runner's files are opened without following a link",
            OUTPUTS + "test_a_symbolic_link_a_folder_and_a_pipe_are_not_written_to",
            "bot/action/outputs.py", 'os.O_WRONLY | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0)', "os.O_WRONLY | os.O_CREAT",
            "bot/action/outputs.py", "or path.is_symlink()", ""),
    defence("3.6 hostile git", "hooks, monitors and helpers of the checkout are off",
            "tests/hands/test_hostile_repository.py::test_nothing_of_a_hostile_configuration_runs",
            "bot/repo/command.py", '    ("core.fsmonitor", "false"),\n', ""),
    defence("3.6 hostile git", "git is not looked for in the checkout",
            "tests/hands/test_hostile_repository.py::test_a_git_that_lies_in_the_checkout_is_not_the_one_that_runs",
            "bot/repo/program.py", "found.is_absolute() and ", ""),
    defence("3.6 hostile git", "nothing of a used checkout is read but objects",
            "tests/action/test_hostile_checkout.py::test_settings_that_were_left_behind_count_for_nothing",
            "bot/action/pull.py", "repository_beside(runner.workspace, runner.temp, job", "Repository.discover(runner.workspace, job",
            "bot/action/pull.py", "import repository_beside", "import Repository"),
    defence("3.6 hostile git", "objects are what their ids say",
            "tests/action/test_hostile_checkout.py::test_an_object_that_is_not_what_its_id_says_is_not_built_upon",
            "bot/repo/objects.py", "if self.id_of(found.kind, data) != name:", "if not name:"),
    defence("3.7 argument injection", "a branch's name is checked before git sees it",
            "tests/hands/test_repository.py::test_an_unusable_branch_name_is_a_usage_error",
            "bot/repo/refs.py", "or _UNSAFE.search(name)", ""),
    defence("3.8 workflows", "denied by default",
            DENIED + "test_what_runs_with_other_peoples_rights_is_denied",
            "bot/review/denied.py", "return warned_path(path) or (", "return (path and None) or ("),
    defence("3.8 workflows", "no setting frees workflows and git's files",
            DENIED + "test_no_setting_frees_workflows_git_or_the_settings_themselves",
            "bot/review/denied.py", "if _any(_ALWAYS, path):", "if _any((), path):"),
    defence("3.8 workflows", "the files that came out are looked at again",
            DENIED + "test_the_files_that_came_out_are_looked_at_again",
            "bot/review/denied.py", "        refusal = rules.refusal(path)\n        if refusal is not None:\n            raise",
            "        refusal = rules.refusal(path)\n        if refusal is None:\n            continue\n        if not path:\n            raise"),
    defence("3.8 workflows", "other spellings of a denied path are denied",
            DENIED + "test_what_runs_with_other_peoples_rights_is_denied",
            "bot/paths.py", 'unicodedata.normalize("NFC", _INVISIBLE.sub("", path).casefold())', "path.lower()"),
    defence("3.9 secrets", "secrets are scrubbed from what is said",
            ATTACKS + "test_a_secret_that_the_server_sends_back_is_shown_nowhere",
            "bot/action/door.py", "say(scrub(line, secrets))", "say(line)"),
    defence("3.10 runner's files", "delimiters are random",
            OUTPUTS + "test_delimiters_are_new_each_time",
            "bot/action/outputs.py", "secrets.token_hex(16)", "'0'"),
    defence("3.10 runner's files", "a value that holds its delimiter is not written",
            OUTPUTS + "test_a_value_that_knew_the_delimiter_is_not_written",
            "bot/action/outputs.py", "if mark in shown:", "if not mark:"),
    defence("3.10 runner's files", "nothing is hidden after there are delimiters",
            ATTACKS + "test_a_branch_that_looks_like_a_login_is_an_output_like_any",
            "bot/action/door.py", "hide(value, secrets)", "scrub(value, secrets)"),
    defence("3.10 runner's files", "no line of others begins a command",
            ANSWERS + "test_no_line_of_the_log_is_a_command_that_somebody_else_wrote",
            "bot/review/annotations.py", 'return f"stetbot: {one_line(text)}"', "return text"),
    defence("3.10 runner's files", "an annotation's values are escaped",
            ANSWERS + "test_an_annotation_is_written_as_the_runner_reads_it",
            "bot/review/annotations.py", '.replace(":", "%3A").replace(",", "%2C")', ""),
    defence("3.10 answers", "prose of others is escaped",
            ANSWERS + "test_no_answer_is_changed_by_the_words_that_it_quotes",
            "bot/review/markdown.py", 'shown = _MARKUP.sub(lambda found: f"&#{ord(found[0])};", one_line(text))',
            "shown = one_line(text)"),
    defence("3.10 answers", "a fence is longer than any inside",
            ANSWERS + "test_a_fence_holds_all_of_it",
            "bot/review/markdown.py", "fence = character * max(3, _longest_run(shown, character) + 1)", "fence = '```'"),
    defence("3.10 answers", "a text that does not fit is cut after it is escaped",
            QUOTED + "test_no_answer_is_too_long_for_github_or_breaks_off_inside_a_block",
            "bot/review/markdown.py", "return shown if len(shown) <= most else None", "return shown",
            "bot/review/markdown.py", 'block(cut(printable(text.replace("\\r\\n", "\\n")), room, what)', "block(cut(text, room, what)"),
    defence("3.10 answers", "a marker counts at the end of a text alone",
            QUOTED + "test_a_marker_in_a_file_is_believed_by_nobody_who_reads_the_answer",
            "bot/review/state.py", "))? -->\\Z", "))? -->",
            "bot/review/state.py", "(?<![^\\n])<!-- stetbot", "<!-- stetbot"),
    defence("3.10 answers", "a commit's message closes, calls and stops nothing",
            QUOTED + "test_a_path_in_a_commit_message_starts_stops_closes_and_calls_nothing",
            "bot/message.py", '    text = _SKIPS.sub(lambda found: f"({found[1] or found[2]})", text)\n', ""),
    defence("3.11 Trojan Source", "newly added hidden characters are refused",
            "tests/adversary/test_disguises.py::test_a_character_that_hides_or_reorders_text_is_refused",
            "bot/hidden.py", "if found[0] not in known:", "if not found:"),
    defence("3.12 credentials", "no checkout keeps credentials",
            YAML + "test_no_workflow_checks_out_a_pull_requests_head_and_none_keeps_credentials",
            "examples/workflows/stetbot-apply.yml", "persist-credentials: false", "persist-credentials: true"),
    defence("3.12 credentials", "the job with the key may not write",
            YAML + "test_the_job_with_the_models_key_may_not_write_and_the_one_that_may_has_none",
            "examples/workflows/stetbot-two-jobs.yml", "contents: read # to read", "contents: write # to read"),
    defence("3.12 credentials", "a login that the checkout kept is put aside",
            "tests/github/test_commands.py::test_a_login_that_a_checkout_left_behind_is_not_used",
            "bot/repo/remote.py", '(f"http.{url}.extraheader", ""),', ""),
    defence("3.13 loops", "bots are not heard",
            STORIES + "test_a_bot_does_not_command_and_neither_does_an_edited_comment",
            "bot/review/gate.py", 'if author.kind is not Kind.USER or author.login.endswith("[bot]"):', "if not author.login:",
            "bot/github/reading.py", "segment(login)", 'segment(login.removesuffix("[bot]"))'),
    defence("3.13 loops", "the bot knows what it wrote itself",
            GATE + "test_the_bot_does_not_hear_itself_where_it_posts_with_a_persons_token",
            "bot/review/state.py", "return _OURS.search(body) is not None", "return body is None"),
    defence("3.13 loops", "nothing is answered twice",
            STORIES + "test_a_command_is_answered_once",
            "bot/review/gate.py", "if each.note.id not in known and", "if",
            "bot/action/pull.py", "if now.still_waiting(call.given) or not call.given:", "if now:"),
    defence("3.13 loops", "runs are limited",
            STORIES + "test_a_pull_request_has_so_many_runs_an_hour",
            "bot/review/gate.py", "if len(recent) >= per_hour:", "if per_hour < 0:"),
    defence("3.13 loops", "a marker counts in the bot's own comments alone",
            ATTACKS + "test_a_forged_marker_silences_nobody_and_answers_nothing",
            "bot/pull_request/answering.py", "if comment.mine and summary_in", "if summary_in",
            "bot/pull_request/occasion.py", "summary_in(comment.note.body) if comment.mine else None", "summary_in(comment.note.body)"),
    defence("3.13 loops", "what we pushed before is known by who pushed it",
            RESUMED + "test_a_trailer_that_somebody_else_pushed_silences_nobody",
            "bot/review/own.py", "return push.by is not None and push.by.login.casefold() == me.casefold()", "return bool(push and me)",
            "bot/pull_request/occasion.py",
            "    if not any(push.by is not None and push.by.login.casefold() == me.casefold() for push in pushes):\n        return {}\n", ""),
    defence("3.13 loops", "what was said meanwhile is not said again",
            RESUMED + "test_a_run_beside_another_one_repeats_nothing",
            "bot/pull_request/answering.py", "    if asked:\n        threads, talk =", "    if not occasion:\n        threads, talk ="),
    defence("3.13 loops", "the job with the models' key is limited too",
            WAITING + "test_the_job_with_the_models_key_is_limited_before_it_asks_one",
            "bot/action/pull.py", "        check_limit(heard, policy)\n", ""),
    defence("3.13 loops", "nobody's comment begins a run between the two jobs of another one",
            YAML + "test_both_of_two_jobs_stand_in_one_group_so_that_nobody_gets_between_them",
            "examples/workflows/stetbot-two-jobs.yml", "&& github.event.issue.number || github.run_id", "&& github.run_id"),
    defence("commands", "what is hidden is taken back",
            WAITING + "test_what_somebody_has_hidden_is_not_obeyed",
            "bot/review/gate.py", "(each for each in given if not each.note.hidden)", "(each for each in given)",
            "bot/review/gathering.py", "if thread.resolved or comment.note.hidden:", "if thread.resolved:"),
    defence("commands", "what is taken back meanwhile is not carried out",
            WAITING + "test_a_command_that_is_taken_back_while_another_one_is_carried_out_is_not",
            "bot/action/pull.py", "if now.still_waiting(call.given) or not call.given:", "if now:"),
    defence("commands", "a thread with something left to do is not resolved",
            "tests/github/test_stories.py::test_a_thread_with_something_left_to_do_stays_open_and_is_resolved_when_that_is_done",
            "bot/pull_request/answering.py", "if not fresh or not all(map(self._is_done, _open_to(pairs))) or self._has_more(loud[-1][0]):", "if not fresh:"),
    defence("anchors", "no old file is fetched for who is not heard",
            ANCHORS + "test_the_files_of_old_commits_are_read_for_those_alone_who_are_heard",
            "bot/pull_request/originals.py", "for thread in open_ones if _is_heard(thread, gate))", "for thread in open_ones)"),
    defence("commands", "retry does what was asked for before, and no more",
            RETRY + "test_retry_tries_what_a_service_kept_back_and_nothing_that_nobody_asked_for",
            "bot/pull_request/calls.py", "calls.append(Call(Retry(), trigger, named))", "calls.append(Call(Apply(), trigger))"),
    defence("anchors", "a place that only looks the same is not taken",
            ANCHORS + "test_a_place_that_looks_the_same_is_not_taken_for_the_one_that_changed",
            "bot/placing/suggestion.py", "if foreign.isdisjoint(range(start, start + length))", ""),
    defence("anchors", "the server's numbers alone decide nothing",
            ANCHORS + "test_a_comment_that_shows_nothing_and_whose_commit_is_gone_is_outdated_whatever_its_numbers",
            "bot/review/gathering.py", "lines=None if original is None else anchor.lines(),", "lines=anchor.lines(),"),
    defence("offers", "two edits with one short hash are refused",
            OFFERS + "test_two_edits_that_go_by_the_same_short_hash_are_neither_the_one_that_was_meant",
            "bot/review/offers.py", "if len(found) > 1:", "if len(found) > 2:"),
    defence("offers", "what was offered after the command was not meant",
            STORIES + "test_an_offer_holds_for_what_it_was_made_of_alone",
            "bot/pull_request/offering.py", " and comment.note.created_at <= at", ""),
    defence("3.13 loops", "a stranger has nothing tried again",
            JOBS + "test_who_may_not_command_has_no_command_tried_again",
            "bot/pull_request/calls.py", "if not given.comment.begun)", "if given)"),
    defence("3.13 loops", "what the account's owner quotes is not the bot's word",
            OFFERS + "test_what_whoever_shares_the_account_quotes_is_no_word_of_the_bots",
            "bot/review/offers.py", "(?<![^\\n])", ""),
    defence("3.13 loops", "strangers are counted and not listed",
            ATTACKS + "test_no_number_of_strangers_changes_what_a_run_says_of_itself",
            "bot/review/gathering.py", "Code.PENDING_REVIEW, Code.NO_PERMISSION})", "Code.PENDING_REVIEW})"),
    defence("3.14 redirects", "no redirect is followed with a token",
            "tests/morph/test_morph_faults.py",
            "bot/http.py", "follow_redirects=False", "follow_redirects=True"),
    defence("3.14 redirects", "git follows none either",
            "tests/github/test_attacks.py::test_a_redirect_of_git_is_not_followed_and_nobody_else_sees_the_token",
            "bot/repo/remote.py", '("http.followRedirects", "false"),', ""),
    defence("3.8 workflows", "a rename leads to no denied path",
            "tests/github/test_stories.py::test_a_rename_leads_nobody_to_a_path_that_no_comment_may_change",
            "bot/pull_request/renames.py", "ruled(request, occasion.rules)", "request",
            "bot/pull_request/delivery.py", "    check_paths(", "    _ = lambda: check_paths("),
    defence("3.14 redirects", "a repository's name leads to no other path",
            EVENTS + "test_a_field_of_another_type_is_named",
            "bot/review/records.py", "if not mark or not _OWNER.match(owner) or not _NAME.match(name)", "if not mark or not owner"),
    defence("3.15 options by comment", "the grammar is closed",
            COMMANDS + "test_a_line_outside_the_grammar_is_unknown_and_quoted_on_one_line",
            "bot/review/commands.py", "return None if found is None else ApplyTalk(", "return Apply() if found is None else ApplyTalk("),
    defence("3.16 approval", "no call approves, dismisses or merges",
            ATTACKS + "test_no_call_of_the_source_approves_dismisses_or_merges",
            "bot/github/writing.py", '"event": "COMMENT"', '"event": "APPROVE"'),
    defence("talk", "who may not write is not heard in the conversation either",
            WHOLE + "test_the_words_of_who_may_not_write_reach_no_planner",
            "bot/review/gathering.py", "    refusal: tuple[Code, str] | None = None\n    if unheard is not None:", "    refusal = None\n    if not scope:"),
    defence("talk", "what may not be changed may not be chosen either",
            DENIED + "test_what_may_not_be_changed_may_not_be_chosen_either",
            "bot/review/denied.py", "if rules.refusal(path) is None and check_path(path) == path:", "if check_path(path) == path:"),
    defence("talk", "only files of the change are chosen from",
            WHOLE + "test_no_other_file_and_none_that_is_denied_can_be_chosen",
            "bot/pipeline/choosing.py", "    if target not in texts:", "    if not target:"),
    defence("offers", "an offer is the bot's own",
            ATTACKS + "test_an_offer_in_somebody_elses_comment_is_none",
            "bot/pull_request/occasion.py", "for comment in thread.comments if comment.mine)", "for comment in thread.comments)",
            "bot/pull_request/offering.py", "comment.mine and comment.note.edited_at", "comment.note.edited_at"),
    defence("offers", "an edited reply offers nothing",
            STORIES + "test_an_offer_holds_for_what_it_was_made_of_alone",
            "bot/pull_request/offering.py", "comment.note.edited_at is None and", ""),
    defence("offers", "the hash is that of the edit",
            OFFERS + "test_an_edit_that_was_put_into_a_reply_is_not_the_one_that_its_hash_is_of",
            "bot/review/offers.py", 'if offer.hash != found["hash"]:', "if not offer.hash:"),
    defence("offers", "the blobs are those of now",
            OFFERS + "test_an_offer_holds_for_the_comment_and_the_files_that_it_was_made_for",
            "bot/review/offers.py", "if blob(part.path) != part.blob:", "if not part.blob:"),
    defence("proposals", "what comes out must be what was proposed",
            JOBS + "test_a_forged_proposal_lands_nothing",
            "bot/pipeline/land.py", "if len(theirs) != len(proposal.files) or ours.get(path) != theirs.get(path):",
            "if len(theirs) != len(proposal.files):"),
    defence("proposals", "what the engine left open is not proved by saying so",
            "tests/adversary/test_forged_proposals.py::test_what_the_local_engine_left_unproven_is_not_proved_by_saying_so",
            "bot/pipeline/engines.py", "(own.verdict is Verdict.VERIFIED or not remote)", "own.verdict is Verdict.VERIFIED",
            "bot/pipeline/engines.py", "            return own\n        if remote:\n", "            return own\n        if record:\n"),
    defence("proposals", "all requests are resolved beside each other",
            "tests/adversary/test_forged_proposals.py::test_of_two_requests_that_exclude_each_other_none_lands_because_the_other_is_left_out",
            "bot/pipeline/land.py", "together = propose(requests,", "together = propose([each for each in requests if each.id in wanted],"),
    defence("proposals", "what a commit has applied is not applied again",
            "tests/adversary/test_forged_proposals.py::test_what_a_commit_has_applied_is_not_applied_again_in_other_words",
            "bot/pipeline/land.py", "        terms.landed,\n", "        {},\n"),
    defence("proposals", "a key without a meaning is refused",
            "tests/adversary/test_forged_proposals.py::test_one_forged_field_lands_nothing",
            "bot/json_node.py", "        if more:\n", "        if not more and more:\n"),
    defence("forks", "a fork gets no push that was not tried",
            LADDER + "test_a_fork_is_pushed_to_only_where_that_was_allowed_and_tried",
            "bot/review/ladder.py", "right is not Right.ALLOWED or not", "not"),
    defence("forks", "what is only suggested is not called applied",
            "tests/action/test_what_is_called_applied.py::test_what_was_only_suggested_is_not_called_applied",
            "bot/review/landed.py", 'Route.SUGGEST: "suggested"', 'Route.SUGGEST: "applied"'),
    defence("forks", "a review of a fork ends well without secrets",
            JOBS + "test_a_review_of_a_forks_pull_request_ends_well_and_says_what_to_do",
            "bot/action/door.py", "and _is_from_fork(event):", "and not _is_from_fork(event):"),
)  # fmt: skip


def copied(folder: Path) -> Path:
    """A copy of what the tests need; its `bot/` comes before the installed one there."""
    target = folder / "project"
    kept = shutil.ignore_patterns(
        "__pycache__", ".git", ".venv", ".mypy_cache", ".ruff_cache", ".pytest_cache", "cases"
    )
    shutil.copytree(ROOT, target, ignore=kept)
    subprocess.run(["git", "init", "-q"], cwd=target, check=True)
    subprocess.run(["git", "add", "-A"], cwd=target, check=True)
    return target


def passes(project: Path, *tests: str) -> bool:
    # `-m pytest` puts the copy on the path first: here that is what is wanted.
    command = [sys.executable, "-B", "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", "--numprocesses=0", *tests]
    done = subprocess.run(
        command, cwd=project, env=os.environ | {"PYTHONPATH": str(project)}, capture_output=True, check=False
    )
    if done.returncode not in (0, 1):
        sys.exit(done.stdout.decode() + done.stderr.decode())
    return done.returncode == 0


def missing() -> list[str]:
    """Defences whose text no longer stands where this file says: a test holds this to be none."""
    return [
        f"{each.row}: {each.what}: {name}"
        for each in DEFENCES
        for name, there, _ in each.swaps
        if there not in (ROOT / name).read_text(encoding="utf-8")
    ]


def main(rows: list[str]) -> int:
    if missing():
        print("\n".join(missing()))
        return 1
    chosen = [each for each in DEFENCES if not rows or each.row.startswith(tuple(rows))]
    failed = 0
    with tempfile.TemporaryDirectory() as folder:
        project = copied(Path(folder))
        if not passes(project, *dict.fromkeys(each.test for each in chosen)):
            print("the tests do not pass with all defences in their place")
            return 1
        for each in chosen:
            kept = {name: (project / name).read_text(encoding="utf-8") for name, _, _ in each.swaps}
            for name, there, instead in each.swaps:
                file = project / name
                file.write_text(file.read_text(encoding="utf-8").replace(there, instead), encoding="utf-8")
            green = passes(project, each.test)
            failed += green
            print(
                f"{each.row} | {each.what} | {each.test.rpartition('::')[2]} | {'GREEN' if green else 'red'}",
                flush=True,
            )
            for name, text in kept.items():
                (project / name).write_text(text, encoding="utf-8")
    print(f"{len(chosen)} defences taken out, {len(chosen) - failed} noticed")
    return int(failed > 0)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
