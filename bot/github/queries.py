"""The GraphQL documents that stetbot sends. A test holds them, all, against GitHub's own schema.

What is interpolated is other documents; values travel as variables.
"""

from __future__ import annotations

from typing import Final

_ACCOUNT: Final = "__typename login ... on User { databaseId } ... on Bot { databaseId }"

# Which of the reactions are of the account that asks.
_REACTIONS: Final = "reactionGroups { content viewerHasReacted }"

_COMMENTS: Final = f"""
  pageInfo {{ hasNextPage endCursor }}
  nodes {{
    id fullDatabaseId url body createdAt publishedAt lastEditedAt isMinimized state viewerDidAuthor diffHunk
    author {{ {_ACCOUNT} }}
    {_REACTIONS}
    originalCommit {{ oid }}
    replyTo {{ id }}
    pullRequestReview {{ fullDatabaseId }}
  }}"""

PULL_REQUEST: Final = """
query PullRequest($owner: String!, $name: String!, $number: Int!) {
  repository(owner: $owner, name: $name) {
    pullRequest(number: $number) {
      number state isInMergeQueue maintainerCanModify
      author { login }
      headRefName headRefOid baseRefName baseRefOid
      baseRef { target { oid } }
      headRepository { nameWithOwner }
      repository { nameWithOwner }
    }
  }
}"""

THREADS: Final = f"""
query Threads($owner: String!, $name: String!, $number: Int!, $after: String, $first: Int!, $comments: Int!) {{
  repository(owner: $owner, name: $name) {{
    pullRequest(number: $number) {{
      reviewThreads(first: $first, after: $after) {{
        pageInfo {{ hasNextPage endCursor }}
        nodes {{
          id path isResolved isOutdated line startLine originalLine originalStartLine
          diffSide startDiffSide subjectType viewerCanResolve viewerCanReply
          comments(first: $comments) {{ {_COMMENTS} }}
        }}
      }}
    }}
  }}
}}"""

THREAD_COMMENTS: Final = f"""
query ThreadComments($thread: ID!, $after: String, $first: Int!) {{
  node(id: $thread) {{
    ... on PullRequestReviewThread {{ comments(first: $first, after: $after) {{ {_COMMENTS} }} }}
  }}
}}"""

TALK: Final = f"""
query Talk($owner: String!, $name: String!, $number: Int!, $after: String, $first: Int!) {{
  repository(owner: $owner, name: $name) {{
    pullRequest(number: $number) {{
      comments(first: $first, after: $after) {{
        pageInfo {{ hasNextPage endCursor }}
        nodes {{
          id fullDatabaseId url body createdAt lastEditedAt isMinimized viewerDidAuthor
          author {{ {_ACCOUNT} }}
          {_REACTIONS}
        }}
      }}
    }}
  }}
}}"""

COMMITS: Final = """
query Commits($owner: String!, $name: String!, $number: Int!) {
  repository(owner: $owner, name: $name) {
    pullRequest(number: $number) {
      commits(last: 100) { nodes { commit { oid message } } }
    }
  }
}"""

VIEWER: Final = "query Viewer { viewer { login databaseId } }"

REPLY: Final = """
mutation Reply($thread: ID!, $body: String!) {
  addPullRequestReviewThreadReply(input: {pullRequestReviewThreadId: $thread, body: $body}) {
    comment { id url }
  }
}"""

RESOLVE: Final = """
mutation Resolve($thread: ID!) {
  resolveReviewThread(input: {threadId: $thread}) { thread { id isResolved } }
}"""

REACT: Final = """
mutation React($subject: ID!, $content: ReactionContent!) {
  addReaction(input: {subjectId: $subject, content: $content}) { reaction { content } }
}"""

COMMIT: Final = """
mutation Commit($input: CreateCommitOnBranchInput!) {
  createCommitOnBranch(input: $input) { commit { oid } }
}"""

DOCUMENTS: Final = {
    "PullRequest": PULL_REQUEST,
    "Threads": THREADS,
    "ThreadComments": THREAD_COMMENTS,
    "Talk": TALK,
    "Commits": COMMITS,
    "Viewer": VIEWER,
    "Reply": REPLY,
    "Resolve": RESOLVE,
    "React": REACT,
    "Commit": COMMIT,
}
