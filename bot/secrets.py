"""What is never sent to a service: files that keep secrets, and texts that show one. Pure, and linear in the text.

A false alarm keeps a file away from the remote engine, so the generic rule is shy: a name that says what it holds, a
value that looks random, and not a placeholder. The prefixes are the documented ones of their issuers.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from itertools import pairwise

_NAMES = {
    ".npmrc": "npm's credentials", ".yarnrc": "a registry's credentials", ".yarnrc.yml": "a registry's credentials",
    ".pypirc": "PyPI's credentials", ".netrc": "logins", "_netrc": "logins", ".pgpass": "database passwords",
    ".my.cnf": "database passwords", ".htpasswd": "password hashes", ".git-credentials": "git's logins",
    ".dockercfg": "registry logins", "kubeconfig": "cluster credentials", ".vault-token": "a vault token",
    ".vault_pass": "a vault password", "credentials": "credentials", "credentials.json": "credentials",
    "credentials.yml": "credentials", "credentials.yaml": "credentials", "credentials.toml": "credentials",
    "secrets.json": "secrets", "secrets.yml": "secrets", "secrets.yaml": "secrets", "secrets.toml": "secrets",
    "master.key": "a Rails key",
    "service-account.json": "an account's key", "service_account.json": "an account's key",
    "terraform.tfstate": "secrets in plain text", "terraform.tfstate.backup": "secrets in plain text",
    ".envrc": "environment settings", "shadow": "password hashes", "local.settings.json": "secrets",
}  # fmt: skip
_ENDS = {
    ".pem": "a key or certificate", ".key": "a private key", ".p12": "a key store", ".pfx": "a key store",
    ".jks": "a key store", ".keystore": "a key store", ".ppk": "a private key", ".kdbx": "a password store",
    ".asc": "a key or signature", ".gpg": "a key or encrypted text", ".pkcs12": "a key store", ".p8": "a private key",
    ".ovpn": "a VPN's keys", ".tfvars": "secrets of a deployment", ".tfvars.json": "secrets of a deployment",
    ".kubeconfig": "cluster credentials",
}  # fmt: skip
_FOLDERS = {
    ".ssh": "SSH keys",
    ".gnupg": "keys",
    ".aws": "cloud credentials",
    ".kube": "cluster credentials",
    ".docker": "registry logins",
    ".azure": "cloud credentials",
}
_ENVIRONMENT = re.compile(r"\.env(?:\..+)?|.+\.env")
_EXAMPLE = re.compile(r"\.(?:example|sample|template|dist|defaults?)\Z")
_SSH_KEY = re.compile(r"id_(?:rsa|dsa|ecdsa|ed25519)(?:_sk)?(?:[._-][^/]*)?")


def secret_path(path: str) -> str | None:
    """What the file at `path` is known to keep ("environment settings"), or None. Case does not matter."""
    names = path.lower().split("/")
    name = names[-1]
    for folder in names[:-1]:
        if folder in _FOLDERS:
            return _FOLDERS[folder]
    if _ENVIRONMENT.fullmatch(name):
        # An example is published on purpose, but people do paste into it: it stays at home too.
        return "environment settings"
    if _SSH_KEY.fullmatch(name) and not name.endswith(".pub"):
        return "an SSH key"
    bare = _EXAMPLE.sub("", name)
    if bare != name:
        return None
    if name in _NAMES:
        return _NAMES[name]
    return next((kept for end, kept in _ENDS.items() if name.endswith(end)), None)


# Every pattern has a fixed beginning and bounded or possessive-like runs, so that a search is linear.
_TOKENS: tuple[tuple[str, str], ...] = (
    ("a private key", r"-----BEGIN (?:[A-Z0-9]{1,12} ){0,3}PRIVATE KEY(?: BLOCK)?-----"),
    ("an AWS access key", r"(?<![A-Z0-9])(?:AKIA|ASIA|ABIA|ACCA)[A-Z2-7]{16}(?![A-Z0-9])"),
    ("a GitHub token", r"(?<![A-Za-z0-9_])(?:gh[pousr]_[A-Za-z0-9]{36,251}|github_pat_[A-Za-z0-9_]{50,251})"),
    ("a GitLab token", r"(?<![A-Za-z0-9_])gl(?:pat|dt|rt|ptt|ft|soat)-[A-Za-z0-9_-]{20,300}"),
    ("a Slack token", r"(?<![A-Za-z0-9])(?:xox[abeoprs]|xapp-\d)-[A-Za-z0-9-]{20,250}"),
    ("a Slack webhook", r"hooks\.slack\.com/(?:services|workflows)/[A-Za-z0-9+/]{40,80}"),
    ("an API key", r"(?<![A-Za-z0-9_-])sk-(?:ant-|proj-|or-|svcacct-|admin-)?[A-Za-z0-9_-]{20,250}"),
    ("a Stripe key", r"(?<![A-Za-z0-9])(?:sk|rk)_live_[A-Za-z0-9]{16,250}"),
    ("a Google API key", r"(?<![A-Za-z0-9_-])AIza[A-Za-z0-9_-]{35}(?![A-Za-z0-9_-])"),
    ("a Google OAuth secret", r"(?<![A-Za-z0-9_-])GOCSPX-[A-Za-z0-9_-]{28}"),
    ("an npm token", r"(?<![A-Za-z0-9])npm_[A-Za-z0-9]{36}(?![A-Za-z0-9])"),
    ("a PyPI token", r"(?<![A-Za-z0-9])pypi-AgE[A-Za-z0-9_-]{50,1000}"),
    ("a SendGrid key", r"(?<![A-Za-z0-9])SG\.[A-Za-z0-9_-]{22}\.[A-Za-z0-9_-]{43}"),
    ("a Hugging Face token", r"(?<![A-Za-z0-9])hf_[A-Za-z0-9]{34}(?![A-Za-z0-9])"),
    ("a DigitalOcean token", r"(?<![A-Za-z0-9])do[opr]_v1_[a-f0-9]{64}"),
    ("a JSON Web Token", r"(?<![\w-])eyJ[A-Za-z0-9_-]{10,2000}\.eyJ[A-Za-z0-9_-]{10,4000}\.[A-Za-z0-9_-]{20,2000}"),
    (
        "a login in a URL",
        (
            r"(?<![A-Za-z0-9])(?:https?|ftp|postgres(?:ql)?|mysql|mongodb(?:\+srv)?|redis|amqp)://"
            r"[^\s/:@'\"<>{}$%]{1,100}:(?P<password>[^\s/:@'\"<>{}$]{8,200})@"
        ),
    ),
)  # fmt: skip
_TOKEN = [(kept, re.compile(pattern)) for kept, pattern in _TOKENS]
_NAMED = (
    r"(?:passw(?:or)?d|passphrase|secret|token|api_?-?key|access_?-?key|private_?-?key|auth_?-?key|client_?-?secret)"
)
_ASSIGNED = re.compile(
    rf"(?i){_NAMED}"
    r"[A-Za-z0-9_]{0,20}[\"']?[ \t]{0,8}(?::|=>|:=|=)[ \t]{0,8}[\"'](?P<value>[A-Za-z0-9+/=_.~-]{16,200})[\"']"
)
# As YAML, properties, shells and connection strings write it. With no quotation marks a value may be code: what is
# called, indexed or looked up is none, and no number is; nor is what is public, a path, or the name of a tokenizer.
_BARE = re.compile(
    rf"(?i)(?<!public)(?<!public_)(?<!publickey)(?<!public_key_){_NAMED}"
    r"(?!i[sz]er|(?<=token)[_-]?(?:id|ur[il])\b)[A-Za-z0-9_.-]{0,20}(?:[ \t]{0,8}[:=][ \t]{0,8}|>)"
    r"(?!0x|/[\w.-]{1,100}/)(?P<value>[A-Za-z0-9+/=_~!^*&%-]{16,200})(?=[\s;,\"'#<]|\Z)"
)
_PLACEHOLDER = re.compile(
    r"(?i)example|sample|placeholder|change_?-?me|your[_-]|my[_-]|dummy|fake|test|mock|redacted|xxxx|todo|none|null"
    r"|insert|replace|secret|password|token|\.\.\.|1234567|abcdef"
)
_SHOWN_AS_EXAMPLE = re.compile(r"(?i)example|placeholder|your[_-]|password|x{6}|\*{4}|\.{3}")
_LEAST_BITS, _LEAST_BITS_HEX = 3.5, 3.0


def secret_in(text: str) -> str | None:
    """What secret `text` shows, and in which line ("a GitHub token (line 3)"), or None. The secret is not in it."""
    for kept, pattern in _TOKEN:
        for found in pattern.finditer(text):
            if not _harmless(found):
                return f"{kept} (line {_line(text, found.start())})"
    for pattern in (_ASSIGNED, _BARE):
        for found in pattern.finditer(text):
            if _looks_random(found["value"]):
                return f"a value that looks like a secret (line {_line(text, found.start())})"
    return None


def _line(text: str, at: int) -> int:
    return text.count("\n", 0, at) + 1


def _harmless(found: re.Match[str]) -> bool:
    value = found.groupdict().get("password") or found[0]
    if value.startswith("-----"):
        return False
    if value.startswith("sk-") and not re.search(r"\d", value):
        return True  # a CSS class
    body = re.sub(r"\A[A-Za-z_]{2,11}[-_]", "", value)
    return bool(_SHOWN_AS_EXAMPLE.search(value)) or len(set(body)) < 6


def _looks_random(value: str) -> bool:
    """Letters and digits mixed as no word, path or identifier is: both kinds, many changes, high entropy."""
    if _PLACEHOLDER.search(value) or not (re.search(r"\d", value) and re.search(r"[A-Za-z]", value)):
        return False
    if re.fullmatch(r"[a-z]+(?:[-_.][a-z0-9]+)+", value) or value.count(".") > 2:
        return False
    counts = Counter(value)
    bits = -sum(count / len(value) * math.log2(count / len(value)) for count in counts.values())
    changes = sum(1 for left, right in pairwise(value) if left.isdigit() != right.isdigit())
    mixed = bool(re.search("[a-z]", value) and re.search("[A-Z]", value)) and len(re.findall(r"\d", value)) > 2
    return bits >= (_LEAST_BITS_HEX if re.fullmatch(r"[0-9a-f-]+", value) else _LEAST_BITS) and changes >= (
        2 if mixed else 4
    )
